"""Packs: what is damaged, missing, surplus or outside is refused in one sentence."""

from __future__ import annotations

import copy as copy_module
import json
import pickle
import shutil
import zipfile

import numpy as np
import pytest
from conftest import small_entry, small_graph, small_models

from aigc_procgen import InvalidArgument, PackError, load_pack, tiles
from aigc_procgen.core.pack import check_entry, write_pack


@pytest.fixture
def copy(small_pack_folder, tmp_path):
    """A copy of the small pack that a test may damage."""
    return shutil.copytree(small_pack_folder, tmp_path / "copy")


def edit(folder, change):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def test_one_changed_byte_is_noticed(copy):
    """A model file that differs from its digest by one bit is refused by name."""
    path = copy / "tiles.onnx"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(PackError, match=r"tiles\.onnx.*SHA-256 differs"):
        load_pack(copy)


@pytest.mark.parametrize("file", ["../tiles.onnx", "/etc/passwd", "a/../../x", "C:\\x", "C:/x"])
def test_file_outside_the_pack_is_refused(copy, file):
    """A manifest that points outside its folder is refused before anything is read."""
    edit(copy, lambda manifest: manifest["models"]["tiles"].update(file=file))
    with pytest.raises(PackError, match="outside the pack"):
        load_pack(copy)


def test_link_out_of_the_pack_is_refused(copy):
    """A symbolic link inside the folder that leads out of it is refused too."""
    outside = copy.parent / "outside.onnx"
    shutil.move(copy / "tiles.onnx", outside)
    (copy / "tiles.onnx").symlink_to(outside)
    with pytest.raises(PackError, match="lies outside"):
        load_pack(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["inputs"].pop(), "lacks the tensor 'palette'"),
        (lambda m: m["outputs"].pop(), "lacks the tensor 'pixels'"),
        (
            lambda m: m["inputs"].append({"name": "y", "shape": [], "dtype": "float32"}),
            "tensor 'y' too many",
        ),
        (lambda m: m["inputs"][0].update(shape=["N", 65]), "says that its tensor 'z'"),
        (lambda m: m["outputs"][0].update(dtype="float32"), "says that its tensor 'pixels'"),
        (lambda m: m.pop("licence"), "lacks 'licence'"),
        (lambda m: m.update(surprise=1), "field 'surprise' that is not known"),
        (lambda m: m.update(latent="64"), "'latent' of the wrong type"),
        (lambda m: m.update(kind="music"), "kind 'music'"),
        (lambda m: m.update(palette=[[0, 0, 300]]), "palette"),
        (lambda m: m.update(sha256="abc"), "sha256"),
        (lambda m: m.update(attributes={"material": ["a", "a"]}), "without distinct values"),
        (lambda m: m.update(attributes={}), "has no attributes"),
        (lambda m: m.update(palette=[[0, 0, True]]), "palette"),
        (lambda m: m.update(palette=[]), "palette"),
        (lambda m: m.update(size=-1), "a 'size' of -1"),
        (lambda m: m.update(latent=0), "a 'latent' of 0"),
        (lambda m: m.update(file="manifest.json"), "has the file 'manifest.json'"),
        (lambda m: m.update(file="a\0b"), "name it with letters"),
        (lambda m: m.update(file="a" * 5000), "name it with letters"),
        (lambda m: m.update(file=""), "name it with letters"),
        (lambda m: m["inputs"].append("z"), "tensor without a name"),
        (lambda m: m["inputs"].append({"name": ["z"]}), "tensor without a name"),
        (lambda m: m["inputs"].append(dict(m["inputs"][0])), "tensor 'z' too many"),
        (lambda m: m["inputs"][0].update(scale=2), "field 'scale' that is not known"),
        (lambda m: m["inputs"][0].update(shape=["N", 64.0]), "says that its tensor 'z'"),
    ],
)
def test_entry_that_is_not_whole_is_refused(change, message):
    """Each damage to a manifest's entry has its own sentence."""
    entry = small_entry("tiles", {"material": ["grass", "sand"]})
    check_entry("tiles", entry)
    change(entry)
    with pytest.raises(PackError, match=message):
        check_entry("tiles", entry)


def test_unknown_format_and_broken_manifest_are_refused(copy):
    """A newer format says which is read; a manifest that is no JSON says so."""
    edit(copy, lambda manifest: manifest.update(format=2))
    with pytest.raises(PackError, match="has format 2, this library reads 1"):
        load_pack(copy)
    (copy / "manifest.json").write_text("{")
    with pytest.raises(PackError, match="is not JSON"):
        load_pack(copy)
    with pytest.raises(PackError, match="there is no pack"):
        load_pack(copy / "nowhere")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.update(extra=1), "field 'extra' that is not known"),
        (lambda m: m.update(format=True), "has format True"),
        (lambda m: m.update(format=1.0), r"has format 1\.0"),
        (lambda m: m.update(models={}), "has no models"),
        (lambda m: m["models"]["tiles"].update(file="sprites.onnx"), "file 'sprites.onnx' of an"),
    ],
)
def test_manifest_that_is_not_whole_is_refused(copy, change, message):
    """Damage to the manifest above its models has its own sentence too."""
    edit(copy, change)
    with pytest.raises(PackError, match=message):
        load_pack(copy)


@pytest.mark.parametrize(
    ("text", "message"),
    [('{"format": 1, "format": 1}', "'format' is there twice"), ("[" * 100_000, "is not JSON")],
)
def test_tricks_in_json_are_refused(copy, text, message):
    """A field that is there twice, which readers take differently, and endless nesting."""
    (copy / "manifest.json").write_text(text)
    with pytest.raises(PackError, match=message):
        load_pack(copy)


def test_what_is_no_pack_is_named(small_pack_folder):
    """A path where a pack belongs, and no path where a path belongs, each say the fix."""
    with pytest.raises(InvalidArgument, match=r"pack must be what load_pack\(path\) gives"):
        tiles(1, "grass", pack=str(small_pack_folder))
    with pytest.raises(InvalidArgument, match="path must be a pack's folder or zip, not None"):
        load_pack(None)


def test_missing_file_is_refused(copy):
    """A model whose file is gone is named."""
    (copy / "sprites.onnx").unlink()
    with pytest.raises(PackError, match=r"lacks the file 'sprites\.onnx'"):
        load_pack(copy)


def test_graph_that_contradicts_its_manifest_is_refused(tmp_path):
    """A graph with other tensors than its manifest promises is refused at its first use."""
    models = small_models()
    entry, _ = models["tiles"]
    labels = len(entry["attributes"]["material"])
    models["tiles"] = (entry, small_graph(labels + 1, 12))
    write_pack(tmp_path / "pack", "odd", models)
    with pytest.raises(PackError, match="'label' of model 'tiles' is"):
        tiles(1, "grass", pack=load_pack(tmp_path / "pack"))


def test_file_that_is_no_graph_is_refused(tmp_path):
    """Bytes that are no ONNX are a PackError, not a traceback from the runtime."""
    models = small_models()
    models["tiles"] = (models["tiles"][0], b"not a graph")
    write_pack(tmp_path / "pack", "odd", models)
    with pytest.raises(PackError, match="cannot load the model 'tiles'"):
        tiles(1, "grass", pack=load_pack(tmp_path / "pack"))


def test_weights_outside_the_verified_file_are_refused(tmp_path, monkeypatch):
    """A graph whose weights lie in a file beside the working directory is not drawn with."""
    onnx = pytest.importorskip("onnx", reason="the dev extra installs it")
    models = small_models()
    entry, data = models["tiles"]
    graph = onnx.load_from_string(data)
    weights = next(tensor for tensor in graph.graph.initializer if tensor.name == "tint")
    (tmp_path / "weights.bin").write_bytes(weights.raw_data)
    weights.ClearField("raw_data")
    weights.data_location = onnx.TensorProto.EXTERNAL
    weights.external_data.add(key="location", value="weights.bin")
    write_pack(tmp_path / "pack", "odd", {"tiles": (entry, graph.SerializeToString())})
    shutil.copy(tmp_path / "weights.bin", tmp_path / "pack")
    for folder in (tmp_path, tmp_path / "pack"):
        monkeypatch.chdir(folder)
        with pytest.raises(PackError, match="cannot load the model 'tiles'"):
            tiles(1, "grass", pack=load_pack(tmp_path / "pack"))


def test_any_flipped_bit_of_a_packed_zip_is_noticed(small_pack_folder, tmp_path):
    """Damage anywhere in a compressed zip is a PackError or harmless, never a traceback."""
    path = tmp_path / "pack.zip"
    whole = load_pack(small_pack_folder)
    write_pack(path, "small", {"tiles": (whole.models["tiles"].entry, whole.models["tiles"].data)})
    data = path.read_bytes()
    assert len(data) < len(whole.models["tiles"].data)
    refused = 0
    for place in np.random.default_rng(4).integers(0, len(data), 150):
        broken = bytearray(data)
        broken[place] ^= 16
        path.write_bytes(broken)
        try:
            assert load_pack(path).models["tiles"].data == whole.models["tiles"].data
        except PackError:
            refused += 1
    assert refused > 100


def test_zip_and_folder_are_the_same_pack(small_pack_folder, tmp_path):
    """A zip draws what its folder draws; a damaged zip is refused."""
    path = tmp_path / "pack.zip"
    folder = load_pack(small_pack_folder)
    write_pack(path, "small", {n: (m.entry, m.data) for n, m in folder.models.items()})
    assert zipfile.is_zipfile(path)
    zipped = load_pack(path)
    assert np.array_equal(tiles(3, "sand", 2, pack=folder), tiles(3, "sand", 2, pack=zipped))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(PackError, match="neither a pack's folder nor a zip"):
        load_pack(path)


def test_writing_replaces_a_pack_whole_and_nothing_else(tmp_path):
    """A pack is replaced by the new one; a folder that is no pack is left alone."""
    out = tmp_path / "pack"
    write_pack(out, "one", small_models())
    write_pack(out, "two", {"tiles": small_models()["tiles"]})
    assert load_pack(out).name == "two"
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "tiles.onnx"]
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]
    file = tmp_path / "file"
    file.write_bytes(b"dear")
    with pytest.raises(InvalidArgument, match="out must be a pack or an empty folder"):
        write_pack(file, "three", small_models())
    assert file.read_bytes() == b"dear"
    other = tmp_path / "photos"
    other.mkdir()
    (other / "holiday.jpg").write_bytes(b"dear")
    with pytest.raises(InvalidArgument, match="out must be a pack or an empty folder"):
        write_pack(other, "three", small_models())
    assert (other / "holiday.jpg").read_bytes() == b"dear"


def test_two_models_of_one_file_are_not_written(tmp_path):
    """Models that would overwrite each other are refused and nothing is left behind."""
    models = small_models()
    models["more"] = (models["tiles"][0], b"other bytes")
    with pytest.raises(PackError, match=r"has the file 'tiles\.onnx' of another model"):
        write_pack(tmp_path / "pack", "odd", models)
    assert not list(tmp_path.iterdir())


def test_pack_is_frozen_copied_and_sent(small_pack):
    """Models cannot be swapped; a copy is the pack itself; another process loads it again."""
    with pytest.raises(TypeError):
        small_pack.models["tiles"] = None
    tiles(1, "grass", pack=small_pack)
    assert copy_module.deepcopy(small_pack) is small_pack
    sent = pickle.loads(pickle.dumps(small_pack))
    assert np.array_equal(tiles(1, "grass", pack=sent), tiles(1, "grass", pack=small_pack))


def test_drawings_kept_are_bounded(small_pack):
    """A pack keeps what is asked for again and forgets the rest, however many worlds there are."""
    made = []

    def make(number):
        made.append(number)
        return number

    for number in range(1000):
        assert small_pack.keep(("drawing", number), lambda number=number: make(number)) == number
        small_pack.keep(("drawing", 0), lambda: make(0))
    assert made == list(range(1000))
    small_pack.keep(("drawing", 1), lambda: make(1))
    assert made[-1] == 1
