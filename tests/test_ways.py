"""Other ways to a quest's end: found, proven, taken, and remembered by those whom they concern."""

from __future__ import annotations

from functools import cache

import pytest

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.story.fact_set import Facts
from aigc_procgen.story.facts import apply, events, legal, legal_actions, verbs
from aigc_procgen.story.neighbourhood import small_neighbourhood
from aigc_procgen.story.progress import needed, walk
from aigc_procgen.story.quests import Quest, plan_quest


@cache
def quests(worlds=60):
    """(quest, facts) of three people of each of some neighbourhoods."""
    found = []
    for seed in range(worlds):
        _, people, facts = small_neighbourhood(seed)
        for person in people[:3]:
            try:
                found.append((plan_quest(seed, facts, giver=person.id), facts))
            except InvalidArgument:
                continue
    return found


def ways(quest):
    """(objective, alternative) of every other way."""
    return [(o, other) for o in quest.objectives for other in o.any_of]


def through(quest, objective, other):
    """The needed objectives by that other way."""
    main = needed(quest.objectives)
    first = main.index(objective)
    last = next(i for i, o in enumerate(main) if o.id == other.until)
    return (*main[:first], *other.objectives, *main[last + 1 :])


def test_many_quests_have_other_ways_and_each_is_proven():
    """A third of quests or more can be done otherwise; each way is legal from the first facts."""
    found = quests()
    assert sum(bool(ways(quest)) for quest, _ in found) > len(found) // 3
    marks = {mark for quest, _ in found for _, other in ways(quest) for mark in other.marks}
    assert {"sly", "violent", "honourable"} <= marks
    for quest, facts in found:
        assert quest.proves(Facts(facts))
        for objective, other in ways(quest):
            assert other.marks != objective.marks
            deeds = [step.action for step in through(quest, objective, other)]
            assert walk(deeds, Facts(facts)) is not None


def test_the_other_way_is_followed_deed_by_deed_and_ends_the_quest():
    """Every other way is among the options, keeps the quest open, and completes it."""
    taken = 0
    for quest, facts in quests():
        for objective, other in ways(quest):
            steps = through(quest, objective, other)
            now = facts
            for action in walk([step.action for step in steps], facts):
                if action == other.objectives[0].action:
                    assert other.objectives[0] in quest.options(now)
                assert quest.check(now).state == "open"
                now = apply(action, now)
            assert quest.check(now).state == "done"
            assert quest.way(now) == ()
            taken += 1
    assert taken > 40


def test_a_closed_way_leaves_the_other_open():
    """When the planned deed cannot be done any more, the next objective is the other way's."""
    turned = 0
    for quest, facts in quests():
        for objective, _ in ways(quest):
            if objective != quest.objectives[0] or objective.verb != "take":
                continue
            # The thing that the plan needs is gone for good.
            gone = [f for p in ("at", "has") for f in facts.find(p) if objective.action[1] in f[1:]]
            now = facts.change(remove=gone)
            if quest.check(now).state == "open":
                assert quest.next_objective(now) in (o.objectives[0] for o in objective.any_of)
                assert legal(quest.way(now)[0], now)
                turned += 1
    assert turned > 5


def test_thanks_and_outcomes_know_how_it_was_done():
    """The mark of the way taken shows in `how`, in the last words and in what came of it."""
    seen, unlike, pairs = set(), 0, 0
    for quest, facts in quests():
        for objective, other in ways(quest):
            words, ends = {}, {}
            for name, steps in (
                ("own", needed(quest.objectives)),
                ("other", through(quest, objective, other)),
            ):
                now = facts
                for action in walk([step.action for step in steps], facts):
                    now = apply(action, now)
                words[name] = quest.say(steps[-1].action, now)
                ends[name] = dict(quest.ending(now))
                marks = objective.marks if name == "own" else other.marks
                if len(ways(quest)) == 1:
                    assert quest.how(now) == marks
                if steps[-1].verb in ("report", "give") and quest.how(now):
                    (told,) = words[name]
                    assert told[0] == quest.giver
                    known = [f"thanks {mark}" for mark in quest.how(now)]
                    assert told[1] in [line.text for line in quest.lines if line.act in known]
                    seen.add(quest.how(now)[0])
            unlike += ends["own"] != ends["other"]
            pairs += 1
    assert unlike > pairs // 2
    assert seen >= {"sly", "violent", "honourable"}


def test_what_follows_from_a_quest_are_facts_and_follow_once():
    """A finished quest settles into debts, feuds, titles or grief; an open one is refused."""
    new = set()
    for quest, facts in quests():
        with pytest.raises(InvalidArgument, match="must show the quest"):
            quest.settle(facts)
        done = facts
        for action in quest.proof:
            done = apply(action, done)
        after = quest.settle(done)
        new |= {fact[0] for fact in after} - {fact[0] for fact in done}
        assert quest.settle(after) == after
        assert quest.check(after).state == "done"
    assert new >= {"settled", "owes", "titled"}


def test_events_are_never_the_players_own():
    """What others do is legal by the same rules, and is not among the player's actions."""
    facts = small_neighbourhood(4)[2]
    assert not set(events()) & set(verbs())
    assert not set(events()) & {action[0] for action in legal_actions(facts)}
    person = facts.find("person")[0][1]
    assert legal(("owe", person), facts)
    assert ("owes", person, "player") in apply(("owe", person), facts)


def test_other_ways_survive_json():
    """Alternatives, marks and traces come back from JSON."""
    for quest, facts in quests()[:60]:
        again = Quest.from_json(quest.to_json())
        assert again == quest
        assert again.options(facts) == quest.options(facts)
