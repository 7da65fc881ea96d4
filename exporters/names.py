"""The network of names as one ONNX graph, see `exporters.steps`, and its entry in a manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.name_machine import NameMachine, read_machine

from .steps import describe_tensors, step_graph

__all__ = ["export_names", "is_name_run", "name_graph"]

_FILE = "names.net"


def is_name_run(run: str | Path) -> bool:
    """Whether a folder is a run of `train names`, or a file is what such a run wrote."""
    return Path(run).name == _FILE or (Path(run) / _FILE).is_file()


def export_names(run: str | Path) -> tuple[bytes, dict[str, Any]]:
    """The ONNX file of a run of names (its folder, or its `names.net`), and its manifest entry.

    Raises `InvalidArgument` if `run` is none, `MissingDependency` without onnx.
    """
    path = Path(run) if Path(run).is_file() else Path(run) / _FILE
    try:
        machine = read_machine(str(path), path.read_bytes())
    except OSError:
        raise InvalidArgument(
            f"run must be a folder that `aigc-procgen train names` wrote, not {str(run)!r}: it "
            f"lacks {_FILE}"
        ) from None
    data = name_graph(machine)
    entry = {
        "kind": "names",
        "file": "names.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(machine.alphabet),
        "latent": machine.states,
        "alphabet": machine.alphabet,
        "attributes": {"culture": list(machine.cultures), "kind": list(machine.kinds)},
        "palette": [],
        **json.loads(json.dumps(dict(machine.about))),
        "scores": {},
    }
    describe_tensors(entry)
    return data, entry


def name_graph(machine: NameMachine) -> bytes:
    """The ONNX file of a machine's step; see `core.manifest.tensors` for its inputs and outputs."""
    return step_graph(machine, "names", letter="letter", outputs=("next", "odds"))
