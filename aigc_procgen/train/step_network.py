"""A step machine in PyTorch, rounded as the machine of whole numbers rounds it.

Weights are rounded to 1/64 in the forward pass and the gradient passes through as if they were not
(Bengio, Léonard & Courville, "Estimating or propagating gradients through stochastic neurons",
2013), so what is trained is what is exported.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from aigc_procgen.core.step_machine import ACTIVATION, LEVELS, ODDS, ONE, WEIGHT

__all__ = ["StepNetwork", "activation_tables"]

_LARGEST = 127 / WEIGHT
_TEMPERATURE = 0.8
_LEAST = 0.02  # of the likeliest letter's odds
_WIDEST = 7.9  # of what letters and labels add: int16 would hold more, the tables end at 8


def _rounded(weight: Tensor, unit: int, largest: float) -> Tensor:
    with torch.no_grad():
        kept = (weight.clamp(-largest, largest) * unit).round() / unit
    return weight + (kept - weight).detach()


class StepNetwork(nn.Module):
    """A gated recurrent unit over `letters` (or pieces of words), told `labels` of what it says."""

    def __init__(self, *, letters: int, labels: int, states: int) -> None:
        super().__init__()
        self.states = states
        spread = 1 / math.sqrt(states)
        self.recurrent = nn.Parameter(torch.empty(states, 3 * states).uniform_(-spread, spread))
        self.letter = nn.Parameter(torch.randn(letters, 3 * states) * 0.3)
        self.label = nn.Parameter(torch.randn(labels, 3 * states) * 0.3)
        self.candidate = nn.Parameter(torch.zeros(states))
        self.head = nn.Parameter(torch.empty(states, letters).uniform_(-spread, spread))
        self.bias = nn.Parameter(torch.zeros(letters))

    def forward(
        self, letters: Tensor, rows: Tensor, dropout: float = 0.0, input_dropout: float = 0.0
    ) -> Tensor:
        """The logits [n, t, letters] of what follows each of letters int64 [n, t], 0 at the start.

        `rows` int64 [n, k] are rows of the table of labels, -1 where there is none; `dropout` is
        the share of state numbers that the head does not see, `input_dropout` that of the numbers
        of a letter that the unit does not see.
        """
        size = self.states
        recurrent = _rounded(self.recurrent, WEIGHT, _LARGEST)
        head = _rounded(self.head, WEIGHT, _LARGEST)
        table = _rounded(self.letter, ONE, _WIDEST)
        label = _rounded(self.label, ONE, _WIDEST)
        candidate = _rounded(self.candidate, ONE, _WIDEST)
        labelled = (label[rows.clamp(min=0)] * (rows >= 0)[..., None]).sum(1)
        read = nn.functional.dropout(table[letters], input_dropout, input_dropout > 0)
        added = read + labelled[:, None]
        state = torch.zeros(len(letters), size)
        states = []
        for at in range(letters.shape[1]):
            sums = state @ recurrent
            gates = torch.sigmoid(sums[:, : 2 * size] + added[:, at, : 2 * size])
            reset, update = gates[:, :size], gates[:, size:]
            inner = (sums[:, 2 * size :] + candidate).clamp(-8, 8)
            new = torch.tanh(reset * inner + added[:, at, 2 * size :])
            state = update * state + (1 - update) * new
            states.append(state)
        seen = nn.functional.dropout(torch.stack(states, 1), dropout, dropout > 0)
        return seen @ head + _rounded(self.bias, ONE, _WIDEST)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The weights as the whole numbers that the machine works with, and its tables."""
        units = {"recurrent": WEIGHT, "head": WEIGHT}
        found: dict[str, NDArray[Any]] = {}
        for name, weight in self.named_parameters():
            unit = units.get(name, ONE)
            largest = _LARGEST if name in units else _WIDEST
            found[name] = (weight.detach().clamp(-largest, largest) * unit).round().int().numpy()
        return found | activation_tables()


def activation_tables() -> dict[str, NDArray[Any]]:
    """Sigmoid and tanh [LEVELS] over -8 to 8; the odds [ODDS] of logits 0 to 16 behind the best.

    The odds are sharpened, and cut where a letter is rarely more than a slip of the pen.
    """
    at = (np.arange(LEVELS) - LEVELS / 2 + 0.5) * ACTIVATION / ONE
    tanh = np.round(np.tanh(at) * ONE).clip(1 - ONE, ONE - 1)
    behind = (np.arange(ODDS) + 0.5) * 16 / ODDS
    odds = np.exp(-behind / _TEMPERATURE)
    return {
        "sigmoid": np.round(ONE / (1 + np.exp(-at))).astype(np.int16),
        "tanh": tanh.astype(np.int16),
        "exponential": np.round(65536 * odds * (odds >= _LEAST)).astype(np.int32),
    }
