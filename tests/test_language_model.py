"""A language model as a proposer: asked on this machine alone, and never trusted."""

from __future__ import annotations

import json
import logging
import socket
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import ModuleType

import pytest

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument, MissingDependency
from aigc_procgen.core.random import stream
from aigc_procgen.story.language_model import LanguageModel
from aigc_procgen.story.proposals import make_frame

GREETING = make_frame("greet", "", "gruff", ["giver", "home"], ["What is it?"], fixed=False)
GOOD = "I have a chair. You may look at it."


class _Server(HTTPServer):
    def handle_error(self, request, client_address):
        """A client that hangs up is what these tests are about."""


@contextmanager
def served(answer, status=200, headers=(), wait=0.0):
    """A chat server that answers `answer`; gives its url and the bodies that it was sent."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):  # the base class's name
            length = int(self.headers["Content-Length"])
            asked.append(json.loads(self.rfile.read(length)))
            time.sleep(wait)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer if isinstance(answer, bytes) else chat(answer))

        def log_message(self, *_):
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/chat/completions", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def chat(lines):
    text = lines if isinstance(lines, str) else json.dumps(lines)
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def told(quest):
    return {line.act: line.source for line in quest.lines}


def test_what_a_model_says_well_is_said():
    """A line that is right is taken, word for word, and says where it comes from."""
    with served([GOOD]) as (url, _):
        quest = procgen.quest(7, voice=LanguageModel(url))
    greeting = next(line for line in quest.lines if line.act == "greet")
    assert (greeting.text, greeting.source) == (GOOD, "llm")
    assert told(quest)["offer"] == "grammar"  # which GOOD is not: it has no reason and no wish


def test_an_answer_in_prose_around_its_list_is_read():
    """Models like to say what they are about to say."""
    with served(f"Of course! Here you are:\n```json\n[{json.dumps(GOOD)}]\n```") as (url, _):
        assert list(LanguageModel(url).propose(GREETING, stream(1))) == [GOOD]


def test_a_list_with_bullets_or_numbers_is_read():
    """Small models write lists for people, and talk around them; talk alone is no line."""
    for rows in (f"- {GOOD}\n- {GOOD}", f'1. "{GOOD}"\n2) {GOOD}'):
        with served(f"Sure, here are two lines:\n\n{rows}\n\nI hope this helps!") as (url, _):
            assert list(LanguageModel(url).propose(GREETING, stream(1))) == [GOOD, GOOD]


def test_nothing_of_the_world_or_the_player_is_sent():
    """The server is told the act, the voice and slots: no name of the quest's people or places."""
    with served([GOOD]) as (url, asked):
        quest = procgen.quest(7, voice=LanguageModel(url, style="Dry."))
    sent = json.dumps(asked)
    names = {fact[2] for fact in quest.named if fact[0] == "name"}
    assert names
    assert asked
    assert not [name for name in names if len(name) > 3 and name[0].isupper() and name in sent]
    assert set(asked[0]) == {
        *("model", "messages", "seed", "temperature", "max_tokens", "stream"),
    }


@pytest.mark.parametrize(
    "lines",
    [
        ["Thalor Brightblade sends his greetings."],
        ["Go and see old Garrick, he knows."],
        ["{enemy.the} sends you."],
        ["Be welcome in {home"],
        ["*nods* Good day."],
        ["Good good day."],
        ["Have a apple."],
        [7, None, {"text": GOOD}],
        [],
    ],
)
def test_what_a_model_says_badly_is_not_said(lines):
    """Invented names, foreign slots, broken braces, stage directions: the grammar speaks."""
    plain = procgen.quest(7)
    with served(lines) as (url, _):
        quest = procgen.quest(7, voice=LanguageModel(url))
    assert quest == plain


@pytest.mark.parametrize(
    ("answer", "status", "headers"),
    [
        (b"not json", 200, ()),
        (b'{"choices": []}', 200, ()),
        (b'{"choices": [{"message": {"content": null}}]}', 200, ()),
        (chat("I would rather not."), 200, ()),
        (chat('["broken'), 200, ()),
        (b"[" * 100_000, 200, ()),
        (b"\xff\xfe", 200, ()),
        (b"", 500, ()),
        (b" " * ((1 << 20) + 100), 200, ()),
        (b"", 302, (("Location", "http://example.invalid/"),)),
    ],
    ids=str,
)
def test_a_broken_server_costs_one_line_of_log(answer, status, headers, caplog):
    """Whatever it sends, the quest is the grammar's, and it is asked no more after a while."""
    with caplog.at_level(logging.WARNING), served(answer, status, headers) as (url, asked):
        quest = procgen.quest(7, voice=LanguageModel(url))
    assert quest == procgen.quest(7)
    assert len(asked) == 3
    assert len(caplog.records) == 1
    assert "the grammar speaks" in caplog.text


def test_no_server_and_a_slow_server_are_the_same(caplog):
    """A refused connection, and an answer after the timeout, leave the grammar's words."""
    plain = procgen.quest(7)
    with caplog.at_level(logging.WARNING):
        assert procgen.quest(7, voice=LanguageModel("http://127.0.0.1:9/v1", timeout=1)) == plain
        with served([GOOD], wait=0.4) as (url, _):
            begun = time.monotonic()
            assert procgen.quest(7, voice=LanguageModel(url, timeout=0.1)) == plain
            assert time.monotonic() - begun < 5
    assert len(caplog.records) == 2


def test_a_server_that_sends_a_byte_at_a_time_is_left(caplog):
    """The timeout is for the whole answer, not for each of its bytes."""

    class Drip(BaseHTTPRequestHandler):
        def do_POST(self):  # the base class's name
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.02)

        def log_message(self, *_):
            pass

    server = _Server(("127.0.0.1", 0), Drip)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        model = LanguageModel(f"http://127.0.0.1:{server.server_port}/", timeout=0.2)
        begun = time.monotonic()
        assert list(model.propose(GREETING, stream(1))) == []
        assert time.monotonic() - begun < 1.5
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "no whole answer" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        b"hello\r\n\r\n",  # no HTTP
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{",
    ],
)
def test_what_is_no_whole_answer_is_no_answer(answer):
    """A server that speaks no HTTP, or breaks off, costs nothing but its lines."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.recv(65536)
                    client.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1/chat/completions"
        quest = procgen.quest(7, voice=LanguageModel(url))
        assert {line.source for line in quest.lines} == {"grammar"}
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "url", ["http://[bad", "http://localhost:abc/v1", "http://localhost:8080/a b", "http://a\n.b/"]
)
def test_addresses_that_are_none(url):
    """What cannot be an address is refused when it is given, not at the first quest."""
    with pytest.raises(procgen.InvalidArgument, match="url must be like"):
        LanguageModel(url)


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    """What is meant for this machine does not go through another one."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.delenv("no_proxy", raising=False)
    with served([GOOD]) as (url, _):
        assert list(LanguageModel(url).propose(GREETING, stream(1))) == [GOOD]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/v1/chat/completions",
        "http://192.168.1.4:8080/",
        "http://localhost.example.com/",
        "http://127.0.0.1@example.com/",
        "https://[2001:db8::1]/",
    ],
)
def test_other_machines_need_a_word(url):
    """A url that is not of this machine is refused, unless `allow_remote` says otherwise."""
    with pytest.raises(InvalidArgument, match="allow_remote=True"):
        LanguageModel(url)
    LanguageModel(url, allow_remote=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"url": "localhost:8080"}, "url must be like"),
        ({"url": "file:///etc/passwd"}, "url must be like"),
        ({"url": 8080}, "url must be like"),
        ({"timeout": 0}, "timeout must be"),
        ({"lines": 9}, "lines must be"),
    ],
)
def test_wrong_arguments(arguments, said):
    """Each is one sentence that names the argument."""
    with pytest.raises(InvalidArgument, match=said):
        LanguageModel(**arguments)


def test_addresses_of_this_machine_are_known():
    """Names and numbers of the loopback, of both versions of the protocol."""
    for host in ("localhost", "127.0.0.1", "127.8.8.8", "[::1]"):
        LanguageModel(f"http://{host}:8080/v1/chat/completions")


def test_a_model_in_a_file_runs_in_this_process(monkeypatch):
    """llama-cpp-python is asked as its documentation says; without it the error says what to do."""
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(MissingDependency, match="llama-cpp-python"):
        LanguageModel.from_file("model.gguf")
    asked = []

    class Llama:
        def __init__(self, *, model_path, n_ctx, verbose):
            if not model_path.endswith(".gguf"):
                raise ValueError("not a model")

        def create_chat_completion(self, *, messages, seed, temperature, max_tokens):
            asked.append(messages)
            return json.loads(chat([GOOD]))

    module = ModuleType("llama_cpp")
    module.Llama = Llama
    monkeypatch.setitem(sys.modules, "llama_cpp", module)
    model = LanguageModel.from_file("model.gguf", lines=2)
    assert list(model.propose(GREETING, stream(1))) == [GOOD]
    assert "Write 2 other lines" in asked[0][1]["content"]
    with pytest.raises(InvalidArgument, match="GGUF"):
        LanguageModel.from_file("model.txt")
