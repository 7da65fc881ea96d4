"""PNG files without a picture library: enough to show what was generated."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .errors import InvalidArgument, check_int
from .files import write_atomic

__all__ = ["encode_png", "sheet", "write_png"]


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """The bytes of a PNG of RGBA pixels uint8 [h, w, 4] (PNG specification, third edition)."""
    if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8 or not pixels.size:
        raise InvalidArgument(
            f"pixels must be uint8 [h, w, 4], not {pixels.dtype} {list(pixels.shape)}"
        )
    height, width = pixels.shape[:2]
    # Each row is led by its filter's number; 0 is none.
    rows = np.zeros((height, 1 + width * 4), np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    data = zlib.compress(rows.tobytes(), 6)
    parts = [_chunk(b"IHDR", head), _chunk(b"IDAT", data), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(path: str | os.PathLike[str], pixels: NDArray[np.uint8]) -> None:
    """Writes RGBA pixels uint8 [h, w, 4] as a PNG, whole or not at all; makes missing folders."""
    target = Path(path)
    if target.is_dir():
        raise InvalidArgument(
            f"path must be a file, and {str(target)!r} is a folder: name one in it"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        file = next((str(own) for own in target.parents if own.is_file()), str(target.parent))
        raise InvalidArgument(
            f"path {str(target)!r} must lie in a folder, and {file!r} is a file"
        ) from None
    write_atomic(target, encode_png(pixels))


def sheet(pictures: NDArray[np.uint8], columns: int, scale: int = 3) -> NDArray[np.uint8]:
    """Pictures RGBA [n, h, w, 4] in a grid on a grey ground, RGBA, `scale` times larger."""
    check_int("columns", columns, 1, 4096)
    check_int("scale", scale, 1, 64)
    count, height, width = pictures.shape[:3]
    rows, gap = -(-count // columns), 2
    ys, xs = np.indices((rows * (height + gap) + gap, columns * (width + gap) + gap))
    grey = np.where((ys // 8 + xs // 8) % 2, 84, 94).astype(np.uint8)
    out = np.stack([grey, grey, grey, np.full_like(grey, 255)], 2)
    for index, picture in enumerate(pictures):
        top = index // columns * (height + gap) + gap
        left = index % columns * (width + gap) + gap
        window = out[top : top + height, left : left + width]
        np.copyto(window[..., :3], picture[..., :3], where=picture[..., 3:] > 0)
    return out.repeat(scale, 0).repeat(scale, 1)
