"""Rows of columns of whole numbers in order, and the places they take in their groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def in_order(*columns: Ints) -> Ints:
    """The rows in ascending order of the first column, then of the next; rows without a difference in any order.

    The columns are packed into one number where that has room for them: sorting it is several times faster.
    """
    packed, room = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns if len(columns[0]) else ():
        low = int(column.min())
        span = int(column.max()) - low + 1
        room *= span
        if room >= 1 << 63:
            return np.lexsort(columns[::-1])
        packed = packed * span + (column - low)
    return np.argsort(packed)


def ranks(group: Ints, tie: Ints, value: NDArray[np.floating]) -> Ints:
    """For each row its place (0 = best) in its group by value; equal values stand in the order of `tie`."""
    if not len(group):
        return group
    level = np.rint(value * value.dtype.type(100_000)).astype(np.int64)
    order = in_order(group, -level, tie)
    starts = np.flatnonzero(np.r_[True, group[order][1:] != group[order][:-1]])
    sizes = np.diff(np.r_[starts, len(group)])
    out = np.empty(len(group), dtype=np.int64)
    out[order] = np.arange(len(group)) - np.repeat(starts, sizes)
    return out
