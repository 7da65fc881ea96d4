"""`aigc-procgen train`: a GAN on a data set, in a run folder that can be killed and continued.

Several processes train one run together under `torchrun`, each on its share of every batch:
`torchrun --nproc-per-node 2 -m -- aigc_procgen train characters --data data`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from aigc_procgen.core.errors import InvalidArgument, MissingDependency, check_int
from aigc_procgen.train.config import (  # torch comes when the command runs
    ARCHITECTURES,
    KINDS,
    PRECISIONS,
    PRESETS,
    preset,
)

from . import train_voice

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `train` to the command's parser."""
    parser = subparsers.add_parser(
        "train",
        help="train a GAN on a data set; the same command again goes on from the last snapshot",
        description=__doc__,
    )
    parser.add_argument(
        "kind",
        choices=(*KINDS, "items", "names", "voice", "layouts", "classifier"),
        help="what to train (items = sprites; names, voice: networks of words, not GANs; layouts: "
        "rooms of dungeons; classifier: what tells a game which of a few drawings of --data shows "
        "most of what was asked for)",
    )
    parser.add_argument("--data", help="a set that `data build` wrote, or the folder it lies in")
    parser.add_argument("--run", help="the run's folder (default: runs/KIND-PRESET[-ARCH])")
    parser.add_argument("--preset", default="laptop", choices=PRESETS)
    parser.add_argument("--arch", default="r3gan", choices=ARCHITECTURES)
    parser.add_argument("--images", type=int, help="images to show in all, instead of the preset's")
    parser.add_argument(
        "--batch", type=int, help="images a step, of all processes together, not the preset's"
    )
    parser.add_argument("--minutes", type=float, help="stop, with a snapshot, after this long")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--threads", type=int, help="CPU threads of each process (default: torch's own choice)"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    parser.add_argument(
        "--precision",
        default="auto",
        choices=PRECISIONS,
        help="what networks compute in (auto: bf16 where the device has it)",
    )
    parser.add_argument(
        "--compile", action="store_true", help="use torch.compile; slower on the CPUs tried"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any other setting, its value as JSON: --set gamma=[1,0.5]",
    )
    parser.add_argument("--dry-run", action="store_true", help="print the whole config and stop")
    train_voice.add_arguments(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Trains as the arguments say; returns the exit status."""
    kind = "sprites" if args.kind == "items" else args.kind
    try:
        import torch  # noqa: F401

    except ImportError as error:
        raise MissingDependency(
            f"training needs torch and friends: install aigc-procgen[train] ({error})"
        ) from None
    changes = dict(_setting(text) for text in args.set)
    for name in ("images", "batch"):
        if getattr(args, name) is not None:
            changes[name] = getattr(args, name)
    if kind == "voice":
        return _run_voice(args, changes)
    if not args.data:
        raise InvalidArgument(f"train {args.kind} needs --data, a set that `data build` wrote")
    if kind == "names":
        return _run_names(args, changes)
    if kind == "layouts":
        return _run_layouts(args, changes)
    if kind == "classifier":
        return _run_classifier(args, changes)
    config = preset(kind, args.preset, args.arch, seed=args.seed, **changes)
    if args.dry_run:
        print(json.dumps(config.to_dict(), indent=1))
        return 0
    _set_threads(args.threads)
    data = Path(args.data)
    if data.is_dir():
        data = data / f"{kind}.npz"
    suffix = "" if args.arch == "r3gan" else f"-{args.arch}"
    folder = Path(args.run or f"runs/{kind}-{args.preset}{suffix}")

    from aigc_procgen.train.trainer import Trainer
    from aigc_procgen.train.workers import join_workers

    with join_workers() as workers:
        trainer = Trainer(
            config,
            data,
            folder,
            args.device,
            command=_command(args, kind),
            workers=workers,
            precision=args.precision,
            compiled=args.compile,
        )
        if trainer.images and workers.first:
            print(f"going on from image {trainer.images:,} in {folder}")
        bar = _progress_bar(trainer.images, config.images) if workers.first else None
        trainer.train(bar, args.minutes)
        if workers.first:
            print(f"{trainer.images:,} images shown; sheets, stats and checkpoint in {folder}")
    return 0


def _run_names(args: argparse.Namespace, changes: dict[str, Any]) -> int:
    """Trains the network of names; `--images` counts names."""
    from .train_names import train_names

    tiny = {"names": 60_000, "states": 64}
    return _run_counted(args, changes, train_names, "names.json", counted="names", tiny=tiny)


def _run_layouts(args: argparse.Namespace, changes: dict[str, Any]) -> int:
    """Trains the network of layouts; `--images` counts rooms."""
    from .train_layouts import train_layouts

    tiny = {"rooms": 40_000, "width": 16, "critic": 16, "snapshot": 20_000}
    return _run_counted(args, changes, train_layouts, "layouts.npz", counted="rooms", tiny=tiny)


def _run_classifier(args: argparse.Namespace, changes: dict[str, Any]) -> int:
    """Trains a classifier of pictures, in one go: it takes minutes."""
    from .train_classifier import train_reader

    images = changes.pop("images", None)
    if changes:
        raise InvalidArgument(f"a classifier has no setting {min(changes)!r}, only --images")
    usual = {"minutes": None, "arch": "r3gan", "device": "auto", "precision": "auto"}
    for name, value in {**usual, "compile": False, "dry_run": False}.items():
        if getattr(args, name) != value:
            option = name.replace("_", "-")
            raise InvalidArgument(f"--{option} does not go with a classifier: leave it out")
    if images is not None:
        check_int("--images", images, 1, 10**9)
    check_int("--seed", args.seed, 0, 1 << 60)
    _set_threads(args.threads)
    return train_reader(
        Path(args.data),
        Path(args.run) if args.run else None,
        images=images,
        seed=args.seed,
        tiny=args.preset == "tiny",
        command=_command(args, "classifier"),
        progress_bar=partial(_progress_bar, what="steps"),
    )


def _run_counted(
    args: argparse.Namespace,
    changes: dict[str, Any],
    train: Callable[..., int],
    file: str,
    *,
    counted: str,
    tiny: dict[str, Any],
) -> int:
    """Trains a network that has no preset but `tiny`, on a `file` of its own in the data's folder;
    what others call images is called what is `counted`.
    """
    if args.preset == "tiny":
        changes = {**tiny, **changes}
    if "images" in changes:
        changes[counted] = changes.pop("images")
    _set_threads(args.threads or 1)
    data = Path(args.data)
    return train(
        changes | {"seed": args.seed},
        data / file if data.is_dir() else data,
        Path(args.run or f"runs/{args.kind}-{args.preset}"),
        dry_run=args.dry_run,
        minutes=args.minutes,
        command=_command(args, args.kind),
        progress_bar=partial(_progress_bar, what=counted),
    )


def _run_voice(args: argparse.Namespace, changes: dict[str, Any]) -> int:
    """Trains the network of a voice; `--images` counts lines."""
    if "images" in changes:
        changes["lines"] = changes.pop("images")
    _set_threads(args.threads or 1)
    return train_voice.train_voice(
        args,
        changes,
        command=_command(args, "voice"),
        progress_bar=partial(_progress_bar, what="lines"),
    )


def _set_threads(threads: int | None) -> None:
    if threads is None:
        return
    import torch

    if threads < 1:
        raise InvalidArgument(f"--threads must be 1 or more, not {threads}")
    torch.set_num_threads(threads)


def _command(args: argparse.Namespace, kind: str) -> str:
    """What somebody else would type for the same run, without this machine's paths."""
    data = "--corpus FILE" if kind == "voice" else "--data DATA"
    words = ["aigc-procgen train", kind, data, "--preset", args.preset]
    words += [f"--arch {args.arch}"] if args.arch != "r3gan" else []
    for name in ("images", "batch"):
        words += [f"--{name} {getattr(args, name)}"] if getattr(args, name) is not None else []
    words += [f"--seed {args.seed}"] if args.seed else []
    return " ".join([*words, *(f"--set {text}" for text in args.set)])


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    try:
        data = json.loads(value)
    except ValueError:
        equals = ""
    if not equals:
        raise InvalidArgument(f"--set takes NAME=VALUE with a JSON value, not {text!r}")
    return name, tuple(data) if isinstance(data, list) else data


def _progress_bar(start: int, total: int, what: str = "images") -> Any:
    """A bar with speed and time left on a terminal; a line now and then in a log file."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr, width=None if sys.stderr.isatty() else 120)
    bar = Progress(
        TextColumn(f"{{task.completed:,.0f}} / {{task.total:,.0f}} {what}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[losses]}"),
        console=console,
        disable=not console.is_terminal,
    )
    task = bar.add_task("train", total=total, completed=start, losses="")
    quiet = not console.is_terminal
    calls = 0

    def show(images: int, _total: int, stats: dict[str, float]) -> None:
        nonlocal calls
        text = " ".join(f"{name} {value:.3f}" for name, value in stats.items())
        if quiet:
            if calls % 10 == 0:
                print(f"{images:,} / {total:,} {what}  {text}", file=sys.stderr, flush=True)
            calls += 1
            return
        bar.start()
        bar.update(task, completed=images, losses=text)
        if images >= total:
            bar.stop()

    if os.name != "nt" and sys.stderr.isatty():
        import atexit

        atexit.register(bar.stop)  # gives the cursor back after Ctrl-C
    return show
