"""The stories of a world: people, facts, quests and arcs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.world.places import Place

from .ways import Ways

if TYPE_CHECKING:
    from aigc_procgen.story.arc_record import Arc
    from aigc_procgen.story.fact_set import Facts
    from aigc_procgen.story.people import Person
    from aigc_procgen.story.profile import Profile
    from aigc_procgen.story.quests import Quest

    from .people import Character

__all__ = ["Stories"]

_T = TypeVar("_T")


class Stories(Ways):
    """The part of `World` that is stories; what they need is loaded when it is asked for."""

    def people(self, place: Place, *, language: str = "en") -> tuple[Character, ...]:
        """Everybody who lives in the place, with names and backstories of a language.

        They are called what quests in that language call them; all else is the same in each. What a
        role, a species or a trait is called says `glossary`.
        """
        from aigc_procgen.story.people import people_of

        found = people_of(self.seed, place.id, place.kind, place.name)
        return self._characters(found, place, language)

    def outlaws(self, place: Place, *, language: str = "en") -> tuple[Character, ...]:
        """Those who hide in the place and wish others ill; `people` does not name them."""
        from aigc_procgen.story.people import outlaws_of

        return self._characters(outlaws_of(self.seed, place.id, place.kind), place, language)

    def _characters(
        self, people: Iterable[Person], place: Place, language: str
    ) -> tuple[Character, ...]:
        from aigc_procgen.story.tables import check_language

        from .people import portrayed

        if check_language(language) != "en":
            from aigc_procgen.story.descriptions import translated  # with all of history

            facts = self.facts(place)
            people = [
                translated(self.seed, person, facts=facts, language=language) for person in people
            ]
        return tuple(portrayed(person, self.seed, self._pack) for person in people)

    def facts(self, place: Place) -> Facts:
        """What is true around the place before a player changed anything; the player is there."""
        from aigc_procgen.story.neighbourhood import neighbourhood_facts
        from aigc_procgen.story.people import people_of

        places = self.neighbours(place)
        people = {near.id: people_of(self.seed, near.id, near.kind, near.name) for near in places}
        return neighbourhood_facts(self.seed, places, people)

    def quest(
        self,
        giver: Person,
        *,
        profile: Profile | None = None,
        facts: Facts | None = None,
        index: int = 0,
        recent: Iterable[Quest] = (),
        language: str = "en",
    ) -> Quest:
        """A quest that the giver has a reason to ask for, planned on `facts` and proven by replay.

        `facts` are by default those of the giver's own place; `index` asks for another one,
        `recent` are those that the player had lately, whose like is asked for less; `language` is
        one of `LANGUAGES`, and changes nothing but the words.
        """
        from aigc_procgen.story.quests import plan_quest

        wishes = {"profile": profile, "index": index, "recent": recent, "language": language}
        return self._asked(plan_quest, giver, facts, wishes)

    def arc(
        self,
        giver: Person,
        *,
        profile: Profile | None = None,
        facts: Facts | None = None,
        index: int = 0,
        recent: Sequence[Quest] = (),
        language: str = "en",
    ) -> Arc:
        """Three to five quests that belong together and begin with a wish of the giver.

        Each is planned on the facts that the former leaves, with a turn on the way and consequences
        that stay; the arguments are those of `quest`.
        """
        from aigc_procgen.story.arcs import plan_arc

        wishes = {"profile": profile, "index": index, "recent": recent, "language": language}
        return self._asked(plan_arc, giver, facts, wishes)

    def _asked(
        self, plan: Callable[..., _T], giver: Person, facts: Facts | None, wishes: dict[str, Any]
    ) -> _T:
        """What `plan` makes of what the giver asks for, on `facts` or those of their place."""
        if facts is None:
            facts = self.facts(self._place_of(giver))
        return plan(self.seed, facts, giver=giver.id, voice=self.voice, **wishes)

    def _place_of(self, person: Person) -> Place:
        try:
            return self._place_at(person.place)
        except InvalidArgument:
            raise InvalidArgument(
                f"giver must live in a place of this world, not in {person.place!r}: pass facts="
            ) from None
