"""What carried a score: amounts that add up to it, the strongest kept by name.

The one rule: `total + together + base` is the score. An explanation that does not add up is not one.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True)
class Contributions:
    """What carried each recommended item. n users, k recommendations, t titles kept of each.

    Attributes:
        items: int32 (n, k, t), the user's items that carried most, largest first; -1 = none left.
        amounts: float32 (n, k, t), how much of the score each carried; 0 where there is none.
        positive: float32 (n, k), sum of all amounts above 0, also of those not kept.
        total: float32 (n, k), sum of the amounts of all of the user's items.
        together: float32 (n, k), what the list says as a whole and no single item of it; 0 in models that add up.
        base: float32 (n, k), what is said whatever the list: popularity.
            `total + together + base` is the score, up to rounding.
    """

    items: Indices
    amounts: Floats
    positive: Floats
    total: Floats
    together: Floats
    base: Floats


def scores_of(items: Indices, scores: Floats) -> Floats:
    """The scores of some items of each row: float32 (n_users, k), 0 where there is none.

    Args:
        items: int32 (n_users, k), item numbers; -1 = none.
        scores: float32 (n_users, n_items), of all items.
    """
    return np.where(items >= 0, np.take_along_axis(scores, np.maximum(items, 0), axis=1), np.float32(0))


def no_contributions(n: int, k: int, top: int) -> Contributions:
    """Room for the contributions of n users' k recommendations, nothing carried yet."""
    return Contributions(
        np.full((n, k, top), -1, dtype=np.int32),
        np.zeros((n, k, top), dtype=np.float32),
        *(np.zeros((n, k), dtype=np.float32) for _ in range(4)),
    )


def keep_strongest(
    out: Contributions, row: int, wanted: NDArray[Any], history: Indices, carried: Floats, top: int
) -> None:
    """Write one user's strongest contributors into `out`: ties go to the item that stands first."""
    out.total[row, wanted] = carried.sum(axis=0)
    out.positive[row, wanted] = np.maximum(carried, 0).sum(axis=0)
    order = np.argsort(-carried, axis=0, kind="stable")[:top]
    amounts = np.take_along_axis(carried, order, axis=0)
    kept = len(order)
    real = amounts > 0
    out.items[row, wanted, :kept] = np.where(real, history[order], -1).T
    out.amounts[row, wanted, :kept] = np.where(real, amounts, 0).T
