"""Old seeds keep their dungeons: digests in golden/dungeons.json, in every process.

After a change that is meant to change dungeons, `python tests/test_dungeon_golden.py` writes the
file anew; that belongs into the changelog.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from golden_digests import digests_of_processes

import aigc_procgen as procgen

_GOLDEN = Path(__file__).parent / "golden" / "dungeons.json"
_SEEDS = (0, 1, 42, -7, 1 << 40, "a text", "Ærøskøbing")
_CONTROLS = {
    "default": {},
    "tiny": {"width": 11, "height": 7, "locks": 1, "monsters": 2, "treasures": 1},
    "deep": {"floors": 4, "locks": 9, "monsters": 30, "treasures": 12},
    "long": {"width": 70, "height": 50, "length": 500, "locks": 5},
    "cave": {"theme": "cave", "width": 96, "height": 64},
}


def _digests(seed):
    return {name: procgen.dungeon(seed, **asked).digest() for name, asked in _CONTROLS.items()}


def _write() -> None:
    found = {repr(seed): _digests(seed) for seed in _SEEDS}
    _GOLDEN.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.mark.parametrize("seed", _SEEDS)
def test_old_seeds_keep_their_dungeons(seed):
    """Everything in the record of small, deep, long and wide dungeons equals the golden file."""
    assert _digests(seed) == json.loads(_GOLDEN.read_text(encoding="utf-8"))[repr(seed)]


def test_processes_with_other_hash_seeds_agree():
    """Two processes with different PYTHONHASHSEED print the digests of the golden file."""
    found = list(digests_of_processes("test_dungeon_golden"))
    assert found == [_digests("a text")] * 2


if __name__ == "__main__":
    _write()
    print(f"wrote {_GOLDEN}")
