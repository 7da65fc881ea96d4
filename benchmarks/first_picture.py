"""How long the first picture of a new world takes in a process of its own:
`python benchmarks/first_picture.py`.

Every run is a new process and a new seed: Python starts, the library is imported, a world made, a
start found, and 30 x 20 tiles around it are drawn, with nothing kept from before but the files.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

_CODE = """
import json, sys, time
begun = time.perf_counter()
import aigc_procgen as procgen
imported = time.perf_counter()
world = procgen.world(int(sys.argv[1]))
x, y = world.spawn()
found = time.perf_counter()
world.image(x - 15, y - 10, 30, 20)
drawn = time.perf_counter()
parts = {"import": imported - begun, "start": found - imported, "picture": drawn - found}
print(json.dumps({**parts, "processor": time.process_time()}))
"""


def main() -> None:
    """Prints medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    runs = []
    for seed in range(parser.parse_args().runs):
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _CODE, str(seed)], check=True, capture_output=True, text=True
        )
        runs.append(json.loads(done.stdout) | {"whole process": time.perf_counter() - begun})
    for name in runs[0]:
        print(f"{name}: {statistics.median(run[name] for run in runs):.2f} s")


if __name__ == "__main__":
    main()
