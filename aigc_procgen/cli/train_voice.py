"""`aigc-procgen train voice`: a network that learns to speak like a developer's own script."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.pack import load_pack, write_pack

from .common import changed

__all__ = ["add_arguments", "train_voice"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only a voice needs."""
    group = parser.add_argument_group("a voice")
    group.add_argument(
        "--corpus", metavar="FILE", help="your script: .txt, .csv, .json, .fountain or .ink"
    )
    group.add_argument("--out", metavar="PACK", help="the pack's folder that gets the voice")
    group.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME=ROLE",
        help="who or what a name in the script is (giver, home, person …); NAME= is no name",
    )
    group.add_argument(
        "--licence", default="all rights reserved", help="the script's licence, for the manifest"
    )
    group.add_argument(
        "--no-lines",
        action="store_true",
        help="keep the script's own lines out of the pack",
    )
    group.add_argument(
        "--no-base", action="store_true", help="learn from the script alone, not from our lines too"
    )


def train_voice(
    args: argparse.Namespace,
    changes: dict[str, Any],
    *,
    command: str,
    progress_bar: Callable[[int, int], Any],
) -> int:
    """Trains with `changes` of the preset, and exports; returns the exit status."""
    from aigc_procgen.data.script import ScriptRow, read_script
    from aigc_procgen.data.voice_set import build_voice
    from aigc_procgen.story.spoken_lines import spoken_lines
    from aigc_procgen.train.voice import VoiceTrainer, voice_preset

    config = replace(voice_preset(args.preset), seed=args.seed)
    changed(config, changes, "a voice")  # says what is wrong before the script is read
    if not args.corpus:
        raise InvalidArgument("train voice needs --corpus FILE, your script")
    base = (
        ScriptRow(text=text, speaker=voice, act=act, mood=mood)
        for text, voice, act, mood in spoken_lines()
    )
    lines = build_voice(
        read_script(args.corpus),
        () if args.no_base else base,
        roles=dict(_role(text) for text in args.name),
        seed=config.seed,
    )
    config = replace(voice_preset(args.preset, len(lines.every)), seed=args.seed, **changes)
    if args.dry_run:
        print(json.dumps(config.to_dict(), indent=1))
        return 0
    print(
        f"{len(lines.train)} lines to learn, {len(lines.held)} held out, {len(lines.base)} of ours"
    )
    found = ", ".join(f"{name} is {role or 'no name'}" for name, role in lines.roles.items())
    print(f"names: {found or 'none'} (correct it with --name NAME=ROLE)")
    folder = Path(args.run or f"runs/voice-{args.preset}")
    trainer = VoiceTrainer(config, lines, folder, command=command, keep_lines=not args.no_lines)
    if trainer.shown:
        print(f"going on from line {trainer.shown:,} in {folder}")
    trainer.train(progress_bar(trainer.shown, config.lines), args.minutes)
    for name, value in trainer.machine().scores.items():
        print(f"{name}: {value}")
    print(f"{trainer.shown:,} lines shown; checkpoint, stats and voice.net in {folder}")
    if args.out:
        add_voice(folder, Path(args.out), args.licence)
    return 0


def add_voice(run: Path, out: Path, licence: str) -> None:
    """Adds the voice of a run to a pack, which is made anew if it is not there."""
    from aigc_procgen.exporters.voice import export_voice

    models: dict[str, tuple[dict[str, Any], bytes]] = {}
    name = out.stem
    if (out / "manifest.json").exists() or out.is_file():
        earlier = load_pack(out)
        name = earlier.name
        models = {model.name: (dict(model.entry), model.data) for model in earlier.models.values()}
    data, entry = export_voice(run, licence=licence)
    models["voice"] = (entry, data)
    write_pack(out, name, models)
    print(f"wrote {out}: {', '.join(sorted(models))}")


def _role(text: str) -> tuple[str, str]:
    name, equals, role = text.partition("=")
    if not equals or not name.strip():
        raise InvalidArgument(f"--name takes NAME=ROLE, such as Wexmere=home, not {text!r}")
    return name.strip(), role.strip()
