"""What a game may do and what follows: `legal` and `apply` over immutable `Facts`.

An action is a tuple of texts: a verb and its entities, e.g. `("give", "item:map", "npc:ada")`.
The rules are data (`tables/rules.json`): for each verb its parameters, what it needs, what it
adds and removes, and — in `meaning` — what a game shows the player for it. A game performs a verb
when the player has done that thing on the screen: it asks `legal(action, facts)` and then takes
`facts = apply(action, facts)` as its new state. The verbs are the atomic actions of
Doran & Parberry, "A prototype quest generator based on a structural analysis of quests from four
MMORPGs" (2011).

What others do, and what time brings, are events (`tables/events.json`) by the same rules: `legal`
and `apply` take them too, `legal_actions` names the player's own alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ..core.errors import InvalidArgument
from .fact_set import PLAYER, Fact, Facts
from .patterns import Bindings, Pattern, filled, matching_facts, patterns_of, solve
from .tables import load_table, require

__all__ = [
    "PLAYER",
    "Action",
    "Fact",
    "Facts",
    "apply",
    "attempt",
    "done_facts",
    "events",
    "legal",
    "legal_actions",
    "replay",
    "station",
    "target_of",
    "traces",
    "verbs",
]

Action = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Each:
    where: tuple[Pattern, ...]
    adds: tuple[Pattern, ...]
    removes: tuple[Pattern, ...]


@dataclass(frozen=True, kw_only=True)
class _Rule:
    verb: str
    meaning: str
    parameters: tuple[str, ...]
    target: str
    station: str
    needs: tuple[tuple[Pattern, ...], ...]
    adds: tuple[Pattern, ...]
    removes: tuple[Pattern, ...]
    each: tuple[_Each, ...]
    done: tuple[Pattern, ...]
    trace: tuple[Pattern, ...]
    event: bool

    def bind(self, action: Action) -> Bindings:
        return dict(zip(self.parameters, action[1:], strict=True))


_FLEETING = ("at", "has", "unseen", "learned")  # predicates that later deeds undo


@cache
def _rules() -> dict[str, _Rule]:
    own, others = _read("rules", "verbs"), _read("events", "events")
    require(not set(own) & set(others), "events", "an event has the name of a verb of rules.json")
    return own | others


def _read(table: str, section: str) -> dict[str, _Rule]:
    rules = {}
    for verb, entry in load_table(table)[section].items():

        def patterns(
            name: str, verb: str = verb, entry: dict[str, object] = entry
        ) -> tuple[Pattern, ...]:
            return patterns_of(table, f"{verb}.{name}", entry.get(name, []))

        parameters = tuple(f"?{name}" for name in entry["parameters"])
        always = patterns("needs")
        options = [patterns_of(table, f"{verb}.any", option) for option in entry.get("any", [[]])]
        each = tuple(
            _Each(
                where=patterns_of(table, f"{verb}.each.where", part["where"]),
                adds=patterns_of(table, f"{verb}.each.adds", part.get("adds", [])),
                removes=patterns_of(table, f"{verb}.each.removes", part.get("removes", [])),
            )
            for part in entry.get("each", [])
        )
        target = f"?{entry.get('target', entry['parameters'][0])}"
        require(target in parameters, table, f"{verb}.target must be one of its parameters")
        lasting = [list(pattern) for pattern in patterns("done") if pattern[0] not in _FLEETING]
        rules[verb] = _Rule(
            verb=verb,
            meaning=str(entry["meaning"]),
            parameters=parameters,
            target=target,
            station=f"?{entry['station']}" if entry.get("station") else "",
            needs=tuple(always + option for option in options),
            adds=patterns("adds"),
            removes=patterns("removes"),
            each=each,
            done=patterns("done"),
            trace=patterns_of(table, f"{verb}.trace", entry.get("trace", lasting)),
            event=table == "events",
        )
    return rules


def verbs() -> dict[str, str]:
    """Verb → what a game does on the screen to perform it, before it calls `apply`."""
    return {verb: rule.meaning for verb, rule in _rules().items() if not rule.event}


def events() -> dict[str, str]:
    """Event → what a game may show when somebody else does it, or time brings it."""
    return {verb: rule.meaning for verb, rule in _rules().items() if rule.event}


def _rule(action: Action) -> _Rule:
    rules = _rules()
    if not action or action[0] not in rules:
        raise InvalidArgument(f"action must begin with one of {', '.join(rules)}, not {action!r}")
    rule = rules[action[0]]
    if len(action) != len(rule.parameters) + 1:
        names = ", ".join(name[1:] for name in rule.parameters)
        raise InvalidArgument(f"action {action[0]} takes ({names}), not {action[1:]!r}")
    return rule


def _bindings(action: Action, facts: Facts) -> Bindings | None:
    rule = _rule(action)
    for needs in rule.needs:
        for found in solve(needs, facts, rule.bind(action)):
            return found
    return None


def legal(action: Action, facts: Facts) -> bool:
    """Whether the player may do this now."""
    return _bindings(action, facts) is not None


def attempt(action: Action, facts: Facts) -> Facts | None:
    """The facts after the action, or None if it is not legal."""
    bound = _bindings(action, facts)
    if bound is None:
        return None
    rule = _rule(action)
    adds = [filled(pattern, bound) for pattern in rule.adds]
    removes = [fact for pattern in rule.removes for fact in matching_facts(pattern, facts, bound)]
    for part in rule.each:
        for found in solve(part.where, facts, bound):
            adds.extend(filled(pattern, found) for pattern in part.adds)
            for pattern in part.removes:
                removes.extend(matching_facts(pattern, facts, found))
    return facts.change(add=adds, remove=removes)


def apply(action: Action, facts: Facts) -> Facts:
    """The facts after the action; `InvalidArgument` if it is not legal."""
    after = attempt(action, facts)
    if after is None:
        raise InvalidArgument(f"action {action!r} is not legal now; ask legal(action, facts) first")
    return after


def replay(actions: Iterable[Action], facts: Facts) -> Facts:
    """The facts after all the actions in order; `InvalidArgument` at the first illegal one."""
    for action in actions:
        facts = apply(action, facts)
    return facts


def legal_actions(facts: Facts) -> tuple[Action, ...]:
    """Everything the player may do now, sorted."""
    found = {
        (rule.verb, *(bound[name] for name in rule.parameters))
        for rule in _rules().values()
        if not rule.event
        for needs in rule.needs
        for bound in solve(needs, facts, {})
    }
    return tuple(sorted(found))


def target_of(action: Action) -> str:
    """The entity that the player walks up to for the action."""
    rule = _rule(action)
    return rule.bind(action)[rule.target]


def station(action: Action, facts: Facts) -> str | None:
    """The place where the action must be done, or None if anywhere will do."""
    rule = _rule(action)
    return facts.place_of(rule.bind(action)[rule.station]) if rule.station else None


def traces(action: Action) -> tuple[Fact, ...]:
    """The facts that still show long after that the action was done; some leave none."""
    rule = _rule(action)
    bound = rule.bind(action)
    return tuple(filled(pattern, bound) for pattern in rule.trace)


def done_facts(action: Action) -> tuple[Fact, ...]:
    """The facts that show that the action has been done."""
    rule = _rule(action)
    bound = rule.bind(action)
    return tuple(filled(pattern, bound) for pattern in rule.done)
