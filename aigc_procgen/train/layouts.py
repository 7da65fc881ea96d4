"""Training the network of layouts: a GAN of rooms on one CPU core, resumed to the same bits.

The generator also makes rooms again from what an encoder saw of them (Larsen and others,
"Autoencoding beyond pixels using a learned similarity metric", ICML 2016): so it knows every kind
of room from the start, where a critic alone first teaches it empty ones.

A run's folder holds the checkpoint, `stats.jsonl`, and `layouts.net`, the machine of whole numbers
that the runtime reads and `export onnx` exports.
"""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from aigc_procgen.core.errors import InvalidArgument, check_int
from aigc_procgen.core.files import write_atomic
from aigc_procgen.core.layout_machine import (
    CANVAS,
    CLASSES,
    LEVEL,
    NOISE,
    ONE,
    LayoutMachine,
    pack_layouts,
    planes_of,
    read_layouts,
)
from aigc_procgen.core.random import key
from aigc_procgen.core.records import Record
from aigc_procgen.data.layouts import LayoutSet, read_layout_set

from .checkpoint import load_checkpoint, pack_adam, save_checkpoint, unpack_adam
from .layout_network import LayoutCritic, LayoutEncoder, LayoutNetwork, tiles_of, to_tensor
from .losses import gradient_penalty, relativistic_critic_loss, relativistic_generator_loss

__all__ = ["LayoutConfig", "LayoutTrainer"]

_SIDES = (8, 12, 16)  # canvases: a batch is of rooms that fit one
_OPEN = [CLASSES.index("floor"), CLASSES.index("inlay")]
Progress = Callable[[int, int, dict[str, float]], None]


@dataclass(frozen=True, kw_only=True)
class LayoutConfig(Record):
    """Everything that decides the outcome of a run, except the set."""

    seed: int = 0
    rooms: int = 200_000  # shown
    batch: int = 32
    width: int = 32  # channels of the generator on the whole canvas
    critic: int = 32
    learning_rate: float = 3e-3  # falls along a cosine until there is a critic
    critic_rate: float = 5e-4  # of both from then on; falls to a fifth
    momentum: float = 0.8  # of the generator
    alone: float = 0.65  # of the run: learning by example alone, before there is a critic
    gamma: float = 0.5  # of R1 and R2
    lazy: int = 8  # steps from one penalty to the next
    example: float = 1.0  # weight of rooms made again from what the encoder saw of them
    even: float = 5.0  # weight of latents that are spread evenly
    blur: float = 0.7  # of latents, in steps of sixteen: near ones give like rooms
    ways: float = 1.0  # weight of what is shut where it must be walked
    density: float = 0.5  # weight of the density that was asked for
    half_life: int = 10_000  # rooms, of the average of the weights that is exported
    snapshot: int = 20_000

    def __post_init__(self) -> None:
        check_int("rooms", self.rooms, 1, 10**12)
        check_int("batch", self.batch, 1, 65536)
        check_int("width", self.width, 4, 64)
        check_int("critic", self.critic, 4, 1024)
        check_int("lazy", self.lazy, 1, 1024)
        check_int("snapshot", self.snapshot, 1, 10**12)


class LayoutTrainer:
    """A run in a folder; made anew, or continued if the folder holds one.

    `data` is the `layouts.npz` that `data build layouts` wrote. Raises `InvalidArgument` if the
    folder holds a run of another configuration or of another set.
    """

    def __init__(
        self, config: LayoutConfig, data: str | Path, run: str | Path, *, command: str = ""
    ) -> None:
        self.config, self.run, self.command = config, Path(run), command
        self.set: LayoutSet = read_layout_set(data)
        torch.manual_seed(key(config.seed, "layout weights") >> 1)
        styles = len(self.set.styles)
        self.network = LayoutNetwork(styles, config.width)
        self.critic = LayoutCritic(styles, config.critic)
        self.encoder = LayoutEncoder(styles, config.critic)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.learners = nn.ModuleList([self.network, self.encoder])
        self.adams = {
            "generator": torch.optim.Adam(
                self.learners.parameters(), betas=(config.momentum, 0.99)
            ),
            "critic": torch.optim.Adam(self.critic.parameters(), betas=(0.0, 0.99)),
        }
        self.groups = self._groups()
        self.step = 0
        about = {"config": config.to_dict(), "data": self.set.digest}
        described = self.run / "run.json"
        if described.exists() and json.loads(described.read_text(encoding="utf-8")) != about:
            raise InvalidArgument(
                f"run {str(self.run)!r} was begun with other settings or another set: give another "
                f"--run"
            )
        self.run.mkdir(parents=True, exist_ok=True)
        write_atomic(described, (json.dumps(about, indent=1) + "\n").encode())
        if (self.run / "checkpoint.safetensors").exists():
            self._resume()

    @property
    def shown(self) -> int:
        """Rooms shown so far."""
        return self.step * self.config.batch

    def _nets(self) -> dict[str, nn.Module]:
        return {"generator": self.learners, "critic": self.critic, "average": self.average}

    def _resume(self) -> None:
        tensors, counters = load_checkpoint(self.run / "checkpoint.safetensors")
        for name, net in self._nets().items():
            start = f"net {name}."
            net.load_state_dict(
                {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
            )
        unpack_adam(self.adams["generator"], tensors, "adam generator", self.learners)
        unpack_adam(self.adams["critic"], tensors, "adam critic", self.critic)
        self.step = int(counters["step"])

    def _groups(self) -> list[NDArray[np.int64]]:
        """The rooms to train on that fit each canvas."""
        rows = self.set.inside.any(2).sum(1)
        columns = self.set.inside.any(1).sum(1)
        side = np.maximum(rows, columns)
        groups, least = [], 0
        for most in _SIDES:
            fits = (side > least) & (side <= most) & ~self.set.held_out
            groups.append(np.flatnonzero(fits))
            least = most
        return groups

    def batch(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Real tiles [n, classes, h, w], latents, labels and planes of this step."""
        random = np.random.Generator(np.random.Philox(key(self.config.seed, "room", self.step)))
        sizes = np.array([len(group) for group in self.groups])
        chosen = int(random.choice(len(sizes), p=sizes / sizes.sum()))
        side, count = _SIDES[chosen], self.config.batch
        rows = random.choice(self.groups[chosen], count)
        found = self.set
        inside = found.inside[rows, :side, :side]
        noise = random.integers(0, 16, inside.shape)
        room = np.stack([inside, found.walk[rows, :side, :side], noise], 1)
        planes = to_tensor(planes_of(room))
        label = np.zeros((count, len(found.styles) + 1), np.float32)
        label[np.arange(count), found.style[rows]] = 1
        label[:, -1] = found.density[rows] * (LEVEL / ONE)
        tiles = torch.from_numpy(found.tiles[rows, :side, :side].astype(np.int64))
        real = F.one_hot(tiles, len(CLASSES)).movedim(3, 1).float() * (planes[:, :1] > 0)
        latent = torch.from_numpy(random.integers(0, 16, (count, NOISE)).astype(np.float32))
        return real, latent, torch.from_numpy(label), planes

    def train_step(self) -> dict[str, float]:
        """One step of the critic and one of the generator; their losses."""
        config = self.config
        share = min(self.shown / config.rooms, 1.0)
        rate = self._rate(share)
        for adam in self.adams.values():
            for group in adam.param_groups:
                group["lr"] = rate
        real, latent, label, planes = self.batch()
        inside = planes[:, :1] > 0
        stats: dict[str, float] = {}
        wrong = torch.zeros(())
        if share >= config.alone:
            stats |= self._criticise(real, latent, label, planes)
            made, odds = tiles_of(self.network(latent, label, planes), inside)
            self.critic.requires_grad_(False)
            with torch.no_grad():
                score = self.critic(real, label, planes)
            wrong = relativistic_generator_loss(score, self.critic(made, label, planes))
            self.critic.requires_grad_(True)
            shut, asked = _wrongs(odds, label, planes)
            stats |= {"generator": float(wrong.detach()), "shut": float(shut.detach())}
            stats["density"] = float(asked.detach())
            wrong = wrong + config.ways * shut + config.density * asked
        code = self.encoder(real, label, planes)
        random = torch.Generator().manual_seed(key(config.seed, "blur", self.step) >> 1)
        blur = (torch.rand(code.shape, generator=random) - 0.5) * (2 * config.blur)
        levels = (code * 15 + blur).clamp(0, 15)
        levels = levels + (levels.round() - levels).detach()
        _, odds = tiles_of(self.network(levels, label, planes), inside)
        surprise = -(real * odds.clamp(min=1e-6).log()).sum() / inside.sum()
        even = _unevenness(code)
        stats |= {"surprise": float(surprise.detach()), "even": float(even.detach())}
        self._descend("generator", wrong + config.example * surprise + config.even * even)
        keep = 0.5 ** (config.batch / min(config.half_life, max(self.shown, 1)))
        with torch.no_grad():
            for old, new in zip(self.average.parameters(), self.network.parameters(), strict=True):
                old.lerp_(new, 1 - keep)
        self.step += 1
        return stats

    def _rate(self, share: float) -> float:
        """The learning rate after a share of the run."""
        config = self.config
        first, last = config.learning_rate, config.critic_rate
        if share >= config.alone:
            share = (share - config.alone) / max(1 - config.alone, 1e-9)
            first, last = config.critic_rate, config.critic_rate / 5
        else:
            share /= config.alone
        rate = last + (first - last) * (1 + math.cos(math.pi * share)) / 2
        return rate * min(1.0, (self.step + 1) / 100)

    def _criticise(
        self, real: Tensor, latent: Tensor, label: Tensor, planes: Tensor
    ) -> dict[str, float]:
        """A step of the critic; its losses."""
        config = self.config
        with torch.no_grad():
            fake, _ = tiles_of(self.network(latent, label, planes), planes[:, :1] > 0)
        judged = self.critic(real, label, planes), self.critic(fake, label, planes)
        loss = relativistic_critic_loss(*judged)
        stats = {"critic": float(loss.detach())}
        if self.step % config.lazy == 0:
            of_real, of_fake = (
                gradient_penalty(lambda seen: self.critic(seen, label, planes), tiles)
                for tiles in (real, fake)
            )
            penalty = of_real + of_fake
            loss = loss + config.gamma / 2 * config.lazy * penalty
            stats["penalty"] = float(penalty.detach())
        self._descend("critic", loss)
        return stats

    def _descend(self, name: str, loss: Tensor) -> None:
        self.adams[name].zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.adams[name].step()

    def train(self, progress: Progress | None = None, minutes: float | None = None) -> None:
        """Trains to the end, or for so many minutes; a snapshot now and then and at the end."""
        begun, config = time.monotonic(), self.config
        kept: dict[str, float] = {}
        while self.shown < config.rooms:
            before = self.shown // config.snapshot
            kept |= self.train_step()
            if progress and self.step % 50 == 0:
                progress(self.shown, config.rooms, kept)
            late = minutes is not None and time.monotonic() - begun > minutes * 60
            if self.shown // config.snapshot > before or late:
                self.snapshot(kept)
            if late:
                return
        self.snapshot(kept)

    def snapshot(self, stats: dict[str, float]) -> None:
        """Writes the checkpoint, a line of statistics and the machine."""
        tensors: dict[str, Tensor] = {}
        for name, net in self._nets().items():
            tensors |= {f"net {name}.{k}": v for k, v in net.state_dict().items()}
        for name, adam in self.adams.items():
            tensors |= pack_adam(adam, f"adam {name}")
        save_checkpoint(self.run / "checkpoint.safetensors", tensors, {"step": str(self.step)})
        self.machine()
        line = {"rooms": self.shown, **{k: round(v, 4) for k, v in stats.items()}}
        with open(self.run / "stats.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def machine(self) -> LayoutMachine:
        """The machine of the averaged weights; also written to `layouts.net`."""
        about = {
            "data": {"source": "rooms drawn for aigc_procgen", "digest": self.set.digest},
            "licence": "MIT",
            "training": {
                "command": self.command,
                "arch": "r3gan",
                "preset": "layouts",
                "images_shown": self.shown,
            },
        }
        found = self.set
        densities = {
            style: [int(n) for n in np.percentile(found.density[found.style == at], (20, 80))]
            for at, style in enumerate(found.styles)
        }
        header = {"styles": list(found.styles), "densities": densities, "about": about}
        data = pack_layouts(header, self.average.arrays())
        write_atomic(self.run / "layouts.net", data)
        return read_layouts(str(self.run / "layouts.net"), data)


def _wrongs(odds: Tensor, label: Tensor, planes: Tensor) -> tuple[Tensor, Tensor]:
    """How likely ways are shut, and how far the shut share is from the density asked for."""
    inside, walk = planes[:, 0] > 0, planes[:, 1] > 0
    shut = (1 - odds[:, _OPEN].sum(1)) * inside
    blocked = (shut * walk).sum() / walk.sum().clamp(min=1)
    share = shut.sum((1, 2)) / inside.sum((1, 2))
    # A density of 15, all of its steps, is half of the room or more.
    asked = label[:, -1] * (ONE / LEVEL) / 30
    return blocked, (share - asked).abs().mean() * 4


def _unevenness(code: Tensor) -> Tensor:
    """How far latents [n, NOISE] are from even and independent: each number's sorted values from
    equal steps, and the squared correlations of numbers.
    """
    steps = (torch.arange(len(code)) + 0.5) / len(code)
    apart = (code.sort(0).values - steps[:, None]).square().mean()
    centred = code - code.mean(0)
    spread = centred / (centred.square().mean(0).sqrt() + 1e-3)
    correlation = spread.T @ spread / len(code)
    return apart + 0.05 * (correlation - torch.diag(correlation.diag())).square().mean()


assert max(_SIDES) == CANVAS
