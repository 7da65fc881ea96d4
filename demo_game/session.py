"""What is going on in a game, without a screen: where everybody is, the quest, talk and deeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import aigc_procgen as procgen

from .cast import SIGHT, Actor, Cast
from .delves import Delves
from .journal import journal_lines
from .reading import Reading
from .saga import Saga
from .saving import load_game, save_game
from .words import own_words, title_of

__all__ = ["Session", "Talk"]

_BLOWS = 3
_WADING = 0.55  # of the usual pace
_REMEMBERED = 199  # quests whose lines are not said again
_SLIM = 0.3  # tiles from the middle of a walker to its side


@dataclass(kw_only=True)
class Talk:
    """An open conversation; the last option always ends it."""

    speaker: str
    text: str
    options: list[str]
    actions: list[str]
    portrait: NDArray[np.uint8] | None = None
    who: str = ""
    quest: Any = None
    arc: Any = None
    """The longer story of which the quest is the next chapter."""
    pages: list[str] = field(default_factory=list)
    """What follows on the next pages of what is being read."""


class Session:
    """A game in a world. The story's facts say what is true; tiles say where it is seen."""

    def __init__(self, world: procgen.World, home: procgen.Place, language: str = "en") -> None:
        self.world, self.language = world, language
        self.words = own_words(language)
        self.stories = True  # whether somebody's first quest may begin a longer story
        self.profile = procgen.Profile()
        self.hero = procgen.character(f"hero of {world.seed}", "ranger", pack=world.pack)
        self.x, self.y = (float(value) for value in world.spawn())
        self.quest: Any = None
        self.saga = Saga()
        self.completed: list[str] = []
        self.told: list[str] = []  # longer stories that came to their end
        self.recent: list[Any] = []  # quests that were taken or refused, the last ones
        self.ended: Any = None  # the quest that was completed last, until its end was shown
        self.offered: dict[str, int] = {}
        self._chats: dict[str, int] = {}
        self._blows: dict[str, int] = {}
        self._aim: tuple[Any, Any, Any] = (None, None, None)
        self.delves = Delves(world, language)
        self._enter_stage(home)

    @classmethod
    def start(cls, seed: int | str, pack: procgen.Pack, language: str = "en") -> Session:
        """A new game by the town that is nearest to the middle of the world."""
        world = procgen.world(seed, pack=pack)
        return cls(world, world.nearest("any", *world.spawn()), language)

    def _enter_stage(self, home: procgen.Place) -> None:
        """Takes up the people and troubles around a place."""
        self.home = home
        self.stage = {place.id: place for place in self.world.neighbours(home)}
        self.facts = self.world.facts(home)
        self.cast = Cast(self.world, self.stage, self.language)
        self.reading = Reading(self.world, self.stage, self.language)
        self._rumours: dict[str, tuple[Any, ...]] = {}

    # -- moving -----------------------------------------------------------------------------------

    def pace(self) -> float:
        """How fast one walks here, as a share of the usual pace."""
        x, y = round(self.x), round(self.y)
        ground = procgen.TERRAINS[self.world.terrain(x, y, 1, 1)[0, 0]]
        return _WADING if ground in ("shallow_water", "swamp", "snow") else 1.0

    def walk(self, dx: float, dy: float) -> None:
        """Moves by part of a tile; what cannot be walked on stops each direction by itself."""
        if dx and self._free(self.x + dx, self.y):
            self.x += dx
        if dy and self._free(self.x, self.y + dy):
            self.y += dy
        self.arrive()

    def _free(self, x: float, y: float) -> bool:
        corners = {
            (round(x + sx * _SLIM), round(y + sy * _SLIM)) for sx in (-1, 1) for sy in (-1, 1)
        }
        return all(self.world.walkable(*corner) for corner in corners)

    def place_here(self) -> procgen.Place | None:
        """The place that the player stands in."""
        reach = 64
        x, y = round(self.x), round(self.y)
        for place in self.world.places(x - reach, y - reach, 2 * reach, 2 * reach):
            if max(abs(place.x - x), abs(place.y - y)) <= place.radius + 2:
                return place
        return None

    def place_name(self) -> str:
        """The name of the place that the player stands in, or nothing."""
        place = self.place_here()
        if place is None:
            return ""
        if place.id not in self.stage:
            return title_of(place, self.language)
        return procgen.phrase(self.facts, place.id, "", language=self.language)

    def arrive(self) -> None:
        """Tells the facts where the player is, when they came to another place."""
        place = self.place_here()
        if place is None:
            return
        if place.id not in self.stage:
            # Far from home and free of duties: these people's troubles are now at hand.
            if self.quest is None and self.saga.waiting(self.facts) is None:
                self._enter_stage(place)
            return
        if self.facts.place_of("player") != place.id:
            action = ("goto", place.id)
            if procgen.legal(action, self.facts):
                self.facts = procgen.apply(action, self.facts)
                self._pass_time()

    def _pass_time(self) -> None:
        """A unit of the game's clock goes by, as with every deed and every way between places."""
        clock = self.facts.find("time")
        hour = int(clock[0][1]) if clock else 0
        self.facts = self.facts.change(add=[("time", str(hour + 1))], remove=clock)
        if self.quest is not None:
            self.facts = self.quest.rival_moves(self.facts)

    # -- who is where -----------------------------------------------------------------------------

    @property
    def people(self) -> dict[str, procgen.Character]:
        """Everybody who lives on the stage, by id."""
        return self.cast.people

    def actors(self) -> list[Actor]:
        """Everybody and everything near enough to be met, where the facts say they are."""
        found = self.cast.near(self.facts, self.x, self.y)
        found += self.reading.near(self.x, self.y, SIGHT)
        target = self.target_id
        for actor in found:
            actor.mark = self._mark(actor, target)
        return found

    def _mark(self, actor: Actor, target: str) -> str:
        if actor.id == target:
            return "?" if actor.kind == "person" else "!"
        chapter = None if self.quest else self.saga.waiting(self.facts)
        if chapter is not None:  # who goes on with the story, and nobody else, is marked
            return "!" if actor.id == chapter.quest.giver else ""
        waiting = self.quest is None and actor.id in self.people and not self.offered.get(actor.id)
        return "!" if waiting and ("hostile", actor.id) not in self.facts else ""

    def person(self, entity: str) -> procgen.Character:
        """The person of an id; an outlaw or a stranger of the story is drawn from the id."""
        return self.cast.person(entity, self.facts)

    def spot_of(self, entity: str) -> tuple[float, float] | None:
        """The tile of somebody, of a thing or of a place on the stage; None if it is not there."""
        place = self.stage.get(self.facts.place_of(entity) or entity)
        if place is None:
            return None
        return (place.x, place.y) if place.id == entity else self.cast.spot(entity, place)

    def seen(self, entity: str) -> procgen.Character | None:
        """Who somebody is, the hero too; None if they are nobody of this story."""
        if entity == "player":
            return self.hero
        return self.person(entity) if ("person", entity) in self.facts else None

    def name(self, entity: str) -> str:
        """What the story calls somebody or something."""
        return procgen.phrase(self.facts, entity, language=self.language)

    def said(self, text: str, /, **parts: Any) -> str:
        """One of the game's own texts, filled."""
        return str(self.words[text].format(**parts))

    def _joined(self, texts: Iterable[str]) -> str:
        between = " " if self.language == "en" else ""
        return between.join(text for text in texts if text)

    def _small_talk(self, person: str, index: int) -> str:
        seed, language = self.world.seed, self.language
        return procgen.small_talk(seed, self.facts, person, index, language=language)

    # -- the quest --------------------------------------------------------------------------------

    def next_objective(self) -> Any:
        """What the quest asks for now, or None."""
        if self.quest is None:
            return None
        # Asked for many times a frame; facts are never changed in place.
        if self._aim[0] is not self.quest or self._aim[1] is not self.facts:
            self._aim = (self.quest, self.facts, self.quest.next_objective(self.facts))
        return self._aim[2]

    @property
    def target_id(self) -> str:
        """The entity that the quest asks to walk up to, or nothing."""
        objective = self.next_objective()
        return objective.target if objective else ""

    @property
    def target(self) -> tuple[int, int] | None:
        """The tile that the quest leads to."""
        objective = self.next_objective()
        if objective is None:
            return None
        place = self.stage.get(self.facts.place_of(objective.target) or objective.place)
        if place is None:
            return None
        if objective.target in self.cast.entities_at(place.id, self.facts):
            return self.cast.spot(objective.target, place)
        return place.x, place.y

    @property
    def quest_title(self) -> str:
        """The title of the quest, or of the story that waits to go on."""
        return str(self.quest.title) if self.quest else self.chapter

    @property
    def objective(self) -> str:
        """What to do next, in words."""
        objective = self.next_objective()
        if objective is None and (chapter := self.saga.waiting(self.facts)):
            return self.said("go on", name=self.name(chapter.quest.giver))
        return str(objective.text) if objective else ""

    @property
    def chapter(self) -> str:
        """The title of the longer story, and in which chapter it is; nothing outside of one."""
        arc = self.saga.arc
        if arc is None:
            return ""
        number = self.saga.number(self.facts)
        return self.said("chapter", title=arc.title, number=number, count=len(arc.chapters))

    @property
    def last_title(self) -> str:
        """The title of the quest completed last."""
        return self.completed[-1] if self.completed else ""

    def journal(self) -> list[str]:
        """The quest's story so far, line by line."""
        return journal_lines(self)

    # -- deeds ------------------------------------------------------------------------------------

    def act(self, actor: Actor | None) -> Talk | str:
        """Does the obvious thing with who or what is in reach; gives a talk or a notice."""
        if action := self._due(actor):
            return self._perform(action, actor)
        if actor is None:
            return self.said("nobody")
        if actor.kind in ("sign", "book"):
            return self._leaf(_capital(actor.name), self.reading.pages(actor))
        if actor.kind == "person" and ("hostile", actor.id) not in self.facts:
            return self._talk(actor.id)
        if actor.kind == "item" and procgen.legal(("take", actor.id), self.facts):
            return self._perform(("take", actor.id), actor)
        if actor.kind in ("monster", "person"):
            return self._perform(("damage", actor.id), actor)
        return self.said("this", name=actor.name)

    def _due(self, actor: Actor | None) -> tuple[str, ...]:
        """What the quest asks for, if it can be done here and now with who is in reach."""
        objective = self.next_objective()
        if objective is None:
            return ()
        concerns = actor is not None and actor.id == objective.target
        somewhere = objective.target in self.stage or objective.target not in self._near()
        possible = (concerns or somewhere) and procgen.legal(objective.action, self.facts)
        if possible:
            return tuple(objective.action)
        # Another way, or what need not be done, with who is in reach.
        for other in (*self.quest.options(self.facts), *self.quest.extras(self.facts)):
            aimed = actor is not None and actor.id == other.target
            if aimed and procgen.legal(other.action, self.facts):
                return tuple(other.action)
        return ()

    def found_below(self, place: procgen.Place) -> str:
        """At the heart of what lies below a place: takes what the quest looks for there."""
        for objective in self.quest.options(self.facts) if self.quest else ():
            if objective.inside == place.id and procgen.legal(objective.action, self.facts):
                told = self._perform(tuple(objective.action), None)
                return told if isinstance(told, str) else told.text
        return ""

    def entrance(self, actor: Actor | None) -> procgen.Place | None:
        """The place whose way down is at hand, if the quest asks for nothing else here."""
        place = self.delves.entrance(self.x, self.y)
        return None if place is None or self._due(actor) else place

    def _near(self) -> set[str]:
        return {actor.id for actor in self.actors()}

    def _perform(self, action: tuple[str, ...], actor: Actor | None) -> Talk | str:
        verb = action[0]
        if verb in ("kill", "damage") and actor is not None:
            if not procgen.legal(action, self.facts):
                return self.said("dodges", name=_capital(actor.name))
            blows = self._blows.get(actor.id, 0) + 1
            self._blows[actor.id] = blows
            if blows < _BLOWS:
                return self.said("strike", name=actor.name, left=_BLOWS - blows)
            self._blows[actor.id] = 0
        self.facts = procgen.apply(action, self.facts)
        self._pass_time()
        told = self.quest.say(action, self.facts) if self.quest else []
        if verb in procgen.EVENTS:
            self.profile.record(verb, action[1])
        done = self._follow_up()
        deed = self.words["deeds"].get(verb, self.words["deed"])
        deed = deed.format(*(self.name(part) for part in action[1:]))
        if told or (done and actor is not None and actor.kind == "person"):
            speaker = told[0][0] if told else (actor.id if actor else "")
            text = self._joined(line for _, line in told) or done
            return Talk(
                speaker=self.name(speaker),
                text=f"{text}\n{done}" if done and told else text,
                options=[self.said("farewell")],
                actions=["close"],
                portrait=self.person(speaker).portrait
                if ("person", speaker) in self.facts
                else None,
                who=speaker,
            )
        return self._joined([_capital(deed), done])

    def _follow_up(self) -> str:
        """Ends or mends the quest after the facts changed; says so."""
        if self.quest is None:
            return self._go_on(False)
        state = self.quest.check(self.facts).state
        chapter = self.saga.holds(self.quest)
        if state == "done":
            title = self.quest.title
            self.completed.append(title)
            if not chapter:  # what follows from a chapter, the next one and the end say
                self.facts = self.quest.settle(self.facts)
            self.ended, self.quest = self.quest, None
            return self._joined([self.said("completed", title=title), self._go_on(chapter)])
        if state == "late":
            self.facts = self.quest.lapse(self.facts)
            late, self.quest = self.quest, None
            said = [self.said("late", title=late.title), late.spoken("late")]
            return self._joined([*said, self._break_off(chapter)])
        if state == "broken":
            mended = (
                self.saga.mended(self.facts)
                if chapter
                else self.quest.replan(self.facts, recent=self.recent)
            )
            if mended is None:
                lost, self.quest = self.quest, None
                line = lost.closing(self.facts)
                said = [self.said("lost", title=lost.title)]
                if line.text:
                    said.append(self.said("says", name=self.name(line.speaker), text=line.text))
                return self._joined([*said, self._break_off(chapter)])
            former, self.quest = self.quest, mended
            if mended.giver != former.giver:
                taken = self.said("taken over", name=self.name(mended.giver))
                return self._joined([taken, mended.because])
            return self.said("changed")
        return ""

    def _go_on(self, chapter: bool) -> str:
        """After a quest: says who goes on with the story, or that it is at its end."""
        if self.saga.arc is None:
            return ""
        title = self.saga.arc.title
        # What was done beside the story may have changed it, too.
        self.facts, state = self.saga.go_on(self.facts)
        if state == "done":
            self.told.append(title)
            self.saga = Saga()
            return self.said("told", title=title)
        if state == "lost":
            return self.said("broken off", title=title)
        return self.objective if chapter else ""

    def _break_off(self, chapter: bool) -> str:
        """Says so if a longer story ends with a quest that failed or was given up."""
        if not chapter:
            return ""
        title, self.saga = self.saga.arc.title, Saga()
        return self.said("broken off", title=title)

    def _talk(self, person: str) -> Talk:
        who = self.person(person)
        talk = Talk(
            speaker=self.said(
                "speaker",
                name=self.name(person),
                role=procgen.glossary("role", self.language)[who.role],
            ),
            text="",
            options=[self.said("farewell")],
            actions=["close"],
            portrait=who.portrait,
            who=person,
        )
        if self.quest is None:
            index = self.offered.get(person, 0)
            if not self._offer(talk, who, index):
                talk.text = self._chat(who, index)
                return talk
            told = self._told_before(talk)
            words = [talk.quest.spoken(act) for act in ("greet", "offer", "haste", "rival")]
            talk.text = self._joined([words[0], told, *words[1:]])
            talk.options = [self.said(name) for name in ("accept", "why", "refuse")]
            talk.actions = ["accept", "why", "refuse"]
        else:
            spoken = self.quest.nudge(self.facts) if person == self.quest.giver else ""
            talk.text = spoken or self._chat(who, 0)
            if person == self.quest.giver:
                talk.options = [self.said("give up"), self.said("on my way")]
                talk.actions = ["drop", "close"]
        return talk

    def _offer(self, talk: Talk, who: procgen.Character, index: int) -> bool:
        """Puts into a talk what somebody asks for: the next chapter of the story, a first one at
        the first talk, else a quest; false if they ask for nothing.
        """
        wishes: dict[str, Any] = {
            "profile": self.profile,
            "facts": self.facts,
            "index": index,
            "recent": self.recent,
            "language": self.language,
        }
        chapter = self.saga.waiting(self.facts)
        if chapter is not None and chapter.quest.giver == who.id:
            talk.arc, talk.quest = self.saga.arc, chapter.quest
            return True
        if self.stories and self.saga.arc is None and index == 0:
            talk.arc = self.saga.begin(self.world, who, **wishes)
            if talk.arc is not None:
                talk.quest = talk.arc.chapters[0].quest
                return True
        try:
            talk.quest = self.world.quest(who, **wishes)
        except procgen.InvalidArgument:
            return False
        return True

    def _told_before(self, talk: Talk) -> str:
        """What the asker of a chapter says of what happened since the last one."""
        chapter = talk.arc.current(self.facts) if talk.arc else None
        return str(chapter.told.text) if chapter and chapter.told else ""

    def _chat(self, who: procgen.Character, index: int) -> str:
        """Small talk, every third time a rumour and then something about what is at hand."""
        turn = self._chats.get(who.id, 0)
        self._chats[who.id] = turn + 1
        place = self.stage.get(self.facts.place_of(who.id) or "")
        if place and turn % 3 == 1:
            if place.id not in self._rumours:
                self._rumours[place.id] = self.world.rumours(
                    place, 12, facts=self.facts, language=self.language
                )
            if told := self._rumours[place.id]:
                return str(told[(turn // 3 + len(self._chats)) % len(told)].text)
        if place and turn % 3 == 2:
            situation = {"town": "crowd", "ruin": "ruin"}.get(place.kind, "near_home")
            return self.world.bark(
                who, situation, place=place, index=turn // 3, language=self.language
            )
        return self._small_talk(who.id, index)

    def _leaf(self, title: str, pages: list[str]) -> Talk | str:
        """The first of the pages, to be turned if more follow."""
        if not pages:
            return self.said("unreadable")
        turn = len(pages) > 1
        return Talk(
            speaker=title,
            text=pages[0],
            options=[self.said("turn"), self.said("shut")] if turn else [self.said("walk on")],
            actions=["turn", "close"] if turn else ["close"],
            pages=pages[1:],
        )

    def answer(self, talk: Talk, number: int) -> Talk | str | None:
        """What follows an option: another talk, a notice, or nothing."""
        action = talk.actions[number]
        if action in ("accept", "refuse"):
            self.recent = [*self.recent[-_REMEMBERED:], talk.quest]
        if action == "accept":
            if talk.arc is not None:
                self.facts = self.saga.accept(talk.arc, self.facts)
            self.quest = talk.quest
            self.offered[talk.who] = self.offered.get(talk.who, 0) + 1
            return str(self.quest.spoken("accept") or self.said("new", title=self.quest.title))
        if action == "refuse":
            self.offered[talk.who] = self.offered.get(talk.who, 0) + 1
            begun = self.saga.holds(talk.quest)
            return self._joined([str(talk.quest.spoken("refuse")), self._break_off(begun)])
        if action == "why":
            return Talk(
                speaker=talk.speaker,
                text=str(talk.quest.because),
                options=[self.said("accept"), self.said("refuse")],
                actions=["accept", "refuse"],
                portrait=talk.portrait,
                who=talk.who,
                quest=talk.quest,
                arc=talk.arc,
            )
        if action == "turn":
            return self._leaf(talk.speaker, talk.pages)
        if action == "drop":
            chapter = self.saga.holds(self.quest)
            title, self.quest = self.quest.title, None
            return self._joined([self.said("given up", title=title), self._break_off(chapter)])
        return None

    # -- saving -----------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Writes the game; raises OSError or `SaveError` if it cannot."""
        save_game(self, path)

    @classmethod
    def load(cls, path: Path, pack: procgen.Pack, language: str = "en") -> Session:
        """The game that `save` wrote; raises `SaveError` if it is damaged."""
        return load_game(cls, path, pack, language)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
