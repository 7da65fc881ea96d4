"""`aigc-procgen score`: how good the models of a pack are, measured against a real set."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.art.sessions import draw
from aigc_procgen.core.errors import InvalidArgument, MissingDependency, check_int
from aigc_procgen.core.files import write_atomic
from aigc_procgen.core.pack import Model, Pack, default_pack, load_pack
from aigc_procgen.core.random import stream
from aigc_procgen.train import scores  # numpy only: torch comes when the command runs

from .report import IN_PALETTE, REAL, Column, Numbers, Section, report, show_progress, table

if TYPE_CHECKING:
    from aigc_procgen.train.features import Reals

__all__ = ["add_parser", "run"]

Pixels = NDArray[np.uint8]
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
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only", action="append", default=[], metavar="MODEL", help="this model; may be repeated"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Measures, prints a table, writes scores.json and report.html; returns the exit status."""
    check_int("--count", args.count, 64, 16384)
    packs = _packs(args)
    first = next(iter(packs.values()))
    if unknown := sorted(set(args.only) - set(first.models)):
        raise InvalidArgument(
            f"--only must be one of {', '.join(sorted(first.models))}, not {unknown[0]!r}"
        )
    names = sorted(args.only or first.models)
    paths = {name: Path(args.data) / f"{first.models[name].kind}.npz" for name in names}
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
                seed=args.seed,
                progress=progress,
            )
        sections.append(section)
        print(table(sections[-1]), end="\n\n")
    out.mkdir(parents=True, exist_ok=True)
    numbers = {
        "format": 1,
        "count": args.count,
        "seed": args.seed,
        "models": {name: part.numbers() for name, part in zip(names, sections, strict=True)},
    }
    write_atomic(out / "scores.json", json.dumps(numbers, indent=1).encode() + b"\n")
    write_atomic(out / "report.html", report(sections).encode())
    print(f"wrote {out / 'scores.json'} and {out / 'report.html'}")
    return 0


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


class Judge:
    """Measures pictures against one set's held-out reals; what is common is computed once."""

    def __init__(
        self, reals: Reals, extract: Any, out: Path, *, count: int, seed: int, progress: Progress
    ) -> None:
        from aigc_procgen.train.classifier import cached_classifier

        self.reals, self.extract, self.seed, self.progress = reals, extract, seed, progress
        self.wrap = reals.kind == "tiles"
        self.rows = np.arange(count) % len(reals.held)  # the held-out real whose label is asked
        self.classifier = cached_classifier(
            out,
            reals.training,
            reals.training_labels,
            reals.attributes,
            wrap=self.wrap,
            progress=progress,
        )
        self.features = extract(reals.held[:, 0], self._step("held-out reals"))

    def _step(self, of: str) -> Progress:
        return lambda what, done, total: self.progress(f"{what} of {of}", done, total)

    def likeness(self, name: str, pictures: Pixels) -> Numbers:
        """KID, density and coverage of pictures [n, s, s, 4]."""
        features = self.extract(pictures, self._step(name))
        distance, deviation = scores.kid(features, self.features, seed=self.seed)
        density, coverage = scores.density_coverage(features[: len(self.features)], self.features)
        return {
            "kid": distance * 1000,
            "kid_deviation": deviation * 1000,
            "density": density,
            "coverage": coverage,
        }

    def looks(self, figures: Pixels, asked: Pixels) -> Numbers:
        """Obedience to labels, seams, frames and colours of [n, pictures, s, s, 4]."""
        from aigc_procgen.train.classifier import agreement, predict

        pictures = figures[:, 0]
        shares = agreement(predict(self.classifier, pictures), asked)
        obedience = dict(zip(self.reals.attributes, shares, strict=True))
        known = [share for share in shares if share is not None]
        numbers: Numbers = {
            "obedience": float(np.mean(known)) if known else None,
            "obedience_by_attribute": obedience,
            "colours": scores.colours(pictures),
            "orphans": scores.orphans(pictures, self.wrap),
        }
        if figures.shape[1] > 1:
            numbers["frames"] = scores.frame_consistency(figures, self.seed)
        if self.wrap:
            numbers["seam"] = scores.seam_ratio(pictures)
            first = next(iter(self.reals.attributes.values()))
            rows = [np.flatnonzero(asked[:, 0] == value) for value in range(len(first))]
            ratios = {
                value: scores.seam_ratio(pictures[own])
                for value, own in zip(first, rows, strict=True)
                if len(own)
            }
            numbers["seam_by_material"] = ratios
            # Pooled, a material above 1 would hide another below it.
            errors = [abs(ratio - 1) for ratio in ratios.values()]
            numbers["seam_error"] = float(np.mean(errors)) if errors else None
        return numbers

    def floors(self, palette: Pixels) -> list[Column]:
        """What real pictures get: as they are, and in the colours that a pack can draw."""
        reals = self.reals
        count = min(len(self.rows), len(reals.training))
        rows = stream(self.seed, "floor").sample(range(len(reals.training)), count)
        training, usable = reals.training[rows], np.flatnonzero(reals.rollable)
        held = reals.held[usable if self.wrap and len(usable) else slice(None)]
        asked = reals.held_labels[usable if self.wrap and len(usable) else slice(None)]
        columns = []
        for name, change in ((REAL, None), (IN_PALETTE, palette)):
            like = training if change is None else scores.snap(training, change)
            shown = held if change is None else scores.snap(held, change)
            numbers = self.likeness(name, like) | self.looks(shown, asked)
            columns.append(Column(name=name, numbers=numbers))
        return columns

    def column(self, name: str, pack: Pack, model: Model) -> Column:
        """What a model gets, with its samples and the pictures that say most about it."""
        reals = self.reals
        if model.size != reals.held.shape[2]:
            raise InvalidArgument(
                f"the model {model.name!r} of {name} draws {model.size} pixels a side, the set of "
                f"{reals.kind} has {reals.held.shape[2]}: give the set that it was trained on"
            )
        asked = _askable(reals.held_labels[self.rows], reals.attributes, model)
        z = stream(self.seed, "score", model.kind).normals(len(asked), model.latent)
        label = _labels(asked, reals.attributes, model)
        self.progress(f"drawing with {name}", 0, 1)
        figures = draw(pack, model, z, label)
        self.progress(f"drawing with {name}", 1, 1)
        figures = figures.reshape(len(figures), -1, *figures.shape[-3:])
        pictures = figures[:, 0]
        numbers = self.likeness(name, pictures) | self.looks(figures, asked)
        both = np.concatenate([reals.held[:, 0], pictures])
        distances, near = scores.nearest(both, reals.training, model.palette, self._step(name))
        usual, own = np.split(distances, [len(reals.held)])
        numbers["model_sha256"] = model.entry["sha256"]
        numbers["copies"] = scores.copies(own, usual)
        numbers["copies_among_reals"] = scores.copies(usual, usual)
        numbers["nearest_median"] = float(np.median(own))
        numbers["nearest_median_real"] = float(np.median(usual))
        closest = np.argsort(own, kind="stable")[:16]
        pairs = np.stack([pictures[closest], reals.training[near[len(usual) :][closest]]], 1)
        seams: Pixels | None = None
        if self.wrap:
            ratios = np.array([scores.seam_ratio(tile[None]) for tile in pictures])
            seams = np.tile(pictures[np.argsort(-ratios, kind="stable")[:8]], (1, 2, 2, 1))
        return Column(name=name, numbers=numbers, samples=figures[:64], pairs=pairs, seams=seams)


def _askable(labels: Pixels, attributes: Mapping[str, Sequence[str]], model: Model) -> Pixels:
    """Labels [n, A] with 255 where a model does not know the attribute or the value."""
    from aigc_procgen.data import UNKNOWN

    asked = labels.copy()
    for column, (name, values) in enumerate(attributes.items()):
        known = model.attributes.get(name, ())
        missing = [index for index, value in enumerate(values) if value not in known]
        asked[np.isin(asked[:, column], missing), column] = UNKNOWN
    return asked


def _labels(
    asked: Pixels, attributes: Mapping[str, Sequence[str]], model: Model
) -> NDArray[np.float32]:
    """What a model takes for labels [n, A]: one-hot blocks float32 [n, L]."""
    from aigc_procgen.data import UNKNOWN

    rows = []
    for row in asked:
        pairs = zip(attributes.items(), row.tolist(), strict=True)
        rows.append(model.label({n: values[v] for (n, values), v in pairs if v != UNKNOWN}))
    return np.stack(rows)


def score(
    rivals: dict[str, tuple[Pack, Model]],
    reals: Reals,
    extract: Any,
    out: Path,
    *,
    count: int,
    seed: int,
    progress: Progress,
) -> Section:
    """Every column for the models that answer to one set, and the reals to lay beside them."""
    judge = Judge(reals, extract, out, count=count, seed=seed, progress=progress)
    models = [model for _, model in rivals.values()]
    columns = judge.floors(models[0].palette)
    columns += [judge.column(name, *rival) for name, rival in rivals.items()]
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
