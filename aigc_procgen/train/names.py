"""Training the network of names: a minute on one core, resumed to the same bits.

A run's folder holds the checkpoint, `stats.jsonl`, and `names.net`, the machine of whole numbers
that the runtime reads and `export onnx` exports.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from aigc_procgen.core.errors import InvalidArgument, check_int
from aigc_procgen.core.files import write_atomic
from aigc_procgen.core.name_machine import NameMachine, pack_machine, read_machine
from aigc_procgen.core.random import key
from aigc_procgen.core.records import Record
from aigc_procgen.core.step_machine import LARGEST_STATE, ONE
from aigc_procgen.data.names import ALPHABET, KINDS, NameSet, read_names

from .checkpoint import load_checkpoint, pack_adam, save_checkpoint, unpack_adam
from .name_network import NameNetwork

__all__ = ["NameConfig", "NameTrainer", "bits_of_machine", "bits_of_trigrams", "sounds"]

_UNSEEN = 0.3  # of a name, for a pair of letters that a list lacks
Progress = Callable[[int, int, dict[str, float]], None]


@dataclass(frozen=True, kw_only=True)
class NameConfig(Record):
    """Everything that decides the outcome of a run, except the lists."""

    seed: int = 0
    names: int = 160_000  # shown, a minute of one core; more learns the lists by heart
    batch: int = 256
    states: int = 128  # as many as whole numbers below 2**24 allow
    learning_rate: float = 6e-3  # falls to a hundredth along a cosine
    weight_decay: float = 1e-4
    dropout: float = 0.3
    snapshot: int = 40_000

    def __post_init__(self) -> None:
        check_int("names", self.names, 1, 10**12)
        check_int("batch", self.batch, 1, 65536)
        check_int("states", self.states, 2, LARGEST_STATE)
        check_int("snapshot", self.snapshot, 1, 10**12)
        if not 0 <= self.dropout < 1:
            raise InvalidArgument(f"dropout must be in 0 <= p < 1, not {self.dropout!r}")


class NameTrainer:
    """A run in a folder; made anew, or continued if the folder holds one.

    `data` is the `names.json` that `data build names` wrote. Raises `InvalidArgument` if the folder
    holds a run of another configuration or of other lists.
    """

    def __init__(
        self, config: NameConfig, data: str | Path, run: str | Path, *, command: str = ""
    ) -> None:
        self.config, self.run, self.command = config, Path(run), command
        self.set: NameSet = read_names(data)
        torch.manual_seed(key(config.seed, "name weights") >> 1)
        self.network = NameNetwork(
            letters=len(ALPHABET),
            cultures=len(self.set.cultures),
            kinds=len(KINDS),
            states=config.states,
        )
        self.adam = torch.optim.AdamW(
            self.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self.letters, self.places, self.weights = _rows(self.set)
        self.step = 0
        about = {"config": config.to_dict(), "data": self.set.digest}
        described = self.run / "run.json"
        if described.exists() and json.loads(described.read_text(encoding="utf-8")) != about:
            raise InvalidArgument(
                f"run {str(self.run)!r} was begun with other settings or lists: give another --run"
            )
        self.run.mkdir(parents=True, exist_ok=True)
        write_atomic(described, (json.dumps(about, indent=1) + "\n").encode())
        if (self.run / "checkpoint.safetensors").exists():
            tensors, counters = load_checkpoint(self.run / "checkpoint.safetensors")
            state = {k.removeprefix("net."): v for k, v in tensors.items() if k[:4] == "net."}
            self.network.load_state_dict(state)
            unpack_adam(self.adam, tensors, "adam", self.network)
            self.step = int(counters["step"])

    @property
    def shown(self) -> int:
        """Names shown so far."""
        return self.step * self.config.batch

    def train_step(self) -> float:
        """One step; the mean loss in bits a letter."""
        config = self.config
        random = torch.Generator().manual_seed(key(config.seed, "name step", self.step) >> 1)
        torch.manual_seed(key(config.seed, "name dropout", self.step) >> 1)
        rows = torch.multinomial(self.weights, config.batch, True, generator=random)
        letters = self.letters[rows]
        letters = letters[:, : int((letters >= 0).sum(1).max())]
        share = min(self.shown / config.names, 1.0)
        rate = config.learning_rate * (0.01 + 0.99 * (1 + math.cos(math.pi * share)) / 2)
        for group in self.adam.param_groups:
            group["lr"] = rate * min(1.0, (self.step + 1) / 100)
        logits = self.network(letters[:, :-1].clamp(min=0), self.places[rows], config.dropout)
        wanted = letters[:, 1:]
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=-1)
        self.adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.adam.step()
        self.step += 1
        return float(loss.detach()) / math.log(2)

    def train(self, progress: Progress | None = None, minutes: float | None = None) -> None:
        """Trains to the end, or for so many minutes; a snapshot now and then and at the end."""
        begun, config = time.monotonic(), self.config
        while self.shown < config.names:
            before = self.shown // config.snapshot
            bits = self.train_step()
            if progress and self.step % 50 == 0:
                progress(self.shown, config.names, {"bits": bits})
            late = minutes is not None and time.monotonic() - begun > minutes * 60
            if self.shown // config.snapshot > before or late:
                self.snapshot(bits)
            if late:
                return
        self.snapshot(None)

    def snapshot(self, bits: float | None) -> None:
        """Writes the checkpoint, a line of statistics and the machine."""
        tensors: dict[str, Tensor] = {f"net.{k}": v for k, v in self.network.state_dict().items()}
        tensors |= pack_adam(self.adam, "adam")
        save_checkpoint(self.run / "checkpoint.safetensors", tensors, {"step": str(self.step)})
        machine = self.machine()
        held = bits_of_machine(machine, self.set.held)
        line = {"names": self.shown, "bits": bits, "held_bits": round(held, 4)}
        with open(self.run / "stats.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def machine(self) -> NameMachine:
        """The machine of the weights as they are; also written to `names.net`."""
        cultures = self.set.cultures
        about = {
            "data": {"source": "lists of aigc_procgen's own", "digest": self.set.digest},
            "licence": "MIT",
            "training": {
                "command": self.command,
                "arch": "gru",
                "preset": "names",
                "images_shown": self.shown,
            },
        }
        header = {
            "alphabet": ALPHABET,
            "cultures": list(cultures),
            "kinds": list(KINDS),
            "runs": {culture: list(self.set.runs[culture]) for culture in cultures},
            "about": about,
        }
        places = [[n for k in ("place", "kingdom") for n in self.set.train[c, k]] for c in cultures]
        people = [self.set.train[c, sex] for c in cultures for sex in ("female", "male")]
        arrays = self.network.arrays() | {"sound": sounds(places), "given": sounds(people)}
        data = pack_machine(header, arrays)
        write_atomic(self.run / "names.net", data)
        return read_machine(str(self.run / "names.net"), data)


def _rows(names: NameSet) -> tuple[Tensor, Tensor, Tensor]:
    """Letters [n, t], which end with -1; places [n, 2]; weights [n]: all lists weigh alike."""
    rows = [
        (name, names.cultures.index(culture), KINDS.index(kind), 1 / len(listed))
        for (culture, kind), listed in sorted(names.train.items())
        for name in listed
    ]
    longest = max(len(name) for name, *_ in rows)
    letters = np.full((len(rows), longest + 2), -1)
    for at, (name, *_) in enumerate(rows):
        letters[at, : len(name) + 2] = _indexes(name)
    places = torch.tensor([[culture, kind] for _, culture, kind, _ in rows])
    return torch.from_numpy(letters), places, torch.tensor([weight for *_, weight in rows])


def _indexes(name: str) -> list[int]:
    return [0, *(ALPHABET.index(letter) for letter in name), 0]


def sounds(lists: Iterable[Iterable[str]]) -> NDArray[np.int16]:
    """How much each pair of letters speaks for each of the lists, int16 [lists, v, v].

    The sum over a name is its score in naive Bayes with pairs of letters, in 1/64 bits.
    """
    size = len(ALPHABET)
    found = []
    for names in lists:
        pairs = np.full((size, size), _UNSEEN)
        for name in names:
            indexes = _indexes(name)
            np.add.at(pairs, (indexes[:-1], indexes[1:]), 1)
        found.append(np.log2(pairs / pairs.sum(1, keepdims=True)))
    return np.round(np.stack(found) * 64).astype(np.int16)


def bits_of_machine(
    machine: NameMachine, lists: dict[tuple[str, str], tuple[str, ...]], kind: str = ""
) -> float:
    """Bits a letter that the machine needs for names it has not seen; of one kind, or of all."""
    bits = letters = 0.0
    for (culture, own), names in sorted(lists.items()):
        label = machine.label(culture, own)
        for name in names if kind in ("", own) else ():
            state, indexes = machine.start(), _indexes(name)
            for before, after in pairwise(indexes):
                state, logits = machine.advance(state, before, label)
                chances = np.exp(logits.astype(np.float64) / ONE)
                bits -= math.log2(chances[after] / chances.sum())
                letters += 1
    return bits / max(letters, 1)


def bits_of_trigrams(names: NameSet, kind: str = "") -> float:
    """The same of a rival: letters by the two before them in each list, with Witten-Bell backing.

    Witten and Bell, "The zero-frequency problem", IEEE Transactions on Information Theory 1991.
    """
    bits = letters = 0.0
    for (culture, own), held in sorted(names.held.items()):
        if kind not in ("", own):
            continue
        counts: dict[str, Counter[str]] = {}
        for name in names.train[culture, own]:
            text = f"..{name}."
            for at in range(2, len(text)):
                for order in range(3):
                    counts.setdefault(text[at - order : at], Counter())[text[at]] += 1
        for name in held:
            text = f"..{name}."
            for at in range(2, len(text)):
                chance = 1 / len(ALPHABET)
                for order in range(3):
                    seen = counts.get(text[at - order : at])
                    if seen:
                        total, types = seen.total(), len(seen)
                        chance = (seen[text[at]] + types * chance) / (total + types)
                bits -= math.log2(chance)
                letters += 1
    return bits / max(letters, 1)
