"""Twelve rangers and twelve smiths: the record says what the picture shows."""

import numpy as np

import aigc_procgen as procgen
from aigc_procgen.core.png import sheet, write_png

people = [procgen.character(seed, role) for role in ("ranger", "smith") for seed in range(12)]
write_png("faces.png", sheet(np.stack([person.sprite for person in people]), columns=12))
for person in people[:3]:
    print(person.name, person.attributes)
