"""What is written and shown beside a dungeon: where one is, the bag, the map of what was seen."""

from __future__ import annotations

import numpy as np
import pygame

from .delve import Delve
from .delve_view import DelveView
from .interface import DIM, GOLD, INK, Writer, panel
from .terrain_view import to_surface

__all__ = ["draw_bag", "draw_map", "draw_title"]

_WALL, _GROUND, _STAIRS = (84, 70, 62), (176, 160, 130), (110, 190, 255)
_MARKS = {
    "key": (255, 214, 40),
    "treasure": (90, 220, 130),
    "monster": (236, 80, 64),
    "guardian": (255, 60, 160),
    "lever": (200, 205, 215),
    "lock": (255, 150, 40),
    "gate": (255, 150, 40),
    "bar": (255, 150, 40),
}


def draw_title(screen: pygame.Surface, writer: Writer, delve: Delve) -> None:
    """The place's name, the floor, and whether its heart was reached, in the upper left corner."""
    floors, floor = delve.dungeon.floors, delve.play.spot[2]
    writer.write(screen, delve.title, 16, 14, size="big", colour=INK)
    text = delve.words["one floor" if floors == 1 else "floor"]
    text = text.format(floor=floor + 1, floors=floors)
    text += delve.words["heart reached" if delve.done else "heart sought"]
    writer.write(screen, text, 18, 46, colour=GOLD if delve.done else DIM)


def draw_bag(screen: pygame.Surface, writer: Writer, view: DelveView) -> None:
    """A row of what the hero holds, in the upper right corner."""
    bag = view.delve.bag
    slot = 52
    box = pygame.Rect(0, 12, max(len(bag) * slot + 20, 190), 58)
    box.right = screen.get_width() - 12
    panel(screen, box)
    if not bag:
        writer.write(
            screen, view.delve.words["bag"], box.centerx, box.y + 20, colour=DIM, centred=True
        )
    for number, (thing, count) in enumerate(bag):
        x = box.x + 12 + number * slot
        screen.blit(view.art.sprite(thing), (x, box.y + 6))
        if count > 1:
            writer.write(screen, f"x{count}", x + 28, box.y + 10, size="small", colour=INK)
        named = {**view.delve.words["names"], **view.delve.words["openers"]}
        name = named.get(thing.name, thing.name) if thing.kind == "key" else ""
        writer.write(screen, name, x + 16, box.y + 39, size="small", colour=GOLD, centred=True)


def draw_map(screen: pygame.Surface, writer: Writer, delve: Delve) -> None:
    """The seen part of the floor in the middle of the screen, four to eight pixels a tile."""
    dungeon, (x, y, floor) = delve.dungeon, delve.play.spot
    step = max(min(760 // dungeon.width, 460 // dungeon.height, 10), 3)
    names = np.array(dungeon.legend)[dungeon.tiles[floor]]
    pixels = np.zeros((dungeon.height, dungeon.width, 4), np.uint8)
    pixels[...] = (*_GROUND, 255)
    pixels[np.isin(names, ("wall", "secret"))] = (*_WALL, 255)
    pixels[names == "pool"] = (60, 90, 140, 255)
    pixels[np.isin(names, ("stairs_up", "stairs_down"))] = (*_STAIRS, 255)
    for what in delve.remaining(floor):
        pixels[what.y, what.x] = (*_MARKS[what.kind], 255)
    for spot in (dungeon.start, dungeon.goal):
        if spot[2] == floor:
            pixels[spot[1], spot[0]] = (*(_STAIRS if spot == dungeon.start else GOLD), 255)
    pixels[~delve.seen[floor]] = 0
    box = pygame.Rect(0, 0, dungeon.width * step + 40, dungeon.height * step + 84)
    box.center = (screen.get_width() // 2, screen.get_height() // 2)
    panel(screen, box)
    size = (dungeon.width * step, dungeon.height * step)
    corner = (box.x + 20, box.y + 48)
    screen.blit(pygame.transform.scale(to_surface(pixels), size), corner)
    here = (corner[0] + x * step + step // 2, corner[1] + y * step + step // 2)
    pygame.draw.circle(screen, (0, 0, 0), here, step // 2 + 2)
    pygame.draw.circle(screen, (255, 255, 255), here, step // 2 + 1)
    writer.write(
        screen,
        delve.words["map"].format(floor=floor + 1),
        box.x + 20,
        box.y + 12,
        size="big",
        colour=GOLD,
    )
    legend = delve.words["legend"]
    at = (box.centerx, box.bottom - 26)
    if writer.fonts["small"].size(legend)[0] < box.width - 16:
        writer.write(screen, legend, *at, size="small", colour=DIM, centred=True)
