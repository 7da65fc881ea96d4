"""The files of an art release: each decoded at most once, with a record of what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from .colour import Pixels
from .errors import DataError
from .pictures import decode

__all__ = ["Release"]

SIZE = 32


class Release:
    """Path -> bytes of the files, read as pictures of 32 x 32 pixels."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.used: dict[str, str] = {}
        """Path -> SHA-256 of the files that gave a picture since `start_set`."""
        self.left_out: dict[str, str] = {}
        """Path -> reason, of the files asked for in vain since `start_set`."""
        self.notes: dict[str, str] = {}
        """Path -> what had to be converted."""
        self._pixels: dict[str, tuple[Pixels | None, str]] = {}

    def start_set(self) -> None:
        """Forgets what was used and left out; the decoded pictures stay."""
        self.used, self.left_out, self.notes = {}, {}, {}

    def picture(self, path: str) -> Pixels | None:
        """RGBA uint8 [32, 32, 4] of the file, or None (with a reason on record)."""
        if path not in self._pixels:
            self._pixels[path] = self._decoded(path)
        pixels, note = self._pixels[path]
        if pixels is None:
            self.left_out[path] = note
            return None
        if note:
            self.notes[path] = note
        if path not in self.used:
            self.used[path] = sha256(self.files[path]).hexdigest()
        return pixels

    def _decoded(self, path: str) -> tuple[Pixels | None, str]:
        try:
            pixels, notes = decode(self.files[path], path, keyed=True)
        except DataError as error:
            return None, str(error)
        height, width = pixels.shape[:2]
        if (height, width) != (SIZE, SIZE):
            return None, f"{path} is {width}x{height} pixels, not {SIZE}x{SIZE}"
        return pixels, "; ".join(notes)
