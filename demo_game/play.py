"""The game itself: walking, talking, and what is on the screen meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pygame

import aigc_procgen as procgen
from aigc_procgen import ProcgenError

from .above import AboveView, Pictures
from .below import Below
from .cast import Actor
from .cutscene import Cutscene
from .delve import SIDES
from .interface import DIM, Writer
from .messages import Messages
from .session import Session, Talk

__all__ = ["PlayScreen"]

_SPEED = 5.0  # tiles a second
_REACH = 1.6  # tiles within which somebody can be spoken to
_DIRECTIONS = {
    pygame.K_LEFT: (-1, 0),
    pygame.K_a: (-1, 0),
    pygame.K_RIGHT: (1, 0),
    pygame.K_d: (1, 0),
    pygame.K_UP: (0, -1),
    pygame.K_w: (0, -1),
    pygame.K_DOWN: (0, 1),
    pygame.K_s: (0, 1),
}
_SIDES = {way: side for side, way in SIDES.items()}
_KEYS = "J journal · F5 save · F9 load · F12 picture · Esc title"
_HELP_BELOW = f"arrows or WASD walk, open, fight · E stairs, lever, way out · Tab map · {_KEYS}"


class PlayScreen:
    """Shows a `Session` and lets a person, or `Autoplay`, play it."""

    def __init__(
        self, session: Session, save: Path, *, scenes: bool = True, font: str | None = None
    ) -> None:
        self.session = session
        self.cutscene: Cutscene | None = None
        self._scenes = scenes
        self._then: Talk | str | None = None  # what comes when the cutscene is over
        self.save_path = save
        self.choice: tuple[str, int | str | None] | None = None
        self.talk: Talk | None = None
        self.journal = False
        self.zoom = 2  # how many of the screen's pixels a pixel of the art is wide
        self.notice, self._notice_left = "", 0.0
        self._time = 0.0
        self._walking = False
        self._facing = "down"
        self._writer = Writer(font)
        self._messages = Messages(self._writer)
        self._pictures = Pictures(session.world.tile_size)
        self._above = AboveView(session, self._writer, self._pictures)
        self.below = Below(session, self._writer) if session.delves.current else None

    def close(self) -> None:
        """Stops the background threads."""
        if self.below:
            self.below.close()
        self._above.close()

    def say(self, text: str) -> None:
        """Shows a notice at the foot of the screen for some seconds."""
        if text:
            self.notice, self._notice_left = text, 5.0

    # -- what the player does ---------------------------------------------------------------------

    def handle(self, event: pygame.event.Event) -> None:
        """Takes an event of pygame's."""
        if event.type == pygame.QUIT:
            self.choice = ("quit", None)
        if event.type != pygame.KEYDOWN:
            return
        if self.cutscene:
            if event.key == pygame.K_ESCAPE:
                self.cutscene.skip()
            elif event.key in (pygame.K_e, pygame.K_RETURN, pygame.K_SPACE):
                self.cutscene.next()
            self._end_scene()
        elif self.talk:
            number = event.key - pygame.K_1
            if 0 <= number < len(self.talk.options):
                self.answer(number)
            elif event.key in (pygame.K_ESCAPE, pygame.K_e, pygame.K_RETURN, pygame.K_SPACE):
                self.answer(len(self.talk.options) - 1)
        elif event.key in (pygame.K_e, pygame.K_RETURN, pygame.K_SPACE):
            self.act()
        elif event.key == pygame.K_TAB and self.below:
            self.below.map = not self.below.map
        elif event.key == pygame.K_z:
            self.zoom = 3 - self.zoom
        elif event.key == pygame.K_j:
            self.journal = not self.journal
        elif event.key == pygame.K_F5:
            try:
                self.session.save(self.save_path)
                self.say(self.session.words["saved"].format(path=self.save_path))
            except (ProcgenError, OSError) as error:
                self.say(self.session.words["not saved"].format(problem=error))
        elif event.key == pygame.K_F9:
            if self.save_path.exists():
                self.choice = ("load", None)
            else:
                self.say(self.session.words["no save"])
        elif event.key == pygame.K_ESCAPE and self.below and self.below.map:
            self.below.map = False
        elif event.key == pygame.K_ESCAPE:
            self.choice = ("title", None)

    def act(self) -> None:
        """Does what is at hand: the quest's deed, going down or up, talking, taking, striking."""
        if self.below:
            self.say(self.below.act())
            if self.session.delves.current is None:
                self.below.close()
                self.below = None
            return
        actor = self.nearest_actor()
        if place := self.session.entrance(actor):
            self.say(self.session.delves.enter(place))
            self.below = Below(self.session, self._writer)
            return
        result = self.session.act(actor)
        ended, self.session.ended = self.session.ended, None
        if ended:
            self._play(ended, "end", result)
        elif isinstance(result, Talk) and result.quest:
            self._play(result.quest, "offer", result)
        else:
            self._show(result)

    def _show(self, result: Talk | str | None) -> None:
        self.talk = result if isinstance(result, Talk) else None
        if isinstance(result, str):
            self.say(result)

    def _play(self, quest: Any, moment: str, then: Talk | str | None) -> None:
        """Plays a moment of a quest as a cutscene, if scenes are wanted; `then` comes after it."""
        if not self._scenes:
            self._show(then)
            return
        here = self.session
        # Above the ground it is always a fair day.
        scene = procgen.scene(quest, moment, time="day", weather="clear", outdoors=True)
        if moment == "offer" and isinstance(then, Talk):
            # The rest was heard in the scene.
            then.text = next(beat.text for beat in scene.beats[::-1] if beat.kind == "line")
        self.talk, self._then = None, then
        self.cutscene = Cutscene(
            scene,
            (here.x, here.y),
            here.spot_of,
            here.world.walkable,
        )

    def _end_scene(self) -> None:
        if self.cutscene and self.cutscene.over:
            self.cutscene = None
            then, self._then = self._then, None
            self._show(then)

    def push(self, side: str) -> None:
        """Below the ground: goes north, east, south or west, or opens or fights what is there."""
        if self.below:
            self.say(self.below.push(side))

    def answer(self, number: int) -> None:
        """Chooses an option of the open talk."""
        assert self.talk
        action, quest = self.talk.actions[number], self.talk.quest
        result = self.session.answer(self.talk, number)
        if action in ("accept", "refuse") and quest:
            self._play(quest, action, result)
        else:
            self._show(result)

    def nearest_actor(self) -> Actor | None:
        """Who or what is in reach; what the quest is about goes first, things to read last."""
        return self._nearest_of(self.session.actors())

    def _nearest_of(self, actors: list[Actor]) -> Actor | None:
        here, target = self.session, self.session.target_id
        near = [
            ((actor.id != target, actor.kind in ("sign", "book"), distance, actor.id), actor)
            for actor in actors
            if (distance := max(abs(actor.x - here.x), abs(actor.y - here.y))) <= _REACH
        ]
        return min(near, key=lambda entry: entry[0])[1] if near else None

    def update(self, seconds: float, player: Any = None) -> None:
        """Moves the game on by `seconds`; `player` plays in place of the keyboard."""
        self._time += seconds
        self._notice_left -= seconds
        if self.cutscene:
            self.cutscene.advance(seconds)
            self._end_scene()
            return
        if self.below:
            self._update_below(self.below, seconds, player)
            return
        if player:
            before = self.session.x, self.session.y
            player.step(self)
            self._walking = True
            self._face(self.session.x - before[0], self.session.y - before[1])
            return
        dx, dy = _pressed()
        self._walking = bool(dx or dy) and not self.talk
        if self._walking:
            self._face(dx, dy)
            length = (dx * dx + dy * dy) ** 0.5
            pace = _SPEED * self.session.pace() * seconds / length
            self.session.walk(dx * pace, dy * pace)

    def _update_below(self, below: Below, seconds: float, player: Any) -> None:
        """A step at a time, each when the one before is over."""
        below.view.advance(seconds)
        if not below.view.ready:
            return
        if player:
            player.step(self)
            return
        dx, dy = _pressed()
        side = below.choose([_SIDES[way] for way in ((dx, 0), (0, dy)) if way != (0, 0)])
        if side:
            self.push(side)

    def _face(self, dx: float, dy: float) -> None:
        """Turns the player to where they go; to the side if their art has no front and back."""
        if dx and (abs(dx) >= abs(dy) or "up" not in self.session.hero.directions):
            self._facing = "left" if dx < 0 else "right"
        elif dy and "up" in self.session.hero.directions:
            self._facing = "up" if dy < 0 else "down"

    # -- what the screen shows --------------------------------------------------------------------

    def draw(self, screen: pygame.Surface) -> None:
        """Draws the whole screen."""
        facing = self.below.facing if self.below else self._facing
        walk = self._pictures.frames(
            f"hero {facing}", lambda: self.session.hero.walk_facing(facing)
        )
        if self.below:
            self.below.draw(screen, walk)
            self._draw_words(screen, _HELP_BELOW, 72)
        else:
            walking = self.cutscene.walking if self.cutscene else self._walking
            frame = int(self._time * 8) % len(walk) if walking else 0
            actors = self.session.actors()
            if scene := self.cutscene:
                hero = walk[frame]
                self._above.draw_scene(
                    screen, self._time, actors, hero, scene.hero, scene.eye, scene.zoom
                )
                scene.draw(
                    screen, self._writer, lambda who: scene.face(who, self.session.seen(who))
                )
                return
            self._above.draw(
                screen, self._time, actors, self._nearest_of(actors), walk[frame], self.zoom
            )
            self._draw_words(screen, self.session.words["help"], 52)

    def _draw_words(self, screen: pygame.Surface, keys: str, top: int) -> None:
        width, height = screen.get_size()
        self._messages.draw_quest(screen, self.session, top)
        if self.talk:
            self._messages.draw_talk(screen, self.talk)
        elif self.journal:
            self._messages.draw_journal(screen, self.session)
        elif self._notice_left > 0:
            self._messages.draw_notice(screen, self.notice)
        strip = pygame.Surface((width, 30), pygame.SRCALPHA)
        strip.fill((18, 20, 26, 190))  # or grass and water would drown the words
        screen.blit(strip, (0, height - 30))
        self._writer.write(
            screen, keys, width // 2, height - 24, size="small", colour=DIM, centred=True
        )


def _pressed() -> tuple[int, int]:
    """Which way the keys point, each of the two -1, 0 or 1."""
    pressed = pygame.key.get_pressed()
    dx = sum(x for key, (x, _) in _DIRECTIONS.items() if pressed[key])
    dy = sum(y for key, (_, y) in _DIRECTIONS.items() if pressed[key])
    return max(-1, min(1, dx)), max(-1, min(1, dy))
