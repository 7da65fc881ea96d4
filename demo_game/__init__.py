"""A pygame game that is made, while it runs, of one seed: `python -m aigc_procgen.demo_game`."""
