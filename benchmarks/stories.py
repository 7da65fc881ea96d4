"""Many quests planned, replayed, broken, mended, and read: `python benchmarks/stories.py`.

One quest of each of `--worlds` neighbourhoods: planned, its proof replayed from fresh facts, its
words looked over (names that exist, slots, doubled words, articles, quotes). `--deeds` random legal
deeds of a player follow in every tenth: broken quests must be noticed, and mended or closed. Then
two players' profiles, how varied offers are against a Tracery grammar of the same lines (the share
of different pairs of words; self-BLEU-4, less is more varied), and TextWorld's quests in the same
run. Rivals: `pip install -e ".[bench]"`, and textworld, which has no wheels for every system.
"""

from __future__ import annotations

import argparse
import importlib
import math
import re
import statistics
import time
from collections import Counter
from itertools import pairwise
from typing import Any

import aigc_procgen as procgen
from aigc_procgen.core.random import stream
from aigc_procgen.story.fact_set import Facts
from aigc_procgen.story.facts import apply, legal_actions, replay
from aigc_procgen.story.neighbourhood import small_neighbourhood
from aigc_procgen.story.proofreading import SLIPS, slips, strangers
from aigc_procgen.story.quests import Quest, plan_quest
from aigc_procgen.story.tables import load_table


def givers(facts: Facts) -> list[str]:
    flaws = ("dead", "hostile", "secret")
    return [
        fact[1]
        for fact in facts.find("person")
        if not any((flaw, fact[1]) in facts for flaw in flaws)
        and not any(True for _ in facts.find("captive", fact[1]))
    ]


def texts_of(quest: Quest) -> list[str]:
    aims = [objective.text for objective in quest.objectives]
    return [*(line.text for line in quest.lines), quest.title, quest.because, *aims]


def timed(seed: int, facts: Facts, giver: str) -> float:
    """Seconds of a processor that a quest with its words takes."""
    begun = time.process_time()
    plan_quest(seed, facts, giver=giver)
    return time.process_time() - begun


def plan_many(worlds: int, deeds: int, tries: int) -> list[str]:
    """Plans, replays, breaks and mends; returns the offers."""
    tally: Counter[str] = Counter()
    times, offers = [], []
    for seed in range(worlds):
        facts = small_neighbourhood(seed)[2]
        giver = stream(seed, "benchmark giver").choice(givers(facts))
        try:
            quest = plan_quest(seed, facts, giver=giver)
        except procgen.InvalidArgument:
            tally["not planned"] += 1
            continue
        times.append(min(timed(seed, facts, giver) for _ in range(tries)) * 1000)
        after = replay(quest.proof, Facts(facts))
        tally["replayed to the end"] += quest.check(after).state == "done"
        names = [fact[2] for fact in facts.find("name")]
        for text in texts_of(quest):
            tally["texts"] += 1
            if unknown := strangers(text, names):
                tally["strangers' names"] += 1
                print(f"seed {seed}: {', '.join(unknown)} in {text!r}")
            tally.update(dict.fromkeys(SLIPS, 0))
            tally.update(slips(text))
        offers.append(quest.spoken("offer"))
        if seed % 10 == 0:
            tally[f"after {deeds} deeds: {survive(seed, quest, facts, deeds)}"] += 1
    print(f"{worlds - tally['not planned']} of {worlds} planned")
    for name, number in sorted(tally.items()):
        print(f"  {name:34} {number}")
    cut = statistics.quantiles(times, n=100)
    print(f"  a quest with its words: median {cut[49]:.2f} ms, p99 {cut[98]:.2f} ms")
    return offers


def survive(seed: int, quest: Quest, facts: Facts, deeds: int) -> str:
    dice = stream(seed, "vandal")
    for _ in range(deeds):
        facts = apply(dice.choice(legal_actions(facts)), facts)
    state = quest.check(facts).state
    if state != "broken":
        return state
    mended = quest.replan(facts)
    if mended is None:
        return "closed with a line" if quest.closing(facts).text else "CLOSED WITHOUT A WORD"
    for action in mended.way(facts):
        facts = apply(action, facts)
    if mended.check(facts).state != "done":
        return "LOST"
    return "mended" if mended.giver == quest.giver else "mended by a successor"


def shares(count: int) -> None:
    """What two players are offered, and the first again after taking up the other's ways."""
    fighter, scholar, changed = (procgen.Profile() for _ in range(3))
    for _ in range(40):
        fighter.record("damage")
        changed.record("damage")
        scholar.record("spy")
    for _ in range(100):
        changed.record("spy")
    named = {"nobody yet": None, "a fighter": fighter, "a scholar": scholar, "a changed": changed}
    for name, profile in named.items():
        found: Counter[str] = Counter()
        for seed in range(count):
            facts = small_neighbourhood(seed)[2]
            for giver in givers(facts):
                found[plan_quest(seed, facts, giver=giver, profile=profile).motivation] += 1
        total = found.total()
        fights = (found["conquest"] + found["protection"]) / total
        print(
            f"{name}: conquest and protection {fights:.0%}, "
            f"knowledge {found['knowledge'] / total:.0%}"
        )


def tracery_offers(count: int) -> list[str]:
    """The same lines in Tracery, where a slot is any of the words that such slots held."""
    tracery: Any = importlib.import_module("tracery")
    facts = [small_neighbourhood(seed)[2] for seed in range(20)]
    words = sorted({procgen.phrase(f, fact[1]) for f in facts for fact in f.find("name")})
    lines = load_table("lines")

    def flat(table: dict[str, Any]) -> list[str]:
        found = []
        for voices in table.values():
            for voice in voices.values() if isinstance(voices, dict) else ():
                found += [line if isinstance(line, str) else line[0] for line in voice]
        return found

    def ruled(text: str) -> str:
        text = re.sub(r"\{(because|ask)\}", r"#\1#", text)
        text = re.sub(r"\{\w+:([^}|]*)\|[^}]*\}", r"\1", text)
        return re.sub(r"\{[^}]*\}", "#thing#", re.sub(r"<(\w+)>", r"#\1#", text))

    rules = {
        "offer": [ruled(text) for text in flat({"offer": lines["acts"]["offer"]})],
        "because": [ruled(text) for text in flat(load_table("causes"))],
        "ask": [ruled(text) for text in flat(load_table("asks"))],
        "thing": words,
    }
    for symbol, voices in lines["symbols"].items():
        rules[symbol] = [word for voice in voices.values() for word in voice]
    grammar = tracery.Grammar(rules)
    return [str(grammar.flatten("#offer#")) for _ in range(count)]


def variety(title: str, texts: list[str]) -> None:
    """Distinct-2 (Li and others 2016) and self-BLEU-4 (Zhu and others 2018) of 1,000 texts."""
    cut = [re.findall(r"\w+|[.,;!?]", text.lower()) for text in texts[:1000]]
    pairs = [pair for words in cut for pair in pairwise(words)]
    grams = [
        [Counter(zip(*(words[k:] for k in range(n)), strict=False)) for words in cut]
        for n in range(1, 5)
    ]
    scores = []
    for index in range(0, len(cut), 20):
        logs = 0.0
        for n in range(4):
            most: Counter[Any] = Counter()
            for other in range(0, len(cut), 5):
                if other != index:
                    most |= grams[n][other]
            own = grams[n][index]
            hits = sum(min(number, most[gram]) for gram, number in own.items())
            logs += math.log(max(hits, 0.1) / max(own.total(), 1))
        scores.append(math.exp(logs / 4))
    alike = len(texts) - len(set(texts))
    print(
        f"{title}: distinct-2 {len(set(pairs)) / len(pairs):.3f}, "
        f"self-BLEU-4 {statistics.mean(scores):.3f}, {alike} of {len(texts)} twice"
    )


def textworld_ratio(count: int) -> None:
    textworld: Any = importlib.import_module("textworld")
    ours, theirs = [], []
    for seed in range(count):
        begun = time.process_time()
        plan_quest(seed)
        ours.append(time.process_time() - begun)
        options = textworld.GameOptions()
        options.seeds, options.nb_rooms, options.nb_objects = seed, 6, 10
        options.quest_length = 5
        begun = time.process_time()
        textworld.generator.make_game(options)
        theirs.append(time.process_time() - begun)
    ratio = statistics.median(theirs) / statistics.median(ours)
    print(
        f"TextWorld's game of 6 rooms and a quest of 5 steps takes {ratio:.0f} times as long as "
        "a neighbourhood of 6 places with a quest"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Plan, break and read many quests.")
    parser.add_argument("--worlds", type=int, default=1000)
    parser.add_argument("--deeds", type=int, default=50)
    parser.add_argument("--tries", type=int, default=3, help="timings of a quest; the best counts")
    args = parser.parse_args()
    offers = plan_many(args.worlds, args.deeds, args.tries)
    shares(min(args.worlds, 300))
    variety("our offers", offers)
    try:
        variety("the same lines in Tracery", tracery_offers(len(offers)))
        textworld_ratio(20)
    except ImportError as error:
        print(f"a rival is missing: {error}")


if __name__ == "__main__":
    main()
