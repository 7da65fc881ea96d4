"""What stands where: start, keys, goal and guardian on the way, the rest beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .carving import Carved
from .controls import Controls
from .ground import WALL, Ground
from .mission import Mission
from .plan import Node, Plan
from .records import TILE, Thing, Way
from .themes import themes
from .walkthrough import Walkthrough

__all__ = ["Placement", "place"]

_FLOOR, _PASSAGE = TILE["floor"], TILE["passage"]


@dataclass(kw_only=True)
class Placement:
    """What was placed, and the solution that it was placed around."""

    start: tuple[int, int, int]
    goal: tuple[int, int, int]
    solution: tuple[str, ...]
    things: list[Thing] = field(default_factory=list)


def place(
    controls: Controls, plan: Plan, mission: Mission, carved: Carved, ways: list[Way]
) -> Placement:
    """Places everything that was asked for, exactly as many."""
    return _Placer(controls, plan, mission, carved, ways).make()


class _Placer:
    def __init__(
        self,
        controls: Controls,
        plan: Plan,
        mission: Mission,
        carved: Carved,
        ways: list[Way],
    ) -> None:
        self.controls, self.plan, self.mission = controls, plan, mission
        self.theme = themes().themes[controls.theme]
        self.dice = controls.stream("placement")
        self.carved, self.ways = carved, ways
        self.tiles = carved.ground
        self.ground = Ground(self.tiles)
        self.open = {i for i, kind in enumerate(self.ground.kind) if kind != WALL}
        self.doors: list[set[int]] = [set() for _ in plan.nodes]
        for edge in mission.edges:
            if edge.kind != "stairs":
                door = self.ground.index((*edge.link.door, plan.nodes[edge.link.a].floor))
                self.doors[edge.link.a].add(door)
                self.doors[edge.link.b].add(door)
        self.sills: set[int] = set()  # floor beside a way
        self.spots = [self._spots(node) for node in plan.nodes]  # free tiles, best ones last
        self.things: list[tuple[str, str, int, int]] = []  # kind, name, tile, room

    def _spots(self, node: Node) -> list[int]:
        """The free tiles of a room in random order, those beside its ways first."""
        found = self.dice.shuffled(self._tiles(node, _FLOOR))
        doors = self.doors[node.id]
        near = [tile for tile in found if any(tile + s in doors for s in self.ground.steps)]
        self.sills.update(near)
        return near + [tile for tile in found if tile not in self.sills]

    def _tiles(self, node: Node, kind: int) -> list[int]:
        """The tiles of a kind inside a room's cell."""
        box = node.box
        window = self.tiles[node.floor, box.top : box.bottom + 1, box.left : box.right + 1]
        ys, xs = np.nonzero(window == kind)
        base = self.ground.index((box.left, box.top, node.floor))
        return list((ys * self.ground.row + xs + base).tolist())

    def make(self) -> Placement:
        """Everything, what matters first."""
        first = self.plan.nodes[0]
        start = self.ground.index((*first.anchor, 0))
        self._use(start, 0)
        openers = self._place_keys()
        walk = Walkthrough(self.ground, self.ways, start)
        walk.fetch(openers)
        goal, guardian = self._place_goal(walk)
        foes = {guardian} if guardian >= 0 else set()
        self.route = set(walk.route)
        self._place_treasures()
        foes |= self._place_monsters(len(foes))
        self._place_solid("trap", len(self.plan.nodes) * self.theme.traps // 100)
        self._place_solid("ornament", len(self.plan.nodes))
        for room, standing in sorted(self.carved.ornaments.items()):
            for x, y, floor, name in standing:
                self._put("ornament", name, self.ground.index((x, y, floor)), room)
        return Placement(
            start=self.ground.spot(start),
            goal=self.ground.spot(goal),
            solution=walk.steps(foes),
            things=[
                Thing(id=i, kind=kind, name=name, x=x, y=y, floor=floor, room=room)
                for i, (kind, name, tile, room) in enumerate(self.things)
                for x, y, floor in (self.ground.spot(tile),)
            ],
        )

    def _use(self, tile: int, room: int) -> None:
        if tile in self.spots[room]:
            self.spots[room].remove(tile)

    def _put(self, kind: str, name: str, tile: int, room: int) -> None:
        self._use(tile, room)
        self.things.append((kind, name, tile, room))

    # -- on the way -------------------------------------------------------------------------------

    def _place_keys(self) -> dict[int, tuple[int, bool]]:
        """Places every key and lever; returns those of the solution and the tiles they open."""
        nodes, locks = self.plan.nodes, self.mission.locks
        needed = self.mission.needs(self.mission.area[self.mission.goal])
        doors = {
            edge.lock: self.ground.index((*edge.link.door, nodes[edge.link.a].floor))
            for edge in self.mission.edges
            if edge.lock >= 0
        }
        openers = {}
        for lock in locks:
            spots = self.spots[lock.key_room]
            tile = spots[-1]
            if self.controls.length is not None:  # near the way, so that it stays as long
                tile = min(spots, key=self._far_from(nodes[lock.key_room]))
            lever = lock.kind == "gate"
            self._put("lever" if lever else "key", lock.opener, tile, lock.key_room)
            if lock.id in needed:
                openers[tile] = (doors[lock.id], lever)
        return openers

    def _far_from(self, node: Node) -> Callable[[int], tuple[int, int]]:
        """How far a tile is from the room's anchor, as a sorting key."""
        x, y = node.anchor

        def measure(tile: int) -> tuple[int, int]:
            at_x, at_y, _ = self.ground.spot(tile)
            return abs(at_x - x) + abs(at_y - y), tile

        return measure

    def _place_goal(self, walk: Walkthrough) -> tuple[int, int]:
        """Ends the walk on a tile for the goal; returns it and the guardian's, or -1."""
        controls = self.controls
        far, before = walk.reach()
        fight = 1 if controls.monsters else 0
        if controls.length is None:
            room = self.mission.goal
            spots = sorted(self.spots[room], key=lambda tile: (far[tile], tile))
            goal = self.dice.choice(spots[len(spots) * 2 // 3 :])
        else:
            goal, room = self._goal_at(far, controls.length - walk.length - fight)
        walk.finish(before, goal)
        self.mission.roles[self.mission.goal] = "hall"
        self.mission.goal, self.mission.roles[room] = room, "goal"
        self._use(goal, room)
        if not fight:
            return goal, -1
        # In the way, a step or two before the goal; on it where there is no such tile.
        guardian = goal
        for tile in walk.route[-2:-4:-1]:
            if tile in self.spots[room] and walk.route.count(tile) == 1:
                guardian = tile
        self._put("guardian", self.theme.guardians.draw(self.dice), guardian, room)
        return goal, guardian

    def _goal_at(self, far: list[int], wanted: int) -> tuple[int, int]:
        """The tile behind the last lock, on the last floor, nearest to a distance; and its room."""
        area, last = self.mission.area[self.mission.goal], self.controls.floors - 1
        found = (len(far), 0, 0)
        for node in self.plan.nodes:
            if node.floor == last and self.mission.area[node.id] == area:
                # A corridor does where no room has such a tile.
                for cost, tiles in ((0, self.spots[node.id]), (1, self._tiles(node, _PASSAGE))):
                    for tile in tiles:
                        if far[tile] > 0:
                            found = min(found, (2 * abs(far[tile] - wanted) + cost, tile, node.id))
        return found[1], found[2]

    # -- beside the way ---------------------------------------------------------------------------

    def _take(self, room: int, *, beside: bool) -> int:
        """A free tile of the room, `beside` the solution if so asked; -1 if there is none."""
        spots = self.spots[room]
        for tile in reversed(spots):
            if not beside or tile not in self.route:
                spots.remove(tile)
                return tile
        return -1

    def _somewhere(self, first: list[int], *, beside: bool) -> tuple[int, int]:
        """A free tile of the first room that has one, and the room."""
        for strict in (True, False) if beside else (False,):
            for room in first:
                if (tile := self._take(room, beside=strict)) >= 0:
                    return tile, room
        raise AssertionError("unreachable: the controls leave a tile for everything")

    def _place_treasures(self) -> None:
        """One into every secret, then into dead ends and behind locks, then anywhere."""
        roles, area = self.mission.roles, self.mission.area
        parents = {node.parent for node in self.plan.nodes}
        rooms = self.dice.shuffled(node.id for node in self.plan.nodes)

        def worth(room: int) -> int:
            end = room not in parents and not self.plan.nodes[room].spine
            return 4 * (roles[room] == "secret") + 2 * end + (area[room] > 0) - 4 * (room == 0)

        ranked = sorted(rooms, key=lambda room: -worth(room))
        for index in range(self.controls.treasures):
            turn = index % len(ranked)
            tile, room = self._somewhere(ranked[turn:] + ranked[:turn], beside=True)
            self._put("treasure", self.theme.treasures.draw(self.dice), tile, room)
            if roles[room] in ("hall", "rest"):
                roles[room] = "treasure"

    def _place_monsters(self, guardians: int) -> set[int]:
        """By the curve of tension, not in the first room; returns those that stand in the way."""
        rooms = [node.id for node in self.plan.nodes]
        weights = list(self.mission.tempo)
        met = set()
        for _ in range(self.controls.monsters - guardians):
            room = self.dice.weighted(rooms, weights)
            # Half as likely again in a room that has one.
            weights[room] = max(weights[room] // 2, 1)
            order = rooms[room:] + rooms[1:room] + rooms[:1]
            tile, room = self._somewhere(order, beside=True)
            self._put("monster", self.theme.monsters.draw(self.dice), tile, room)
            if tile in self.route:
                met.add(tile)
        return met

    def _place_solid(self, kind: str, count: int) -> None:
        """Up to `count` traps or ornaments, where nobody has to step to get past."""
        steps = self.ground.steps
        north, east, south, west = steps
        ring = (north, north + east, east, south + east, south, south + west, west, north + west)
        furnished = self.carved.styles if kind == "ornament" else {}
        free = [node.id for node in self.plan.nodes if node.id and node.id not in furnished]
        rooms = self.dice.sample(free, count)
        for room in rooms:
            for tile in self.spots[room]:
                here = [tile + step in self.open for step in ring]
                # Walkable sides that are not joined around the tile would be cut apart.
                ends = sum(here[i] and not here[i - 1] for i in range(8))
                corners = sum(here[i] and not (here[i - 1] or here[i - 7]) for i in (1, 3, 5, 7))
                sides = any(here[i] for i in (0, 2, 4, 6))
                if tile in self.route or tile in self.sills or not sides or ends - corners > 1:
                    continue
                name = "trap" if kind == "trap" else self.theme.ornaments.draw(self.dice)
                self._put(kind, name, tile, room)
                self.open.discard(tile)
                break
