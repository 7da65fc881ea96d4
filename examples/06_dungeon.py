"""A dungeon walked by its own solution: what a game does with the steps and the proof."""

import aigc_procgen as procgen

dungeon = procgen.dungeon("below the mill", width=40, height=22, locks=3, length=90)

print(dungeon.text())
print(f"{dungeon.theme}, {len(dungeon.rooms)} rooms, {len(dungeon.solution)} steps:")
for way in dungeon.locks:
    print(f"- a {way.kind} at {way.x}, {way.y} that wants: {way.opener}")
print("walked:", dungeon.replay().finished)
print("can be lost:", not dungeon.proof.softlock_free)
