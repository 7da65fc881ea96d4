"""Quests in other tools: Ink compiled and played by inkjs, Yarn played by YarnBound."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from aigc_procgen.exporters.dialogue import story_of, strings_csv, talks_of
from aigc_procgen.exporters.fountain import export_arc_scenes, fountain_arc
from aigc_procgen.exporters.ink import export_ink, export_ink_arc, ink
from aigc_procgen.exporters.yarn import export_yarn, export_yarn_arc, yarn, yarn_story

from aigc_procgen.core.errors import InvalidArgument, SaveError
from aigc_procgen.story.arcs import plan_arc
from aigc_procgen.story.neighbourhood import small_neighbourhood
from aigc_procgen.story.quests import plan_quest

NODE = Path(__file__).parent / "node"
PACKAGES = ("inkjs@2.4.0", "yarn-bound@0.5.5")
ODD = r"-> {x|y} [b] #t <> // ~ \n <<if>> * TODO: a: b"


def quests(count, language="en"):
    """Quests of small neighbourhoods, by everybody who asks for something."""
    found = []
    for seed in range(count):
        _, people, facts = small_neighbourhood(seed)
        for person in people:
            try:
                found.append(plan_quest(seed, facts, giver=person.id, language=language))
            except InvalidArgument:
                continue
            if len(found) == count:
                return found
    return found


def digest():
    """A digest of both exports of some quests."""
    talks = talks_of(quests(20))
    texts = [part(talk) for talk in talks for part in (ink, yarn)]
    return sha256("\n".join([*texts, strings_csv(talks)]).encode()).hexdigest()


@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    """A folder with the players, fetched from npm."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are needed to play Ink and Yarn: install Node.js")
    home = tmp_path_factory.mktemp("npm")
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert not re.search("E404|ETARGET", done.stderr), done.stderr
    if done.returncode:  # no network
        pytest.skip(f"npm cannot fetch {', '.join(PACKAGES)}: {done.stderr[-300:]}")
    return home / "node_modules"


def play(modules, script, asked):
    """What a player of tests/node says it was told."""
    done = subprocess.run(
        ["node", str(NODE / script)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        env={**os.environ, "NODE_PATH": str(modules)},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def refusals(talks):
    """What the player must not say who wants to see the end."""
    return {talk.id: talk.said["refuse"][0].text for talk in talks}


def spoken(talk):
    """All that may be said: (speaker, words)."""
    return {(said.name, said.text) for said in (*talk.words(), talk.why, talk.ask)}


def odd_quest():
    """A quest whose every text looks like syntax."""
    quest = quests(1)[0]
    lines = tuple(replace(line, text=f"{n} {ODD}") for n, line in enumerate(quest.lines))
    aims = tuple(replace(o, text=f"{ODD} {o.id}") for o in quest.objectives)
    return replace(quest, lines=lines, objectives=aims, title=ODD, because=f"* {ODD}")


def test_ink_compiles_and_plays_to_its_end(modules, tmp_path):
    """200 quests in inkjs: no warning, every talk ends, the offer is heard, the quest is done."""
    found = [*quests(199), odd_quest()]
    talks = talks_of(found)
    export_ink(found, tmp_path)
    asked = {
        "folder": str(tmp_path),
        "knots": [talk.id for talk in talks],
        "rounds": 4,
        "avoid": refusals(talks),
    }
    told = play(modules, "play_ink.js", asked)
    assert told["problems"] == []
    for talk in talks:
        rounds = told["played"][talk.id]
        known = {text for _, text in spoken(talk)}
        assert rounds[0]["state"] == "done"
        assert {one["state"] for one in rounds} <= {"done", "refused"}
        for one in rounds:
            assert one["ended"]
            words = [said[0] for said in one["said"]]
            assert set(words) <= known
            assert {said.text for said in talk.said["offer"]} <= set(words)
            keys = {tag for said in one["said"] for tag in said[1] if tag.startswith("key: ")}
            assert keys <= {f"key: {said.key}" for said in (*talk.words(), talk.why, talk.ask)}
        replies = {said.text for lines in talk.replies for said in lines}
        assert replies <= {said[0] for said in rounds[0]["said"]}
        speakers = {tag for said in rounds[0]["said"] for tag in said[1] if "speaker" in tag}
        assert f"speaker: {talk.because.who}" in speakers


def test_yarn_plays_to_its_end(modules, tmp_path):
    """The same 200 quests in YarnBound: the same words by the same people."""
    talks = talks_of([*quests(199), odd_quest()])
    asked = {
        "scripts": {talk.id: yarn(talk) for talk in talks},
        "rounds": 4,
        "avoid": refusals(talks),
    }
    told = play(modules, "play_yarn.js", asked)
    answered = 0
    for talk in talks:
        known = {f"{name}: {text}" if name else text for name, text in spoken(talk)}
        choices = {said.text for act in ("accept", "refuse") for said in talk.said[act]}
        rounds = told["played"][talk.id]
        assert rounds[0]["state"] == "done"
        for one in rounds:
            assert one["ended"]
            # Whether "\\:" loses its sign is up to the runtime.
            words = {said[1].strip().replace("\\:", ":") for said in one["said"]}
            assert words <= known | choices
            assert {f"{said.name}: {said.text}" for said in talk.said["offer"]} <= words
        # A deed that was chosen is answered; another way leads past it.
        heard = {said[1].strip() for said in rounds[0]["said"]}
        for aim, lines in zip(talk.objectives, talk.replies, strict=True):
            if aim.text in heard:
                answered += len(lines)
                assert {f"{said.name}: {said.text}" for said in lines} <= heard
    assert answered > 150


def test_chinese_plays_to_its_end_under_the_same_keys(modules, tmp_path):
    """40 Chinese quests in inkjs and YarnBound: their words are heard, their names stay ids."""
    found = quests(40, "zh")
    talks = talks_of(found)
    export_ink(found, tmp_path)
    asked = {"rounds": 2, "avoid": refusals(talks)}
    knots = [talk.id for talk in talks]
    told = play(modules, "play_ink.js", {**asked, "folder": str(tmp_path), "knots": knots})
    assert told["problems"] == []
    scripts = {talk.id: yarn(talk) for talk in talks}
    yarns = play(modules, "play_yarn.js", {**asked, "scripts": scripts})
    english = {talk.id: {said.key for said in talk.words()} for talk in talks_of(quests(40))}
    for talk in talks:
        assert {said.key for said in talk.words()} == english[talk.id]
        for one in (told["played"][talk.id][0], yarns["played"][talk.id][0]):
            assert one["ended"]
            assert one["state"] == "done"
            heard = " ".join(str(said) for said in one["said"])
            assert all(said.text in heard for said in talk.said["offer"])


def arcs(count, language="en"):
    """Arcs of small neighbourhoods, one each."""
    return [plan_arc(seed, language=language) for seed in range(count)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_arc_plays_from_its_first_chapter_to_its_last(modules, tmp_path, language):
    """Arcs in inkjs and YarnBound: every heading and telling in order, every offer, and the end."""
    scripts, inks = {}, {}
    for arc in arcs(8, language):
        story = story_of(arc)
        export_ink_arc(arc, tmp_path / story.id)
        no = [said.text for part in story.parts for said in part.talk.said["refuse"]]
        asked = {"rounds": 3, "avoid": {story.id: no}}
        folder = str(tmp_path / story.id)
        told = play(modules, "play_ink.js", {**asked, "folder": folder, "knots": [story.id]})
        assert told["problems"] == []
        inks[story.id] = told["played"][story.id]
        scripts[story.id] = yarn_story(story)
        yarns = play(modules, "play_yarn.js", {**asked, "scripts": {story.id: scripts[story.id]}})
        for rounds in (inks[story.id], yarns["played"][story.id]):
            assert all(one["ended"] for one in rounds)
            assert rounds[0]["state"] == "done"
            # In another round the player may refuse, and then no later chapter begins.
            assert {one["state"] for one in rounds} <= {"done", "open"}
            heard = "\n".join(str(said) for said in rounds[0]["said"])
            wanted = [story.title]
            for part in story.parts:
                wanted += [part.heading, *part.told, *part.talk.said["offer"]]
            places = [
                heard.find(json.dumps(said.text, ensure_ascii=False)[1:-1]) for said in wanted
            ]
            assert -1 not in places
            assert places == sorted(places)


def test_an_arcs_files_hold_all_its_words_under_keys_of_their_own(tmp_path):
    """No id twice in Yarn, every jump has its node, both languages in the strings, a screenplay."""
    for arc, chinese in zip(arcs(12), arcs(12, "zh"), strict=True):
        path = export_yarn_arc(chinese, tmp_path, translation=arc)
        text = path.read_text("utf-8")
        titles = re.findall(r"^title: (.*)$", text, re.MULTILINE)
        assert len(set(titles)) == len(titles)
        assert set(re.findall(r"<<jump (\w+)>>", text)) <= set(titles)
        ids = re.findall(r" #line:(\w+)$", text, re.MULTILINE)
        assert len(set(ids)) == len(ids)
        rows = list(csv.reader(io.StringIO((tmp_path / "strings.csv").read_text("utf-8"))))
        assert rows[0] == ["key", "en", "zh"]
        assert all(all(row) for row in rows)
        keys = [row[0] for row in rows]
        assert len(set(keys)) == len(keys)
        assert {said.key for said in story_of(arc).words()} <= set(keys)
        screenplay = export_arc_scenes(arc, tmp_path).read_text("utf-8")
        assert screenplay == fountain_arc(arc)
        sections = re.findall(r"^# (.*)$", screenplay, re.MULTILINE)
        assert sections == [part.heading.text for part in story_of(arc).parts]
        for chapter in arc.chapters:
            assert chapter.told is None or chapter.told.text in screenplay
            assert not chapter.turn or f"= {chapter.turn}" in screenplay


def test_every_line_of_yarn_has_an_id_of_its_own(tmp_path):
    """UTF-8 without a mark, identifiers as titles, every jump has its node, no id twice."""
    for path in export_yarn([*quests(60), odd_quest()], tmp_path):
        data = path.read_bytes()
        assert not data.startswith(b"\xef\xbb\xbf")
        text = data.decode()
        titles = re.findall(r"^title: (.*)$", text, re.MULTILINE)
        assert len(set(titles)) == len(titles)
        assert all(re.fullmatch(r"[A-Za-z]\w*", title) for title in titles)
        assert set(re.findall(r"<<jump (\w+)>>", text)) <= set(titles)
        lines = [
            line
            for node in re.findall(r"---\n(.*?)===\n?", text, re.DOTALL)
            for line in node.splitlines()
            if line.strip() and not re.match(r"\s*<<", line)
        ]
        ids = [re.search(r" #line:(\w+)$", line) for line in lines]
        assert all(ids)
        assert len({found[1] for found in ids}) == len(ids)


def test_strings_hold_every_key_once(tmp_path):
    """The table of strings names all words of both exports, and reads back as it was."""
    talks = talks_of([*quests(40), odd_quest()])
    rows = list(csv.reader(io.StringIO(strings_csv(talks))))
    assert rows[0] == ["key", "en"]
    table = dict(rows[1:])
    assert len(table) == len(rows) - 1
    for talk in talks:
        for said in talk.words():
            assert table[said.key] == said.text
    export_ink(quests(3), tmp_path)
    assert (tmp_path / "strings.csv").read_text("utf-8").startswith("key,en\noption.why,Why?\n")


def test_strings_hold_both_languages(tmp_path):
    """A Chinese export beside its English has a column for each, and every key in both."""
    english, chinese = quests(12), quests(12, "zh")
    for export in (export_ink, export_yarn):
        export(chinese, tmp_path, translations=english)
        rows = list(csv.reader(io.StringIO((tmp_path / "strings.csv").read_text("utf-8"))))
        assert rows[:2] == [["key", "en", "zh"], ["option.why", "Why?", "为什么？"]]
        assert all(all(row) for row in rows)
        texts = {row[0]: row[1:] for row in rows[1:]}
        for one, other in zip(talks_of(english), talks_of(chinese), strict=True):
            for said, translated in zip(one.words(), other.words(), strict=True):
                assert texts[said.key] == [said.text, translated.text]
    with pytest.raises(InvalidArgument, match="translations must be of the same quests"):
        export_ink(chinese[:1], tmp_path, translations=english)


def test_other_processes_write_the_same():
    """Hash seeds of other processes change no byte."""
    code = "import runpy, sys; print(runpy.run_path(sys.argv[1])['digest']())"
    done = subprocess.run(
        [sys.executable, "-c", code, __file__],
        env={**os.environ, "PYTHONHASHSEED": "9"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == digest()


def test_bad_input_is_one_sentence(tmp_path):
    """No quest, something else, and a folder that is a file."""
    with pytest.raises(InvalidArgument, match="at least one quest"):
        export_ink([], tmp_path)
    with pytest.raises(InvalidArgument, match="must be Quest records"):
        export_yarn(["quest:1"], tmp_path)
    (tmp_path / "file").write_text("")
    for export in (export_ink, export_yarn):
        with pytest.raises(SaveError, match="folder must be one that can be written to"):
            export(quests(1), tmp_path / "file")
    for export in (export_ink_arc, export_yarn_arc, export_arc_scenes):
        with pytest.raises(InvalidArgument, match="must be an Arc record"):
            export(quests(1)[0], tmp_path)
        with pytest.raises(SaveError, match="folder must be one that can be written to"):
            export(arcs(1)[0], tmp_path / "file")


def test_the_command_writes_them(tmp_path, capsys):
    """`export ink|yarn|fountain SEED` writes as many quests as were asked for."""
    from aigc_procgen.cli.main import main

    for target, ending, count in (("ink", "ink", 5), ("yarn", "yarn", 4), ("fountain", "json", 8)):
        out = tmp_path / target
        assert main(["export", target, "42", "--out", str(out), "--count", "4"]) == 0
        assert len(list(out.glob(f"*.{ending}"))) == count
    for target, ending, count in (("ink", "ink", 4), ("yarn", "yarn", 1), ("fountain", "json", 1)):
        out = tmp_path / f"{target} arc"
        assert main(["export", target, "42", "--arc", "--out", str(out)]) == 0
        assert len(list(out.glob(f"*.{ending}"))) >= count
    out = str(tmp_path / "zh")
    assert main(["export", "ink", "42", "--out", out, "--count", "2", "--language", "zh"]) == 0
    assert (tmp_path / "zh" / "strings.csv").read_text("utf-8").startswith("key,en,zh\n")
    assert main(["export", "ink", "42", "--out", str(tmp_path), "--count", "0"]) != 0
    assert "--count must be" in capsys.readouterr().err
