"""What a player likes to do, learned from what they do: weights of the nine motivations.

After the table of Doran & Parberry: each verb speaks for the motivations whose quests use it.
Everything is whole thousandths, so a profile is the same on every machine. It is a plain readable
file, never leaves the machine, and can be erased.
"""

from __future__ import annotations

import json

from aigc_procgen.core.errors import InvalidArgument, check_choice

from .strategies import motivations

__all__ = ["EVENTS", "Profile"]

MOTIVATIONS = tuple(motivations())

# Thousandths of a motivation that an event speaks for.
EVENTS: dict[str, dict[str, int]] = {
    "kill": {"reputation": 500, "conquest": 250, "protection": 250},
    "damage": {"conquest": 500, "protection": 260, "serenity": 190, "ability": 50},
    "listen": {"knowledge": 700, "serenity": 300},
    "report": {"knowledge": 500, "reputation": 500},
    "steal": {"conquest": 660, "equipment": 340},
    "repair": {"protection": 490, "equipment": 430, "ability": 80},
    "use": {"protection": 360, "knowledge": 320, "serenity": 270, "ability": 50},
    "spy": {"knowledge": 1000},
    "read": {"knowledge": 600, "ability": 400},
    "explore": {"reputation": 400, "knowledge": 600},
    "escort": {"serenity": 1000},
    "exchange": {"equipment": 700, "wealth": 300},
    "take": {"wealth": 600, "equipment": 400},
    "give": {"comfort": 400, "equipment": 300, "serenity": 300},
    "defend": {"protection": 1000},
    "gather": {"wealth": 600, "comfort": 400},
    "capture": {"serenity": 1000},
    "experiment": {"knowledge": 500, "ability": 500},
    "stealth": {"knowledge": 400, "conquest": 600},
}
_PRIOR = 1000 // len(MOTIVATIONS)


class Profile:
    """A player's profile: `record` events, read `weights`.

    >>> profile = Profile()
    >>> for _ in range(30): profile.record("spy")
    >>> max(profile.weights(), key=profile.weights().get)
    'knowledge'
    """

    def __init__(self) -> None:
        self._scores = dict.fromkeys(MOTIVATIONS, 0)

    def record(self, event: str, target: str = "") -> None:
        """Notes that the player did something; `event` is a verb of `EVENTS`.

        Earlier events fade by a fiftieth each time, so that a player who changes is seen to.
        """
        check_choice("event", event, tuple(EVENTS))
        for motivation in MOTIVATIONS:
            score = self._scores[motivation] * 98 // 100
            self._scores[motivation] = score + EVENTS[event].get(motivation, 0)

    def weights(self) -> dict[str, int]:
        """Thousandths by motivation; a quarter is always shared alike, so discovery stays alive."""
        total = sum(self._scores.values()) + _PRIOR * len(MOTIVATIONS)
        return {
            m: 750 * (self._scores[m] + _PRIOR) // total + 250 // len(MOTIVATIONS)
            for m in MOTIVATIONS
        }

    def erase(self) -> None:
        """Forgets everything."""
        self._scores = dict.fromkeys(MOTIVATIONS, 0)

    def to_json(self) -> str:
        """The profile as readable JSON."""
        return json.dumps({"format": 1, "scores": self._scores}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Profile:
        """The profile that `to_json` wrote; raises `InvalidArgument` if it is not one."""
        try:
            data = json.loads(text)
            scores = {m: data["scores"][m] for m in MOTIVATIONS}
            if data["format"] != 1 or any(type(s) is not int or s < 0 for s in scores.values()):
                raise ValueError("its format or a score is wrong")
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidArgument(f"text must be a profile's JSON: {error!s}") from None
        profile = cls()
        profile._scores = scores
        return profile
