"""What becomes of broken quests: mended by other ways and other people, or closed with a word."""

from __future__ import annotations

import re
from functools import cache

from aigc_procgen.core.random import stream
from aigc_procgen.story.askers import can_ask, successors
from aigc_procgen.story.facts import apply, legal_actions
from aigc_procgen.story.neighbourhood import small_neighbourhood
from aigc_procgen.story.quests import Quest, plan_quest


@cache
def broken(worlds=70):
    """(quest, facts) of quests that 50 random deeds of a player have broken."""
    found = []
    for seed in range(worlds):
        facts = small_neighbourhood(seed)[2]
        people = [fact[1] for fact in facts.find("person") if can_ask(facts, fact[1])]
        quest = plan_quest(seed, facts, giver=stream(seed, "asker").choice(people))
        dice = stream(seed, "vandal")
        for _ in range(50):
            facts = apply(dice.choice(legal_actions(facts)), facts)
        if quest.check(facts).state == "broken":
            found.append((quest, facts))
    return found


def test_most_broken_quests_are_mended_and_can_be_finished():
    """Three quarters or more find another way; each is legal to its end and keeps its id."""
    mended = [(q, facts, again) for q, facts in broken() if (again := q.replan(facts))]
    assert len(broken()) >= 10
    assert len(mended) >= 3 * len(broken()) // 4
    for quest, facts, again in mended:
        assert again.id == quest.id
        for action in again.way(facts):
            facts = apply(action, facts)
        assert again.check(facts).state == "done"


def test_a_dead_givers_matter_is_taken_over_by_somebody_near():
    """Kin, neighbours or the same trade ask in the giver's stead, and name who asked before."""
    taken = 0
    for seed in range(12):
        _, people, facts = small_neighbourhood(seed)
        giver = next(p.id for p in people if can_ask(facts, p.id))
        quest = plan_quest(seed, facts, giver=giver)
        dead = facts.change(add=[("dead", giver)])
        again = quest.replan(dead)
        if quest.check(dead).state != "broken" or again is None:
            continue
        taken += 1
        assert again.giver in successors(dead, giver)
        assert facts.value("name", giver) in again.because
        assert again.because in again.spoken("offer")
        assert Quest.from_json(again.to_json()) == again
    assert taken >= 9


def test_what_cannot_be_mended_is_closed_with_a_fitting_line():
    """The giver says what is lost; an heir speaks of a dead giver; at last the player alone."""
    _, people, facts = small_neighbourhood(3)
    for person in people[:6]:
        if not can_ask(facts, person.id):
            continue
        quest = plan_quest(3, facts, giver=person.id)
        everybody = [("dead", fact[1]) for fact in facts.find("person")]
        alone = quest.closing(facts.change(add=everybody))
        assert (alone.speaker, alone.act) == ("player", "closed_orphan")
        heir = quest.closing(facts.change(add=[("dead", person.id)]))
        assert heir.speaker in successors(facts, person.id)
        assert person.name in heir.text or heir.act == "closed_dead"
        others = [v for v in quest.roles.values() if v != person.id and facts.find("name", v)]
        lines = [alone, heir, quest.closing(facts)]
        lines += [quest.closing(facts.change(add=[("dead", other)])) for other in others]
        for line in lines:
            assert line.text
            assert not re.search(r"[{}<>]|  | [,.!?;]", line.text), line.text


def test_every_closed_quest_has_last_words():
    """However it was broken, somebody says something at the end."""
    for quest, facts in broken():
        assert quest.closing(facts).text
