"""The game: it starts, draws, saves, loads, and a quest can be finished in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pygame
import pytest
from aigc_procgen.demo_game.session import Session
from aigc_procgen.demo_game.start import main
from PIL import Image

import aigc_procgen as procgen


@pytest.fixture(autouse=True)
def no_screen(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")


def test_headless_game_writes_a_picture_of_a_place(tmp_path):
    """Sixty frames without a screen end in a screenshot with many colours, status 0."""
    path = tmp_path / "shot.png"
    arguments = ["--headless", "--seed", "42", "--frames", "60", "--screenshot", str(path)]
    assert main(arguments) == 0
    with Image.open(path) as picture:
        pixels = np.array(picture.convert("RGB"))
    assert pixels.shape == (704, 1152, 3)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 100


def test_same_seed_gives_the_same_screenshot(tmp_path):
    """Two runs of the same frames draw the same picture, byte for byte."""
    shots = []
    for number in (1, 2):
        path = tmp_path / f"{number}.png"
        assert main(["--headless", "--seed", "7", "--frames", "5", "--screenshot", str(path)]) == 0
        shots.append(path.read_bytes())
    assert shots[0] == shots[1]


@pytest.mark.parametrize("seed", range(1, 21))
def test_autoplay_completes_a_quest(seed, capsys):
    """A player without hands walks, talks, takes a quest and completes it on seeds 1 to 20."""
    assert main(["--headless", "--autoplay", "--seed", str(seed)]) == 0
    assert "quest completed" in capsys.readouterr().out


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_autoplay_plays_a_longer_story(seed, capsys):
    """All chapters of a giver's arc, one after the other, on seeds 1 to 3."""
    assert main(["--headless", "--autoplay", "--story", "--seed", str(seed)]) == 0
    assert "story completed" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_saved_story_goes_on_in_its_next_chapter(language, tmp_path):
    """Between two chapters the journal names the second; a game saved there ends as the other."""
    from aigc_procgen.demo_game.autoplay import Autoplay
    from aigc_procgen.demo_game.play import PlayScreen

    pygame.display.init()
    pygame.font.init()
    pygame.display.set_mode((64, 64))
    session = Session.start(2, procgen.default_pack(), language)
    path = tmp_path / "game.json"

    def play(session, until):
        screen, player = PlayScreen(session, path, scenes=False), Autoplay(story=True)
        for _ in range(20_000):
            if until(session):
                break
            screen.update(1 / 60, player)
        screen.close()
        return until(session)

    assert play(session, lambda now: now.completed and now.quest is None)
    arc, asker = session.saga.arc, session.saga.waiting(session.facts).quest.giver
    count = len(arc.chapters)
    heading = {"en": f": chapter 2 of {count}", "zh": f"：第2章，共{count}章"}[language]
    assert f"{arc.title}{heading}" in session.journal()
    assert session.name(asker) in session.objective
    session.save(path)
    again = Session.load(path, procgen.default_pack(), language)
    assert again.saga.arc == arc
    assert again.journal() == session.journal()
    for game in (session, again):
        assert play(game, lambda now: now.told == [arc.title])
        assert game.saga.arc is None
        assert ("chapter", arc.id, "end") in game.facts
        assert len(game.completed) == count
    assert session.facts == again.facts


def test_giving_up_a_chapter_ends_the_story():
    """The player is told, no later chapter is waiting, and another quest can be taken."""
    session = Session.start(2, procgen.default_pack())
    who = next(p for p in sorted(session.people) if (t := session._talk(p)).arc and t.quest)
    session.answer(session._talk(who), 0)
    assert session.chapter.endswith(f"chapter 1 of {len(session.saga.arc.chapters)}")
    title, talk = session.saga.arc.title, session._talk(who)
    told = session.answer(talk, talk.actions.index("drop"))
    assert told.endswith(f"The story breaks off: {title}.")
    assert session.saga.arc is None
    assert session.quest is None
    assert session.chapter == ""


def test_refusing_the_next_chapter_ends_the_story():
    """Nobody is bound to a story for ever: after a no to its next chapter other quests are offered
    again; a no to a first chapter ends nothing.
    """
    session = Session.start(2, procgen.default_pack())
    who = next(p for p in sorted(session.people) if (t := session._talk(p)).arc and t.quest)
    first = session._talk(who)
    assert session.answer(first, first.actions.index("refuse")) == str(first.quest.spoken("refuse"))
    first = session._talk(next(p for p in sorted(session.people) if session._talk(p).arc))
    session.answer(first, first.actions.index("accept"))
    arc = session.saga.arc
    for action in session.quest.proof:
        session.facts = procgen.apply(action, session.facts)
    session.facts, state = session.saga.go_on(session.facts)
    session.quest = None
    assert state == "ready"
    chapter = session.saga.waiting(session.facts)
    talk = session._talk(chapter.quest.giver)
    told = session.answer(talk, talk.actions.index("refuse"))
    assert told.endswith(f"The story breaks off: {arc.title}.")
    assert session.saga.arc is None
    assert session.quest is None


def test_autoplay_says_when_its_frames_ran_out(capsys, tmp_path):
    """Ten frames are not enough: status 1 and what it was doing; but for a picture they are."""
    shot = tmp_path / "shot.png"
    arguments = ["--headless", "--autoplay", "--seed", "1", "--frames", "10"]
    assert main([*arguments, "--screenshot", str(shot)]) == 0
    assert shot.exists()
    capsys.readouterr()
    assert main(["--headless", "--autoplay", "--seed", "1", "--frames", "10"]) == 1
    assert "no quest completed in 10 frames" in capsys.readouterr().err


def test_saved_game_goes_on(tmp_path):
    """Place, quest, facts and profile come back; a bent save is refused in one sentence."""
    session = Session.start(3, procgen.default_pack())
    person = next(iter(session.people))
    talk = session._talk(person)
    if "accept" in talk.actions:
        session.answer(talk, talk.actions.index("accept"))
    session.profile.record("spy")
    session.walk(0.5, 0)
    session.save(tmp_path / "game.json")
    again = Session.load(tmp_path / "game.json", procgen.default_pack())
    assert (again.x, again.y) == (session.x, session.y)
    assert again.facts == session.facts
    assert again.quest == session.quest
    assert again.profile.weights() == session.profile.weights()
    world = procgen.load_world(tmp_path / "game.json")
    del world.changes["demo"]["facts"]
    world.save(tmp_path / "game.json")
    with pytest.raises(procgen.SaveError, match="saved by the demo"):
        Session.load(tmp_path / "game.json", procgen.default_pack())


def test_signs_and_books_can_be_read():
    """E beside a sign shows true ways; a book is read page by page to its end, and put away."""
    session = Session.start(3, procgen.default_pack())
    found = {actor.kind: actor for actor in session.actors() if actor.kind in ("sign", "book")}
    assert set(found) == {"sign", "book"}
    sign = session.act(found["sign"])
    place = session.stage[found["sign"].id.split(" ")[1]]
    assert sign.text == session.world.sign(place).text
    assert session.answer(sign, 0) is None
    leaf, pages = session.act(found["book"]), 1
    home = session.stage[found["book"].id.split(" ")[1]]
    books = session.world.books(home)
    assert books[0].title in leaf.text
    while leaf.actions[0] == "turn":
        leaf, pages = session.answer(leaf, 0), pages + 1
    assert pages == sum(len(book.pages) for book in books)
    assert books[-1].pages[-1] in leaf.text


def test_small_talk_turns_to_rumours_and_to_what_is_at_hand():
    """Of three chats one is a rumour of the place; no two in a row are the same."""
    session = Session.start(3, procgen.default_pack())
    who = next(iter(session.people.values()))
    place = session.stage[session.facts.place_of(who.id)]
    said = [session._chat(who, 0) for _ in range(3)]
    rumours = session.world.rumours(place, 12, facts=session.facts)
    assert said[1] in {rumour.text for rumour in rumours}
    assert len(set(said)) == 3


def test_walls_stop_a_walker():
    """Walking at full speed in any direction never ends on a tile that cannot be walked on."""
    session = Session.start(5, procgen.default_pack())
    rng = np.random.default_rng(0)
    for _ in range(400):
        dx, dy = rng.uniform(-0.4, 0.4, 2)
        session.walk(float(dx), float(dy))
        assert session.world.walkable(round(session.x), round(session.y))


def test_bad_arguments_are_one_sentence(capsys, tmp_path):
    """Missing packs and saves, and frames below one, give status 2 and a line on stderr."""
    for arguments in (
        ["--headless", "--pack", "nowhere"],
        ["--headless", "--load", str(tmp_path / "none.json")],
        ["--headless", "--frames", "0"],
        ["--headless", "--story"],
        ["--headless", "--delve"],
        ["--headless", "--language", "xx"],
    ):
        assert main(arguments) == 2
        said = capsys.readouterr().err.strip()
        assert len(said.splitlines()) == 1
        assert said.startswith("aigc-procgen: ")


def test_module_starts_as_a_program(tmp_path):
    """`python -m aigc_procgen.demo_game` is the game."""
    path = tmp_path / "shot.png"
    command = [sys.executable, "-m", "aigc_procgen.demo_game", "--headless", "--frames", "2"]
    done = subprocess.run(
        [*command, "--screenshot", str(path)],
        cwd=tmp_path,
        env={**os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert path.exists()


def _talking(seed, **settings):
    """A game in which somebody was just asked what is the matter."""
    pygame = pytest.importorskip("pygame")
    pygame.display.init()
    pygame.font.init()
    pygame.display.set_mode((640, 360))
    from pathlib import Path

    from aigc_procgen.demo_game.autoplay import Autoplay
    from aigc_procgen.demo_game.play import PlayScreen

    screen = PlayScreen(
        Session.start(seed, procgen.default_pack()), Path("unwritten.json"), **settings
    )
    player = Autoplay()
    while not (screen.cutscene or screen.talk):
        screen.update(1 / 60, player)
    return pygame, screen


def test_a_quest_begins_with_a_cutscene():
    """The offer is played on the map and ends in the talk; then the answer, then the notice."""
    pygame, screen = _talking(51)
    surface = pygame.display.get_surface()
    assert screen.talk is None
    title, shown, eyes = screen.cutscene.scene.title, set(), set()
    before = screen.session.facts.digest(), screen.session.x, screen.session.y
    while screen.cutscene:
        shown.add(screen.cutscene.beat.text)
        eyes.add(screen.cutscene.zoom)
        if screen.cutscene.beat.kind == "line":
            screen.draw(surface)
            pixels = pygame.surfarray.array3d(surface)
            assert not pixels[:, :10].any(), "the upper bar is dark"
            assert pixels[:, 100:180].any()
        screen.update(0.5)
    assert len(shown) > 6
    assert eyes == {1, 2}
    assert (screen.session.facts.digest(), screen.session.x, screen.session.y) == before
    assert screen.talk.quest.title == title
    assert screen.talk.text in screen.talk.quest.spoken("offer")
    screen.answer(screen.talk.actions.index("accept"))
    assert screen.session.quest.title == title
    assert screen.cutscene.scene.moments == ("accept",)
    while screen.cutscene:
        screen.update(0.5)
    assert screen.notice == screen.session.quest.spoken("accept")
    screen.close()


def test_a_cutscene_can_be_hurried_and_skipped():
    """Space goes to the next words, Escape ends it; without scenes there is only the talk."""
    pygame, screen = _talking(7)

    def press(key):
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key))

    first = screen.cutscene.beat
    press(pygame.K_SPACE)
    second = screen.cutscene.beat
    assert second is not first
    assert second.text
    press(pygame.K_ESCAPE)
    assert screen.cutscene is None
    assert screen.choice is None, "Escape ended the scene, not the game"
    screen.answer(screen.talk.actions.index("refuse"))
    assert screen.cutscene.scene.moments == ("refuse",)
    while screen.cutscene:
        press(pygame.K_SPACE)
    assert screen.session.quest is None
    screen.close()
    _, plain = _talking(7, scenes=False)
    assert plain.cutscene is None
    assert plain.talk.quest.title
    plain.close()


def test_autoplay_plays_scenes_if_asked(capsys):
    """With --scenes the whole quest, its end too, is seen and still completed."""
    arguments = ["--headless", "--autoplay", "--scenes", "--seed", "3"]
    assert main(arguments) == 0
    assert "quest completed" in capsys.readouterr().out


def test_people_talk_chinese():
    """A game in Chinese: talk, options, journal and objectives have no English word left."""
    session = Session.start(5, procgen.default_pack(), "zh")
    talks = 0
    for person in sorted(session.people)[:8]:
        talk = session._talk(person)
        why = session.answer(talk, 1) if talk.quest else None
        texts = [
            talk.speaker,
            talk.text,
            *talk.options,
            why.text if why else "好",
            *session.journal(),
        ]
        for text in texts:
            assert text
            assert not re.search("[A-Za-z]", text), text
        if talk.quest and session.quest is None:
            session.answer(talk, 0)
            talks += 1
    assert talks == 1
    assert session.objective == session.next_objective().text
    assert not re.search("[A-Za-z]", session.place_name())
    actors = session.cast.near(session.facts, session.home.x, session.home.y)
    assert all(not re.search("[A-Za-z]", actor.name) for actor in actors)
    assert {*session.words} == {*Session.start(5, procgen.default_pack()).words}


def test_autoplay_completes_a_quest_in_chinese(tmp_path):
    """The same player finishes the same quest, saves it, and goes on with it in Chinese."""
    from aigc_procgen.demo_game.autoplay import Autoplay
    from aigc_procgen.demo_game.play import PlayScreen

    pygame.display.init()
    pygame.font.init()
    pygame.display.set_mode((64, 64))
    ended = {}
    for language in ("en", "zh"):
        session = Session.start(42, procgen.default_pack(), language)
        screen, player = PlayScreen(session, tmp_path / "none.json", scenes=False), Autoplay()
        frames = 0
        while not player.finished and frames < 20_000:
            screen.update(1 / 60, player)
            frames += 1
        screen.close()
        ended[language] = frames
    assert ended["en"] == ended["zh"]
    assert re.fullmatch("[\u4e00-\u9fff·]+", session.last_title)
    session.save(tmp_path / "game.json")
    again = Session.load(tmp_path / "game.json", procgen.default_pack(), "zh")
    assert again.journal() == session.journal()


def test_chinese_needs_a_font_that_has_it(capsys, monkeypatch):
    """Without such a font, with one that lacks the characters, or in no language: one sentence."""
    arguments = ["--headless", "--seed", "1", "--frames", "1"]
    monkeypatch.setattr("pygame.font.match_font", lambda names: None)
    assert main([*arguments, "--language", "zh"]) == 2
    assert "needs a font with Chinese characters" in capsys.readouterr().err
    own = pygame.font.get_default_font()
    path = str(Path(pygame.__file__).parent / own)
    assert main([*arguments, "--language", "zh", "--font", path]) == 2
    assert "--font must have Chinese characters" in capsys.readouterr().err
    assert main([*arguments, "--language", "fr"]) == 2
    assert "--language must be one of en, zh" in capsys.readouterr().err
    assert main([*arguments, "--font", path]) == 0


def test_chinese_is_wrapped_between_its_signs():
    """No line is wider than asked, none begins with a closing sign, and nothing is lost."""
    from aigc_procgen.demo_game.interface import Writer

    pygame.font.init()
    writer = Writer()
    text = "夜里磨轮坏了，半个狼桩都指着它。再说，谁也不敢头一个上！ and two words"
    for width in (60, 90, 200):
        lines = writer.wrap(text, width)
        assert len(lines) > 1
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(line[0] not in "，。！ " for line in lines)
        assert all(writer.fonts["normal"].size(line)[0] <= width for line in lines)
    assert writer.wrap("one two  three", 10_000) == ["one two three"]
