"""Packs: a folder or a zip with manifest.json and one ONNX file a model, verified when loaded."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import InvalidArgument, PackError

__all__ = ["FORMAT", "KINDS", "Model", "Pack", "default_pack", "load_pack", "write_pack"]

FORMAT = 1
KINDS = ("tiles", "sprites", "characters")
_DTYPES = ("float32", "uint8")
_FIELDS = {
    "kind": str,
    "file": str,
    "sha256": str,
    "size": int,
    "latent": int,
    "inputs": list,
    "outputs": list,
    "attributes": dict,
    "palette": list,
    "licence": str,
    "data": dict,
    "training": dict,
    "scores": dict,
}


class Model:
    """One model of a pack: what the manifest says of it, and its file's bytes.

    `attributes` maps each attribute to its values, in the order of the label's one-hot blocks;
    `palette` is uint8 [K, 3].
    """

    def __init__(self, name: str, entry: dict[str, Any], data: bytes) -> None:
        self.name = name
        self.entry = entry
        self.data = data
        self.kind: str = entry["kind"]
        self.size: int = entry["size"]
        self.latent: int = entry["latent"]
        self.attributes: dict[str, tuple[str, ...]] = {
            attribute: tuple(values) for attribute, values in entry["attributes"].items()
        }
        self.palette = np.array(entry["palette"], np.uint8)
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
    """A verified pack. `models` maps names (`tiles`, `sprites`, `characters`) to `Model`s."""

    def __init__(self, path: str, manifest: dict[str, Any], models: dict[str, Model]) -> None:
        self.path = path
        self.manifest = manifest
        self.name: str = manifest["name"]
        self.models = models
        self._kept: dict[Any, Any] = {}  # sessions and tilesets, made by art at first use

    def __repr__(self) -> str:
        return f"Pack({self.name!r}, {self.path!r}, models: {', '.join(sorted(self.models))})"

    def model(self, kind: str) -> Model:
        """The model of a kind; `PackError` if the pack has none."""
        for name in sorted(self.models):
            if self.models[name].kind == kind:
                return self.models[name]
        raise PackError(
            f"the pack {self.name!r} has no model of {kind}: train one and add it with "
            f"`aigc-procgen export onnx`"
        )


def load_pack(path: str | os.PathLike[str]) -> Pack:
    """Reads and verifies a pack's folder or zip.

    Raises `PackError`, in one sentence, for a missing or damaged manifest, an unknown format
    version, a file that is missing, changed or outside the pack, and for tensors that are missing
    or too many.
    """
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


@cache
def default_pack() -> Pack:
    """The pack that ships with the library."""
    folder = Path(str(files("aigc_procgen"))) / "packs" / "default"
    return load_pack(folder)


def _read_from_folder(folder: Path, name: str) -> bytes:
    path = folder / name
    # A link inside the folder may still lead out of it.
    if not path.resolve().is_relative_to(folder.resolve()):
        raise PackError(f"the pack's file {name!r} lies outside the pack")
    if not path.is_file():
        raise PackError(f"the pack {str(folder)!r} lacks the file {name!r}")
    return path.read_bytes()


def _read_from_zip(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except KeyError:
        raise PackError(f"the pack {archive.filename!r} lacks the file {name!r}") from None
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise PackError(f"the pack's file {name!r} cannot be read: {error}") from None


def _load(place: str, read: Any) -> Pack:
    try:
        manifest = json.loads(read("manifest.json").decode("utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise PackError(f"manifest.json of {place!r} is not JSON: {error}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        raise PackError(
            f"the pack {place!r} has format {found!r}, this library reads {FORMAT}: export it again"
        )
    if not isinstance(manifest.get("name"), str) or not isinstance(manifest.get("models"), dict):
        raise PackError(f"manifest.json of {place!r} lacks a name or its models")
    models = {}
    for name, entry in manifest["models"].items():
        check_entry(name, entry)
        data = read(entry["file"])
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise PackError(
                f"the file {entry['file']!r} of the pack {place!r} is not the one its manifest "
                f"describes (its SHA-256 differs): it is damaged, get the pack again"
            )
        models[name] = Model(name, entry, data)
    return Pack(place, manifest, models)


def check_entry(name: str, entry: Any) -> None:
    """Raises `PackError` if a manifest's entry for a model is not whole and consistent."""

    def fail(what: str) -> None:
        raise PackError(f"manifest.json: the model {name!r} {what}")

    if not isinstance(entry, dict):
        fail("is not an object")
    for field, kind in _FIELDS.items():
        if field not in entry:
            fail(f"lacks {field!r}")
        if not isinstance(entry[field], kind) or isinstance(entry[field], bool):
            fail(f"has a {field!r} of the wrong type")
    if surplus := sorted(set(entry) - set(_FIELDS)):
        fail(f"has a field {surplus[0]!r} that is not known")
    if entry["kind"] not in KINDS:
        fail(f"has the kind {entry['kind']!r}, known are {', '.join(KINDS)}")
    path = PurePosixPath(entry["file"])
    if path.is_absolute() or ".." in path.parts or "\\" in entry["file"] or ":" in entry["file"]:
        fail(f"points outside the pack with its file {entry['file']!r}")
    if not re.fullmatch(r"[0-9a-f]{64}", entry["sha256"]):
        fail("has a sha256 that is not 64 hexadecimal digits")
    for attribute, values in entry["attributes"].items():
        whole = isinstance(values, list) and values and all(isinstance(v, str) for v in values)
        if not whole or len(set(values)) != len(values):
            fail(f"has an attribute {attribute!r} without distinct values")
    try:
        palette = np.array(entry["palette"])
    except ValueError:
        palette = np.zeros(0)
    whole = palette.ndim == 2 and palette.shape[1] == 3 and palette.dtype.kind == "i"
    if not whole or palette.min() < 0 or palette.max() > 255:
        fail("has a palette that is not a list of [red, green, blue] in 0..255")
    labels = sum(len(values) for values in entry["attributes"].values())
    side = entry["size"]
    _check_tensors(
        fail,
        "inputs",
        entry["inputs"],
        {
            "z": (["N", entry["latent"]], "float32"),
            "label": (["N", labels], "float32"),
            "palette": ([len(palette), 3], "float32"),
        },
    )
    pixels = (["N", side, side, 4], "uint8")
    _check_tensors(fail, "outputs", entry["outputs"], {"pixels": pixels})


def _check_tensors(
    fail: Any, side: str, found: list[Any], expected: dict[str, tuple[list[Any], str]]
) -> None:
    tensors = {t.get("name"): t for t in found if isinstance(t, dict)}
    for name, (shape, dtype) in expected.items():
        if name not in tensors:
            fail(f"lacks the tensor {name!r} in its {side}")
        elif tensors[name].get("shape") != shape or tensors[name].get("dtype") != dtype:
            fail(
                f"says that its tensor {name!r} is {tensors[name].get('dtype')} "
                f"{tensors[name].get('shape')}, not {dtype} {shape}"
            )
    if surplus := sorted(str(name) for name in set(tensors) - set(expected)):
        fail(f"has a tensor {surplus[0]!r} too many in its {side}")


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
    manifest = json.dumps({"format": FORMAT, "name": name, "models": entries}, indent=1) + "\n"
    contents = {"manifest.json": _compact(manifest).encode()}
    contents |= {entries[model]["file"]: data for model, (_, data) in models.items()}
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.suffix == ".zip":
        temporary = place.with_name(place.name + ".part")
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, data in sorted(contents.items()):
                archive.writestr(zipfile.ZipInfo(file), data)
        os.replace(temporary, place)
        return
    folder = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        for file, data in contents.items():
            (folder / file).write_bytes(data)
        folder.chmod(0o755)
        if place.exists():
            if any(place.iterdir()) and not (place / "manifest.json").exists():
                raise InvalidArgument(f"out must be a pack or an empty folder, not {str(place)!r}")
            old = place.with_name(f".{place.name}-old")
            os.replace(place, old)
            os.replace(folder, place)
            shutil.rmtree(old)
        else:
            os.replace(folder, place)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _compact(manifest: str) -> str:
    """JSON with each list of numbers or names on a line of its own."""
    return re.sub(r"\[[^\[\]{}]*\]", lambda match: re.sub(r"\s+", " ", match[0]), manifest)
