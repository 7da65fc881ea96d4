"""Canvases: the network that draws a tile draws land of many tiles and materials, without seams."""

from __future__ import annotations

import json

import numpy as np
import onnxruntime
import pytest
import torch
from aigc_procgen.exporters.onnx import export_ground, export_run
from training_data import SMALL, train_run

from aigc_procgen.core.errors import PackError
from aigc_procgen.core.manifest import check_entry
from aigc_procgen.train.config import preset
from aigc_procgen.train.finish import finish
from aigc_procgen.train.ground import Ground
from aigc_procgen.train.networks import Generator
from aigc_procgen.train.trainer import Trainer


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return train_run(tmp_path_factory.mktemp("ground"), "tiles")


@pytest.fixture(scope="module")
def painter(run):
    """A generator with weights that make every layer matter, its painter, and its labels."""
    about = json.loads((run / "run.json").read_text())
    config = preset("tiles", "tiny", **SMALL)
    trainer = Trainer(config, run.parent / "set.npz", run, "cpu")
    net = trainer.average
    random = torch.Generator().manual_seed(4)
    for tensor in net.parameters():
        tensor.add_(torch.randn(tensor.shape, generator=random) * 0.05)
    labels = sum(len(names) for names in about["attributes"].values())
    return net, Ground(net), torch.eye(labels)


def latents(*shape):
    return torch.randn(*shape, 64, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_one_tile_of_one_material_is_the_generators_own(painter):
    """A canvas of one tile is the tile, to the rounding of floats."""
    net, ground, labels = painter
    z = latents(1, 1)
    whole = ground(z, labels[:1], torch.ones(1, 32, 32))
    assert whole.shape == (1, 4, 32, 32)
    assert torch.allclose(whole, net(z[0], labels[:1]), atol=1e-4)


@torch.no_grad()
def test_a_canvas_wraps_and_has_no_place_of_its_own(painter):
    """Moving every tile by one moves the picture by one tile, around the rims."""
    _, ground, labels = painter
    z = latents(3, 4)
    share = torch.rand(1, 96, 128, generator=torch.Generator().manual_seed(2))
    share = torch.cat([share, 1 - share])
    whole = ground(z, labels[:2], share)
    moved = ground(z.roll((1, -1), (0, 1)), labels[:2], share.roll((32, -32), (1, 2)))
    assert torch.allclose(moved, whole.roll((32, -32), (2, 3)), atol=1e-4)
    assert not torch.allclose(whole, ground(z.flip(0), labels[:2], share), atol=1e-2)


@torch.no_grad()
def test_every_pixel_is_told_its_material(painter):
    """Where all is of one material the other does not matter; a mixture is neither of them."""
    _, ground, labels = painter
    z = latents(2, 2)
    ones, none = torch.ones(1, 64, 64), torch.zeros(1, 64, 64)
    alone = ground(z, labels[1:2], ones)
    assert torch.allclose(ground(z, labels[:2], torch.cat([none, ones])), alone, atol=1e-4)
    half = torch.zeros(2, 64, 64)
    half[0, :, :32] = 1
    half[1, :, 32:] = 1
    mixed = ground(z, labels[:2], half)
    other = ground(z, labels[:1], ones)
    near = [(mixed - pure).abs().amax((0, 1, 2)) for pure in (other, alone)]
    assert near[0][16] < near[1][16]
    assert near[1][48] < near[0][48]
    assert min(float(near[0][31]), float(near[1][31])) > 1e-3


@torch.no_grad()
def test_a_network_of_parts_paints_too():
    """Where tiles are made of learned parts a canvas of one is the tile, and materials meet."""
    torch.manual_seed(2)
    net = Generator(labels=3, widths=(12, 10, 8), fine=6, wrap=True, parts=(5,), code=16).eval()
    for parameter in net.parameters():
        parameter += torch.randn_like(parameter) * 0.1
    ground, labels = Ground(net), torch.eye(3)
    z = latents(1, 1)
    whole = ground(z, labels[:1], torch.ones(1, 32, 32))
    assert torch.allclose(whole, net(z[0], labels[:1]), atol=1e-4)
    z, ones, none = latents(2, 3), torch.ones(1, 64, 96), torch.zeros(1, 64, 96)
    alone = ground(z, labels[1:2], ones)
    assert torch.allclose(ground(z, labels[:2], torch.cat([none, ones])), alone, atol=1e-4)
    moved = ground(z.roll(1, 0), labels[1:2], ones)
    assert torch.allclose(moved, alone.roll(32, 2), atol=1e-4)


def test_the_exported_painter_is_the_network(run):
    """ONNX Runtime paints canvases of any size and number of materials as PyTorch does."""
    data, entry = export_ground(run)
    check_entry("ground", entry)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    assert [(i.name, i.shape) for i in session.get_inputs()] == [
        (i["name"], i["shape"]) for i in entry["inputs"]
    ]
    palette = np.array(entry["palette"], np.float32)
    labels = entry["inputs"][1]["shape"][1]
    tile, _ = export_run(run)
    single = onnxruntime.InferenceSession(tile, providers=["CPUExecutionProvider"])
    for rows, columns, materials in ((1, 1, 1), (2, 3, 2), (4, 1, 3)):
        z = latents(rows, columns).numpy()
        share = np.zeros((materials, 32 * rows, 32 * columns), np.float32)
        share[0] = 1
        feed = {"z": z, "share": share, "palette": palette}
        label = np.eye(labels, dtype=np.float32)[np.arange(materials) % labels]
        (pixels,) = session.run(None, {**feed, "label": label})
        assert pixels.shape == (32 * rows, 32 * columns, 4)
        assert pixels.dtype == np.uint8
        if rows == columns == 1:
            (own,) = single.run(None, {"z": z[0], "label": label, "palette": palette})
            assert (own[0] != pixels).any(-1).sum() <= 2


def test_a_painter_may_choose_among_colours(tmp_path):
    """A canvas of one tile by a palette head is the tile."""
    run = train_run(tmp_path, "tiles", features=8)
    data, entry = export_ground(run)
    tile, _ = export_run(run)
    z = latents(1, 1).numpy()
    feed = {"label": np.eye(3, dtype=np.float32)[:1], "palette": np.array(entry["palette"], "f4")}
    pictures = []
    for graph, more in (
        (data, {"z": z, "share": np.ones((1, 32, 32), np.float32)}),
        (tile, {"z": z[0]}),
    ):
        session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
        pictures.append(session.run(None, {**feed, **more})[0].reshape(32, 32, 4))
    assert (pictures[0] != pictures[1]).any(-1).sum() <= 2


def test_only_a_run_of_tiles_becomes_a_painter(tmp_path):
    """Figures are not toroidal: their run gives no model of ground."""
    assert export_ground(train_run(tmp_path, "characters")) is None


def test_a_painter_has_its_own_tensors(run):
    """An entry of ground with a tile's inputs, or with frames, is refused in one sentence."""
    _, entry = export_ground(run)
    with pytest.raises(PackError, match="frames or directions"):
        check_entry("ground", {**entry, "frames": 4})
    with pytest.raises(PackError, match="lacks the tensor 'z'"):
        check_entry("ground", {**entry, "inputs": entry["inputs"][1:]})
    with pytest.raises(PackError, match="share"):
        check_entry("tiles", {**entry, "kind": "tiles"})


def test_the_last_layer_takes_a_canvas(painter):
    """Canvases are finished as tiles are: the palette's colours and whole transparency."""
    _, ground, labels = painter
    palette = torch.tensor([[0.0, 0, 0], [255.0, 10, 20]])
    with torch.no_grad():
        raw = ground(latents(2, 1), labels[:1], torch.ones(1, 64, 32))
    pixels = finish(raw, palette, palette)[0]
    assert pixels.shape == (64, 32, 4)
    colours = {tuple(c) for c in pixels[pixels[..., 3] > 0][:, :3].tolist()}
    assert colours <= {(0, 0, 0), (255, 10, 20)}
