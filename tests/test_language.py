"""A second language: other words for the same plans, whole in every table."""

from __future__ import annotations

import copy
import io
import json
import re
from dataclasses import replace
from hashlib import sha256
from importlib import resources
from pathlib import Path

import pytest
from aigc_procgen.exporters.fountain import fountain
from golden_digests import digests_elsewhere
from screenplain.parsers import fountain as reader
from screenplain.types import Dialog, Slug

import aigc_procgen as procgen
from aigc_procgen.core.errors import InvalidArgument
from aigc_procgen.core.random import stream
from aigc_procgen.story.chinese_names import chinese_names, spelled
from aigc_procgen.story.fact_set import Facts
from aigc_procgen.story.neighbourhood import small_neighbourhood
from aigc_procgen.story.quests import Quest, plan_quest
from aigc_procgen.story.scenes import scene
from aigc_procgen.story.tables import load_table
from aigc_procgen.story.translation import NOUNS, TABLES, translation_problems

GOLDEN = Path(__file__).parent / "golden" / "chinese.json"
SEEDS = (0, 1, 42, "Ada", -7)
FOLDER = resources.files("aigc_procgen.story") / "tables" / "zh"
OWN = ("spelling",)  # tables that only the language has
# Latin letters, digits, signs of half width and spaces: none of them belongs into Chinese text.
FOREIGN = re.compile(r"[\x00-\x7f]")


def pairs(seeds):
    """The same quest in English and in Chinese, with its facts, by one giver of each seed."""
    for seed in seeds:
        facts = small_neighbourhood(seed)[2]
        english = plan_quest(seed, facts, index=1)
        yield english, plan_quest(seed, facts, index=1, language="zh"), facts


def texts(quest):
    """Every word of a quest that a player reads."""
    yield from (quest.title, quest.because, *(line.text for line in quest.lines))
    yield from (objective.text for objective in quest.all_objectives())


def wordless(objectives):
    """The objectives and the other ways from them without their texts."""
    return tuple(
        replace(
            objective,
            text="",
            any_of=tuple(
                replace(other, objectives=wordless(other.objectives)) for other in objective.any_of
            ),
        )
        for objective in objectives
    )


def told(part):
    """Every word of a scene that a player reads."""
    yield from (part.title, part.setting, *(member.name for member in part.cast))
    yield from (text for beat in part.beats for text in (beat.text, beat.aside) if text)


def digests():
    """Digests of Chinese quests, scenes, small talk and people of the golden seeds."""
    found = {}
    for seed in SEEDS:
        _, people, facts = small_neighbourhood(seed)
        quest = plan_quest(seed, facts, language="zh")
        parts = {
            "quest": quest.to_json(),
            "scene": scene(quest).to_json(),
            "talk": "\n".join(
                procgen.small_talk(seed, facts, person.id, language="zh") for person in people
            ),
            "people": "\n".join(
                procgen.describe(seed, person, facts=facts, language="zh").to_json()
                for person in people
            ),
        }
        found[str(seed)] = {name: sha256(text.encode()).hexdigest() for name, text in parts.items()}
    return found


def test_golden_seeds_keep_their_chinese():
    """An old seed is told in Chinese as it always was, to the letter."""
    assert digests() == json.loads(GOLDEN.read_text())


def test_other_processes_tell_the_same_in_chinese():
    """Hash seeds of other processes change no character."""
    assert digests_elsewhere(__file__, "7") == json.loads(GOLDEN.read_text())


def test_every_table_is_translated():
    """Each table of words has its Chinese, and each Chinese table all that the English has."""
    files = {path.name.removesuffix(".json") for path in FOLDER.iterdir()}
    assert files >= {*TABLES, *NOUNS, *OWN}
    for name in sorted(files - set(OWN)):
        assert list(translation_problems(name, load_table(name, "zh"))) == []


def test_lines_are_as_many_as_in_english():
    """The next line of an act says in Chinese what it says in English."""

    def lengths(part):
        if isinstance(part, dict):
            return {name: lengths(value) for name, value in part.items() if name != "about"}
        return len(part) if isinstance(part, list) else 0

    for name in TABLES:
        assert lengths(load_table(name, "zh")) == lengths(load_table(name)), name


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda t: t["acts"]["greet"].pop("gruff"), "acts.greet.gruff is missing"),
        (lambda t: t["acts"].update(yell={}), "acts.yell is not in the English table"),
        (lambda t: t["acts"]["greet"].update(gruff=[]), "acts.greet.gruff must be a list of texts"),
        (
            lambda t: t["acts"]["greet"]["plain"].append("你好，{enemy}。"),
            r"acts.greet.plain\[9\] has the slot {enemy}, but the English knows {giver}, {home}",
        ),
        (lambda t: t["acts"]["greet"]["plain"].append("{home.hat}。"), "unknown form .hat"),
        (lambda t: t["acts"]["greet"]["plain"].append("<cheer>！"), "unknown symbol <cheer>"),
        (lambda t: t["acts"]["greet"]["plain"].append("{home"), "has a loose {"),
        (lambda t: t["acts"]["greet"]["plain"].append("你好,"), "own signs"),
        (lambda t: t["acts"]["offer"]["plain"].append(["{ask}", {"mood": "odd"}]), "English mood"),
    ],
)
def test_a_damaged_translation_is_one_sentence(damage, problem):
    """The table, the key and what is wrong with it are named."""
    table = copy.deepcopy(load_table("lines", "zh"))
    damage(table)
    with pytest.raises(InvalidArgument, match=rf"table zh/lines\.json: .*{problem}"):
        procgen.check_translation("lines", table)


def test_a_word_without_translation_is_named():
    """A thing that English has and Chinese lacks, or has without its measure word, is found."""
    table = copy.deepcopy(load_table("things", "zh"))
    del table["items"]["sword"]["rapier"]
    table["monsters"]["beast"]["cave bear"] = "洞熊"
    found = list(translation_problems("things", table))
    assert "items.sword.rapier is missing" in found
    assert any("cave bear must be a word and its measure word" in problem for problem in found)


def test_the_plan_knows_no_language():
    """Over 200 neighbourhoods only the words of a quest differ, and they keep their keys."""
    for english, chinese, _ in pairs(range(200)):
        assert chinese.language == "zh"
        keys = [
            [(line.key, line.speaker, line.act) for line in q.lines] for q in (english, chinese)
        ]
        assert keys[0] == keys[1]
        bare = [
            replace(
                quest,
                language="",
                title="",
                because="",
                lines=(),
                named=(),
                objectives=wordless(quest.objectives),
            )
            for quest in (english, chinese)
        ]
        assert bare[0] == bare[1]
        assert all(one != other for one, other in zip(texts(english), texts(chinese), strict=True))


def test_chinese_is_chinese():
    """In 200 neighbourhoods no slot is open and nothing but Chinese signs is left."""
    for seed, (_, quest, facts) in enumerate(pairs(range(200))):
        found = [*texts(quest), procgen.small_talk(seed, facts, quest.giver, language="zh")]
        found += [text for moments in ("offer", "end") for text in told(scene(quest, moments))]
        for text in found:
            assert text
            assert not FOREIGN.search(text), text
            assert not re.search("[，。：；？！、]{2}|的的|一一|在在", text), text


def test_stories_mended_quests_and_last_lines_are_chinese():
    """A longer story, a quest planned anew for somebody's heir and its last line stay Chinese."""
    arcs = mended = 0
    for seed in range(24):
        facts = small_neighbourhood(seed)[2]
        try:
            arc = procgen.arc(seed, facts, language="zh")
        except InvalidArgument:
            continue
        arcs += 1
        found = [arc.title, *(chapter.turn for chapter in arc.chapters)]
        found += [chapter.told.text for chapter in arc.chapters if chapter.told]
        found += [text for chapter in arc.chapters for text in texts(chapter.quest)]
        assert any(chapter.turn for chapter in arc.chapters)
        quest = arc.chapters[0].quest
        after = facts.change(add=[("dead", quest.giver)])
        found.append(quest.closing(after).text)
        again = quest.replan(after)
        if again is not None:
            assert again.language == "zh"
            mended += 1
            found += texts(again)
        for text in found:
            assert not FOREIGN.search(text), text
    assert arcs >= 12
    assert mended >= 6


def test_every_voice_is_whole_in_chinese():
    """All acts in all voices can be filled for one and the same quest, as in English."""
    for seed in range(12):
        facts = small_neighbourhood(seed)[2]
        giver = plan_quest(seed, facts).giver
        (old,) = facts.find("voice", giver)
        for voice in ("plain", "gruff", "courtly", "warm", "sly", "weary"):
            changed = facts.change(add=[("voice", giver, voice)], remove=[old])
            quest = plan_quest(seed, changed, giver=giver, language="zh")
            for text in texts(quest):
                assert not FOREIGN.search(text), text


def test_names_stay_apart():
    """Two names or things of a neighbourhood that differ in English differ in Chinese; where no
    characters are left for a sound, which is rare, the spelling stands in brackets.
    """
    spelt, known = 0, 0
    for seed in range(120):
        facts = small_neighbourhood(seed)[2]
        named = {}
        for fact in facts.find("name"):
            chinese = procgen.phrase(facts, fact[1], "", language="zh")
            plain = re.sub("（[A-Za-z]+）", "", chinese)
            assert not FOREIGN.search(plain), chinese
            assert named.setdefault(chinese, fact[2]) == fact[2]
            spelt, known = spelt + (plain != chinese), known + 1
    assert spelt * 1000 < known


def test_names_of_one_sound_are_written_otherwise():
    """Names that sound alike get other characters, whatever their order; no two are one."""
    alike = tuple((name, "person", "male") for name in ("Bela", "Bella", "Behla", "Bellah"))
    found = chinese_names(alike)
    assert len(set(found.values())) == 4
    assert found == chinese_names(alike[::-1])
    assert len({spelled(name) for name, _, _ in alike}) == 1
    own = ("张三", "person", "male")
    assert chinese_names((own,))[own] == "张三"


def test_whatever_is_spelt_has_a_sound():
    """Any run of letters can be said, whatever it looks like; accents and numbers do no harm."""
    for number in range(3000):
        dice = stream(number, "letters")
        letters = "".join(
            dice.choice("abcdefghijklmnopqrstuvwxyzeeaaooiishthrn")
            for _ in range(dice.between(1, 12))
        )
        for sex in ("female", ""):
            said = spelled(letters, sex)
            assert said
            assert not FOREIGN.search(said), (letters, said)
    names = [("Outpost 7", "place", ""), ("Élodie O'Brien", "person", "female")]
    outpost, elodie = (chinese_names(tuple(names))[name] for name in names)
    assert outpost.endswith("7")
    assert elodie == "埃洛迪·奥布林"


def test_a_quest_told_without_its_world_names_everybody_alike():
    """`Quest.named` is enough for the names, also of those who were written otherwise."""
    for _, quest, facts in pairs(range(40)):
        for entity in {quest.giver, *quest.roles.values()} & {f[1] for f in facts.find("name")}:
            alone = procgen.phrase(Facts(quest.named), entity, language="zh")
            assert alone == procgen.phrase(facts, entity, language="zh")
        assert scene(Quest.from_json(quest.to_json())) == scene(quest)
    facts = small_neighbourhood(1)[2]
    giver = plan_quest(1, facts).giver
    (old,) = facts.find("name", giver)
    renamed = facts.change(add=[("name", giver, "Bellah Oakford")], remove=[old])
    twin = [("name", "npc:twin", "Bella Oakford"), ("proper", "npc:twin")]
    sex = renamed.find("gender", giver)[0][2]
    crowded = renamed.change(add=[*twin, ("gender", "npc:twin", sex)])
    for known, kept in ((renamed, False), (crowded, True)):
        quest = plan_quest(1, known, giver=giver, language="zh")
        name = procgen.phrase(known, giver, language="zh")
        assert procgen.phrase(Facts(quest.named), giver, language="zh") == name
        assert (("name_zh", giver, name) in quest.named) is kept


def test_own_names_come_from_the_facts():
    """A game that calls its things something in Chinese says so in a fact."""
    own = [("name_zh", "item:fleece", "金羊毛"), ("measure_zh", "item:fleece", "张")]
    facts = Facts([("name", "item:fleece", "golden fleece"), ("item", "item:fleece"), *own])
    assert procgen.phrase(facts, "item:fleece", "a", language="zh") == "一张金羊毛"
    assert procgen.phrase(facts, "item:fleece", "a") == "a golden fleece"


def test_things_are_counted():
    """Measure words and numbers come from tables and facts: three wolves, two bears, one bear."""
    facts = [("name", "w", "grey wolf"), ("plural", "w", "grey wolves")]
    for count, words in ((1, "一头灰狼"), (2, "两头灰狼"), (3, "三头灰狼"), (12, "12头灰狼")):
        many = Facts([*facts, ("count", "w", str(count))])
        assert procgen.phrase(many, "w", "a", language="zh") == words
    assert procgen.phrase(Facts(facts), "w", "that", language="zh") == "那头灰狼"


def test_people_are_described_in_both_languages():
    """The English description is the person's own backstory; the Chinese has no Latin letter."""
    for seed in range(40):
        _, people, facts = small_neighbourhood(seed)
        for person in people:
            english = procgen.describe(seed, person, facts=facts)
            assert english.backstory == person.backstory
            assert (english.name, english.role) == (person.name, person.role)
            chinese = procgen.describe(seed, person, facts=facts, language="zh")
            words = (chinese.name, chinese.called, chinese.species, chinese.role, chinese.backstory)
            for word in (*words, *chinese.traits):
                assert word
                # Years of a life are written in digits.
                assert not FOREIGN.search(re.sub(r"\d+", "", word)), word
    for kind in procgen.GLOSSARIES:
        words = procgen.glossary(kind, "zh")
        assert set(words) == set(procgen.glossary(kind))
        assert len(set(words.values())) == len(words)


def test_a_chinese_screenplay_is_read_back():
    """Settings, names and lines of Chinese scenes are what a Fountain reader finds."""
    for _, quest, _ in pairs(range(20)):
        parts = [scene(quest), scene(quest, "end")]
        blocks = list(reader.parse(io.StringIO(fountain(parts))))
        headings = [str(block.line) for block in blocks if isinstance(block, Slug)]
        for part, heading in zip(parts, headings, strict=True):
            assert part.setting in heading
        assert all(heading[:2] in ("内景", "外景") for heading in headings)
        spoken = [str(b.blocks[-1][1]) for b in blocks if isinstance(b, Dialog)]
        assert spoken == [beat.text for part in parts for beat in part.beats if beat.kind == "line"]


def test_the_command_speaks_chinese(capsys):
    """`quest` and `character` print Chinese; a language that nobody wrote is one sentence."""
    from aigc_procgen.cli.main import main

    assert main(["quest", "42", "--language", "zh"]) == 0
    assert main(["character", "7", "--language", "zh"]) == 0
    assert main(["quest", "42", "--language", "zh", "--arc"]) == 0
    told = capsys.readouterr().out
    assert len(re.findall("[一-鿿]", told)) > 1000
    assert not re.search("[A-Za-z,:;?!()\\[\\]]", told)
    assert main(["quest", "42", "--language", "xx"]) == 2
    assert "language must be one of en, zh" in capsys.readouterr().err


def test_unknown_languages_are_refused():
    """One sentence that lists the languages, wherever a language is asked for."""
    _, (person, *_), facts = small_neighbourhood(1)
    quest = plan_quest(1, facts)
    for ask in (
        lambda: procgen.quest(1, language="fr"),
        lambda: procgen.scene(quest, language="fr"),
        lambda: procgen.small_talk(1, facts, person.id, language="fr"),
        lambda: procgen.phrase(facts, person.id, language="fr"),
        lambda: procgen.describe(1, person, language="fr"),
        lambda: procgen.glossary("role", "fr"),
        lambda: load_table("lines", "fr"),
    ):
        with pytest.raises(InvalidArgument, match="language must be one of en, zh, not 'fr'"):
            ask()
    with pytest.raises(InvalidArgument, match=r"table zh/rules\.json must be written"):
        load_table("rules", "zh")


def test_people_of_a_world_are_called_what_its_quests_call_them():
    """Names and backstories are Chinese, the rest is as in English; outlaws and strangers too."""
    world = procgen.world(42)
    places = world.neighbours(world.nearest("town", *world.spawn()))
    hidden = 0
    for place in places:
        for asked in (world.people, world.outlaws):
            english, chinese = asked(place), asked(place, language="zh")
            facts = world.facts(place)
            hidden += len(english) * (asked == world.outlaws)
            for one, other in zip(english, chinese, strict=True):
                assert other.name == procgen.phrase(facts, one.id, "", language="zh")
                assert other.name.startswith(other.called)
                assert not FOREIGN.search(re.sub(r"[0-9]{1,4}", "", other.name + other.backstory))
                words = {"name": one.name, "called": one.called, "backstory": one.backstory}
                assert replace(other, **words) == one
    assert hidden
    stranger = procgen.character(7, "smith", language="zh")
    assert not FOREIGN.search(stranger.name + stranger.backstory)
    with pytest.raises(InvalidArgument, match="language must be one of"):
        world.people(places[0], language="fr")


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(digests(), indent=1) + "\n")
