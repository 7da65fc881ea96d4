"""One seed in, a whole playable place out: land, art drawn by GANs, people, and reasons to act.

>>> import aigc_procgen as procgen
>>> world = procgen.world(42)
>>> town = world.nearest("town", 0, 0)
>>> len(world.people(town)) >= 6
True
"""

from ._version import __version__
from .composed import WORLD_VERSION, Character, World, character, load_world
from .core.errors import InvalidArgument, MissingDependency, PackError, ProcgenError, SaveError
from .core.pack import Pack, default_pack, load_pack
from .core.random import typed_seed
from .dungeon.make import make_dungeon as dungeon
from .dungeon.records import Dungeon, Room, Thing, Way
from .dungeon_picture import dungeon_picture, dungeon_sprite
from .pieces import ground, moving_tiles, sprites, tiles, transitions
from .story.cultures import cultures
from .story.fact_set import Facts
from .story.facts import apply, legal
from .story.language_model import LanguageModel
from .story.names import NAME_KINDS, names
from .story.people import roles
from .story.profile import EVENTS, Profile
from .story.proposals import Frame, Proposer
from .story.quests import Quest
from .story.quests import plan_quest as quest
from .story.scenes import MOMENTS, TIMES, WEATHERS, Beat, Scene, scene
from .story.verifier import Verifier
from .story.voices import Voice
from .story.words import phrase, small_talk
from .voices import load_voice
from .world.chunk import Chunk
from .world.edits import Edit
from .world.places import PLACE_KINDS, Place
from .world.realms import Realm
from .world.shape import heightmap
from .world.terrain import TERRAINS

# Last: `world` is also the name of the room, which importing the room has bound.
from .composed import world  # isort: skip

__all__ = [
    "EVENTS",
    "MOMENTS",
    "NAME_KINDS",
    "PLACE_KINDS",
    "TERRAINS",
    "TIMES",
    "WEATHERS",
    "WORLD_VERSION",
    "Beat",
    "Character",
    "Chunk",
    "Dungeon",
    "Edit",
    "Facts",
    "Frame",
    "InvalidArgument",
    "LanguageModel",
    "MissingDependency",
    "Pack",
    "PackError",
    "Place",
    "ProcgenError",
    "Profile",
    "Proposer",
    "Quest",
    "Realm",
    "Room",
    "SaveError",
    "Scene",
    "Thing",
    "Verifier",
    "Voice",
    "Way",
    "World",
    "__version__",
    "apply",
    "character",
    "cultures",
    "default_pack",
    "dungeon",
    "dungeon_picture",
    "dungeon_sprite",
    "ground",
    "heightmap",
    "legal",
    "load_pack",
    "load_voice",
    "load_world",
    "moving_tiles",
    "names",
    "phrase",
    "quest",
    "roles",
    "scene",
    "small_talk",
    "sprites",
    "tiles",
    "transitions",
    "typed_seed",
    "world",
]
