"""`aigc-procgen quest SEED`: a quest of a seed's first town, told or as JSON."""

from __future__ import annotations

import argparse
from typing import Any

import aigc_procgen as procgen
from aigc_procgen.core.random import typed_seed

from .common import add_language

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `quest` to the command's parser."""
    parser = subparsers.add_parser("quest", help="a quest of a seed", description=__doc__)
    parser.add_argument("seed", type=typed_seed)
    parser.add_argument("--index", type=int, default=0, help="0 is the first quest, 1 the next …")
    parser.add_argument(
        "--scene", action="store_true", help="print it as a film script, in Fountain's form"
    )
    parser.add_argument("--json", action="store_true", help="print the whole record as JSON")
    add_language(parser)
    parser.add_argument("--voice", metavar="PACK", help="a pack whose voice speaks")
    parser.add_argument(
        "--propose", action="store_true", help="let the voice make lines, not only choose them"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Prints the quest; returns the exit status."""
    voice = None
    if args.voice:
        voice = procgen.load_voice(args.voice, use="propose" if args.propose else "rank")
    elif args.propose:
        raise procgen.InvalidArgument("--propose needs --voice PACK, whose voice proposes")
    world = procgen.world(args.seed, voice=voice)
    people = world.people(world.nearest("any", *world.spawn()))
    giver = people[args.index % len(people)]
    quest = world.quest(giver, index=args.index, language=args.language)
    if args.scene:
        from aigc_procgen.exporters.fountain import fountain

        scenes = [procgen.scene(quest), procgen.scene(quest, "end")]
        print("\n".join(part.to_json() for part in scenes) if args.json else fountain(scenes))
        return 0
    if args.json:
        print(quest.to_json())
        return 0
    motivation = procgen.glossary("motivation", args.language)[quest.motivation]
    role = procgen.glossary("role", args.language)[giver.role]
    name = procgen.phrase(procgen.Facts(quest.named), giver.id, language=args.language)
    print(f"{quest.title}  ({motivation}: {quest.strategy})")
    print(f"{name}, {role}: {quest.because}")
    for line in quest.lines:
        whose = f", {line.source}" if line.source != "grammar" else ""
        print(f"  [{line.act}{whose}] {line.text}")
    # A plus is before what need not be done, a slash before another way from there.
    for objective in quest.objectives:
        print(f"  {'+' if objective.optional else '-'} {objective.text}")
        for other in objective.any_of:
            print(f"    / {' · '.join(step.text for step in other.objectives)}")
    return 0
