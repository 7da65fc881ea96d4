"""`aigc-procgen pack`: build, check, show a pack, and draw sheets of what its models make."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.art import pictures
from aigc_procgen.art.ground import ground, transitions
from aigc_procgen.art.masks import CORNER_TORUS, joined
from aigc_procgen.art.reading import read_values
from aigc_procgen.art.sessions import lay_out, next_letter
from aigc_procgen.core.manifest import DRAWING
from aigc_procgen.core.pack import Model, Pack, default_pack, load_pack, write_pack
from aigc_procgen.core.png import sheet, write_png
from aigc_procgen.core.random import stream
from aigc_procgen.voices import load_voice

__all__ = ["add_parser", "run_build", "run_check", "run_sheet", "run_show"]


def add_parser(subparsers: Any) -> None:
    """Adds `pack` to the command's parser."""
    parser = subparsers.add_parser("pack", help="build, check and show packs", description=__doc__)
    verbs = parser.add_subparsers(dest="pack_verb", required=True)
    build = verbs.add_parser("build", help="one pack of the models of several packs")
    build.add_argument(
        "packs", nargs="+", help="folders or zips; a later model replaces an earlier"
    )
    build.add_argument("--out", required=True, help="a folder, or a file that ends in .zip")
    build.add_argument("--name", help="the new pack's name (default: the folder's)")
    build.set_defaults(func=run_build)
    for name, function, text in (
        ("check", run_check, "verify a pack and use each of its models once"),
        ("show", run_show, "say what a pack holds and where it comes from"),
    ):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("pack", nargs="?", help="default: the pack that ships")
        verb.set_defaults(func=function)
    sheets = verbs.add_parser("sheet", help="a sheet of samples of each model, as PNG")
    sheets.add_argument("pack", nargs="?", help="default: the pack that ships")
    sheets.add_argument("--out", required=True, help="the folder for the sheets")
    sheets.add_argument("--seed", type=int, default=0)
    sheets.add_argument("--scale", type=int, default=2)
    sheets.set_defaults(func=run_sheet)


def _pack(args: argparse.Namespace) -> Pack:
    return load_pack(args.pack) if args.pack else default_pack()


def run_build(args: argparse.Namespace) -> int:
    """Writes one pack of several; returns the exit status."""
    models = {}
    for path in args.packs:
        for model in load_pack(path).models.values():
            models[model.name] = (model.entry, model.data)
    write_pack(args.out, args.name or Path(args.out).stem, models)
    print(f"wrote {args.out}: {', '.join(sorted(models))}")
    return 0


def run_check(args: argparse.Namespace) -> int:
    """Verifies a pack; returns the exit status."""
    pack = _pack(args)
    for name in sorted(pack.models):
        model = pack.models[name]
        if model.kind == "names":
            spelt = ", ".join(_likeliest(pack, model, culture) for culture in _voices(model)[:3])
            print(f"{name}: {len(model.data):,} bytes, digest right, spells ({spelt})")
            continue
        if model.kind == "layouts":
            laid = " ".join(
                f"{style} {''.join(_row(pack, model, style))}" for style in _voices(model)[:3]
            )
            print(f"{name}: {len(model.data):,} bytes, digest right, lays out ({laid})")
            continue
        if model.kind == "voice":
            said = load_voice(pack).lines(model.attributes["act"][0], stream(0, "pack check"))
            print(f"{name}: {len(model.data):,} bytes, digest right, says ({said[0]})")
            continue
        if model.kind not in DRAWING:
            print(
                f"{name}: {len(model.data):,} bytes, digest right, reads ({_reading(pack, model)})"
            )
            continue
        drawn = _samples(pack, name, 0, 1)[0]
        colours = len(np.unique(drawn[drawn[..., 3] > 0], axis=0))
        print(f"{name}: {len(model.data):,} bytes, digest right, draws ({colours} colours)")
    print(f"{pack.name} is whole")
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Prints what a pack holds; returns the exit status."""
    pack = _pack(args)
    print(f"{pack.name}, {sum(len(m.data) for m in pack.models.values()):,} bytes")
    for name in sorted(pack.models):
        model = pack.models[name]
        training, data = model.entry["training"], model.entry["data"]
        made, what = f"{model.size} x {model.size}, {len(model.palette)} colours", "images"
        if model.kind == "names":
            what, made = "names", f"{model.size} letters, a state of {model.latent} numbers"
        if model.kind == "layouts":
            what, made = "rooms", f"{model.size} x {model.size} tiles at most"
        if model.kind == "voice":
            what, made = "lines", f"{model.size} pieces, a state of {model.latent} numbers"
        if model.kind.endswith("_classifier"):
            made = f"{model.size} x {model.size}, {model.latent} features"
        print(f"\n{name}: {model.kind}, {made}")
        for attribute, values in model.attributes.items():
            print(f"  {attribute}: {', '.join(values)}")
        shown = training.get("images_shown")
        print(f"  trained by: {training.get('command')} ({shown} {what} shown)")
        print(f"  data: {data.get('source')}, {model.entry['licence']}, {data.get('digest')}")
        for score, value in model.entry["scores"].items():
            print(f"  {score}: {value}")
    return 0


def _reading(pack: Pack, model: Model) -> str:
    """What a classifier sees on the first picture of the model that it reads, one of each value of
    which was drawn; or on nothing, where the pack has no such model.
    """
    blank = np.zeros((1, model.size, model.size, 4), np.uint8)
    drawn = model.kind.removesuffix("_classifier")
    if any(other.kind == drawn for other in pack.models.values()):
        own = _samples(pack, pack.model(drawn).name, 0, 1)[0]
        blank = own[:1].reshape(-1, *own.shape[-3:])[:1]
    found = read_values(pack, drawn, blank)
    return ", ".join(str(values[0]) for values in (found or {}).values())


def _voices(model: Model) -> tuple[str, ...]:
    """The values of the first attribute of a model, its cultures."""
    return next(iter(model.attributes.values()))


def _row(pack: Pack, model: Model, style: str) -> list[str]:
    """The third row of a room of 8 x 8 tiles that nothing leads through, as letters."""
    room = np.zeros((1, 3, model.size, model.size), np.float32)
    room[:, 0, :8, :8] = 1
    room[:, 1, 4, 4] = 1
    z, density = np.full((1, model.latent), 8, np.float32), np.full((1, 1), 6, np.float32)
    label = model.label({next(iter(model.attributes)): style})[None]
    tiles = lay_out(pack, model, z, label, density, room)
    return ["#.,~of"[tile] for tile in tiles[0, 2, :8].tolist()]


def _likeliest(pack: Pack, model: Model, culture: str) -> str:
    """The name that the likeliest letters make, in no kind in particular."""
    state = np.zeros((1, model.latent), np.float32)
    label = model.label({next(iter(model.attributes)): culture})[None]
    letter, name = 0, ""
    while len(name) < 12:
        given = np.eye(1, model.size, letter, dtype=np.float32)
        state, odds = next_letter(pack, model, state, given, label)
        letter = int(odds[0].argmax())
        if letter == 0:
            break
        name += model.alphabet[letter]
    return name


def _samples(pack: Pack, name: str, seed: int, count: int) -> tuple[NDArray[np.uint8], int]:
    """`count` pictures of every class of a model, or 8 times as many figures with the pictures of
    each side by side; and columns.
    """
    model = pack.models[name]
    if model.kind in ("characters", "portraits"):
        draws = stream(seed, "sheet")
        drawn = []
        for index in range(8 * count):
            wish = {a: draws.choice(values) for a, values in model.attributes.items()}
            if model.kind == "portraits":
                drawn.append(pictures.face(pack, f"{seed} {index}", wish)[None])
            else:
                figure = pictures.figure(pack, f"{seed} {index}", wish, candidates=1)
                drawn.append(figure.reshape(-1, *figure.shape[2:]))
        return np.concatenate(drawn), max(2 * count // model.pictures, 1) * model.pictures
    classes = pictures.kinds(pack, model.kind)
    if model.kind == "ground":
        return _pieces(pack, seed, classes[: max(count * len(classes) // 8, 2)]), 6
    draw = pictures.tiles if model.kind == "tiles" else pictures.sprites
    return np.concatenate([draw(pack, seed, each, count) for each in classes]), 2 * count


def _pieces(pack: Pack, seed: int, materials: Sequence[str]) -> NDArray[np.uint8]:
    """A piece of ground of 4 x 4 tiles of each material, and one in which it meets the next."""
    drawn = []
    for lower, upper in pairwise((*materials, materials[0])):
        drawn.append(ground(pack, seed, lower, 4, 4))
        stage = transitions(pack, seed, lower, upper)[CORNER_TORUS]
        drawn.append(joined(stage))
    return np.stack(drawn)


def run_sheet(args: argparse.Namespace) -> int:
    """Writes the sheets; returns the exit status."""
    pack = _pack(args)
    for name in sorted(pack.models):
        if pack.models[name].kind not in DRAWING:
            continue  # heard, or seen in dungeons alone
        drawn, columns = _samples(pack, name, args.seed, 8)
        path = Path(args.out) / f"{name}.png"
        write_png(path, sheet(drawn, columns, args.scale))
        print(f"wrote {path}: {len(drawn)} pictures")
    return 0
