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
