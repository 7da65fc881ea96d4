"""Where training runs: the device, its number format, and how batches get there."""

from __future__ import annotations

import torch
from torch import Tensor

from aigc_procgen.core.errors import InvalidArgument, check_choice

from .config import PRECISIONS

__all__ = ["autocast", "choose_device", "send"]


def choose_device(name: str = "auto", local: int = 0) -> torch.device:
    """CUDA if there is one, else Apple's MPS, else the CPU; or the device named.

    `local` says which of a machine's GPUs is meant where the name leaves it open.
    """
    if name in ("auto", "cuda") and torch.cuda.is_available():
        count = torch.cuda.device_count()
        if local >= count:
            raise InvalidArgument(
                f"process {local} of this machine has no GPU, there are {count}: start one "
                f"process a GPU, or pass --device cpu"
            )
        return torch.device("cuda", local)
    if name != "auto":
        try:
            device = torch.device(name)
            torch.zeros(1, device=device)
        except (RuntimeError, AssertionError) as error:
            reason = str(error).splitlines()[0]
            raise InvalidArgument(f"device {name!r} cannot be used here: {reason}") from None
        return device
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def autocast(device: torch.device, precision: str = "auto") -> torch.autocast:
    """A context in which networks compute in bf16 or not; "auto" takes it where it is native."""
    check_choice("precision", precision, PRECISIONS)
    # 1.6-2 times faster on CPUs that have it, slower on those that do not; the rule on GPUs.
    native = device.type == "cuda" or (device.type == "cpu" and _has_bf16())
    wanted = native if precision == "auto" else precision == "bf16"
    return torch.autocast(device.type, torch.bfloat16, enabled=wanted)


def send(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on `device`; to a GPU it travels from pinned memory while the host goes on."""
    if device.type == "cuda" and tensor.device.type == "cpu":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def _has_bf16() -> bool:
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
