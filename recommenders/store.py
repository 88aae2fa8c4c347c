"""Trained models on disk: plain arrays and JSON in a folder of their own, whole or not at all.

The one rule: nothing is read that was not written here. Every file is listed with its SHA-256, a folder
with a file more or less is refused, and no format that can run code (pickle) is ever opened.

A folder holds `model.json` (model, configuration, stamp, list of files) and one `.npy` per array; a
sparse matrix is three of them.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import scipy
from numpy.typing import NDArray

from recommenders.errors import ModelDamagedError, ModelMissingError
from recommenders.interactions import Csr

FORMAT = 1
MANIFEST = "model.json"
CSR_PARTS = ("data", "indices", "indptr")

Arrays: TypeAlias = dict[str, NDArray[Any] | Csr]
Json: TypeAlias = dict[str, Any]


def write_folder(directory: Path, header: Json, arrays: Arrays) -> Path:
    """The folder, written beside its place and moved there when it is complete and on the disk.

    A folder that already holds exactly this is left alone; one that is damaged or holds something else
    is replaced. A kill leaves at most a `.partial-` folder, which the next write of the same name removes.

    Args:
        directory: the folder to create; its parent is created too.
        header: JSON values to keep: what model this is.
        arrays: name -> array or csr matrix; a name is a plain identifier.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    for leftover in directory.parent.glob(f".partial-{directory.name}-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    partial = directory.parent / f".partial-{directory.name}-{os.getpid()}"
    partial.mkdir()
    files: Json = {}
    shapes: Json = {}
    for name, array in sorted(arrays.items()):
        shapes[name] = list(array.shape) if scipy.sparse.issparse(array) else None
        for file, part in _parts(name, array):
            np.save(partial / file, part, allow_pickle=False)
            files[file] = _sha256(partial / file)
    manifest = {"format": FORMAT, **header, "csr_shapes": shapes, "files": files}
    manifest["sha256"] = _manifest_sum(manifest)
    (partial / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for path in (*partial.iterdir(), partial):
        _flush(path)
    _put_in_place(partial, directory)
    return directory


def read_folder(directory: Path) -> tuple[Json, dict[str, Any]]:
    """The header and the arrays of a stored model, verified to be what was written.

    Raises:
        ModelMissingError: there is no such folder.
        ModelDamagedError: another format, a file too many or missing, or a checksum that differs.
    """
    manifest = read_header(directory)
    found = {path.name for path in directory.iterdir()} - {MANIFEST}
    if found != set(manifest["files"]):
        odd = sorted(found ^ set(manifest["files"]))
        raise ModelDamagedError(f"{directory}: files do not match {MANIFEST}: {odd[:3]}; train the model again")
    for name, expected in manifest["files"].items():
        if _sha256(directory / name) != expected:
            raise ModelDamagedError(f"{directory / name}: its checksum differs; train the model again")
    arrays: dict[str, Any] = {}
    for name, shape in manifest["csr_shapes"].items():
        if shape is None:
            arrays[name] = _read(directory / f"{name}.npy")
        else:
            parts = tuple(_read(directory / f"{name}.{part}.npy") for part in CSR_PARTS)
            arrays[name] = scipy.sparse.csr_array(parts, shape=tuple(shape))
    return manifest, arrays


def read_header(directory: Path) -> Json:
    """What `model.json` says: model, config, stamp, files; the arrays are not opened.

    Raises:
        ModelMissingError: there is no such folder.
        ModelDamagedError: no readable `model.json` of this format, or it was changed.
    """
    if not directory.is_dir():
        raise ModelMissingError(f"no model is stored in {directory}")
    try:
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = f"{directory / MANIFEST} cannot be read ({error}); train the model again"
        raise ModelDamagedError(why) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelDamagedError(f"{directory / MANIFEST} is not of format {FORMAT}; train the model again")
    if manifest.get("sha256") != _manifest_sum(manifest):
        raise ModelDamagedError(f"{directory / MANIFEST}: its checksum differs; train the model again")
    return manifest


def _parts(name: str, array: NDArray[Any] | Csr) -> list[tuple[str, NDArray[Any]]]:
    """File names and the plain arrays they hold."""
    if not name.isidentifier():
        raise ValueError(f"{name!r} cannot be the name of an array: it becomes a file name")
    if isinstance(array, np.ndarray):
        return [(f"{name}.npy", array)]
    return [(f"{name}.{part}.npy", getattr(array, part)) for part in CSR_PARTS]


def _read(path: Path) -> NDArray[Any]:
    """One array; anything but plain numbers is refused."""
    try:
        array: NDArray[Any] = np.load(path, allow_pickle=False)
    except ValueError as error:
        raise ModelDamagedError(f"{path} is no plain array ({error}); train the model again") from error
    return array


def _put_in_place(partial: Path, directory: Path) -> None:
    """Move the finished folder to its name, unless the same is there already."""
    if directory.exists():
        try:
            same = read_folder(directory)[0] == read_header(partial)
        except ModelDamagedError:
            same = False
        if same:
            shutil.rmtree(partial)
            return
        old = partial.with_name(partial.name + "-old")
        directory.rename(old)
        partial.rename(directory)
        shutil.rmtree(old)
    else:
        partial.rename(directory)
    _flush(directory.parent)


def _sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _manifest_sum(manifest: Json) -> str:
    """Hex SHA-256 of the manifest without its own checksum."""
    rest = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _flush(path: Path) -> None:
    """Make sure a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
