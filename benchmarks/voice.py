"""What a voice is worth: `python benchmarks/voice.py PACK --corpus FILE`.

Of the new lines that it proposes for the frames of real quests: how many the verifier lets pass and
why not, how often the grammar has to speak after eight, how many of those said are in no script,
and how many of their runs of four words are not; processor time a line. Of its votes: how often a
line of the script is found among three of the same act that others say, all held out. Last, quests
by the grammar, with a voice that ranks and one that proposes: processor time, and whose the lines
are.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Iterable

import aigc_procgen as procgen
from aigc_procgen.core.pieces import Pieces, mark_of
from aigc_procgen.core.random import stream
from aigc_procgen.data.script import ScriptRow, read_script
from aigc_procgen.data.vocabulary import learn_vocabulary
from aigc_procgen.data.voice_set import VoiceSet, build_voice
from aigc_procgen.story.spoken_lines import spoken_lines
from aigc_procgen.train.voice_scores import count_votes

OTHERS = 3


class Listener:
    """A proposer that keeps the frames that it is asked about, and leaves them to the grammar."""

    source = "nobody"
    verifier = procgen.Verifier()

    def __init__(self) -> None:
        self.frames: list[procgen.Frame] = []

    def propose(self, frame: procgen.Frame, dice: object) -> Iterable[str]:
        """Nothing."""
        self.frames.append(frame)
        return ()


def frames_of(seeds: int) -> list[procgen.Frame]:
    """The frames of some quests that a voice may fill with lines of its own."""
    listener = Listener()
    for seed in range(seeds):
        procgen.quest(seed, voice=listener)
    return [frame for frame in listener.frames if not frame.fixed and frame.voice != "player"]


def fours(text: str) -> list[tuple[str, ...]]:
    """Its runs of four words."""
    words = text.lower().split()
    return [tuple(words[at : at + 4]) for at in range(len(words) - 3)]


def proposals(pack: procgen.Pack, lines: VoiceSet, seeds: int, show: int) -> None:
    """Prints what becomes of proposed lines."""
    voice = procgen.load_voice(pack, use="propose")
    script = {mark_of(row.text) for row in (*lines.every, *lines.held)}
    known = {run for row in (*lines.every, *lines.held) for run in fours(row.text)}
    problems: Counter[str] = Counter()
    said: list[tuple[str, str]] = []
    asked, times = 0, []
    for number, frame in enumerate(frames_of(seeds)):
        asked += 1
        begun = time.process_time_ns()
        drawn = voice.lines(frame.act, stream(number, "benchmark"), mood=frame.mood)
        times.append((time.process_time_ns() - begun) / 1e6)
        found = [voice.verifier.problem(line, frame) for line in drawn]
        problems.update(found)
        if "" in found:
            said.append((frame.act, drawn[found.index("")]))
    total = problems.total()
    print(f"{total:,} lines proposed for {asked} frames, {problems[''] / total:.1%} pass:")
    for problem, count in problems.most_common():
        print(f"  {problem or '(right)':28} {count / total:6.1%}")
    print(f"the grammar speaks in {1 - len(said) / asked:.1%} of the frames")
    new = [line for _, line in said if mark_of(line) not in script]
    runs = [run for _, line in said for run in fours(line)]
    novel = sum(run not in known for run in runs)
    print(f"of the lines said {len(new) / len(said):.1%} are in no script")
    print(f"of their runs of four words {novel / max(len(runs), 1):.1%} are not")
    print(f"different lines: {len({line for _, line in said})} of {len(said)}")
    print(f"milliseconds for eight lines: {statistics.median(times):.1f}")
    for act, line in said[:: max(len(said) // show, 1)][:show] if show else ():
        print(f"  {act:12} {'=' if mark_of(line) in script else ' '} {line}")


def ranking(lines: VoiceSet, size: int) -> None:
    """Prints how well votes know lines of the script, when neither they nor others were seen."""
    first = trials = 0
    for seed in range(5):
        split = build_voice((*lines.train, *lines.held), lines.base, seed=seed)
        speaker = split.attributes["speaker"][0]
        held = stream(seed, "held base").shuffled(split.base)
        others, learnt = held[: len(held) // 5], [*split.train, *held[len(held) // 5 :]]
        pieces = Pieces(learn_vocabulary([row.text for row in learnt], size))
        coded = [(pieces.encode(row.text), row.speaker) for row in learnt]
        votes = count_votes(coded, [speaker], len(pieces.vocabulary))[:, 0].astype(int)
        for row in split.held:
            rivals = [other.text for other in others if other.act == row.act]
            for turn in range(10):
                drawn = stream(turn, row.text).sample(rivals, OTHERS)
                if row.speaker == speaker and len(drawn) == OTHERS:
                    score, *rest = (votes[pieces.encode(t)].sum() for t in (row.text, *drawn))
                    first += score > max(rest)
                    trials += 1
    chance = 1 / (OTHERS + 1)
    print(f"a held-out line is first of {OTHERS + 1}: {first / trials:.1%} (chance {chance:.1%})")


def speaking(pack: procgen.Pack, quests: int) -> None:
    """Prints whose lines quests have, and what that costs."""
    for title, voice in (
        ("grammar", None),
        ("rank", procgen.load_voice(pack)),
        ("propose", procgen.load_voice(pack, use="propose")),
    ):
        sources: Counter[str] = Counter()
        procgen.quest(0, voice=voice)  # the network is loaded
        begun = time.process_time()
        for seed in range(quests):
            told = procgen.quest(seed, voice=voice)
            sources.update(line.source for line in told.lines if line.speaker != "player")
        cost = (time.process_time() - begun) / quests * 1000
        share = sources["voice"] / sources.total()
        print(f"{title:10} {cost:6.1f} ms a quest, {share:.0%} of what its people say by the voice")


def main() -> None:
    """Prints both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pack")
    parser.add_argument("--corpus", required=True, help="the script that it learnt from")
    parser.add_argument("--quests", type=int, default=40)
    parser.add_argument("--show", type=int, default=0, help="print so many of the lines said")
    args = parser.parse_args()
    base = [ScriptRow(text=t, speaker=v, act=a, mood=m) for t, v, a, m in spoken_lines()]
    lines = build_voice(read_script(args.corpus), base)
    pack = procgen.load_pack(args.pack)
    for score, value in pack.models["voice"].entry["scores"].items():
        print(f"{score}: {value}")
    proposals(pack, lines, args.quests, args.show)
    ranking(lines, pack.models["voice"].size)
    speaking(pack, args.quests)


if __name__ == "__main__":
    main()
