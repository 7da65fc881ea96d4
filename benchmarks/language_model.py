"""What a language model of this machine is worth as a proposer: its lines, and its time.

Run `python benchmarks/language_model.py`.

Asks for the lines of the quests of neighbourhoods, through `LanguageModel`: of a chat server on
this machine (`--url`), or of a GGUF file that llama-cpp-python runs (`--file`). Prints the share of
answers that hold lines at all, of lines that the verifier lets pass and why others fail, of frames
in which a line is right, and the seconds that an answer and a right line take.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy

import aigc_procgen as procgen
from aigc_procgen.core.random import Stream
from aigc_procgen.story.language_model import LanguageModel
from aigc_procgen.story.proposals import Frame


class Watched:
    """A model whose answers are counted on their way to the verifier."""

    def __init__(self, make: Callable[[], LanguageModel], frames: int) -> None:
        self.make, self.left = make, frames
        self.source, self.verifier = LanguageModel.source, make().verifier
        self.asked = self.answered = self.frames_with_one = 0
        self.lines: Counter[str] = Counter()
        self.seconds: list[float] = []
        self.passed: list[tuple[str, str]] = []
        self.failed: list[tuple[str, str, str]] = []

    def propose(self, frame: Frame, dice: Stream) -> Iterator[str]:
        """The model's lines, each judged here as well; none when enough frames were asked for."""
        if frame.fixed or self.left <= 0:
            return
        self.left -= 1
        self.asked += 1
        begun = time.perf_counter()
        # A new one each time: after three bad answers the same one would not be asked again.
        found = list(self.make().propose(frame, dice))
        self.seconds.append(time.perf_counter() - begun)
        self.answered += bool(found)
        right = []
        for text in found:
            reason = self.verifier.problem(text, frame)
            self.lines[reason or "right"] += 1
            if reason:
                self.failed.append((frame.act, text, reason))
            else:
                right.append(text)
        self.frames_with_one += bool(right)
        self.passed += [(frame.act, text) for text in right]
        yield from found


def main() -> None:
    parser = argparse.ArgumentParser(description="Ask a language model for a game's lines.")
    parser.add_argument("--url", default="http://localhost:8080/v1/chat/completions")
    parser.add_argument("--file", help="a GGUF file, instead of a server")
    parser.add_argument("--frames", type=int, default=40, help="lines that are asked for")
    parser.add_argument("--lines", type=int, default=4, help="proposals in an answer")
    parser.add_argument("--timeout", type=float, default=120.0)
    parser.add_argument("--show", type=int, default=12, help="examples to print of each sort")
    args = parser.parse_args()
    logging.disable(logging.WARNING)  # bad answers are counted below
    loaded = LanguageModel.from_file(args.file, lines=args.lines) if args.file else None

    def make() -> LanguageModel:
        if loaded is None:
            return LanguageModel(args.url, lines=args.lines, timeout=args.timeout)
        return copy(loaded)

    watched = Watched(make, args.frames)
    said: Counter[str] = Counter()
    seed = 0
    while watched.left > 0 and seed < args.frames:
        quest = procgen.quest(seed, voice=watched)
        said.update(line.source for line in quest.lines)
        seed += 1
    total = watched.lines.total()
    print(f"{watched.asked} frames, {watched.answered} answers with lines, {total} lines")
    for reason, number in watched.lines.most_common():
        print(f"  {reason:30} {number:5} {number / max(total, 1):.0%}")
    print(f"frames with a right line: {watched.frames_with_one / max(watched.asked, 1):.0%}")
    print(
        f"an answer: median {statistics.median(watched.seconds):.1f} s; a right line: "
        f"{sum(watched.seconds) / max(watched.lines['right'], 1):.1f} s"
    )
    print(f"said by: {dict(said)}")
    for act, text in watched.passed[: args.show]:
        print(f"  right [{act}] {text}")
    for act, text, reason in watched.failed[: args.show]:
        print(f"  {reason} [{act}] {text}")


if __name__ == "__main__":
    main()
