"""The game's own words in the languages of its people, and a font that can show them."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import aigc_procgen as procgen

__all__ = ["chosen_font", "own_words", "title_of"]

_FONTS = (
    "notosanscjksc,notosanscjk,notosanssc,sourcehansanssc,sourcehansanscn,sourcehansans,"
    "microsoftyahei,msyh,pingfangsc,hiraginosansgb,stheiti,simhei,simsun,"
    "wenquanyimicrohei,wenquanyizenhei,droidsansfallback,arialunicodems"
)
_HAS, _LACKS = "汉", "\ue0ff"


@cache
def own_words(language: str) -> dict[str, Any]:
    """What the game itself says in a language (`words.json`)."""
    text = (resources.files(__package__) / "words.json").read_text(encoding="utf-8")
    words: dict[str, Any] = json.loads(text)[language]
    return words


def title_of(place: procgen.Place, language: str) -> str:
    """A place's name in a language."""
    known = [("name", place.id, place.name), ("place", place.id), ("proper", place.id)]
    return procgen.phrase(procgen.Facts(known), place.id, "", language=language)


def chosen_font(language: str, path: str | None) -> str | None:
    """The font file to write with, None for pygame's own; pygame.font must be ready.

    Raises `InvalidArgument` if the language needs other characters than the font has, or if none
    was found that has them.
    """
    import pygame

    if language == "en":
        return path
    if path is not None:
        font = pygame.font.Font(path, 16)
        # What a font lacks looks like what no font has.
        shapes = [
            pygame.image.tobytes(font.render(sign, False, "white", "black"), "RGB")
            for sign in (_HAS, _LACKS)
        ]
        if shapes[0] == shapes[1]:
            raise procgen.InvalidArgument(
                f"--font must have Chinese characters for --language zh, {path!r} has not"
            )
        return path
    found: str | None = pygame.font.match_font(_FONTS)
    if found is None:
        raise procgen.InvalidArgument(
            "--language zh needs a font with Chinese characters, and none was found: install one, "
            "e.g. Noto Sans CJK, or name its file with --font"
        )
    return found
