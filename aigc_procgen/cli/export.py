"""`aigc-procgen export`: a training run, or a world, in a form that somebody else reads."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `export` to the command's parser."""
    parser = subparsers.add_parser(
        "export", help="write a trained run as ONNX", description=__doc__
    )
    targets = parser.add_subparsers(dest="target", required=True)
    onnx = targets.add_parser("onnx", help="add the model of a run to a pack")
    onnx.add_argument("runs", nargs="+", metavar="RUN", help="folders that `train` wrote")
    onnx.add_argument("--out", required=True, metavar="PACK", help="the pack's folder; made anew")
    onnx.add_argument("--name", help="the pack's name (default: the folder's)")
    onnx.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Exports the runs and writes them, with the models already in the pack, as one pack."""
    from aigc_procgen.core.pack import load_pack, write_pack
    from aigc_procgen.exporters.names import export_names, is_name_run
    from aigc_procgen.exporters.onnx import compare, export_ground, export_run

    out = Path(args.out)
    models: dict[str, tuple[dict[str, Any], bytes]] = {}
    name = args.name or out.stem
    if (out / "manifest.json").exists() or out.is_file():
        earlier = load_pack(out)
        name = args.name or earlier.name
        models = {model.name: (dict(model.entry), model.data) for model in earlier.models.values()}
    for folder in args.runs:
        if is_name_run(folder):
            data, entry = export_names(folder)
            print(f"{folder}: {len(data):,} bytes, the same whole numbers as the machine's")
            models["names"] = (entry, data)
            continue
        data, entry = export_run(folder)
        agreement = compare(folder, data)
        print(
            f"{folder}: {len(data):,} bytes, {entry['training']['images_shown']:,} images shown; "
            f"ONNX Runtime and PyTorch differ by at most {agreement.raw_difference:.1e} before the "
            f"palette and in {agreement.pixels_differing} of {agreement.pixels:,} pixels after it"
        )
        models[entry["kind"]] = (entry, data)
        if ground := export_ground(folder):
            models["ground"] = (ground[1], ground[0])
    write_pack(out, name, models)
    print(f"wrote {out}: {', '.join(sorted(models))}")
    return 0
