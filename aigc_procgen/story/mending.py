"""Another way to a quest's end, when what happened since has closed the first; or its last line.

The roles stay as they are as long as they can. Then others come in that the same reason allows,
other ways to answer the same reason, other wishes of the same motivation; and where the giver
cannot ask any more, somebody who is near to them takes the matter over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from ..core.random import stream
from .askers import can_ask, successors
from .fact_set import Facts
from .objectives import Line
from .patterns import Bindings, filled, solve
from .planner import bindings_of, plan
from .proposals import Proposer
from .quest_record import Quest
from .strategies import Strategy, strategies, strategy_of
from .telling import told
from .turns import check_recent
from .words import Speaker

__all__ = ["closing", "mended"]

_BINDINGS = 4
_TRIES = 40


def mended(
    quest: Quest,
    facts: Facts,
    voice: Proposer | None = None,
    recent: Iterable[Quest] = (),
) -> Quest | None:
    """The quest planned anew from these facts, or None; see `Quest.replan`."""
    heard = (*check_recent(recent), quest)
    options = islice(_options(quest, facts), _TRIES)
    tried: list[tuple[str, Bindings]] = []
    for attempt, (strategy, roles) in enumerate(options):
        if (strategy.name, roles) in tried:
            continue
        tried.append((strategy.name, roles))
        dice = stream(quest.seed, "replan", quest.id, facts.digest(), attempt)
        found = plan(strategy, facts, roles, dice, resume=True)
        if found is None:
            continue
        giver = roles["?giver"]
        former = quest.giver if giver != quest.giver else ""
        again = told(
            quest.seed,
            facts,
            found,
            giver,
            quest.index,
            heard,
            former=former,
            language=quest.language,
            voice=voice,
        )
        rival = quest.rival
        if rival is None or rival.item not in again.roles.values():
            rival = again.rival
        again = replace(
            again, id=quest.id, deadline=quest.deadline, lapses=quest.lapses, rival=rival
        )
        if again.objectives and again.check(facts, now=None).state in ("open", "late"):
            return again
    return None


def _options(quest: Quest, facts: Facts) -> Iterator[tuple[Strategy, Bindings]]:
    """Strategies with roles that may take the place of a broken quest's, the likest first."""
    own = strategy_of(quest.strategy)
    alive = can_ask(facts, quest.giver)
    askers = [quest.giver] if alive else successors(facts, quest.giver)
    others = [s for s in strategies() if s.name != own.name]
    kindred = [s for s in others if s.motivation == own.motivation and not s.fallback]
    before = {f"?{name}": value for name, value in quest.roles.items()}
    for asker in askers:
        if alive:
            yield own, before
        # What the giver wished somebody else may wish for them, whatever their own reasons are.
        for kept in _kept(before, facts):
            for roles in islice(solve(own.where, facts, kept | {"?giver": asker}), _BINDINGS):
                if all(name in roles for name in before):
                    yield own, roles
        for strategy in (own, *others):
            for roles in bindings_of(strategy, facts, asker, _BINDINGS):
                if strategy is own or filled(strategy.cause, roles) == quest.cause:
                    yield strategy, roles
    for asker in askers:
        for strategy in kindred:
            for roles in bindings_of(strategy, facts, asker, 1):
                yield strategy, roles


def _kept(before: Bindings, facts: Facts) -> list[Bindings]:
    """The roles less the giver and what depends on where they are; then less the dead too."""
    wish = {name: v for name, v in before.items() if name not in ("?giver", "?home")}
    living = {name: v for name, v in wish.items() if ("dead", v) not in facts}
    return [wish] if living == wish else [wish, living]


def closing(quest: Quest, facts: Facts) -> Line:
    """What is said when a quest can come to no end any more; see `Quest.closing`."""
    alive = can_ask(facts, quest.giver)
    heirs = [] if alive else successors(facts, quest.giver)
    dead = [v for _, v in sorted(quest.roles.items()) if ("dead", v) in facts and v != quest.giver]
    things = [v for _, v in sorted(quest.roles.items()) if ("item", v) in facts]
    rival = quest.rival
    if not alive and not heirs:
        act, lost = "closed_orphan", quest.giver
    elif not alive:
        act, lost = "closed_dead", quest.giver
    elif rival is not None and ("has", rival.person, rival.item) in facts:
        act, lost = "beaten", rival.item
    elif dead:
        act, lost = "closed_dead", dead[0]
    elif things:
        act, lost = "closed_gone", things[0]
    else:
        act, lost = "closed", ""
    who = quest.giver if alive else (heirs or ["player"])[0]
    roles = quest.roles | {"lost": lost}
    if rival is not None:
        roles |= {"rival": rival.person, "item": rival.item}
    speaker = Speaker(
        quest.seed,
        facts,
        who,
        roles,
        act,
        quest.id,
        language=quest.language,
        deed=strategy_of(quest.strategy).deed,
    )
    text = speaker.line(act, index=quest.index, voice="player" if who == "player" else "")
    return Line(key=f"{quest.id}.closing", speaker=who, act=act, text=text)
