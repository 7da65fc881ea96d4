"""`World` and `Character`: land, art and stories put together, made when they are asked for.

`World` is put together too: its land, its pictures, its stories and its lore are a file each, and
those that it needs for none of what a game asks for are never loaded.
"""

from .base import WORLD_VERSION
from .world import World, load_world, world

__all__ = ["WORLD_VERSION", "World", "load_world", "world"]
