"""`World` and `Character`: land, art and stories put together, made when they are asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from .art import atlas, fallback, pictures
from .art.furniture import FURNITURE, furniture
from .art.sessions import load_models
from .art.together import together
from .core.errors import InvalidArgument, SaveError, check_choice, check_int
from .core.pack import Pack, check_pack, default_pack
from .core.random import Seed, check_seed, key
from .dungeon.make import make_dungeon
from .dungeon.places import dungeon_of_place, is_deep
from .dungeon.records import Dungeon
from .saves import Saved, read_save, write_save
from .story.calendar import present_year
from .story.people import Person, make_person, outlaws_of, people_of
from .story.place_names import place_name
from .story.tables import check_language
from .world.chunk import CHUNK, Chunk, Prop
from .world.edits import Edit
from .world.journeys import Ferry, Leg
from .world.land import LIMIT, Land
from .world.places import CELLS, DISTRICT, Place
from .world.prefetch import Prefetcher
from .world.realms import Realm
from .world.shape import Height, make_shape
from .world.terrain import TERRAINS

if TYPE_CHECKING:
    from .memory import Memory
    from .story.arc_record import Arc
    from .story.books import Book
    from .story.fact_set import Facts
    from .story.history import History
    from .story.item_lore import ItemLore
    from .story.profile import Profile
    from .story.proposals import Proposer
    from .story.quests import Quest
    from .story.rumours import Rumour
    from .story.signs import Sign

__all__ = [
    "WORLD_VERSION",
    "Character",
    "World",
    "character",
    "load_world",
    "world",
]

_T = TypeVar("_T")
WORLD_VERSION = 5  # changes whenever a seed gives another world
_PROP_VARIANTS = 6
DIRECTIONS = ("down", "up", "left", "right")
_NEIGHBOURS = 8  # places whose people and troubles a quest can reach
_NEAR = 420  # tiles within which they lie


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

        Of a few faces it is the one whose skin, hair and headgear are most like the sprite's, and
        the same one in every mood.
        """
        if not fallback.draws(self._art, "portraits") and self._tailor is self._art:
            return _frozen(pictures.portrait(self.sprite))
        pack = fallback.owner(self._art, "portraits")
        check_choice("mood", mood, pack.model("portraits").attributes.get("mood", (mood,)))
        candidate, calm = self._calm
        if mood == "calm":
            return calm
        wishes = {**self.attributes, "mood": mood}
        return _frozen(pictures.face(pack, self.art_seed, wishes, candidate=candidate))

    @cached_property
    def _calm(self) -> tuple[int, NDArray[np.uint8]]:
        """Which of the faces of the seed is this person's, and that face when calm."""
        pack = fallback.owner(self._art, "portraits")
        sprite = self._figure[pictures.front(self._tailor), 0]
        wishes = {**self.attributes, "mood": "calm"}
        candidate, calm = pictures.fitting_face(pack, self.art_seed, wishes, sprite)
        return candidate, _frozen(calm)


def _frozen(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    picture.flags.writeable = False
    return picture


def _stand(
    picture: NDArray[np.uint8], drawn: NDArray[np.uint8], column: int, row: int, size: int
) -> None:
    """Puts a drawing on a tile: in its middle, its foot at the tile's foot, cut at the rim."""
    side = len(drawn)
    top, left = (row + 1) * size - side, column * size + (size - side) // 2
    shown = drawn[max(-top, 0) :, max(-left, 0) :]
    window = picture[max(top, 0) : top + side, max(left, 0) : left + side]
    shown = shown[: window.shape[0], : window.shape[1]]
    np.copyto(window, shown, where=shown[..., 3:] > 0)


def _character(person: Person, seed: Seed, pack: Pack | None) -> Character:
    values = {f.name: getattr(person, f.name) for f in fields(Person)}
    return Character(**values, art_seed=key(seed, "art", person.id), pack=pack)


class World:
    """An endless world of one seed. Every answer is the same in any order, thread and process.

    `changes` is the game's own: anything JSON can hold, kept by `save` and `load_world`.
    `cache_bytes` bounds the memory of chunks that are kept; `workers` (0 to 64) are the threads of
    `prefetch`, which end with the world, with `close` or with a `with` block. With a `size` in
    tiles, 512 or more, or (width, height), the land is an island of that size around the origin and
    the rest is sea; with `wrap` it goes on at the other side instead, for ever round, and sizes are
    multiples of 1536: any coordinates are good there, and those that you get lie from minus a half
    of the size on, but for what you asked about a region. `height` is land of your own, a function
    such as `heightmap` makes: climate, rivers, places and roads follow it. `voice` puts what people
    of quests say otherwise, see `load_voice`.
    """

    frames: ClassVar[int] = atlas.FRAMES
    """How many pictures of a region with water or lava loop; see `image`."""

    def __init__(
        self,
        seed: Seed,
        *,
        pack: Pack | None = None,
        cache_bytes: int = 64_000_000,
        workers: int = 1,
        size: int | tuple[int, int] | None = None,
        height: Height | None = None,
        voice: Proposer | None = None,
        wrap: bool = False,
    ) -> None:
        self.seed = check_seed(seed)
        self._shape = make_shape(size, height, wrap)
        self.version = WORLD_VERSION
        self.changes: dict[str, Any] = {}
        self._pack = check_pack(pack)
        self._drawn_before = False
        if voice is not None:
            from .story.proposals import make_writer

            make_writer(voice)  # says what is wrong with it now, not at the first quest
        self.voice = voice
        self._land = Land(self.seed, cache_bytes=cache_bytes, namer=place_name, shape=self._shape)
        self._ahead = Prefetcher(self._land.make, workers)

    def __repr__(self) -> str:
        return f"World({self.seed!r}, version {self.version})"

    @property
    def pack(self) -> Pack:
        """The pack that draws this world; loaded when first needed."""
        if self._pack is None:
            self._pack = default_pack()
        return self._pack

    # -- land -------------------------------------------------------------------------------------

    def chunk(self, x: int, y: int) -> Chunk:
        """The 64 x 64 tiles from tile (64 x, 64 y) on."""
        return self._land.chunk(x, y)

    def terrain(self, x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
        """Terrain uint8 [height, width] of a region in tiles, indexing `TERRAINS`."""
        return self._land.terrain(x, y, width, height)

    def walkable_area(self, x: int, y: int, width: int, height: int) -> NDArray[np.bool_]:
        """Where somebody can stand in a region, bool [height, width]."""
        return self._land.walkable_area(x, y, width, height)

    def walkable(self, x: int, y: int) -> bool:
        """Whether somebody can stand on the tile."""
        return self._land.walkable(x, y)

    def props(self, x: int, y: int, width: int, height: int) -> tuple[Prop, ...]:
        """What stands in a region (trees, statues …), from north to south."""
        found = self._land.props(x, y, width, height)
        return tuple(sorted(found, key=lambda prop: (prop.y, prop.x, prop.kind)))

    def prefetch(self, x: int, y: int, radius: int) -> None:
        """Begins to make the chunks with tiles at most `radius` tiles (up to 4096) from tile
        (x, y), the nearest first, and returns at once; see `pending`.

        A newer call takes the place of what still waits from an older one. Of more chunks than
        half the cache holds only the nearest are made. An error in a thread is raised by the next
        `prefetch`, `pending` or `close`. A chunk that is asked for while it is being made is
        waited for; without `workers` nothing is made ahead.
        """
        self._ahead.ask(self._land.missing(x, y, radius))

    @property
    def pending(self) -> int:
        """How many chunks of `prefetch` are not made yet."""
        return self._ahead.pending

    def close(self) -> None:
        """Ends the threads of `prefetch`; all else still works."""
        self._ahead.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- changes ----------------------------------------------------------------------------------

    def set_terrain(self, x: int, y: int, terrain: str | int | NDArray[Any]) -> None:
        """Changes the ground of a tile, or of a region from tile (x, y) on; kept by `save`.

        `terrain` is a name or an index of `TERRAINS`, or an array of indexes [height, width]. All
        methods of land and pictures show it; places, roads and stories know nothing of it.
        """
        self._land.set_terrain(x, y, terrain)

    def add_prop(self, kind: str, x: int, y: int) -> None:
        """Lets something stand on a tile, instead of what stood there; kept by `save`.

        `kind` is one of `categories`, which `image` draws, or a name that only the game knows.
        """
        self._land.add_prop(kind, x, y)

    def remove_prop(self, x: int, y: int) -> Prop | None:
        """Takes away what stands on a tile (a felled tree, a chest) and returns it, or None."""
        return self._land.remove_prop(x, y)

    def reset(self, x: int, y: int, width: int, height: int) -> None:
        """Makes a region again as the seed has it."""
        self._land.reset(x, y, width, height)

    def edits(
        self, x: int = -LIMIT, y: int = -LIMIT, width: int = 2 * LIMIT, height: int = 2 * LIMIT
    ) -> Iterator[Edit]:
        """Every tile of a region, or of all the world, that differs from what the seed made: its
        x, y, terrain and prop, chunk by chunk from the north-west.
        """
        return iter(self._land.edited(x, y, width, height))

    @property
    def edited(self) -> int:
        """How many tiles differ from what the seed made, in ground or in what stands on them."""
        return len(self._land.edits)

    # -- pictures ---------------------------------------------------------------------------------

    def overview(
        self, x: int, y: int, width: int, height: int, *, step: int = 4
    ) -> NDArray[np.uint8]:
        """A map RGBA uint8 [height / step, width / step, 4] with relief, roads and places."""
        return self._land.overview(x, y, width, height, step=step)

    def map(
        self,
        x: int,
        y: int,
        width: int,
        height: int,
        *,
        step: int = 2,
        title: str | None = None,
    ) -> NDArray[np.uint8]:
        """A map to hang up, RGBA uint8: `overview` with borders, names, a frame, legend and scale.

        Without a `title` it is called after the largest place near its middle. Villages are
        named up to a step of 3, towns up to 10; beyond 2048 x 2048 tiles only realms are.
        """
        if title is None:
            title = self.map_title(x, y, width, height)
        return self._land.map(x, y, width, height, step, title=title)

    def map_title(self, x: int, y: int, width: int, height: int) -> str:
        """What a map of a region is called: after the town nearest to its middle, or the seed."""
        try:
            town = self.nearest("town", x + width // 2, y + height // 2)
        except InvalidArgument:  # far out at sea
            return f"Seed {self.seed}"
        return f"{town.name} and the lands around it"

    def realm(self, x: int, y: int) -> Realm | None:
        """The realm (id, name, capital) that a tile is in; None where nobody rules."""
        return self._land.realm(x, y)

    @property
    def tile_size(self) -> int:
        """Pixels a tile in every picture of this world, as its pack draws them."""
        return fallback.tile_size(self.pack)

    def moves(self, x: int, y: int, width: int, height: int) -> bool:
        """Whether a region has water or lava, so that the frames of its `image` differ."""
        # What lies just outside flows in at the corners.
        around = self._land.terrain(x - 1, y - 1, width + 2, height + 2)
        return bool(np.isin(around, [TERRAINS.index(name) for name in atlas.MOVING]).any())

    def image(
        self, x: int, y: int, width: int, height: int, *, frame: int = 0
    ) -> NDArray[np.uint8]:
        """The region as a player sees it, RGBA uint8 [size height, size width, 4], by the pack's
        art with `tile_size` pixels a tile. Water and lava move: `frame` is 0 to `frames` - 1.

        At most 256 x 256 tiles at once, which with 32 pixels a tile is already 256 MB.
        """
        check_int("width", width, 1, 256)
        check_int("height", height, 1, 256)
        x, y = check_int("x", x, 1 - LIMIT, LIMIT), check_int("y", y, 1 - LIMIT, LIMIT)
        x, y = self._shape.home(x, y)
        around = (x - 1, y - 1, width + 2, height + 2)
        if not self._drawn_before:  # models load beside the land's making
            together(lambda: self._land.terrain(*around), lambda: load_models(self.pack))
        terrain = self._land.terrain(*around)
        tileset = atlas.build_tileset(self.pack, self.seed, TERRAINS)
        # What is larger than its tile reaches in from outside.
        over = max(self._largest_prop() - tileset.size, 0)
        beside, below = -(-over // (2 * tileset.size)), -(-over // tileset.size)
        left = max(x - beside, 1 - LIMIT)
        props = self.props(left, y, x + width + beside - left, height + below)

        def ground() -> NDArray[np.uint8]:
            return atlas.draw_terrain(
                terrain, tileset, x, y, self.seed, frame=frame, period=self._shape.period
            )

        if self._drawn_before:
            picture = ground()
        else:  # so are the things that stand there and the ground below them
            kinds: dict[str, set[int]] = {}
            for prop in props:
                kinds.setdefault(prop.kind, set()).add(self._variant(prop.x, prop.y))
            picture, *_ = together(
                ground,
                *(partial(self._prop_pictures, kind, kinds[kind]) for kind in sorted(kinds)),
            )
            self._drawn_before = True
        for prop in props:
            drawn = self._prop_picture(prop.kind, prop.x, prop.y)
            if drawn is not None:
                _stand(picture, drawn, prop.x - x, prop.y - y, tileset.size)
        return np.asarray(picture)

    def _largest_prop(self) -> int:
        """The side in pixels of what the pack's own model of sprites draws."""
        own = fallback.draws(self.pack, "sprites")
        return self.pack.model("sprites").size if own else self.tile_size

    def sprite(self, category: str, name: str) -> NDArray[np.uint8]:
        """One drawing uint8 [size, size, 4] of an item, feature or monster; `name` decides which.

        `category` is one of `categories`; what the pack does not draw, the pack that ships does. A
        drawing larger than `tile_size` stands in the middle of its tile and reaches beyond it.
        """
        drawn_by = fallback.owner(self.pack, "sprites", category)
        own = f"{self.seed} {name}"
        if self._is_furniture(category):
            return furniture(category, own, 0, self._inks(), self.tile_size)
        drawn = pictures.sprites(drawn_by, own, category, 1)
        return np.asarray(fallback.scaled(drawn, drawn_by, self.pack)[0])

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories of `sprite`, those that the pack itself draws first, and furniture last,
        which is painted by rule in the pack's colours where the pack does not draw it.
        """
        return tuple(dict.fromkeys((*fallback.categories(self.pack), *FURNITURE)))

    def _is_furniture(self, category: str) -> bool:
        return category in FURNITURE and category not in fallback.categories(self.pack)

    def _inks(self) -> NDArray[np.uint8]:
        """The colours uint8 [K, 3] of the pack's things."""
        return fallback.owner(self.pack, "sprites").model("sprites").palette

    def _prop_picture(self, kind: str, x: int, y: int) -> NDArray[np.uint8] | None:
        """One of some drawings of the kind; None where no pack has such a category."""
        variant = self._variant(x, y)
        return self._prop_pictures(kind, {variant}).get(variant)

    def _variant(self, x: int, y: int) -> int:
        """Which drawing of its kind stands on a tile."""
        return key(self.seed, "prop", *self._shape.home(x, y)) % _PROP_VARIANTS

    def _prop_pictures(self, kind: str, wanted: set[int]) -> dict[int, NDArray[np.uint8]]:
        """Drawings of a kind by their numbers, the wanted ones among them: those not seen yet are
        not drawn. None at all where no pack has such a category.
        """
        drawn_by = fallback.owner(self.pack, "sprites", kind)
        painted = self._is_furniture(kind)
        if not painted and not fallback.draws(drawn_by, "sprites", kind):
            return {}
        place = ("props", key(self.seed), kind)
        held: dict[int, NDArray[np.uint8]] = self.pack.keep(place, dict)
        missing = sorted(wanted - held.keys())
        if painted:
            inks, size = self._inks(), self.tile_size
            held.update((n, furniture(kind, self.seed, n, inks, size)) for n in missing)
        elif missing:
            drawn = pictures.sprites_of(drawn_by, self.seed, kind, missing)
            held.update(zip(missing, fallback.scaled(drawn, drawn_by, self.pack), strict=True))
        return held

    # -- places and ways --------------------------------------------------------------------------

    def places(self, x: int, y: int, width: int, height: int) -> tuple[Place, ...]:
        """Every place whose middle lies in the region."""
        return self._land.places(x, y, width, height)

    def nearest(self, kind: str, x: int = 0, y: int = 0) -> Place:
        """The place of that kind ("any" for all) nearest to the tile."""
        return self._land.nearest(kind, x, y)

    def route(self, start: tuple[int, int], goal: tuple[int, int]) -> NDArray[np.int64] | None:
        """Walkable tiles int64 [n, 2] as (x, y) from start to goal, or None."""
        return self._land.route(start, goal)

    def roads(self, place: Place) -> tuple[Place, ...]:
        """The places to which a road leads from a place without passing through another."""
        return self._land.roads(place)

    def harbour(self, place: Place) -> tuple[int, int] | None:
        """The last tile (x, y) of a place's pier, where ships lie; None without a harbour.

        Towns and villages have one where water is near that ships can sail; others only if they
        cannot walk to one of those.
        """
        return self._land.harbour(place)

    def ferries(self, place: Place) -> tuple[Ferry, ...]:
        """Where ships sail to from a place's harbour, the nearest harbour by water first."""
        return self._land.ferries(place)

    def journey(self, start: Place, goal: Place) -> tuple[Leg, ...] | None:
        """How to get from a place to another: legs on foot along roads, and by ship where no road
        leads; () if they are one place, None if no way is found.
        """
        return self._land.journey(start, goal)

    def spawn(self) -> tuple[int, int]:
        """A good tile to begin at."""
        return self._land.spawn()

    def spots(self, place: Place, count: int) -> tuple[tuple[int, int], ...]:
        """Up to `count` tiles inside a place where somebody can stand and be reached."""
        return self._land.spots(place, count)

    def neighbours(self, place: Place) -> tuple[Place, ...]:
        """The place and the eight nearest others: as far as its people's stories reach."""
        return self._land.neighbours(place, _NEIGHBOURS, _NEAR)

    def has_dungeon(self, place: Place) -> bool:
        """Whether `dungeon` knows something under the place: under mines and ruins."""
        return is_deep(place.kind)

    def dungeon(self, place: Place, **controls: Any) -> Dungeon:
        """What lies under a mine, ruin, cave or dungeon; `controls` are those of `dungeon`.

        The place decides its size, depth, dangers and theme where they are not given.
        """
        seed, chosen = dungeon_of_place(self.seed, place.id, place.kind, place.radius)
        return make_dungeon(seed, **(chosen | controls))

    # -- stories ----------------------------------------------------------------------------------

    def people(self, place: Place, *, language: str = "en") -> tuple[Character, ...]:
        """Everybody who lives in the place, with names and backstories of a language.

        They are called what quests in that language call them; all else is the same in each. What a
        role, a species or a trait is called says `glossary`.
        """
        found = people_of(self.seed, place.id, place.kind, place.name)
        return self._characters(found, place, language)

    def outlaws(self, place: Place, *, language: str = "en") -> tuple[Character, ...]:
        """Those who hide in the place and wish others ill; `people` does not name them."""
        return self._characters(outlaws_of(self.seed, place.id, place.kind), place, language)

    def _characters(
        self, people: Iterable[Person], place: Place, language: str
    ) -> tuple[Character, ...]:
        if check_language(language) != "en":
            from .story.descriptions import translated  # with all of history

            facts = self.facts(place)
            people = [
                translated(self.seed, person, facts=facts, language=language) for person in people
            ]
        return tuple(_character(person, self.seed, self._pack) for person in people)

    def facts(self, place: Place) -> Facts:
        """What is true around the place before a player changed anything; the player is there."""
        from .story.neighbourhood import neighbourhood_facts  # as all of quests: when needed

        places = self.neighbours(place)
        people = {near.id: people_of(self.seed, near.id, near.kind, near.name) for near in places}
        return neighbourhood_facts(self.seed, places, people)

    def quest(
        self,
        giver: Person,
        *,
        profile: Profile | None = None,
        facts: Facts | None = None,
        index: int = 0,
        recent: Iterable[Quest] = (),
        language: str = "en",
    ) -> Quest:
        """A quest that the giver has a reason to ask for, planned on `facts` and proven by replay.

        `facts` are by default those of the giver's own place; `index` asks for another one,
        `recent` are those that the player had lately, whose like is asked for less; `language` is
        one of `LANGUAGES`, and changes nothing but the words.
        """
        from .story.quests import plan_quest

        wishes = {"profile": profile, "index": index, "recent": recent, "language": language}
        return self._asked(plan_quest, giver, facts, wishes)

    def arc(
        self,
        giver: Person,
        *,
        profile: Profile | None = None,
        facts: Facts | None = None,
        index: int = 0,
        recent: Sequence[Quest] = (),
        language: str = "en",
    ) -> Arc:
        """Three to five quests that belong together and begin with a wish of the giver.

        Each is planned on the facts that the former leaves, with a turn on the way and consequences
        that stay; the arguments are those of `quest`.
        """
        from .story.arcs import plan_arc

        wishes = {"profile": profile, "index": index, "recent": recent, "language": language}
        return self._asked(plan_arc, giver, facts, wishes)

    def _asked(
        self, plan: Callable[..., _T], giver: Person, facts: Facts | None, wishes: dict[str, Any]
    ) -> _T:
        """What `plan` makes of what the giver asks for, on `facts` or those of their place."""
        if facts is None:
            facts = self.facts(self._place_of(giver))
        return plan(self.seed, facts, giver=giver.id, voice=self.voice, **wishes)

    # -- lore -------------------------------------------------------------------------------------

    @property
    def year(self) -> int:
        """The year in which the game begins; all of history lies before it."""
        return present_year(self.seed)

    @cached_property
    def _memory(self) -> Memory:
        # Loaded with the first question: a game that asks for no lore need not wait for it.
        from .memory import Memory

        return Memory(self.seed, self._land)

    def history(self, of: Place | Realm) -> History:
        """What a place or a realm has come through: dated events with reasons, and `told`.

        Places that share an event (a wedding, a raid, a fever, a war) tell the same one, and the
        end agrees with what is there now: who lives in a place rules it, and a ruin has fallen.
        """
        return self._memory.history(of)

    def sign(self, at: Place | tuple[int, int], *, language: str = "en") -> Sign:
        """The sign by a place, an arm for every neighbour; or one for a fork at tile (x, y), with
        an arm for up to four of the nearest places. A tile is a pace.
        """
        return self._memory.sign(at, language)

    def books(self, place: Place, *, language: str = "en") -> tuple[Book, ...]:
        """The books of a place: chronicles, recipes, sayings, journeys and the like, by people who
        live there or are dead of it.
        """
        return self._memory.books(place, language)

    def rumours(
        self,
        place: Place,
        count: int = 6,
        *,
        facts: Facts | None = None,
        language: str = "en",
    ) -> tuple[Rumour, ...]:
        """Up to `count` rumours that go round in a place: each tells how true it is, and about
        which fact of the neighbourhood (or of `facts`) it is.
        """
        known = self.facts(place) if facts is None else facts
        return self._memory.rumours(known, place, count, language)

    def item_lore(
        self,
        item: str,
        place: Place,
        *,
        kind: str = "sword",
        name: str = "",
        language: str = "en",
    ) -> ItemLore:
        """The story of a thing from a place; `item` is its id or any text that tells it from
        others. Without a `name` it has one of its own.
        """
        return self._memory.item_lore(item, place, kind, name, language)

    def bark(
        self,
        person: Person,
        situation: str,
        *,
        place: Place | None = None,
        index: int = 0,
        language: str = "en",
    ) -> str:
        """What somebody says aloud in a situation, one of `SITUATIONS`; `place` is at hand."""
        try:
            home = self._place_of(person).name
        except InvalidArgument:  # somebody without a home
            home = ""
        names = {"home": home, "place": place.name if place else ""}
        return self._memory.bark(person, situation, names, index, language)

    def _place_of(self, person: Person) -> Place:
        try:
            return self._place_at(person.place)
        except InvalidArgument:
            raise InvalidArgument(
                f"giver must live in a place of this world, not in {person.place!r}: pass facts="
            ) from None

    def _place_at(self, place_id: str) -> Place:
        _, *cell = place_id.split(":")
        if len(cell) == 2 and all(part.lstrip("-").isdecimal() for part in cell):
            side = DISTRICT // CELLS
            x, y = (int(part) * side for part in cell)
            for place in self.places(x, y, side, side):
                if place.id == place_id:
                    return place
        raise InvalidArgument(f"place must be one of this world, not {place_id!r}")

    # -- saving -----------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the seed, `changes` and what was edited as JSON, whole or not at all."""
        saved = Saved(
            seed=self.seed,
            changes=self.changes,
            edits=self._land.edits.to_data(),
            size=self._shape.size,
            height=self._shape.mark(),
            wrap=self._shape.wrap,
        )
        write_save(path, saved, self.version)


def load_world(
    path: str | os.PathLike[str],
    *,
    pack: Pack | None = None,
    cache_bytes: int = 64_000_000,
    workers: int = 1,
    height: Height | None = None,
    voice: Proposer | None = None,
) -> World:
    """The world that `World.save` wrote; raises `SaveError` if the file is damaged or too new.

    A world of your own `height` needs it again: a save holds no functions, and tells if it is
    another one.
    """
    saved = read_save(path, WORLD_VERSION)
    if make_shape(None, height).mark() != saved.height:
        wanted = "the height that it was saved with" if saved.height else "no height of your own"
        raise SaveError(f"{str(path)!r} must be loaded with {wanted}: load_world(path, height=…)")
    loaded = World(
        saved.seed,
        pack=pack,
        cache_bytes=cache_bytes,
        workers=workers,
        size=saved.size,
        height=height,
        voice=voice,
        wrap=saved.wrap,
    )
    loaded.changes = saved.changes
    try:
        loaded._land.edits.load(saved.edits, LIMIT // CHUNK)
    except ValueError as error:
        raise SaveError(f"path must be a saved game, {str(path)!r} is damaged: {error}") from None
    return loaded


def world(
    seed: Seed,
    *,
    pack: Pack | None = None,
    cache_bytes: int = 64_000_000,
    workers: int = 1,
    size: int | tuple[int, int] | None = None,
    height: Height | None = None,
    voice: Proposer | None = None,
    wrap: bool = False,
) -> World:
    """The world of a seed, a whole number or a text; the rest as for `World`.

    >>> import aigc_procgen as procgen
    >>> procgen.world(42).terrain(0, 0, 3, 2).shape
    (2, 3)
    """
    return World(
        seed,
        pack=pack,
        cache_bytes=cache_bytes,
        workers=workers,
        size=size,
        height=height,
        voice=voice,
        wrap=wrap,
    )


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
        from .story.descriptions import translated  # with all of history

        person = translated(seed, person, language=language)
    return _character(person, seed, check_pack(pack))
