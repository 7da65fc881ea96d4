"""What golden tests of every kind do alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def digests_of_processes(module):
    """What `_digests("a text")` of a test module gives in processes of two PYTHONHASHSEEDs."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        f"import json, {module} as golden\n"
        "print(json.dumps(golden._digests('a text')))"
    )
    for hash_seed in ("1", "2024"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        yield json.loads(done.stdout)


def digests_elsewhere(script, hash_seed):
    """What `digests()` of a test file gives in a process of that PYTHONHASHSEED."""
    code = (
        "import json, runpy, sys; sys.path.insert(0, sys.argv[2])\n"
        "print(json.dumps(runpy.run_path(sys.argv[1])['digests']()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, script, str(Path(__file__).parent)],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
