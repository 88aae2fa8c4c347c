"""Users' lists made comparable: titles that few have weigh more, and every list is of length 1."""

import numpy as np

from recommenders.contributions import Floats
from recommenders.interactions import Csr


def rarity(evidence: Csr, power: float) -> Floats:
    """What each title weighs, (users who have it) ** -power: float32 (n_items,).

    It is 0 for one nobody has, which ties nobody to anybody.
    """
    users = np.bincount(evidence.indices, minlength=evidence.shape[1])
    return np.asarray((users > 0) * np.maximum(users, 1).astype(np.float64) ** -power, dtype=np.float32)


def unit_rows(evidence: Csr, weights: Floats) -> Csr:
    """Rows whose titles weigh so much, brought to length 1; a row of titles that weigh nothing stays 0."""
    rows = evidence.copy()
    rows.data = evidence.data * weights[evidence.indices]
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    owner = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    rows.data = np.asarray(rows.data / np.maximum(length, np.finfo(np.float32).tiny)[owner], dtype=np.float32)
    return rows
