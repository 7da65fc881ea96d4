"""A quest as a film script: prints a Fountain screenplay, which any screenwriting tool opens."""

from aigc_procgen.exporters.fountain import fountain

import aigc_procgen as procgen

world = procgen.world(42)
giver = world.people(world.nearest("town", *world.spawn()))[3]
quest = world.quest(giver)
print(fountain([procgen.scene(quest, time="dusk", weather="rain"), procgen.scene(quest, "end")]))
