"""`aigc-procgen doctor`: what is installed, what is missing, and whether the pack draws."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
from typing import Any

import aigc_procgen as procgen

__all__ = ["add_parser", "run"]

_PARTS = {
    "numpy": "needed by everything",
    "onnxruntime": "draws pictures: [cpu]",
    "onnxruntime-gpu": "draws pictures with CUDA: [gpu]",
    "pygame": "the demo: [demo]",
    "pygame-ce": "the demo, maintained fork",
    "Pillow": "builds data sets: [data]",
    "torch": "trains: [train]",
    "onnx": "exports: [train]",
}


def add_parser(subparsers: Any) -> None:
    """Adds `doctor` to the command's parser."""
    parser = subparsers.add_parser("doctor", help="say what works here", description=__doc__)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Prints what works; returns 0 if worlds, pictures and people can be made."""
    print(f"aigc_procgen {procgen.__version__}, Python {platform.python_version()}")
    found = set()
    for name, use in _PARTS.items():
        try:
            print(f"  {name} {importlib.metadata.version(name)} ({use})")
            found.add(name)
        except importlib.metadata.PackageNotFoundError:
            print(f"  {name} is not installed ({use})")
    if {"onnxruntime", "onnxruntime-gpu"} <= found:
        print("onnxruntime and onnxruntime-gpu break each other: uninstall both, install one")
    world = procgen.world(0)
    print(f"land: {world.chunk(0, 0).digest()[:16]}")
    try:
        pack = procgen.default_pack()
        print(f"pack {pack.name}: {', '.join(sorted(pack.models))}")
        print(f"pictures: {procgen.tiles(0, procgen.TERRAINS[3], pack=pack).shape}")
    except procgen.ProcgenError as error:
        print(f"pictures: no. {error}")
        return 1
    from aigc_procgen.art.sessions import providers

    print(f"providers: {', '.join(providers())}")
    return 0
