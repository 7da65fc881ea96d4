"""`make_dungeon`: plan, mission, carving and placement, one after the other."""

from __future__ import annotations

from dataclasses import replace

from aigc_procgen.core.random import Seed

from .carving import Carved, carve
from .controls import Controls, Lattice, check_controls
from .mission import Mission, make_mission
from .placement import place
from .plan import Plan, make_plan
from .records import Dungeon, Room, Way

__all__ = ["make_dungeon"]

_DRAWINGS = 4  # at most, until the solution is as long as was asked for


def make_dungeon(
    seed: Seed,
    width: int = 48,
    height: int = 32,
    floors: int = 1,
    locks: int = 2,
    monsters: int = 8,
    treasures: int = 4,
    length: int | None = None,
    theme: str | None = None,
    layouts: str = "auto",
) -> Dungeon:
    """A dungeon that can always be finished and never be lost, with its solution.

    `width` x `height` tiles (11 x 7 to 256 x 256) on `floors` floors; exactly so many `locks`
    (doors for a key, seals for a rune, gates for a lever), `monsters` (one of them the guardian,
    without whose defeat the goal does not count) and `treasures` (none of which is needed).
    `length` is the number of steps of the solution, within a tenth; `theme` is drawn if not given.
    `layouts` says who lays rooms out: "learned" the network, in every room that it knows the size
    of; "built" rules alone; "auto" the network where it was measured to be better.
    Raises `InvalidArgument`, which says what would fit, if that does not.

    >>> import aigc_procgen as procgen
    >>> dungeon = procgen.dungeon(7, locks=3, length=120)
    >>> dungeon.tiles.shape, len(dungeon.locks), dungeon.replay().finished
    ((1, 32, 48), 3, True)
    >>> 108 <= len(dungeon.solution) <= 132, dungeon.proof.softlock_free
    (True, True)
    """
    controls, lattice = check_controls(
        seed,
        width=width,
        height=height,
        floors=floors,
        locks=locks,
        monsters=monsters,
        treasures=treasures,
        length=length,
        theme=theme,
        layouts=layouts,
    )
    made = _drawn(controls, lattice)
    if length is None:
        return made
    for attempt in range(1, _DRAWINGS):
        # One in 1,500 solutions is shortened by a way across that no bound foresees.
        if abs(len(made.solution) - length) * 10 <= length:
            break
        other = _drawn(replace(controls, attempt=attempt), lattice)
        made = min(made, other, key=lambda found: abs(len(found.solution) - length))
    return made


def _drawn(controls: Controls, lattice: Lattice) -> Dungeon:
    """The dungeon of one drawing."""
    plan = make_plan(controls, lattice)
    mission = make_mission(controls, plan)
    carved = carve(controls, plan, mission)
    ways = _ways(plan, mission)
    placed = place(controls, plan, mission, carved, ways)
    carved.tiles.flags.writeable = False
    return Dungeon(
        seed=controls.seed,
        theme=controls.theme,
        tiles=carved.tiles,
        start=placed.start,
        goal=placed.goal,
        rooms=_rooms(plan, mission, carved),
        ways=tuple(ways),
        things=tuple(placed.things),
        solution=placed.solution,
    )


def _rooms(plan: Plan, mission: Mission, carved: Carved) -> tuple[Room, ...]:
    return tuple(
        Room(
            id=node.id,
            floor=node.floor,
            x=node.rect.left,
            y=node.rect.top,
            width=node.rect.width,
            height=node.rect.height,
            shape=node.shape,
            role=mission.roles[node.id],
            area=mission.area[node.id],
            tempo=mission.tempo[node.id],
            style=carved.styles.get(node.id, ""),
        )
        for node in plan.nodes
    )


def _ways(plan: Plan, mission: Mission) -> list[Way]:
    ways = []
    for index, edge in enumerate(mission.edges):
        link, lock = edge.link, mission.locks[edge.lock] if edge.lock >= 0 else None
        ways.append(
            Way(
                id=index,
                kind=edge.kind,
                floor=plan.nodes[link.a].floor,
                x=link.door[0],
                y=link.door[1],
                rooms=(link.a, link.b),
                opener=lock.opener if lock else "",
                spent=lock.spent if lock else False,
                toward=edge.toward,
            )
        )
    return ways
