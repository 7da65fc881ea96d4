"""Adversarial losses. This file knows no network, no data and no device.

A critic here is any function from a batch of images to one number an image.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import softplus

__all__ = [
    "gradient_penalty",
    "minimax_critic_loss",
    "minimax_generator_loss",
    "reconstruction_loss",
    "relativistic_critic_loss",
    "relativistic_generator_loss",
]


def relativistic_critic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Mean of softplus(-(D(x) - D(x̂))) over pairs [n] (Jolicoeur-Martineau, ICLR 2019)."""
    return softplus(fake - real).mean()


def relativistic_generator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """The critic's relativistic loss with the roles of real and fake exchanged."""
    return softplus(real - fake).mean()


def minimax_critic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """-log D(x) - log(1 - D(x̂)) on logits [n] (Goodfellow et al., NeurIPS 2014)."""
    return softplus(-real).mean() + softplus(fake).mean()


def minimax_generator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """-log D(x̂), the paper's non-saturating form of the generator's side; `real` is not used."""
    return softplus(-fake).mean()


def gradient_penalty(critic: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """The squared gradient norm of the critic at `images`, summed over pixels, mean over the batch.

    At reals it is R1, at fakes R2 (Mescheder et al., ICML 2018; Roth et al., NeurIPS 2017).
    Gradients are taken in the pixels given, through whatever augmentation `critic` contains.
    """
    images = images.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(critic(images).sum(), images, create_graph=True)
    return gradient.float().square().sum(dim=(1, 2, 3)).mean()


def reconstruction_loss(made: Tensor, wanted: Tensor) -> Tensor:
    """The mean absolute difference of pictures, as beside the adversarial loss of pix2pix
    (Isola et al., CVPR 2017).
    """
    return (made - wanted).abs().mean()
