"""Rumours: what people pass on, and how true it is. Each is about one fact of the neighbourhood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..core.errors import InvalidArgument, check_int
from ..core.random import Seed, Stream, check_seed, stream
from ..core.records import Record
from .fact_set import Fact, Facts
from .grammar import Grammar, count_of
from .tables import check_language, load_table
from .teller import Teller

__all__ = ["TRUTHS", "Rumour", "rumours_of"]

TRUTHS = ("true", "exaggerated", "false")
_SHARES = (5, 3, 3)  # of TRUTHS
_MOST = 40


@dataclass(frozen=True, kw_only=True)
class Rumour(Record):
    """A rumour: what is said, how true it is (`TRUTHS`) and the fact that it is about.

    `fact` is always true; `claim` is what the words say of it as a fact, if they say it so.
    """

    id: str
    text: str
    truth: str
    fact: tuple[str, ...]
    claim: tuple[str, ...]


@dataclass(kw_only=True)
class _Topic:
    sort: str
    fact: Fact
    where: str
    words: dict[str, str] = field(default_factory=dict)
    moved: int = -1
    """Which part of the fact is the place that a false rumour moves."""


def rumours_of(
    seed: Seed, facts: Facts, place: str, count: int = 6, *, language: str = "en"
) -> tuple[Rumour, ...]:
    """Up to `count` rumours (1 to 40) that go round in a place of the facts, each about another
    fact; fewer where less is going on. Raises `InvalidArgument` for a place that is not there.
    """
    check_seed(seed)
    check_int("count", count, 1, _MOST)
    if ("place", place) not in facts:
        raise InvalidArgument(f"place must be a place of the facts, not {place!r}")
    check_language(language)
    dice = stream(seed, "rumours", place)
    teller = Teller(seed, "rumours", place, language=language)
    table, grammar = teller.table("rumours"), teller.grammar
    places = [fact[1] for fact in facts.find("place")]
    openings = dice.shuffled(table["opening"])
    now = max((int(fact[1]) for fact in facts.find("now")), default=0)
    found: list[Rumour] = []
    for topic in _mixed(dice, _topics(facts, now, grammar, language)):
        if len(found) == count:
            break
        truth = dice.weighted(TRUTHS, _SHARES)
        away = [other for other in places if other != topic.where]
        elsewhere = dice.choice(away) if away else ""
        many = dice.between(7, 40)
        words = topic.words | {
            "place": grammar.phrase(facts, place, ""),
            "where": grammar.phrase(facts, topic.where, "") if topic.where else "",
            "elsewhere": grammar.phrase(facts, elsewhere, "") if elsewhere else "",
            "many": str(many),
        }
        said = teller.line(f"{topic.sort} {truth}", table[topic.sort][truth], words)
        if not said:
            continue
        if openings and dice.chance(1, 2):
            # The line begins small after an opening, unless it begins with a name.
            begun = said if _is_name(said, words) else said[0].lower() + said[1:]
            said = grammar.joined((openings.pop(), begun))
        claim: Fact = topic.fact if truth == "true" else ()
        if truth == "false" and topic.moved >= 0 and words["elsewhere"] in said:
            claim = (*topic.fact[: topic.moved], elsewhere, *topic.fact[topic.moved + 1 :])
        found.append(
            Rumour(
                id=f"rumour:{place}:{len(found)}",
                text=said,
                truth=truth,
                fact=topic.fact,
                claim=claim,
            )
        )
    return tuple(found)


def _is_name(text: str, words: Mapping[str, str]) -> bool:
    """Whether a text begins with one of the words that are written large anyway."""
    return any(word and word[0].isupper() and text.startswith(word) for word in words.values())


def _mixed(dice: Stream, topics: list[_Topic]) -> list[_Topic]:
    """The topics in random order, sort by sort in turn, so that no sort fills a set."""
    by_sort: dict[str, list[_Topic]] = {}
    for topic in dice.shuffled(topics):
        by_sort.setdefault(topic.sort, []).append(topic)
    order = dice.shuffled(sorted(by_sort))
    mixed: list[_Topic] = []
    while any(by_sort.values()):
        mixed += [by_sort[sort].pop() for sort in order if by_sort[sort]]
    return mixed


def _topics(facts: Facts, now: int, grammar: Grammar, language: str) -> list[_Topic]:
    """Everything in the facts that is worth passing on."""
    found: list[_Topic] = []

    def person(entity: str, name: str = "who") -> dict[str, str]:
        sex = facts.value("gender", entity)
        forms = grammar.pronouns(sex) if sex else {}
        return {
            name: grammar.phrase(facts, entity, ""),
            **{f"{name}_{form}": word for form, word in forms.items()},
        }

    def at(entity: str) -> Fact | None:
        held = facts.find("at", entity)
        return held[0] if held else None

    for _, monster in facts.find("monster"):
        if (spot := at(monster)) and ("dead", monster) not in facts:
            words = _thing(facts, monster, grammar)
            found.append(_Topic(sort="monster", fact=spot, where=spot[2], words=words, moved=2))
    for _, item in facts.find("item"):
        if (spot := at(item)) and ("wild", item) not in facts and ("place", spot[2]) in facts:
            words = _thing(facts, item, grammar)
            found.append(_Topic(sort="hidden", fact=spot, where=spot[2], words=words, moved=2))
    for _, entity in facts.find("person"):
        spot = at(entity)
        if spot and ("hostile", entity) in facts and ("dead", entity) not in facts:
            words = person(entity)
            found.append(_Topic(sort="outlaw", fact=spot, where=spot[2], words=words, moved=2))
    for fact in facts.find("captive"):
        if spot := at(fact[1]):
            words = person(fact[1])
            found.append(_Topic(sort="captive", fact=fact, where=spot[2], words=words))
    phrases = load_table("history_lines", language)["events"]
    for fact in facts.find("event"):
        happened, year = facts.find("happened", fact[1]), facts.value("year", fact[1])
        if happened and ("place", happened[0][2]) in facts and now - int(year) > 1:
            words = {
                "event": str(phrases[fact[2]]).replace("{year}", year),
                "year": year,
                "ago": str(now - int(year)),
            }
            found.append(
                _Topic(sort="event", fact=happened[0], where=happened[0][2], words=words, moved=2)
            )
    for fact in facts.find("rules"):
        words = person(fact[1]) | {"year": fact[3]}
        found.append(_Topic(sort="ruler", fact=fact, where=fact[2], words=words))
    for fact in facts.find("child_of"):
        home = facts.place_of(fact[1])
        if home and facts.value("name", fact[2]):
            words = person(fact[1]) | person(fact[2], "parent")
            found.append(_Topic(sort="kin", fact=fact, where=home, words=words))
    return found


def _thing(facts: Facts, thing: str, grammar: Grammar) -> dict[str, str]:
    many = count_of(facts, thing) > 1
    return {
        "is": "are" if many else "is",
        "has": "have" if many else "has",
        "a": grammar.phrase(facts, thing, "a"),
        "the": grammar.phrase(facts, thing, "the"),
        "plural": grammar.word(facts, "plural", thing),
    }
