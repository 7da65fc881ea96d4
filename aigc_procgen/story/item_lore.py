"""What is told of a thing: who made it and when, who had it, and what it was there for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..core.random import stream
from ..core.records import Record
from .cultures import culture_of
from .fact_set import Fact
from .figures import MASTERS, Figure, event_rules, houses, make_figure
from .history import History
from .names import names
from .teller import Teller, event_phrase, person_words

__all__ = ["ItemLore", "lore"]

_SPOKEN_OF = 45
_MAKERS = {"weapon": "smith", "armour": "smith", "jewel": "smith", "writing": "scholar"}


@dataclass(frozen=True, kw_only=True)
class ItemLore(Record):
    """The story of a thing: its name, maker and owner (ids and names), years, and the event.

    `event` is the id of something that its place came through while the thing was there, "" if
    nothing happened since; `facts` say the same.
    """

    item: str
    name: str
    kind: str
    place: str
    maker: str
    maker_name: str
    made: int
    owner: str
    owner_name: str
    event: str
    text: str
    facts: tuple[tuple[str, ...], ...]


def lore(
    history: History, item: str, *, kind: str = "sword", name: str = "", language: str = "en"
) -> ItemLore:
    """The story of a thing of a place, the same for the same `item`, an id or any text.

    `kind` is a category such as "sword" or "book"; without a `name` the thing has one of its own,
    in the tongue of the place.
    """
    seed = history.seed
    dice = stream(seed, "item lore", history.id, item)
    teller = Teller(seed, "item lore", history.id, item, language=language)
    table = teller.table("item_lore")
    group = str(table["groups"].get(kind, "any"))
    grammar = teller.grammar
    if not name:
        own = names(f"{seed} {item}", "weapon", 1, culture=culture_of(seed, history.id))[0]
        name = grammar.named(own, "thing")
    end = history.ended or history.year
    made = dice.between(min(history.founded + 1, end - 1), end - 1)
    maker = _maker(history, item, group, made)
    owner = _owner(history, made)
    words = {
        "item": name,
        "place": grammar.named(history.name, "place"),
        "made": str(made),
        "maker": grammar.named(maker.name, "person", maker.sex),
        "how_long": str(history.year - made) if history.year - made > 1 else "",
        **person_words("owner", owner, language),
    }
    later = [
        event
        for event in history.events
        if event.year > made and event_rules()[event.kind].mark >= _SPOKEN_OF
    ]
    event = dice.choice(later) if later else None

    def line(part: str) -> str:
        return teller.line(part, _lines(table[part], group), words)

    parts = [line("made"), line("owned") if owner else ""]
    if event is not None:
        words |= {"event": event_phrase(event, language), "when": str(event.year)}
        if owner and 0 < owner.died < event.year:
            del words["owner"]  # who was dead by then
        parts.append(line("deed"))
    parts.append(line("now") if dice.chance(1, 2) else "")
    facts: list[Fact] = [("made", maker.id, item, str(made)), ("name", maker.id, maker.name)]
    if owner:
        facts += [("owned", owner.id, item), ("name", owner.id, owner.name)]
    if event is not None:
        facts += [("present", item, event.id), *event.facts]
    return ItemLore(
        item=item,
        name=name,
        kind=kind,
        place=history.id,
        maker=maker.id,
        maker_name=maker.name,
        made=made,
        owner=owner.id if owner else "",
        owner_name=owner.name if owner else "",
        event=event.id if event else "",
        text=grammar.joined(part for part in parts if part),
        facts=tuple(facts),
    )


def _lines(table: dict[str, Any], group: str) -> list[str]:
    return [*table.get(group, []), *(table["any"] if group not in table else [])]


def _maker(history: History, item: str, group: str, made: int) -> Figure:
    """Who made it: somebody of the trade whom history names, or a dead craftsman of a family."""
    trade = _MAKERS.get(group, "carpenter")
    for figure in history.figures:
        grown = figure.born + 18 <= made and (not figure.died or made <= figure.died)
        if figure.role == trade and figure.home == history.id and figure.died and grown:
            return figure
    figure_id = f"past:{history.id}:{item}"
    dice = stream(history.seed, "maker", figure_id)
    return make_figure(
        history.seed,
        figure_id,
        home=history.id,
        family=dice.choice(houses(history.seed, history.id, history.kind)),
        role=trade,
        number=MASTERS + dice.below(40),
        born=made - dice.between(22, 50),
        died=made + dice.between(1, 30),
    )


def _owner(history: History, made: int) -> Figure | None:
    """The first whom history names as ruling after it was made."""
    rulers = [
        figure
        for figure in history.figures
        if figure.role == "ruler"
        and figure.home == history.id
        and figure.born + 18 <= made + 20
        and (not figure.died or figure.died > made)
    ]
    return min(rulers, key=lambda figure: (figure.born, figure.id)) if rulers else None
