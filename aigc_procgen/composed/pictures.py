"""The pictures of a world: its land and what stands on it, drawn by its pack."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.art import atlas, fallback, pictures
from aigc_procgen.art.furniture import FURNITURE, furniture
from aigc_procgen.art.sessions import load_model
from aigc_procgen.art.together import together
from aigc_procgen.core.colours import COLOURS
from aigc_procgen.core.errors import InvalidArgument, check_choice, check_int
from aigc_procgen.core.random import key
from aigc_procgen.world.edits import check_kind
from aigc_procgen.world.land import LIMIT
from aigc_procgen.world.terrain import TERRAINS

from .lands import Lands

__all__ = ["Pictures"]

_PROP_VARIANTS = 6
_LEAF_VARIANTS = 3  # of each colour
_TRIES = 6  # drawings to find one of a colour among: the first picture waits for them
_LEAFY = ("tree", "bush")  # what has leaves in the colours of its biome
# What has a colour at all, and in which it is drawn where a pack has not the one that is wanted.
_ELSE = {"tree": ("green",), "bush": ("green",), "fountain": ("blue", "cyan")}
Variant = tuple[str | None, int]


class Pictures(Lands):
    """The part of `World` that is pictures."""

    frames: ClassVar[int] = atlas.FRAMES
    """How many pictures of a region with water or lava loop; see `image`."""

    @property
    def tile_size(self) -> int:
        """Pixels a tile in every picture of this world, as its pack draws them."""
        return fallback.tile_size(self.pack)

    def moves(self, x: int, y: int, width: int, height: int) -> bool:
        """Whether a region has water or lava, so that the frames of its `image` differ."""
        # What lies just outside flows in at the corners.
        around = self._land.terrain(x - 1, y - 1, width + 2, height + 2)
        return bool(np.isin(around, [TERRAINS.index(name) for name in atlas.MOVING]).any())

    def image(
        self, x: int, y: int, width: int, height: int, *, frame: int = 0
    ) -> NDArray[np.uint8]:
        """The region as a player sees it, RGBA uint8 [size height, size width, 4], by the pack's
        art with `tile_size` pixels a tile. Water and lava move: `frame` is 0 to `frames` - 1.

        At most 256 x 256 tiles at once, which with 32 pixels a tile is already 256 MB.
        """
        check_int("width", width, 1, 256)
        check_int("height", height, 1, 256)
        x, y = check_int("x", x, 1 - LIMIT, LIMIT), check_int("y", y, 1 - LIMIT, LIMIT)
        x, y = self._shape.home(x, y)
        around = (x - 1, y - 1, width + 2, height + 2)
        if not self._drawn_before:  # models load beside the land's making
            together(
                lambda: load_model(self.pack, "ground"),
                lambda: self._land.terrain(*around),
                lambda: load_model(self.pack, "sprites"),
            )
        terrain = self._land.terrain(*around)
        tileset = atlas.build_tileset(self.pack, self.seed, TERRAINS)
        # What is larger than its tile reaches in from outside.
        over = max(self._largest_prop() - tileset.size, 0)
        beside, below = -(-over // (2 * tileset.size)), -(-over // tileset.size)
        left = max(x - beside, 1 - LIMIT)
        props = self.props(left, y, x + width + beside - left, height + below)

        def ground() -> NDArray[np.uint8]:
            return atlas.draw_terrain(
                terrain, tileset, x, y, self.seed, frame=frame, period=self._shape.period
            )

        if self._drawn_before:
            picture = ground()
        else:  # so are the things that stand there and the ground below them
            kinds: dict[str, set[Variant]] = {}
            for prop in props:
                variant = self._variant(prop.kind, prop.x, prop.y)
                kinds.setdefault(prop.kind, set()).add(variant)
            picture, *_ = together(
                ground,
                *(partial(self._prop_pictures, kind, kinds[kind]) for kind in sorted(kinds)),
            )
            self._drawn_before = True
        for prop in props:
            drawn = self._prop_picture(prop.kind, prop.x, prop.y)
            if drawn is not None:
                _stand(picture, drawn, prop.x - x, prop.y - y, tileset.size)
        return np.asarray(picture)

    def _largest_prop(self) -> int:
        """The side in pixels of what the pack's own model of sprites draws."""
        own = fallback.draws(self.pack, "sprites")
        return self.pack.model("sprites").size if own else self.tile_size

    def sprite(self, category: str, name: str, *, colour: str | None = None) -> NDArray[np.uint8]:
        """One drawing uint8 [size, size, 4] of an item, feature or monster; `name` decides which.

        `category` is one of `categories`; what the pack does not draw, the pack that ships does. A
        drawing larger than `tile_size` stands in the middle of its tile and reaches beyond it.
        `colour` is as in `procgen.sprites`; painted furniture has its own.
        """
        drawn_by = fallback.owner(self.pack, "sprites", category)
        if colour is not None:
            check_choice("colour", colour, COLOURS)
        own = f"{self.seed} {name}"
        if self._is_furniture(category):
            return furniture(category, own, 0, self._inks(), self.tile_size)
        drawn = pictures.sprites(drawn_by, own, category, 1, colour=colour)
        return np.asarray(fallback.scaled(drawn, drawn_by, self.pack)[0])

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories of `sprite`, those that the pack itself draws first, and furniture last,
        which is painted by rule in the pack's colours where the pack does not draw it.
        """
        return tuple(dict.fromkeys((*fallback.categories(self.pack), *FURNITURE)))

    def add_prop(self, kind: str, x: int, y: int) -> None:
        """Lets something stand on a tile, instead of what stood there; kept by `save`.

        `kind` is one of `categories`, which `image` draws. A kind of the game's own, which `image`
        leaves out and the game draws itself, has a colon in its name: "mygame:portal".
        """
        own = all(check_kind(kind).partition(":"))
        if not own and kind not in self.categories:
            from difflib import get_close_matches

            near = [repr(name) for name in get_close_matches(kind, self.categories)]
            like = f", such as {' or '.join(near)}" if near else ""
            raise InvalidArgument(
                f"kind must be one of World.categories{like}, or a name of your own with a colon, "
                f"such as 'mygame:portal', not {kind!r:.80}"
            )
        self._land.add_prop(kind, x, y)

    def _is_furniture(self, category: str) -> bool:
        return category in FURNITURE and category not in fallback.categories(self.pack)

    def _inks(self) -> NDArray[np.uint8]:
        """The colours uint8 [K, 3] of the pack's things."""
        return fallback.owner(self.pack, "sprites").model("sprites").palette

    def _prop_picture(self, kind: str, x: int, y: int) -> NDArray[np.uint8] | None:
        """One of some drawings of the kind; None where no pack has such a category."""
        variant = self._variant(kind, x, y)
        return self._prop_pictures(kind, {variant}).get(variant)

    def _variant(self, kind: str, x: int, y: int) -> Variant:
        """Which drawing of its kind stands on a tile: its colour, where its kind or the biome says
        one, and a number.
        """
        x, y = self._shape.home(x, y)
        number = key(self.seed, "prop", x, y)
        if kind not in _LEAFY:
            return _ELSE.get(kind, (None,))[0], number % _PROP_VARIANTS
        leaves = self._land.biome(x, y).leaves
        return leaves[key(self.seed, "leaves", x, y) % len(leaves)], number % _LEAF_VARIANTS

    def _prop_pictures(self, kind: str, wanted: set[Variant]) -> dict[Variant, NDArray[np.uint8]]:
        """Drawings of a kind by their variants, the wanted ones among them: those not seen yet are
        not drawn. None at all where no pack has such a category.
        """
        drawn_by = fallback.owner(self.pack, "sprites", kind)
        painted = self._is_furniture(kind)
        if not painted and not fallback.draws(drawn_by, "sprites", kind):
            return {}
        place = ("props", key(self.seed), kind)
        held: dict[Variant, NDArray[np.uint8]] = self.pack.keep(place, dict)
        missing = wanted - held.keys()
        for colour in sorted({colour for colour, _ in missing}, key=str):
            numbers = sorted(number for own, number in missing if own == colour)
            if painted:
                inks, size = self._inks(), self.tile_size
                drawn = [furniture(kind, self.seed, number, inks, size) for number in numbers]
            else:
                # Where a seed has no red bush near at hand, a green one stands for it.
                wish = () if colour is None else tuple(dict.fromkeys((colour, *_ELSE[kind])))
                made = pictures.sprites_of(
                    drawn_by, self.seed, kind, numbers, colours=wish, tries=_TRIES
                )
                drawn = list(fallback.scaled(made, drawn_by, self.pack))
            held.update(((colour, n), own) for n, own in zip(numbers, drawn, strict=True))
        return held


def _stand(
    picture: NDArray[np.uint8], drawn: NDArray[np.uint8], column: int, row: int, size: int
) -> None:
    """Puts a drawing on a tile: in its middle, its foot at the tile's foot, cut at the rim."""
    side = len(drawn)
    top, left = (row + 1) * size - side, column * size + (size - side) // 2
    shown = drawn[max(-top, 0) :, max(-left, 0) :]
    window = picture[max(top, 0) : top + side, max(left, 0) : left + side]
    shown = shown[: window.shape[0], : window.shape[1]]
    np.copyto(window, shown, where=shown[..., 3:] > 0)
