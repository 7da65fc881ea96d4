"""Dungeons that can always be finished, and never be lost: mission first, tiles after."""
