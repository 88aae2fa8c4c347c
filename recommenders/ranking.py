"""Scores to ranked lists: exact, in blocks, and the same wherever it runs.

The one rule: equal scores are ordered by a stated rule, never by what a sort happens to do.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recommenders.errors import InvalidInputError
from recommenders.interactions import Csr, Interactions, Keys
from recommenders.threads import in_threads, one_blas_thread

BLOCK_BYTES = 32 * 2**20
"""Scores held at once by default, by all threads together."""
LANES = 4
"""At most so many blocks are scored at once. The size of a block must not depend on the machine's cores: it may
change the last bits of a matrix product."""
WORTH_KERNEL = 2**20
"""Scores from which the compiled kernel gains more than it takes to load."""
SIGN, LOW = np.uint32(2**31), np.uint64(2**32 - 1)

Floats: TypeAlias = NDArray[np.float32]
RankKeys: TypeAlias = NDArray[np.uint64]


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
    place_of = np.empty(n_items, dtype=np.int32)
    place_of[order] = np.arange(n_items, dtype=np.int32)
    never = np.flatnonzero(~allowed) if allowed is not None else np.zeros(0, dtype=np.intp)
    if scores.size >= WORTH_KERNEL and k:
        keys = _best_keys(scores, min(k, n_items), place_of, never, exclude)
    else:
        keys = _all_keys(scores, place_of, never, exclude)
    keys = np.sort(keys, axis=1)[:, ::-1]
    keys = keys[:, :k]
    found = keys > 0
    items = np.where(found, order[np.where(found, LOW - (keys & LOW), 0)], -1).astype(np.int32)
    values = np.where(found, np.take_along_axis(scores, items, axis=1), np.float32(-np.inf))
    padding = ((0, 0), (0, k - items.shape[1]))
    return (
        np.pad(items, padding, constant_values=-1),
        np.pad(values, padding, constant_values=-np.inf),
    )


def _best_keys(
    scores: Floats, k: int, place_of: NDArray[np.int32], never: NDArray[np.intp], exclude: Csr | None
) -> RankKeys:
    """The keys (`kernels.topk`) of each row's k best, in no order: (rows, k)."""
    from recommenders.kernels.topk import best

    nothing = np.zeros(0, np.int32)
    indptr, indices = (np.zeros(len(scores) + 1), nothing) if exclude is None else (exclude.indptr, exclude.indices)
    rows = np.ascontiguousarray(scores, dtype=np.float32)
    # always the same types, since others would be compiled anew
    ints = (np.asarray(part).astype(np.int32, copy=False) for part in (never, indptr, indices))
    return np.asarray(best(rows, k, place_of, *ints))


def _all_keys(scores: Floats, place_of: NDArray[np.int32], never: NDArray[np.intp], exclude: Csr | None) -> RankKeys:
    """The same keys of all items, which is quicker for few: (rows, n_items)."""
    bits = (scores.astype(np.float32) + np.float32(0)).view(np.uint32)
    ordered = np.where(bits & SIGN, ~bits, bits | SIGN).astype(np.uint64)
    keys: RankKeys = (ordered << np.uint64(32)) | (LOW - place_of.astype(np.uint64))
    keys[np.isneginf(scores)] = 0
    keys[:, never] = 0
    if exclude is not None:
        keys[np.repeat(np.arange(len(scores)), np.diff(exclude.indptr)), exclude.indices] = 0
    return keys


def recommend(
    model: Scorer,
    rows: Interactions,
    k: int = 100,
    allowed: NDArray[np.bool_] | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> Recommendations:
    """The model's k best items for every row, without anything the user has seen.

    Equal scores go to the more popular item, then to the lower key. Memory is bounded by `block_bytes`,
    whatever the number of users. Blocks are scored in threads: scoring must leave nothing behind in the model.

    Args:
        model: a fitted model over the rows' items.
        rows: the users.
        k: length of the lists.
        allowed: bool (n_items,); items that may be recommended (stubs may not); default: all.
        block_bytes: scores held at once.
    """
    order = np.lexsort((np.arange(rows.n_items), -model.prior))
    size = max(1, block_bytes // LANES // max(4 * rows.n_items, 1))

    def ranked(start: int) -> tuple[NDArray[np.int32], Floats]:
        block = rows.take(np.arange(start, min(start + size, rows.n_users)))
        return top_k(model.scores(block), k, exclude=block.seen, allowed=allowed, order=order)

    starts = range(0, rows.n_users, size)
    # the first by itself: whatever a model loads when it first scores is there before threads need it
    parts = [ranked(start) for start in starts[:1]]
    if len(starts) > 1:
        with one_blas_thread():
            parts += in_threads(ranked, starts[1:], LANES)
    empty = (np.zeros((0, k), dtype=np.int32), np.zeros((0, k), dtype=np.float32))
    items, values = (np.concatenate(side) for side in zip(*(parts or [empty]), strict=True))
    return Recommendations(rows.user_keys, items, values)
