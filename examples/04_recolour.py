"""The same sword in team colours: another palette moves no pixel."""

import numpy as np

import aigc_procgen as procgen
from aigc_procgen.core.png import sheet, write_png

palette = procgen.default_pack().model("sprites").palette
grey = palette.mean(1, keepdims=True).astype(np.uint8)
red = np.concatenate([palette[:, :1], grey // 2, grey // 2], 1)
blue = np.concatenate([grey // 2, grey // 2, palette[:, :1]], 1)

swords = [procgen.sprites(7, "sword", 8, palette=colours) for colours in (palette, red, blue)]
write_png("swords.png", sheet(np.concatenate(swords), columns=8))
