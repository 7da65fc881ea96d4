"""Quests: why somebody asks, what is to be done, the proof that it can be, and the words for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from ..core.errors import InvalidArgument, check_int
from ..core.random import Seed, check_seed, stream
from ..core.records import Record
from .fact_set import PLAYER, Facts
from .facts import Action, apply, done_facts, legal, station, target_of
from .neighbourhood import small_neighbourhood
from .patterns import Bindings
from .planner import Plan, bindings_of, plan
from .profile import Profile
from .proposals import GRAMMAR, Proposer, Writer, make_writer
from .strategies import Strategy, motivations, strategies
from .words import Speaker, phrase, sentence_case

__all__ = ["Line", "Objective", "Quest", "QuestStatus", "plan_quest"]

_TRIES = 12
_BINDINGS = 8
_MEMORY = 10  # quests, of `recent`
_SORTS = ("person", "place", "item", "monster")
_NAMING = ("name", "called", "proper", "article", "plural", "count")
_DESCRIBING = (*_SORTS, *_NAMING, "kind", "role", "voice", "gender", "at")
# What an objective tells the player, by verb; {0} and {1} are the action's entities.
_OBJECTIVES = {
    "explore": "search {place}",
    "listen": "hear {0} out",
    "report": "tell {0}",
    "take": "take {0}",
    "gather": "gather {0}",
    "give": "give {0} to {1}",
    "exchange": "trade {0} for {1} with {2}",
    "kill": "put an end to {0}",
    "damage": "beat {0} in a fight",
    "capture": "lead {0} away",
    "escort": "free {0}",
    "use": "use {0} on {1}",
    "repair": "mend {0}",
    "defend": "stand guard over {0}",
    "experiment": "try out {0}",
    "read": "read {0}",
    "spy": "watch {0} unseen",
    "stealth": "get close to {0} unseen",
}


@dataclass(frozen=True, kw_only=True)
class Line(Record):
    """Something said: a key for translation, who says it ("player" too), the act, the words.

    `source` is whose words they are: the "grammar"'s, or a proposer's ("voice", "llm").
    """

    key: str
    speaker: str
    act: str
    text: str
    source: str = GRAMMAR


@dataclass(frozen=True, kw_only=True)
class Objective(Record):
    """A deed that a quest asks for, in its turn.

    `target` is who or what the player walks up to, `place` where that was when the quest was
    planned; `action` is what a game passes to `apply` when the player has done it, and `done_when`
    are the facts that then hold.
    """

    id: str
    verb: str
    target: str
    place: str
    count: int
    after: tuple[str, ...]
    action: tuple[str, ...]
    done_when: tuple[tuple[str, ...], ...]
    text: str

    def done(self, facts: Facts) -> bool:
        """Whether the deed shows in the facts."""
        return all(fact in facts for fact in self.done_when)


@dataclass(frozen=True, kw_only=True)
class QuestStatus(Record):
    """How a quest stands: state is open, done or broken; `objective` is the next, or what broke."""

    state: str
    objective: str


@dataclass(frozen=True, kw_only=True)
class Quest(Record):
    """A quest. `proof` is the plan, replayed legally from the facts of digest `world`.

    `named` are the facts (names, trades, where they are…) about everybody and everything that it
    speaks of, so that it can be told without its world: `phrase(Facts(quest.named), id)`.
    """

    id: str
    seed: int | str
    index: int
    world: str
    giver: str
    motivation: str
    strategy: str
    because: str
    cause: tuple[str, ...]
    roles: dict[str, str]
    title: str
    objectives: tuple[Objective, ...]
    lines: tuple[Line, ...]
    rewards: dict[str, int]
    outcomes: tuple[tuple[str, str], ...]
    proof: tuple[tuple[str, ...], ...]
    named: tuple[tuple[str, ...], ...]

    def next_objective(self, facts: Facts) -> Objective | None:
        """The first objective after the last one that shows as done; None when all are."""
        left = self._left(facts)
        return left[0] if left else None

    def way(self, facts: Facts) -> tuple[Action, ...]:
        """The legal actions that lead from these facts to the end; () if there are none left.

        Raises `InvalidArgument` if the rest cannot be done any more: then ask `replan`.
        """
        found = _walk(self._left(facts), facts)
        if found is None:
            raise InvalidArgument(f"facts must still allow the quest {self.id}: ask replan(facts)")
        return found

    def _left(self, facts: Facts) -> tuple[Objective, ...]:
        last = -1
        for place, objective in enumerate(self.objectives):
            # Earlier deeds may leave no trace (a thing taken is given away): later ones vouch.
            if objective.done(facts):
                last = place
        return self.objectives[last + 1 :]

    def check(self, facts: Facts) -> QuestStatus:
        """Whether the quest is done, still open, or broken by what happened since."""
        left = self._left(facts)
        if not left:
            return QuestStatus(state="done", objective="")
        state = "open" if _walk(left, facts) is not None else "broken"
        return QuestStatus(state=state, objective=left[0].id)

    def replan(self, facts: Facts, *, voice: Proposer | None = None) -> Quest | None:
        """The quest with another way to its end from these facts, or None if there is none.

        First with the same roles, then with others that the same reason allows. `voice` as for
        `quest`.
        """
        strategy = next(s for s in strategies() if s.name == self.strategy)
        same = {f"?{name}": value for name, value in self.roles.items()}
        others = bindings_of(strategy, facts, self.giver, _BINDINGS)
        for attempt, roles in enumerate([same, *others]):
            dice = stream(self.seed, "replan", self.id, facts.digest(), attempt)
            found = plan(strategy, facts, roles, dice, resume=True)
            if found is not None:
                told = _told(self.seed, facts, found, self.giver, self.index, (), voice)
                return replace(told, id=self.id)
        return None

    def spoken(self, act: str) -> str:
        """The words of an act of this quest, "" if it has none."""
        return " ".join(line.text for line in self.lines if line.act == act)

    def say(self, action: Action) -> list[tuple[str, str]]:
        """What people say while an action is performed, as (speaker, words)."""
        for objective in self.objectives:
            if objective.action == action:
                return [(n.speaker, n.text) for n in self.lines if n.act.endswith(objective.id)]
        return []


def _walk(objectives: tuple[Objective, ...], facts: Facts) -> tuple[Action, ...] | None:
    """The objectives' actions with the ways between them, if all are legal in their turn."""
    actions: list[Action] = []
    for objective in objectives:
        action = objective.action
        place = station(action, facts)
        if place and facts.place_of(PLAYER) != place:
            going = ("goto", place)
            if not legal(going, facts):
                return None
            actions.append(going)
            facts = apply(going, facts)
        if not legal(action, facts):
            return None
        actions.append(action)
        facts = apply(action, facts)
    return tuple(actions)


def plan_quest(
    seed: Seed,
    facts: Facts | None = None,
    giver: str | None = None,
    profile: Profile | None = None,
    index: int = 0,
    recent: Iterable[Quest] = (),
    *,
    voice: Proposer | None = None,
) -> Quest:
    """A quest that `giver` has a reason to ask for; without facts, in a small neighbourhood.

    What is asked follows from how urgent it is, the giver's drives and the player's profile; the
    `index` goes on to the giver's next wish. `recent` are quests that the player was given lately,
    the last one last: their like is asked for less, and in other words. `voice` may put what is
    said otherwise, see `load_voice`; the plan is the same. Raises `InvalidArgument` if the giver is
    no living person of the facts, or has nothing to ask for.
    """
    check_seed(seed)
    check_int("index", index, 0, 1 << 30)
    if facts is None:
        facts = small_neighbourhood(seed)[2]
    if giver is None:
        people = [fact[1] for fact in facts.find("person") if _can_ask(facts, fact[1])]
        if not people:
            raise InvalidArgument("facts must hold somebody who can give a quest, they hold nobody")
        giver = stream(seed, "giver", index).choice(people)
    elif not _can_ask(facts, giver):
        raise InvalidArgument(
            f"giver must be a living, friendly person of the facts, not {giver!r}"
        )
    options = [
        (strategy, bindings)
        for strategy in strategies()
        if (bindings := bindings_of(strategy, facts, giver, _BINDINGS))
    ]
    liked = (
        profile.weights() if profile else dict.fromkeys(motivations(), 1000 // len(motivations()))
    )
    drives = {fact[2]: int(fact[3]) for fact in facts.find("drive", giver)}
    lately = tuple(recent)
    for fallback in (False, True):
        group = [option for option in options if option[0].fallback is fallback]
        weights = [_weight(strategy, drives, liked, lately) for strategy, _ in group]
        for turn, (strategy, roles) in enumerate(_deck(seed, giver, group, weights, lately, index)):
            dice = stream(seed, "quest", giver, index, turn)
            found = plan(strategy, facts, roles, dice)
            if found is not None:
                quest = _told(seed, facts, found, giver, index, lately, voice)
                # The proof is replayed from fresh facts, apart from the planner's own state.
                if quest.objectives and _walk(quest.objectives, facts) is not None:
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


def _can_ask(facts: Facts, person: str) -> bool:
    flaws = ("dead", "hostile", "secret")
    held = any(True for _ in facts.find("captive", person))
    return ("person", person) in facts and not held and not any((f, person) in facts for f in flaws)


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


def _told(
    seed: Seed,
    facts: Facts,
    found: Plan,
    giver: str,
    index: int,
    lately: tuple[Quest, ...] = (),
    voice: Proposer | None = None,
) -> Quest:
    """The quest of a plan, with its words; those of quests of lately are not said again."""
    writer = make_writer(voice)
    mark = sha256(repr((found.strategy.name, found.actions, giver, index)).encode()).hexdigest()
    quest_id = f"quest:{mark[:12]}"
    speaker = Speaker(seed, facts, giver, found.roles, "quest", quest_id)
    speaker.heard = frozenset(line.text for quest in lately for line in quest.lines)
    speaker.writer = writer
    because = speaker.table_line("causes", found.cause[0], index)
    ask = speaker.table_line("asks", found.strategy.name, index)
    objectives = _objectives(found, facts)
    if not because:
        because = (
            f"It matters to me that somebody should {objectives[0].text}." if objectives else ""
        )
    ask = ask or (sentence_case(objectives[-1].text) + "." if objectives else "")
    speaker.roles |= {"because": because, "ask": ask}
    lines: list[Line] = []

    def add(act: str, who: str, text: str) -> None:
        if text:
            source = writer.source_of(text) if writer else GRAMMAR
            key = f"{quest_id}.{len(lines)}"
            lines.append(Line(key=key, speaker=who, act=act, text=text, source=source))

    mood = found.strategy.mood
    add("greet", giver, speaker.line("greet", index=index))
    add("offer", giver, speaker.line("offer", mood=mood, index=index))
    for act in ("accept", "refuse"):
        add(act, PLAYER, speaker.line(act, index=index, voice="player"))
    for act in ("accepted", "refused", "progress", "changed", "closed"):
        add(act, giver, speaker.line(act, mood=mood, index=index))
    _add_replies(seed, facts, found, objectives, giver, index, add, writer)
    deeds = [o for o in objectives if o.verb not in ("report", "listen", "stealth")] or objectives
    title = _deed(deeds[0].action, deeds[0].place, facts) if deeds else found.strategy.name
    return Quest(
        id=quest_id,
        seed=seed,
        index=index,
        world=facts.digest(),
        giver=giver,
        motivation=found.strategy.motivation,
        strategy=found.strategy.name,
        because=because,
        cause=found.cause,
        roles=dict(sorted(found.roles.items())),
        title=sentence_case(title),
        objectives=objectives,
        lines=tuple(lines),
        rewards={"coins": 5 + 5 * len(objectives)},
        outcomes=tuple(
            (person, "grateful" if person == giver else "affected")
            for person in sorted({giver, *found.roles.values()})
            if ("person", person) in facts
        ),
        proof=found.actions,
        named=_named(facts, found, giver, objectives, lines),
    )


def _named(
    facts: Facts,
    found: Plan,
    giver: str,
    objectives: tuple[Objective, ...],
    lines: list[Line],
) -> tuple[tuple[str, ...], ...]:
    """The describing facts of all that a quest speaks of, sorted."""
    about = {giver, *found.roles.values(), *found.cause[1:], *(line.speaker for line in lines)}
    for objective in objectives:
        about |= {*objective.action[1:], objective.target, objective.place}
    about |= {facts.place_of(entity) or "" for entity in about}
    return tuple(
        sorted(
            fact
            for entity in about
            for predicate in _DESCRIBING
            for fact in facts.find(predicate, entity)
        )
    )


def _deed(action: Action, place: str, facts: Facts) -> str:
    """What an action asks the player to do, without saying where."""
    names = [phrase(facts, entity) for entity in action[1:]]
    return _OBJECTIVES[action[0]].format(*names, place=facts.value("name", place, place))


def _objectives(found: Plan, facts: Facts) -> tuple[Objective, ...]:
    """The plan's deeds without the ways between them, each with the facts of its own turn."""
    objectives: list[Objective] = []
    for action in found.actions:
        if action[0] != "goto":
            place = station(action, facts) or facts.place_of(PLAYER) or ""
            text = _deed(action, place, facts)
            away = facts.value("name", place)
            if away and away not in text:
                text += f", at {away}"
            target = target_of(action)
            objectives.append(
                Objective(
                    id=f"o{len(objectives)}",
                    verb=action[0],
                    target=target,
                    place=place,
                    count=int(facts.value("count", target, "1")),
                    after=(objectives[-1].id,) if objectives else (),
                    action=action,
                    done_when=done_facts(action),
                    text=sentence_case(text),
                )
            )
        facts = apply(action, facts)
    return tuple(objectives)


def _add_replies(
    seed: Seed,
    facts: Facts,
    found: Plan,
    objectives: tuple[Objective, ...],
    giver: str,
    index: int,
    add: Callable[[str, str, str], None],
    writer: Writer | None = None,
) -> None:
    """What is said while the deeds are done: answers to questions, thanks for what is brought."""
    for number, objective in enumerate(objectives):
        verb, *names = objective.action
        person = names[-1] if verb in ("give", "exchange") else names[0]
        if verb not in ("listen", "report", "give") or ("person", person) not in facts:
            continue
        topic = names[1] if verb == "listen" else names[0]
        speaker = Speaker(seed, facts, person, {"topic": topic}, objective.id, index)
        speaker.writer = writer
        last = number == len(objectives) - 1
        if verb == "listen":
            act = "tell_self" if names[1] == person else "tell"
            text = speaker.line(act, index=index) or speaker.line("tell_self", index=index)
        else:
            mood = found.strategy.mood
            text = speaker.line(
                "thanks" if last or person == giver else "receive", mood=mood, index=index
            )
        add(f"reply {objective.id}", person, text)
