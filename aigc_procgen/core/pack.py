"""Packs: a folder or a zip with manifest.json and one ONNX file a model, verified when loaded."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .errors import InvalidArgument, PackError
from .files import write_atomic
from .manifest import FORMAT, KINDS, check_entry, check_files, count_pictures, parse_manifest

__all__ = [
    "FORMAT",
    "KINDS",
    "Model",
    "Pack",
    "check_entry",
    "check_pack",
    "default_pack",
    "load_pack",
    "write_pack",
]

_MOST_KEPT = 64  # drawings: a world uses a dozen, and a server that opens many must not grow
_LARGEST_FILE = 1 << 30  # bytes unpacked; a zip of a few kilobytes can claim to hold more


class Model:
    """One model of a pack: what the manifest says of it, and its file's bytes.

    `attributes` maps each attribute to its values, in the order of the label's one-hot blocks;
    `palette` is uint8 [K, 3]. A figure is `pictures` pictures: `frames` in each of `directions`.
    """

    def __init__(self, name: str, entry: dict[str, Any], data: bytes) -> None:
        self.name = name
        self.entry = entry
        self.data = data
        self.kind: str = entry["kind"]
        self.size: int = entry["size"]
        self.latent: int = entry["latent"]
        self.frames: int = entry.get("frames", 1)
        self.directions: tuple[str, ...] = tuple(entry.get("directions", ()))
        self.pictures = count_pictures(entry)
        self.attributes: dict[str, tuple[str, ...]] = {
            attribute: tuple(values) for attribute, values in entry["attributes"].items()
        }
        self.alphabet: str = entry.get("alphabet", "")
        self.vocabulary: tuple[str, ...] = tuple(entry.get("vocabulary", ()))
        self.lexicon: tuple[str, ...] = tuple(entry.get("lexicon", ()))
        self.known: tuple[str, ...] = tuple(entry.get("known", ()))
        self.lines: tuple[tuple[str, ...], ...] = tuple(map(tuple, entry.get("lines", ())))
        self.palette = np.array(entry["palette"], np.uint8).reshape(-1, 3)
        self.palette.flags.writeable = False

    def label(self, values: Mapping[str, str], *, strict: bool = True) -> NDArray[np.float32]:
        """The label float32 [L] for attribute values; attributes not named are left open.

        A value or attribute that the model does not know raises `InvalidArgument`, or with
        `strict=False` is left open too.
        """
        unknown = sorted(set(values) - set(self.attributes))
        if unknown and strict:
            raise InvalidArgument(
                f"attribute must be one of {', '.join(self.attributes)}, not {unknown[0]!r}"
            )
        blocks = []
        for attribute, names in self.attributes.items():
            block = np.zeros(len(names), np.float32)
            value = values.get(attribute)
            if value in names:
                block[names.index(value)] = 1
            elif value is not None and strict:
                raise InvalidArgument(
                    f"{attribute} must be one of {', '.join(names)}, not {value!r}"
                )
            blocks.append(block)
        return np.concatenate(blocks)


class Pack:
    """A verified pack, never changed. `models` maps names (`tiles`, …) to `Model`s."""

    def __init__(self, path: str, manifest: dict[str, Any], models: dict[str, Model]) -> None:
        self.path = path
        self.manifest = manifest
        self.name: str = manifest["name"]
        self.models: Mapping[str, Model] = MappingProxyType(dict(models))
        self.sessions: dict[str, Any] = {}  # made by art at first use
        self._kept: dict[Hashable, Any] = {}
        self._keeping = threading.Lock()

    def __repr__(self) -> str:
        return f"Pack({self.name!r}, {self.path!r}, models: {', '.join(sorted(self.models))})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[Callable[[str], Pack], tuple[str]]:
        return load_pack, (self.path,)

    def keep(self, place: Hashable, make: Callable[[], Any]) -> Any:
        """What `make()` gives, kept under `place`; what was longest not asked for is dropped."""
        with self._keeping:
            if place in self._kept:
                self._kept[place] = self._kept.pop(place)  # to the end: used last
                return self._kept[place]
        made = make()
        with self._keeping:
            made = self._kept.setdefault(place, made)  # another thread may have been faster
            while len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return made

    def model(self, kind: str) -> Model:
        """The model of a kind; `PackError` if the pack has none."""
        for name in sorted(self.models):
            if self.models[name].kind == kind:
                return self.models[name]
        raise PackError(
            f"the pack {self.name!r} has no model of {kind}: train one and add it with "
            f"`aigc-procgen export onnx`"
        )


def check_pack(pack: Any) -> Pack | None:
    """Returns a pack, or None for the default one; anything else raises `InvalidArgument`."""
    if pack is None or isinstance(pack, Pack):
        return pack
    raise InvalidArgument(f"pack must be what load_pack(path) gives, not {pack!r:.80}")


def load_pack(path: str | os.PathLike[str]) -> Pack:
    """Reads and verifies a pack's folder or zip.

    Raises `PackError`, in one sentence, for a missing or damaged manifest, an unknown format
    version, a file that is missing, changed or outside the pack, and for tensors that are missing
    or too many.
    """
    if not isinstance(path, str | os.PathLike):
        raise InvalidArgument(f"path must be a pack's folder or zip, not {path!r:.80}")
    place = Path(path)
    if place.is_dir():
        return _load(str(place), lambda name: _read_from_folder(place, name))
    if not place.exists():
        raise PackError(f"there is no pack at {str(place)!r}: give its folder or zip")
    try:
        with zipfile.ZipFile(place) as archive:
            return _load(str(place), lambda name: _read_from_zip(archive, name))
    except zipfile.BadZipFile:
        raise PackError(f"{str(place)!r} is neither a pack's folder nor a zip") from None
    except OSError as error:
        raise PackError(f"the pack {str(place)!r} cannot be read: {error.strerror}") from None


@cache
def default_pack() -> Pack:
    """The pack that ships with the library."""
    folder = Path(str(files("aigc_procgen"))) / "packs" / "default"
    if not folder.is_dir():
        raise PackError(
            "the pack that ships with aigc_procgen is missing: install it again, or pass your own "
            "pack=load_pack(path)"
        )
    return load_pack(folder)


def _read_from_folder(folder: Path, name: str) -> bytes:
    path = folder / name
    # A link inside the folder may still lead out of it.
    if not path.resolve().is_relative_to(folder.resolve()):
        raise PackError(f"the pack's file {name!r} lies outside the pack")
    if not path.is_file():
        raise PackError(f"the pack {str(folder)!r} lacks the file {name!r}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackError(f"the pack's file {name!r} cannot be read: {error.strerror}") from None


def _read_from_zip(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        if archive.getinfo(name).file_size > _LARGEST_FILE:
            raise PackError(f"the pack's file {name!r} is larger than {_LARGEST_FILE:,} bytes")
        return archive.read(name)
    except KeyError:
        raise PackError(f"the pack {archive.filename!r} lacks the file {name!r}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise PackError(f"the pack's file {name!r} cannot be read: {error}") from None


def _load(place: str, read: Callable[[str], bytes]) -> Pack:
    manifest = parse_manifest(place, read("manifest.json"))
    models = {}
    for name, entry in manifest["models"].items():
        data = read(entry["file"])
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise PackError(
                f"the file {entry['file']!r} of the pack {place!r} is not the one its manifest "
                f"describes (its SHA-256 differs): it is damaged, get the pack again"
            )
        models[name] = Model(name, entry, data)
    return Pack(place, manifest, models)


def write_pack(
    out: str | os.PathLike[str], name: str, models: Mapping[str, tuple[dict[str, Any], bytes]]
) -> None:
    """Writes a pack's folder, or a zip if `out` ends in .zip, whole or not at all.

    `models` maps names to (manifest entry, bytes of the ONNX file).
    """
    place = Path(out)
    entries = {}
    for model, (entry, data) in sorted(models.items()):
        entries[model] = {**entry, "sha256": hashlib.sha256(data).hexdigest()}
        check_entry(model, entries[model])
    check_files(entries)
    manifest = json.dumps({"format": FORMAT, "name": name, "models": entries}, indent=1) + "\n"
    contents = {"manifest.json": _compact(manifest).encode()}
    parse_manifest(str(place), contents["manifest.json"])  # what is written can be read
    contents |= {entries[model]["file"]: data for model, (_, data) in models.items()}
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.suffix == ".zip":
        _write_zip(place, contents)
    else:
        _write_folder(place, contents)


def _write_zip(place: Path, contents: dict[str, bytes]) -> None:
    if place.is_dir():
        raise InvalidArgument(f"out must be a file where it ends in .zip, not {str(place)!r}")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for file, data in sorted(contents.items()):
            # A ZipInfo of 1980, not a file's own date: equal packs are equal bytes.
            archive.writestr(zipfile.ZipInfo(file), data, zipfile.ZIP_DEFLATED)
    write_atomic(place, whole.getvalue())


def _write_folder(place: Path, contents: dict[str, bytes]) -> None:
    earlier = place.is_dir() and any(place.iterdir())
    if (place.exists() and not place.is_dir()) or (
        earlier and not (place / "manifest.json").exists()
    ):
        raise InvalidArgument(f"out must be a pack or an empty folder, not {str(place)!r}")
    # Both on the same disk as the pack, so that each move is one step.
    work = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        (work / "new").mkdir()
        for file, data in contents.items():
            (work / "new" / file).write_bytes(data)
        if place.exists():
            os.replace(place, work / "old")
        try:
            os.replace(work / "new", place)
        except OSError:
            if (work / "old").exists():
                os.replace(work / "old", place)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _compact(manifest: str) -> str:
    """JSON with each list of numbers or names on a line of its own."""
    return re.sub(r"\[[^\[\]{}]*\]", lambda match: re.sub(r"\s+", " ", match[0]), manifest)
