"""Several processes on one run: the same steps as one takes, and no process left hanging."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import textwrap

import pytest
import torch
from training_data import SMALL, write_set

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.train.augment import draw_augmentation
from aigc_procgen.train.checkpoint import load_checkpoint
from aigc_procgen.train.config import preset
from aigc_procgen.train.dataset import load_dataset
from aigc_procgen.train.trainer import Trainer
from aigc_procgen.train.workers import Workers

SHARED = {**SMALL, "batch": 8, "images": 64, "warm_up": 32, "snapshot": 16}


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def test_two_processes_take_the_steps_of_one(tmp_path):
    """`torchrun` with two gloo processes goes on from a snapshot, through warm-up, critic,
    penalties and generator, to the losses and weights that one process has with the whole batch.
    """
    data = write_set(tmp_path / "characters.npz")
    for name, images in (("one", 64), ("two", 16)):
        config = preset("characters", "tiny", **{**SHARED, "images": images})
        Trainer(config, data, tmp_path / name, "cpu", precision="float32").train()
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command += ["--master-port", str(free_port()), "-m", "--", "aigc_procgen", "train"]
    command += ["characters", "--data", str(data), "--run", str(tmp_path / "two")]
    command += ["--preset", "tiny", "--device", "cpu", "--precision", "float32"]
    for name, value in SHARED.items():
        command += ["--set", f"{name}={json.dumps(value)}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    # One process alone speaks and writes.
    assert done.stdout.count("going on from image 16") == done.stdout.count("64 images shown") == 1
    stats = {}
    for name in ("one", "two"):
        lines = (tmp_path / name / "stats.jsonl").read_text().splitlines()
        stats[name] = [json.loads(line) for line in lines]
        assert [line["images"] for line in stats[name]] == [16, 32, 48, 64]
        assert len(list((tmp_path / name / "sheets").iterdir())) == 4
    assert "r1" in stats["one"][-1]
    for ours, theirs in zip(stats["two"], stats["one"], strict=True):
        ours.pop("seconds"), theirs.pop("seconds")
        assert ours == pytest.approx(theirs, abs=1e-4)
    one, two = (
        load_checkpoint(tmp_path / name / "checkpoint.safetensors") for name in ("one", "two")
    )
    assert one[1] == two[1]
    for name, value in one[0].items():
        assert torch.allclose(value, two[0][name], rtol=1e-3, atol=3e-4), name


def test_processes_that_differ_or_die_are_named_in_the_others(tmp_path):
    """Another process's other data is told to all; one that is killed ends the others' waiting."""
    script = tmp_path / "worker.py"
    script.write_text(
        textwrap.dedent("""
            import os, sys
            from datetime import timedelta
            import torch
            from aigc_procgen.core.errors import InvalidArgument
            from aigc_procgen.train.workers import LostWorkers, join_workers
            weight = torch.ones(3, requires_grad=True)
            try:
                with join_workers(timedelta(seconds=60)) as workers:
                    assert workers.agree(workers.first) is True
                    assert workers.average({"loss": float(workers.rank)}) == {"loss": 0.5}
                    start = torch.full((2,), float(workers.rank))
                    workers.copy_first([start])
                    assert start.tolist() == [0.0, 0.0]
                    try:
                        workers.check_same({"data": f"set {workers.rank}"})
                    except InvalidArgument as error:
                        print(error)
                    (weight * workers.rank).sum().backward()
                    if workers.rank == 1:
                        sys.stdout.flush()
                        os._exit(3)
                    workers.average_gradients([weight])
            except LostWorkers as error:
                print(error)
        """)
    )
    port = str(free_port())
    running = []
    for rank in ("0", "1"):
        place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": "2", "OMP_NUM_THREADS": "1"}
        place |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        running.append(
            subprocess.Popen(
                [sys.executable, str(script)],
                env={**os.environ, **place},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    (first, error), (second, _) = (process.communicate(timeout=50) for process in running)
    told = "process 1 has data 'set 1', process 0 has 'set 0': start all with the same command"
    assert told in first, error
    assert told in second
    assert "process 0 of 2 lost the others" in first, error


@pytest.mark.parametrize("kind", ["tiles", "characters"])
def test_shares_together_are_the_batch(tmp_path, kind):
    """Two processes' pictures and views are those of one, every second each, rolled or mirrored."""
    dataset, _ = load_dataset(write_set(tmp_path / "set.npz", kind), 12)
    dataset.mirrored[:] = True

    def shown(share):
        random = torch.Generator().manual_seed(4)
        images = dataset.images(dataset.rows(8, random), random, share)
        view = draw_augmentation(
            8, 32, random, shift=2, wrap=kind == "tiles", colour_share=0.5, share=share
        )
        return view(images)

    whole = shown(slice(None))
    for rank in range(2):
        share = Workers(rank=rank, count=2).share
        assert torch.equal(shown(share), whole[share])


def test_runs_that_cannot_be_shared_are_refused(tmp_path):
    """A batch that does not go into even halves, and normalisation over a whole batch."""
    data = write_set(tmp_path / "characters.npz")
    two = Workers(count=2)
    config = preset("characters", "tiny", **{**SHARED, "batch": 6})
    with pytest.raises(InvalidArgument, match="batch must be a multiple of 4 for 2 processes"):
        Trainer(config, data, tmp_path / "run", "cpu", workers=two)
    config = preset("characters", "tiny", "dcgan", **SHARED)
    with pytest.raises(InvalidArgument, match="dcgan normalises over a whole batch"):
        Trainer(config, data, tmp_path / "run", "cpu", workers=two)
