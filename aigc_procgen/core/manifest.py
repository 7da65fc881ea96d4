"""The manifest of a pack: what it must say, checked field by field before a file is opened."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Any, NoReturn

from .errors import PackError

__all__ = [
    "DRAWING",
    "FORMAT",
    "KINDS",
    "check_entry",
    "count_pictures",
    "figure_shape",
    "parse_manifest",
    "tensors",
]

FORMAT = 1
DRAWING = ("tiles", "ground", "sprites", "characters", "portraits")
"""The kinds of models that give pictures; `ground` paints canvases of tiles."""
_READ = ("sprites", "characters", "portraits")
KINDS = (*DRAWING, "names", "voice", "layouts", *(f"{kind}_classifier" for kind in _READ))
"""What a model may make. `names` spells, `voice` speaks, `layouts` furnishes rooms of dungeons, and
a classifier says what is to be seen on pictures of one kind: see `check_entry`.
"""

_LARGEST = {
    "size": 1024,
    "latent": 4096,
    "frames": 64,
}  # far above any sensible model: a slip, or an attack
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
_OPTIONAL: dict[str, type] = {
    "frames": int,
    "directions": list,
    "alphabet": str,
    "vocabulary": list,
    "lexicon": list,
    "known": list,
    "lines": list,
}
_WORDS = ("vocabulary", "lexicon", "known")  # lists of texts that a voice has
_Tensors = dict[str, tuple[list[Any], str]]


def parse_manifest(place: str, data: bytes) -> dict[str, Any]:
    """The manifest in the bytes of a pack's manifest.json; `PackError` unless it is whole."""
    try:
        manifest = json.loads(data.decode("utf-8"), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise PackError(f"manifest.json of {place!r} is not JSON: {error}") from None
    found = manifest.get("format") if isinstance(manifest, dict) else None
    # To Python, True and 1.0 equal 1.
    if type(found) is not int or found != FORMAT:
        raise PackError(
            f"the pack {place!r} has format {found!r}, this library reads {FORMAT}: export it again"
        )
    if not isinstance(manifest.get("name"), str) or not isinstance(manifest.get("models"), dict):
        raise PackError(f"manifest.json of {place!r} lacks a name or its models")
    if surplus := sorted(set(manifest) - {"format", "name", "models"}):
        raise PackError(f"manifest.json of {place!r} has a field {surplus[0]!r} that is not known")
    if not manifest["models"]:
        raise PackError(f"manifest.json of {place!r} has no models: add one with export onnx")
    for name, entry in manifest["models"].items():
        check_entry(name, entry)
    check_files(manifest["models"])
    return dict(manifest)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # json keeps the last of two equal fields; a reader in another language may keep the first.
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {twice!r} is there twice")
    return fields


def check_files(entries: dict[str, dict[str, Any]]) -> None:
    """Raises `PackError` if two models claim one file with different contents."""
    digests: dict[str, str] = {}
    for name, entry in sorted(entries.items()):
        if digests.setdefault(entry["file"], entry["sha256"]) != entry["sha256"]:
            raise PackError(
                f"manifest.json: the model {name!r} has the file {entry['file']!r} of another model"
            )


def check_entry(name: str, entry: Any) -> None:
    """Raises `PackError` if a manifest's entry for a model is not whole and consistent.

    A model takes latents and labels of N pictures and gives N pictures. One of ground takes a
    latent for each of R x C tiles, the labels of M materials and the share of each in every pixel,
    and gives one picture of H x W pixels, which is R x C tiles. One of names takes the states of N
    names, their last letters and their labels, and gives their next states and the odds of their
    next letters; its latent is how many numbers a state has, its size that of its alphabet, whose
    first letter begins and ends every name. One of a voice is alike, with pieces of words (see
    `core.pieces`) for letters, and gives too how much each last piece votes for each speaker; its
    lexicon is every word that it learnt, known are the marks of the lines of the script that it
    learnt from, and lines are those that can be said again: [speaker, act, mood, text].
    One of layouts takes latents (whole numbers of 0 to
    15), labels, densities (0 to 15) and canvases of N rooms (what is inside, what must be walked, a
    noise of 0 to 15), and gives their tiles, as indexes of `layout_machine.CLASSES`. A classifier
    takes the pixels of N pictures and gives a logit for every value of every attribute; its latent
    is how many features of a picture it weighs.
    """

    def fail(what: str) -> NoReturn:
        raise PackError(f"manifest.json: the model {name!r} {what}")

    if not isinstance(entry, dict):
        fail("is not an object")
    for field, kind in _FIELDS.items():
        if field not in entry:
            fail(f"lacks {field!r}")
        if not isinstance(entry[field], kind) or isinstance(entry[field], bool):
            fail(f"has a {field!r} of the wrong type")
    for field, kind in _OPTIONAL.items():
        given = entry.get(field, kind())
        if not isinstance(given, kind) or isinstance(given, bool):
            fail(f"has a {field!r} of the wrong type")
    if surplus := sorted(set(entry) - set(_FIELDS) - set(_OPTIONAL)):
        fail(f"has a field {surplus[0]!r} that is not known")
    if entry["kind"] not in KINDS:
        fail(f"has the kind {entry['kind']!r}, known are {', '.join(KINDS)}")
    _check_file(fail, entry["file"])
    if not re.fullmatch(r"[0-9a-f]{64}", entry["sha256"]):
        fail("has a sha256 that is not 64 hexadecimal digits")
    for field, largest in _LARGEST.items():
        if not 1 <= entry.get(field, 1) <= largest:
            fail(f"has a {field!r} of {entry[field]}, it must be 1 to {largest}")
    if not entry["attributes"]:
        fail("has no attributes, so nothing could be asked of it")
    directions = entry.get("directions", [])
    named = all(isinstance(name, str) for name in directions)
    if not named or len(set(directions)) != len(directions) or len(directions) > 8:
        fail("has directions that are not up to 8 distinct names")
    for attribute, values in entry["attributes"].items():
        whole = isinstance(values, list) and values and all(isinstance(v, str) for v in values)
        if not whole or len(set(values)) != len(values):
            fail(f"has an attribute {attribute!r} without distinct values")
    _check_words(fail, entry)
    alphabet = entry.get("alphabet", "")
    if entry["kind"] == "voice":
        if alphabet or entry["palette"]:
            fail("has an alphabet or a palette, but speaks")
    elif entry["kind"] == "names":
        if len(alphabet) != entry["size"] or len(set(alphabet)) < len(alphabet):
            fail(f"has an alphabet that is not {entry['size']} different letters")
        if entry["palette"]:
            fail("has a palette, but names have no colours")
    elif alphabet:
        fail("has an alphabet, but draws")
    elif entry["kind"] not in DRAWING:
        if entry["palette"]:
            fail("has a palette, but draws no pictures")
    elif not entry["palette"] or not all(map(_is_colour, entry["palette"])):
        fail("has a palette that is not a list of [red, green, blue] in 0..255")
    if entry["kind"] == "ground" and count_pictures(entry) > 1:
        fail("is of ground, which has no frames or directions of its own")
    inputs, outputs = tensors(entry)
    _check_tensors(fail, "inputs", entry["inputs"], inputs)
    _check_tensors(fail, "outputs", entry["outputs"], outputs)


def tensors(entry: dict[str, Any]) -> tuple[_Tensors, _Tensors]:
    """The inputs and outputs, by name, that a model of an entry's kind must have."""
    labels = sum(len(values) for values in entry["attributes"].values())
    palette = ([len(entry["palette"]), 3], "float32")
    if entry["kind"] == "names":
        letters, state = ["N", entry["size"]], ["N", entry["latent"]]
        return (
            {
                "state": (state, "float32"),
                "letter": (letters, "float32"),
                "label": (["N", labels], "float32"),
            },
            {"next": (state, "float32"), "odds": (letters, "float32")},
        )
    if entry["kind"] == "layouts":
        side = entry["size"]
        return (
            {
                "z": (["N", entry["latent"]], "float32"),
                "label": (["N", labels], "float32"),
                "density": (["N", 1], "float32"),
                "room": (["N", 3, side, side], "float32"),
            },
            {"tiles": (["N", side, side], "uint8")},
        )
    if entry["kind"] == "voice":
        pieces, state = ["N", entry["size"]], ["N", entry["latent"]]
        return (
            {
                "state": (state, "float32"),
                "piece": (pieces, "float32"),
                "label": (["N", labels], "float32"),
            },
            {
                "next": (state, "float32"),
                "odds": (pieces, "float32"),
                "votes": (["N", len(entry["attributes"]["speaker"])], "float32"),
            },
        )
    if entry["kind"] not in DRAWING:
        return (
            {"pixels": (["N", entry["size"], entry["size"], 4], "uint8")},
            {"logits": (["N", labels], "float32")},
        )
    if entry["kind"] == "ground":
        inputs = {
            "z": (["R", "C", entry["latent"]], "float32"),
            "label": (["M", labels], "float32"),
            "share": (["M", "H", "W"], "float32"),
            "palette": palette,
        }
        return inputs, {"pixels": (["H", "W", 4], "uint8")}
    inputs = {
        "z": (["N", entry["latent"]], "float32"),
        "label": (["N", labels], "float32"),
        "palette": palette,
    }
    shape = figure_shape(count_pictures(entry), entry["size"])
    return inputs, {"pixels": (["N", *shape], "uint8")}


def _check_words(fail: Any, entry: dict[str, Any]) -> None:
    """A voice has all lists of words, any other model none."""
    speaks = entry["kind"] == "voice"
    for field in _WORDS:
        words = entry.get(field)
        if (words is not None) != speaks:
            fail(f"lacks {field!r}" if speaks else f"has a {field!r}, but does not speak")
        if words is None:
            continue
        if not all(isinstance(word, str) for word in words) or len(set(words)) < len(words):
            fail(f"has a {field!r} that is not of different texts")
    lines = entry.get("lines", [])
    if lines and not speaks:
        fail("has lines, but does not speak")
    if not all(
        isinstance(line, list) and len(line) == 4 and all(isinstance(part, str) for part in line)
        for line in lines
    ):
        fail("has lines that are not of a speaker, an act, a mood and a text")
    if speaks and (len(entry["vocabulary"]) != entry["size"] or entry["vocabulary"][0] != ""):
        fail(f'has a vocabulary that is not {entry["size"]} pieces, the first of them ""')
    if speaks and set(entry["attributes"]) != {"speaker", "act", "mood"}:
        fail("has attributes that are not speaker, act and mood")


def count_pictures(entry: dict[str, Any]) -> int:
    """How many pictures one figure of a model is: its frames in each of its directions."""
    return int(entry.get("frames", 1)) * max(len(entry.get("directions", ())), 1)


def figure_shape(pictures: int, side: int) -> tuple[int, ...]:
    """The shape of one figure's pixels: its pictures have an axis only if there are several."""
    return (*((pictures,) if pictures > 1 else ()), side, side, 4)


def _check_file(fail: Any, file: str) -> None:
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or "\\" in file or ":" in file:
        fail(f"points outside the pack with its file {file!r}")
    # Names that every file system and zip takes alike.
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", file) or file == "manifest.json":
        fail(f"has the file {file!r:.60}: name it with letters, digits, '.', '_' and '-' only")


def _is_colour(colour: Any) -> bool:
    return (
        isinstance(colour, list)
        and len(colour) == 3
        and all(type(value) is int and 0 <= value <= 255 for value in colour)
    )


def _check_tensors(fail: Any, side: str, found: list[Any], expected: _Tensors) -> None:
    tensors: dict[str, dict[str, Any]] = {}
    for tensor in found:
        if not isinstance(tensor, dict) or not isinstance(tensor.get("name"), str):
            fail(f"has a tensor without a name in its {side}")
        if tensor["name"] in tensors or tensor["name"] not in expected:
            fail(f"has a tensor {tensor['name']!r} too many in its {side}")
        if surplus := sorted(set(tensor) - {"name", "shape", "dtype"}):
            fail(f"has a field {surplus[0]!r} that is not known in its tensor {tensor['name']!r}")
        tensors[tensor["name"]] = tensor
    for name, (shape, dtype) in expected.items():
        if name not in tensors:
            fail(f"lacks the tensor {name!r} in its {side}")
        # As JSON, because to Python True is 1 and 64.0 is 64.
        says = (tensors[name].get("shape"), tensors[name].get("dtype"))
        if json.dumps(says) != json.dumps((shape, dtype)):
            fail(f"says that its tensor {name!r} is {says[1]} {says[0]}, not {dtype} {shape}")
