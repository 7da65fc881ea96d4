"""Ten seeds side by side, as one sheet of maps: `python examples/07_ten_worlds.py worlds.png`."""

import sys

import numpy as np

import aigc_procgen as procgen
from aigc_procgen.core.png import write_png

SIDE = 1500  # tiles that each map shows


def main(path: str = "worlds.png") -> None:
    maps = []
    for seed in range(1, 11):
        world = procgen.world(seed)
        x, y = world.spawn()
        corner = (x - SIDE // 2, y - SIDE // 2)
        realm = world.realm(x, y)
        title = f"{seed}: {realm.name if realm else 'no crown'}"
        maps.append(world.map(*corner, SIDE, SIDE, step=5, title=title))
        print(f"seed {seed}: {realm.name if realm else 'wild land'}")
    rows = [np.concatenate(maps[first : first + 5], axis=1) for first in (0, 5)]
    write_png(path, np.concatenate(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
