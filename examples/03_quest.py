"""A quest played in words: what a game does when its player acts."""

import aigc_procgen as procgen

world = procgen.world("a rainy afternoon")
town = world.nearest("town", *world.spawn())
facts = world.facts(town)
quest = world.quest(world.people(town)[0], facts=facts)

print(quest.title)
print(quest.because)
while (objective := quest.next_objective(facts)) is not None:
    print("-", objective.text)
    for action in quest.way(facts):  # go there, then do it
        facts = procgen.apply(action, facts)
        if action == objective.action:
            break
print(quest.check(facts).state)
