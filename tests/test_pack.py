"""Packs: what is damaged, missing, surplus or outside is refused in one sentence."""

from __future__ import annotations

import json
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
    other = tmp_path / "photos"
    other.mkdir()
    (other / "holiday.jpg").write_bytes(b"dear")
    with pytest.raises(InvalidArgument, match="out must be a pack or an empty folder"):
        write_pack(other, "three", small_models())
    assert (other / "holiday.jpg").read_bytes() == b"dear"
