"""Coordinate descent for many non-negative elastic nets over one Gram matrix."""

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@numba.njit(nogil=True, fastmath=True, cache=True)
def solve(
    gram: Floats, targets: NDArray[np.int64], l1: Floats, l2: np.float32, passes: int, tolerance: np.float32
) -> Floats:
    """The weights that predict some columns from all others: float32 (len(targets), n), never negative, 0 to itself.

    For each target t the minimiser w >= 0, w_t = 0, of |x_t - X w|^2 / 2 + l1_t |w|_1 + l2 |w|^2 / 2, from X'X
    alone. Coordinates whose covariance with the target is at most l1_t stay 0: with a Gram matrix that is
    nowhere negative, every other weight only lowers it.

    Args:
        gram: X'X, (n, n), C order, nowhere negative.
        targets: columns to predict.
        l1: (n,), penalty of each target.
        l2: the other penalty.
        passes: at most so many rounds over the coordinates.
        tolerance: a round in which no weight moved further ends it.
    """
    n = gram.shape[0]
    weights = np.zeros((len(targets), n), np.float32)
    active = np.empty(n, np.int64)
    for place in range(len(targets)):
        target = targets[place]
        residual = gram[target].copy()
        own = weights[place]
        count = 0
        for i in range(n):
            if i != target and residual[i] > l1[target]:
                active[count] = i
                count += 1
        for _ in range(passes):
            moved = np.float32(0)
            for a in range(count):
                i = active[a]
                pull = residual[i] + gram[i, i] * own[i] - l1[target]
                new = max(pull / (gram[i, i] + l2), np.float32(0))
                step = new - own[i]
                if step != 0:
                    own[i] = new
                    row = gram[i]
                    for j in range(n):
                        residual[j] -= step * row[j]
                    moved = max(moved, abs(step))
            if moved <= tolerance:
                break
    return weights
