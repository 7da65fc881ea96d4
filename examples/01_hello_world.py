"""A map of a seed, a picture of its first town, and who lives there."""

import sys

import aigc_procgen as procgen
from aigc_procgen.core.png import write_png

seed = sys.argv[1] if len(sys.argv) > 1 else 42
world = procgen.world(seed)
town = world.nearest("town", *world.spawn())

write_png("map.png", world.overview(town.x - 512, town.y - 512, 1024, 1024, step=2))
write_png("town.png", world.image(town.x - 20, town.y - 12, 40, 24))

print(f"{town.name}, a {town.kind}")
for person in world.people(town):
    print(f"  {person.name}, {person.role}, {person.age}: {', '.join(person.traits)}")
