"""What anime are labelled with, as matrices: who has which label."""

from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import NDArray

from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, sparse


def item_labels(items: ItemFeatures, columns: NDArray[np.intp], min_items: int) -> Csr:
    """Shares of an item's genres, tags and studios: csr (n_items, labels) float32, rows that sum to 1 or are empty.

    Labels stand in alphabetical order.

    Args:
        items: the descriptions.
        columns: the items that somebody has seen.
        min_items: a label that fewer of those have is left out.
    """
    kinds: dict[str, Sequence[Sequence[str]]] = {"genre": items.genres, "tag": items.tags, "studio": items.studios}
    pairs = sorted(
        {(row, (kind, label)) for kind, lists in kinds.items() for row, labels in enumerate(lists) for label in labels}
    )
    names = {name: column for column, name in enumerate(sorted({name for _, name in pairs}))}
    rows = np.array([row for row, _ in pairs], dtype=np.int64)
    labels = np.array([names[name] for _, name in pairs], dtype=np.int64)
    everything = sparse(np.ones(len(rows)), rows, labels, (items.n_items, len(names)))
    common = np.bincount(everything[columns].indices, minlength=len(names)) >= min_items
    kept = scipy.sparse.csr_array(everything[:, np.flatnonzero(common)])
    count = np.diff(kept.indptr)
    kept.data = np.repeat(1.0 / np.maximum(count, 1), count).astype(np.float32)
    return kept


def indicators(lists: Sequence[Sequence[str]]) -> Csr:
    """1 for each label of each item: csr (n_items, labels) float32, labels in the order of their names."""
    labels = {name: number for number, name in enumerate(sorted({name for one in lists for name in one}))}
    pairs = sorted({(row, labels[name]) for row, one in enumerate(lists) for name in one})
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return sparse(np.ones(len(pairs)), rows, columns, (len(lists), len(labels)))
