"""Checkpoints: tensors and counters in one safetensors file, replaced whole or not at all."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.files import write_atomic

__all__ = ["load_checkpoint", "pack_adam", "save_checkpoint", "unpack_adam"]


def save_checkpoint(path: Path, tensors: dict[str, Tensor], counters: dict[str, str]) -> None:
    """Writes tensors and text counters to one file, atomically."""
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    write_atomic(path, save(plain, counters))


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and counters that `save_checkpoint` wrote; `InvalidArgument` if damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a dict
            return tensors, dict(file.metadata() or {})
    except (SafetensorError, OSError) as error:
        raise InvalidArgument(
            f"{path} is not a whole checkpoint ({error}): delete it to start this run again"
        ) from None


def pack_adam(optimizer: torch.optim.Optimizer, prefix: str) -> dict[str, Tensor]:
    """An Adam's moments and step counts as named tensors."""
    packed = {}
    for index, state in optimizer.state_dict()["state"].items():
        for name, value in state.items():
            packed[f"{prefix}.{index}.{name}"] = torch.as_tensor(value)
    return packed


def unpack_adam(
    optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor], prefix: str, net: nn.Module
) -> None:
    """Puts the moments that `pack_adam` took back into a fresh Adam over `net`'s parameters."""
    state: dict[int, dict[str, Tensor]] = {}
    parameters = list(net.parameters())
    expected = len(parameters)
    for name, value in tensors.items():
        if name.startswith(prefix + "."):
            _, index, field = name.rsplit(".", 2)
            place = int(index)
            kept = value
            if place < expected and value.shape == parameters[place].shape:
                # In the weights' own order in memory: a fused Adam pairs them as they lie there.
                kept = torch.empty_like(parameters[place], device="cpu").copy_(value)
            state.setdefault(place, {})[field] = kept
    if state and len(state) != expected:
        raise InvalidArgument(
            f"the checkpoint's optimiser has {len(state)} parameters, the network {expected}: "
            f"it belongs to another configuration"
        )
    whole = optimizer.state_dict()
    whole["state"] = state
    optimizer.load_state_dict(whole)
