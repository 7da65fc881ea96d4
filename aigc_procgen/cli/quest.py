"""`aigc-procgen quest SEED`: a quest, or an arc of quests, of a seed's first town."""

from __future__ import annotations

import argparse
from typing import Any

import aigc_procgen as procgen
from aigc_procgen.core.errors import check_int
from aigc_procgen.core.random import typed_seed

from .common import add_language
from .printed import arc_lines, quest_lines

__all__ = ["add_parser", "first_arc", "run"]


def add_parser(subparsers: Any) -> None:
    """Adds `quest` to the command's parser."""
    parser = subparsers.add_parser("quest", help="a quest of a seed", description=__doc__)
    parser.add_argument("seed", type=typed_seed)
    parser.add_argument("--index", type=int, default=0, help="0 is the first quest, 1 the next …")
    parser.add_argument(
        "--scene", action="store_true", help="print it as a film script, in Fountain's form"
    )
    parser.add_argument(
        "--arc", action="store_true", help="print three to five quests that follow from each other"
    )
    parser.add_argument("--json", action="store_true", help="print the whole record as JSON")
    add_language(parser)
    parser.add_argument("--voice", metavar="PACK", help="a pack whose voice speaks")
    parser.add_argument(
        "--propose", action="store_true", help="let the voice make lines, not only choose them"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Prints the quest, or the arc; returns the exit status."""
    voice = None
    if args.voice:
        voice = procgen.load_voice(args.voice, use="propose" if args.propose else "rank")
    elif args.propose:
        raise procgen.InvalidArgument("--propose needs --voice PACK, whose voice proposes")
    world = procgen.world(args.seed, voice=voice)
    people = world.people(world.nearest("any", *world.spawn()))
    if args.arc:
        if args.scene:
            raise procgen.InvalidArgument(
                "--scene shows one quest: for an arc, use export fountain --arc"
            )
        arc = first_arc(world, args.index, args.language)
        print(arc.to_json() if args.json else "\n".join(arc_lines(arc)))
        return 0
    giver = people[args.index % len(people)]
    quest = world.quest(giver, index=args.index, language=args.language)
    if args.scene:
        from aigc_procgen.exporters.fountain import fountain

        scenes = [procgen.scene(quest), procgen.scene(quest, "end")]
        print("\n".join(part.to_json() for part in scenes) if args.json else fountain(scenes))
        return 0
    print(quest.to_json() if args.json else "\n".join(quest_lines(quest)))
    return 0


def first_arc(world: Any, index: int, language: str) -> Any:
    """The longer story of the first of the first town's people, from `index` on, who begins one.

    Raises `InvalidArgument` if nobody there does.
    """
    check_int("--index", index, 0, 1 << 30)
    people = world.people(world.nearest("any", *world.spawn()), language=language)
    for turn in range(index, index + len(people)):
        try:
            return world.arc(people[turn % len(people)], index=index, language=language)
        except procgen.InvalidArgument:
            continue  # nobody begins a story who lacks what it is about
    raise procgen.InvalidArgument(
        f"--arc needs a seed whose first people can begin a longer story, {world.seed!r} has none"
    )
