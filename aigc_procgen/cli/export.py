"""`aigc-procgen export`: a training run, or a world, in a form that somebody else reads."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aigc_procgen.core.errors import InvalidArgument, check_int
from aigc_procgen.core.random import typed_seed

from .common import ProgressLine, add_language
from .quest import first_arc

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
    onnx.add_argument(
        "--licence", default="all rights reserved", help="the licence of a voice's script"
    )
    onnx.set_defaults(func=run)
    for target, what in (
        ("ink", "quests as Ink scripts"),
        ("yarn", "quests as Yarn Spinner scripts"),
        ("fountain", "quests' scenes as Fountain screenplays"),
    ):
        story = targets.add_parser(target, help=f"write {what}")
        story.add_argument("seed", type=typed_seed)
        story.add_argument(
            "--out", required=True, metavar="FOLDER", help="files of the same names are replaced"
        )
        story.add_argument("--count", type=int, help="quests (default: 10)")
        story.add_argument(
            "--arc", action="store_true", help="one story of three to five quests that follow"
        )
        add_language(story)
        story.set_defaults(func=run_stories)


def run_stories(args: argparse.Namespace) -> int:
    """Plans quests of a seed's people and writes them for another tool; returns the status."""
    import aigc_procgen as procgen
    from aigc_procgen.exporters.fountain import export_scenes
    from aigc_procgen.exporters.ink import export_ink
    from aigc_procgen.exporters.yarn import export_yarn

    if args.arc:
        if args.count is not None:
            raise InvalidArgument(
                "--count does not go with --arc, which is one story: leave it out"
            )
        return _write_arc(args)
    count = check_int("--count", 10 if args.count is None else args.count, 1, 10_000)
    quests, english = [], []
    line = ProgressLine()
    try:
        for quest, translated in _quests(procgen.world(args.seed), count, args.language):
            english.append(quest)
            quests.append(translated)
            line("quests", len(quests), count)
    finally:
        line.end()
    # The table of strings has the English beside another language.
    if args.target == "ink":
        export_ink(quests, args.out, translations=english)
    elif args.target == "yarn":
        export_yarn(quests, args.out, translations=english)
    else:
        moments: tuple[str | tuple[str, ...], ...] = (("offer", "accept"), "end")
        export_scenes((procgen.scene(q, m) for q in quests for m in moments), args.out)
    print(f"wrote {args.out}: {len(quests)} quests")
    return 0


def _write_arc(args: argparse.Namespace) -> int:
    """Plans an arc of a seed's people and writes it for another tool; returns the status."""
    import aigc_procgen as procgen
    from aigc_procgen.exporters.fountain import export_arc_scenes
    from aigc_procgen.exporters.ink import export_ink_arc
    from aigc_procgen.exporters.yarn import export_yarn_arc

    world = procgen.world(args.seed)
    english, arc = (first_arc(world, 0, language) for language in ("en", args.language))
    if args.target == "fountain":
        export_arc_scenes(arc, args.out)
    else:
        write = export_ink_arc if args.target == "ink" else export_yarn_arc
        write(arc, args.out, translation=english)
    print(f"wrote {args.out}: {arc.title}, {len(arc.chapters)} chapters")
    return 0


def _quests(world: Any, count: int, language: str) -> Iterator[tuple[Any, Any]]:
    """So many different quests of the people around the start, person by person, in English and
    in the language.
    """
    home = world.nearest("any", *world.spawn())
    facts = world.facts(home)
    people = [person for place in world.neighbours(home) for person in world.people(place)]
    found: set[str] = set()
    for index in range(1000):
        for person in people:
            try:
                quest = world.quest(person, facts=facts, index=index)
            except InvalidArgument:
                continue  # has nothing to ask for
            if quest.id not in found:
                found.add(quest.id)
                yield (
                    quest,
                    quest
                    if language == "en"
                    else world.quest(person, facts=facts, index=index, language=language),
                )
            if len(found) == count:
                return


def run(args: argparse.Namespace) -> int:
    """Exports the runs and writes them, with the models already in the pack, as one pack."""
    from aigc_procgen.core.pack import load_pack, write_pack
    from aigc_procgen.exporters.classifier import export_classifier, is_classifier_run
    from aigc_procgen.exporters.layouts import export_layouts, is_layout_run
    from aigc_procgen.exporters.names import export_names, is_name_run
    from aigc_procgen.exporters.onnx import compare, export_ground, export_run
    from aigc_procgen.exporters.voice import export_voice, is_voice_run

    out = Path(args.out)
    models: dict[str, tuple[dict[str, Any], bytes]] = {}
    name = args.name or out.stem
    if (out / "manifest.json").exists() or out.is_file():
        earlier = load_pack(out)
        name = args.name or earlier.name
        models = {model.name: (dict(model.entry), model.data) for model in earlier.models.values()}
    for folder in args.runs:
        if is_name_run(folder) or is_layout_run(folder):
            export_whole = export_names if is_name_run(folder) else export_layouts
            data, entry = export_whole(folder)
            print(f"{folder}: {len(data):,} bytes, the same whole numbers as the machine's")
            models[entry["kind"]] = (entry, data)
            continue
        if is_voice_run(folder):
            data, entry = export_voice(folder, licence=args.licence)
            print(f"{folder}: {len(data):,} bytes, the same whole numbers as the machine's")
            models["voice"] = (entry, data)
            continue
        if is_classifier_run(folder):
            data, entry = export_classifier(folder)
            print(f"{folder}: {len(data):,} bytes, reads {entry['kind'].partition('_')[0]}")
            models[entry["kind"]] = (entry, data)
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
