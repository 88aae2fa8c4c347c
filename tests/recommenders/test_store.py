"""Stored models: whole or absent, verified, and never able to run code."""

import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from recommenders import store
from recommenders.errors import ModelDamagedError, ModelMissingError
from recommenders.store import read_folder, read_header, write_folder

ARRAYS = {
    "dense": np.arange(6, dtype=np.float32).reshape(2, 3),
    "sparse": sp.csr_array(np.array([[0, 1.5, 0], [2, 0, 0]], dtype=np.float32)),
}
HEADER = {"model": "some", "config": {"seed": 1}, "stamp": {"data_version": "abc"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stored model."""
    return write_folder(tmp_path / "models" / "some-1", HEADER, ARRAYS)


def seal(folder: Path, shapes: dict[str, Any] | None = None) -> None:
    """Make all checksums match again, as somebody would who knows how they are made; with other arrays by name."""
    manifest = json.loads((folder / "model.json").read_text())
    manifest["csr_shapes"].update(shapes or {})
    manifest["files"] = {name: store._sha256(folder / name) for name in manifest["files"]}
    manifest["sha256"] = store._manifest_sum(manifest)
    (folder / "model.json").write_text(json.dumps(manifest))


def test_what_was_written_is_read(folder: Path) -> None:
    """Header and arrays come back with their types, and nothing else lies beside the folder."""
    header, arrays = read_folder(folder)
    assert {key: header[key] for key in HEADER} == HEADER
    assert arrays["dense"].dtype == np.float32
    assert arrays["dense"].tolist() == ARRAYS["dense"].tolist()
    assert arrays["sparse"].toarray().tolist() == ARRAYS["sparse"].toarray().tolist()
    assert [path.name for path in folder.parent.iterdir()] == ["some-1"]


def test_writing_the_same_again_leaves_the_files_alone(folder: Path) -> None:
    """An equal model is not rewritten: the files keep their inode."""
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}
    write_folder(folder, HEADER, ARRAYS)
    assert {path.name: path.stat().st_ino for path in folder.iterdir()} == before


@pytest.mark.parametrize("damage", [False, True])
def test_another_or_a_damaged_model_is_replaced(folder: Path, damage: bool) -> None:
    """A folder that is not what is to be written is replaced by it."""
    if damage:
        (folder / "dense.npy").unlink()
    write_folder(folder, {**HEADER, "stamp": {}}, ARRAYS)
    assert read_folder(folder)[0]["stamp"] == {}
    assert [path.name for path in folder.parent.iterdir()] == ["some-1"]


def test_what_a_kill_left_behind_is_removed(folder: Path) -> None:
    """A partial folder of an earlier process is gone after the next write."""
    leftover = folder.parent / ".partial-some-1-999999"
    leftover.mkdir()
    (leftover / "dense.npy").write_bytes(b"half")
    write_folder(folder, HEADER, ARRAYS)
    assert not leftover.exists()


def test_a_failed_write_leaves_the_earlier_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fails midway, the folder still holds what it held."""
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_folder(folder, {**HEADER, "stamp": {"new": True}}, ARRAYS)
    assert read_folder(folder)[0]["stamp"] == HEADER["stamp"]


def test_a_changed_byte_is_noticed(folder: Path) -> None:
    """One flipped bit in an array is refused, and the message names the file."""
    path = folder / "dense.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelDamagedError, match=r"dense\.npy.*checksum"):
        read_folder(folder)


def test_a_changed_header_is_noticed(folder: Path) -> None:
    """Editing the configuration by hand is refused: the arrays belong to another one."""
    path = folder / "model.json"
    path.write_text(path.read_text().replace('"seed": 1', '"seed": 2'))
    with pytest.raises(ModelDamagedError, match="checksum"):
        read_header(folder)


@pytest.mark.parametrize("name", ["extra.npy", "dense.npy"])
def test_a_file_too_many_or_missing_is_refused(folder: Path, name: str) -> None:
    """The folder holds exactly the files that are listed."""
    path = folder / name
    path.unlink() if path.exists() else path.write_bytes(b"")
    with pytest.raises(ModelDamagedError, match=name):
        read_folder(folder)


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    """An array of objects can neither be written nor, with matching checksums, be read."""
    with pytest.raises(ValueError, match="pickle"):
        write_folder(tmp_path / "a", HEADER, {"bad": np.array([{}], dtype=object)})
    folder = write_folder(tmp_path / "b", HEADER, {"bad": np.zeros(1)})
    (folder / "bad.npy").write_bytes(pickle.dumps(Path("x")))
    seal(folder)
    with pytest.raises(ModelDamagedError, match="no plain array"):
        read_folder(folder)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18)], ids=["nothing", "an empty archive"])
def test_a_file_that_is_no_array_is_refused(folder: Path, content: bytes) -> None:
    """Nor can it be read with matching checksums."""
    (folder / "dense.npy").write_bytes(content)
    seal(folder)
    with pytest.raises(ModelDamagedError, match=r"dense\.npy is no plain array"):
        read_folder(folder)


def test_a_name_that_could_leave_the_folder_is_refused(tmp_path: Path) -> None:
    """Array names become file names, so they are identifiers."""
    with pytest.raises(ValueError, match="name of an array"):
        write_folder(tmp_path / "a", HEADER, {"../evil": np.zeros(1)})


@pytest.mark.parametrize("name", ["../../secret", "secret", "/etc/secret"])
def test_only_the_files_that_are_listed_are_read(folder: Path, name: str) -> None:
    """With matching checksums too, an array of any other name is refused, wherever its file would lie."""
    np.save(folder.parent.parent / "secret.npy", np.arange(3))
    seal(folder, {name: None})
    with pytest.raises(ModelDamagedError, match=r"not those of its files.*secret"):
        read_folder(folder)


def test_a_name_that_is_no_identifier_is_refused_though_its_file_is_listed(folder: Path) -> None:
    """So that what is read is what could have been written."""
    (folder / "dense.npy").rename(folder / "den-se.npy")
    text = (folder / "model.json").read_text()
    (folder / "model.json").write_text(text.replace('"dense', '"den-se'))
    seal(folder)
    with pytest.raises(ModelDamagedError, match="den-se"):
        read_folder(folder)


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("indices", [1, 2**28]),
        ("indices", [-1, 0]),
        ("indices", [1.0, 0.0]),
        ("indptr", [0, 9, 2]),
        ("indptr", [0, 2, 0]),
        ("indptr", [0, 1, 3]),
        ("indptr", [1, 1, 2]),
        ("indptr", [0, 2]),
        ("data", [1.5]),
        ("data", [[1.5, 2.0]]),
    ],
    ids=str,
)
def test_a_matrix_that_points_outside_itself_is_refused(folder: Path, part: str, values: list[Any]) -> None:
    """With matching checksums too: compiled code would follow it out of its memory. The message names the array."""
    np.save(folder / f"sparse.{part}.npy", np.array(values))
    seal(folder)
    with pytest.raises(ModelDamagedError, match="sparse is no whole csr matrix"):
        read_folder(folder)


@pytest.mark.parametrize("shape", [[2, 1], [3, 3], [2], [-1, 3], ["2", 3], {}])
def test_a_shape_that_its_parts_do_not_have_is_refused(folder: Path, shape: object) -> None:
    """Fewer columns than the numbers of its parts, other rows, or no shape at all."""
    seal(folder, {"sparse": shape})
    with pytest.raises(ModelDamagedError, match="sparse is no whole csr matrix"):
        read_folder(folder)


def test_an_empty_matrix_is_whole(tmp_path: Path) -> None:
    """Of no rows, and of rows without an entry."""
    empty = {"rows": sp.csr_array((0, 3)), "entries": sp.csr_array((2, 3))}
    arrays = read_folder(write_folder(tmp_path / "a", HEADER, empty))[1]
    assert [arrays[name].shape for name in ("rows", "entries")] == [(0, 3), (2, 3)]


def test_what_is_not_there_or_not_a_model_is_told_apart(tmp_path: Path) -> None:
    """No folder is missing; a folder without a readable model.json, or of another format, is damaged."""
    with pytest.raises(ModelMissingError, match="no model"):
        read_folder(tmp_path / "nowhere")
    folder = tmp_path / "some"
    folder.mkdir()
    with pytest.raises(ModelDamagedError, match="cannot be read"):
        read_folder(folder)
    (folder / "model.json").write_text('{"format": 99}')
    with pytest.raises(ModelDamagedError, match="not of format"):
        read_folder(folder)
