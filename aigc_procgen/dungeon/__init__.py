"""Dungeons that can always be finished, and never be lost: mission first, tiles after."""

from .make import make_dungeon
from .records import LEGEND, Dungeon, Room, Thing, Way
from .rules import Replay, replay

__all__ = ["LEGEND", "Dungeon", "Replay", "Room", "Thing", "Way", "make_dungeon", "replay"]
