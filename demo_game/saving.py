"""A game in a file: the world's own save, with what the demo knows under its changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import aigc_procgen as procgen

if TYPE_CHECKING:
    from .session import Session

__all__ = ["load_game", "save_game"]


def save_game(session: Session, path: Path) -> None:
    """Writes the game; raises OSError or `SaveError` if it cannot."""
    session.world.changes["demo"] = {
        "home": [session.home.x, session.home.y],
        "player": [session.x, session.y],
        "facts": json.loads(session.facts.to_json()),
        "quest": json.loads(session.quest.to_json()) if session.quest else None,
        "arc": session.saga.to_dict(),
        "profile": json.loads(session.profile.to_json()),
        "completed": session.completed,
        "told": session.told,
        "offered": session.offered,
        "delves": session.delves.to_dict(),
    }
    session.world.save(path)


def load_game(kind: type[Session], path: Path, pack: procgen.Pack, language: str) -> Session:
    """The game that `save_game` wrote; raises `SaveError` if it is damaged."""
    world = procgen.load_world(path, pack=pack)
    try:
        data = world.changes["demo"]
        home = world.nearest("any", *data["home"])
        session = kind(world, home, language)
        session.x, session.y = (float(value) for value in data["player"])
        session.facts = procgen.Facts.from_json(json.dumps(data["facts"]))
        if data["quest"]:
            session.quest = procgen.Quest.from_json(json.dumps(data["quest"]))
        session.profile = procgen.Profile.from_json(json.dumps(data["profile"]))
        session.completed = [str(title) for title in data["completed"]]
        session.offered = {str(who): int(count) for who, count in data["offered"].items()}
        # Games of older versions have none of these.
        session.saga.restore(data.get("arc"))
        session.told = [str(title) for title in data.get("told", ())]
        if "delves" in data:
            session.delves.restore(data["delves"])
    except (KeyError, TypeError, ValueError) as error:
        raise procgen.SaveError(
            f"path must be a game saved by the demo, {str(path)!r} lacks or bends {error}"
        ) from None
    return session
