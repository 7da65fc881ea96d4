"""Dungeons in the demo: by keyboard and by `--delve`, what the hero reads, and saves."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest
from aigc_procgen.demo_game.autodelve import Delver, is_done, way_back
from aigc_procgen.demo_game.delve import SIDES, Delve
from aigc_procgen.demo_game.session import Session
from aigc_procgen.demo_game.sight import RADIUS, visible
from aigc_procgen.demo_game.start import main
from aigc_procgen.demo_game.words import own_words

import aigc_procgen as procgen
from aigc_procgen.dungeon.themes import themes

pygame = pytest.importorskip("pygame", reason="the demo extra installs it")
_KEYS = {"north": pygame.K_UP, "east": pygame.K_d, "south": pygame.K_s, "west": pygame.K_LEFT}


@pytest.fixture(autouse=True)
def no_screen(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")


@pytest.fixture
def screen():
    pygame.display.init()
    pygame.font.init()
    yield pygame.display.set_mode((640, 480))
    pygame.quit()


def delves(seeds, kinds=("mine", "ruin")):
    """A dungeon of each kind in each world."""
    for seed in seeds:
        world = procgen.world(seed)
        for kind in kinds:
            place = world.nearest(kind, *world.spawn())
            yield Delve(place, world.dungeon(place))


def walk(delve, steps):
    """The steps of a solution as pushes and deeds, as `Delver` makes them."""
    deeds = []
    for step in steps:
        side = step.split()[-1]
        deeds.append(delve.push(side) if side in SIDES else delve.act())
    return deeds


@pytest.fixture
def below(tmp_path, screen):
    """A screen whose hero just went down by E, on the tile of the entrance."""
    from aigc_procgen.demo_game.play import PlayScreen

    session = Session.start(3, procgen.default_pack())
    place = session.world.nearest("ruin", *session.world.spawn())
    session.x, session.y = float(place.x), float(place.y)
    play = PlayScreen(session, tmp_path / "game.json")
    press(play, pygame.K_e)
    yield play
    play.close()


def press(play, key):
    play.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""))


@pytest.mark.parametrize("seed", range(1, 7))
def test_delver_reaches_the_goal_and_comes_out(seed, capsys):
    """Without hands the hero finds an entrance, goes in, plays the solution and comes out."""
    arguments = ["--headless", "--autoplay", "--delve", "--seed", str(seed)]
    assert main(arguments) == 0
    assert "dungeon done in" in capsys.readouterr().out


def test_delve_needs_autoplay_and_frames(capsys):
    """`--delve` alone is refused in one line; ten frames are not enough and say so."""
    assert main(["--headless", "--delve"]) == 2
    assert "give both" in capsys.readouterr().err
    assert main(["--headless", "--autoplay", "--delve", "--seed", "1", "--frames", "10"]) == 1
    assert "no dungeon done in 10 frames" in capsys.readouterr().err


def test_keyboard_plays_a_dungeon_to_its_goal_and_out(below, screen, monkeypatch):
    """Arrows, letters and E alone walk a dungeon's solution and the way back, to the same tile."""
    session = below.session
    entrance = session.x, session.y
    delve = session.delves.current
    held = []
    monkeypatch.setattr(pygame.key, "get_pressed", lambda: {k: k in held for k in every_key()})

    def hold(steps):
        for step in steps:
            side = step.split()[-1]
            if side in SIDES:
                before = delve.play.state
                held[:] = [_KEYS[side]]
                for _ in range(100):
                    below.update(1 / 60)
                    if delve.play.state != before:
                        break
                held.clear()
            for _ in range(40):  # until the picture has followed
                below.update(1 / 60)
            if side not in SIDES:
                press(below, pygame.K_e)

    hold(delve.dungeon.solution)
    assert delve.play.finished
    assert delve.done
    assert "You have reached the heart of" in below.notice
    below.draw(screen)
    hold(way_back(delve))
    press(below, pygame.K_e)
    assert session.delves.current is None
    assert below.below is None
    assert (session.x, session.y) == entrance
    assert any(line.startswith(f"done: {delve.place.name}") for line in session.journal())


def every_key():
    from aigc_procgen.demo_game.play import _DIRECTIONS

    return _DIRECTIONS


def test_a_held_key_walks_at_the_pace_above(below, monkeypatch):
    """Five tiles a second, without a stop at a tile's rim, and drawn between two tiles."""
    delve = below.session.delves.current
    side = next(side for side in SIDES if walkable(delve, side) >= 3)
    monkeypatch.setattr(
        pygame.key, "get_pressed", lambda: {k: k == _KEYS[side] for k in every_key()}
    )
    x, y, _ = delve.play.spot
    places = []
    for _ in range(20):  # 0.6 seconds; a tile ends within a frame
        below.update(0.03)
        at = below.below.view._position
        places.append(abs(at[0] - x) + abs(at[1] - y))
    steps = np.diff(places)
    assert places[-1] == pytest.approx(19 * 0.03 * 5)
    assert np.allclose(steps, 0.03 * 5)


def walkable(delve, side):
    """How many tiles one can walk to a side."""
    play, count = delve.play.copy(), 0
    while not play.do(side):
        count += 1
    return count


def test_doors_say_which_key_they_need():
    """A push into a locked door without its key changes nothing and names the key or the rune."""
    found = set()
    for delve in delves(range(6)):
        for way in delve.dungeon.locks:
            blank = Delve(delve.place, delve.dungeon)
            for side, (dx, dy) in SIDES.items():
                spot = (way.x - dx, way.y - dy, way.floor)
                if delve.tile(spot) in ("wall", "pool"):
                    continue
                blank.play.spot = spot
                before = blank.play.state
                deed = blank.push(side)
                assert (deed.verb, blank.play.state) == ("", before)
                word = {True: "key", False: "rune"}[way.spent]
                expected = f"needs the {way.opener} {word}" if way.kind == "lock" else "lever"
                assert expected in deed.line
                found.add(word if way.kind == "lock" else "lever")
    assert found == {"key", "rune", "lever"}


def test_solutions_say_what_happens():
    """Keys, fights, doors, levers, stairs and the goal each give a line, and the bag fills."""
    said = []
    for delve in delves(range(4)):
        deeds = walk(delve, delve.dungeon.solution)
        assert all(deed.verb for deed in deeds)
        assert [deed.reached for deed in deeds] == [False] * (len(deeds) - 1) + [True]
        said += [deed.line for deed in deeds]
        keys = {t.name for t in delve.dungeon.of_kind("key") if t.id in delve.play.taken}
        spent = {way.opener for way in delve.dungeon.ways if way.spent}
        held = {thing.name for thing, _ in delve.bag if thing.kind == "key"}
        assert keys - spent <= held <= keys
    for words in ("You take the ", " key.", "opens the door", "guardian", "lever", "deeper"):
        assert any(words in line for line in said), words


def test_below_the_ground_a_game_speaks_its_language():
    """In Chinese no name, label, hint or line has a Latin letter, but for the key E."""
    theme = {*themes().keys, *themes().runes}
    for one in themes().themes.values():
        for weights in (one.monsters, one.guardians, one.treasures, one.ornaments):
            theme.update(weights.names)
        theme |= {*one.halls.furniture.values(), *one.caverns.furniture.values()}
    assert theme <= own_words("zh")["below"]["names"].keys()
    latin = re.compile("[A-Za-z]")
    for english in delves(range(3)):
        delve = Delve(english.place, english.dungeon, "zh")
        spots = [thing.spot for thing in delve.dungeon.things] + list(delve.ways)
        said = [delve.title, *map(delve.label, spots), delve.hint.removeprefix("E")]
        said += [deed.line for deed in walk(delve, delve.dungeon.solution)]
        said += [delve.treasures, delve.hint.removeprefix("E"), delve._refusal(delve.play.spot)]
        assert sum(map(bool, said)) > 20
        assert not [text for text in said if latin.search(text)]


def test_treasure_is_taken_by_walking_on_it():
    """A treasure goes from the floor into the bag when the hero steps on it, with a line."""
    taken = 0
    for delve in delves(range(3)):
        for thing in delve.dungeon.of_kind("treasure"):
            for side, (dx, dy) in SIDES.items():
                spot = (thing.x - dx, thing.y - dy, thing.floor)
                if thing.id in delve.play.taken or delve.tile(spot) != "floor":
                    continue
                delve.play.spot = spot
                assert thing in delve.remaining(thing.floor)
                deed = delve.push(side)
                if deed.verb == "walk":
                    taken += 1
                    assert f"You take the {thing.name}." in deed.line
                    assert thing not in delve.remaining(thing.floor)
                    assert any(held.name == thing.name for held, _ in delve.bag)
    assert taken > 10


def test_a_foe_stands_until_it_is_walked_into():
    """The first push beats the guardian and moves nobody, the second walks onto its tile."""
    for delve in delves(range(3)):
        steps = delve.dungeon.solution
        index = max(i for i, step in enumerate(steps) if step.startswith("fight"))
        walk(delve, steps[:index])
        here, side = delve.play.spot, steps[index].split()[1]
        deed = delve.push(side)
        assert (deed.verb, delve.play.spot) == ("fight", here)
        assert "guardian" in deed.line
        assert delve.here(deed.spot) is None
        assert delve.push(side).verb == "walk"


def test_nobody_gets_lost():
    """After 1,500 random pushes and deeds there is a way out, and the goal can be reached."""
    for number, delve in enumerate(delves(range(4))):
        dice = random.Random(number)
        for _ in range(1500):
            if dice.random() < 0.1 and delve.hint != "E: leave":
                delve.act()
            else:
                delve.push(dice.choice(list(SIDES)))
        out = Delve(delve.place, delve.dungeon)
        out.play = delve.play.copy()
        walk(out, way_back(out))
        assert out.play.spot == delve.dungeon.start
        assert out.act().verb == "leave"
        for step in delve.dungeon.solution:
            if not is_done(out, step):
                walk(out, [step])
        assert out.done
        assert out.play.finished or delve.done


def test_a_dungeon_keeps_what_was_done_in_it(below):
    """Leaving and coming back finds the same doors open and the same things gone."""
    session = below.session
    delve = session.delves.current
    walk(delve, delve.dungeon.solution)
    walk(delve, way_back(delve))
    state = delve.play.state
    press(below, pygame.K_e)
    assert session.delves.current is None
    press(below, pygame.K_e)
    assert session.delves.current is delve
    assert delve.play.state == state


def test_save_made_inside_loads_inside(below, tmp_path, screen):
    """F5 below and a load bring back the tile, the bag, the foes, the map and the frames drawn."""
    from aigc_procgen.demo_game.play import PlayScreen

    delve = below.session.delves.current
    walk(delve, delve.dungeon.solution)
    walk(delve, way_back(delve)[:9])
    assert delve.done
    press(below, pygame.K_F5)
    assert "Saved" in below.notice
    session = Session.load(tmp_path / "game.json", procgen.default_pack())
    again = session.delves.current
    assert again.play.state == delve.play.state
    assert again.bag == delve.bag
    assert (again.place, again.done) == (delve.place, True)
    assert np.array_equal(again.seen, delve.seen)
    assert np.array_equal(again.lit, delve.lit)
    other = PlayScreen(session, tmp_path / "game.json")
    assert other.below
    other.draw(screen)
    other.close()


def test_delver_goes_on_from_a_save_made_inside(below, tmp_path):
    """A player that takes over in the middle of a dungeon still reaches its goal and comes out."""
    delve = below.session.delves.current
    walk(delve, delve.dungeon.solution[: len(delve.dungeon.solution) // 2])
    press(below, pygame.K_F5)
    arguments = ["--headless", "--autoplay", "--delve", "--load", str(tmp_path / "game.json")]
    assert main(arguments) == 0


def bent(data):
    """Ways to damage what a save says of dungeons."""
    known = data["known"][0]
    far = {"spot": [0, 0, 0]}
    yield {**data, "known": [{**known, "walk": {**known["walk"], **far}}]}
    yield {**data, "known": [{**known, "walk": {**known["walk"], "opened": [10_000]}}]}
    yield {**data, "known": [{**known, "walk": {**known["walk"], "taken": "all"}}]}
    yield {**data, "known": [{**known, "walk": 3}]}
    yield {**data, "known": [{**known, "seen": "ff"}]}
    yield {**data, "known": [{**known, "seen": "no"}]}
    yield {**data, "known": [{**known, "done": 1}]}
    yield {**data, "known": [{**known, "at": [known["at"][0] + 1, known["at"][1]]}]}
    yield {**data, "known": [{**known, "at": None}]}
    yield {**data, "known": 7}
    yield {**data, "current": "mine:99:99"}
    yield {**data, "current": []}
    yield []


def test_bent_dungeons_in_a_save_are_one_sentence(below, tmp_path):
    """Whatever is wrong with the dungeon part of a save, `SaveError` says it in one line."""
    path = tmp_path / "game.json"
    press(below, pygame.K_F5)
    world = procgen.load_world(path)
    for wrong in bent(world.changes["demo"]["delves"]):
        world.changes["demo"]["delves"] = wrong
        world.save(path)
        with pytest.raises(procgen.SaveError, match="saved by the demo") as error:
            Session.load(path, procgen.default_pack())
        assert "\n" not in str(error.value)


def test_entrance_is_where_the_place_has_its_middle(below):
    """E goes down on the entrance alone; nobody is placed on it; two tiles away it does not."""
    session = below.session
    press(below, pygame.K_e)  # out again
    place = session.delves.entrance(session.x, session.y)
    assert place.kind == "ruin"
    assert session.entrance(None) == place
    assert session.delves.entrance(place.x + 2, place.y) is None
    for actor in session.actors():
        assert (actor.x, actor.y) != (place.x, place.y)
    town = session.world.nearest("town", place.x, place.y)
    assert session.delves.entrance(town.x, town.y) is None


def test_the_quest_goes_before_the_way_down(below, monkeypatch):
    """On an entrance E does what the quest asks for here; the way down is offered after it."""
    session = below.session
    press(below, pygame.K_e)
    monkeypatch.setattr(session, "_due", lambda actor: ("explore", "somewhere"))
    assert session.entrance(None) is None
    monkeypatch.setattr(session, "_due", lambda actor: ())
    assert session.entrance(None) is not None


def test_walls_and_closed_doors_hide_what_is_behind():
    """Sight is straight: clear to the radius, cut by the opaque, and walls themselves are seen."""
    opaque = np.zeros((25, 25), np.bool_)
    seen = visible(opaque, 12, 12)
    assert seen[12, 12 + RADIUS]
    assert not seen[12, 12 + RADIUS + 1]
    opaque[:, 15] = True
    seen = visible(opaque, 12, 12)
    assert seen[12, 15]
    assert not seen[:, 16:].any()
    opaque[12, 15] = False  # a door is opened
    assert visible(opaque, 12, 12)[12, 16]


def test_the_hero_sees_behind_a_door_when_it_opens():
    """More of the floor is known after the solution, but not what no torch was carried to."""
    for delve in delves(range(2)):
        first = delve.seen.sum()
        walk(delve, delve.dungeon.solution)
        clear = ~np.isin(delve.dungeon.tiles, [delve.dungeon.legend.index("wall")])
        assert first < delve.seen.sum() < delve.seen.size
        assert 0.2 < (delve.seen & clear).sum() / clear.sum() <= 1


def test_map_and_views_are_drawn(below, screen):
    """Tab shows a map of what was seen, Esc closes it; the floor is dark beyond the torch."""
    below.draw(screen)
    plain = pygame.surfarray.array3d(screen)
    assert (plain.reshape(-1, 3).sum(1) == 0).mean() > 0.05
    assert len(np.unique(plain.reshape(-1, 3), axis=0)) > 100
    press(below, pygame.K_TAB)
    below.draw(screen)
    assert (pygame.surfarray.array3d(screen) != plain).mean() > 0.05
    press(below, pygame.K_ESCAPE)
    assert below.choice is None
    below.draw(screen)
    assert np.array_equal(pygame.surfarray.array3d(screen), plain)


def test_delver_says_when_there_is_nothing_to_delve_into(below):
    """A player in a world without entrances walks nowhere and says so."""
    press(below, pygame.K_e)
    below.session.delves.entrances = lambda x, y, reach: []
    player = Delver()
    player.step(below)
    assert player.doing == "no dungeon within reach"
    assert not player.finished
