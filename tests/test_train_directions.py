"""Training on figures that face several ways: as many channels and colours as they need."""

from __future__ import annotations

import json

import numpy as np

from aigc_procgen.train.config import preset
from aigc_procgen.train.dataset import load_dataset
from aigc_procgen.train.trainer import Shape, build_critic, build_generator


def test_more_pictures_come_out_of_more_channels():
    """Up to four pictures a figure the thin layers are as configured, sixteen have four times."""
    config = preset("characters", "tiny", fine=8)
    for pictures, channels in ((1, 8), (4, 8), (8, 16), (16, 32)):
        shape = Shape(labels=3, size=16, pictures=pictures, colours=7)
        assert build_generator(config, shape).head.conv.in_channels == channels
        assert build_critic(config, shape).fine.conv.out_channels == channels


def test_palette_has_the_colours_of_every_direction(tmp_path):
    """A colour that only a back shows is one of the palette's."""
    images = np.zeros((3, 4, 16, 16, 4), np.uint8)
    images[:, :2, 4:12, 4:12] = (200, 40, 40, 255)
    images[:, 2:, 4:12, 4:12] = (40, 40, 200, 255)  # the back
    meta = {
        "kind": "characters",
        "attributes": {"role": ["guard"]},
        "frames": 2,
        "directions": ["down", "up"],
    }
    path = tmp_path / "characters.npz"
    labels = np.zeros((3, 1), np.uint8)
    np.savez(path, images=images, labels=labels, meta=np.array(json.dumps(meta)))
    dataset, _ = load_dataset(path, 8)
    assert sorted(dataset.palette.tolist()) == [[40, 40, 200], [200, 40, 40]]
