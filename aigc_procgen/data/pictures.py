"""Reading one PNG of any make into RGBA; what cannot be used is refused in one sentence."""

from __future__ import annotations

import io
import warnings

import numpy as np

from aigc_procgen.core.errors import MissingDependency

from .colour import Pixels
from .errors import DataError

__all__ = ["KEY_COLOUR", "decode"]

KEY_COLOUR = (71, 108, 108)
"""Opaque pixels of exactly this colour mean "transparent" in the crawl art."""

MOST_PIXELS = 4096 * 4096


def decode(data: bytes, name: str, *, keyed: bool = False) -> tuple[Pixels, tuple[str, ...]]:
    """RGBA uint8 [h, w, 4] of a PNG, and notes on what had to be converted.

    Palette, greyscale, 16-bit and RGB pictures are converted; of an animation the first picture
    is taken. `keyed` makes the transparency key colour transparent. Raises `DataError` for a file
    that cannot be read.
    """
    try:
        from PIL import Image
    except ImportError:
        raise MissingDependency(
            "data sets need Pillow: install it with pip install 'aigc-procgen[data]'"
        ) from None
    notes: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise DataError(
                        f"{name} is {picture.width}x{picture.height} pixels: cut it to at most "
                        "4096x4096"
                    )
                if getattr(picture, "n_frames", 1) > 1:
                    notes.append("animated: first picture taken")
                mode = picture.mode
                if mode in {"I", "I;16", "I;16B", "I;16L"}:
                    # Pillow clips 16-bit grey to white; the high byte is the grey that is meant.
                    high = np.asarray(picture).astype(np.int64) >> 8
                    grey = Image.fromarray(np.clip(high, 0, 255).astype(np.uint8))
                    pixels = np.array(grey.convert("RGBA"), np.uint8)
                else:
                    pixels = np.array(picture.convert("RGBA"), np.uint8)
        if mode not in {"RGBA", "RGB"}:
            notes.append(f"converted from mode {mode}")
    except DataError:
        raise
    except Exception as error:  # Pillow raises a dozen kinds of error on damaged files
        reason = str(error).split("\n")[0] or type(error).__name__
        if "cannot identify" in reason:
            reason = "not a picture"
        raise DataError(f"{name} cannot be read ({reason}): replace or remove it") from None
    if keyed:
        key = (pixels[..., :3] == np.array(KEY_COLOUR, np.uint8)).all(-1)
        if key.any():
            pixels[key] = 0
            notes.append("transparency key removed")
    return pixels, tuple(notes)
