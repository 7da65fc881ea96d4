"""`Character`: a person and their pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aigc_procgen.art import fallback, pictures
from aigc_procgen.art.hats import DYED, dyed
from aigc_procgen.core.errors import check_choice
from aigc_procgen.core.pack import Pack, check_pack, default_pack
from aigc_procgen.core.random import Seed, key
from aigc_procgen.story.people import Person, make_person
from aigc_procgen.story.tables import check_language

__all__ = ["Character", "character", "portrayed"]

DIRECTIONS = ("down", "up", "left", "right")


@dataclass(frozen=True, kw_only=True)
class Character(Person):
    """A person and their pictures, which are drawn by the pack when first looked at."""

    art_seed: int = 0
    pack: Pack | None = field(default=None, repr=False, compare=False, metadata={"json": False})

    @cached_property
    def _figure(self) -> NDArray[np.uint8]:
        """All pictures of the figure [directions, frames, s, s, 4], as large as they are drawn."""
        wishes = {**self.attributes, "role": self.role}
        return _frozen(pictures.figure(self._tailor, self.art_seed, wishes))

    @cached_property
    def _drawn(self) -> NDArray[np.uint8]:
        """The same [directions, frames, size, size, 4] in the pixels of the pack."""
        return _frozen(fallback.scaled(self._figure, self._tailor, self._art))

    @property
    def _art(self) -> Pack:
        return self.pack or default_pack()

    @property
    def _tailor(self) -> Pack:
        """The pack that draws the figure."""
        return fallback.owner(self._art, "characters")

    @property
    def directions(self) -> tuple[str, ...]:
        """The directions that the art draws; none if it draws every figure from the front only."""
        return self._tailor.model("characters").directions

    @property
    def sprite(self) -> NDArray[np.uint8]:
        """The figure uint8 [size, size, 4] that shows the attributes, standing."""
        return np.asarray(self._drawn[pictures.front(self._tailor), 0])

    @cached_property
    def walk(self) -> NDArray[np.uint8]:
        """The frames uint8 [frames, size, size, 4] of walking towards the player, drawn by the
        pack in one pass; four frames of moved pixels if the pack draws only one.
        """
        return self._walking(pictures.front(self._tailor))

    def walk_facing(self, direction: str) -> NDArray[np.uint8]:
        """The frames of walking "down", "up", "left" or "right", uint8 [frames, size, size, 4].

        A pack that draws one direction shows it everywhere, mirrored to the left.
        """
        check_choice("direction", direction, DIRECTIONS)
        if direction in self.directions:
            return self._walking(self.directions.index(direction))
        return self.walk[:, :, ::-1] if direction == "left" else self.walk

    def _walking(self, index: int) -> NDArray[np.uint8]:
        frames = self._drawn[index]
        return frames if len(frames) > 1 else _frozen(pictures.walk(frames[0]))

    @cached_property
    def portrait(self) -> NDArray[np.uint8]:
        """The calm face uint8 [size, size, 4]; see `face`."""
        return self.face("calm")

    def face(self, mood: str) -> NDArray[np.uint8]:
        """The head uint8 [size, size, 4] in a mood that the pack's portraits know ("calm", "glad",
        "grim", "sad"); a pack that draws figures but no portraits gives the sprite's head.

        Of a few faces that show what the attributes say, as the pack's classifier reads them, it is
        the one whose skin and hair are most like the sprite's, the same in every mood. Hats, hoods
        and helms are dyed in the colour that the sprite's has.
        """
        if not fallback.draws(self._art, "portraits") and self._tailor is self._art:
            return _frozen(pictures.portrait(self.sprite))
        pack = fallback.owner(self._art, "portraits")
        check_choice("mood", mood, pack.model("portraits").attributes.get("mood", (mood,)))
        candidate, calm = self._calm
        if mood == "calm":
            return calm
        wishes = {**self.attributes, "mood": mood}
        drawn = pictures.face(pack, self.art_seed, wishes, candidate=candidate)
        return self._fitted(pack, drawn)

    @cached_property
    def _calm(self) -> tuple[int, NDArray[np.uint8]]:
        """Which of the faces of the seed is this person's, and that face when calm."""
        pack = fallback.owner(self._art, "portraits")
        sprite = self._figure[pictures.front(self._tailor), 0]
        wishes = {**self.attributes, "mood": "calm"}
        # What will be dyed need not be alike.
        above = self._headgear(pack) not in DYED
        candidate, calm = pictures.fitting_face(pack, self.art_seed, wishes, sprite, above=above)
        return candidate, self._fitted(pack, calm)

    def _fitted(self, pack: Pack, face: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A face whose headgear has the colour of the figure's."""
        sprite = self._figure[pictures.front(self._tailor), 0]
        palette = pack.model("portraits").palette
        return _frozen(dyed(face, sprite, self._headgear(pack), palette))

    def _headgear(self, pack: Pack) -> str:
        """What the person wears on figure and face; "none" if a model of the two cannot know it."""
        worn = self.attributes.get("headgear", "none")
        models = self._tailor.model("characters"), pack.model("portraits")
        known = all(worn in model.attributes.get("headgear", ()) for model in models)
        return worn if known else "none"


def character(
    seed: Seed, role: str | None = None, *, pack: Pack | None = None, language: str = "en"
) -> Character:
    """One person of a seed; `role` is one of `ROLES`, drawn if it is not given; name and backstory
    are of a `language`, all else is the same in each.

    >>> import aigc_procgen as procgen
    >>> procgen.character(7, role="ranger").role
    'ranger'
    """
    person = make_person(seed, role=role)
    if check_language(language) != "en":
        from aigc_procgen.story.descriptions import translated  # with all of history

        person = translated(seed, person, language=language)
    return portrayed(person, seed, check_pack(pack))


def portrayed(person: Person, seed: Seed, pack: Pack | None) -> Character:
    """The person as a character of a world of the seed, whom the pack draws."""
    values = {f.name: getattr(person, f.name) for f in fields(Person)}
    return Character(**values, art_seed=key(seed, "art", person.id), pack=pack)


def _frozen(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    picture.flags.writeable = False
    return picture
