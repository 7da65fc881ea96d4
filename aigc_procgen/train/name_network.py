"""The network of names in PyTorch: a step over letters, told a culture and a kind."""

from __future__ import annotations

import torch
from torch import Tensor

from .step_network import StepNetwork

__all__ = ["NameNetwork"]


class NameNetwork(StepNetwork):
    """A gated recurrent unit over letters, conditioned on a culture and a kind.

    Takes letters int64 [n, t] that begin with 0 and places int64 [n, 2] (culture, kind); gives
    logits [n, t, letters].
    """

    def __init__(self, *, letters: int, cultures: int, kinds: int, states: int) -> None:
        super().__init__(letters=letters, labels=cultures + kinds, states=states)
        self.cultures = cultures

    def forward(
        self, letters: Tensor, rows: Tensor, dropout: float = 0.0, input_dropout: float = 0.0
    ) -> Tensor:
        """The logits; `rows` are the places."""
        kinds = torch.tensor([0, self.cultures])
        return super().forward(letters, rows + kinds, dropout, input_dropout)
