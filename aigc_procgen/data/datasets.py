"""A finished data set: its arrays and meta, its datasheet, and how it is read again."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DataError
from .writing import write_json, write_npz

__all__ = ["UNKNOWN", "DataSet", "last_held_out", "read_set", "write_set"]

UNKNOWN = 255
"""The label of an attribute that is not known."""

_HELD_OUT = 8  # percent of composed pictures that are never trained on


def last_held_out(count: int) -> NDArray[np.bool_]:
    """Bool [count]: the share of composed pictures that is held out, the last ones."""
    return np.arange(count) >= count - count * _HELD_OUT // 100


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Pictures and labels of one kind, as they are written to KIND.npz.

    `images` is uint8 [n, size, size, 4], or [n, pictures, size, size, 4] where one figure is
    `frames` pictures in each of its `directions`, a direction after the other. `parts` int32
    [n, slots] says which source each picture was made of, one column for each of `slots`: 0 is
    nothing, other numbers mean one source for the whole set. `fits` int32 [m, slots] says which
    sources go together, where not all do: more than there are pictures of. `swatches` int32 [s, 9]
    say what the colourings of a set do, whose last slot are colourings: value of the first
    attribute, colouring (1 is the value's first), a colour R, G, B in the first colouring, the
    same in this one, and how many pixels have it. `held_out` bool [n] marks pictures that are never
    trained on, so that a model can be measured on them.
    """

    kind: str
    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    attributes: Mapping[str, list[str]]
    frames: int = 1
    directions: tuple[str, ...] = ()
    parts: NDArray[np.int32] | None = None
    slots: tuple[str, ...] = ()
    fits: NDArray[np.int32] | None = None
    swatches: NDArray[np.int32] | None = None
    held_out: NDArray[np.bool_] | None = None
    flip: tuple[str, ...] = ()
    families: NDArray[np.uint16] | None = None
    family_names: tuple[str, ...] = ()
    rollable: NDArray[np.bool_] | None = None
    sheet: Mapping[str, Any] = field(default_factory=dict)

    def counts(self) -> dict[str, dict[str, int]]:
        """Attribute -> value -> number of pictures; `not known` where some have no value."""
        result: dict[str, dict[str, int]] = {}
        for column, (name, values) in enumerate(self.attributes.items()):
            found = np.bincount(self.labels[:, column], minlength=256)
            result[name] = {value: int(found[index]) for index, value in enumerate(values)}
            if found[UNKNOWN]:
                result[name]["not known"] = int(found[UNKNOWN])
        return result

    def digest(self) -> str:
        """SHA-256 of the pictures and labels: two sets with the same digest train the same."""
        total = sha256(json.dumps(dict(self.attributes)).encode())
        total.update(np.ascontiguousarray(self.images).tobytes())
        total.update(np.ascontiguousarray(self.labels).tobytes())
        for optional in (self.parts, self.fits, self.swatches, self.held_out):
            if optional is not None:
                total.update(np.ascontiguousarray(optional).tobytes())
        return total.hexdigest()


def write_set(folder: Path, data: DataSet) -> None:
    """Writes KIND.npz and KIND.datasheet.json to the folder."""
    digest = data.digest()
    meta = {
        "kind": data.kind,
        "size": int(data.images.shape[-2]),
        "frames": data.frames,
        "directions": list(data.directions),
        "slots": list(data.slots),
        "attributes": dict(data.attributes),
        "wrap": data.kind == "tiles",
        "flip": list(data.flip),
        "digest": digest,
        "source": data.sheet.get("source", ""),
        "licence": data.sheet.get("licence", ""),
    }
    if data.family_names:
        meta["families"] = list(data.family_names)
    arrays: dict[str, NDArray[Any]] = {
        "images": data.images,
        "labels": data.labels,
        "meta": np.array(json.dumps(meta)),
    }
    for name in ("families", "rollable", "parts", "fits", "swatches", "held_out"):
        if getattr(data, name) is not None:
            arrays[name] = getattr(data, name)
    write_npz(folder / f"{data.kind}.npz", arrays)
    sheet = {
        "kind": data.kind,
        "images": len(data.images),
        "size": meta["size"],
        **data.sheet,
        "set_digest": digest,
        "counts": data.counts(),
    }
    write_json(folder / f"{data.kind}.datasheet.json", sheet)


def read_set(path: str | Path) -> DataSet:
    """Reads a .npz that `write_set` wrote; raises `DataError` if it is not one."""
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        meta = json.loads(str(arrays["meta"]))
        images, labels = arrays["images"], arrays["labels"]
        attributes = {str(name): list(values) for name, values in meta["attributes"].items()}
        right = (
            images.dtype == np.uint8
            and images.ndim in (4, 5)
            and images.shape[-1] == 4
            and labels.shape == (len(images), len(attributes))
        )
        if not right or not len(images):
            raise ValueError(f"images {images.dtype} {list(images.shape)}")
        return DataSet(
            kind=str(meta["kind"]),
            images=images,
            labels=labels.astype(np.uint8),
            attributes=attributes,
            frames=int(meta.get("frames", 1)),
            directions=tuple(meta.get("directions", ())),
            parts=arrays.get("parts"),
            slots=tuple(meta.get("slots", ())),
            fits=arrays.get("fits"),
            swatches=arrays.get("swatches"),
            held_out=arrays.get("held_out"),
            flip=tuple(meta.get("flip", ())),
            families=arrays.get("families"),
            family_names=tuple(meta.get("families", ())),
            rollable=arrays.get("rollable"),
            sheet={name: str(meta.get(name, "")) for name in ("source", "licence")},
        )
    except FileNotFoundError:
        raise DataError(f"{path} does not exist: make it with `aigc-procgen data build`") from None
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        EOFError,
        zipfile.BadZipFile,
    ) as error:
        raise DataError(
            f"{path} is not a set that `aigc-procgen data build` wrote ({error}): build it again"
        ) from None
