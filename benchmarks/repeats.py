"""Lines that a player hears twice in one world: `python benchmarks/repeats.py`.

Everybody near the start of a world is asked for quests, one each and then round again, until there
are `--quests`; each is told to somebody who heard all the others. A line is repeated if an earlier
quest, or the same one, said it to the letter. What the player says is counted apart: those are
choices, and a choice may be the same short one each time. `--bare` is stricter: lines that differ
in nothing but the names of people, places and things are one line.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count

import aigc_procgen as procgen
from aigc_procgen.story.fact_set import PLAYER, Facts


def quests(world: procgen.World, wanted: int, language: str) -> Iterator[procgen.Quest]:
    """Quests of those who live near the start, each told to one who heard the former."""
    places = world.neighbours(world.nearest("town", *world.spawn()))
    people = [(person, world.facts(place)) for place in places for person in world.people(place)]
    heard: list[procgen.Quest] = []
    for index in count():
        for person, facts in people:
            if len(heard) == wanted:
                return
            try:
                quest = world.quest(
                    person, facts=facts, index=index, recent=heard, language=language
                )
            except procgen.InvalidArgument:  # held, or without a wish
                continue
            heard.append(quest)
            yield quest


def bare(quest: procgen.Quest, text: str) -> str:
    """A line without the names in it."""
    facts = Facts(quest.named)
    names = {
        procgen.phrase(facts, fact[1], form, language=quest.language)
        for fact in facts.find("name")
        for form in ("", "the", "a", "that")
    }
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "_")
        text = text.replace(name[:1].upper() + name[1:], "_")
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description="Count the lines that one world says twice.")
    parser.add_argument("--world", default="42")
    parser.add_argument("--quests", type=int, default=200)
    parser.add_argument("--language", choices=procgen.LANGUAGES, default="en")
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--show", type=int, default=0, help="repeated lines to print")
    args = parser.parse_args()
    seed = int(args.world) if args.world.lstrip("-").isdecimal() else args.world
    said: set[str] = set()
    tally: dict[bool, tuple[Counter[str], Counter[str]]] = {
        player: (Counter(), Counter()) for player in (False, True)
    }
    again: list[str] = []
    begun = time.process_time()
    for quest in quests(procgen.world(seed), args.quests, args.language):
        for line in quest.lines:
            player = line.speaker == PLAYER
            act = line.act.split()[0] if line.act.startswith("reply") else line.act
            tally[player][0][act] += 1
            text = bare(quest, line.text) if args.bare else line.text
            if text in said:
                tally[player][1][act] += 1
                again += [] if player else [f"{act}: {text}"]
            said.add(text)
    for player, (lines, twice) in tally.items():
        who = "the player's own" if player else "what people say"
        print(f"{who}: {twice.total()} of {lines.total()} lines were said before")
        for act, number in sorted(lines.items()):
            print(f"  {act:20} {twice[act]:5} of {number}")
    print(f"{time.process_time() - begun:.1f} s")
    for text in again[: args.show]:
        print(text)


if __name__ == "__main__":
    main()
