"""The k best items of each row in one look at its scores, and the scores of sparse linear models.

A place in a list is won by the score, then by the place in a stated order. Both are put into one whole number, its
key: the score's bits, which order floats once their sign is turned, above the place counted backwards. The larger
key wins, so no comparison ever has to look at two things.
"""

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Keys = NDArray[np.uint64]

GROUP = 32
"""Columns whose maximum stands for them: a row is searched only in groups that reach its bound."""
SIGN, LOW = np.uint32(2**31), np.uint64(2**32 - 1)


@numba.njit(nogil=True, cache=True)
def _key(bits: np.uint32, place: np.uint64) -> np.uint64:
    """The key of a score, as its bits, and a place in the order."""
    ordered = ~bits if bits & SIGN else bits | SIGN
    return np.uint64((np.uint64(np.uint32(ordered)) << np.uint64(32)) | (LOW - place))


@numba.njit(nogil=True, cache=True)
def _select(values: Keys, k: int) -> None:
    """Move the k largest to the front, the smallest of them to place k - 1: Hoare's selection."""
    low, high = 0, len(values) - 1
    while low < high:
        pivot = values[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while values[left] > pivot:
                left += 1
            while values[right] < pivot:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left += 1
                right -= 1
        if right < k - 1:
            low = left
        if left > k - 1:
            high = right


@numba.njit(nogil=True, cache=True, fastmath={"nnan", "nsz", "reassoc"})
def _take_maxima(row: Floats, maxima: Floats) -> None:
    """The maximum of each group; in whatever order it is taken, so that the compiler may take eight at once."""
    size = len(row) // len(maxima)
    for group in range(len(maxima)):
        largest = row[group * size]
        for item in range(group * size + 1, (group + 1) * size):
            if row[item] > largest:
                largest = row[item]
        maxima[group] = largest


@numba.njit(nogil=True, cache=True)
def _collect(row: Floats, maxima: Floats, bound: np.float32, place_of: Ints, k: int, keys: Keys) -> int:
    """How many of `keys` are now filled; the k best of the row are among them, or all that may stand in a list.

    Args:
        row: the scores; -inf = may not stand in a list.
        maxima: of its groups.
        bound: at least k of the row reach it.
        place_of: where each item stands in the order.
        k: length of the list.
        keys: room for 4 k.
    """
    bits, size = row.view(np.uint32), len(row) // len(maxima)
    last, count = np.uint64(0), 0
    for group in range(len(maxima)):
        if maxima[group] < bound:
            continue
        for item in range(group * size, (group + 1) * size):
            if row[item] < bound or row[item] == -np.inf:
                continue
            key = _key(bits[item], np.uint64(place_of[item]))
            if key > last:
                keys[count] = key
                count += 1
            if count == len(keys):
                _select(keys, k)
                last, count = keys[k - 1], k
    return count


@numba.njit(nogil=True, cache=True)
def best(scores: Floats, k: int, place_of: Ints, never: Ints, indptr: Ints, indices: Ints) -> Keys:
    """The keys of each row's k best, in no order: uint64 (rows, k); 0 where fewer may stand in the list.

    Args:
        scores: (rows, n_items), C order, no nan; an item with -inf stands in no list.
        k: 1 to n_items.
        place_of: where each item stands in the order that decides between equal scores.
        never: items that stand in no list.
        indptr: (rows + 1,), of the items that do not stand in the list of their row (csr).
        indices: those items.
    """
    n_items = scores.shape[1]
    size = max(1, min(GROUP, n_items // (2 * k)))
    maxima = np.empty((n_items + size - 1) // size, np.float32)
    row = np.full(len(maxima) * size, -np.inf, np.float32)  # the last group is filled up
    keys, out = np.empty(4 * k, np.uint64), np.zeros((len(scores), k), np.uint64)
    for user in range(len(scores)):
        for item in range(n_items):
            row[item] = scores[user, item] + np.float32(0)  # -0.0 becomes 0.0: they are equal, their bits are not
        for item in never:
            row[item] = -np.inf
        for at in range(indptr[user], indptr[user + 1]):
            row[indices[at]] = -np.inf
        _take_maxima(row, maxima)
        ranked = maxima.copy()
        _select(ranked, k)
        count = _collect(row, maxima, ranked[k - 1], place_of, k, keys)
        if count > k:
            _select(keys[:count], k)
        for place in range(min(k, count)):
            out[user, place] = keys[place]
    return out


@numba.njit(nogil=True, cache=True)
def weighted_sums(
    indptr: Ints, indices: Ints, weights: Floats, from_ptr: Ints, to_items: Ints, carry: Floats
) -> Floats:  # fmt: skip
    """Rows times a sparse item-to-item matrix: dense float32 (rows, n_items), added up as scipy does it, bit for bit.

    Args:
        indptr: of the rows (csr).
        indices: items of the rows.
        weights: what each says.
        from_ptr: of the matrix, by the item that carries (csr).
        to_items: what it carries.
        carry: how much.
    """
    sums = np.zeros((len(indptr) - 1, len(from_ptr) - 1), np.float32)
    for user in range(len(sums)):
        row = sums[user]
        for at in range(indptr[user], indptr[user + 1]):
            weight, start, end = weights[at], from_ptr[indices[at]], from_ptr[indices[at] + 1]
            targets, amounts = to_items[start:end], carry[start:end]
            for place in range(len(targets)):
                # a number that cannot be negative spares the look whether it counts from the end
                row[np.uint32(targets[place])] += weight * amounts[place]
    return sums
