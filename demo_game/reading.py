"""What can be read in the demo: a sign outside every place, and a book where people live."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

import aigc_procgen as procgen

from .cast import Actor
from .words import own_words

__all__ = ["Reading"]

_WOOD, _DARK, _PAINT = (150, 104, 60, 255), (92, 60, 36, 255), (232, 220, 186, 255)
_SEARCH = 8  # tiles around a gate in which the sign finds room


class Reading:
    """The signs and books of some places: where they stand, and what is in them."""

    def __init__(
        self, world: procgen.World, stage: dict[str, procgen.Place], language: str = "en"
    ) -> None:
        self.world, self.stage, self.language = world, stage, language
        self._words = own_words(language)
        self._actors: dict[str, list[Actor]] = {}
        self._pages: dict[str, list[str]] = {}

    def near(self, x: float, y: float, sight: int) -> list[Actor]:
        """The signs and books of the places in sight of a tile."""
        found = []
        for place in self.stage.values():
            if max(abs(place.x - x), abs(place.y - y)) <= sight:
                if place.id not in self._actors:
                    self._actors[place.id] = self._of(place)
                found += self._actors[place.id]
        return found

    def pages(self, actor: Actor) -> list[str]:
        """What stands on a sign, or in a book page by page."""
        if actor.id not in self._pages:
            place = self.stage[actor.id.split(" ", 1)[1]]
            if actor.kind == "sign":
                self._pages[actor.id] = [self.world.sign(place, language=self.language).text]
            else:
                self._pages[actor.id] = [
                    self._words["page"].format(
                        title=book.title, author=book.author_name, year=book.year, page=page
                    )
                    for book in self.world.books(place, language=self.language)
                    for page in book.pages
                ]
        return self._pages[actor.id]

    def _of(self, place: procgen.Place) -> list[Actor]:
        found = []
        if tile := self._room(place, place.radius + 2):
            found.append(
                Actor(
                    id=f"sign {place.id}", kind="sign", name=self._words["sign"],
                    x=tile[0], y=tile[1], frames=self._post,
                )
            )  # fmt: skip
        tile = self._room(place, 3)
        if tile and "book" in self.world.categories and place.kind in ("town", "village", "shrine"):
            frames = self.world.sprite("book", f"book of {place.id}")[None]
            found.append(
                Actor(
                    id=f"book {place.id}", kind="book", name=self._words["books"],
                    x=tile[0], y=tile[1], frames=frames,
                )
            )  # fmt: skip
        return found

    def _room(self, place: procgen.Place, south: int) -> tuple[int, int] | None:
        """The walkable tile nearest to so many tiles south of a place's middle."""
        x, y = place.x + 2, place.y + south
        side = 2 * _SEARCH + 1
        free = self.world.walkable_area(x - _SEARCH, y - _SEARCH, side, side)
        spots = sorted(
            (max(abs(column - _SEARCH), abs(row - _SEARCH)), row, column)
            for row, column in np.argwhere(free).tolist()
        )
        return (x + spots[0][2] - _SEARCH, y + spots[0][1] - _SEARCH) if spots else None

    @cached_property
    def _post(self) -> NDArray[np.uint8]:
        """A post with a board, uint8 [1, size, size, 4]."""
        size = self.world.tile_size
        picture = np.zeros((1, size, size, 4), np.uint8)
        middle, part = size // 2, max(size // 16, 1)
        picture[0, size // 3 : size - part, middle - part : middle + part] = _WOOD
        picture[0, part * 2 : size // 2 + part, part * 2 : size - part * 2] = _DARK
        picture[0, part * 3 : size // 2, part * 3 : size - part * 3] = _WOOD
        for row in range(part * 4, size // 2 - part, part * 2):
            picture[0, row : row + part, part * 4 : size - part * 5] = _PAINT
        return picture
