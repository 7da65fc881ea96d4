"""A quest's scene played on the map: the camera, the marks that people walk to, the words."""

from __future__ import annotations

from collections.abc import Callable

import pygame

import aigc_procgen as procgen

from .interface import DIM, GOLD, Writer
from .terrain_view import to_surface
from .words import own_words

__all__ = ["Cutscene"]

_TOP, _FOOT = 64, 150  # pixels of the bars
_STEPS = 3.0  # tiles that the hero comes from, and goes to
_GLIDE = 3.0  # how fast the camera follows, a second
_FADE = 600  # milliseconds
_FACE = 96  # pixels of a portrait

Spot = tuple[float, float]


class Cutscene:
    """Plays a `Scene` beat by beat; `over` at its end. Nothing in the game changes meanwhile.

    `spots` gives the tile of an id of the scene, or None if it cannot be seen; `free` says whether
    a tile can be walked on.
    """

    def __init__(
        self,
        scene: procgen.Scene,
        hero: Spot,
        spots: Callable[[str], Spot | None],
        free: Callable[[int, int], bool],
    ) -> None:
        self.scene = scene
        self._words = own_words(scene.language)
        self.over = not scene.beats
        self._spots = spots
        self._number = 0
        self._spent = 0.0  # milliseconds of this beat
        self._mark = hero
        partner = next((beat.to for beat in scene.beats if beat.cue == "approach"), "")
        self._aside = _away(hero, spots(partner) or hero, free)
        comes = any(beat.cue == "approach" for beat in scene.beats)
        self.hero = self._aside if comes else hero
        self.eye = spots(scene.place) or hero
        self.zoom = 1
        self._goal = self.eye
        self._faces: dict[str, pygame.Surface] = {}
        self._begin()

    @property
    def beat(self) -> procgen.Beat:
        """What is played now, or was played last."""
        return self.scene.beats[min(self._number, len(self.scene.beats) - 1)]

    @property
    def walking(self) -> bool:
        """Whether the hero walks in this beat."""
        return self.beat.kind == "move" and self.beat.who == "player"

    def skip(self) -> None:
        """Ends the scene."""
        self.over = True

    def next(self) -> None:
        """Ends the beat, and those after it that have no words."""
        self._finish()
        while not self.over and not self.beat.text:
            self._finish()

    def advance(self, seconds: float) -> None:
        """Plays on for that long."""
        self._spent += seconds * 1000
        if self.walking:
            share = min(1.0, self._spent / min(self.beat.milliseconds, 1200))
            ends = (
                (self._mark, self._aside) if self.beat.cue == "leave" else (self._aside, self._mark)
            )
            (ax, ay), (bx, by) = ends
            self.hero = ax + (bx - ax) * share, ay + (by - ay) * share
        share = min(1.0, _GLIDE * seconds)
        self.eye = tuple(e + (g - e) * share for e, g in zip(self.eye, self._goal, strict=True))  # type: ignore[assignment]
        while not self.over and self._spent >= self.beat.milliseconds:
            left = self._spent - self.beat.milliseconds
            self._finish()
            self._spent = left

    def _finish(self) -> None:
        if self.walking:
            self.hero = self._aside if self.beat.cue == "leave" else self._mark
        self._number += 1
        self._spent = 0.0
        self.over = self.over or self._number >= len(self.scene.beats)
        if not self.over:
            self._begin()

    def _begin(self) -> None:
        """What a beat changes at once."""
        beat = self.beat
        if beat.kind != "camera":
            return
        there = self._mark if beat.to == "player" else self._spots(beat.to)
        if there is None:
            return
        if beat.cue == "two":
            there = ((there[0] + self._mark[0]) / 2, (there[1] + self._mark[1]) / 2)
        self.zoom = 1 if beat.cue == "wide" else 2
        self._goal = there
        if (
            beat.cue != "wide"
            and max(abs(there[0] - self.eye[0]), abs(there[1] - self.eye[1])) > 12
        ):
            self.eye = there  # a cut: too far to glide

    def draw(
        self,
        screen: pygame.Surface,
        writer: Writer,
        portrait: Callable[[str], pygame.Surface | None],
    ) -> None:
        """Draws the bars, the words and the fade over the picture of the world."""
        width, height = screen.get_size()
        screen.fill((0, 0, 0), (0, 0, width, _TOP))
        screen.fill((0, 0, 0), (0, height - _FOOT, width, _FOOT))
        write, beat, top = writer.write, self.beat, height - _FOOT + 18
        if self._number < 3:
            write(screen, self.scene.title, width // 2, 20, size="big", colour=DIM, centred=True)
        if beat.kind == "line":
            left = width // 2 - 400
            if face := portrait(beat.who):
                screen.blit(face, (left, height - _FOOT // 2 - _FACE // 2))
            left += _FACE + 28
            name = self.scene.name(beat.who)
            said = name[:1].upper() + name[1:]
            if beat.aside:
                said = self._words["aside"].format(name=said, aside=beat.aside)
            y = write(screen, said, left, top, colour=GOLD)
            write(screen, beat.text, left, y + 4, width=width // 2 + 400 - left)
        elif beat.text:
            lines = writer.wrap(beat.text, 760)
            y = height - _FOOT // 2 - writer.height * len(lines) // 2
            for line in lines:
                y = write(screen, line, width // 2, y, colour=DIM, centred=True)
        keys = self._words["scene"]
        write(screen, keys, width - 100, height - 22, size="small", colour=DIM, centred=True)
        if beat.kind == "fade" or self.over:
            share = 1.0 if self.over else min(1.0, self._spent / min(_FADE, beat.milliseconds))
            dark = pygame.Surface((width, height))
            dark.set_alpha(round(255 * (1 - share if beat.cue == "in" else share)))
            screen.blit(dark, (0, 0))

    def face(self, who: str, character: procgen.Character | None) -> pygame.Surface | None:
        """The portrait of somebody of the scene, made once."""
        if character is None:
            return None
        if who not in self._faces:
            picture = to_surface(character.portrait)
            self._faces[who] = pygame.transform.scale(picture, (_FACE, _FACE))
        return self._faces[who]


def _away(hero: Spot, partner: Spot, free: Callable[[int, int], bool]) -> Spot:
    """Where the hero comes from: some steps off, away from the partner if the ground allows it."""
    dx, dy = hero[0] - partner[0], hero[1] - partner[1]
    first = ((dx > 0) - (dx < 0), 0) if abs(dx) >= abs(dy) else (0, (dy > 0) - (dy < 0))
    ways = [way for way in (first, (0, 1), (1, 0), (-1, 0), (0, -1)) if way != (0, 0)]
    best, longest = hero, 0
    for way in ways:
        steps = 0
        while steps < _STEPS and free(
            round(hero[0]) + way[0] * (steps + 1), round(hero[1]) + way[1] * (steps + 1)
        ):
            steps += 1
        toward = (way[0] * dx < 0) or (way[1] * dy < 0)
        if steps > longest and not toward:
            best, longest = (hero[0] + way[0] * steps, hero[1] + way[1] * steps), steps
    return best
