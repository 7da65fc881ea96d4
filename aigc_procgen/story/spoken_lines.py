"""The lines of the tables that people say, one by one, each with its voice, act and mood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .tables import load_table

__all__ = ["spoken_lines"]


def spoken_lines() -> Iterator[tuple[str, str, str, str]]:
    """(text, voice, act, mood) of every line that somebody says; voice or mood may be "".

    Lines of the tables of causes and asks have the acts "because" and "ask".
    """
    for act, voices in load_table("lines")["acts"].items():
        for voice, options in voices.items():
            yield from _texts(options, voice, act.removesuffix("_again"))
    for act, deeds in load_table("deed_lines")["acts"].items():
        for voices in deeds.values():
            for voice, options in voices.items():
                yield from _texts(options, voice, act)
    for table, act in (("causes", "because"), ("asks", "ask")):
        for name, voices in load_table(table).items():
            if name != "about":
                for voice, options in voices.items():
                    yield from _texts(options, voice, act)


def _texts(options: list[Any], voice: str, act: str) -> Iterator[tuple[str, str, str, str]]:
    for option in options:
        text, mood = (option, "") if isinstance(option, str) else (option[0], option[1]["mood"])
        yield text, "" if voice == "any" else voice, act, mood
