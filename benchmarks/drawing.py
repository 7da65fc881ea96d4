"""The default pack's models through ONNX Runtime against eager PyTorch, in one run:
`python benchmarks/drawing.py` (needs the extra `[train]`).

The rival is the same network built by `build_generator` with random weights, ending in the same
layer: speed does not depend on the weights, and a check compares the shapes of all convolutions.
It runs as built and in channels_last, which is its faster layout. Rounds are interleaved, the
median of each is taken, and what is counted is processor time on one core, so a busy machine is
unfair to nobody.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import onnx
import torch

import aigc_procgen as procgen
from aigc_procgen.art.sessions import draw
from aigc_procgen.core.pack import Model, Pack
from aigc_procgen.train.config import KINDS, Config, preset
from aigc_procgen.train.networks import finished
from aigc_procgen.train.trainer import Shape, build_generator

FRAME = 1000 / 60  # milliseconds


def config_of(model: Model) -> Config:
    """The configuration that a model was trained with, from the command that its manifest names."""
    training = model.entry["training"]
    words = training["command"].split()
    texts = [words[i + 1] for i, word in enumerate(words) if word == "--set"]
    changes: dict[str, Any] = {}
    for name, _, value in (text.partition("=") for text in texts):
        data = json.loads(value)
        changes[name] = tuple(data) if isinstance(data, list) else data
    return preset(model.kind, training["preset"], training["arch"], **changes)


def slots(graph: Any) -> tuple[int, ...]:
    """How many parts each slot of a graph's codebook has; none if it has no codebook."""
    values = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            values[node.output[0]] = onnx.numpy_helper.to_array(node.attribute[0].t)
    for node in graph.node:
        if node.op_type == "Split" and "codebook" in node.name:
            return tuple(int(size) for size in values[node.input[1]])
    # With one slot nothing is split: as many parts as the keys or the mask have rows.
    kept = ("", "_half", "_codes")
    names = [f"net.codebook.{part}{how}" for part in ("keys", "never") for how in kept]
    return tuple(len(values[name]) for name in names if name in values)[:1]


def dims(graph: Any, name: str) -> tuple[int, ...] | None:
    """The shape of the tensor that a graph keeps under a name that ends so; None if it has none."""
    for tensor in graph.initializer:
        if tensor.name.endswith(name):
            return tuple(tensor.dims)
    return None


def kernels(graph: Any) -> list[tuple[int, ...]]:
    """The shapes of a graph's convolutions, whichever way it keeps them."""
    return sorted(
        tuple(tensor.dims)
        for tensor in graph.initializer
        if len(tensor.dims) == 4 and not tensor.name.endswith(("_scale", "_offset"))
    )


def rival(model: Model) -> list[Callable[[Any, Any, Any], Any]]:
    """The same network in eager PyTorch in both memory layouts: (z, label, palette) -> pixels."""
    graph = onnx.load_from_string(model.data).graph
    labels = sum(len(names) for names in model.attributes.values())
    table = dims(graph, "recolour.table") or (0, 0)
    shape = Shape(
        labels=labels,
        size=model.size,
        pictures=model.pictures,
        parts=slots(graph),
        pairs=(dims(graph, "codebook.pairs") or (0, 0))[1],
        colours=len(model.palette),
        colourings=table[0],
        inks=table[1],
    )
    tidy = config_of(model).tidy
    runs: list[Callable[[Any, Any, Any], Any]] = []
    for layout in (torch.contiguous_format, torch.channels_last):
        net = build_generator(config_of(model), shape).eval()
        ours = sorted(tuple(p.shape) for p in net.parameters() if p.dim() == 4)
        if ours != kernels(graph):
            raise SystemExit(f"{model.name}: the network built here is not the one in the pack")
        net = net.to(memory_format=layout)  # type: ignore[call-overload]
        drawing = finished(net, model.palette, pictures=model.pictures, tidy=tidy)

        def run(z: Any, label: Any, palette: Any, drawing: Any = drawing) -> Any:
            with torch.inference_mode():
                paint = torch.from_numpy(palette.astype(np.float32))
                return drawing(torch.from_numpy(z), torch.from_numpy(label), paint).numpy()

        runs.append(run)
    return runs


def median_times(runs: list[Callable[[], Any]], rounds: int) -> list[float]:
    """The median milliseconds of processor time of each, in interleaved rounds."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds + 2):
        for run, kept in zip(runs, times, strict=True):
            start = time.process_time()
            run()
            kept.append((time.process_time() - start) * 1e3)
    return [float(np.median(kept[2:])) for kept in times]  # without two rounds of warming up


def compare(pack: Pack, model: Model, batch: int, rounds: int) -> None:
    """Prints one line: `batch` figures of a model, here and there."""
    random = np.random.default_rng(0)
    z = random.standard_normal((batch, model.latent)).astype(np.float32)
    wishes = [{name: random.choice(v) for name, v in model.attributes.items()} for _ in z]
    label = np.stack([model.label(wish) for wish in wishes])
    eager = rival(model)
    assert eager[0](z, label, model.palette).shape == draw(pack, model, z, label).shape
    rivals = [partial(run, z, label, model.palette) for run in eager]
    here = partial(draw, pack, model, z, label)
    ours, *theirs = median_times([here, *rivals], max(rounds // batch, 5))
    columns = "".join(f"{their:9.2f} ms {their / ours:5.2f} x" for their in theirs)
    fit = int(FRAME / ours * batch)
    print(f"  {model.name:11} {batch:3} {ours:12.2f} ms {columns} {fit:8}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how fast the default pack draws.")
    parser.add_argument("--rounds", type=int, default=100, help="interleaved rounds (default 100)")
    rounds = max(1, parser.parse_args().rounds)
    torch.set_num_threads(1)
    pack = procgen.default_pack()
    start = time.process_time()
    procgen.character(0).sprite.sum()
    first = (time.process_time() - start) * 1e3
    print("           at once    ONNX Runtime        PyTorch      channels_last  fit in 1/60 s")
    # What paints ground is the tiles' network again; names and layouts are no pictures.
    for model in (model for model in pack.models.values() if model.kind in KINDS):
        for batch in (1, 16):
            compare(pack, model, batch, rounds)
    seeds = iter(range(1, 10**9))
    people = [procgen.character(seed) for seed in range(rounds + 2)]
    drawn = iter(people)
    faces, moods = iter(people), iter(people)
    whole, sprite, face, mood = median_times(
        [
            lambda: procgen.character(next(seeds)).sprite,
            lambda: next(drawn).sprite,
            lambda: next(faces).portrait,
            lambda: next(moods).face("grim"),
        ],
        rounds,
    )
    print(f"character(seed).sprite, the person included: {whole:.2f} ms; the first: {first:.0f} ms")
    print(f"of a person: figure {sprite:.2f} ms, face {face:.2f} ms, another mood {mood:.2f} ms")


if __name__ == "__main__":
    main()
