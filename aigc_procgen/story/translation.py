"""Whether a translated table says all that the English one does: `check_translation`.

A translation of a table has its keys: every act, voice, strategy or part. Lists of templates may be
longer or shorter, but a template uses only the roles that the English of its place uses, so that it
can be filled wherever the English can. Tables that only name things (`NOUNS`) are translated by
their English words instead: each word is a key, and its value a word or [word, measure word].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ..core.errors import InvalidArgument, check_choice
from .cultures import cultures
from .tables import LANGUAGES, load_table

__all__ = ["NOUNS", "TABLES", "check_translation", "translation_problems"]

TABLES = (
    "arc_lines",
    "asks",
    "backstory",
    "barks",
    "books",
    "causes",
    "deed_lines",
    "history_lines",
    "item_lore",
    "lines",
    "lives",
    "matters",
    "objectives",
    "printed",
    "quest_lines",
    "quest_log",
    "rumours",
    "scenes",
    "signs",
    "talk",
    "titles",
)
"""Tables of templates that a language has."""
_ALWAYS = {"giver", "home"}  # roles that every speaker has
_PRONOUNS = {"they", "them", "their"}
_PRONOUN_ENDS = ("_they", "_them", "_their")
_FORMS = {
    "",
    "the",
    "a",
    "that",
    "number",
    "plural",
    "where",
    "place",
    "called",
    "role",
    *_PRONOUNS,
}
_VOICES = {"any", "player", "plain", "gruff", "courtly", "warm", "sly", "weary"}
_IDS = {"groups", "places", "roles"}  # keys of what is named, not said: the same in each language
_SLOT = re.compile(r"\{(\w+)(?:\.(\w+)|:[^}|]*\|[^}]*)?\}")
_SYMBOL = re.compile(r"<(\w+)>")
# What no text in Chinese has outside its slots: Latin letters, signs of half width, spaces.
_FOREIGN = {"zh": re.compile(r"[A-Za-z\s,.!?;:'\"()\[\]-]")}


def _things() -> dict[str, Any]:
    table = load_table("things")
    words: dict[str, Any] = {
        part: {sort: {entry[0]: 0 for entry in entries} for sort, entries in table[part].items()}
        for part in ("items", "monsters", "fixtures")
    }
    # These begin with the kind.
    for part in ("wild", "tools"):
        words[part] = {
            sort: {entry[1]: 0 for entry in entries} for sort, entries in table[part].items()
        }
    return words | {
        "adjectives": {entry[0]: "" for entry in table["adjectives"]},
        "kinds": dict.fromkeys(table["kinds"], ""),
    }


def _place_names() -> dict[str, Any]:
    table = load_table("place_names")
    patterns = [pattern for kinds in table["patterns"].values() for pattern in kinds]
    kinds = [kind for kind in table["patterns"] if not kind.startswith("realm")]
    return {
        "words": {part: dict.fromkeys(words, "") for part, words in table["words"].items()},
        "patterns": {pattern: pattern for pattern in patterns},
        "kinds": dict.fromkeys(kinds, ""),
    }


def _joined_names() -> dict[str, Any]:
    table = load_table("joined_names")["cultures"]
    words = [
        word
        for culture in cultures()
        for kind in ("place", "family")
        for part in ("first", "last")
        for word in table[culture][kind][part]
    ]
    return {"words": dict.fromkeys(words, "")}


def _named(table: str) -> dict[str, Any]:
    return {name: "" for name in load_table(table) if name != "about"}


NOUNS: dict[str, Callable[[], dict[str, Any]]] = {
    "joined_names": _joined_names,
    "place_names": _place_names,
    "roles": lambda: {"roles": dict.fromkeys(load_table("roles")["roles"], "")},
    "species": lambda: _named("species"),
    "strategies": lambda: {
        "motivations": dict.fromkeys(load_table("strategies")["motivations"], ""),
        "strategies": dict.fromkeys(load_table("strategies")["strategies"], ""),
    },
    "things": _things,
    "traits": lambda: _named("traits"),
}
"""Table → the English words that its translation has for keys."""


def check_translation(name: str, table: Any, language: str = "zh") -> None:
    """Raises `InvalidArgument` with the first problem of a translated table.

    `name` is that of the English table, one of `TABLES` or `NOUNS` or another of templates, and
    `table` what `json.load` gave for its translation.

    >>> import json
    >>> from aigc_procgen.story.tables import load_table
    >>> check_translation("asks", load_table("asks", "zh"))
    >>> check_translation("asks", {})
    Traceback (most recent call last):
    ...
    aigc_procgen.core.errors.InvalidArgument: table zh/asks.json: deliver_for_study is missing
    """
    for problem in translation_problems(name, table, language):
        raise InvalidArgument(f"table {language}/{name}.json: {problem}")


def translation_problems(name: str, table: Any, language: str = "zh") -> Iterator[str]:
    """Every problem of a translated table, each a sentence that begins with the key."""
    check_choice("language", language, LANGUAGES[1:])
    symbols = set(load_table("lines")["symbols"])
    checker = _Checker(symbols, _FOREIGN[language])
    if name in NOUNS:
        yield from checker.nouns(NOUNS[name](), table, "")
    else:
        english = load_table(name)
        checker.persons = {
            role.rpartition("_")[0] for role in _roles(english) if role.endswith(_PRONOUN_ENDS)
        }
        yield from checker.compared(english, table, "", set())


class _Checker:
    def __init__(self, symbols: set[str], foreign: re.Pattern[str]) -> None:
        self._symbols, self._foreign = symbols, foreign
        self.persons: set[str] = set()
        """Roles that have pronouns of their own, such as {who_them}."""

    def _keys(self, english: dict[str, Any], own: Any, where: str) -> Iterator[str]:
        if not isinstance(own, dict):
            yield f"{where or 'it'} must be an object, not {own!r:.40}"
            return
        for key in english:
            if key not in own and key != "about":
                yield f"{_under(where, key)} is missing"
        for key in own:
            if key not in english and key != "about":
                yield f"{_under(where, key)} is not in the English table"

    def nouns(self, english: Any, own: Any, where: str) -> Iterator[str]:
        """Problems of a table of words: "" stands for a word, 0 for [word, measure word]."""
        if isinstance(english, dict):
            yield from self._keys(english, own, where)
            if isinstance(own, dict):
                for key in [key for key in english if key in own]:
                    yield from self.nouns(english[key], own[key], _under(where, key))
        elif isinstance(english, str):
            if not isinstance(own, str) or not own:
                yield f"{where} must be a word, not {own!r:.40}"
            else:
                yield from self._template(own, where, set(_roles(english)))
        elif not (
            isinstance(own, list)
            and len(own) == 2
            and all(isinstance(word, str) and word for word in own)
        ):
            yield f"{where} must be a word and its measure word, not {own!r:.40}"
        else:
            for word in own:
                yield from self._template(word, where, set())

    def compared(self, english: Any, own: Any, where: str, roles: set[str]) -> Iterator[str]:
        """Problems of a table of templates that is built as the English one is."""
        if isinstance(english, dict):
            yield from self._keys(english, own, where)
            if not isinstance(own, dict):
                return
            # What one voice speaks of, another may speak of too.
            shared = _VOICES.issuperset(english)
            if shared:
                roles = set(_roles(english))
            for key, value in english.items():
                if key in own and key in _IDS and value != own[key]:
                    yield f"{_under(where, key)} must be as in English: it holds names of kinds"
                elif key in own and key not in ("about", *_IDS):
                    inner = roles if shared else set(_roles(value))
                    yield from self.compared(value, own[key], _under(where, key), inner)
        elif isinstance(english, list) and any(_text(entry) for entry in english):
            if not isinstance(own, list) or not own:
                yield f"{where} must be a list of texts, not {own!r:.40}"
                return
            moods = [entry[1] for entry in english if isinstance(entry, list)]
            for number, entry in enumerate(own):
                here = f"{where}[{number}]"
                if _text(entry) is None or (isinstance(entry, list) and entry[1] not in moods):
                    yield f"{here} must be a text, or one with an English mood, not {entry!r:.60}"
                else:
                    yield from self._template(_text(entry) or "", here, roles | _ALWAYS)
        elif isinstance(english, str):
            if isinstance(own, str) and own:
                yield from self._template(own, where, roles)
            else:
                yield f"{where} must be a text, not {own!r:.40}"
        elif english != own:
            yield f"{where} must be {english!r:.40} as in English, not {own!r:.40}"

    def _template(self, text: str, where: str, roles: set[str]) -> Iterator[str]:
        if roles & _PRONOUNS:
            roles = roles | _PRONOUNS
        roles = roles | {role + end for role in roles & self.persons for end in _PRONOUN_ENDS}
        for role, form in _SLOT.findall(text):
            if role.lower() not in roles:
                known = ", ".join(f"{{{name}}}" for name in sorted(roles)) or "none"
                yield f"{where} has the slot {{{role}}}, but the English knows {known} there"
            if form not in _FORMS:
                yield f"{where} has the unknown form .{form} in {text!r:.60}"
        for symbol in _SYMBOL.findall(text):
            if symbol not in self._symbols:
                yield f"{where} has the unknown symbol <{symbol}>"
        bare = _SYMBOL.sub("", _SLOT.sub("", text))
        if loose := re.search("[{}<>]", bare):
            yield f"{where} has a loose {loose[0]} in {text!r:.60}"
        elif foreign := self._foreign.search(bare):
            yield f"{where} has {foreign[0]!r} in {text!r:.60}: write the language's own signs"


def _under(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _text(entry: Any) -> str | None:
    """A template's text, with or without a mood; None if it is none."""
    if isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], dict):
        entry = entry[0]
    return entry if isinstance(entry, str) and entry else None


def _roles(english: Any) -> Iterator[str]:
    """Every role that a part of an English table speaks of, in small letters."""
    if isinstance(english, str):
        yield from (found[0].lower() for found in _SLOT.findall(english))
    elif isinstance(english, dict | list):
        for part in english.values() if isinstance(english, dict) else english:
            yield from _roles(part)
