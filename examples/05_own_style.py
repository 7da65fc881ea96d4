"""Your own style: from a folder of PNG files to the demo wearing it.

python examples/05_own_style.py [ART] [IMAGES]

ART holds a folder for each kind that you have drawn, and in it one for each class:
ART/characters/ROLE/*.png (sheets: a row a direction, a column a frame), ART/tiles/MATERIAL/*.png,
ART/sprites/CATEGORY/*.png. What you leave out, the art that ships draws. Without ART some candy
people are drawn for you. IMAGES is how long to train a kind, if not as long as the preset says.
"""

import sys
from pathlib import Path

import numpy as np

from aigc_procgen.cli.main import main as procgen
from aigc_procgen.core.png import write_png

INK, SKIN = (44, 30, 54), (255, 226, 190)
COATS = ((214, 64, 82), (72, 116, 214), (244, 190, 66))
HATS = {"guard": (150, 158, 176), "healer": (250, 250, 244), "farmer": (178, 120, 62)}
GROUNDS = {"grass": ((190, 226, 140), (160, 204, 118)), "sand": ((250, 220, 168), (238, 196, 140))}
ys, xs = np.mgrid[:16, :16]


def paint(picture, where, colour):
    """The colour wherever the mask says so."""
    picture[where] = (*colour, 255)


def person(coat, hat, direction, frame):
    """One picture [16, 16, 4] of somebody who walks: a foot is up in every second frame."""
    picture = np.zeros((16, 16, 4), np.uint8)
    body = (xs - 7.5) ** 2 / 26 + (ys - 7) ** 2 / 34
    for foot, left in enumerate((5, 9)):
        paint(
            picture, (xs // 2 == left // 2) & (ys >= 11) & (ys < 16 - (frame == 1 + 2 * foot)), INK
        )
    paint(picture, body < 1.4, INK)
    paint(picture, body < 1, coat)
    paint(picture, (body < 1) & (ys < 4), hat)
    for eye in {"down": (6, 9), "left": (4, 7), "right": (8, 11), "up": ()}[direction]:
        paint(picture, (abs(xs - eye) < 2) & (ys > 4) & (ys < 8) & (body < 1), SKIN)
        paint(picture, (xs == eye) & ((ys == 5) | (ys == 6)), INK)
    return picture


def draw_some(art):
    """Nine candy people of three roles, and the ground they walk on."""
    for role, hat in HATS.items():
        for number, coat in enumerate(COATS):
            rows = [
                np.concatenate([person(coat, hat, direction, frame) for frame in range(4)], 1)
                for direction in ("down", "up", "left", "right")
            ]
            write_png(art / "characters" / role / f"{number}.png", np.concatenate(rows))
    for material, (ground, mark) in GROUNDS.items():
        tile = np.zeros((16, 16, 4), np.uint8)
        paint(tile, slice(None), ground)
        paint(tile, (xs * 5 + ys * 3) % 16 < 2, mark)
        write_png(art / "tiles" / material / "0.png", tile)


art = Path(sys.argv[1] if len(sys.argv) > 1 else "my_art")
length = ["--images", sys.argv[2]] if len(sys.argv) > 2 else []
if not art.exists():
    draw_some(art)

for kind in ("tiles", "sprites", "characters"):
    if not (art / kind).is_dir():
        continue  # the art that ships draws it
    run = f"runs/own-{kind}"
    steps = [
        ["data", "build", "folder", f"{art}/{kind}", "--kind", kind, "--size", "16",
         "--out", "data"],
        ["train", kind, "--data", "data", "--run", run, "--preset", "small", *length],
        ["export", "onnx", run, "--out", "my_pack"],
    ]  # fmt: skip
    for step in steps:
        print("$ aigc-procgen", *step)
        if status := procgen(step):
            sys.exit(status)
procgen(["pack", "sheet", "my_pack", "--out", "sheets"])
demo = ["demo", "--headless", "--seed", "11", "--frames", "2", "--pack", "my_pack"]
procgen([*demo, "--screenshot", "own_style.png"])
