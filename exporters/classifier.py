"""A trained classifier as one ONNX graph: pixels in, a logit for every value out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from aigc_procgen.core.errors import InvalidArgument

from .onnx import need, trace
from .steps import describe_tensors
from .weights import keep

__all__ = ["export_classifier", "is_classifier_run"]

_FILE = "classifier.safetensors"


def is_classifier_run(run: str | Path) -> bool:
    """Whether a folder is a run of `train classifier`."""
    return (Path(run) / _FILE).is_file()


def export_classifier(run: str | Path) -> tuple[bytes, dict[str, Any]]:
    """The ONNX file of a run of `train classifier`, and its manifest entry without scores.

    It takes `pixels` uint8 [N, size, size, 4] and gives `logits` float32 [N, L], a block for each
    attribute. Raises `InvalidArgument` if `run` is none, `MissingDependency` without torch or onnx.
    """
    torch = need("torch")
    from aigc_procgen.train.checkpoint import load_checkpoint
    from aigc_procgen.train.classifier import Classifier

    path = Path(run) / _FILE
    if not path.is_file():
        raise InvalidArgument(
            f"run must be a folder that `aigc-procgen train classifier` wrote, not {str(run)!r}: "
            f"it lacks {_FILE}"
        )
    weights, facts = load_checkpoint(path)
    about = json.loads(facts["about"])
    values = [len(names) for names in about["attributes"].values()]
    net = Classifier(about["size"], values)
    net.load_state_dict(weights)
    reader = _reader(net.eval().fused())
    kept = {}
    for name, tensor in reader.state_dict().items():
        kept[name] = keep(name, tensor.numpy())
        tensor.copy_(torch.from_numpy(kept[name].values))
    side = about["size"]
    data = trace(
        reader,
        kept,
        {"pixels": torch.zeros(2, side, side, 4, dtype=torch.uint8)},
        {"pixels": {0: "N"}, "logits": {0: "N"}},
        ("N", sum(values)),
        output="logits",
    )
    entry = {
        **about,
        "file": f"{about['kind']}.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "latent": net.features,
        "palette": [],
        "scores": {},
    }
    describe_tensors(entry)
    return data, entry


def _reader(net: Any) -> Any:
    """A classifier that takes pixels as packs give them, uint8 [n, s, s, 4]."""
    torch = need("torch")

    class Reader(torch.nn.Module):  # type: ignore[misc,name-defined]  # torch is loaded late
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, pixels: Any) -> Any:
            x = pixels.to(torch.float32) * (1 / 255)
            x = torch.cat([x[..., :3] * x[..., 3:], x[..., 3:]], 3).permute(0, 3, 1, 2) - 0.5
            return self.net.body(x)

    return Reader().requires_grad_(False)
