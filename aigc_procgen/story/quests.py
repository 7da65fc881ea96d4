"""Offers: who asks for what, and why; `plan_quest` finds what somebody has a reason to ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..core.errors import InvalidArgument
from ..core.random import Seed, stream
from .askers import who_asks
from .fact_set import Facts
from .objectives import Line, Objective
from .patterns import Bindings
from .planner import bindings_of, plan
from .profile import Profile
from .proposals import Proposer
from .quest_record import Quest, QuestStatus
from .strategies import Strategy, motivations, strategies
from .tables import check_language
from .telling import told
from .turns import check_recent

__all__ = ["Line", "Objective", "Quest", "QuestStatus", "plan_quest"]

_TRIES = 12
_BINDINGS = 8
_MEMORY = 10  # quests, of `recent`


def plan_quest(
    seed: Seed,
    facts: Facts | None = None,
    giver: str | None = None,
    profile: Profile | None = None,
    index: int = 0,
    recent: Iterable[Quest] = (),
    *,
    language: str = "en",
    voice: Proposer | None = None,
) -> Quest:
    """A quest that `giver` has a reason to ask for; without facts, in a small neighbourhood.

    What is asked follows from how urgent it is, the giver's drives and the player's profile; the
    `index` goes on to the giver's next wish. `recent` are quests that the player was given lately,
    the last one last: their like is asked for less, and in other words. `language` is that of the
    words, one of `LANGUAGES`; all else is the same in each. `voice` may put what is said otherwise
    in its own language, see `load_voice`; the plan is the same. Raises `InvalidArgument` if the
    giver is no living person of the facts, or has nothing to ask for.
    """
    check_language(language)
    facts, giver = who_asks(seed, facts, giver, index)
    liked = (
        profile.weights() if profile else dict.fromkeys(motivations(), 1000 // len(motivations()))
    )
    drives = {fact[2]: int(fact[3]) for fact in facts.find("drive", giver)}
    lately = check_recent(recent)
    for fallback in (False, True):
        group = [
            (strategy, bindings)
            for strategy in strategies()
            if strategy.fallback is fallback
            and (bindings := bindings_of(strategy, facts, giver, _BINDINGS))
        ]
        weights = [_weight(strategy, drives, liked, lately) for strategy, _ in group]
        for turn, (strategy, roles) in enumerate(_deck(seed, giver, group, weights, lately, index)):
            dice = stream(seed, "quest", giver, index, turn)
            found = plan(strategy, facts, roles, dice)
            if found is not None:
                quest = told(
                    seed, facts, found, giver, index, lately, language=language, voice=voice
                )
                # The proof is replayed from fresh facts, apart from the planner's own state.
                if quest.objectives and quest.way(facts):
                    return quest
    raise InvalidArgument(f"giver {giver!r} has nothing to ask for now: ask somebody else")


_Option = tuple[Strategy, list[Bindings]]


def _deck(
    seed: Seed,
    giver: str,
    group: list[_Option],
    weights: list[int],
    lately: tuple[Quest, ...],
    index: int,
) -> Iterator[tuple[Strategy, Bindings]]:
    """Up to `_TRIES` strategies with roles, from place `index` on in an order of the giver's own.

    The order goes through all strategies, likelier ones earlier, before one comes again with other
    roles: so the next quest of a giver is another one.
    """
    if not group:
        return
    dice = stream(seed, "wishes", giver)
    left, order = list(weights), []
    for _ in group:
        chosen = dice.weighted(range(len(group)), left)
        left[chosen] = 0
        order.append((group[chosen][0], dice.shuffled(group[chosen][1])))
    again = {(quest.strategy, tuple(quest.roles.values())) for quest in lately}
    stale = []
    for step in range(index, index + _TRIES):
        round_, place = divmod(step, len(order))
        strategy, bindings = order[place]
        fresh = [
            roles
            for roles in bindings
            if (strategy.name, tuple(value for _, value in sorted(roles.items()))) not in again
        ]
        if fresh:
            yield strategy, fresh[round_ % len(fresh)]
        else:
            stale.append((strategy, bindings[round_ % len(bindings)]))
    yield from stale


def _weight(
    strategy: Strategy,
    drives: Mapping[str, int],
    liked: Mapping[str, int],
    lately: tuple[Quest, ...],
) -> int:
    drive = drives.get(strategy.motivation, 300)
    urgency = 3 if strategy.mood == "urgent" else 2
    weight = strategy.weight * drive * liked[strategy.motivation] * urgency // 1000
    # What was asked for a moment ago is asked for least.
    for ago, quest in enumerate(reversed(lately[-_MEMORY:])):
        if quest.strategy == strategy.name:
            weight = weight * (ago + 1) // (_MEMORY + 1)
        elif quest.motivation == strategy.motivation:
            weight = weight * (ago + 2) // (ago + 3)
    return 1 + weight
