"""Starts the game: `python -m aigc_procgen.demo_game`."""

from __future__ import annotations

import sys

from aigc_procgen.demo_game.start import main

if __name__ == "__main__":
    sys.exit(main())
