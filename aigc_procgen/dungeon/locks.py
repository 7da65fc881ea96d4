"""What opens each lock, and which locks may share one kind of key.

Two doors that the same key fits are a trap if the key can be spent on the wrong one. Here a kind
of key that is used up is shared in two cases only:

* **nested**: each door of the kind lies behind the one before it. Only one of them can be reached
  at a time, and the key of each lies before it.
* **free** (one kind a dungeon): no key of the kind needs any door of the kind to be opened first.
  Then all its keys can be had, and every door be opened, in any order; two kinds like that could
  wait for each other's keys, so there is one.

`proof.py` looks for a way to lose regardless.
"""

from __future__ import annotations

from dataclasses import dataclass

from aigc_procgen.core.random import Stream

from .themes import Theme, themes

__all__ = ["Lock", "choose_openers"]

_LARGEST_GROUP = 6  # doors that share a kind: the proof looks at every order of opening them


@dataclass(kw_only=True)
class Lock:
    """A locked way: the room behind it and the areas on its near side and of its key."""

    id: int  # the area behind it is id + 1
    room: int
    area: int
    key_room: int = -1
    key_area: int = 0
    needs: frozenset[int] = frozenset()  # locks to be opened before its key can be reached
    kind: str = "lock"  # or "gate"
    opener: str = ""
    spent: bool = False


def choose_openers(dice: Stream, locks: list[Lock], theme: Theme) -> None:
    """Gives every lock a kind of opener; levers where names run out."""
    keys, runes = dice.shuffled(themes().keys), dice.shuffled(themes().runes)
    groups: dict[str, list[Lock]] = {}
    free: str | None = None
    for lock in locks:
        kind = dice.weighted(("key", "rune", "lever"), theme.locks)
        if kind == "key":
            shared = [name for name in groups if _may_share(lock, name, groups, locks, free)]
            if shared and dice.chance(3, 5):
                name = dice.choice(shared)
                free = free if _is_nested(lock, groups[name], locks) else name
                groups[name].append(lock)
                lock.opener, lock.spent = name, True
                continue
            if keys:
                lock.opener, lock.spent = keys.pop(), True
                groups[lock.opener] = [lock]
                continue
        if kind == "rune" and runes:
            lock.opener = runes.pop()
        else:
            lock.kind, lock.opener = "gate", f"lever {lock.id}"


def _may_share(
    lock: Lock, name: str, groups: dict[str, list[Lock]], locks: list[Lock], free: str | None
) -> bool:
    group = groups[name]
    if len(group) >= _LARGEST_GROUP:
        return False
    if name != free and _is_nested(lock, group, locks):
        return True
    doors = {other.id for other in group} | {lock.id}
    alone = free in (None, name)
    return alone and not any(other.needs & doors for other in (*group, lock))


def _is_nested(lock: Lock, group: list[Lock], locks: list[Lock]) -> bool:
    """Whether the lock lies behind every lock of the group."""
    behind, area = set(), lock.area
    while area:
        behind.add(area - 1)
        area = locks[area - 1].area
    return all(other.id in behind for other in group)
