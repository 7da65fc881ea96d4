"""Old seeds keep their worlds: digests in golden/world.json, in any order, thread and process.

After a change that is meant to change worlds, `python tests/test_world_golden.py` writes the file
anew; that is a new world version, and belongs into the changelog.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

import pytest
from golden_digests import digests_of_processes

from aigc_procgen.world.land import Land

_GOLDEN = Path(__file__).parent / "golden" / "world.json"
_SEEDS = (0, 1, 42, -7, 1 << 40, "a text", "Ærøskøbing")
_FAR = 1 << 24  # chunks: tile 2**30
_CHUNKS = [(0, 0), (-1, 0), (0, -1), (-1, -1), (2, 3), (-9, 14), (_FAR, -_FAR), (-_FAR, _FAR - 1)]


def _places(land: Land) -> str:
    lines = [place.to_json() for place in land.places(-500, -500, 1000, 1000)]
    return blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()


def _digests(seed: int | str) -> dict[str, str]:
    land = Land(seed)
    found = {f"chunk {cx} {cy}": land.digest(cx, cy) for cx, cy in _CHUNKS}
    picture = land.overview(-256, -256, 512, 512, step=8)
    found["overview"] = blake2b(picture.tobytes(), digest_size=16).hexdigest()
    return found | {"places": _places(land), "spawn": str(land.spawn())}


def _write() -> None:
    _GOLDEN.parent.mkdir(exist_ok=True)
    worlds = {repr(seed): _digests(seed) for seed in _SEEDS}
    _GOLDEN.write_text(json.dumps(worlds, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.mark.parametrize("seed", _SEEDS)
def test_old_seeds_keep_their_worlds(seed):
    """Chunks near and far, places, the map and the start equal those of the golden file."""
    golden = json.loads(_GOLDEN.read_text(encoding="utf-8"))
    assert _digests(seed) == golden[repr(seed)]


def test_processes_with_other_hash_seeds_agree():
    """Two processes with different PYTHONHASHSEED print the digests that this one finds."""
    found = list(digests_of_processes("test_world_golden"))
    assert found == [_digests("a text")] * 2


def test_order_of_visits_changes_nothing():
    """A block of chunks has the same digests forwards, backwards, and each alone."""
    around = [(cx, cy) for cy in range(-2, 2) for cx in range(-2, 2)]
    land, other = Land(5), Land(5)
    forwards = {place: land.digest(*place) for place in around}
    backwards = {place: other.digest(*place) for place in reversed(around)}
    alone = {place: Land(5).digest(*place) for place in around[::5]}
    assert forwards == backwards
    assert alone == {place: forwards[place] for place in alone}


def test_eight_threads_agree_with_one():
    """Eight threads that share a land, with a cache too small for it, get the bits of one."""
    around = [(cx, cy) for cy in range(-3, 3) for cx in range(-3, 3)]
    alone = Land("threads")
    wanted = [alone.digest(*place) for place in around]
    shared = Land("threads", cache_bytes=8 << 20)
    with ThreadPoolExecutor(8) as pool:
        rounds = [pool.map(lambda place: shared.digest(*place), around) for _ in range(3)]
        assert all(list(found) == wanted for found in rounds)


if __name__ == "__main__":
    _write()
    print(f"wrote {_GOLDEN}")
