"""Arcs: quests that belong together, proven through the whole, with a turn and consequences."""

from __future__ import annotations

import re
from functools import cache

import pytest

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.random import stream
from aigc_procgen.story.arc_shapes import shapes
from aigc_procgen.story.arcs import plan_arc
from aigc_procgen.story.askers import can_ask
from aigc_procgen.story.fact_set import Facts
from aigc_procgen.story.facts import apply, events, legal_actions, replay
from aigc_procgen.story.neighbourhood import small_neighbourhood
from aigc_procgen.story.quests import plan_quest


@cache
def arcs(worlds=25):
    """(arc, facts) of two people of each of some neighbourhoods."""
    found = []
    for seed in range(worlds):
        _, people, facts = small_neighbourhood(seed)
        for person in [p for p in people if can_ask(facts, p.id)][:2]:
            found.append((plan_arc(seed, facts, giver=person.id), facts))
    return found


def played(arc, facts):
    """The facts after the whole story, played as a game does."""
    while (status := arc.check(facts)).state != "done":
        if status.state in ("ready", "ending"):
            facts = arc.advance(facts)
        else:
            assert status.state == "open"
            for action in arc.chapters[status.chapter].quest.way(facts):
                facts = apply(action, facts)
    return facts


def test_everybody_can_begin_an_arc_and_its_proof_runs_through_the_whole():
    """Each giver has 3 to 5 quests; events and deeds replay from fresh facts to the end."""
    for arc, facts in arcs():
        assert 3 <= len(arc.chapters) <= 5
        assert arc.check(facts).state == "ready"
        assert arc.check(replay(arc.proof, Facts(facts))).state == "done"
        assert procgen.Arc.from_json(arc.to_json()) == arc
    assert {arc.shape for arc, _ in arcs()} == {shape.name for shape in shapes()}
    assert {len(arc.chapters) for arc, _ in arcs()} == {3, 4, 5}


def test_an_arc_is_played_chapter_by_chapter():
    """`advance` begins each chapter when it is ready, ends the story, and is refused otherwise."""
    for arc, facts in arcs():
        begun = arc.advance(facts)
        with pytest.raises(InvalidArgument, match="it is open"):
            arc.advance(begun)
        assert arc.current(begun) == arc.chapters[0]
        after = played(arc, facts)
        assert arc.current(after) is None
        with pytest.raises(InvalidArgument, match="it is done"):
            arc.advance(after)


def test_each_arc_turns_by_events_that_are_facts_before_its_quest():
    """A turn names what changes, somebody tells of it, and the later quest's reason is new."""
    for arc, facts in arcs():
        turns = [chapter for chapter in arc.chapters if chapter.turn]
        assert turns
        now = facts
        for chapter in arc.chapters:
            before = now
            now = arc.advance(now)
            assert chapter.quest.cause in now
            if chapter.turn:
                assert chapter.told.text
                assert chapter.told.speaker == chapter.quest.giver
                assert set(now) - set(before)
                assert all(event[0] in events() for event in chapter.events)
            now = replay(chapter.quest.proof, now)
    whole = [chapter.quest.cause for arc, _ in arcs() for chapter in arc.chapters]
    new = [
        chapter.quest.cause not in facts for arc, facts in arcs() for chapter in arc.chapters[1:]
    ]
    assert sum(new) > len(new) * 3 // 4
    assert len(set(whole)) > len(whole) // 2


def test_an_arc_leaves_facts_that_later_quests_give_as_their_reason():
    """Debts, feuds, titles and grief remain, and somebody asks for something because of them."""
    left, reasons = set(), set()
    for arc, facts in arcs():
        after = played(arc, facts)
        new = set(after) - set(facts)
        left |= {fact[0] for fact in new} & {"owes", "feud", "titled", "grieves"}
        for person in {fact[1] for fact in new if fact[0] in ("owes", "feud", "grieves")}:
            if can_ask(after, person):
                asked = [plan_quest(5, after, giver=person, index=index) for index in range(12)]
                reasons |= {quest.cause[0] for quest in asked}
    assert left == {"owes", "feud", "titled", "grieves"}
    assert reasons >= {"owes", "feud", "grieves"}


def test_the_same_seed_tells_the_same_arc_and_the_index_another():
    """An arc is a function of seed, facts, giver and index; the index goes on to other shapes."""
    _, people, facts = small_neighbourhood(3)
    giver = next(p.id for p in people if can_ask(facts, p.id))
    assert plan_arc(3, facts, giver=giver) == plan_arc(3, Facts(facts), giver=giver)
    assert len({plan_arc(3, facts, giver=giver, index=i).shape for i in range(6)}) >= 4


def test_a_broken_arc_goes_on_otherwise_or_closes_in_good_order():
    """After random deeds an arc is still played to its end, or has a last line."""
    seen = set()
    for number, (arc, facts) in enumerate(arcs()):
        dice = stream(number, "arc vandal")
        facts = arc.advance(facts)
        for _ in range(12):
            # What the player does while the story is under way.
            for _ in range(5):
                facts = apply(dice.choice(legal_actions(facts)), facts)
            status = arc.check(facts)
            if status.state == "broken":
                again = arc.replan(facts)
                seen.add("closed" if again is None else "replanned")
                if again is None:
                    assert arc.closing(facts).text
                    break
                assert again.id == arc.id
                assert again.check(facts).state in ("ready", "open", "ending", "done")
                arc = again
            elif status.state in ("ready", "ending"):
                facts = arc.advance(facts)
            elif status.state == "open":
                for action in arc.chapters[status.chapter].quest.way(facts):
                    facts = apply(action, facts)
            else:
                assert status.state == "done"
                seen.add("done")
                break
    assert seen >= {"done", "replanned"}


def test_the_words_of_arcs_have_no_loose_ends():
    """Titles and turns are filled, begin large, and name only who is in the world."""
    for arc, _ in arcs():
        lines = [c.told.text for c in arc.chapters if c.told]
        lines += [line.text for c in arc.chapters for line in c.quest.lines]
        for text in [arc.title, *lines]:
            assert text
            assert not re.search(r"[{}<>]|\?\w|\bNone\b|  | [,.!?;]", text), text
            assert text[0] == text[0].upper()


def test_a_world_tells_arcs_too():
    """`World.arc` begins with a wish of somebody of the world; the dead and unknown are refused."""
    world = procgen.world(42)
    town = world.nearest("town")
    arc = world.arc(world.people(town)[0])
    assert arc.giver == world.people(town)[0].id
    assert arc.check(world.facts(town)).state == "ready"
    with pytest.raises(InvalidArgument, match="giver must be a living"):
        procgen.arc(1, giver="npc:nobody")
