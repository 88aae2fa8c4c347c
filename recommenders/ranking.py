"""Scores to ranked lists: exact, in blocks, and the same wherever it runs.

The one rule: equal scores are ordered by a stated rule, never by what a sort happens to do.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recommenders.errors import InvalidInputError
from recommenders.interactions import Csr, Interactions, Keys

BLOCK_BYTES = 32 * 2**20
"""Scores held at once by default; ranking needs about twice as much besides."""
GROUP = 32
"""Columns whose maximum stands for them while the k-th largest score is bounded."""
CANDIDATES_PER_PLACE = 8
"""A row with more candidates than this for each place of its list is cut by itself."""

Floats: TypeAlias = NDArray[np.float32]


class Scorer(Protocol):
    """Anything that scores all items for any rows."""

    @property
    def prior(self) -> NDArray[np.float32]:
        """Popularity of the items, which orders equal scores."""

    def scores(self, rows: Interactions) -> NDArray[np.float32]:
        """float32 (rows, n_items)."""


@dataclass(frozen=True)
class Recommendations:
    """Ranked lists, one per user.

    Attributes:
        user_keys: int64 (n_users,).
        items: int32 (n_users, k), column numbers, best first; -1 where a list is shorter than k.
        scores: float32 (n_users, k); -inf where there is no item.
    """

    user_keys: Keys
    items: NDArray[np.int32]
    scores: NDArray[np.float32]

    def columns(self, item_keys: Keys) -> dict[str, NDArray[np.int64] | NDArray[np.float32]]:
        """The lists as a long table by user and rank: user_key, rank (from 1), item_key, score."""
        users, places = np.nonzero(self.items >= 0)
        return {
            "user_key": self.user_keys[users],
            "rank": places.astype(np.int64) + 1,
            "item_key": item_keys[self.items[users, places]],
            "score": self.scores[users, places],
        }


def top_k(
    scores: NDArray[np.float32],
    k: int,
    *,
    exclude: Csr | None = None,
    allowed: NDArray[np.bool_] | None = None,
    order: NDArray[np.intp] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The k best items of every row and their scores: int32 and float32, both (rows, k), best first.

    Equal scores stand in the order of `order`, by default the lower item number first. Places that
    cannot be filled hold item -1 and score -inf.

    Args:
        scores: float32 (rows, n_items), finite.
        k: length of the lists.
        exclude: csr (rows, n_items); stored entries are left out of their row.
        allowed: bool (n_items,); the others are left out of every row.
        order: permutation of the items.

    Raises:
        InvalidInputError: shapes that do not fit, or a score that is not a number.
    """
    n_items = scores.shape[1]
    if (exclude is not None and exclude.shape != scores.shape) or (allowed is not None and allowed.shape != (n_items,)):
        raise InvalidInputError(f"scores {scores.shape} do not fit the excluded or allowed items")
    if scores.size and np.isnan(scores.max()):
        raise InvalidInputError("a score is not a number")
    order = np.arange(n_items) if order is None else order
    masked = _masked(scores, exclude, allowed, order)
    places, values = _best_places(masked, min(k, n_items))
    items = order[places].astype(np.int32)
    items[np.isneginf(values)] = -1
    padding = ((0, 0), (0, k - items.shape[1]))
    return (
        np.pad(items, padding, constant_values=-1),
        np.pad(values, padding, constant_values=-np.inf),
    )


def _masked(scores: Floats, exclude: Csr | None, allowed: NDArray[np.bool_] | None, order: NDArray[np.intp]) -> Floats:
    """A copy with its columns in `order` and -inf wherever an item may not stand."""
    masked = np.take(scores, order, axis=1).astype(np.float32, copy=False)
    if allowed is not None:
        masked[:, ~allowed[order]] = -np.inf
    if exclude is not None:
        place_of = np.empty(len(order), dtype=np.intp)
        place_of[order] = np.arange(len(order))
        rows = np.repeat(np.arange(len(scores)), np.diff(exclude.indptr))
        masked[rows, place_of[exclude.indices]] = -np.inf
    return masked


def _best_places(scores: Floats, k: int) -> tuple[NDArray[np.intp], Floats]:
    """Columns and values of the k largest of each row, ties to the left: both (rows, k), best first."""
    rows = len(scores)
    places, values = np.zeros((rows, k), dtype=np.intp), np.zeros((rows, k), dtype=np.float32)
    if not (rows and k):
        return places, values
    candidate = scores >= _lower_bounds(scores, k)[:, None]
    count = np.count_nonzero(candidate, axis=1)
    # a level that thousands share (mostly 0: no evidence) is cheaper to cut row by row
    crowded = count > CANDIDATES_PER_PLACE * k
    for row in np.flatnonzero(crowded):
        candidate[row] = _cut(scores[row], k)
        count[row] = k
    row_of, column = np.nonzero(candidate)
    slot = np.arange(len(row_of)) - (np.cumsum(count) - count)[row_of]
    some = np.full((rows, int(count.max())), -np.inf, dtype=np.float32)
    where = np.zeros(some.shape, dtype=np.intp)
    some[row_of, slot], where[row_of, slot] = scores[row_of, column], column
    best = np.argsort(-some, axis=1, kind="stable")[:, :k]  # columns ascend, so ties stay to the left
    return np.take_along_axis(where, best, axis=1), np.take_along_axis(some, best, axis=1)


def _lower_bounds(scores: Floats, k: int) -> Floats:
    """A value for each row that at least k of its scores reach, close to the k-th largest: (rows,).

    The k-th largest of the maxima of groups of columns. Taking maxima is one pass over memory; finding
    the k-th of all columns themselves is what makes ranking slow.
    """
    rows, n_items = scores.shape
    group = max(1, min(GROUP, n_items // (2 * k)))
    groups = n_items // group
    maxima = scores[:, : group * groups].reshape(rows, group, groups).max(axis=1)
    return np.asarray(np.partition(maxima, groups - k, axis=1)[:, groups - k])


def _cut(row: Floats, k: int) -> NDArray[np.bool_]:
    """Exactly k columns: everything above the k-th value, and of its equals those furthest left."""
    last = np.partition(row, len(row) - k)[len(row) - k]
    chosen = row > last
    chosen[np.flatnonzero(row == last)[: k - np.count_nonzero(chosen)]] = True
    return np.asarray(chosen)


def recommend(
    model: Scorer,
    rows: Interactions,
    k: int = 100,
    allowed: NDArray[np.bool_] | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> Recommendations:
    """The model's k best items for every row, without anything the user has seen.

    Equal scores go to the more popular item, then to the lower key. Memory is bounded by `block_bytes`,
    whatever the number of users.

    Args:
        model: a fitted model over the rows' items.
        rows: the users.
        k: length of the lists.
        allowed: bool (n_items,); items that may be recommended (stubs may not); default: all.
        block_bytes: scores held at once.
    """
    order = np.lexsort((np.arange(rows.n_items), -model.prior))
    size = max(1, block_bytes // max(4 * rows.n_items, 1))
    parts = []
    for start in range(0, rows.n_users, size):
        block = rows.take(np.arange(start, min(start + size, rows.n_users)))
        parts.append(top_k(model.scores(block), k, exclude=block.seen, allowed=allowed, order=order))
    empty = (np.zeros((0, k), dtype=np.int32), np.zeros((0, k), dtype=np.float32))
    items, values = (np.concatenate(side) for side in zip(*(parts or [empty]), strict=True))
    return Recommendations(rows.user_keys, items, values)
