"""Training the network of a voice: minutes on one core, resumed to the same bits.

A run's folder holds the checkpoint, `stats.jsonl`, and `voice.net`, the machine of whole numbers
that `export onnx` exports. The weights kept are those that needed the fewest bits for the lines
held out; a run ends early when they have not got better for a while.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from aigc_procgen.core.errors import InvalidArgument, check_int
from aigc_procgen.core.files import write_atomic
from aigc_procgen.core.pieces import END, Pieces, mark_of
from aigc_procgen.core.random import key
from aigc_procgen.core.records import Record
from aigc_procgen.core.step_machine import LARGEST_STATE
from aigc_procgen.core.voice_machine import VoiceMachine, label_rows, pack_voice, read_voice
from aigc_procgen.data.script import ScriptRow
from aigc_procgen.data.vocabulary import learn_vocabulary
from aigc_procgen.data.voice_set import VoiceSet

from .checkpoint import load_checkpoint, pack_adam, save_checkpoint, unpack_adam
from .step_network import StepNetwork
from .voice_scores import Row, bits_of_counts, bits_of_machine, count_votes, perplexity

__all__ = ["FILE", "VoiceConfig", "VoiceTrainer", "voice_preset"]

FILE = "voice.net"
_PASSES = 40  # over all lines, at most
_ORDERS = range(1, 6)  # of the rival: it may choose the best
Progress = Callable[[int, int, dict[str, float]], None]


@dataclass(frozen=True, kw_only=True)
class VoiceConfig(Record):
    """Everything that decides the outcome of a run, except the lines."""

    seed: int = 0
    lines: int = 32_000  # shown, if no better weights end it earlier
    batch: int = 64
    states: int = 128  # as many as whole numbers below 2**24 allow
    vocabulary: int = 1024  # more pieces are whole words, fewer are spelt
    learning_rate: float = 5e-3  # falls to a hundredth along a cosine
    weight_decay: float = 1e-2
    dropout: float = 0.5
    input_dropout: float = 0.2
    label_dropout: float = 0.3  # labels are left out, so that a line without one can be judged
    own_share: float = 0.5  # of a batch; the rest are lines of the base
    snapshot: int = 1_600
    patience: int = 5  # snapshots without better weights

    def __post_init__(self) -> None:
        check_int("lines", self.lines, 1, 10**12)
        check_int("batch", self.batch, 1, 65536)
        check_int("states", self.states, 2, LARGEST_STATE)
        check_int("vocabulary", self.vocabulary, 64, 1024)
        check_int("snapshot", self.snapshot, 1, 10**12)
        check_int("patience", self.patience, 1, 10**6)
        for name in ("dropout", "input_dropout", "label_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise InvalidArgument(f"{name} must be in 0 <= p < 1, not {getattr(self, name)!r}")
        if not 0 < self.own_share <= 1:
            raise InvalidArgument(f"own_share must be in 0 < p <= 1, not {self.own_share!r}")


def voice_preset(name: str, count: int = 0) -> VoiceConfig:
    """The configuration of a preset for `count` lines: "tiny" (seconds) or "laptop" (minutes)."""
    if name == "tiny":
        return VoiceConfig(lines=12_800, batch=32, states=64, learning_rate=8e-3, snapshot=1_280)
    if name == "laptop":
        return VoiceConfig(lines=max(_PASSES * count, VoiceConfig.lines))
    raise InvalidArgument(f"preset must be tiny or laptop for a voice, not {name!r}")


class VoiceTrainer:
    """A run in a folder; made anew, or continued if the folder holds one.

    With `keep_lines` the machine holds the script's own lines that have an act, so that they can be
    said again. Raises `InvalidArgument` if the folder holds a run of another configuration or of
    other lines.
    """

    def __init__(
        self,
        config: VoiceConfig,
        lines: VoiceSet,
        run: str | Path,
        *,
        command: str = "",
        keep_lines: bool = True,
    ) -> None:
        self.keep_lines = keep_lines
        self.config, self.set, self.run, self.command = config, lines, Path(run), command
        described = self.run / "run.json"
        about = {"config": config.to_dict(), "data": lines.digest}
        if described.exists() and json.loads(described.read_text(encoding="utf-8")) != about:
            raise InvalidArgument(
                f"run {str(self.run)!r} was begun with other settings or lines: give another --run"
            )
        self.pieces = Pieces(learn_vocabulary([row.text for row in lines.every], config.vocabulary))
        torch.manual_seed(key(config.seed, "voice weights") >> 1)
        self.network = StepNetwork(
            letters=len(self.pieces.vocabulary),
            labels=sum(map(len, lines.attributes.values())),
            states=config.states,
        )
        self.adam = torch.optim.AdamW(
            self.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self._letters, self._labels = _tensors(self._rows(lines.every))
        self._held = self._rows(lines.held)
        own, others = len(lines.train), len(lines.base)
        share = config.own_share if others else 1.0
        self._weights = torch.tensor([share / own] * own + [(1 - share) / max(others, 1)] * others)
        self.step = self.since = 0
        self.best: tuple[float, dict[str, Tensor]] = (math.inf, {})
        self.run.mkdir(parents=True, exist_ok=True)
        write_atomic(described, (json.dumps(about, indent=1) + "\n").encode())
        if (self.run / "checkpoint.safetensors").exists():
            self._resume()

    def _resume(self) -> None:
        tensors, counters = load_checkpoint(self.run / "checkpoint.safetensors")
        parts: dict[str, dict[str, Tensor]] = {"net": {}, "best": {}}
        for name, value in tensors.items():
            part, _, rest = name.partition(".")
            if part in parts:
                parts[part][rest] = value
        self.network.load_state_dict(parts["net"])
        unpack_adam(self.adam, tensors, "adam", self.network)
        self.step, self.since = int(counters["step"]), int(counters["since"])
        self.best = (float.fromhex(counters["best"]), parts["best"])

    def _rows(self, rows: Sequence[ScriptRow]) -> list[Row]:
        attributes = self.set.attributes
        return [
            (self.pieces.encode(row.text), label_rows(attributes, row.to_dict())) for row in rows
        ]

    @property
    def shown(self) -> int:
        """Lines shown so far."""
        return self.step * self.config.batch

    @property
    def finished(self) -> bool:
        """Whether all lines were shown, or the lines held out have long got no better."""
        return self.shown >= self.config.lines or self.since >= self.config.patience

    def train_step(self) -> float:
        """One step; the mean loss in bits a piece."""
        config = self.config
        random = torch.Generator().manual_seed(key(config.seed, "voice step", self.step) >> 1)
        torch.manual_seed(key(config.seed, "voice dropout", self.step) >> 1)
        rows = torch.multinomial(self._weights, config.batch, True, generator=random)
        letters, labels = self._letters[rows], self._labels[rows]
        letters = letters[:, : int((letters >= 0).sum(1).max())]
        left_out = torch.rand(labels.shape, generator=random) < config.label_dropout
        labels = labels.masked_fill(left_out, -1)
        share = min(self.shown / config.lines, 1.0)
        rate = config.learning_rate * (0.01 + 0.99 * (1 + math.cos(math.pi * share)) / 2)
        for group in self.adam.param_groups:
            group["lr"] = rate * min(1.0, (self.step + 1) / 100)
        read = letters[:, :-1].clamp(min=0)
        logits = self.network(read, labels, config.dropout, config.input_dropout)
        wanted = letters[:, 1:]
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=-1)
        self.adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.adam.step()
        self.step += 1
        return float(loss.detach()) / math.log(2)

    def held_bits(self) -> float:
        """The bits of all lines held out, by the weights as they are."""
        letters, labels = _tensors(self._held)
        with torch.no_grad():
            logits = self.network(letters[:, :-1].clamp(min=0), labels)
            loss = nn.functional.cross_entropy(
                logits.flatten(0, 1), letters[:, 1:].flatten(), ignore_index=-1, reduction="sum"
            )
        return float(loss) / math.log(2)

    def train(self, progress: Progress | None = None, minutes: float | None = None) -> None:
        """Trains to the end, or for so many minutes; a snapshot now and then and at the end."""
        begun, config = time.monotonic(), self.config
        bits: float | None = None
        while not self.finished:
            before = self.shown // config.snapshot
            bits = self.train_step()
            if progress and self.step % 5 == 0:
                told = {"bits": bits, "held": self.best[0] if self.best[1] else math.nan}
                progress(self.shown, config.lines, told)
            late = minutes is not None and time.monotonic() - begun > minutes * 60
            if self.shown // config.snapshot > before or late or self.shown >= config.lines:
                self.snapshot(bits)
            if late:
                break
        self.machine()

    def snapshot(self, bits: float | None) -> None:
        """Writes the checkpoint and a line of statistics; the best weights are kept."""
        held = self.held_bits()
        self.since += 1
        if held < self.best[0]:
            weights = {k: v.clone() for k, v in self.network.state_dict().items()}
            self.best, self.since = (held, weights), 0
        tensors: dict[str, Tensor] = {f"net.{k}": v for k, v in self.network.state_dict().items()}
        tensors |= {f"best.{k}": v for k, v in self.best[1].items()}
        tensors |= pack_adam(self.adam, "adam")
        counters = {"step": self.step, "since": self.since, "best": self.best[0].hex()}
        save_checkpoint(
            self.run / "checkpoint.safetensors", tensors, {k: str(v) for k, v in counters.items()}
        )
        words = perplexity(held, [row.text for row in self.set.held])
        line = {"lines": self.shown, "bits": bits, "held_perplexity": round(words, 3)}
        with open(self.run / "stats.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def scores(self, machine: VoiceMachine) -> dict[str, float]:
        """Perplexity a word of the lines held out: of the machine, and of counting pieces, by the
        best of several orders and once by the developer's own lines alone.
        """
        texts = [row.text for row in self.set.held]
        held = [pieces for pieces, _ in self._held]
        found = {"held_perplexity": perplexity(bits_of_machine(machine, self._held), texts)}
        for name, rows in (("ngram", self.set.every), ("ngram_own", self.set.train)):
            train = [pieces for pieces, _ in self._rows(rows)]
            size = len(self.pieces.vocabulary)
            least = min(bits_of_counts(train, held, size, order) for order in _ORDERS)
            found[f"held_perplexity_{name}"] = perplexity(least, texts)
        return {name: round(value, 2) for name, value in found.items()}

    def machine(self) -> VoiceMachine:
        """The machine of the best weights, with its scores; also written to `voice.net`."""
        network = self.network
        if self.best[1]:
            network = StepNetwork(
                letters=len(self.pieces.vocabulary),
                labels=sum(map(len, self.set.attributes.values())),
                states=self.config.states,
            )
            network.load_state_dict(self.best[1])
        spoken = zip(self._rows(self.set.every), self.set.every, strict=True)
        arrays = network.arrays() | {
            "votes": count_votes(
                [(row[0], line.speaker) for row, line in spoken],
                self.set.attributes["speaker"],
                len(self.pieces.vocabulary),
            )
        }
        machine = self._packed(arrays, {})[1]
        data, machine = self._packed(arrays, self.scores(machine))
        write_atomic(self.run / FILE, data)
        return machine

    def _packed(
        self, arrays: dict[str, np.ndarray[Any, Any]], scores: dict[str, float]
    ) -> tuple[bytes, VoiceMachine]:
        lines = self.set
        about = {
            "data": {
                "source": "a developer's own script and aigc_procgen's own lines",
                "digest": lines.digest,
            },
            "training": {
                "command": self.command,
                "arch": "gru",
                "preset": "voice",
                "images_shown": self.shown,
            },
        }
        header = {
            "vocabulary": list(self.pieces.vocabulary),
            "attributes": {name: list(values) for name, values in lines.attributes.items()},
            "lexicon": list(lines.lexicon),
            "known": sorted({mark_of(row.text) for row in (*lines.train, *lines.held)}),
            "lines": [
                [row.speaker, row.act, row.mood, row.text]
                for row in (*lines.train, *lines.held)
                if row.act and self.keep_lines
            ],
            "scores": scores,
            "about": about,
        }
        data = pack_voice(header, arrays)
        return data, read_voice(str(self.run / FILE), data)


def _tensors(rows: Sequence[Row]) -> tuple[Tensor, Tensor]:
    """Pieces int64 [n, t], from 0 to 0 and then -1; labels int64 [n, k], -1 where there is none."""
    longest = max(len(pieces) for pieces, _ in rows)
    most = max((len(labels) for _, labels in rows), default=0)
    letters = np.full((len(rows), longest + 2), -1)
    named = np.full((len(rows), max(most, 1)), -1)
    for at, (pieces, labels) in enumerate(rows):
        letters[at, : len(pieces) + 2] = [END, *pieces, END]
        named[at, : len(labels)] = labels
    return torch.from_numpy(letters), torch.from_numpy(named)
