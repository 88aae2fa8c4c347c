"""Trained models on disk: plain arrays and JSON in a folder of their own, whole or not at all.

The one rule: nothing is read that was not written here. Every file is listed with its SHA-256, a folder
with a file more or less is refused, and no format that can run code (pickle) is ever opened. Checksums that
match are not proof enough: only files that are listed are opened, and a matrix must not point outside itself.

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
        ModelDamagedError: another format, a file too many or missing, a checksum that differs, or a matrix that
            points outside itself.
    """
    manifest = read_header(directory)
    _require_names(directory, manifest)
    found = {path.name for path in directory.iterdir()} - {MANIFEST}
    if found != set(manifest["files"]):
        odd = sorted(found ^ set(manifest["files"]))
        raise ModelDamagedError(f"{directory}: files do not match {MANIFEST}: {odd[:3]}; train the model again")
    for name, expected in manifest["files"].items():
        if _sha256(directory / name) != expected:
            raise ModelDamagedError(f"{directory / name}: its checksum differs; train the model again")
    arrays: dict[str, Any] = {}
    for name, shape in manifest["csr_shapes"].items():
        parts = [_read(directory / file) for file in _files(name, shape)]
        arrays[name] = parts[0] if shape is None else _matrix(directory / name, parts, shape)
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
        return [(file, array) for file in _files(name, None)]
    return [(file, getattr(array, part)) for file, part in zip(_files(name, array.shape), CSR_PARTS, strict=True)]


def _files(name: str, shape: Any) -> list[str]:
    """The files of an array, or of the parts of a csr matrix where it has a shape."""
    return [f"{name}.npy"] if shape is None else [f"{name}.{part}.npy" for part in CSR_PARTS]


def _require_names(directory: Path, manifest: Json) -> None:
    """Nothing, when the names in `model.json` are of the files it lists: no other file is ever opened.

    Its checksum says that it is whole, not that this code wrote it.
    """
    shapes, files = manifest.get("csr_shapes"), manifest.get("files")
    if not isinstance(shapes, dict) or not isinstance(files, dict):
        raise ModelDamagedError(f"{directory / MANIFEST} lists no arrays or no files; train the model again")
    named = {file for name, shape in shapes.items() for file in _files(name, shape)}
    odd = [name for name in shapes if not name.isidentifier()] or sorted(named ^ set(files))
    if odd:
        why = f"{directory / MANIFEST}: its arrays are not those of its files: {odd[:3]}; train the model again"
        raise ModelDamagedError(why)


def _read(path: Path) -> NDArray[Any]:
    """One array; anything but plain numbers is refused."""
    try:
        with path.open("rb") as stream:
            array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    except ValueError as error:
        raise ModelDamagedError(f"{path} is no plain array ({error}); train the model again") from error
    return array


def _matrix(place: Path, parts: list[NDArray[Any]], shape: Any) -> Csr:
    """The csr matrix of its parts; one that compiled code would read or write outside of is refused.

    `check_format` of scipy follows no pointers where the last of them says that nothing is stored.
    """
    data, indices, indptr = parts
    is_shape = isinstance(shape, list) and len(shape) == 2 and all(isinstance(n, int) and n >= 0 for n in shape)
    if not (
        is_shape
        and data.ndim == indices.ndim == indptr.ndim == 1
        and indices.dtype.kind == indptr.dtype.kind == "i"
        and len(indptr) == shape[0] + 1
        and indptr[0] == 0
        and bool((indptr[1:] >= indptr[:-1]).all())
        and indptr[-1] <= len(indices) == len(data)
        and (len(indices) == 0 or (indices.min() >= 0 and indices.max() < shape[1]))
    ):
        raise ModelDamagedError(f"{place} is no whole csr matrix of shape {shape}; train the model again")
    return scipy.sparse.csr_array((data, indices, indptr), shape=tuple(shape))


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
