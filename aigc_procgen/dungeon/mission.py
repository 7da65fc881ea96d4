"""The mission: what must be done where, on the graph of rooms, before a tile is carved.

Every lock cuts the tree of rooms. Areas (rooms between the same locks) are numbered in an order in
which the locks can be opened, and the key of lock n lies in an area numbered n or less: the key
levels of metazelda (T. Coxon, 2013). Second ways make cycles (J. Dormans, "Cyclic generation",
2017): a way between rooms of one area, and from a deeper area back to one that it lies behind a
drop or a bar, which give no way forward. Which locks may share keys is decided in `locks.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from aigc_procgen.core.random import Stream

from .controls import Controls
from .locks import Lock, choose_openers
from .plan import Link, Plan
from .records import OPPOSITE
from .themes import Theme, themes

__all__ = ["Edge", "Mission", "make_mission"]


@dataclass(kw_only=True)
class Edge:
    """A way to be, of a kind of `records.Way`; `toward` is the side of b for drops and bars."""

    link: Link
    kind: str
    lock: int = -1
    toward: str = ""


@dataclass(kw_only=True)
class Mission:
    """The graph of rooms with its locks, and what each room is for."""

    area: list[int]  # of every room
    roles: list[str]
    tempo: list[int]
    edges: list[Edge] = field(default_factory=list)
    locks: list[Lock] = field(default_factory=list)
    goal: int = 0  # the room

    def needs(self, area: int) -> frozenset[int]:
        """Every lock that must be open to reach the area, with those for the keys on the way."""
        found: frozenset[int] = frozenset()
        while area:
            lock = self.locks[area - 1]
            found |= {lock.id} | lock.needs
            area = lock.area
        return found


def make_mission(controls: Controls, plan: Plan) -> Mission:
    """The mission on the plan's rooms."""
    dice = controls.stream("mission")
    return _Missionary(controls, plan, dice).make()


class _Missionary:
    def __init__(self, controls: Controls, plan: Plan, dice: Stream) -> None:
        self.controls, self.plan, self.dice = controls, plan, dice
        self.theme: Theme = themes().themes[controls.theme]
        count = len(plan.nodes)
        self.children: list[list[int]] = [[] for _ in range(count)]
        for link in plan.links:
            self.children[link.a].append(link.b)
        self.mission = Mission(area=[0] * count, roles=["hall"] * count, tempo=[0] * count)

    def make(self) -> Mission:
        """All of it, in the order in which the parts need each other."""
        mission = self.mission
        mission.goal = self.plan.spine[-1].id
        cuts = self._choose_cuts()
        self._number(cuts)
        self._hide_keys()
        choose_openers(self.dice, mission.locks, self.theme)
        for link in self.plan.links:
            kind = "stairs" if link.stairs else self._plain()
            mission.edges.append(Edge(link=link, kind=kind))
            if link.b in cuts:
                lock = mission.locks[mission.area[link.b] - 1]
                mission.edges[-1].kind, mission.edges[-1].lock = lock.kind, lock.id
        self._hide_secrets()
        self._close_cycles()
        self._set_tempo()
        return mission

    def _plain(self) -> str:
        return "door" if self.dice.below(100) < self.theme.doors else "passage"

    # -- locks and keys ---------------------------------------------------------------------------

    def _choose_cuts(self) -> set[int]:
        """The rooms whose way from their parent is locked; rather most of them on the main way."""
        dice, count = self.dice, self.controls.locks
        free = [link for link in self.plan.links if link.lockable and not link.stairs]
        main = [link.b for link in free if self.plan.nodes[link.b].spine]
        side = [link.b for link in free if not self.plan.nodes[link.b].spine]
        if len(main) > 1 and len(main) + len(side) > count and len(main[1:]) + len(side) >= count:
            main = main[1:]  # an open room before the first lock
        wanted = min(len(main), max(1, count * dice.between(50, 85) // 100)) if count else 0
        wanted = max(wanted, count - len(side))
        # One out of each stretch of the main way, so that locks are spread along it.
        cuts = set()
        for index in range(wanted):
            low, high = len(main) * index // wanted, len(main) * (index + 1) // wanted
            cuts.add(main[dice.between(low, high - 1)])
        # Branches of several rooms are better behind a lock than a closet.
        rich = [room for room in side if self.children[room]]
        poor = [room for room in side if not self.children[room]]
        cuts.update((dice.shuffled(rich) + dice.shuffled(poor))[: count - wanted])
        return cuts

    def _number(self, cuts: set[int]) -> None:
        """Numbers the areas in an order in which they can be opened."""
        dice, nodes = self.dice, self.plan.nodes
        inside: dict[int, int] = {}  # room -> the cut that leads to it, -1 for the start's area
        beyond: dict[int, list[int]] = {-1: []}
        for node in nodes:  # parents come before their children
            inside[node.id] = node.id if node.id in cuts else inside.get(node.parent, -1)
            if node.id in cuts:
                beyond[node.id] = []
                beyond[inside[node.parent]].append(node.id)
        number, ready = {-1: 0}, list(beyond[-1])
        while ready:
            main = [cut for cut in ready if nodes[cut].spine]
            # Where the length is given the main way opens first, so its keys lie on it.
            cut = main[0] if self.controls.length is not None and main else dice.choice(ready)
            ready.remove(cut)
            number[cut] = len(number)
            ready += beyond[cut]
            area = number[inside[nodes[cut].parent]]
            self.mission.locks.append(Lock(id=number[cut] - 1, room=cut, area=area))
        self.mission.area = [number[inside[node.id]] for node in nodes]

    def _hide_keys(self) -> None:
        """Chooses a room for the key of every lock, in an area that is open before it."""
        mission, dice, nodes = self.mission, self.dice, self.plan.nodes
        rooms: dict[int, list[int]] = {}
        for node in nodes:
            rooms.setdefault(mission.area[node.id], []).append(node.id)
        # A room of two by two tiles has one for a key; so there is a room left for every key.
        space = dict.fromkeys(range(len(nodes)), 1 if self.plan.lattice.least_room == 2 else 3)
        used: set[int] = set()
        keyed: set[int] = set()
        for lock in mission.locks:
            if self.controls.length is not None and nodes[lock.room].spine:
                near = [room for room in rooms[lock.area] if nodes[room].spine]
                lock.key_room, lock.key_area = dice.choice(near), lock.area
            else:
                areas = [a for a in range(lock.id + 1) if any(space[room] for room in rooms[a])]
                weights = [4 if a == lock.id else 1 if a in keyed or not a else 3 for a in areas]
                lock.key_area = dice.weighted(areas, weights)
                near = [room for room in rooms[lock.key_area] if space[room]]
                ends = [1 if room in used else 6 if self._is_end(room) else 2 for room in near]
                lock.key_room = dice.weighted(near, ends)
            space[lock.key_room] -= 1
            keyed.add(lock.key_area)
            used.add(lock.key_room)
            mission.roles[lock.key_room] = "key"
            lock.needs = mission.needs(lock.key_area)
        mission.roles[0] = "start"
        mission.roles[mission.goal] = "goal"

    def _is_end(self, room: int) -> bool:
        return not self.children[room] and not self.plan.nodes[room].spine

    # -- secrets and second ways ------------------------------------------------------------------

    def _hide_secrets(self) -> None:
        """Hides some dead ends that hold no key; `placement.py` puts a treasure into each."""
        mission = self.mission
        ends = [
            edge
            for edge in mission.edges
            if edge.kind in ("door", "passage")
            and self._is_end(edge.link.b)
            and mission.roles[edge.link.b] == "hall"
        ]
        count = min(len(ends), self.controls.treasures // 2, 1 + len(self.plan.nodes) // 12)
        for edge in self.dice.sample(ends, count):
            edge.kind = "secret"
            mission.roles[edge.link.b] = "secret"

    def _close_cycles(self) -> None:
        mission, dice = self.mission, self.dice
        valley = False
        for link in dice.shuffled(self.plan.pairs):
            if "secret" in (mission.roles[link.a], mission.roles[link.b]):
                continue
            if dice.below(100) >= self.theme.loops:
                continue
            one, other = mission.area[link.a], mission.area[link.b]
            if one == other:
                if not valley and (fall := self._valley(link)):
                    valley = True
                    mission.edges.append(fall)
                elif self.controls.length is None:
                    mission.edges.append(Edge(link=link, kind=self._plain()))
                else:
                    self._back(link if self._later(link.a, link.b) else _turned(link))
            elif self._behind(one, other):
                self._back(link)
            elif self._behind(other, one):
                self._back(_turned(link))

    def _back(self, link: Link) -> None:
        """A drop or bar from the later room a to the earlier room b: no way forward."""
        kind = "drop" if self.dice.chance(1, 2) else "bar"
        self.mission.edges.append(Edge(link=link, kind=kind, toward=link.side))

    def _later(self, room: int, other: int) -> bool:
        nodes = self.plan.nodes
        return (nodes[room].place, room) > (nodes[other].place, other)

    def _behind(self, area: int, other: int) -> bool:
        """Whether the area lies behind a lock of the other, on its own way from the start."""
        while area > other:
            area = self.mission.locks[area - 1].area
        return area == other

    def _valley(self, link: Link) -> Edge | None:
        """Makes a plain way of the tree a drop where the link lets one climb out again, or None.

        The link joins two rooms of one area; below the drop lies one of them, above it the other.
        What is below is joined by the tree, so from anywhere there the bar can be opened.
        """
        above = self._line(link.a)
        below = self._line(link.b)
        shared = set(above) & set(below)
        for line, way in ((below, _turned(link)), (above, link)):
            for room in line:
                if room in shared:
                    break
                edge = self.mission.edges[room - 1]  # the tree's way to room n is the n - 1st
                if edge.kind in ("door", "passage") and self.dice.chance(1, 2):
                    edge.kind, edge.toward = "drop", edge.link.side
                    return Edge(link=way, kind="bar", toward=way.side)
        return None

    def _line(self, room: int) -> list[int]:
        """The room and those on its way to the start, as far as they are of its area."""
        area, line = self.mission.area[room], []
        while room >= 0 and self.mission.area[room] == area:
            line.append(room)
            room = self.plan.nodes[room].parent
        return line

    # -- pacing -----------------------------------------------------------------------------------

    def _set_tempo(self) -> None:
        """A rising curve with a breath after every lock, a peak before it, and the end on top."""
        mission, nodes = self.mission, self.plan.nodes
        last = max(len(mission.locks), 1)
        length = max(len(self.plan.spine) - 1, 1)
        place = {node.id: index for index, node in enumerate(self.plan.spine)}
        doors = {self.plan.nodes[lock.room].parent for lock in mission.locks}
        for node in nodes:
            along = place[node.place] * 50 // length + mission.area[node.id] * 25 // last
            extra = 15 if node.id in doors or mission.roles[node.id] == "key" else 0
            breath = 25 if node.id and nodes[node.parent].id in doors else 0
            noise = self.dice.between(-8, 8)
            mission.tempo[node.id] = min(max(15 + along + extra - breath + noise, 5), 95)
            if mission.roles[node.id] == "hall" and mission.tempo[node.id] < 22:
                mission.roles[node.id] = "rest"
        mission.tempo[0], mission.tempo[mission.goal] = 0, 100


def _turned(link: Link) -> Link:
    """The link seen from its other end."""
    return Link(a=link.b, b=link.a, door=link.door, side=OPPOSITE[link.side])
