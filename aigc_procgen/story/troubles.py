"""What a neighbourhood is made to want and fear: items, monsters, fixtures, troubles, motives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.random import Stream
from .fact_set import Fact
from .strategies import motivations
from .tables import load_table

__all__ = ["Stage", "fill_stage"]

_WILD = ("ruin", "mine", "camp", "shrine", "cave")


@dataclass(kw_only=True)
class Stage:
    """The places and people of a neighbourhood while its facts are being made."""

    mark: str
    """Tells the things of this stage from those of every other."""
    dice: Stream
    places: Sequence[Any]
    people: Sequence[Any]
    outlaws: Sequence[Any]
    facts: list[Fact]
    items: list[tuple[str, str]] = field(default_factory=list)
    """(id, kind) of every item that is not wild."""
    held: list[str] = field(default_factory=list)
    """Ids of the items that enemies hold."""
    traded: list[tuple[str, str]] = field(default_factory=list)
    """(holder, item) of goods for trade."""
    wild: list[str] = field(default_factory=list)
    fixtures: list[tuple[str, str]] = field(default_factory=list)
    """(id, place) of every sound fixture."""
    enemies: list[tuple[str, str, str]] = field(default_factory=list)
    """(id, kind, place) of every monster and outlaw."""
    used: set[str] = field(default_factory=set)
    count: int = 0

    def new_id(self, sort: str, kind: str) -> str:
        self.count += 1
        return f"{sort}:{self.mark}:{kind}:{self.count}"

    def name_thing(self, thing: str, words: Sequence[Any]) -> None:
        """Adds name, article and plural, the records that morphology reads."""
        singular, article, plural = (str(word) for word in words[:3])
        self.facts += [("name", thing, singular), ("article", thing, article)]
        self.facts.append(("plural", thing, plural))

    def new_item(self, kind: str) -> str:
        """An item of the kind with a name that no other has, as yet nowhere."""
        things = load_table("things")
        nouns = self.dice.shuffled(things["items"][kind])
        forms = [] if kind not in things["unadorned"] else [tuple(words) for words in nouns]
        for adjective, article in self.dice.shuffled(things["adjectives"]):
            forms += [(f"{adjective} {n}", article, f"{adjective} {p}") for n, _, p in nouns]
        words = next(form for form in forms if form[0] not in self.used)
        self.used.add(words[0])
        item = self.new_id("item", kind)
        self.facts += [("item", item), ("kind", item, kind)]
        self.name_thing(item, words)
        self.items.append((item, kind))
        return item

    def of_kind(self, kind: str) -> Any:
        """A place of that kind, or any."""
        return self.dice.choice([p for p in self.places if p.kind == kind] or self.places)


def fill_stage(stage: Stage) -> None:
    """Adds all facts that make a neighbourhood worth acting in."""
    _place_monsters(stage)
    _place_wild(stage)
    _place_items(stage)
    _place_fixtures(stage)
    _trouble_places(stage)
    _trouble_people(stage)
    _personal_motives(stage)
    _whisper(stage)


def _place_monsters(stage: Stage) -> None:
    things, dice = load_table("things"), stage.dice
    wild = [p for p in stage.places if p.kind in _WILD] or list(stage.places)
    lairs = [*dice.shuffled(wild)[:4], *dice.sample(stage.places, 2)]
    for place in lairs:
        weights = things["lairs"].get(place.kind, {"beast": 1})
        kind = dice.weighted(tuple(weights), tuple(weights.values()))
        fresh = [words for words in things["monsters"][kind] if words[0] not in stage.used]
        if not fresh:
            continue
        words = dice.choice(fresh)
        stage.used.add(words[0])
        monster = stage.new_id("monster", kind)
        stage.facts += [("monster", monster), ("kind", monster, kind), ("hostile", monster)]
        stage.facts += [("at", monster, place.id), ("count", monster, str(words[3]))]
        stage.name_thing(monster, words)
        stage.enemies.append((monster, kind, place.id))
    for outlaw in stage.outlaws:
        stage.facts.append(("kind", outlaw.id, "outlaw"))
        stage.enemies.append((outlaw.id, "outlaw", outlaw.place))


def _place_wild(stage: Stage) -> None:
    for place in stage.places:
        options = load_table("things")["wild"].get(place.kind, [])
        fresh = [words for words in options if words[1] not in stage.used]
        if fresh:
            kind, singular, article, plural, count = stage.dice.choice(fresh)
            stage.used.add(singular)
            item = stage.new_id("item", kind)
            stage.facts += [("item", item), ("kind", item, kind), ("wild", item)]
            stage.facts += [("at", item, place.id), ("count", item, str(count))]
            stage.name_thing(item, (singular, article, plural))
            stage.wild.append(item)


def _place_items(stage: Stage) -> None:
    dice, things = stage.dice, load_table("things")
    for mark, options in sorted(things["tools"].items()):
        kind, *words = dice.choice(options)
        item = stage.new_id("item", kind)
        stage.facts += [("item", item), ("kind", item, kind), (mark, item)]
        stage.name_thing(item, words)
        stage.items.append((item, kind))
        stage.facts.append(("at", item, dice.choice(stage.places).id))
    kinds = sorted(things["items"])
    wild = [p for p in stage.places if p.kind in _WILD] or list(stage.places)
    for kind in (*dice.sample(kinds, 6), "book", "gem", "potion"):
        item = stage.new_item(kind)
        stage.facts.append(("at", item, dice.choice(wild).id))
        if dice.chance(1, 2):
            stage.facts.append(("secret", item))
    for enemy, sort, _ in stage.enemies:
        if dice.chance(2, 3):
            item = stage.new_item(dice.choice(things["hoards"][sort]))
            stage.facts += [("has", enemy, item), ("hoards", enemy, item)]
            stage.held.append(item)
    for person in dice.sample(stage.people, max(2, len(stage.people) // 5)):
        item = stage.new_item(dice.choice(kinds))
        wanted = dice.choice(("food", "gem", "bush", "potion", "scroll", "book"))
        stage.facts += [("has", person.id, item), ("trades", person.id, item, wanted)]
        stage.traded.append((person.id, item))
    # Each wanted kind can be had somewhere in the open.
    for kind in ("food", "scroll", "potion", "bush"):
        if kind in things["items"]:
            stage.facts.append(("at", stage.new_item(kind), dice.choice(stage.places).id))


def _place_fixtures(stage: Stage) -> None:
    dice = stage.dice
    for place in stage.places:
        options = load_table("things")["fixtures"].get(place.kind, [])
        fresh = [words for words in options if words[0] not in stage.used]
        for words in dice.sample(fresh, 2 if place.kind in ("town", "village") else 1):
            stage.used.add(words[0])
            thing = stage.new_id("thing", "fixture")
            stage.facts += [("fixture", thing), ("at", thing, place.id)]
            stage.name_thing(thing, words)
            trouble = dice.choice(("damaged", "unfinished", "dismantled", "untried", ""))
            if trouble:
                stage.facts.append((trouble, thing))
            if trouble in ("untried", ""):
                stage.fixtures.append((thing, place.id))


def _trouble_places(stage: Stage) -> None:
    dice = stage.dice
    homes = [p for p in stage.places if any(person.place == p.id for person in stage.people)]
    if not homes:
        return
    for monster, kind, _ in stage.enemies:
        if kind == "outlaw":
            stage.facts.append(("wanted", monster))
        elif dice.chance(3, 5):
            verb = "pesters" if kind in ("slime", "beast") and dice.chance(1, 2) else "threatens"
            stage.facts.append((verb, monster, dice.choice(homes).id))
    stage.facts += [("exposed", place.id) for place in homes if dice.chance(1, 4)]


def _trouble_people(stage: Stage) -> None:
    dice, people = stage.dice, list(stage.people)
    lairs = [(enemy, place) for enemy, _, place in stage.enemies]
    if len(people) >= 3 and lairs and dice.chance(1, 2):
        lost, kin = dice.sample(people, 2)
        enemy, lair = dice.choice(lairs)
        stage.facts.remove(("at", lost.id, lost.place))
        stage.facts += [
            ("at", lost.id, lair),
            ("captive", lost.id, enemy),
            ("home", lost.id, lost.place),
        ]
        stage.facts.append(("kin", kin.id, lost.id))
        people.remove(lost)
    for person in dice.sample(people, max(1, len(people) // 8)):
        kind = dice.choice(load_table("things")["ailments"])
        stage.facts.append(("ails", person.id, kind))
    for person in dice.sample(people, len(people) // 8 + 1):
        if stage.held:
            stage.facts.append(("stolen", dice.choice(stage.held), person.id))
    for _ in range(len(people) // 8 + 1):
        if len(people) >= 2:
            keeper, owner = dice.sample(people, 2)
            item = stage.new_item(dice.choice(("amulet", "book", "scroll", "sword")))
            stage.facts += [("has", keeper.id, item), ("promised", item, owner.id)]


def _personal_motives(stage: Stage) -> None:
    table = {n: m for n, m in load_table("things")["motives"].items() if n != "about"}
    by_motivation: dict[str, list[str]] = {}
    for predicate in sorted(table):
        by_motivation.setdefault(table[predicate]["motivation"], []).append(predicate)
    captives = {fact[1] for fact in stage.facts if fact[0] == "captive"}
    for person in stage.people:
        if person.id in captives:
            continue
        dice = stage.dice.child(person.id)
        drives: dict[str, int] = getattr(person, "drives", {}) or dict.fromkeys(motivations(), 300)
        moved = {m: max(1, drives.get(m, 300)) for m in sorted(by_motivation)}
        for _ in range(3):
            motivation = dice.weighted(tuple(moved), tuple(moved.values()))
            predicate = dice.choice(by_motivation[motivation])
            wanted = _object(stage, dice, person, table[predicate], captives)
            if wanted is not None:
                asker_second = table[predicate].get("asker") == "second"
                pair = (wanted, person.id) if asker_second else (person.id, wanted)
                stage.facts.append((predicate, *pair))
                moved[motivation] = max(1, moved[motivation] // 3)


def _object(
    stage: Stage, dice: Stream, person: Any, motive: dict[str, Any], captives: set[str]
) -> str | None:
    """What a motive of this sort is about, or None if there is nothing of the sort."""
    kinds = motive.get("kinds")

    def fitting(pairs: Sequence[tuple[str, str]]) -> list[str]:
        return [name for name, kind in pairs if kinds is None or kind in kinds]

    sorts: dict[str, Callable[[], list[str]]] = {
        "item": lambda: fitting(stage.items),
        "enemy": lambda: fitting([(enemy, kind) for enemy, kind, _ in stage.enemies]),
        "person": lambda: [
            p.id for p in stage.people if p.place != person.place and p.id not in captives
        ],
        "wild_place": lambda: [
            p.id for p in stage.places if p.kind in _WILD and p.id != person.place
        ],
        "kind": lambda: list(kinds or ()),
        "held_item": lambda: stage.held,
        "wild_item": lambda: stage.wild,
        "traded_item": lambda: [item for holder, item in stage.traded if holder != person.id],
        "fixture": lambda: [thing for thing, place in stage.fixtures if place == person.place],
    }
    options = sorts[motive["object"]]()
    return dice.choice(options) if options else None


def _whisper(stage: Stage) -> None:
    """Some enemies hide; each secret is known to somebody, and some are written down."""
    dice = stage.dice
    for enemy, kind, _ in stage.enemies:
        if dice.chance(1, 2 if kind == "outlaw" else 5):
            stage.facts.append(("secret", enemy))
    captives = {fact[1] for fact in stage.facts if fact[0] == "captive"}
    free = [person.id for person in stage.people if person.id not in captives]
    books = [item for item, kind in stage.items if kind in ("book", "scroll")]
    for secret in [fact[1] for fact in stage.facts if fact[0] == "secret"]:
        stage.facts += [("knows", person, secret) for person in dice.sample(free, 2)]
        if books and dice.chance(1, 2):
            book = dice.choice(books)
            if book != secret:
                stage.facts.append(("tells", book, secret))
