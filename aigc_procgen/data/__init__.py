"""Data sets for training: built from CC0 art, or from anyone's own pictures."""

from .crawl import build_crawl
from .datasets import UNKNOWN, DataSet, read_set
from .errors import DataError
from .folder import build_folder
from .heads import build_heads
from .layouts import build_layouts
from .names import build_names
from .ninja import build_ninja
from .sheet import draw_sheet

__all__ = [
    "UNKNOWN",
    "DataError",
    "DataSet",
    "build_crawl",
    "build_folder",
    "build_heads",
    "build_layouts",
    "build_names",
    "build_ninja",
    "draw_sheet",
    "read_set",
]
