"""The judge of `aigc-procgen score`: pictures of models measured against one set's reals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.art.choice import best_of, count_specks, evened
from aigc_procgen.art.ground import COLUMNS, ROWS, ground
from aigc_procgen.art.masks import cut
from aigc_procgen.art.reading import count_obeyed, read_values
from aigc_procgen.art.sessions import draw
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.pack import Model, Pack
from aigc_procgen.core.random import stream
from aigc_procgen.train import scores  # numpy only: torch comes when the command runs

from .report import IN_PALETTE, REAL, Column, Numbers

if TYPE_CHECKING:
    from aigc_procgen.train.features import Reals

__all__ = ["Judge"]

Pixels = NDArray[np.uint8]
Progress = Callable[[str, int, int], None]


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

    def _drawn(
        self, name: str, pack: Pack, model: Model, asked: Pixels, candidates: int
    ) -> tuple[Pixels, dict[str, Pixels]]:
        """Figures [n, pictures, s, s, 4] for the labels asked; tiles of ground with the pieces, by
        material, that they were cut from.
        """
        if model.kind == "ground":
            return self._cut_from_ground(pack, model, asked)
        wishes = _wishes(asked, self.reals.attributes)
        label = np.stack([model.label(wish) for wish in wishes])
        latents = stream(self.seed, "score", model.kind)
        offers, obeyed = [], []
        for done in range(candidates):
            self.progress(f"drawing with {name}", done, candidates)
            z = latents.normals(len(asked), model.latent)
            offers.append(draw(pack, model, z, label))
            first = offers[-1].reshape(len(asked), -1, *offers[-1].shape[-3:])[:, 0]
            obeyed.append(count_obeyed(read_values(pack, model.kind, first), wishes))
        self.progress(f"drawing with {name}", candidates, candidates)
        faults = np.stack([count_specks(offer) for offer in offers], 1)
        chosen = [best_of(*both) for both in zip(np.stack(obeyed, 1), faults, strict=True)]
        figures = np.stack(offers)[chosen, np.arange(len(asked))]
        if model.kind == "tiles":
            figures = evened(figures)  # as `procgen.tiles` gives them
        return figures.reshape(len(figures), -1, *figures.shape[-3:]), {}

    def _cut_from_ground(
        self, pack: Pack, model: Model, asked: Pixels
    ) -> tuple[Pixels, dict[str, Pixels]]:
        figures = np.zeros((len(asked), 1, model.size, model.size, 4), np.uint8)
        pieces: dict[str, Pixels] = {}
        for value, name in enumerate(next(iter(self.reals.attributes.values()))):
            rows = np.flatnonzero(asked[:, 0] == value)
            if len(rows):
                count = -(-len(rows) // (ROWS * COLUMNS))
                pieces[name] = np.stack(
                    [
                        ground(pack, f"{self.seed} score {number}", name, ROWS, COLUMNS)
                        for number in range(count)
                    ]
                )
                tiles = np.concatenate([cut(piece, model.size) for piece in pieces[name]])
                figures[rows, 0] = tiles[: len(rows)]
        return figures, pieces

    def looks(
        self, figures: Pixels, asked: Pixels, patches: Mapping[str, Pixels] | None = None
    ) -> Numbers:
        """Obedience to labels, seams, frames and colours of [n, pictures, s, s, 4]; the seams are
        those inside of `patches` where the pictures were cut from some.
        """
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
            side = pictures.shape[1]
            whole = patches or self._by_material(pictures, asked)
            every = np.concatenate([*patches.values()]) if patches else pictures
            ratios = {name: scores.seam_ratio(own, side) for name, own in whole.items()}
            numbers["seam"] = scores.seam_ratio(every, side)
            numbers["seam_by_material"] = ratios
            # Pooled, a material above 1 would hide another below it.
            errors = [abs(ratio - 1) for ratio in ratios.values()]
            numbers["seam_error"] = float(np.mean(errors)) if errors else None
        return numbers

    def _by_material(self, pictures: Pixels, asked: Pixels) -> dict[str, Pixels]:
        """The tiles of each material, where there are any."""
        first = next(iter(self.reals.attributes.values()))
        found = {name: pictures[asked[:, 0] == value] for value, name in enumerate(first)}
        return {name: own for name, own in found.items() if len(own)}

    def floors(self, palette: Pixels) -> list[Column]:
        """What real pictures get: as they are, and in the colours that a pack can draw."""
        reals = self.reals
        rows = self._trained_on()
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

    def _trained_on(self) -> list[int]:
        """Training pictures to hold against the held-out ones: where a picture's class is all that
        is asked, as many of each class, for the two sets need not have the same shares.
        """
        reals, dice = self.reals, stream(self.seed, "floor")
        if reals.held_labels.shape[1] > 1:
            count = min(len(self.rows), len(reals.training))
            return dice.sample(range(len(reals.training)), count)
        own = {
            value: cycle(dice.shuffled(np.flatnonzero(reals.training_labels[:, 0] == value)))
            for value in np.unique(reals.training_labels[:, 0])
        }
        asked = reals.held_labels[self.rows, 0]
        return [int(next(own[value])) for value in asked if value in own]

    def column(self, name: str, pack: Pack, model: Model, candidates: int) -> Column:
        """What a model gets, with its samples and the pictures that say most about it; of
        `candidates` drawings a sample the one that a game keeps of a person's.
        """
        reals = self.reals
        if model.size != reals.held.shape[2]:
            raise InvalidArgument(
                f"the model {model.name!r} of {name} draws {model.size} pixels a side, the set of "
                f"{reals.kind} has {reals.held.shape[2]}: give the set that it was trained on"
            )
        asked = _askable(reals.held_labels[self.rows], reals.attributes, model)
        figures, patches = self._drawn(name, pack, model, asked, candidates)
        pictures = figures[:, 0]
        numbers = self.likeness(name, pictures) | self.looks(figures, asked, patches)
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
        if self.wrap and not patches:
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


def _wishes(asked: Pixels, attributes: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """What is asked of each picture, attribute -> value, by labels [n, A]."""
    from aigc_procgen.data import UNKNOWN

    wishes = []
    for row in asked:
        pairs = zip(attributes.items(), row.tolist(), strict=True)
        wishes.append({name: values[v] for (name, values), v in pairs if v != UNKNOWN})
    return wishes
