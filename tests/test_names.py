"""Names: by a network of whole numbers, never two alike near each other, the same everywhere."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from aigc_procgen.exporters.names import export_names, name_graph
from golden_digests import digests_elsewhere

import aigc_procgen as procgen
from aigc_procgen.art.sessions import next_letter
from aigc_procgen.core.errors import InvalidArgument, PackError
from aigc_procgen.core.letters import can_be_said
from aigc_procgen.core.manifest import check_entry
from aigc_procgen.core.name_machine import read_machine
from aigc_procgen.core.pack import default_pack
from aigc_procgen.core.random import stream
from aigc_procgen.data.errors import DataError
from aigc_procgen.data.names import KINDS, build_names, read_names
from aigc_procgen.story.cultures import culture_of
from aigc_procgen.story.joined import joined_names
from aigc_procgen.story.names import person_name
from aigc_procgen.story.place_names import place_name
from aigc_procgen.story.spelling import TRIES, Slot, fits, machine, spell

GOLDEN = Path(__file__).parent / "golden" / "names.json"
SHIPPED = Path(procgen.__file__).parent / "story" / "tables" / "names.net"


def digests():
    """Digests of the names of every culture, by kind, and of ids in a world."""
    found = {}
    for kind in procgen.NAME_KINDS:
        listed = [
            name
            for culture in procgen.cultures()
            for name in procgen.names("golden", kind, 20, culture=culture)
        ]
        found[kind] = sha256("\n".join(listed).encode()).hexdigest()
    placed = [place_name(7, f"town:{x}:{y}", "town") for x in range(-6, 6) for y in range(-6, 6)]
    placed += [place_name(7, f"realm:{x}:3:town:{x}:0", "realm") for x in range(-6, 6)]
    return found | {"placed": sha256("\n".join(placed).encode()).hexdigest()}


def test_golden_names():
    """An old seed has the names that it always had."""
    assert digests() == json.loads(GOLDEN.read_text())


def test_other_processes_spell_the_same():
    """Hash seeds of other processes change no letter."""
    assert digests_elsewhere(__file__, "3") == json.loads(GOLDEN.read_text())


def test_names_are_different_and_go_on():
    """More names of a seed begin with the same ones; no name comes twice; they look like names."""
    for kind in procgen.NAME_KINDS:
        many = procgen.names(5, kind, 40)
        assert many[:7] == procgen.names(5, kind, 7)
        assert len(set(many)) == 40
        assert all(name[0].isupper() and name == name.strip() for name in many)
    assert all(" " in name for name in procgen.names(5, "person", 20))
    assert not any(" " in name for name in procgen.names(5, "weapon", 20))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"kind": "ship"}, "kind must be one of"),
        ({"culture": "elvish"}, "culture must be one of"),
        ({"count": 0}, "count"),
        ({"count": 10_001}, "count"),
        ({"count": 2.0}, "count"),
    ],
)
def test_wrong_arguments(arguments, said):
    """Each is one sentence that names the argument."""
    with pytest.raises(InvalidArgument, match=said) as caught:
        procgen.names(1, **arguments)
    assert "\n" not in str(caught.value)


def test_no_two_places_near_each_other_share_a_word():
    """In a window of 32 x 32 cells every place has a word of its own, at any far corner too."""
    for left, top in ((0, 0), (-2000, 10**9)):
        seen = Counter()
        for x in range(left, left + 32):
            for y in range(top, top + 32):
                # A realm without a name of its own is called after its capital's word.
                seen[place_name(3, f"farm:{x}:{y}", "farm").split(" ")[-2]] += 1
        assert [name for name, count in seen.items() if count > 1] == []


def test_no_two_people_near_each_other_share_a_name():
    """In a window of 12 x 12 cells, of any cultures; and few families live in a place."""
    seen = Counter()
    for x in range(-5, 7):
        for y in range(2, 14):
            place = f"town:{x}:{y}"
            culture = culture_of(8, place)
            here = []
            for number in range(18):
                sex = ("female", "male")[number % 2]
                here.append(person_name(8, f"npc:{place}:{number}", culture, sex, here))
            assert len({name.split(" ")[1] for name in here}) <= 5
            here.append(person_name(8, f"npc:{place}:outlaw", culture, "male"))
            seen.update(here)
    assert [name for name, count in seen.items() if count > 1] == []


def test_there_are_enough_joined_names_for_the_windows():
    """1024 places and 12 x 12 cells of six families; no such name is in two cultures."""
    for kind, wanted in (("place", 1024), ("family", 12 * 12 * 6)):
        every = [name for culture in procgen.cultures() for name in joined_names(kind, culture)]
        assert len(set(every)) == len(every)
        for culture in procgen.cultures():
            assert len(joined_names(kind, culture)) >= wanted


def test_realms_differ_and_are_called_in_their_capitals_tongue():
    """8 x 8 realms have 64 names; one without its own bears the word of its capital's name."""
    named = {}
    for x in range(8):
        for y in range(8):
            capital = f"town:{12 * x}:{12 * y}"
            named[x, y] = place_name(4, f"realm:{x}:{y}:{capital}", "realm")
            if " of " in named[x, y] and not named[x, y].startswith("March of"):
                word = named[x, y].split(" of ")[1]
                assert word in place_name(4, capital, "town")
    own = [name for name in named.values() if " of " not in name]
    assert 20 < len(own) < 64
    assert len(set(named.values())) == 64


def test_slots_give_names_that_no_other_slot_gives():
    """The same draw in other slots spells other names, whatever the culture."""
    seen = {}
    for culture in procgen.cultures():
        for index in range(0, 256, 5):
            for draw in range(3):
                dice = stream(draw, culture, index)
                found = spell(dice, culture, "place", Slot(index=index, count=256))
                assert found.tries <= TRIES
                if found.name:
                    assert seen.setdefault(found.name, (culture, index)) == (culture, index)
    assert len(seen) > 400


def test_no_name_insults_or_belongs_to_somebody():
    """Fragments and names of the tables are refused, and what cannot be said."""
    for name in ("shitmar", "gandalf", "rrrath", "landland", "bcdfg", "ab"):
        assert not fits(name, "aldren", "weapon"), name
    assert fits("wendland", "aldren", "weapon")
    table = json.loads((SHIPPED.parent / "cultures.json").read_text(encoding="utf-8"))
    for kind in ("female", "male", "place", "kingdom"):
        for culture in procgen.cultures():
            known = machine().runs[culture]
            for name in procgen.names(11, kind, 30, culture=culture):
                plain = name.lower()
                assert plain not in table["known"]
                assert not any(part in plain for part in table["refused"])
                assert kind == "place" or can_be_said(plain, known)


def test_the_network_is_better_than_trigrams_at_names_it_never_saw(tmp_path):
    """Fewer bits a letter for held-out names than Witten-Bell trigrams of the same lists."""
    pytest.importorskip("torch", reason="scores are training's, which needs torch")
    from aigc_procgen.train.names import bits_of_machine, bits_of_trigrams

    found = read_names(build_names(tmp_path))
    assert machine().about["data"]["digest"] == found.digest
    assert bits_of_machine(machine(), found.held) < 0.7 * bits_of_trigrams(found)


def test_the_pack_holds_the_network_as_onnx():
    """What ships in the pack is the machine that the library spells with."""
    data, entry = export_names(SHIPPED)
    check_entry("names", entry)
    model = default_pack().models["names"]
    assert model.data == data
    assert model.alphabet == machine().alphabet


def test_onnx_gives_the_machine_s_whole_numbers():
    """Not one state or odd differs over 64 walks of random letters in ONNX Runtime."""
    pack = default_pack()
    model = pack.models["names"]
    own = machine()
    dice = np.random.default_rng(0)
    letters = len(own.alphabet)
    pairs = [(c, k) for c in own.cultures for k in own.kinds]
    chosen = [pairs[i] for i in dice.integers(len(pairs), size=64)]
    one_hot = np.stack([model.label({"culture": c, "kind": k}) for c, k in chosen])
    labels = [own.label(c, k) for c, k in chosen]
    states = np.zeros((64, own.states), np.float32)
    last = np.zeros(64, int)
    for _ in range(12):
        given = np.eye(letters, dtype=np.float32)[last]
        following, odds = next_letter(pack, model, states, given, one_hot)
        for row in range(64):
            state, expected = own.step(states[row], int(last[row]), labels[row])
            assert np.array_equal(state, following[row])
            assert np.array_equal(expected, odds[row])
        states, last = following, dice.integers(letters, size=64)


def test_the_graph_has_no_recurrent_operator():
    """Unity's Inference Engine has none; the step is sums and tables."""
    onnx = pytest.importorskip("onnx", reason="onnx reads the graph")
    operators = {node.op_type for node in onnx.load_from_string(name_graph(machine())).graph.node}
    assert operators.isdisjoint({"GRU", "LSTM", "RNN", "Loop", "Scan", "If"})


def test_a_damaged_network_is_refused():
    """One byte changed anywhere, or the end cut off, is one sentence."""
    data = SHIPPED.read_bytes()
    for broken in (data[:-1], data[:5000] + b"\x01" + data[5001:], b"", data + b"x", b"{}\n"):
        with pytest.raises(PackError, match="damaged"):
            read_machine("names.net", broken)


def test_lists_of_names_hold_some_back(tmp_path):
    """No held-out name is trained on; the same seed splits alike; other files are refused."""
    path = build_names(tmp_path / "a")
    found = read_names(path)
    assert path.read_bytes() == build_names(tmp_path / "b").read_bytes()
    assert len(found.cultures) == 9
    for place, held in found.held.items():
        assert held
        assert not set(held) & set(found.train[place])
        assert place[1] in KINDS
    path.write_text("{}")
    with pytest.raises(DataError, match="data build names"):
        read_names(path)


def test_training_goes_on_to_the_same_bits(tmp_path):
    """A run cut in two ends with the network of a run that was not; other settings are refused."""
    pytest.importorskip("torch", reason="training needs torch")
    from aigc_procgen.train.names import NameConfig, NameTrainer

    data = build_names(tmp_path)
    config = NameConfig(names=640, batch=32, states=16, snapshot=320)
    whole = NameTrainer(config, data, tmp_path / "whole")
    whole.train()
    cut = NameTrainer(config, data, tmp_path / "cut")
    while cut.shown < 320:
        cut.train_step()
    cut.snapshot(None)
    NameTrainer(config, data, tmp_path / "cut").train()
    one, other = ((tmp_path / run / "names.net").read_bytes() for run in ("whole", "cut"))
    assert one == other
    lines = (tmp_path / "whole" / "stats.jsonl").read_text().splitlines()
    bits = [json.loads(line)["held_bits"] for line in lines]
    assert bits[-1] < bits[0]
    with pytest.raises(InvalidArgument, match="other settings"):
        NameTrainer(NameConfig(names=641), data, tmp_path / "cut")


def test_machine_and_torch_agree(tmp_path):
    """The machine's odds are the trained network's, but for the last bits of its rounding."""
    torch = pytest.importorskip("torch", reason="training needs torch")
    from aigc_procgen.train.names import NameConfig, NameTrainer

    config = NameConfig(names=640, batch=32, states=16, snapshot=640)
    trainer = NameTrainer(config, build_names(tmp_path), tmp_path / "run")
    trainer.train()
    own = trainer.machine()
    word = [0, 5, 12, 9, 3, 1]
    with torch.no_grad():
        wanted = trainer.network(torch.tensor([word]), torch.tensor([[2, 1]]))[0].numpy()
    state, label = own.start(), own.label(own.cultures[2], own.kinds[1])
    for at, letter in enumerate(word):
        state, logits = own.advance(state, letter, label)
        assert np.abs(logits / 1024 - wanted[at]).max() < 0.05


def test_command_spells_and_says_what_is_wrong(capsys):
    """`names` prints one a line; a wrong culture exits with a sentence."""
    from aigc_procgen.cli.main import main

    assert main(["names", "7", "--kind", "inn", "--culture", "marrow", "--count", "3"]) == 0
    assert tuple(capsys.readouterr().out.splitlines()) == procgen.names(
        7, "inn", 3, culture="marrow"
    )
    assert main(["names", "--culture", "elvish"]) != 0
    assert "culture must be one of" in capsys.readouterr().err


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(digests(), indent=1) + "\n")
