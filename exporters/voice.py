"""The network of a voice as one ONNX graph, see `exporters.steps`, and its entry in a manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.voice_machine import VoiceMachine, read_voice

from .steps import describe_tensors, step_graph

__all__ = ["export_voice", "is_voice_run", "voice_graph"]

_FILE = "voice.net"


def is_voice_run(run: str | Path) -> bool:
    """Whether a folder is a run of `train voice`, or a file is what such a run wrote."""
    return Path(run).name == _FILE or (Path(run) / _FILE).is_file()


def export_voice(run: str | Path, *, licence: str) -> tuple[bytes, dict[str, Any]]:
    """The ONNX file of a run of a voice (its folder, or its `voice.net`), and its manifest entry.

    `licence` is that of the script. Raises `InvalidArgument` if `run` is none, `MissingDependency`
    without onnx.
    """
    path = Path(run) if Path(run).is_file() else Path(run) / _FILE
    try:
        machine = read_voice(str(path), path.read_bytes())
    except OSError:
        raise InvalidArgument(
            f"run must be a folder that `aigc-procgen train voice` wrote, not {str(run)!r}: it "
            f"lacks {_FILE}"
        ) from None
    data = voice_graph(machine)
    entry = {
        "kind": "voice",
        "file": "voice.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(machine.vocabulary),
        "latent": machine.states,
        "vocabulary": list(machine.vocabulary),
        "lexicon": list(machine.lexicon),
        "known": list(machine.known),
        "lines": [list(line) for line in machine.lines],
        "attributes": {name: list(values) for name, values in machine.attributes.items()},
        "palette": [],
        "licence": licence,
        **json.loads(json.dumps(dict(machine.about))),
        "scores": dict(machine.scores),
    }
    describe_tensors(entry)
    return data, entry


def voice_graph(machine: VoiceMachine) -> bytes:
    """The ONNX file of a machine's step; see `core.manifest.tensors` for its inputs and outputs."""
    return step_graph(machine, "voice", letter="piece", outputs=("next", "odds", "votes"))
