"""Who has what on the list, as two sparse matrices over the same users and items.

The one rule: rows and columns stand in ascending order of their keys, whatever order the rows of the
input had, so that equal data give equal matrices, splits, models and versions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from recommenders.errors import InvalidInputError, ItemsDifferError

if TYPE_CHECKING:
    Csr: TypeAlias = scipy.sparse.csr_array[Any, tuple[int, int]]
else:
    Csr = Any  # scipy's classes take no parameters while running, and scipy.sparse is loaded where it is first used
Keys: TypeAlias = NDArray[np.int64]

LOWEST_RATING, HIGHEST_RATING = 1.0, 10.0
LIKED = 7.0
"""Ratings from here on count as liked, unless something else is said."""


@dataclass(frozen=True)
class Interactions:
    """What users rated and have seen.

    Attributes:
        user_keys: int64 (n_users,), one per row.
        item_keys: int64 (n_items,), one per column, strictly ascending; the whole catalogue, rated or not.
        ratings: csr (n_users, n_items) float32, 1-10; only entries with a score are stored.
        seen: csr (n_users, n_items) float32, 1 for everything on the list except unscored planned entries;
            what is seen is evidence, and is never recommended.
        rated_at: csr (n_users, n_items) float64, the days since 1970 on which entries were made, for the entries
            of which that is known; None = nothing is known of times.
        item_ids: int64 (n_items,), what stands for each item when chance decides, the same in every warehouse
            as keys are not; None = the keys.
    """

    user_keys: Keys
    item_keys: Keys
    ratings: Csr
    seen: Csr
    rated_at: Csr | None = None
    item_ids: Keys | None = None

    def __post_init__(self) -> None:
        shape = (len(self.user_keys), len(self.item_keys))
        if self.rated_at is not None and self.rated_at.shape != shape:
            raise InvalidInputError(f"rated_at {self.rated_at.shape} does not fit {shape[0]} users x {shape[1]} items")
        if self.ratings.shape != shape or self.seen.shape != shape:
            raise InvalidInputError(
                f"{shape[0]} user keys and {shape[1]} item keys, but ratings {self.ratings.shape} "
                f"and seen {self.seen.shape}: the matrices must be users x items"
            )
        if len(self.lasting_ids) != shape[1]:
            raise InvalidInputError(f"{shape[1]} item keys, but {len(self.lasting_ids)} item_ids: one for each")
        if np.any(np.diff(self.item_keys) <= 0):
            raise InvalidInputError("item_keys must be strictly ascending: build with Interactions.from_arrays")

    @property
    def n_users(self) -> int:
        """Number of rows, users without any entry included."""
        return len(self.user_keys)

    @property
    def n_items(self) -> int:
        """Number of columns, anime nobody has seen included."""
        return len(self.item_keys)

    @property
    def lasting_ids(self) -> Keys:
        """What stands for each item when chance decides: int64 (n_items,), in the order of the columns."""
        return self.item_keys if self.item_ids is None else self.item_ids

    @classmethod
    def from_arrays(
        cls,
        user_key: ArrayLike,
        item_key: ArrayLike,
        rating: ArrayLike,
        planned: ArrayLike | None = None,
        *,
        user_keys: ArrayLike | None = None,
        item_keys: ArrayLike | None = None,
        rated_at: ArrayLike | None = None,
    ) -> "Interactions":
        """The matrices of a list of entries, one per user and item, in any order.

        Args:
            user_key: int64 (entries,).
            item_key: int64 (entries,).
            rating: (entries,) 1-10; nan is an entry without a score.
            planned: bool (entries,); a planned entry without a score is left out altogether.
            user_keys: every user who gets a row; default: those of the entries.
            item_keys: every item that gets a column; default: those of the entries.
            rated_at: (entries,) days since 1970; nan = not known.

        Raises:
            InvalidInputError: a pair twice, a rating outside 1-10, a key not in `user_keys`/`item_keys`.
        """
        users, items = np.asarray(user_key, dtype=np.int64), np.asarray(item_key, dtype=np.int64)
        scores = np.asarray(rating, dtype=np.float32)
        all_users = np.unique(np.asarray(users if user_keys is None else user_keys, dtype=np.int64))
        all_items = np.unique(np.asarray(items if item_keys is None else item_keys, dtype=np.int64))
        rows, columns = _positions(users, all_users, "user_key"), _positions(items, all_items, "item_key")
        _check_entries(rows, columns, scores, len(all_items))
        scored = ~np.isnan(scores)
        left_out = np.zeros(len(scores), dtype=bool) if planned is None else np.asarray(planned, dtype=bool)
        known = scored | ~left_out
        shape = (len(all_users), len(all_items))
        return cls(
            all_users,
            all_items,
            sparse(scores[scored], rows[scored], columns[scored], shape),
            sparse(np.ones(int(known.sum()), dtype=np.float32), rows[known], columns[known], shape),
            None if rated_at is None else _days(np.asarray(rated_at, np.float64), rows, columns, known, shape),
        )

    def liked(self, positive_from: float = LIKED) -> Csr:
        """1 for every entry rated at least so high: csr (n_users, n_items) float32."""
        matrix = self.ratings.copy()
        matrix.data = (matrix.data >= positive_from).astype(np.float32)
        matrix.eliminate_zeros()
        return matrix

    def take(self, rows: ArrayLike) -> "Interactions":
        """The same items for some of the users: row numbers, in the order given."""
        index = np.asarray(rows, dtype=np.int64)
        times = None if self.rated_at is None else self.rated_at[index]
        ratings, seen = self.ratings[index], self.seen[index]
        return Interactions(self.user_keys[index], self.item_keys, ratings, seen, times, self.item_ids)

    def rows_of(self, user_keys: ArrayLike) -> NDArray[np.int64]:
        """Row numbers of these users, in the order given.

        Raises:
            InvalidInputError: a user who has no row.
        """
        order = np.argsort(self.user_keys, kind="stable")
        found = _positions(np.asarray(user_keys, dtype=np.int64), self.user_keys[order], "user_key")
        return order[found].astype(np.int64)

    def aligned_to(self, item_keys: Keys) -> "Interactions":
        """The same users over another list of items: items that are not in it are dropped, new ones empty.

        For rows that meet a stored model: the catalogue may have grown since it was trained. Nothing is drawn from
        them any more, so `item_ids` stay behind.
        """
        if np.array_equal(self.item_keys, item_keys):
            return self
        kept = np.flatnonzero(np.isin(self.item_keys, item_keys))
        target = np.searchsorted(item_keys, self.item_keys[kept])

        def moved(matrix: Csr) -> Csr:
            """Both lists of items ascend, so that columns stay in their order."""
            part = matrix[:, kept]
            part.sort_indices()
            shape = (part.shape[0], len(item_keys))
            places = target[part.indices].astype(part.indices.dtype)
            return scipy.sparse.csr_array((part.data, places, part.indptr), shape=shape)

        times = None if self.rated_at is None else moved(self.rated_at)
        return Interactions(self.user_keys, item_keys, moved(self.ratings), moved(self.seen), times)

    def require_items(self, item_keys: Keys, owner: str) -> None:
        """Nothing, when the columns are exactly these items.

        Raises:
            ItemsDifferError: they are not; the message names the remedy.
        """
        if not np.array_equal(self.item_keys, item_keys):
            raise ItemsDifferError(
                f"{owner} knows {len(item_keys)} items, the rows have {self.n_items} others or in another "
                "order: pass rows.aligned_to(model.item_keys)"
            )

    def evidence(self, rating_power: float, unscored_rating: float) -> Csr:
        """How much each seen item says about its user: csr (n_users, n_items) float32 in (0, 1].

        (rating / 10) ** rating_power; an entry without a score counts as `unscored_rating`.
        """
        pattern = self.ratings.copy()
        pattern.data = np.ones_like(pattern.data)
        unscored = self.seen - pattern  # ones minus ones: exact, so what was scored disappears
        unscored.eliminate_zeros()
        scored = self.ratings.copy()
        scored.data = np.power(scored.data / np.float32(HIGHEST_RATING), np.float32(rating_power))
        weight = np.float32((unscored_rating / HIGHEST_RATING) ** rating_power)
        return scipy.sparse.csr_array(scored + unscored * weight)


def length_factors(matrix: Csr, power: float) -> NDArray[np.float64]:
    """(Number of entries) ** -power of each row, an empty one as if it had one: float64 (rows,)."""
    return np.maximum(np.diff(matrix.indptr), 1).astype(np.float64) ** -power


def scale_rows(matrix: Csr, power: float) -> Csr:
    """The matrix with each row divided by (its number of entries) ** power, so that long lists weigh less."""
    scaled = matrix.copy()
    scaled.data = (matrix.data * np.repeat(length_factors(matrix, power), np.diff(matrix.indptr))).astype(np.float32)
    return scaled


def _positions(keys: Keys, universe: Keys, what: str) -> NDArray[np.int64]:
    """Where each key stands in the sorted universe."""
    found = np.searchsorted(universe, keys)
    missing = found >= len(universe)
    missing[~missing] = universe[found[~missing]] != keys[~missing]
    if missing.any():
        raise InvalidInputError(
            f"{int(missing.sum())} entries have a {what} outside the given list, e.g. {keys[missing][0]}"
        )
    return found.astype(np.int64)


def _check_entries(
    rows: NDArray[np.int64], columns: NDArray[np.int64], scores: NDArray[np.float32], n_items: int
) -> None:
    """Refuse a pair that comes twice and a rating off the scale."""
    if not len(rows) == len(columns) == len(scores):
        raise InvalidInputError(f"{len(rows)} users, {len(columns)} items, {len(scores)} ratings: lengths differ")
    pairs = np.sort(rows * max(n_items, 1) + columns)
    if np.any(pairs[1:] == pairs[:-1]):
        raise InvalidInputError("a user and item come twice: bring duplicates to one entry first")
    off = scores[~np.isnan(scores)]
    off = off[(off < LOWEST_RATING) | (off > HIGHEST_RATING)]
    if len(off):
        raise InvalidInputError(f"{len(off)} ratings outside 1-10, e.g. {off[0]}")


def _days(
    days: NDArray[np.float64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    known: NDArray[np.bool_],
    shape: tuple[int, int],
) -> Csr:
    """The times of the entries that are seen and have one: csr float64, for float32 would lose the minutes."""
    if len(days) != len(rows):
        raise InvalidInputError(f"{len(rows)} entries, {len(days)} times: lengths differ")
    timed = known & ~np.isnan(days)
    return sparse(days[timed], rows[timed], columns[timed], shape, np.float64)


def sparse(
    data: NDArray[Any],
    rows: NDArray[Any],
    columns: NDArray[Any],
    shape: tuple[int, int],
    dtype: type[np.floating[Any]] = np.float32,
) -> Csr:
    """A csr of these entries, float32 unless asked otherwise, column numbers ascending in every row."""
    # the stubs of scipy know no csr_array made of coordinates
    matrix: Csr = scipy.sparse.csr_array((data, (rows, columns)), shape=shape, dtype=dtype)  # type: ignore
    matrix.sort_indices()
    return matrix
