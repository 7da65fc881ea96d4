"""Deadlines, side branches, rivals and depths: what else a quest may hold, and what comes of it."""

from __future__ import annotations

import itertools
import json
import re
from functools import cache
from pathlib import Path

import pytest

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.dungeon.themes import themes
from aigc_procgen.story.fact_set import Facts
from aigc_procgen.story.facts import apply, legal, replay
from aigc_procgen.story.neighbourhood import small_neighbourhood
from aigc_procgen.story.quests import Quest, plan_quest
from aigc_procgen.story.tables import load_table


@cache
def quests(worlds=90):
    """(quest, facts) of three people of each of some neighbourhoods, at the hour 100."""
    found = []
    for seed in range(worlds):
        _, people, facts = small_neighbourhood(seed)
        facts = facts.change(add=[("time", "100")])
        for person in people[:3]:
            try:
                found.append((plan_quest(seed, facts, giver=person.id), facts))
            except InvalidArgument:
                continue
    return found


def at_hour(facts, hour):
    """The facts at another hour of the game's clock."""
    return facts.change(add=[("time", str(hour))], remove=facts.find("time"))


def test_urgent_quests_have_a_deadline_that_the_words_tell():
    """Who is in a hurry says so, and leaves more time than the proof takes; nobody else does."""
    pressed = [quest for quest, _ in quests() if quest.deadline is not None]
    assert len(pressed) > 20
    for quest, facts in quests():
        assert bool(quest.spoken("haste")) == (quest.deadline is not None)
        if quest.deadline is not None:
            assert quest.time_left(facts) > len(quest.proof)
            assert quest.time_left(facts, 90) == quest.time_left(facts) + 10


def test_lateness_comes_at_the_deadline_and_its_consequence_once():
    """After the deadline a quest is late; lapsing makes its consequence a fact, and it failed."""
    brought = set()
    for quest, facts in quests():
        if quest.deadline is None:
            with pytest.raises(InvalidArgument, match="past the deadline"):
                quest.lapse(facts)
            continue
        assert quest.check(at_hour(facts, quest.deadline)).state == "open"
        with pytest.raises(InvalidArgument, match="past the deadline"):
            quest.lapse(at_hour(facts, quest.deadline))
        late = at_hour(facts, quest.deadline + 1)
        assert quest.check(late).state == quest.check(facts, quest.deadline + 1).state == "late"
        after = quest.lapse(late)
        assert quest.check(after).state == "failed"
        assert all(legal(event, late) for event in quest.lapses[:1])
        brought |= {fact[0] for fact in after} - {fact[0] for fact in late}
        assert ("let_down", quest.giver, "player") in after
        assert quest.spoken("late")
        # What is done in time stays done.
        done = replay(quest.proof, facts)
        assert quest.check(at_hour(done, quest.deadline + 99)).state == "done"
    assert brought >= {"raided", "dead", "grieves"} - {
        fact[0] for _, facts in quests() for fact in facts
    }


def test_a_game_without_a_clock_is_never_late():
    """Where no fact tells the time and no hour is passed, the deadline does not count."""
    for quest, facts in quests():
        timeless = facts.change(remove=facts.find("time"))
        assert quest.check(timeless).state == "open"
        assert quest.time_left(timeless) is None
    with pytest.raises(InvalidArgument, match="now must be a whole number"):
        quests()[0][0].check(quests()[0][1], now=1.5)
    with pytest.raises(InvalidArgument, match="whole number, not 'noon'"):
        quests()[0][0].check(at_hour(quests()[0][1], "noon"))


def test_side_branches_are_legal_in_their_place_and_never_needed():
    """Optional deeds can be done where they stand, add their reward, and change nothing else."""
    found = [(q, facts) for q, facts in quests() if any(o.optional for o in q.objectives)]
    assert len(found) > len(quests()) // 4
    for quest, facts in found:
        assert quest.next_objective(facts) in [o for o in quest.objectives if not o.optional]
        assert quest.check(replay(quest.proof, facts)).state == "done"
        assert not quest.objectives[-1].optional
        now, paid = facts, 0
        for objective in quest.objectives:
            place = objective.place
            if now.place_of("player") != place and legal(("goto", place), now):
                now = apply(("goto", place), now)
            if objective.optional:
                assert objective in quest.extras(now)
            now = apply(objective.action, now)
            if objective.optional:
                assert objective not in quest.extras(now)
                paid += objective.reward
        assert quest.check(now).state == "done"
        assert quest.earned(now)["coins"] == quest.rewards["coins"] + paid
    verbs = {o.verb for quest, _ in found for o in quest.objectives if o.optional}
    assert verbs >= {"listen", "repair", "take", "give"}


def rivalries():
    """(quest, facts) of the quests with a rival."""
    return [(quest, facts) for quest, facts in quests() if quest.rival]


def test_a_rival_has_a_reason_that_is_a_fact_and_a_legal_plan():
    """The rival is a living person with a wish of their own; the giver speaks of them."""
    found = rivalries()
    assert len(found) > 8
    for quest, facts in found:
        rival = quest.rival
        assert rival.reason in facts
        assert ("person", rival.person) in facts
        assert rival.person not in (quest.giver, *quest.roles.values())
        assert quest.spoken("rival")
        after = replay(rival.plan, facts)
        assert ("has", rival.person, rival.item) in after
        assert Quest.from_json(quest.to_json()).rival == rival


def test_a_rival_moves_step_by_step_or_by_the_clock_and_can_win():
    """Without a clock a step a call; by the clock one for every pace; the last one keeps it."""
    for quest, facts in rivalries():
        timeless = facts.change(remove=facts.find("time"))
        now = timeless
        for step in quest.rival.plan:
            assert quest.rival_step(now) == step
            now = quest.rival_moves(now)
        assert quest.rival_step(now) is None
        assert quest.rival_moves(now) == now
        assert ("kept", quest.rival.person, quest.rival.item) in now
        assert quest.check(now).state == "broken"
        assert quest.rival_moves(facts) == facts
        second = quest.rival_moves(facts, 100 + 2 * quest.rival.pace)
        assert quest.rival_step(second) == quest.rival.plan[2]


def test_a_rival_can_be_outrun_outbid_and_made_peace_with():
    """Done in time, the rival does not move; later the thing can be traded or agreed upon."""
    ways = set()
    for quest, facts in rivalries():
        won = replay(quest.proof, facts)
        assert quest.rival_moves(won, 999) == won
        held = facts.change(remove=facts.find("time"))
        while quest.rival_step(held) and ("has", quest.rival.person, quest.rival.item) not in held:
            held = quest.rival_moves(held)
        mended = quest.replan(held)
        if mended is not None:
            ways |= {o.verb for o in mended.all_objectives()} & {"exchange", "parley", "stealth"}
            assert mended.check(replay(mended.proof, held)).state == "done"
        rival = quest.rival
        there = held.change(
            remove=held.find("at", "player"), add=[("at", "player", held.place_of(rival.person))]
        )
        agreed = replay(
            [("listen", rival.person, rival.person), ("parley", rival.person, rival.item)], there
        )
        assert quest.rival_step(agreed) is None
        assert legal(("take", rival.item), agreed)
    assert ways >= {"exchange", "parley"}


def test_what_lies_below_says_where():
    """A thing in a mine or a ruin is below it: the objective carries the place."""
    found = 0
    for quest, facts in quests():
        for objective in quest.all_objectives():
            if objective.inside:
                found += 1
                assert objective.verb == "take"
                assert objective.inside == objective.place
                assert facts.value("kind", objective.inside) in ("mine", "ruin")
                assert "below" in objective.text
    assert found > 10
    # What the story calls deep is what `World.dungeon` knows something below of.
    assert set(load_table("things")["deep"]) == set(themes().places)


def test_a_giver_asked_in_between_says_to_hurry_when_time_is_short():
    """With time in hand a giver asks how it goes; close to the deadline only to hurry."""
    pressed = [(quest, facts) for quest, facts in quests() if quest.deadline is not None]
    for quest, facts in pressed:
        assert quest.nudge(facts) == quest.spoken("progress")
        assert quest.nudge(at_hour(facts, quest.deadline - 1)) == quest.spoken("hurry") != ""


def test_chinese_tables_have_the_structure_of_the_english():
    """Every table of words of this kind has the same keys, as many lines, and the same slots."""
    tables = Path(procgen.__file__).parent / "story" / "tables"

    def shape(value):
        if isinstance(value, dict):
            return {name: shape(item) for name, item in value.items() if name != "about"}
        if isinstance(value, list):
            return [shape(item) for item in value]
        return sorted(set(re.findall(r"\{(\w+)", value)))

    def slots(value):
        return {slot for item in value for slot in item} if isinstance(value, list) else value

    def compare(own, other, where):
        if isinstance(own, dict):
            assert own.keys() == other.keys(), where
            for name in own:
                compare(own[name], other[name], f"{where}.{name}")
        else:
            assert len(own) == len(other), where
            assert slots(other) <= slots(own), where

    for name in ("quest_lines", "matters", "arc_lines", "deed_lines"):
        english, chinese = (
            shape(json.loads((tables / part / f"{name}.json").read_text("utf-8")))
            for part in ("", "zh")
        )
        compare(english, chinese, name)


def test_two_hundred_quests_of_one_world_repeat_no_line():
    """With `recent`, nothing that people say is said twice, to the letter, nor what is answered."""
    world = procgen.world(42)
    places = world.neighbours(world.nearest("town", *world.spawn()))
    asked = [(person, world.facts(place)) for place in places for person in world.people(place)]
    told = []
    for number in itertools.count():
        index, place = divmod(number, len(asked))
        person, facts = asked[place]
        try:
            told.append(world.quest(person, facts=facts, index=index, recent=told))
        except procgen.InvalidArgument:
            continue
        if len(told) == 200:
            break
    said = [line.text for quest in told for line in quest.lines]
    assert len(said) > 2000
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("language", procgen.LANGUAGES)
def test_one_giver_never_says_a_line_twice(language):
    """150 quests of one and the same giver, who long ago said every line there is once."""
    facts = small_neighbourhood(5)[2]
    told = []
    for index in range(150):
        told.append(
            plan_quest(5, facts, "npc:camp:0:2:1", index=index, recent=told, language=language)
        )
    said = [line.text for quest in told for line in quest.lines]
    assert len(said) > 1500
    assert len(set(said)) == len(said)


def test_people_of_one_voice_take_turns():
    """Of 100 quests of one world one line in ten at most is another with other names in it."""
    world = procgen.world(1)
    places = world.neighbours(world.nearest("town", *world.spawn()))
    told = []
    for index, place in itertools.product(range(9), places):
        for person in world.people(place):
            try:
                told.append(world.quest(person, index=index, recent=told))
            except procgen.InvalidArgument:
                continue
        if len(told) >= 100:
            break
    seen, again, count = set(), 0, 0
    for quest in told:
        facts = Facts(quest.named)
        names = {
            procgen.phrase(facts, fact[1], form)
            for fact in facts.find("name")
            for form in ("", "the", "a", "that")
        }
        pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        for line in quest.lines:
            bare = re.sub(pattern, "_", line.text, flags=re.IGNORECASE)
            again += bare in seen
            count += 1
            seen.add(bare)
    assert again < 0.1 * count


def test_recent_must_be_quests():
    """What is no quest is named in one sentence, for quests, arcs and quests planned anew."""
    world = procgen.world(42)
    who = world.people(world.nearest("any", *world.spawn()))[0]
    for ask in (world.quest, world.arc):
        with pytest.raises(
            procgen.InvalidArgument, match="recent must hold Quest records, not 'x'"
        ):
            ask(who, recent=["x"])
        with pytest.raises(procgen.InvalidArgument, match="recent must be quests, the last one"):
            ask(who, recent=7)
    facts = small_neighbourhood(5)[2]
    with pytest.raises(procgen.InvalidArgument, match="recent must hold Quest records, not None"):
        plan_quest(5, facts).replan(facts, recent=[None])


def test_lines_take_up_what_the_quest_is_about():
    """Most answers name the thing, foe, person or place that was spoken of, in both languages."""
    for language in procgen.LANGUAGES:
        named = 0
        for seed in range(100):
            quest = plan_quest(seed, language=language)
            facts = Facts(quest.named)
            names = [
                procgen.phrase(facts, entity, "", language=language)
                for role, entity in quest.roles.items()
                if role in ("item", "enemy", "person", "thing", "place")
            ]
            named += any(name in quest.spoken("accepted") for name in names)
        assert 30 <= named <= 75, language


def test_who_has_met_the_player_greets_an_acquaintance():
    """The first greeting is for a stranger, later ones are not, until nothing else is left."""
    lines = load_table("lines")["acts"]
    _, people, facts = small_neighbourhood(11)
    told = [plan_quest(11, facts, giver=people[0].id, index=index) for index in range(6)]
    voice = facts.value("voice", people[0].id)
    plain = {quest.spoken("greet").split(",")[0] for quest in told[1:]}
    again = {text.split(",")[0] for text in lines["greet_again"][voice] if "{" not in text}
    assert plain & again
    assert told[0].spoken("greet") not in lines["greet_again"][voice]
    first = [text for text in lines["greet"][voice] if "{" not in text and "<" not in text]
    assert not plain & set(first)


def test_a_mended_quest_says_nothing_of_the_broken_one_again():
    """The words of another way are other words."""
    mended = 0
    for seed in range(60):
        facts = small_neighbourhood(seed)[2]
        quest = plan_quest(seed, facts)
        for target in sorted(set(quest.roles.values()) - {quest.giver}):
            after = facts.change(add=[("dead", target)])
            again = quest.replan(after) if quest.check(after).state == "broken" else None
            if again is not None and again.giver == quest.giver:
                mended += 1
                assert not {line.text for line in again.lines} & {line.text for line in quest.lines}
    assert mended > 10
