"""One drawing of a dungeon: plan, mission, carving and placement, one after the other."""

from __future__ import annotations

from .carving import Carved, carve
from .controls import Controls, Lattice
from .mission import Mission, make_mission
from .placement import place
from .plan import Plan, make_plan
from .records import Dungeon, Room, Way

__all__ = ["draw"]


def draw(controls: Controls, lattice: Lattice) -> Dungeon:
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
