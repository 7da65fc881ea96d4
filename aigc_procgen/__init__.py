"""One seed in, a whole playable place out: land, art drawn by GANs, people, and reasons to act.

>>> import aigc_procgen as procgen
>>> world = procgen.world(42)
>>> town = world.nearest("town", 0, 0)
>>> len(world.people(town)) >= 6
True
"""

from importlib import import_module
from typing import TYPE_CHECKING

from ._version import __version__
from .composed import WORLD_VERSION, World, load_world
from .core.errors import InvalidArgument, MissingDependency, PackError, ProcgenError, SaveError
from .core.pack import Pack, default_pack, load_pack
from .core.random import typed_seed
from .dungeon.make import make_dungeon as dungeon
from .pieces import ground, moving_tiles, sprites, tiles, transitions
from .world.chunk import Chunk
from .world.edits import Edit
from .world.journeys import Ferry, Leg
from .world.places import PLACE_KINDS, Place
from .world.realms import Realm
from .world.shape import heightmap
from .world.terrain import TERRAINS

if TYPE_CHECKING:
    from .composed.people import Character, character
    from .dungeon.records import Dungeon, Room, Thing, Way
    from .dungeon_pictures import dungeon_picture, dungeon_sprite
    from .story.arc_record import Arc
    from .story.arcs import plan_arc as arc
    from .story.barks import SITUATIONS, bark
    from .story.books import Book
    from .story.cultures import cultures
    from .story.descriptions import GLOSSARIES, Description, describe, glossary
    from .story.events import HistoryEvent
    from .story.fact_set import Facts
    from .story.facts import apply, legal
    from .story.figures import Figure
    from .story.history import History
    from .story.item_lore import ItemLore, lore
    from .story.language_model import LanguageModel
    from .story.names import NAME_KINDS, names
    from .story.people import roles
    from .story.profile import EVENTS, Profile
    from .story.proposals import Frame, Proposer
    from .story.quest_log import quest_log
    from .story.quests import Quest
    from .story.quests import plan_quest as quest
    from .story.rumours import TRUTHS, Rumour
    from .story.scenes import MOMENTS, TIMES, WEATHERS, Beat, Scene, scene
    from .story.signs import Sign
    from .story.tables import LANGUAGES
    from .story.teller import TONES
    from .story.translation import check_translation
    from .story.verifier import Verifier
    from .story.voices import Voice
    from .story.words import phrase, small_talk
    from .voices import load_voice

# Last: `world` is also the name of the room, which importing the room has bound.
from .composed import world  # isort: skip

__all__ = [
    "EVENTS",
    "GLOSSARIES",
    "LANGUAGES",
    "MOMENTS",
    "NAME_KINDS",
    "PLACE_KINDS",
    "SITUATIONS",
    "TERRAINS",
    "TIMES",
    "TONES",
    "TRUTHS",
    "WEATHERS",
    "WORLD_VERSION",
    "Arc",
    "Beat",
    "Book",
    "Character",
    "Chunk",
    "Description",
    "Dungeon",
    "Edit",
    "Facts",
    "Ferry",
    "Figure",
    "Frame",
    "History",
    "HistoryEvent",
    "InvalidArgument",
    "ItemLore",
    "LanguageModel",
    "Leg",
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
    "Rumour",
    "SaveError",
    "Scene",
    "Sign",
    "Thing",
    "Verifier",
    "Voice",
    "Way",
    "World",
    "__version__",
    "apply",
    "arc",
    "bark",
    "character",
    "check_translation",
    "cultures",
    "default_pack",
    "describe",
    "dungeon",
    "dungeon_picture",
    "dungeon_sprite",
    "glossary",
    "ground",
    "heightmap",
    "legal",
    "load_pack",
    "load_voice",
    "load_world",
    "lore",
    "moving_tiles",
    "names",
    "phrase",
    "quest",
    "quest_log",
    "roles",
    "scene",
    "small_talk",
    "sprites",
    "tiles",
    "transitions",
    "typed_seed",
    "world",
]

# Where each is that is loaded when first asked for: a game that does without need not wait for it,
# and the first picture comes sooner.
_LATER = {
    "EVENTS": "story.profile",
    "GLOSSARIES": "story.descriptions",
    "LANGUAGES": "story.tables",
    "MOMENTS": "story.scenes",
    "NAME_KINDS": "story.names",
    "SITUATIONS": "story.barks",
    "TIMES": "story.scenes",
    "TONES": "story.teller",
    "TRUTHS": "story.rumours",
    "WEATHERS": "story.scenes",
    "Arc": "story.arc_record",
    "Beat": "story.scenes",
    "Book": "story.books",
    "Character": "composed.people",
    "Description": "story.descriptions",
    "Dungeon": "dungeon.records",
    "Facts": "story.fact_set",
    "Figure": "story.figures",
    "Frame": "story.proposals",
    "History": "story.history",
    "HistoryEvent": "story.events",
    "ItemLore": "story.item_lore",
    "LanguageModel": "story.language_model",
    "Profile": "story.profile",
    "Proposer": "story.proposals",
    "Quest": "story.quests",
    "Room": "dungeon.records",
    "Rumour": "story.rumours",
    "Scene": "story.scenes",
    "Sign": "story.signs",
    "Thing": "dungeon.records",
    "Verifier": "story.verifier",
    "Voice": "story.voices",
    "Way": "dungeon.records",
    "apply": "story.facts",
    "arc": "story.arcs",
    "bark": "story.barks",
    "character": "composed.people",
    "check_translation": "story.translation",
    "cultures": "story.cultures",
    "describe": "story.descriptions",
    "dungeon_picture": "dungeon_pictures",
    "dungeon_sprite": "dungeon_pictures",
    "glossary": "story.descriptions",
    "legal": "story.facts",
    "load_voice": "voices",
    "lore": "story.item_lore",
    "names": "story.names",
    "phrase": "story.words",
    "quest": "story.quests",
    "quest_log": "story.quest_log",
    "roles": "story.people",
    "scene": "story.scenes",
    "small_talk": "story.words",
}
_OTHER_NAMES = {"arc": "plan_arc", "quest": "plan_quest"}  # there


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{_LATER[name]}", __name__)
    found: object = getattr(module, _OTHER_NAMES.get(name, name))
    globals()[name] = found
    return found
