"""A language model as a proposer of lines: one that runs on this machine, and is never trusted.

It is asked over the interface that local servers share (POST …/v1/chat/completions), or through
llama-cpp-python. It is told what is to be said and how, in slots: no name, no fact, no player. What
it answers goes through the verifier like any proposal; if it answers nothing sensible, in time, the
grammar speaks, and the log has one line about it.
"""

from __future__ import annotations

import importlib
import ipaddress
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, Self
from urllib.parse import urlsplit

from ..core.errors import InvalidArgument, MissingDependency, check_int
from ..core.random import Stream
from .proposals import TRIES, Frame
from .verifier import Verifier

__all__ = ["LanguageModel"]

_log = logging.getLogger("aigc_procgen")
_LARGEST = 1 << 20  # bytes of an answer
_BULLET = re.compile(r"\s*(?:[-\u2022]\s*|\*\s+|\d+[.)]\s+)(.+)")
_FAILURES = 3  # in a row, then it is not asked again
_MOST_EXAMPLES = 12
_ASKS = (
    "You write lines of dialogue for a game. Each is one line that a person says. Words in braces "
    "such as {home} are slots: copy them exactly, and never write a name of your own. Keep lines "
    "dry, concrete and short."
)
# Last, because small models follow what they read last.
_WANTS = "Write {count} other lines like these, as a list: each in a row of its own after a dash."
_ACTS = {
    "because": "the reason why something is asked",
    "favour": "asks for a favour in return",
    "tell": "tells where somebody or something is",
    "tell_self": "answers a question about themselves",
    "progress": "asks how the errand is going",
    "changed": "says that the plan has changed",
    "closed": "says that it is too late",
    "receive": "is given something that was wished for",
    "haste": "adds that there is little time",
    "hurry": "says that time is nearly up",
    "late": "says that it is too late now",
    "rival": "warns of somebody else who wants the same thing",
    "beaten": "says that somebody else was quicker",
    "taken_over": "takes up a favour that somebody dead had asked for",
    "thanks_violent": "thanks, and knows that blood was shed",
    "thanks_sly": "thanks, and knows that it was done by stealth",
    "thanks_honourable": "thanks, and knows that it was done fairly",
    "kindness": "thanks for a kindness that nobody had asked for",
    "heard_witness": "begins to tell what they saw",
    "hand_over": "hands over what was asked for",
}
Ask = Callable[[list[dict[str, str]], int], str]


class LanguageModel:
    """A proposer that asks a language model; use it as `quest(seed, voice=LanguageModel())`.

    `url` is that of a chat interface on this machine; another machine's needs `allow_remote=True`,
    because then what is to be said, and your `style`, leave this one. `model` is what the server
    calls the model, `style` says how people speak in your game, `timeout` is how many seconds
    one whole answer may take, up to 3600; then the grammar speaks. Answers differ from machine to
    machine: where that matters, use `load_voice`.
    Raises `InvalidArgument` for anything else.
    """

    source = "llm"

    def __init__(
        self,
        url: str = "http://localhost:8080/v1/chat/completions",
        *,
        model: str = "local",
        style: str = "",
        timeout: float = 10.0,
        lines: int = 4,
        allow_remote: bool = False,
    ) -> None:
        _check_url(url, allow_remote)
        if not isinstance(timeout, int | float) or not 0 < timeout <= 3600:
            raise InvalidArgument(f"timeout must be 0 to 3600 seconds, not {timeout!r}")
        self.verifier = Verifier()
        self._ask: Ask = _Server(url, model, float(timeout), direct=not allow_remote)
        self._style, self._lines = style, check_int("lines", lines, 1, TRIES)
        self._failures = 0

    @classmethod
    def from_file(
        cls, path: str | os.PathLike[str], *, style: str = "", lines: int = 4, context: int = 2048
    ) -> Self:
        """The model in a GGUF file, run in this process by llama-cpp-python.

        Raises `MissingDependency` without that package, `InvalidArgument` if it cannot load the
        file.
        """
        try:
            llama_cpp = importlib.import_module("llama_cpp")
        except ImportError:
            raise MissingDependency(
                "a model in a file needs llama-cpp-python: pip install llama-cpp-python"
            ) from None
        try:
            loaded = llama_cpp.Llama(model_path=os.fspath(path), n_ctx=context, verbose=False)
        except (ValueError, OSError, RuntimeError) as error:
            raise InvalidArgument(f"path must be a GGUF model, not {path!r}: {error}") from None
        made = cls(style=style, lines=lines)
        made._ask = _in_process(loaded)
        return made

    def propose(self, frame: Frame, dice: Stream) -> Iterator[str]:
        """The lines of one answer; none if the frame wants the grammar's, or nothing came."""
        if frame.fixed or self._failures >= _FAILURES:
            return
        try:
            answer = self._ask(self._messages(frame), dice.below(1 << 31))
            lines = _lines(answer)
        # ValueError: broken JSON; LookupError and TypeError: JSON of another shape.
        except (OSError, ValueError, LookupError, TypeError, RuntimeError) as error:
            self._failures += 1
            if self._failures == 1:
                _log.warning("the language model does not answer, the grammar speaks: %s", error)
            return
        self._failures = 0
        yield from lines[:TRIES]

    def _messages(self, frame: Frame) -> list[dict[str, str]]:
        """What the model is told: the frame, and nothing else."""
        speaker = "the traveller" if frame.voice == "player" else f"a {frame.voice} person"
        wants = [
            f"Act: {_ACTS.get(frame.act, frame.act.replace('_', ' '))}.",
            f"Said by: {speaker}." + (f" Mood: {frame.mood}." if frame.mood else ""),
            f"Style: {self._style}" if self._style else "",
            "Each line must have, exactly once: " + " ".join(frame.needed) if frame.needed else "",
            "A line may have: " + " ".join(f"{{{role}}}" for role in frame.roles)
            if frame.roles
            else "No slots.",
            "Lines that others wrote for this, not to be repeated:",
            *(f"- {line}" for line in _without_symbols(frame.candidates)),
            _WANTS.format(count=self._lines),
        ]
        return [
            {"role": "system", "content": _ASKS},
            {"role": "user", "content": "\n".join(line for line in wants if line)},
        ]


def _without_symbols(lines: tuple[str, ...]) -> list[str]:
    """Examples without `<address>` and the like, which a model would take for markup."""
    plain = [re.sub(r",? ?<\w+>", "", line) for line in lines]
    return [line for line in plain if line][:_MOST_EXAMPLES]


def _lines(answer: str) -> list[str]:
    """The strings of the JSON list in an answer, or the rows of a list with bullets or numbers,
    which small models write instead; ValueError if there is neither.
    """
    start, end = answer.find("["), answer.rfind("]")
    try:
        found = json.loads(answer[start : end + 1]) if 0 <= start < end else None
    except ValueError:
        found = None
    if not isinstance(found, list):
        # What stands before and after the list is the model's own talk.
        rows = [_BULLET.match(row) for row in answer.splitlines()]
        found = [row[1].strip().removeprefix('"').removesuffix('"') for row in rows if row]
        if not found:
            raise ValueError(f"no list of lines in {answer!r:.60}")
    return [" ".join(line.split()) for line in found if isinstance(line, str)]


def _check_url(url: str, allow_remote: bool) -> None:
    whole = isinstance(url, str) and not re.search(r"[\x00-\x20\x7f]", url)
    try:
        parts = urlsplit(url if whole else "")
        host, _ = parts.hostname or "", parts.port
    except ValueError:  # a bracket that does not close, a port that is no number
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidArgument(
            f"url must be like http://localhost:8080/v1/chat/completions, not {url!r}"
        )
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = host == "localhost"
    if not near and not allow_remote:
        raise InvalidArgument(
            f"url must be on this machine, not on {host!r}: text would leave it, which needs "
            f"allow_remote=True"
        )


class _Server:
    """Asks a chat interface over HTTP."""

    def __init__(self, url: str, model: str, timeout: float, *, direct: bool) -> None:
        self._url, self._model, self._timeout, self._direct = url, model, timeout, direct

    def __call__(self, messages: list[dict[str, str]], seed: int) -> str:
        body = {
            "model": self._model,
            "messages": messages,
            "seed": seed,
            "temperature": 0.8,
            "max_tokens": 400,
            "stream": False,
        }
        from http.client import HTTPException  # slow to import, and only this needs them
        from urllib import request

        class NoRedirect(request.HTTPRedirectHandler):
            """A server on this machine must not send the text on to another one."""

            def redirect_request(self, *args: Any, **kwargs: Any) -> None:
                return None

        # A proxy of the environment is another machine too.
        proxies = [request.ProxyHandler({})] if self._direct else []
        opener = request.build_opener(NoRedirect, *proxies)
        asked = request.Request(
            self._url,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        ends = time.monotonic() + self._timeout
        data = b""
        try:
            with opener.open(asked, timeout=self._timeout) as answer:
                # The timeout is of each read, and a server may send a byte at a time.
                while part := answer.read1(65536):
                    data += part
                    if len(data) > _LARGEST:
                        raise ValueError(f"an answer of more than {_LARGEST:,} bytes")
                    if time.monotonic() > ends:
                        raise TimeoutError(f"no whole answer within {self._timeout} s")
        except HTTPException as error:  # no HTTP at all, or an answer that breaks off
            raise OSError(f"no whole answer: {error!r}") from None
        return _content(json.loads(data))


def _in_process(loaded: Any) -> Ask:
    def ask(messages: list[dict[str, str]], seed: int) -> str:
        answer = loaded.create_chat_completion(
            messages=messages, seed=seed, temperature=0.8, max_tokens=400
        )
        return _content(answer)

    return ask


def _content(answer: Any) -> str:
    """The text of an answer in the common form; LookupError or TypeError if it has another."""
    content = answer["choices"][0]["message"]["content"]
    if not isinstance(content, str):
        raise TypeError(f"no text in the answer: {content!r:.60}")
    return content
