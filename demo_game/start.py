"""The command line of the game, its window, and the loop that runs its screens."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = ["main", "make_parser"]

FRAMES_A_SECOND = 60
SIZE = (1152, 704)


def make_parser(parser: argparse.ArgumentParser | None = None) -> argparse.ArgumentParser:
    """The game's arguments, added to `parser` if given."""
    parser = parser or argparse.ArgumentParser(
        prog="aigc-procgen demo", description="A game made, while it runs, of one seed."
    )
    parser.add_argument("--seed", help="start in this world at once, without the title screen")
    parser.add_argument("--pack", help="a pack's folder or zip, instead of the default art")
    parser.add_argument("--load", metavar="FILE", help="go on with a saved game")
    parser.add_argument(
        "--save", metavar="FILE", default="aigc_procgen_save.json", help="where F5 saves"
    )
    parser.add_argument("--headless", action="store_true", help="no window and no sound")
    parser.add_argument("--frames", type=int, metavar="N", help="stop after N frames")
    parser.add_argument("--screenshot", metavar="FILE", help="write the last frame as a PNG")
    parser.add_argument(
        "--autoplay",
        action="store_true",
        help="walk to a giver, take a quest and complete it; status 1 if the frames ran out",
    )
    parser.add_argument(
        "--scenes",
        action=argparse.BooleanOptionalAction,
        help="play quests' scenes as cutscenes (default: unless --autoplay)",
    )
    parser.add_argument(
        "--delve",
        action="store_true",
        help="with --autoplay: go down into the nearest dungeon, to its goal and out, instead",
    )
    parser.add_argument(
        "--story",
        action="store_true",
        help="with --autoplay: play a giver's longer story, all chapters, instead of one quest",
    )
    parser.add_argument(
        "--language", default="en", help="of talk and quests: en, or zh for Chinese (default: en)"
    )
    parser.add_argument("--font", metavar="FILE", help="the font to write with")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Runs the game; returns the exit status."""
    return run(make_parser().parse_args(arguments))


def run(args: argparse.Namespace) -> int:
    """Runs the game as the parsed arguments say; returns the exit status."""
    if args.headless:
        os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        import pygame
    except ImportError:
        print("aigc-procgen: the demo needs pygame: install aigc-procgen[demo]", file=sys.stderr)
        return 2
    from aigc_procgen import ProcgenError

    if args.delve and not args.autoplay:
        print("aigc-procgen: --delve says what --autoplay does: give both", file=sys.stderr)
        return 2
    if args.story and (args.delve or not args.autoplay):
        problem = "--story says what --autoplay does: give both, without --delve"
        print(f"aigc-procgen: {problem}", file=sys.stderr)
        return 2
    if args.frames is not None and args.frames < 1:
        print(f"aigc-procgen: --frames must be 1 or more, not {args.frames}", file=sys.stderr)
        return 2
    try:
        pygame.display.init()
        pygame.font.init()
        screen = pygame.display.set_mode(SIZE, 0 if args.headless else pygame.SCALED)
        return _play(args, screen)
    except (ProcgenError, pygame.error, OSError) as error:
        print(f"aigc-procgen: {error}", file=sys.stderr)
        return 2
    finally:
        pygame.quit()


def _play(args: argparse.Namespace, screen: Any) -> int:
    import pygame

    import aigc_procgen as procgen

    from .autodelve import Delver
    from .autoplay import Autoplay
    from .play import PlayScreen
    from .session import Session
    from .title import TitleScreen
    from .words import chosen_font

    pygame.display.set_caption("aigc_procgen")
    if args.language not in procgen.LANGUAGES:
        known = ", ".join(procgen.LANGUAGES)
        raise procgen.InvalidArgument(f"--language must be one of {known}, not {args.language!r}")
    font = chosen_font(args.language, args.font)
    scenes = args.scenes if args.scenes is not None else not args.autoplay
    pack = procgen.load_pack(args.pack) if args.pack else procgen.default_pack()
    save = Path(args.save)
    current: Any = None
    if args.load:
        current = PlayScreen(
            Session.load(Path(args.load), pack, args.language), save, scenes=scenes, font=font
        )
    elif args.seed is not None or args.headless or args.autoplay:
        seed = procgen.typed_seed(args.seed or "0")
        current = PlayScreen(
            Session.start(seed, pack, args.language), save, scenes=scenes, font=font
        )
    else:
        current = TitleScreen(42, pack, can_load=save.exists(), font=font, language=args.language)
    player = (Delver() if args.delve else Autoplay(story=args.story)) if args.autoplay else None
    budget = args.frames or (60_000 if args.autoplay else None)
    clock = pygame.time.Clock()
    status, frame = 0, 0
    while budget is None or frame < budget:
        frame += 1
        for event in pygame.event.get():
            if event.type == pygame.KEYDOWN and event.key == pygame.K_F12:
                _screenshot(screen, Path(f"procgen-{datetime.now():%Y%m%d-%H%M%S}.png"))
            current.handle(event)
        if isinstance(current, PlayScreen):
            # A fixed step keeps a headless game the same game on every machine.
            seconds = 1 / FRAMES_A_SECOND if args.headless else min(clock.get_time() / 1000, 0.05)
            current.update(seconds, player)
            if player and player.finished:
                print(f"{player.aim} in {frame:,} frames: {player.result}")
                break
        # Autoplay without a window need not draw what nobody sees.
        if not (args.headless and player) or frame == budget:
            current.draw(screen)
            pygame.display.flip()
        if not args.headless:
            clock.tick(FRAMES_A_SECOND)
        if current.choice is not None:
            try:
                current = _next_screen(current, pack, save, scenes, args.language, font)
            except (procgen.ProcgenError, OSError) as error:
                current.choice = None
                current.say(str(error))
            if current is None:
                break
    else:
        # Who asked for a picture has it, however far the player came.
        status = 1 if player and not args.screenshot else 0
        if player:
            print(f"no {player.aim} in {frame:,} frames: {player.doing}", file=sys.stderr)
    if args.screenshot and current is not None:
        current.draw(screen)
        _screenshot(screen, Path(args.screenshot))
    if isinstance(current, PlayScreen):
        current.close()
    return status


def _next_screen(
    current: Any, pack: Any, save: Path, scenes: bool, language: str, font: str | None
) -> Any:
    from .play import PlayScreen
    from .session import Session
    from .title import TitleScreen

    what, seed = current.choice
    if isinstance(current, PlayScreen):
        if what == "load":
            session = Session.load(save, pack, language)
            current.close()
            return PlayScreen(session, save, scenes=scenes, font=font)
        current.close()
        if what == "quit":
            return None
        seed = current.session.world.seed
        return TitleScreen(seed, pack, can_load=save.exists(), font=font, language=language)
    if what == "new":
        return PlayScreen(Session.start(seed, pack, language), save, scenes=scenes, font=font)
    if what == "load":
        return PlayScreen(Session.load(save, pack, language), save, scenes=scenes, font=font)
    return None


def _screenshot(screen: Any, path: Path) -> None:
    import pygame

    pygame.image.save(screen, str(path))
    print(f"wrote {path}")
