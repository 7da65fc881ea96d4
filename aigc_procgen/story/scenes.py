"""Scenes: a quest's talk as a short film script, with setting, cast, beats, camera and movement.

A scene says nothing that the quest does not: its lines are the quest's own, its names are those of
`Quest.named`; the stage directions are tables/scenes.json. It has a stream of its own, so another
scene never changes a quest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from ..core.errors import InvalidArgument, check_choice
from ..core.random import Stream, stream
from ..core.records import Record
from .fact_set import PLAYER, Facts
from .quests import Quest
from .strategies import strategies
from .tables import check_language, load_table, require
from .words import Speaker

__all__ = ["MOMENTS", "TIMES", "WEATHERS", "Beat", "Member", "Scene", "scene"]

MOMENTS = ("offer", "accept", "refuse", "end")
"""What a scene may show of a quest, in their order."""
TIMES = ("dawn", "day", "dusk", "night")
WEATHERS = ("clear", "rain", "wind", "fog")
BEATS = ("action", "line", "camera", "move", "fade")
_LETTER = 55  # milliseconds of reading
_LEAST = 900  # milliseconds of any beat with words
_SHOT = 700  # milliseconds of a change of the camera
_ROOMY = ("town", "village")  # kinds of place where people work indoors
_PARTS = (
    "establish",
    "inside",
    "light",
    "weather",
    "trade",
    "enter",
    "tell",
    "turn",
    "accept",
    "refuse",
)


@dataclass(frozen=True, kw_only=True)
class Member(Record):
    """Somebody in a scene: the id that beats name, the name, the trade ("" for the traveller)."""

    id: str
    name: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Beat(Record):
    """One thing that is seen or heard.

    `kind` is "line" (`who` says `text`, `aside` tells how), "action" (`text` describes it), "move"
    (`who` walks as `cue` says: enter, approach, leave; to `to`), "camera" (`cue` wide, two or
    close, on `to`) or "fade" (`cue` in or out). `who` and `to` are ids of the cast or of the place.
    `milliseconds` is how long it is meant to last. `key` is for translations.
    """

    key: str
    kind: str
    who: str = ""
    to: str = ""
    cue: str = ""
    text: str = ""
    aside: str = ""
    milliseconds: int = _SHOT


@dataclass(frozen=True, kw_only=True)
class Scene(Record):
    """A quest's scene: where and when, who, and the beats in their order.

    `place` is an id, `setting` its name, with a room before it where people work indoors.
    """

    quest: str
    title: str
    moments: tuple[str, ...]
    place: str
    setting: str
    inside: bool
    time: str
    weather: str
    cast: tuple[Member, ...]
    beats: tuple[Beat, ...]
    language: str = "en"

    @property
    def milliseconds(self) -> int:
        """How long the whole scene is meant to last."""
        return sum(beat.milliseconds for beat in self.beats)

    def name(self, who: str) -> str:
        """What somebody of the cast is called; the id of anybody else."""
        return next((member.name for member in self.cast if member.id == who), who)


def scene(
    quest: Quest,
    moments: str | Sequence[str] = ("offer", "accept"),
    *,
    time: str | None = None,
    weather: str | None = None,
    outdoors: bool = False,
    language: str | None = None,
) -> Scene:
    """The quest as a short directed scene; the same for the same quest and moments.

    `moments` are one or some of "offer", "accept", "refuse" and "end", in that order; "accept" and
    "refuse" exclude each other, and "end" stands alone, since it is played elsewhere and later.
    `time` (`TIMES`) and `weather` (`WEATHERS`) are a game's own, or drawn; with `outdoors` nobody
    is met in a room. A scene that begins with an answer goes on where an offer ended. `language` is
    that of all but what people say; by default it is the quest's, which that is in. Raises
    `InvalidArgument` for anything else.

    >>> import aigc_procgen as procgen
    >>> told = procgen.scene(procgen.quest(7))
    >>> told.beats[0].kind, [beat.text for beat in told.beats if beat.kind == "line"] != []
    ('fade', True)
    """
    if not isinstance(quest, Quest):
        raise InvalidArgument(f"quest must be a Quest, not {quest!r:.80}")
    chosen = _checked_moments(moments)
    dice = stream(quest.seed, "scene", quest.id, *chosen)
    language = quest.language if language is None else check_language(language)
    director = _Director(quest, dice, chosen, language)
    time = director.draw(TIMES) if time is None else check_choice("time", time, TIMES)
    weather = (
        director.draw(WEATHERS) if weather is None else check_choice("weather", weather, WEATHERS)
    )
    if outdoors:
        director.room = ""
    if chosen[0] in ("offer", "end"):
        director.open(time, weather)
    for moment in chosen:
        getattr(director, moment)()
    if chosen != ("offer",):
        director.add("fade", cue="out")
    return director.scene(time, weather)


def _checked_moments(moments: str | Sequence[str]) -> tuple[str, ...]:
    chosen = (moments,) if isinstance(moments, str) else tuple(moments)
    for moment in chosen:
        check_choice("moments", moment, MOMENTS)
    order = [MOMENTS.index(moment) for moment in chosen]
    sorted_once = all(one < other for one, other in pairwise(order))
    both = {"accept", "refuse"} <= set(chosen)
    if not chosen or not sorted_once or both or ("end" in chosen and len(chosen) > 1):
        raise InvalidArgument(
            f"moments must be an offer, an accept or a refuse, or both in that order, or an end "
            f"alone, not {', '.join(chosen) or 'none'}"
        )
    return chosen


@cache
def _tables(language: str) -> dict[str, Any]:
    table = load_table("scenes", language)
    for part in (*_PARTS, "end", "aside"):
        lists = table.get(part)
        require(
            isinstance(lists, dict)
            and all(
                isinstance(texts, list) and texts and all(isinstance(text, str) for text in texts)
                for texts in lists.values()
            ),
            "scenes",
            f"{part} must be lists of texts by name",
        )
    return table


class _Director:
    """Puts the beats of one scene in their order."""

    def __init__(self, quest: Quest, dice: Stream, moments: tuple[str, ...], language: str) -> None:
        self.quest, self.moments, self._dice = quest, moments, dice
        self.table = _tables(language)
        self.facts = Facts(quest.named)
        self.giver = quest.giver
        self.mood = next((s.mood for s in strategies() if s.name == quest.strategy), "easy")
        last = quest.objectives[-1] if quest.objectives else None
        place = self.facts.place_of(self.giver) or ""
        # An end is played where the last deed was done, before whom it concerned.
        self.other = self.giver
        if "end" in moments and last is not None:
            place = last.place or place
            spoken = [line.speaker for line in quest.lines if line.act == f"reply {last.id}"]
            self.other = spoken[0] if spoken else ""
        self.place = place
        self.kind = self.facts.value("kind", place)
        words = {"giver": self.other or self.giver, "home": place}
        self.speaker = Speaker(
            quest.seed,
            self.facts,
            self.other or self.giver,
            words,
            "scene",
            quest.id,
            language=language,
        )
        self.grammar = self.speaker.grammar
        self.beats: list[Beat] = []
        self._introduced = False  # the whole name is said once
        role = self.facts.value("role", self.other) if self.other else ""
        rooms: dict[str, str] = self.table["where"]
        self.room = rooms.get(role, "") if self.kind in _ROOMY else ""

    def draw(self, options: Sequence[str]) -> str:
        return str(self._dice.choice(options))

    def add(self, kind: str, text: str = "", **more: Any) -> None:
        """One beat; how long it lasts follows from its words."""
        more.setdefault("key", f"{self.quest.id}.scene.{self.moments[0]}.{len(self.beats)}")
        long = max(_LEAST, _LETTER * len(text)) if text else _SHOT
        self.beats.append(Beat(kind=kind, text=text, milliseconds=long, **more))

    def direct(self, part: str, name: str, kind: str = "action", **more: Any) -> None:
        """A stage direction of the table."""
        lists = self.table[part]
        template = self.draw(lists.get(name) or lists["any"])
        if self._introduced and self.facts.value("called", self.speaker.roles["giver"]):
            template = template.replace("{giver}", "{giver.called}")
        self._introduced = self._introduced or "{giver" in template
        self.add(kind, self.speaker.fill(template) or "", **more)

    def say(self, act: str, who: str, key: str = "", text: str = "") -> None:
        """The quest's line of an act, or that part of it which is `text`."""
        for line in self.quest.lines:
            if line.act == act:
                lists = self.table["aside"]
                # Most lines need nobody to say how.
                aside = self.draw(lists.get(self.mood, lists["any"]))
                if act != "offer" or not self._dice.chance(2, 3):
                    aside = ""
                words = text or line.text
                self.add(
                    "line", words, who=who, to=self._faced(who), aside=aside, key=key or line.key
                )
                return

    def _faced(self, who: str) -> str:
        return self.other if who == PLAYER else PLAYER

    def open(self, time: str, weather: str) -> None:
        """Where we are."""
        self.add("fade", cue="in")
        self.add("camera", cue="wide", to=self.place)
        if self.room:
            self.direct("inside", time)
            return
        self.direct("establish", self.kind)
        self.direct("light", time)
        self.direct("weather", weather)

    def offer(self) -> None:
        """Somebody at work is interrupted, tells what is wrong, hesitates, and asks."""
        voice = self.speaker.voice
        self.add("camera", cue="close", to=self.giver)
        self.direct("trade", self.facts.value("role", self.giver), who=self.giver)
        self.direct("enter", voice, "move", who=PLAYER, cue="approach", to=self.giver)
        self.add("camera", cue="two", to=self.giver)
        self.say("greet", self.giver)
        self.direct("tell", self.mood, who=self.giver)
        whole = self.quest.spoken("offer")
        # The line tells the reason and asks: between them is the turn.
        cut = whole.find(self.quest.because) + len(self.quest.because)
        told, asked = whole[:cut].strip(), whole[cut:].strip()
        if self.quest.because not in whole or not asked:
            told, asked = whole, ""
        key = next((line.key for line in self.quest.lines if line.act == "offer"), "")
        self.add("camera", cue="close", to=self.giver)
        self.say("offer", self.giver, f"{key}.told" if asked else key, told)
        self.direct("turn", voice)
        if asked:
            self.say("offer", self.giver, f"{key}.asked", asked)
        for act in ("haste", "rival"):
            self.say(act, self.giver)

    def accept(self) -> None:
        """The traveller takes it on, and goes."""
        self._answer("accept", "accepted")
        self.direct("accept", self.quest.motivation, who=self.giver)

    def refuse(self) -> None:
        """The traveller does not."""
        self._answer("refuse", "refused")
        self.direct("refuse", self.speaker.voice, who=self.giver)

    def _answer(self, act: str, answered: str) -> None:
        self.add("camera", cue="close", to=PLAYER)
        self.say(act, PLAYER)
        self.add("camera", cue="two", to=self.giver)
        self.say(answered, self.giver)
        self.add("move", who=PLAYER, cue="leave", to=self.place)
        self.add("camera", cue="wide", to=self.place)

    def end(self) -> None:
        """The last deed is done: before somebody, or alone."""
        if not self.other:
            self.add("camera", cue="close", to=PLAYER)
            self.add("action", self.draw(self.table["alone"]), who=PLAYER)
            return
        self.add("camera", cue="two", to=self.other)
        self.direct("enter", self.speaker.voice, "move", who=PLAYER, cue="approach", to=self.other)
        last = self.quest.objectives[-1]
        self.add("camera", cue="close", to=self.other)
        self.say(f"reply {last.id}", self.other)
        self.direct("end", self.quest.motivation, who=self.other)
        self.add("camera", cue="wide", to=self.place)

    def scene(self, time: str, weather: str) -> Scene:
        """All of it."""
        named = self.grammar.phrase(self.facts, self.place, "")
        seen = {beat.who for beat in self.beats} | {beat.to for beat in self.beats}
        people = [fact[1] for fact in self.facts.find("person") if fact[1] in seen]
        members = [
            Member(
                id=person,
                name=self.grammar.phrase(self.facts, person, ""),
                role=self.grammar.word(self.facts, "role", person),
            )
            for person in people
        ]
        return Scene(
            quest=self.quest.id,
            title=self.quest.title,
            moments=self.moments,
            place=self.place,
            setting=self.table["setting"].format(room=self.room, place=named)
            if self.room
            else named,
            inside=bool(self.room),
            time=time,
            weather=weather,
            cast=(*members, Member(id=PLAYER, name=self.table["traveller"], role="")),
            beats=tuple(self.beats),
            language=self.speaker.language,
        )
