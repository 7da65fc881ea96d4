"""Scenes: what a quest says, directed; as Fountain, read back by somebody else's parser."""

from __future__ import annotations

import io
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from aigc_procgen.exporters.fountain import export_scenes, fountain
from golden_digests import digests_elsewhere
from screenplain.parsers import fountain as reader
from screenplain.types import Dialog, Slug

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.story.fact_set import Facts
from aigc_procgen.story.neighbourhood import small_neighbourhood
from aigc_procgen.story.quests import Quest, plan_quest
from aigc_procgen.story.scenes import BEATS, Beat, Scene, scene
from aigc_procgen.story.tables import load_table

GOLDEN = Path(__file__).parent / "golden" / "scenes.json"
KINDS = (("offer", "accept"), "offer", "accept", "refuse", ("offer", "refuse"), "end")


def quests(count):
    """Quests of small neighbourhoods, by everybody who asks for something."""
    found = []
    seed = 0
    while len(found) < count:
        _, people, facts = small_neighbourhood(seed)
        for person in people:
            try:
                found.append((plan_quest(seed, facts, giver=person.id), facts))
            except InvalidArgument:
                continue
        seed += 1
    return found[:count]


def digests():
    """Digests of scenes of the golden seeds, by moments."""
    told = [plan_quest(seed) for seed in (0, 1, 42, "Ada", -7)]
    return {
        str(moments): sha256(
            "\n".join(scene(quest, moments).to_json() for quest in told).encode()
        ).hexdigest()
        for moments in KINDS
    }


def test_golden_scenes():
    """An old quest has the scene that it always had."""
    assert digests() == json.loads(GOLDEN.read_text())


def test_other_processes_direct_the_same():
    """Hash seeds of other processes change no word."""
    assert digests_elsewhere(__file__, "5") == json.loads(GOLDEN.read_text())


def test_scenes_of_many_quests_are_whole():
    """Words are filled and well formed, names are of the quest's world, lines the quest's."""
    for quest, facts in quests(400):
        names = {fact[2] for fact in facts.find("name")} | {f[2] for f in facts.find("called")}
        words = {word for name in names for word in re.findall(r"\w+", name)}
        for moments in KINDS:
            told = scene(quest, moments)
            spoken = " ".join(line.text for line in quest.lines)
            for beat in told.beats:
                assert beat.kind in BEATS
                assert beat.milliseconds > 0
                text = beat.text
                assert not re.search(r"[{<]|  ", text), text
                assert not re.search(r"\b(\w+) \1\b", text, re.IGNORECASE), text
                assert not re.search(r"\ba (?!eu)[aeio]|\ban [^aeiouh]", text), text
                assert not text or text[0].isupper() or not text[0].isalpha(), text
                # A capital inside a sentence is a name of this world.
                for word in re.findall(r"(?<=[a-z,;] )[A-Z]\w+", text):
                    assert word in words, (word, text)
                if beat.kind == "line":
                    assert text in spoken
                    assert beat.who in {member.id for member in told.cast}
                elif beat.kind == "action":
                    assert text
            assert len({beat.key for beat in told.beats}) == len(told.beats)
            assert told.name("player") == "the traveller"


def test_a_scene_is_a_small_drama():
    """Place, work, greeting, the reason, a turn, what is asked, the answer, a last picture."""
    told = scene(plan_quest(42))
    kinds = [beat.kind for beat in told.beats]
    assert (kinds[0], kinds[-1]) == ("fade", "fade")
    assert kinds.count("line") >= 4
    assert [beat.cue for beat in told.beats if beat.kind == "move"] == ["approach", "leave"]
    quest = plan_quest(42)
    lines = [beat.text for beat in told.beats if beat.kind == "line"]
    assert any(quest.because in line for line in lines)
    at = next(i for i, line in enumerate(lines) if quest.because in line)
    assert lines[at + 1] in quest.spoken("offer")
    between = told.beats[[beat.text for beat in told.beats].index(lines[at]) + 1]
    assert between.kind == "action"


def test_the_scene_leaves_the_quest_alone_and_follows_the_giver():
    """The same quest before and after; other givers work at other things, in their own rooms."""
    found = quests(60)
    for quest, facts in found:
        before = quest.to_json()
        told = scene(quest)
        assert quest.to_json() == before
        role = facts.value("role", quest.giver)
        table = load_table("scenes")["trade"]
        work = [text.replace("{giver}", "").split(".")[0][:18] for text in table[role]]
        assert any(
            part.strip() in beat.text for beat in told.beats for part in work if "{" not in part
        ) or any("{" in part for part in work)
        assert scene(quest, outdoors=True).inside is False
    assert {scene(quest).time for quest, _ in found} == set(procgen.TIMES)


def test_a_quest_names_all_that_it_speaks_of():
    """`Quest.named` holds the names of giver, roles, places and speakers, and survives JSON."""
    for quest, facts in quests(60):
        known = Facts(quest.named)
        for entity in {quest.giver, *quest.roles.values(), *(o.place for o in quest.objectives)}:
            assert known.value("name", entity) == facts.value("name", entity)
        again = Quest.from_json(quest.to_json())
        assert again == quest
        assert scene(again) == scene(quest)


def test_records_survive_json():
    """A scene and its beats read back equal; a missing field is named."""
    told = scene(plan_quest(3))
    assert Scene.from_json(told.to_json()) == told
    assert Beat.from_json(told.beats[0].to_json()) == told.beats[0]
    with pytest.raises(InvalidArgument, match="lacks the field"):
        Scene.from_json("{}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"moments": "middle"}, "moments must be one of"),
        ({"moments": ()}, "moments must be"),
        ({"moments": ("accept", "offer")}, "in that order"),
        ({"moments": ("accept", "refuse")}, "moments must be"),
        ({"moments": ("offer", "end")}, "an end alone"),
        ({"time": "noon"}, "time must be one of"),
        ({"weather": "hail"}, "weather must be one of"),
    ],
)
def test_wrong_arguments(arguments, said):
    """Each is one sentence that names the argument."""
    with pytest.raises(InvalidArgument, match=said) as caught:
        scene(plan_quest(1), **arguments)
    assert "\n" not in str(caught.value)


def test_a_scene_wants_a_quest():
    """Anything else is refused."""
    with pytest.raises(InvalidArgument, match="quest must be a Quest"):
        scene("quest:1")


def test_fountain_reads_back_in_another_library(tmp_path):
    """screenplain finds every speaker and line of 100 screenplays, and one heading a scene."""
    for quest, _ in quests(100):
        parts = [scene(quest), scene(quest, "end")]
        read = list(reader.parse(io.StringIO(fountain(parts))))
        assert [type(part) for part in read].count(Slug) == len(parts)
        said = [
            (str(part.character), str(part.blocks[-1][1]))
            for part in read
            if isinstance(part, Dialog)
        ]
        wanted = [
            (part.name(beat.who).upper(), beat.text)
            for part in parts
            for beat in part.beats
            if beat.kind == "line"
        ]
        assert [(_text(who), _text(line)) for who, line in said] == wanted
    written = export_scenes(parts, tmp_path / "scenes")
    assert [path.suffix for path in written] == [".fountain", ".fountain"]
    assert Scene.from_json(written[0].with_suffix(".json").read_text("utf-8")) == parts[0]
    twice = export_scenes([parts[0], parts[0], parts[1]], tmp_path / "twice")
    assert len({path for path in twice if path.exists()}) == 3


def _text(rich):
    """The words of screenplain's rich text."""
    return re.sub(r"\(plain\)\('(.*)'\)", r"\1", rich, flags=re.DOTALL)


def test_signs_of_fountain_in_names_and_lines_are_words():
    """A name or a line that looks like syntax is read back as it was."""
    told = scene(plan_quest(5), "offer")
    odd = "INT. *bold* _under_ [[note]] /* cut */ (whisper) TO: #4#"
    beats = tuple(
        Beat.from_dict(beat.to_dict() | {"text": f"({odd}", "aside": ""})
        if beat.kind == "line"
        else Beat.from_dict(beat.to_dict() | {"text": f"{odd} > x <"})
        if beat.text
        else beat
        for beat in told.beats
    )
    cast = tuple({**member.to_dict(), "name": "the 3rd ~guard~ ^"} for member in told.cast)
    data = told.to_dict() | {"beats": [beat.to_dict() for beat in beats], "cast": list(cast)}
    read = list(reader.parse(io.StringIO(fountain(Scene.from_dict(data)))))
    kinds = [type(part).__name__ for part in read]
    plain = list(reader.parse(io.StringIO(fountain(told))))
    assert kinds == [type(part).__name__ for part in plain]
    with pytest.raises(InvalidArgument, match="scenes must be"):
        fountain([])


def test_the_command_prints_a_screenplay(capsys):
    """`quest --scene` prints Fountain, with --json the record."""
    from aigc_procgen.cli.main import main

    assert main(["quest", "42", "--scene"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Title: ")
    assert "@THE TRAVELLER" in out
    assert main(["quest", "42", "--scene", "--json"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert Scene.from_json(first).moments == ("offer", "accept")


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(digests(), indent=1) + "\n")
