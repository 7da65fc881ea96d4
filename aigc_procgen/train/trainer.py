"""The one trainer: a critic and a generator in turns, snapshots, and resuming to the same bits.

Every random number of step k comes from a generator seeded by (seed, k), so a resumed run needs no
generator state and draws what the unbroken run would have drawn.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.files import write_atomic
from aigc_procgen.core.png import sheet, write_png
from aigc_procgen.core.random import key
from aigc_procgen.core.records import Record

from . import losses
from .augment import draw_augmentation
from .checkpoint import load_checkpoint, pack_adam, save_checkpoint, unpack_adam
from .config import Config
from .dataset import Dataset, load_dataset
from .devices import autocast, choose_device, send
from .inks import Ink, choice_loss, expected_picture
from .networks import (
    Codebook,
    Critic,
    DcganCritic,
    DcganGenerator,
    Generator,
    count_stages,
    finished,
)
from .recolour import Recolour
from .workers import ALONE, Workers

__all__ = ["Shape", "Trainer", "build_generator"]

Progress = Callable[[int, int, dict[str, float]], None]

_WARM_UP_BETA1 = 0.9  # a fixed target, unlike a critic, rewards momentum: 1.3 times less distance


@dataclass(frozen=True, kw_only=True)
class Shape(Record):
    """What the networks of a run take from its set: labels, pictures a figure, parts a slot, how
    many pairs of the first two slots go together, where not all do, and how many inks become
    colours of the palette in how many colourings, where the set says what those do.
    """

    labels: int
    size: int = 32
    pictures: int = 1
    parts: tuple[int, ...] = ()
    pairs: int = 0
    colours: int = 0
    inks: int = 0
    colourings: int = 0

    @classmethod
    def of(cls, dataset: Dataset) -> Shape:
        """The shape of a data set."""
        parts = dataset.codebook.sizes if dataset.codebook is not None else ()
        fits = dataset.codebook.fits if dataset.codebook is not None else None
        table = dataset.colourings.table if dataset.colourings is not None else np.zeros((0, 0))
        return cls(
            labels=dataset.labels.shape[1],
            size=dataset.size,
            pictures=dataset.pictures,
            parts=parts,
            pairs=0 if fits is None else len(fits.pairs),
            colours=len(dataset.palette),
            colourings=table.shape[0],
            inks=table.shape[1],
        )


def build_generator(config: Config, shape: Shape) -> nn.Module:
    """The generator of a configuration, freshly initialised; z [n, latent], label [n, labels]."""
    if config.arch == "dcgan":
        return DcganGenerator(
            labels=shape.labels, latent=config.latent, size=shape.size, pictures=shape.pictures
        )
    return Generator(
        labels=shape.labels,
        latent=config.latent,
        widths=_widths(config, shape),
        fine=_fine(config, shape),
        depth=config.depth,
        wrap=config.kind == "tiles",
        pictures=shape.pictures,
        parts=shape.parts if config.reconstruction else (),
        pairs=shape.pairs,
        code=config.code,
        temperature=config.temperature,
        features=config.features,
        colours=shape.inks or shape.colours,
        colourings=shape.colourings,
    )


def build_critic(config: Config, shape: Shape) -> nn.Module:
    """The critic of a configuration, freshly initialised."""
    if config.arch == "dcgan":
        return DcganCritic(labels=shape.labels, size=shape.size, pictures=shape.pictures)
    return Critic(
        labels=shape.labels,
        widths=_widths(config, shape),
        fine=_fine(config, shape),
        depth=config.depth,
        pictures=shape.pictures,
    )


def _widths(config: Config, shape: Shape) -> tuple[int, ...]:
    """The configured widths for the stages that the pictures' size has; the last one repeats."""
    stages = count_stages(shape.size)
    return (config.widths + config.widths[-1:] * stages)[:stages]


def _fine(config: Config, shape: Shape) -> int:
    """The configured channels at full size, which are enough for four pictures a figure; more
    pictures come out of as many more.
    """
    return config.fine * max(shape.pictures, 4) // 4


class Trainer:
    """A training run in a folder; made anew, or continued if the folder holds one.

    `data` is a file that `data build` wrote; `command` is noted for the manifest. Where `workers`
    are several processes, each makes its own trainer, and a batch is of all of them together.
    `precision` is "auto", "float32" or "bf16"; `compiled` uses torch.compile.
    Raises `InvalidArgument` if the folder holds a run of another configuration or of other data.
    """

    def __init__(
        self,
        config: Config,
        data: str | Path,
        run: str | Path,
        device: str = "auto",
        *,
        command: str = "",
        workers: Workers = ALONE,
        precision: str = "auto",
        compiled: bool = False,
    ) -> None:
        self.command = command
        self.run = Path(run)
        self.config = config
        self.workers = workers
        self.precision = precision
        self.device = choose_device(device, workers.local)
        workers.check_batch(config.batch)
        if workers.count > 1 and config.arch == "dcgan":
            raise InvalidArgument(
                f"arch dcgan normalises over a whole batch, which {workers.count} processes do "
                f"not see: train it in one"
            )
        if workers.count > 1 and self.device.type == "mps":
            raise InvalidArgument("device mps trains in one process: pass --device cpu, or start 1")
        palette, earlier = self._earlier_colours(data)
        # Who mixes paint has no inks to look up.
        indexed = config.arch == "r3gan" and config.features and config.reconstruction
        inks = (config.inks if earlier is None else earlier) if indexed else 0
        self.dataset, kind = load_dataset(data, config.colours, palette, inks)
        if kind != config.kind:
            raise InvalidArgument(f"data must be a set of {config.kind}, {data} is one of {kind}")
        self.dataset.move(self.device)
        self.shape = shape = Shape.of(self.dataset)
        torch.manual_seed(key(config.seed, "weights") >> 1)
        self.generator = build_generator(config, shape).to(self.device)
        self.critic = build_critic(config, shape).to(self.device)
        self.average = build_generator(config, shape).to(self.device)
        self.reconstructs = getattr(self.generator, "codebook", None) is not None
        if (ink := self._ink) is not None:
            own = self.dataset.colourings
            ink.start_with(self.dataset.palette if own is None else own.inks)
        self.average.load_state_dict(self.generator.state_dict())
        self.average.requires_grad_(False).eval()
        if self.device.type != "mps":
            for net in (self.generator, self.critic, self.average):
                net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        fused = self.device.type != "mps"  # one pass over the weights instead of a dozen
        self.adam_generator = torch.optim.Adam(self.generator.parameters(), fused=fused)
        self.adam_critic = torch.optim.Adam(self.critic.parameters(), fused=fused)
        self.step = 0
        if (self.run / "checkpoint.safetensors").exists():
            self._resume()
        self._learn_what_never_meets()
        self._meet()
        # What a step calls. Penalties differentiate twice, which compiled code cannot: they call
        # the networks themselves.
        self._judge: Callable[..., Tensor] = self.critic
        self._imagine: Callable[..., Tensor] = self.generator
        self._decode: Callable[..., Tensor] = getattr(self.generator, "decode", self.generator)
        if compiled:
            self._judge = torch.compile(self._judge)
            self._imagine = torch.compile(self._imagine)
            self._decode = torch.compile(self._decode)

    def _learn_what_never_meets(self) -> None:
        """Tells the codebooks what the set never has: also that of a run begun by older rules."""
        if self.dataset.codebook is None or not self.reconstructs:
            return
        own = self.dataset.colourings
        for net in (self.generator, self.average):
            cast(Codebook, cast(Generator, net).codebook).learn(self.dataset.codebook)
            if own is not None and self.dataset.starts is not None:
                cast(Recolour, cast(Generator, net).recolour).learn(own.table, self.dataset.starts)

    def _meet(self) -> None:
        """Makes sure that all processes of the run stand at the same place with equal weights."""
        facts = {
            "configuration": self.config.to_json(),
            "data": self.dataset.digest,
            "palette": self.dataset.palette.tobytes().hex(),
            "inks": "" if (own := self.dataset.colourings) is None else own.inks.tobytes().hex(),
            "images": str(self.images),
        }
        self.workers.check_same(facts)
        for net in (self.generator, self.critic, self.average):
            self.workers.copy_first((*net.parameters(), *net.buffers()))

    @property
    def images(self) -> int:
        """Images shown to the critic so far."""
        return self.step * self.config.batch

    @property
    def _ink(self) -> Ink | None:
        """The generator's palette head, if it has one."""
        return getattr(self.generator, "ink", None)

    @property
    def _recolour(self) -> Recolour | None:
        """The generator's table of colourings, if it has one."""
        return getattr(self.generator, "recolour", None)

    @property
    def _warming(self) -> bool:
        """Whether the next step is still one without a critic."""
        return self.reconstructs and self.images < self.config.warm_up

    # -- one step ---------------------------------------------------------------------------------

    def train_step(self) -> dict[str, Tensor]:
        """One step of the critic, then one of the generator; the losses as 0-d tensors."""
        config = self.config
        random = torch.Generator().manual_seed(key(config.seed, "step", self.step) >> 1)
        self._set_optimisers()
        critic_loss, generator_loss = (
            (losses.minimax_critic_loss, losses.minimax_generator_loss)
            if config.arch == "dcgan"
            else (losses.relativistic_critic_loss, losses.relativistic_generator_loss)
        )
        stats = {}
        if self._warming:
            return self._warm_up_step(random)

        real, label, z, show, _ = self._draw(random)
        with torch.no_grad(), self._autocast():
            fake = self._seen(*self._imagined(z, label))
        with self._autocast():
            scores_real = self._judge(show(real), label)
            scores_fake = self._judge(show(fake), label)
        loss = critic_loss(scores_real, scores_fake)
        stats["critic_loss"] = loss.detach()
        stats["gap"] = (scores_real - scores_fake).mean().detach()
        if config.arch != "dcgan" and self.step % config.penalty_interval == 0:

            def judge(images: Tensor) -> Tensor:
                return cast(Tensor, self.critic(show(images), label))

            with self._autocast():
                r1 = losses.gradient_penalty(judge, real)
                r2 = losses.gradient_penalty(judge, fake)
            gamma = self._scheduled(config.gamma) * config.penalty_interval
            loss = loss + gamma / 2 * (r1 + r2)
            stats["r1"], stats["r2"] = r1.detach(), r2.detach()
        self._descend(self.adam_critic, self.critic, loss)

        real, label, z, show, rows = self._draw(random)
        self.critic.requires_grad_(False)
        with torch.no_grad(), self._autocast():
            scores_real = self._judge(show(real), label)
        with self._autocast():
            raw, colouring = self._generate(z, label, rows)
            scores_fake = self._judge(show(self._seen(raw, colouring)), label)
        loss = generator_loss(scores_real, scores_fake)
        stats["generator_loss"] = loss.detach()
        if self.reconstructs:
            half = len(rows) // 2
            distance = self._distance(raw[:half], rows[:half])
            stats["reconstruction"] = distance.detach()
            loss = loss + config.reconstruction * distance
        self._descend(self.adam_generator, self.generator, loss)
        self.critic.requires_grad_(True)

        self.step += 1
        self._average()
        return stats

    def _warm_up_step(self, random: torch.Generator) -> dict[str, Tensor]:
        """One step of the generator without a critic: each picture out of its own parts."""
        rows = self.dataset.rows(self.config.batch, random)
        rows = send(rows[self.workers.share], self.device)
        with self._autocast():
            made = self._decode(self._known_parts(rows))
        distance = self._distance(made, rows)
        self._descend(self.adam_generator, self.generator, self.config.reconstruction * distance)
        self.step += 1
        self._average()
        return {"reconstruction": distance.detach()}

    def _seen(self, raw: Tensor, colouring: Tensor | None) -> Tensor:
        """What the generator gives as the pictures that a critic is shown; `colouring` are rows of
        its table, if it has one.
        """
        if (ink := self._ink) is None:
            return raw
        colours = self.dataset.paints[1:, :3]
        if colouring is not None:
            colours = colours[cast(Recolour, self._recolour).table[colouring].long()]
        return expected_picture(raw, ink, colours, self.shape.pictures)

    def _distance(self, raw: Tensor, rows: Tensor) -> Tensor:
        """How far what the generator gives is from the pictures `rows` [n]."""
        if (ink := self._ink) is None:
            return losses.reconstruction_loss(raw, self.dataset.originals(rows))
        return choice_loss(raw, ink, self.dataset.entries(rows), self.step)

    def _known_parts(self, rows: Tensor) -> Tensor:
        """What the pictures `rows` [n] are made of, as a choice of the codebook [n, its rows]."""
        codebook = cast(Codebook, cast(Generator, self.generator).codebook)
        parts = cast(Tensor, self.dataset.parts)[rows]
        known = torch.zeros(len(rows), sum(codebook.sizes), device=self.device)
        return known.scatter_(1, parts, 1.0)

    def _imagined(self, z: Tensor, label: Tensor) -> tuple[Tensor, Tensor | None]:
        """A batch of fakes, and the rows of the table of colourings that they are in."""
        if self._recolour is None:
            return self._imagine(z, label), None
        return self._made_of(cast(Codebook, cast(Generator, self.generator).codebook)(z, label))

    def _made_of(self, choice: Tensor) -> tuple[Tensor, Tensor | None]:
        """The same of a choice of parts."""
        return self._decode(choice), None if self._recolour is None else self._recolour(choice)

    def _generate(self, z: Tensor, label: Tensor, rows: Tensor) -> tuple[Tensor, Tensor | None]:
        """The same. Where the set says what its pictures are made of, the first half is made of
        the parts of the real pictures `rows`, so that it can be held against them.
        """
        if not self.reconstructs:
            return self._imagined(z, label)
        codebook = cast(Codebook, cast(Generator, self.generator).codebook)
        half = len(z) // 2
        known = self._known_parts(rows[:half])
        return self._made_of(torch.cat([known, codebook(z[half:], label[half:])]))

    def _draw(
        self, random: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor, Callable[[Tensor], Tensor], Tensor]:
        """Reals, labels (some left open), latents, the critic's view, and the reals' rows.

        The whole batch is drawn; what is given is this process's share of it, on the device.
        """
        config, device, share = self.config, self.device, self.workers.share
        rows = self.dataset.rows(config.batch, random)
        real = self.dataset.images(rows, random, share)
        rows = send(rows[share], device)
        label = self.dataset.labels[rows]
        if config.label_drop:
            label = label * send(self._kept_labels(config.batch, random)[share], device)
        z = send(torch.randn(config.batch, config.latent, generator=random)[share], device)
        show = draw_augmentation(
            config.batch,
            real.shape[2],
            random,
            shift=config.shift,
            wrap=self.dataset.rollable is not None,
            colour_share=self._scheduled(config.colour_jitter),
            share=share,
            device=device,
        )
        return real, label, z, show, rows

    def _kept_labels(self, count: int, random: torch.Generator) -> Tensor:
        """A mask [count, L] that leaves whole attributes open, each with chance `label_drop`."""
        kept = []
        for names in self.dataset.attributes.values():
            keep = torch.rand(count, 1, generator=random) >= self.config.label_drop
            kept.append(keep.float().expand(-1, len(names)))
        return torch.cat(kept, 1)

    def _autocast(self) -> torch.autocast:
        return autocast(self.device, self.precision)

    def _descend(self, optimizer: torch.optim.Optimizer, net: nn.Module, loss: Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.workers.average_gradients(net.parameters())
        optimizer.step()

    def _average(self) -> None:
        half_life = min(self.config.ema_half_life, self.images / 20)
        beta = 0.5 ** (self.config.batch / max(half_life, 1e-8))
        with torch.no_grad():
            means: list[Tensor] = [*self.average.parameters()]
            torch._foreach_lerp_(means, [*self.generator.parameters()], 1 - beta)
            for kept, new in zip(self.average.buffers(), self.generator.buffers(), strict=True):
                kept.copy_(new)

    # -- schedules --------------------------------------------------------------------------------

    def _scheduled(self, pair: tuple[float, float]) -> float:
        part = min(self.images / self.config.burn_in, 1.0)
        return pair[1] + (pair[0] - pair[1]) * (1 + math.cos(math.pi * part)) / 2

    def _set_optimisers(self) -> None:
        beta1 = _WARM_UP_BETA1 if self._warming else 0.5 if self.config.arch == "dcgan" else 0.0
        for optimizer in (self.adam_generator, self.adam_critic):
            for group in optimizer.param_groups:
                group["lr"] = self._scheduled(self.config.learning_rate)
                group["betas"] = (beta1, self._scheduled(self.config.beta2))

    # -- the run's folder -------------------------------------------------------------------------

    def train(self, progress: Progress | None = None, minutes: float | None = None) -> None:
        """Trains until `config.images` were shown, or for `minutes`; snapshots on the way.

        Of several processes the first writes them and reports progress.
        """
        config = self.config
        if self.workers.first:
            self._write_config()
            self._cut_stats()
        end = time.monotonic() + minutes * 60 if minutes is not None else math.inf
        sums: dict[str, list[Tensor]] = {}
        last = time.monotonic()
        while self.images < config.images:
            for name, value in self.train_step().items():
                sums.setdefault(name, []).append(value)
            crossed = (
                self.images // config.snapshot > (self.images - config.batch) // config.snapshot
            )
            stopping = self.images >= config.images
            if minutes is not None:
                stopping = stopping or self.workers.agree(time.monotonic() >= end)
            if crossed or stopping or self.step % 50 == 0:
                means = {name: float(torch.stack(v[-200:]).mean()) for name, v in sums.items()}
                means = self.workers.average(means)
                if any(not math.isfinite(value) for value in means.values()):
                    raise InvalidArgument(
                        f"training diverged at image {self.images:,}: lower learning_rate, now "
                        f"{config.learning_rate}, or gamma, now {config.gamma}"
                    )
                if progress and self.workers.first:
                    progress(self.images, config.images, means)
                if crossed or stopping:
                    now = time.monotonic()
                    if self.workers.first:
                        self.snapshot({**means, "seconds": now - last})
                    sums, last = {}, now
            if stopping and self.images < config.images:
                break

    def snapshot(self, stats: dict[str, float]) -> None:
        """Writes a checkpoint, a fixed-seed sample sheet, a line of stats, TensorBoard's event."""
        from torch.utils.tensorboard import SummaryWriter

        tensors: dict[str, Tensor] = {}
        for prefix, net in (("g", self.generator), ("d", self.critic), ("ema", self.average)):
            tensors |= {f"{prefix}.{name}": value for name, value in net.state_dict().items()}
        tensors |= pack_adam(self.adam_generator, "adam_g")
        tensors |= pack_adam(self.adam_critic, "adam_d")
        samples, columns = self.sample_sheet()
        write_png(self.run / "sheets" / f"{self.images:012d}.png", sheet(samples, columns))
        line = json.dumps({"images": self.images, **{k: round(v, 5) for k, v in stats.items()}})
        with open(self.run / "stats.jsonl", "a", encoding="utf-8") as file:
            file.write(line + "\n")
        with SummaryWriter(str(self.run / "tensorboard")) as writer:
            for name, value in stats.items():
                writer.add_scalar(name, value, self.images)
        counters = {"step": str(self.step), "digest": self.dataset.digest}
        # Last, so that a checkpoint never promises a sheet or a line that is not there.
        save_checkpoint(self.run / "checkpoint.safetensors", tensors, counters)

    def sample_sheet(self) -> tuple[NDArray[np.uint8], int]:
        """Finished pixels uint8 [n, size, size, 4] for fixed seeds and labels, and columns a row;
        the pictures of one figure are side by side.
        """
        first = next(iter(self.dataset.attributes.values()))
        columns = 8 if self.config.kind == "tiles" else 12
        random = torch.Generator().manual_seed(0)
        if len(self.dataset.attributes) == 1:
            rows = torch.arange(len(first)).repeat_interleave(columns)
            label = torch.eye(len(first))[rows]
            columns *= 2
        else:
            picks = torch.randperm(len(self.dataset), generator=random)[:96]
            label = self.dataset.labels.cpu()[picks]
        z = torch.randn(len(label), self.config.latent, generator=random)
        drawn = self.sample(z, label)
        if self.shape.pictures > 1:
            columns = self.shape.pictures * max(16 // self.shape.pictures, 1)
        return drawn.reshape(-1, *drawn.shape[-3:]), columns

    def sample(self, z: Tensor, label: Tensor) -> NDArray[np.uint8]:
        """Finished pixels uint8 [n, size, size, 4] of the averaged generator, in float32; with
        several pictures a figure [n, pictures, size, size, 4].
        """
        palette = self.dataset.palette
        draw = finished(
            self.average, palette, pictures=self.shape.pictures, tidy=self.config.tidy
        ).to(self.device)
        parts = []
        with torch.no_grad():
            for start in range(0, len(z), 64):
                taken = (each[start : start + 64].to(self.device) for each in (z, label))
                parts.append(draw(*taken, draw.choose).cpu())
        return torch.cat(parts).numpy()

    def _write_config(self) -> None:
        own = self.dataset.colourings
        about = {
            "config": self.config.to_dict(),
            "command": self.command,
            "licence": self.dataset.about["licence"],
            "data": self.dataset.about,
            "attributes": {name: list(v) for name, v in self.dataset.attributes.items()},
            "palette": self.dataset.palette.tolist(),
            **({} if own is None else {"inks": own.inks.tolist()}),
            "shape": self.shape.to_dict(),
            "frames": self.dataset.frames,
            "directions": list(self.dataset.directions),
        }
        self.run.mkdir(parents=True, exist_ok=True)
        write_atomic(self.run / "run.json", json.dumps(about, indent=1).encode())

    def _earlier_colours(
        self, data: str | Path
    ) -> tuple[NDArray[np.uint8] | None, NDArray[np.uint8] | None]:
        """The palette and the inks of the run in this folder, where it has any; raises if that run
        is not this one continued.
        """
        path = self.run / "run.json"
        if not path.exists():
            return None, None
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            earlier = Config.from_dict(about["config"])
        except (ValueError, KeyError) as error:
            raise InvalidArgument(f"{path} is damaged ({error}): choose another --run") from None
        # A run may be made longer or shorter; all else would not be the same run.
        same = replace(earlier, images=self.config.images, snapshot=self.config.snapshot)
        if same != self.config:
            ours, theirs = self.config.to_dict(), same.to_dict()
            name = next(name for name in ours if ours[name] != theirs[name])
            raise InvalidArgument(
                f"{self.run} holds a run with {name} = {theirs[name]!r}, not {ours[name]!r}: "
                f"choose another --run or the same setting"
            )
        inks = about.get("inks")
        return np.array(about["palette"], np.uint8), None if inks is None else np.array(
            inks, np.uint8
        )

    def _cut_stats(self) -> None:
        """Drops lines of a run that was killed after its last checkpoint."""
        path = self.run / "stats.jsonl"
        if path.exists():
            lines = []
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    if json.loads(line)["images"] <= self.images:
                        lines.append(line + "\n")
                except (ValueError, KeyError):
                    continue  # the half line of a crash
            write_atomic(path, "".join(lines).encode())

    def _resume(self) -> None:
        tensors, counters = load_checkpoint(self.run / "checkpoint.safetensors")
        if counters.get("digest") != self.dataset.digest:
            raise InvalidArgument(
                f"{self.run} was trained on other data (digest {counters.get('digest')!r:.20}): "
                f"choose another --run"
            )
        for prefix, net in (("g", self.generator), ("d", self.critic), ("ema", self.average)):
            state = {
                name.removeprefix(prefix + "."): value
                for name, value in tensors.items()
                if name.startswith(prefix + ".")
            }
            net.load_state_dict(state)
        unpack_adam(self.adam_generator, tensors, "adam_g", self.generator)
        unpack_adam(self.adam_critic, tensors, "adam_d", self.critic)
        self.step = int(counters["step"])
