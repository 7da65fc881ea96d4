"""The hero in one dungeon, without a screen: what a push into a tile does, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

import aigc_procgen as procgen

from .sight import visible
from .words import own_words, title_of

__all__ = ["SIDES", "Deed", "Delve"]

Spot = tuple[int, int, int]
SIDES = {"north": (0, -1), "east": (1, 0), "south": (0, 1), "west": (-1, 0)}
_OPAQUE = ("wall", "secret", "door", "lock", "gate", "bar")
_SHUT = ("lock", "gate", "bar")


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What came of a push or a deed: "" (nothing), "walk", "open", "fight", "climb", "pull" or
    "leave", at which tile, and a line to say.
    """

    verb: str
    spot: Spot
    line: str = ""
    reached: bool = False  # the goal, for the first time


class Delve:
    """A dungeon under a place and all that the hero changed in it. Rules: `Dungeon.play`.

    `title` is the place's name in the language of the game.
    """

    def __init__(
        self, place: procgen.Place, dungeon: procgen.Dungeon, language: str = "en"
    ) -> None:
        self.place, self.dungeon = place, dungeon
        self.words = own_words(language)["below"]
        self.title = title_of(place, language)
        self.play = dungeon.play()
        self.done = False
        self.seen = np.zeros(dungeon.tiles.shape, np.bool_)
        self.lit = self.seen[0]
        self.ways = {way.spot: way for way in dungeon.ways if way.kind != "stairs"}
        self.things = {thing.spot: thing for thing in dungeon.things}
        self._kept = {way.opener for way in dungeon.ways if way.kind == "lock" and not way.spent}
        numbers = [dungeon.legend.index(name) for name in _OPAQUE]
        self._opaque = np.isin(dungeon.tiles, numbers)
        self._look()

    # -- what the hero does -----------------------------------------------------------------------

    def push(self, side: str) -> Deed:
        """Goes north, east, south or west; opens or fights what is in the way."""
        x, y, floor = self.play.spot
        dx, dy = SIDES[side]
        there = (x + dx, y + dy, floor)
        if self.here(there) is not None:
            return self._fight(side, there)
        if not self.play.do(side):
            self._look()
            return self._ended("walk", there, self._arrived(there))
        way = self.ways.get(there)
        if way is not None and way.kind in _SHUT and way.id not in self.play.opened:
            return self._open(side, way)
        return Deed(verb="", spot=there, line=self._refusal(there))

    def act(self) -> Deed:
        """Takes the stairs, pulls the lever or leaves, whatever is possible on this tile."""
        spot = self.play.spot
        for step, climbed in (("down", "deeper"), ("up", "higher")):
            if not self.play.do(step):
                self._look()
                return self._ended("climb", self.play.spot, self.words[climbed])
        if self.can_pull():
            self.play.do("pull")
            self._look()
            return Deed(verb="pull", spot=spot, line=self.words["pulled"])
        if spot == self.dungeon.start:
            return Deed(verb="leave", spot=spot, line=self._said("leave"))
        return Deed(verb="", spot=spot, line=self.words["idle"])

    def can_pull(self) -> bool:
        """Whether a lever that was not pulled is at hand."""
        return not self.play.copy().do("pull")

    @property
    def hint(self) -> str:
        """What E does on this tile, or nothing."""
        tile = self.tile(self.play.spot)
        if tile in ("stairs_down", "stairs_up"):
            return self._said("go down" if tile == "stairs_down" else "go up")
        if self.can_pull():
            return self._said("pull")
        return self._said("go out") if self.play.spot == self.dungeon.start else ""

    def _fight(self, side: str, there: Spot) -> Deed:
        foe = self.things[there]
        self.play.do(f"fight {side}")
        beaten = "beat guardian" if foe.kind == "guardian" else "beat"
        return self._ended("fight", there, self._said(beaten, foe.name))

    def _open(self, side: str, way: procgen.Way) -> Deed:
        if way.kind == "gate":
            return Deed(verb="", spot=way.spot, line=self.words["gate"])
        if self.play.do(f"open {side}"):
            line = self.words["barred"]
            if way.kind == "lock":
                line = self._said("locked" if way.spent else "sealed", opener=way.opener)
            return Deed(verb="", spot=way.spot, line=line)
        self._look()
        line = self.words["unbarred"]
        if way.kind == "lock":
            line = self._said("opened" if way.spent else "kept", opener=way.opener)
        return Deed(verb="open", spot=way.spot, line=line)

    def _arrived(self, spot: Spot) -> str:
        thing = self.things.get(spot)
        if thing is not None and thing.kind == "key":
            return self._said("taken", opener=thing.name)
        if thing is not None and thing.kind == "treasure":
            return self._said("treasure", thing.name)
        if spot == self.dungeon.goal and not self.play.finished:
            return self._said("guarded")
        if self.tile(spot) == "secret":
            return self._said("secret")
        return self._said("drop") if self.tile(spot) == "drop" else ""

    def _refusal(self, spot: Spot) -> str:
        thing = self.things.get(spot)
        if thing is not None and thing.kind == "trap":
            return self._said("trap")
        if thing is not None and thing.kind == "ornament":
            return self._said("ornament", thing.name)
        if self.tile(spot) == "drop" or self.tile(self.play.spot) == "drop":
            return self._said("steep")
        return self._said("pool") if self.tile(spot) == "pool" else ""

    def _ended(self, verb: str, spot: Spot, line: str) -> Deed:
        """The deed, with the reward if it ended the dungeon."""
        reached = self.play.finished and not self.done
        if reached:
            self.done = True
            line = self.words["between"].join(filter(None, (line, self._said("reached"))))
        return Deed(verb=verb, spot=spot, line=line, reached=reached)

    # -- what there is ----------------------------------------------------------------------------

    def tile(self, spot: Spot) -> str:
        """The kind of tile, of the dungeon's legend."""
        x, y, floor = spot
        return str(self.dungeon.legend[self.dungeon.tiles[floor, y, x]])

    def here(self, spot: Spot) -> procgen.Thing | None:
        """The foe that stands on a tile."""
        thing = self.things.get(spot)
        foe = thing is not None and thing.kind in ("monster", "guardian")
        return thing if thing is not None and foe and thing.id not in self.play.beaten else None

    def remaining(self, floor: int) -> list[procgen.Thing | procgen.Way]:
        """What is still to be taken, opened, pulled or beaten on a floor."""
        gone = self.play.taken | self.play.beaten
        kinds = ("key", "treasure", "lever", "monster", "guardian")
        left: list[procgen.Thing | procgen.Way] = [
            way
            for way in self.dungeon.ways
            if way.floor == floor and way.kind in _SHUT and way.id not in self.play.opened
        ]
        things = self.dungeon.of_kind(*kinds)
        left += [thing for thing in things if thing.floor == floor and thing.id not in gone]
        return left

    def label(self, spot: Spot) -> str:
        """What a tile's thing or way is called, or nothing."""
        thing, way = self.things.get(spot), self.ways.get(spot)
        if thing is not None and thing.id not in self.play.taken | self.play.beaten:
            if thing.kind == "key":
                return self.opener(thing.name)
            named = thing.kind in ("lever", "guardian")
            return self._said(thing.kind, thing.name) if named else self.called(thing.name)
        if way is not None and way.kind in _SHUT and way.id not in self.play.opened:
            needs = {"lock": "needs", "gate": "needs a lever"}.get(way.kind, "bar")
            return self._said(needs, opener=way.opener)
        if spot in (self.dungeon.start, self.dungeon.goal):
            return self._said("way out" if spot == self.dungeon.start else "heart")
        return ""

    def opener(self, name: str) -> str:
        """The full name of a key or rune."""
        called = self.words["openers"].get(name) or self.called(name)
        kind = "rune" if name in self._kept else "key"
        return str(self.words[kind].format(name=called))

    def called(self, name: str) -> str:
        """What a foe, a treasure or an ornament is called."""
        return str(self.words["names"].get(name, name))

    def _said(self, name: str, thing: str = "", *, opener: str = "") -> str:
        """The game's own words, with the name of a thing, or of the key or rune `opener`."""
        called = self.opener(opener) if opener else self.called(thing)
        words = {"name": called, "place": self.title, "treasures": self.treasures}
        return str(self.words[name].format(**words))

    @property
    def bag(self) -> list[tuple[procgen.Thing, int]]:
        """What the hero holds: keys and runes, then treasures, and how many of each."""
        held: dict[tuple[str, str], tuple[procgen.Thing, int]] = {}
        for thing in sorted(self.dungeon.of_kind("key", "treasure"), key=lambda t: (t.kind, t.id)):
            if thing.id in self.play.taken:
                first, count = held.get((thing.kind, thing.name), (thing, 0))
                held[thing.kind, thing.name] = (first, count + 1)
        keys = self.play.keys
        found = [
            (thing, keys.get(thing.name, 0) if thing.kind == "key" else count)
            for thing, count in held.values()
        ]
        return [(thing, count) for thing, count in found if count]

    @property
    def treasures(self) -> str:
        """How many treasures were found, as "2 of 5"."""
        everything = self.dungeon.of_kind("treasure")
        found = sum(t.id in self.play.taken for t in everything)
        return str(self.words["count"].format(found=found, all=len(everything)))

    def _look(self) -> None:
        """Notes what can be seen from here."""
        x, y, floor = self.play.spot
        opaque = self._opaque[floor].copy()
        for spot, way in self.ways.items():
            if spot[2] == floor and way.id in self.play.opened:
                opaque[spot[1], spot[0]] = False
        self.lit = visible(opaque, x, y)
        self.seen[floor] |= self.lit

    # -- saving -----------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and strings: where it is, the walk, and what was seen as hexadecimal."""
        seen = np.packbits(self.seen).tobytes().hex()
        at = [self.place.x, self.place.y]
        return {"at": at, "walk": self.play.to_dict(), "seen": seen, "done": self.done}

    @classmethod
    def from_dict(cls, world: procgen.World, data: Any, language: str = "en") -> Self:
        """What `to_dict` wrote; raises `InvalidArgument`, KeyError, TypeError or ValueError."""
        x, y = data["at"]
        found = world.places(x, y, 1, 1)
        if not found or not world.has_dungeon(found[0]):
            raise procgen.InvalidArgument(f"a dungeon at {(x, y)}, where none is")
        delve = cls(found[0], world.dungeon(found[0]), language)
        bits = np.frombuffer(bytes.fromhex(data["seen"]), np.uint8)
        if len(bits) != (delve.seen.size + 7) // 8 or type(data["done"]) is not bool:
            raise procgen.InvalidArgument(f"what was seen or done in {found[0].name}")
        seen = np.unpackbits(bits, count=delve.seen.size).astype(np.bool_)
        delve.seen = seen.reshape(delve.seen.shape)
        try:
            delve.play = delve.dungeon.play(data["walk"])
        except procgen.InvalidArgument as error:
            raise procgen.InvalidArgument(f"the walk in {found[0].name}: {error}") from None
        delve.done = data["done"]
        delve._look()
        return delve
