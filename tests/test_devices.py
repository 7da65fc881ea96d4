"""Where training runs: number formats, compiled networks, and the paths that need a GPU."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from training_data import SMALL, write_set

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.train.config import preset
from aigc_procgen.train.devices import autocast, choose_device, send
from aigc_procgen.train.trainer import Trainer

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


def steps(tmp_path, data, name, device="cpu", count=6, **options):
    """The losses of the first steps of a run that soon leaves its warm-up, and the run."""
    config = preset("characters", "tiny", **{**SMALL, "warm_up": 8})
    trainer = Trainer(config, data, tmp_path / name, device, **options)
    lines = [trainer.train_step() for _ in range(count)]
    return [{name: float(value) for name, value in line.items()} for line in lines], trainer


def close(ours, theirs, tolerance):
    for mine, yours in zip(ours, theirs, strict=True):
        assert mine == pytest.approx(yours, abs=tolerance, rel=tolerance)


def test_half_precision_stays_close_to_float32(tmp_path):
    """bf16, native or emulated, gives nearly float32's losses, in steps of every kind."""
    data = write_set(tmp_path / "characters.npz")
    whole, _ = steps(tmp_path, data, "a", precision="float32")
    half, _ = steps(tmp_path, data, "b", precision="bf16")
    assert {"reconstruction", "critic_loss", "r1", "generator_loss"} <= {*whole[0], *whole[2]}
    assert whole != half
    close(half, whole, 0.05)
    with pytest.raises(InvalidArgument, match="precision must be one of"):
        autocast(torch.device("cpu"), "float16")


@pytest.mark.filterwarnings("ignore")  # the compiler warns of its own code
def test_compiled_networks_give_close_losses(tmp_path, monkeypatch):
    """`torch.compile` is told of every pass but the penalties', which differentiate twice.

    Traced and differentiated by the compiler, but run without its code: building that takes more
    than a minute on a CPU.
    """
    data = write_set(tmp_path / "characters.npz")
    plain, _ = steps(tmp_path, data, "a", precision="float32", count=4)
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="aot_eager"))
    made, trainer = steps(tmp_path, data, "b", precision="float32", count=4, compiled=True)
    close(made, plain, 1e-3)
    assert trainer._judge is not trainer.critic


def test_devices_are_chosen_or_refused():
    """ "auto" takes what there is; a device that is not there is named in one sentence."""
    assert choose_device("cpu").type == "cpu"
    if not torch.cuda.is_available():
        with pytest.raises(InvalidArgument, match="device 'cuda' cannot be used here"):
            choose_device("cuda")
    tensor = torch.arange(3)
    assert send(tensor, torch.device("cpu")) is tensor


@needs_cuda
def test_gpu_takes_the_steps_of_the_cpu(tmp_path):
    """In float32 the first losses on CUDA are nearly the CPU's; the set lies on the GPU."""
    data = write_set(tmp_path / "characters.npz")
    cpu, _ = steps(tmp_path, data, "a", precision="float32")
    gpu, trainer = steps(tmp_path, data, "b", "cuda", precision="float32")
    close(gpu, cpu, 0.02)
    assert trainer.dataset.indices.is_cuda
    assert send(torch.arange(3), trainer.device).is_cuda


@needs_cuda
def test_gpu_trains_in_bf16_and_goes_on(tmp_path):
    """A bf16 run on CUDA writes its sheets and checkpoint, and a longer one goes on from it."""
    data = write_set(tmp_path / "characters.npz")
    settings = {**SMALL, "warm_up": 8, "images": 24}
    Trainer(preset("characters", "tiny", **settings), data, tmp_path / "run", "cuda").train()
    config = preset("characters", "tiny", **{**settings, "images": 48})
    trainer = Trainer(config, data, tmp_path / "run", "cuda")
    assert trainer.images == 24
    trainer.train()
    assert all(torch.isfinite(value).all() for value in trainer.generator.parameters())


@needs_cuda
@pytest.mark.filterwarnings("ignore")
def test_gpu_compiles_its_networks(tmp_path):
    """Compiled for CUDA the losses stay close to the plain ones."""
    data = write_set(tmp_path / "characters.npz")
    plain, _ = steps(tmp_path, data, "a", "cuda", precision="float32")
    made, _ = steps(tmp_path, data, "b", "cuda", precision="float32", compiled=True)
    close(made, plain, 0.02)
