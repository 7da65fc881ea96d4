"""Voices: a developer's own script, learnt by a network of whole numbers that proposes lines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import aigc_procgen as procgen
from aigc_procgen.cli.main import main
from aigc_procgen.core.errors import InvalidArgument, PackError
from aigc_procgen.core.manifest import check_entry
from aigc_procgen.core.pieces import SLOT, Pieces, lower_beginnings, mark_of, words_of
from aigc_procgen.core.random import stream
from aigc_procgen.core.voice_machine import read_voice
from aigc_procgen.data.script import ScriptRow, read_script
from aigc_procgen.data.voice_set import build_voice
from aigc_procgen.story.neighbourhood import small_neighbourhood
from aigc_procgen.story.proposals import MOST, Writer, make_frame
from aigc_procgen.story.spoken_lines import spoken_lines
from aigc_procgen.story.verifier import Verifier, slot_role
from aigc_procgen.story.voices import Voice
from aigc_procgen.story.words import sentence_case

CORPUS = Path(__file__).parent.parent / "examples" / "toll_clerk.csv"


def base_rows():
    return [ScriptRow(text=t, speaker=v, act=a, mood=m) for t, v, a, m in spoken_lines()]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of a few seconds, and the pack with its voice."""
    pytest.importorskip("torch", reason="training needs torch")
    from aigc_procgen.cli.train_voice import add_voice
    from aigc_procgen.train.voice import VoiceConfig, VoiceTrainer

    home = tmp_path_factory.mktemp("voice")
    lines = build_voice(read_script(CORPUS), base_rows())
    config = VoiceConfig(lines=2560, batch=32, states=48, vocabulary=400, snapshot=1280)
    trainer = VoiceTrainer(config, lines, home / "run")
    trainer.train()
    add_voice(home / "run", home / "pack", "MIT")
    return trainer, home / "pack"


@pytest.fixture(scope="module")
def pack(trained):
    return procgen.load_pack(trained[1])


class Says:
    """A proposer of some lines, whatever is asked."""

    source = "test"
    verifier = Verifier()

    def __init__(self, *lines):
        self.lines = lines
        self.frames = []

    def propose(self, frame, dice):
        self.frames.append(frame)
        yield from self.lines


def plan_of(quest):
    """Everything of a quest but its words."""
    plain = quest.to_dict()
    for name in ("lines", "because", "named"):
        del plain[name]
    return plain, [(line.key, line.speaker, line.act) for line in quest.lines]


def test_words_change_no_plan(pack):
    """With a voice that ranks, or proposes, a quest has the same plan, roles, proof and title."""
    for seed in range(6):
        plain = procgen.quest(seed)
        assert {line.source for line in plain.lines} == {"grammar"}
        for use in ("rank", "propose"):
            told = procgen.quest(seed, voice=procgen.load_voice(pack, use=use))
            assert plan_of(told) == plan_of(plain)
            assert told.because in told.spoken("offer")


def test_a_world_speaks_with_its_voice(pack):
    """`world(…, voice=…)` words its quests by it, and plans the same."""
    voice = procgen.load_voice(pack)
    silent, speaking = procgen.world(3), procgen.world(3, voice=voice)
    giver = silent.people(silent.nearest("town"))[0]
    plain, told = silent.quest(giver), speaking.quest(giver)
    assert plan_of(plain) == plan_of(told)
    assert told == procgen.quest(3, silent.facts(silent.nearest("town")), giver.id, voice=voice)
    with pytest.raises(InvalidArgument, match="voice must be what load_voice"):
        procgen.world(3, voice="gruff")
    with pytest.raises(InvalidArgument, match="voice must be what load_voice"):
        procgen.quest(3, voice=pack)


def test_ranking_says_lines_of_the_grammar_and_of_the_script(trained, pack):
    """A voice that ranks makes up nothing: what is its own stands in the script."""
    voice = procgen.load_voice(pack)
    script = trained[0].set
    own = {sentence_case(row.text) for row in (*script.train, *script.held)}
    own_lines = 0
    for seed in range(8):
        for line in procgen.quest(seed, voice=voice).lines:
            if line.speaker == "player":
                assert line.source == "grammar"
            elif line.source == "voice" and line.act in ("accepted", "refused", "progress"):
                own_lines += 1
                assert line.text in own
    assert own_lines > 12


def test_a_pack_without_lines_says_only_the_grammar_s(trained, tmp_path):
    """With `keep_lines` off no line of the script is in the pack; ranking still chooses."""
    from aigc_procgen.cli.train_voice import add_voice
    from aigc_procgen.train.voice import VoiceTrainer

    whole = trained[0]
    shutil.copytree(whole.run, tmp_path / "run")
    VoiceTrainer(whole.config, whole.set, tmp_path / "run", keep_lines=False).machine()
    add_voice(tmp_path / "run", tmp_path / "pack", "MIT")
    assert "sharpen the pen" not in (tmp_path / "pack" / "manifest.json").read_text()
    voice = procgen.load_voice(tmp_path / "pack")
    other = 0
    for seed in range(8):
        plain, told = procgen.quest(seed), procgen.quest(seed, voice=voice)
        assert {line.source for line in told.lines} == {"grammar"}
        other += plain.lines != told.lines
    assert other > 4


def test_novel_voices_repeat_no_line_of_the_script(trained, pack):
    """With `novel` every line of the voice's own is one that the script does not have."""
    script = {mark_of(row.text) for row in (*trained[0].set.train, *trained[0].set.held)}
    for use, novel in (("rank", False), ("rank", True), ("propose", True)):
        voice = procgen.load_voice(pack, use=use, novel=novel)
        told = [procgen.quest(seed, voice=voice) for seed in range(4)]
        said = [line.text for quest in told for line in quest.lines if line.source == "voice"]
        assert any(mark_of(text) in script for text in said) is not novel


def test_the_same_seed_speaks_the_same_words_in_every_process(trained, pack):
    """Two processes of other hash seeds, and this one, say the same, letter by letter."""
    code = (
        "import sys, json, aigc_procgen as p\n"
        "voice = p.load_voice(sys.argv[1], use='propose')\n"
        "print(json.dumps([p.quest(seed, voice=voice).to_json() for seed in range(2)]))"
    )
    voice = procgen.load_voice(pack, use="propose")
    here = [procgen.quest(seed, voice=voice).to_json() for seed in range(2)]
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(trained[1])],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout) == here


def test_a_proposed_line_says_whose_it_is():
    """A line that is right is said and has its proposer's source, where its act allows it."""
    quest = procgen.quest(5, voice=Says("I have a chair. Sit.", "{because} {ask} Well?"))
    said = {line.act: line for line in quest.lines}
    assert (said["greet"].text, said["greet"].source) == ("I have a chair. Sit.", "test")
    assert said["offer"].text == f"{quest.because} {said['offer'].text[len(quest.because) + 1 :]}"
    assert said["offer"].text.endswith(" Well?")
    assert procgen.Quest.from_json(quest.to_json()) == quest


def test_mended_quests_and_arcs_are_spoken_too():
    """A proposer is asked for every line of a mended quest and of a longer story."""
    facts = small_neighbourhood(3)[2]
    quest = procgen.quest(3, facts)
    says = Says("I have a chair. Sit.")
    broken = facts.change(add=[("dead", quest.giver)])
    mended = quest.replan(broken, voice=says)
    assert mended is not None
    assert "test" in {line.source for line in mended.lines}
    arc = procgen.arc(3, facts, voice=says)
    assert all("test" in {n.source for n in chapter.quest.lines} for chapter in arc.chapters[:1])


def test_other_languages_are_left_to_the_grammar():
    """A proposer that speaks English says nothing in Chinese; one that speaks it is asked."""
    chinese = procgen.quest(5, language="zh")
    says = Says("I have a chair. Sit.")
    assert procgen.quest(5, language="zh", voice=says) == chinese
    assert says.frames == []
    says.language = "zh"
    procgen.quest(5, language="zh", voice=says)
    assert says.frames


def test_lines_that_are_wrong_leave_the_grammar_s():
    """After so many wrong lines nobody looks at another one, right as it may be."""
    wrong = ["Thalor says hello."] * MOST
    assert procgen.quest(5, voice=Says(*wrong, "Well.")) == procgen.quest(5)
    assert procgen.quest(5, voice=Says(*wrong[1:], "Well.")) != procgen.quest(5)
    assert procgen.quest(5, voice=Says()) == procgen.quest(5)


def test_reasons_and_wishes_are_only_chosen_never_made():
    """What a fact or a strategy means is told by a line of its own table."""
    proposer = Says("I have a chair.", "It is what it is.")
    quest = procgen.quest(5, voice=proposer)
    assert quest.because == procgen.quest(5).because
    fixed = {frame.act for frame in proposer.frames if frame.fixed}
    assert fixed == {"because", "ask"}


def test_a_frame_knows_what_a_line_is_for():
    """What all candidates have is needed; the reason and the wish are kept for where they are."""
    offer = make_frame(
        "offer", "", "plain", ["ask", "because", "giver", "item"], ["{because} {ask}"], fixed=False
    )
    assert offer.needed == ("{because}", "{ask}")
    assert offer.roles == ("ask", "because", "giver")
    greet = make_frame("greet", "", "plain", ["ask", "because", "home"], ["Hm.", ""], fixed=False)
    assert greet.needed == ()
    assert greet.roles == ("home",)


FRAME = make_frame(
    "offer",
    "",
    "plain",
    ["giver", "home", "because", "ask"],
    ["{because} {ask} <pay>", "I will be short. {because} {ask}"],
    fixed=False,
)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{because} {ask}", ""),
        ("{because} {ask} It is a horse, a horde, a horror.", ""),
        ("{because} {ask} It is an hour.", ""),
        ("I ask it as a friend. {because} So. {ask} <pay>", ""),
        ('They say "one hour", an honest hour. {because} {ask}', ""),
        ("{because}", "a slot is lost"),
        ("{because} {ask} {ask}", "a slot is lost"),
        ("{because} {ask} {enemy.the}.", "a slot that is not there"),
        ("{because} {ask} {home.colour}.", "a slot that is not there"),
        ("{because} {ask} <gold>", "a symbol that is not there"),
        ("{because} {ask} {", "a loose brace"),
        ("{because} {ask} Ask Garrick.", "a name"),
        ("{because} {ask} Ask at Old Mill.", "a name"),
        ("Garrick sent me. {because} {ask}", "a name, perhaps"),
        ("{because} {ask} Garrick sent me.", "a name, perhaps"),
        ('{because} {ask} He said "so.', "quotes"),
        ("{because} {ask} (So.", "quotes"),
        ("{because} {ask} That is is it.", "a word twice"),
        ("{because} {ask} It is a hour.", "a for an"),
        ("{because} {ask} It is an use of time.", "a for an"),
        ("{because} {ask} It is a {home}.", "an article before a slot"),
        ("{because} {ask} and then", "no end"),
        ("{because} {ask} *sighs*", "strange signs"),
        ("{because} {ask} See http://a.b/c.", "strange signs"),
        ("{because} {ask} So , well.", "strange signs"),
        ("{because} {ask} " + "It is so. " * 40, "length"),
        ("{because}\n{ask}", "no line"),
        ("{" * 100_000, "length"),
        ("  ", "no line"),
        (None, "no line"),
    ],
)
def test_what_a_verifier_finds(line, wrong):
    """Each rule of writing, by a line that breaks it and lines that do not."""
    assert Verifier().problem(line, FRAME) == wrong


def test_every_line_of_the_grammar_is_right():
    """The verifier finds nothing wrong with what we wrote ourselves, so it is not too strict."""
    slots = [slot for text, *_ in spoken_lines() for slot in SLOT.findall(text)]
    roles = sorted({slot_role(slot) for slot in slots})
    for text, voice, act, mood in spoken_lines():
        others = ["{because} {ask}"] if "{ask}" in text else ["So."]
        frame = make_frame(act, mood, voice, roles, [text, *others], fixed=False)
        assert Verifier(whole=True).problem(text, frame) == "", text


def test_a_verifier_knows_words_and_what_was_learnt_by_heart():
    """Words of a lexicon are known, names of it too; with `whole` all words must be."""
    greet = make_frame("greet", "", "plain", ["home"], ["Good day to you."], fixed=False)
    assert Verifier().problem("A flumph is here.", greet) == ""
    assert Verifier(whole=True).problem("A flumph is here.", greet) == "no word"
    assert Verifier(["flumph"], whole=True).problem("A flumph is here.", greet) == ""
    assert Verifier(["Maru"]).problem("Maru be with you. I praise Maru.", greet) == ""
    known = [mark_of("Sit  down.")]
    assert Verifier(known=known).problem("sit down.", greet) == "learnt by heart"


def test_lines_heard_lately_are_not_proposed_again():
    """A writer goes on to the next line, and says whose the chosen one is."""
    greet = make_frame("greet", "", "plain", ["home"], ["Good day.", "Sit."], fixed=False)
    writer = Writer(Says("I have a chair.", "Sit.", "Good day."))
    heard = frozenset(["I have a chair."])
    assert writer.choose(greet, lambda text: text, heard, stream(0)) == "Sit."
    assert writer.source_of("Sit.") == "grammar"
    assert writer.choose(greet, lambda text: text, frozenset(), stream(0)) == "I have a chair."
    assert writer.source_of("I have a chair.") == "test"
    assert writer.choose(greet, lambda text: None, frozenset(), stream(0)) == ""


# -- scripts ------------------------------------------------------------------------------------


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return read_script(path)


def test_scripts_of_every_form_are_read(tmp_path):
    """Text, CSV, JSON, Fountain and Ink give the lines and who says them."""
    assert write(tmp_path / "a.txt", "One.\n\n Two  words. \nOne.\n") == (
        ScriptRow(text="One."),
        ScriptRow(text="Two words."),
    )
    row = ScriptRow(text='Say "no", then.', speaker="Ada", act="greet", mood="grim")
    table = 'mood,text,speaker,act\ngrim,"Say ""no"", then.",Ada,greet\n'
    assert write(tmp_path / "a.csv", "\ufeff" + table) == (row,)
    assert write(tmp_path / "a.json", json.dumps([row.to_dict(), "Two."])) == (
        row,
        ScriptRow(text="Two."),
    )
    fountain = (
        "Title: A play\n\nINT. MILL - DAY\n\nThe door opens.\n\nADA (cold)\n(sits)\nYou are *late*."
        "\n\n@McCoy\nSo are you.\n\n> FADE OUT.\n"
    )
    assert write(tmp_path / "a.fountain", fountain) == (
        ScriptRow(text="You are late.", speaker="Ada"),
        ScriptRow(text="So are you.", speaker="Mccoy"),
    )
    ink = (
        "VAR gold = 1\n=== start ===\nAda: Come in. # calm\n* [Yes.] -> end\n+ (no) No, thanks.\n"
        "- Well then. // a note\n{gold > 0: rich}\n~ gold = 2\n-> END\n"
    )
    assert write(tmp_path / "a.ink", ink) == (
        ScriptRow(text="Come in.", speaker="Ada"),
        ScriptRow(text="Yes.", speaker="player"),
        ScriptRow(text="No, thanks.", speaker="player"),
        ScriptRow(text="Well then."),
    )


def test_our_own_screenplays_are_read_back(tmp_path):
    """What `export fountain` writes is a script: every line that is said, by its speaker."""
    from aigc_procgen.exporters.fountain import fountain

    scene = procgen.scene(procgen.quest(7))
    said = [(scene.name(b.who).title(), b.text) for b in scene.beats if b.kind == "line"]
    rows = write(tmp_path / "a.fountain", fountain(scene))
    assert [(row.speaker, row.text) for row in rows] == said


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.docx", "", "must end in .txt"),
        ("a.txt", " \n", "holds no lines"),
        ("a.csv", "words\nOne.\n", "must name the columns"),
        ("a.json", "{}", "must be a list"),
        ("a.json", "[1]", "neither a text"),
        ("a.json", '[{"text": 1}]', "is no text"),
        ("a.json", "[", "cannot be read"),
        ("a.json", "[" * 100_000, "nested too deep"),
    ],
)
def test_other_files_are_no_scripts(tmp_path, name, text, said):
    """Each is one sentence that names the file."""
    from aigc_procgen.data.errors import DataError

    with pytest.raises(DataError, match=said) as caught:
        write(tmp_path / name, text)
    assert "\n" not in str(caught.value)


def test_names_become_slots():
    """People, places and speakers are found; what the developer says of a name counts more."""
    from aigc_procgen.data.errors import DataError
    from aigc_procgen.data.name_slots import find_names, with_slots

    rows = [
        ScriptRow(
            text="I am Osk. Nobody leaves Wexmere, and Dunny knows it.", speaker="Osk Tallow"
        ),
        ScriptRow(text="Wexmere's road comes from Carrowby. It says OPEN.", speaker="Osk Tallow"),
        ScriptRow(text="Dunny asked at Wexmere for Osk Tallow. I heard it.", speaker="Dunny"),
        ScriptRow(text="I met Hope once. There is hope.", speaker=""),
    ]
    roles = find_names(rows)
    assert roles == {
        "Wexmere": "home",
        "Dunny": "giver",
        "Carrowby": "place",
        "Osk": "giver",
        "Tallow": "giver",
        "Osk Tallow": "giver",
    }
    texts = [row.text for row in with_slots(rows, roles | {"Dunny": "", "OPEN": "kind"})]
    assert texts == [
        "I am {giver}. Nobody leaves {home}, and Dunny knows it.",
        "{home}'s road comes from {place}. It says {kind}.",
        "Dunny asked at {home} for {person}. I heard it.",
        "I met Hope once. There is hope.",
    ]
    with pytest.raises(DataError, match="must have a role"):
        with_slots(rows, {"Osk": "the boss"})


def test_our_own_script_has_names_that_are_found():
    """The example's names are found without a word from anybody, and none is left in a line."""
    lines = build_voice(read_script(CORPUS), base_rows())
    assert lines.roles == {"Wexmere": "home", "Carrowby": "place", "Dunny": "person"}
    rest = " ".join(row.text for row in lines.train + lines.held)
    assert not any(name in rest for name in lines.roles)
    assert lines.attributes["speaker"][0] == "Osk Tallow"
    assert not {row.text for row in lines.held} & {row.text for row in lines.every}
    assert len(lines.train) + len(lines.held) == 201


def test_speakers_come_by_their_lines():
    """Who has most lines comes first; lines that name nobody have a speaker too."""
    rows = [ScriptRow(text=f"Line {word}.") for word in "abcdefghijklmnopqrs"]
    rows += [ScriptRow(text="I am here.", speaker="Ada"), ScriptRow(text="So am I.", speaker="Ada")]
    assert build_voice(rows, base_rows()).attributes["speaker"][:3] == ("own", "Ada", "courtly")


def test_too_few_lines_are_no_voice():
    """Nineteen lines say nothing about anybody."""
    from aigc_procgen.data.errors import DataError

    with pytest.raises(DataError, match="at least 20"):
        build_voice([ScriptRow(text=f"Line {number}.") for number in range(19)])


def test_pieces_give_the_line_back():
    """Every line of ours is the join of its pieces, and small beginnings are made large again."""
    from aigc_procgen.data.vocabulary import learn_vocabulary

    texts = [text for text, *_ in spoken_lines()]
    small = [lower_beginnings(text) for text in texts]
    pieces = Pieces(learn_vocabulary(small, 300))
    assert len(pieces.vocabulary) == 300
    assert "{item.the}" in pieces.vocabulary
    for text, line in zip(texts, small, strict=True):
        assert "".join(words_of(line)) == f" {line}"
        assert pieces.decode(pieces.encode(line)) == line
        if "{" not in text:
            assert sentence_case(line) == sentence_case(text)
    assert pieces.decode(pieces.encode("Zoë")) == "Zo\ufffd"


# -- the network --------------------------------------------------------------------------------


def test_training_goes_on_to_the_same_bits(trained, tmp_path):
    """A run cut in two ends with the network of one that was not; other settings are refused."""
    from aigc_procgen.train.voice import VoiceTrainer

    whole = trained[0]
    cut = VoiceTrainer(whole.config, whole.set, tmp_path)
    while cut.shown < 1280:
        cut.train_step()
    cut.snapshot(None)
    VoiceTrainer(whole.config, whole.set, tmp_path).train()
    assert (tmp_path / "voice.net").read_bytes() == (whole.run / "voice.net").read_bytes()
    lines = (whole.run / "stats.jsonl").read_text().splitlines()
    held = [json.loads(line)["held_perplexity"] for line in lines]
    assert held[-1] < held[0]
    with pytest.raises(InvalidArgument, match="other settings"):
        VoiceTrainer(replace(whole.config, seed=1), whole.set, tmp_path)


def test_training_ends_when_it_gets_no_better(trained, tmp_path):
    """Without learning, nothing gets better: it ends after the first best and its patience."""
    from aigc_procgen.train.voice import VoiceConfig, VoiceTrainer

    config = VoiceConfig(
        lines=10**6, batch=8, states=8, snapshot=8, patience=2, learning_rate=0.0, vocabulary=64
    )
    trainer = VoiceTrainer(config, trained[0].set, tmp_path)
    trainer.train()
    assert trainer.shown == 24
    assert trainer.finished


def test_machine_and_torch_agree(trained):
    """The machine's logits are the trained network's, but for the last bits of its rounding."""
    import torch

    trainer, _ = trained
    machine = read_voice("voice.net", (trainer.run / "voice.net").read_bytes())
    trainer.network.load_state_dict(trainer.best[1])
    line, rows = trainer._held[0]
    with torch.no_grad():
        wanted = trainer.network(torch.tensor([[0, *line]]), torch.tensor([rows]))[0].numpy()
    state, label = machine.start(), machine.label_rows(*rows)
    for at, piece in enumerate([0, *line]):
        state, logits = machine.advance(state, piece, label)
        assert np.abs(logits / 1024 - wanted[at]).max() < 0.06


def test_onnx_gives_the_machine_s_whole_numbers(trained, pack):
    """Not one state or odd differs over walks of random pieces in ONNX Runtime."""
    from aigc_procgen.art.sessions import next_piece

    machine = read_voice("voice.net", (trained[0].run / "voice.net").read_bytes())
    model = pack.models["voice"]
    dice = np.random.default_rng(0)
    rows = len(machine.arrays["label"])
    labels = np.eye(rows, dtype=np.float32)[dice.integers(rows, size=16)]
    states = np.zeros((16, machine.states), np.float32)
    last = np.zeros(16, int)
    for _ in range(12):
        following, odds, _ = next_piece(pack, model, states, last, labels)
        for row in range(16):
            label = machine.label_rows(int(labels[row].argmax()))
            state, expected = machine.step(states[row], int(last[row]), label)
            assert np.array_equal(state, following[row])
            assert np.array_equal(expected, odds[row])
        states, last = following, dice.integers(model.size, size=16)


def test_the_graph_has_no_recurrent_operator(pack):
    """Unity's Inference Engine has none; the step is sums and tables, of opset 15."""
    onnx = pytest.importorskip("onnx", reason="onnx reads the graph")
    graph = onnx.load_from_string(pack.models["voice"].data)
    operators = {node.op_type for node in graph.graph.node}
    assert operators.isdisjoint({"GRU", "LSTM", "RNN", "Loop", "Scan", "If"})
    assert [found.version for found in graph.opset_import] == [15]


def test_votes_are_those_of_the_machine(trained, pack):
    """What ONNX Runtime gives as votes of pieces is the machine's table, to the last digit."""
    machine = read_voice("voice.net", (trained[0].run / "voice.net").read_bytes())
    voice = procgen.load_voice(pack)
    for line in ("Entered. I shall not blot it.", "Well met, <address>."):
        coded = machine.pieces.encode(lower_beginnings(line))
        for column, speaker in enumerate(voice.speakers):
            wanted = int(machine.arrays["votes"][coded, column].sum())
            assert voice.votes([line], speaker) == [wanted]


def test_votes_know_a_speaker_by_lines_they_never_saw():
    """Of a line held out and three held out of others, its own speaker's has most votes."""
    pytest.importorskip("torch", reason="scores are training's, which needs torch")
    from aigc_procgen.data.vocabulary import learn_vocabulary
    from aigc_procgen.train.voice_scores import count_votes

    first = trials = 0
    for seed in range(3):
        lines = build_voice(read_script(CORPUS), base_rows(), seed=seed)
        shuffled = stream(seed, "held base").shuffled(lines.base)
        others, learnt = shuffled[:100], [*lines.train, *shuffled[100:]]
        pieces = Pieces(learn_vocabulary([row.text for row in learnt], 512))
        coded = [(pieces.encode(row.text), row.speaker) for row in learnt]
        votes = count_votes(coded, ["Osk Tallow"], len(pieces.vocabulary))[:, 0].astype(int)
        for at, row in enumerate(lines.held):
            rivals = [other.text for other in others[at : at + 3]]
            score, *rest = (votes[pieces.encode(text)].sum() for text in (row.text, *rivals))
            first += score > max(rest)
            trials += 1
    assert first > 0.5 * trials


def test_speakers_are_chosen(pack):
    """A voice speaks for all but the player, or for the voices that it is told; wrong is said."""
    frame = make_frame("greet", "", "gruff", ["home"], ["Sit.", "Good day."], fixed=False)
    player = replace(frame, voice="player")
    voice = procgen.load_voice(pack)
    assert {"Good day.", "Sit."} < set(voice.propose(frame, stream(0)))
    assert list(voice.propose(player, stream(0))) == []
    mapped = procgen.load_voice(pack, voices={"player": "Osk Tallow"})
    assert list(mapped.propose(frame, stream(0))) == []
    assert {"Good day.", "Sit."} < set(mapped.propose(player, stream(0)))
    for wrong, said in (
        ({"speaker": "Nobody"}, "speaker must be one of Osk Tallow"),
        ({"voices": {"gruff": "Nobody"}}, "must be one of Osk Tallow"),
        ({"speaker": "gruff", "voices": {}}, "exclude each other"),
        ({"use": "sing"}, "use must be one of"),
    ):
        with pytest.raises(InvalidArgument, match=said):
            procgen.load_voice(pack, **wrong)
    with pytest.raises(PackError, match="no model of voice"):
        procgen.load_voice(procgen.default_pack())


def test_a_network_without_odds_says_nothing():
    """A voice whose network gives every piece an odd of 0 ends its lines there."""

    def silent(state, pieces, labels):
        return state, np.zeros((len(pieces), 3), np.float32), np.zeros((len(pieces), 1), np.float32)

    voice = Voice(
        silent,
        states=2,
        vocabulary=["", "?", "So."],
        attributes={"speaker": ["Osk"], "act": ["greet"], "mood": [""]},
        lexicon=(),
        known=(),
        use="propose",
    )
    assert set(voice.lines("greet", stream(0))) == {""}


def test_a_manifest_of_a_voice_is_checked(pack):
    """Its lists of words and its attributes must be there, and only a voice has them."""
    entry = pack.models["voice"].entry
    check_entry("voice", entry)
    for change in (
        {"vocabulary": entry["vocabulary"][:-1]},
        {"vocabulary": ["x", *entry["vocabulary"][1:]]},
        {"lexicon": ["a", "a"]},
        {"known": [1]},
        {"lines": [["Osk Tallow", "greet", "Sit."]]},
        {"palette": [[0, 0, 0]]},
        {"alphabet": "abc"},
        {"attributes": {**entry["attributes"], "place": ["x"]}},
    ):
        with pytest.raises(PackError, match="the model 'voice'"):
            check_entry("voice", {**entry, **change})
    without = {name: value for name, value in entry.items() if name != "known"}
    with pytest.raises(PackError, match="lacks 'known'"):
        check_entry("voice", without)
    tiles = procgen.default_pack().models["tiles"].entry
    with pytest.raises(PackError, match="does not speak"):
        check_entry("tiles", {**tiles, "lexicon": ["a"]})


def test_a_damaged_network_is_refused(trained):
    """One byte changed anywhere, or the end cut off, is one sentence."""
    data = (trained[0].run / "voice.net").read_bytes()
    for broken in (data[:-1], data[:5000] + b"\x01" + data[5001:], b"", data + b"x"):
        with pytest.raises(PackError, match="damaged"):
            read_voice("voice.net", broken)


def test_the_command_trains_and_speaks(tmp_path, capsys):
    """`train voice` makes a pack that `pack check` uses and `quest --voice` speaks with."""
    pytest.importorskip("torch", reason="training needs torch")
    run, out = str(tmp_path / "run"), str(tmp_path / "pack")
    train = ["train", "voice", "--corpus", str(CORPUS), "--preset", "tiny", "--run", run]
    few = ["--images", "320", "--batch", "32", "--set", "states=16", "--name", "Dunny="]
    assert main([*train, *few, "--out", out, "--licence", "CC0-1.0"]) == 0
    assert "Wexmere is home" in capsys.readouterr().out
    entry = procgen.load_pack(out).models["voice"].entry
    assert entry["licence"] == "CC0-1.0"
    assert "held_perplexity_ngram" in entry["scores"]
    assert main(["pack", "check", out]) == 0
    assert main(["pack", "show", out]) == 0
    assert "Osk Tallow" in capsys.readouterr().out
    assert main(["quest", "42", "--voice", out, "--propose"]) == 0
    assert "[greet" in capsys.readouterr().out
    again = str(tmp_path / "again")
    assert main(["export", "onnx", run, "--out", again, "--licence", "CC0-1.0"]) == 0
    assert (
        procgen.load_pack(again).models["voice"].data == procgen.load_pack(out).models["voice"].data
    )
    for wrong, said in (
        (["train", "voice"], "needs --corpus"),
        (["train", "names"], "needs --data"),
        ([*train, "--name", "Dunny"], "--name takes NAME=ROLE"),
        ([*train, "--preset", "gpu"], "preset must be tiny or laptop"),
        (["quest", "42", "--propose"], "--propose needs --voice"),
    ):
        assert main(wrong) == 2
        assert said in capsys.readouterr().err
