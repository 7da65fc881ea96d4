"""How long the first picture of a new world takes in a process of its own:
`python benchmarks/first_picture.py`.

Every run is a new process and a new seed: Python starts, the library is imported, a world made, a
start found, and 30 x 20 tiles around it are drawn, with nothing kept from before but the files.
A process that is not counted goes before, so that modules are compiled, as installing does.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
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
    runs: list[dict[str, float]] = []
    count = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as compiled:
        own = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": compiled}
        for seed in (0, *range(count)):
            begun = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", _CODE, str(seed)],
                check=True,
                capture_output=True,
                text=True,
                env=os.environ | own,
            )
            runs.append(json.loads(done.stdout) | {"whole process": time.perf_counter() - begun})
    del runs[0]
    for name in runs[0]:
        print(f"{name}: {statistics.median(run[name] for run in runs):.2f} s")


if __name__ == "__main__":
    main()
