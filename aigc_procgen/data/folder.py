"""A data set of anyone's own pictures: PNG files by subfolder, sprite sheets cut by a grid, or
sheets of figures that walk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from aigc_procgen.core.errors import InvalidArgument, check_choice, check_int

from .colour import Pixels, hard_alpha
from .datasets import UNKNOWN, DataSet, write_set
from .errors import DataError
from .figure_sheets import check_layout, cut_figure
from .pictures import decode
from .source import Progress, files_digest, read_files
from .sprites import centred
from .tiles import opaque
from .writing import new_set

__all__ = ["build_folder", "cut", "fit"]

KINDS = ("sprites", "tiles", "characters")
_CLASS = {"sprites": "category", "tiles": "material", "characters": "role"}
FEW_TILES = 1024
DIRECTIONS = ("down", "up", "left", "right")


def cut(image: Pixels, grid: tuple[int, int] | None, name: str) -> Iterator[Pixels]:
    """The cells of a sprite sheet, `grid` (width, height) pixels each, without the empty ones.

    A border at the right and at the bottom that is no whole cell is ignored. Without a grid the
    picture is the only cell. Raises `DataError` if the picture is smaller than one cell.
    """
    if grid is None:
        yield image
        return
    width, height = grid
    rows, columns = image.shape[0] // height, image.shape[1] // width
    if not rows or not columns:
        raise DataError(
            f"{name} is {image.shape[1]}x{image.shape[0]} pixels, less than one cell of "
            f"{width}x{height}: pass a smaller --grid"
        )
    for row in range(rows):
        for column in range(columns):
            cell = image[row * height : (row + 1) * height, column * width : (column + 1) * width]
            if cell[..., 3].any():
                yield cell


def _reduced(image: Pixels, factor: int) -> Pixels:
    """One pixel for each factor x factor, the one in the middle: no colour is mixed."""
    return image[factor // 2 :: factor, factor // 2 :: factor]


def fit(image: Pixels, size: int, kind: str, name: str) -> Pixels:
    """The picture as size x size pixels; pixels are repeated or dropped by whole numbers only.

    A sprite is put in the middle. A tile must be a square whose side divides `size` or is a
    multiple of it, else `DataError`.
    """
    height, width = image.shape[:2]
    if kind == "tiles":
        if height != width or (size % height and height % size):
            raise DataError(
                f"{name} is {width}x{height} pixels: a tile must be a square of {size}x{size}, or "
                "a whole multiple or part of it"
            )
        if height > size:
            return opaque(_reduced(image, height // size))
        factor = size // height
        return opaque(image.repeat(factor, 0).repeat(factor, 1))
    solid = hard_alpha(image)
    if not solid[..., 3].any():
        raise DataError(f"{name} is empty: nothing in it is opaque")
    rows, columns = (np.flatnonzero(solid[..., 3].any(axis)) for axis in (1, 0))
    solid = solid[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    factor = -(-max(solid.shape[:2]) // size)
    return centred(_reduced(solid, factor) if factor > 1 else solid, size)


def _wraps(tile: Pixels) -> bool:
    """Whether the step across the border is no larger than the largest step inside."""
    rgb = tile[..., :3].astype(np.int64)
    for turned in (rgb, rgb.transpose(1, 0, 2)):
        inside = np.abs(np.diff(turned, axis=0)).mean((1, 2)).max()
        if np.abs(turned[0] - turned[-1]).mean() > 1.1 * inside + 2:
            return False
    return True


def _class_of(path: str, root: Path) -> str:
    if "/" in path:
        return path.split("/", 1)[0]
    return root.resolve().name if root.is_dir() else root.stem


def build_folder(
    path: str | Path,
    out: str | Path,
    *,
    size: int = 32,
    grid: tuple[int, int] | None = None,
    kind: str = "sprites",
    frames: int = 4,
    directions: Sequence[str] = DIRECTIONS,
    columns: str = "frames",
    licence: str | None = None,
    progress: Progress | None = None,
) -> DataSet:
    """Writes a set of the PNG files at `path` to the folder `out`: KIND.npz and a datasheet.

    `path` is a folder (the subfolder names the class: a category, a material, or the role of a
    person), a zip of one, or one sprite sheet. `kind` is "sprites", "tiles" or "characters".
    Of sprites and tiles, `grid` (width, height) cuts each picture into cells. Each character is
    one sheet, a grid with a picture for each of `frames` in each of `directions`; `columns` says
    which of the two its columns are. `licence` is noted in the set and in packs made of it.

    Pictures that cannot be used are named with the reason in the datasheet; if none can,
    `DataError` is raised and nothing is written.
    """
    check_int("size", size, 8, 256)
    check_choice("kind", kind, KINDS)
    walking = kind == "characters"
    names = check_layout(frames, directions, columns)
    if walking and grid is not None:
        raise InvalidArgument("grid is for sprites and tiles: characters take frames, directions")
    if grid is not None:
        if len(grid) != 2:
            raise InvalidArgument(f"grid must be (width, height), not {grid!r}")
        for name, value in zip(("grid width", "grid height"), grid, strict=True):
            check_int(name, value, 1, 4096)
    root = Path(path)
    files = read_files(root)
    classes = sorted({_class_of(file, root) for file in files})
    images, labels = [], []
    used: dict[str, bytes] = {}
    left_out: dict[str, str] = {}
    converted: dict[str, str] = {}
    for done, (file, data) in enumerate(sorted(files.items())):
        if progress is not None:
            progress("pictures", done, len(files))
        try:
            pixels, notes = decode(data, file)
            if walking:
                cells = [
                    cut_figure(
                        pixels,
                        frames=frames,
                        directions=names,
                        size=size,
                        name=file,
                        columns=columns,
                    )
                ]
            else:
                cells = [fit(cell, size, kind, file) for cell in cut(pixels, grid, file)]
        except DataError as error:
            left_out[file] = str(error)
            continue
        if not cells:
            left_out[file] = f"{file} is empty: nothing in it is opaque"
            continue
        images += cells
        labels += [_class_of(file, root)] * len(cells)
        used[file] = data
        if pixels.shape[:2] != (size, size) and grid is None and not walking:
            notes = (*notes, f"fitted from {pixels.shape[1]}x{pixels.shape[0]} pixels")
        if notes:
            converted[file] = "; ".join(notes)
    if not images:
        first = next(iter(left_out.values()))
        raise DataError(f"no picture at {root} can be used; the first: {first}")
    classes = [name for name in classes if name in set(labels)]
    if len(classes) > UNKNOWN:
        raise DataError(f"{root} has {len(classes)} subfolders: a set takes at most {UNKNOWN}")
    values = np.array([classes.index(name) for name in labels], np.uint8)
    tiles = kind == "tiles"
    few = tiles and len(images) <= FEW_TILES
    result = DataSet(
        kind=kind,
        images=np.stack(images),
        labels=values[:, None],
        attributes={_CLASS[kind]: classes},
        frames=frames if walking else 1,
        directions=names if walking else (),
        # Of few tiles, each is a part of its own, as the trainer takes few sprites and figures.
        parts=np.arange(1, len(images) + 1, dtype=np.int32)[:, None] if few else None,
        slots=("tile",) if few else (),
        families=values.astype(np.uint16) if tiles else None,
        family_names=tuple(classes) if tiles else (),
        rollable=np.array([_wraps(tile) for tile in images], np.bool_) if tiles else None,
        sheet={
            "source": root.resolve().name,
            "licence": licence or "as the pictures': write it down here",
            "command": f"data build folder --kind {kind} --size {size}"
            + (f" --grid {grid[0]}x{grid[1]}" if grid else "")
            + (
                f" --frames {frames} --directions {','.join(names)} --columns {columns}"
                if walking
                else ""
            ),
            "digest": files_digest(used),
            "files_used": len(used),
            "left_out": left_out,
            "converted": converted,
        },
    )
    with new_set(out) as folder:
        write_set(folder, result)
    return result
