"""`aigc-procgen score`: how good the models of a pack are, measured against a real set."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_procgen.core.errors import InvalidArgument, MissingDependency, check_int
from aigc_procgen.core.files import write_atomic
from aigc_procgen.core.manifest import DRAWING
from aigc_procgen.core.pack import Model, Pack, default_pack, load_pack, write_pack

from .judge import Judge
from .report import IN_PALETTE, REAL, Section, show_progress, table
from .score_pages import html_page, write_markdown

if TYPE_CHECKING:
    from aigc_procgen.train.features import Reals

__all__ = ["add_parser", "run"]

Progress = Callable[[str, int, int], None]


def add_parser(subparsers: Any) -> None:
    """Adds `score` to the command's parser."""
    parser = subparsers.add_parser(
        "score", help="measure a pack's models against real pictures", description=__doc__
    )
    parser.add_argument("pack", nargs="?", help="default: the pack that ships")
    parser.add_argument("--data", required=True, metavar="DIR", help="the sets of `data build`")
    parser.add_argument(
        "--beside",
        action="append",
        default=[],
        metavar="NAME=PACK",
        help="another pack in the same table, measured on the same pictures; may be repeated",
    )
    parser.add_argument("--out", default="scores", metavar="FOLDER", help="default: scores")
    parser.add_argument("--count", type=int, default=1024, help="samples of each model")
    parser.add_argument(
        "--candidates",
        type=int,
        default=1,
        help="of so many drawings a sample keep the best, as a game does with people (default: 1)",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only", action="append", default=[], metavar="MODEL", help="this model; may be repeated"
    )
    parser.add_argument(
        "--record", action="store_true", help="note the numbers in the pack's own manifest"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Measures, prints a table, writes scores.json and report.html; returns the exit status."""
    check_int("--count", args.count, 64, 16384)
    check_int("--candidates", args.candidates, 1, 64)
    packs = _packs(args)
    first = next(iter(packs.values()))
    drawing = sorted(name for name, model in first.models.items() if model.kind in DRAWING)
    if unknown := sorted(set(args.only) - set(drawing)):
        raise InvalidArgument(f"--only must be one of {', '.join(drawing)}, not {unknown[0]!r}")
    names = sorted(args.only) or drawing
    kinds = {name: first.models[name].kind for name in names}
    # What paints ground learnt it from tiles, and is judged by the tiles cut from it.
    sets = {name: "tiles" if kind == "ground" else kind for name, kind in kinds.items()}
    paths = {name: Path(args.data) / f"{sets[name]}.npz" for name in names}
    for path in paths.values():
        if not path.is_file():
            raise InvalidArgument(
                f"--data has no {path.name} in {args.data!r}: make it with "
                f"`aigc-procgen data build`"
            )
    try:
        import rich  # noqa: F401  # the progress bar's

        from aigc_procgen.train.features import Extractor, read_reals
    except ImportError as error:
        raise MissingDependency(
            f"scoring needs torch and friends: install aigc-procgen[score] ({error})"
        ) from None
    out = Path(args.out)
    extract = Extractor()
    sections = []
    for name in names:
        with show_progress(name) as progress:
            section = score(
                _rivals(packs, name),
                read_reals(paths[name], args.count, args.seed),
                extract,
                out,
                count=args.count,
                candidates=args.candidates,
                seed=args.seed,
                progress=progress,
            )
        sections.append(section)
        print(table(sections[-1]), end="\n\n")
    out.mkdir(parents=True, exist_ok=True)
    numbers = {
        "format": 1,
        "count": args.count,
        "candidates": args.candidates,
        "seed": args.seed,
        "models": {name: part.numbers() for name, part in zip(names, sections, strict=True)},
    }
    write_atomic(out / "scores.json", json.dumps(numbers, indent=1).encode() + b"\n")
    write_atomic(out / "report.html", html_page(sections).encode())
    write_markdown(out, sections)
    print(f"wrote scores.json, report.html and scores.md in {out}")
    if args.record:
        _record(first, numbers)
    return 0


def _record(pack: Pack, numbers: dict[str, Any]) -> None:
    """Writes the pack anew with what its models got in the manifest's scores."""
    models = {}
    for name, model in pack.models.items():
        entry = dict(model.entry)
        if found := numbers["models"].get(name):
            own = found["columns"][pack.name]
            kept = {k: v for k, v in own.items() if isinstance(v, int | float)}
            entry["scores"] = {
                "compared_with": found["set"]["held_out_pictures"],
                "never_trained_on": found["set"]["held_out_were_never_trained_on"],
                "samples": numbers["count"],
                **{key: round(value, 4) for key, value in sorted(kept.items())},
            }
        models[name] = (entry, model.data)
    write_pack(pack.path, pack.name, models)
    print(f"wrote the scores into the manifest of {pack.path}")


def _packs(args: argparse.Namespace) -> dict[str, Pack]:
    """The packs to compare by the name of their column, the one to be scored first."""
    own = load_pack(args.pack) if args.pack else default_pack()
    packs = {own.name: own}
    for text in args.beside:
        name, equals, path = text.partition("=")
        if not equals or not name or not path:
            raise InvalidArgument(f"--beside takes NAME=PACK, not {text!r}")
        if name in packs or name in (REAL, IN_PALETTE):
            raise InvalidArgument(f"--beside has the name {name!r} twice: choose another")
        packs[name] = load_pack(path)
    return packs


def _rivals(packs: dict[str, Pack], name: str) -> dict[str, tuple[Pack, Model]]:
    """The models that answer to one model of the first pack: of its name, or else of its kind."""
    kind = next(iter(packs.values())).models[name].kind
    found = {}
    for column, pack in packs.items():
        own = pack.models.get(name)
        if own is None or own.kind != kind:
            own = next((m for _, m in sorted(pack.models.items()) if m.kind == kind), None)
        if own is not None:
            found[column] = (pack, own)
    return found


def score(
    rivals: dict[str, tuple[Pack, Model]],
    reals: Reals,
    extract: Any,
    out: Path,
    *,
    count: int,
    candidates: int,
    seed: int,
    progress: Progress,
) -> Section:
    """Every column for the models that answer to one set, and the reals to lay beside them."""
    judge = Judge(reals, extract, out, count=count, seed=seed, progress=progress)
    models = [model for _, model in rivals.values()]
    columns = judge.floors(models[0].palette)
    columns += [judge.column(name, *rival, candidates) for name, rival in rivals.items()]
    for floor in columns[:2]:
        floor.numbers["copies"] = columns[2].numbers["copies_among_reals"]
    return Section(
        name=models[0].name,
        kind=reals.kind,
        digest=reals.digest,
        training=len(reals.training),
        held_out=len(reals.held),
        marked=reals.marked,
        count=count,
        columns=columns,
        reals=reals.held[judge.rows[:64]],
    )
