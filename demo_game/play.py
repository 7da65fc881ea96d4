"""The game itself: walking, talking, and what is on the screen meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pygame

from aigc_procgen import ProcgenError

from .interface import DIM, GOLD, INK, Minimap, Writer, panel
from .session import Actor, Session, Talk
from .terrain_view import TILE, TerrainView, to_surface

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
_HELP = (
    "arrows or WASD walk · E talk, take, strike · J journal · F5 save · F9 load · F12 picture · "
    "Esc title"
)


class PlayScreen:
    """Shows a `Session` and lets a person, or `Autoplay`, play it."""

    def __init__(self, session: Session, save: Path) -> None:
        self.session = session
        self.save_path = save
        self.choice: tuple[str, int | str | None] | None = None
        self.talk: Talk | None = None
        self.journal = False
        self.notice, self._notice_left = "", 0.0
        self._time = 0.0
        self._walking = False
        self._facing = "down"
        self._writer = Writer()
        self._terrain = TerrainView(session.world)
        self._minimap = Minimap(session.world)
        self._pictures: dict[str, list[pygame.Surface]] = {}
        self._portraits: dict[str, pygame.Surface] = {}

    def close(self) -> None:
        """Stops the background thread."""
        self._terrain.close()

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
        if self.talk:
            number = event.key - pygame.K_1
            if 0 <= number < len(self.talk.options):
                self.answer(number)
            elif event.key in (pygame.K_ESCAPE, pygame.K_e, pygame.K_RETURN, pygame.K_SPACE):
                self.answer(len(self.talk.options) - 1)
        elif event.key in (pygame.K_e, pygame.K_RETURN, pygame.K_SPACE):
            self.act()
        elif event.key == pygame.K_j:
            self.journal = not self.journal
        elif event.key == pygame.K_F5:
            try:
                self.session.save(self.save_path)
                self.say(f"Saved to {self.save_path}.")
            except (ProcgenError, OSError) as error:
                self.say(f"Not saved: {error}")
        elif event.key == pygame.K_F9:
            if self.save_path.exists():
                self.choice = ("load", None)
            else:
                self.say("There is no saved game yet: F5 saves.")
        elif event.key == pygame.K_ESCAPE:
            self.choice = ("title", None)

    def act(self) -> None:
        """Talks to, takes or strikes whoever or whatever is in reach, or looks around."""
        result = self.session.act(self.nearest_actor())
        if isinstance(result, Talk):
            self.talk = result
        else:
            self.say(result)

    def answer(self, number: int) -> None:
        """Chooses an option of the open talk."""
        assert self.talk
        result = self.session.answer(self.talk, number)
        self.talk = result if isinstance(result, Talk) else None
        if isinstance(result, str):
            self.say(result)

    def nearest_actor(self) -> Actor | None:
        """Who or what is in reach; what the quest is about goes first."""
        return self._nearest_of(self.session.actors(), self.session.target_id)

    def _nearest_of(self, actors: list[Actor], target: str) -> Actor | None:
        here = self.session
        near = [
            (actor.id != target, distance, actor.id, actor)
            for actor in actors
            if (distance := max(abs(actor.x - here.x), abs(actor.y - here.y))) <= _REACH
        ]
        return min(near, key=lambda entry: entry[:3])[3] if near else None

    def update(self, seconds: float, player: Any = None) -> None:
        """Moves the game on by `seconds`; `player` plays in place of the keyboard."""
        self._time += seconds
        self._notice_left -= seconds
        if player:
            before = self.session.x, self.session.y
            player.step(self)
            self._walking = True
            self._face(self.session.x - before[0], self.session.y - before[1])
            return
        pressed = pygame.key.get_pressed()
        dx = sum(x for key, (x, _) in _DIRECTIONS.items() if pressed[key])
        dy = sum(y for key, (_, y) in _DIRECTIONS.items() if pressed[key])
        dx, dy = max(-1, min(1, dx)), max(-1, min(1, dy))
        self._walking = bool(dx or dy) and not self.talk
        if self._walking:
            self._face(dx, dy)
            length = (dx * dx + dy * dy) ** 0.5
            pace = _SPEED * self.session.pace() * seconds / length
            self.session.walk(dx * pace, dy * pace)

    def _face(self, dx: float, dy: float) -> None:
        """Turns the player to where they go; to the side if their art has no front and back."""
        if dx and (abs(dx) >= abs(dy) or "up" not in self.session.hero.directions):
            self._facing = "left" if dx < 0 else "right"
        elif dy and "up" in self.session.hero.directions:
            self._facing = "up" if dy < 0 else "down"

    # -- what the screen shows --------------------------------------------------------------------

    def draw(self, screen: pygame.Surface) -> None:
        """Draws the whole screen."""
        here = self.session
        width, height = screen.get_size()
        left = round(here.x * TILE) + TILE // 2 - width // 2
        top = round(here.y * TILE) + TILE // 2 - height // 2
        screen.fill((18, 20, 26))
        headless = pygame.display.get_driver() == "dummy"
        self._terrain.draw(screen, left, top, self._time, wait=headless)
        actors, target = here.actors(), here.target_id
        nearest = self._nearest_of(actors, target)
        standing: list[tuple[float, str, Actor | None]] = [(a.y, a.id, a) for a in actors]
        standing.append((here.y, "", None))
        for _, _, actor in sorted(standing, key=lambda entry: entry[:2]):
            if actor is None:
                walk = here.hero.walk_facing(self._facing)
                frame = int(self._time * 8) % len(walk) if self._walking else 0
                hero = self._frames(f"hero {self._facing}", walk)[frame]
                _stand(screen, hero, width // 2 - TILE // 2, height // 2 - TILE // 2)
            else:
                named = actor is nearest or actor.id == target
                self._draw_actor(screen, actor, left, top, named, actor.id == target)
        goal = here.target
        marks = [(*goal, GOLD)] if goal else []
        self._minimap.draw(screen, round(here.x), round(here.y), marks)
        self._draw_words(screen)

    def _draw_actor(
        self,
        screen: pygame.Surface,
        actor: Actor,
        left: int,
        top: int,
        named: bool,
        wanted: bool,
    ) -> None:
        x, y = round(actor.x * TILE) - left, round(actor.y * TILE) - top
        if not (-TILE < x < screen.get_width() and -TILE < y < screen.get_height()):
            return
        pictures = self._frames(actor.id, actor.frames)
        # People shift their weight now and then, each in their own time.
        beat = int(self._time * 2 + len(actor.id) * 0.7) % 6
        _stand(screen, pictures[beat if beat < len(pictures) else 0], x, y)
        if named:
            self._writer.write(
                screen,
                actor.name,
                x + TILE // 2,
                y - 18,
                size="small",
                colour=GOLD if wanted else INK,
                centred=True,
            )
        if actor.mark:
            bob = int(self._time * 3) % 2
            self._writer.write(
                screen,
                actor.mark,
                x + TILE // 2,
                y - 36 - bob,
                size="big",
                colour=GOLD,
                centred=True,
            )

    def _frames(self, name: str, pixels: Any) -> list[pygame.Surface]:
        if name not in self._pictures:
            side = pixels.shape[-2] * TILE // self.session.world.tile_size
            self._pictures[name] = [
                pygame.transform.scale(to_surface(frame), (side, side)) for frame in pixels
            ]
        return self._pictures[name]

    def _draw_words(self, screen: pygame.Surface) -> None:
        width, height = screen.get_size()
        write = self._writer.write
        place = self.session.place_name()
        if place:
            write(screen, place, 16, 14, size="big", colour=INK)
        if self.session.objective:
            box = pygame.Rect(12, 52, 330, 0)
            wrap = self._writer.wrap
            lines = wrap(self.session.quest_title, 306) + wrap(self.session.objective, 306)
            box.height = 20 + self._writer.height * len(lines)
            panel(screen, box)
            y = write(
                screen, self.session.quest_title, box.x + 12, box.y + 8, colour=GOLD, width=306
            )
            write(screen, self.session.objective, box.x + 12, y, width=box.width - 24)
        if self.talk:
            self._draw_talk(screen, self.talk)
        elif self.journal:
            self._draw_journal(screen)
        elif self._notice_left > 0:
            lines = self._writer.wrap(self.notice, width - 240)
            box = pygame.Rect(100, height - 64 - 24 * len(lines), width - 200, 24 + 24 * len(lines))
            panel(screen, box)
            write(screen, self.notice, box.x + 20, box.y + 12, width=box.width - 40)
        write(screen, _HELP, width // 2, height - 24, size="small", colour=DIM, centred=True)

    def _draw_talk(self, screen: pygame.Surface, talk: Talk) -> None:
        width, height = screen.get_size()
        text = self._writer.wrap(talk.text, width - 420)
        box = pygame.Rect(
            90, 0, width - 180, max(164, 48 + self._writer.height * (len(text) + len(talk.options)))
        )
        box.bottom = height - 40
        panel(screen, box)
        if talk.portrait is not None:
            if talk.speaker not in self._portraits:
                face = to_surface(talk.portrait)
                self._portraits[talk.speaker] = pygame.transform.scale(face, (128, 128))
            screen.blit(self._portraits[talk.speaker], (box.x + 16, box.y + 20))
        x = box.x + 164
        write = self._writer.write
        y = write(screen, talk.speaker, x, box.y + 14, colour=GOLD)
        y = write(screen, talk.text, x, y + 4, width=box.right - x - 24)
        for number, option in enumerate(talk.options, 1):
            y = write(screen, f"{number}  {option}", x, y + 4, colour=DIM)

    def _draw_journal(self, screen: pygame.Surface) -> None:
        box = pygame.Rect(0, 0, 640, 420)
        box.center = (screen.get_width() // 2, screen.get_height() // 2)
        panel(screen, box)
        y = self._writer.write(screen, "Journal", box.x + 24, box.y + 18, size="big", colour=GOLD)
        for line in self.session.journal():
            y = self._writer.write(screen, line, box.x + 24, y + 6, width=box.width - 48)


def _stand(screen: pygame.Surface, picture: pygame.Surface, x: int, y: int) -> None:
    """Draws a picture on the tile at (x, y): in its middle, its foot at the tile's foot."""
    side = picture.get_width()
    screen.blit(picture, (x - (side - TILE) // 2, y + TILE - side))
