"""The rows of alternating least squares: each the minimiser, or a step towards it, for one row of a sparse matrix.

For a row with entries j, confidences c_j and the vectors y_j of the other side the normal equations are
(G + sum_j (c_j - 1) y_j y_j') x = sum_j c_j y_j, where G = Y'Y + penalty. Rows have nothing to do with each other, so
that no bit depends on how they are dealt out to threads.
"""

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.int32]
Ends = NDArray[np.int64]

SOLVED = 1e-20
"""A squared residual below which there is nothing left to gain."""


@numba.njit(nogil=True, cache=True)
def _longest(indptr: Ends, first: int, last: int) -> int:
    """Entries of the longest of these rows."""
    longest = 0
    for row in range(first, last):
        longest = max(longest, indptr[row + 1] - indptr[row])
    return longest


@numba.njit(nogil=True, cache=True, fastmath=True)
def _gather(indices: Indices, confidence: Floats, other: Floats, near: Floats, total: Floats) -> None:
    """The vectors of a row's entries side by side in `near`, and the sum of c_j y_j in `total`."""
    total[:] = 0
    for at in range(len(indices)):
        # a number that cannot be negative spares the look whether it counts from the end
        vector, place, weight = other[np.uint32(indices[at])], near[at], confidence[at]
        for i in range(len(total)):
            place[i] = vector[i]
            total[i] += weight * vector[i]


@numba.njit(nogil=True, cache=True, fastmath=True)
def _product(gram: Floats, near: Floats, excess: Floats, x: Floats, out: Floats) -> None:
    """The left side of the normal equations for x, in `out`: four entries at a time, for a quarter of its writes.

    Args:
        gram: G, (size, size).
        near: (entries, size), their vectors.
        excess: (entries,), c_j - 1.
        x: (size,).
        out: (size,).
    """
    size, entries = len(x), len(excess)
    out[:] = 0
    for at in range(0, size - 3, 4):
        a, b, c, d = x[at], x[at + 1], x[at + 2], x[at + 3]
        for i in range(size):
            out[i] += a * gram[at, i] + b * gram[at + 1, i] + c * gram[at + 2, i] + d * gram[at + 3, i]
    for at in range(size // 4 * 4, size):
        a = x[at]
        for i in range(size):
            out[i] += a * gram[at, i]
    whole = entries // 4 * 4
    for at in range(0, whole, 4):
        a = b = c = d = np.float32(0)
        for i in range(size):
            a += near[at, i] * x[i]
            b += near[at + 1, i] * x[i]
            c += near[at + 2, i] * x[i]
            d += near[at + 3, i] * x[i]
        a, b, c, d = a * excess[at], b * excess[at + 1], c * excess[at + 2], d * excess[at + 3]
        for i in range(size):
            out[i] += a * near[at, i] + b * near[at + 1, i] + c * near[at + 2, i] + d * near[at + 3, i]
    for at in range(whole, entries):
        a = np.float32(0)
        for i in range(size):
            a += near[at, i] * x[i]
        a *= excess[at]
        for i in range(size):
            out[i] += a * near[at, i]


@numba.njit(nogil=True, cache=True, fastmath=True)
def improve(
    indptr: Ends, indices: Indices, confidence: Floats, other: Floats, gram: Floats, vectors: Floats,
    first: int, last: int, steps: int,
) -> None:  # fmt: skip
    """Take some steps of conjugate gradients from where each of these rows' vectors is; 0 for a row without entries.

    Args:
        indptr: of the matrix (csr).
        indices: of its entries.
        confidence: of its entries.
        other: (columns, size), the vectors of the other side.
        gram: other' other + penalty, (size, size).
        vectors: (rows, size), changed in place.
        first: the first of the rows.
        last: the row behind the last.
        steps: so many steps.
    """
    size = vectors.shape[1]
    held = np.empty((_longest(indptr, first, last), size), np.float32)
    rest, way, image = np.empty(size, np.float32), np.empty(size, np.float32), np.empty(size, np.float32)
    for row in range(first, last):
        start, end, x = indptr[row], indptr[row + 1], vectors[row]
        if start == end:
            x[:] = 0
            continue
        near, excess = held[: end - start], confidence[start:end] - np.float32(1)
        _gather(indices[start:end], confidence[start:end], other, near, rest)
        _product(gram, near, excess, x, image)
        left = np.float32(0)
        for i in range(size):
            rest[i] -= image[i]
            way[i] = rest[i]
            left += rest[i] * rest[i]
        for _ in range(steps):
            if left < SOLVED:
                break
            _product(gram, near, excess, way, image)
            bend, then = np.float32(0), np.float32(0)
            for i in range(size):
                bend += way[i] * image[i]
            for i in range(size):
                x[i] += left / bend * way[i]
                rest[i] -= left / bend * image[i]
                then += rest[i] * rest[i]
            for i in range(size):
                way[i] = rest[i] + then / left * way[i]
            left = then


@numba.njit(nogil=True, cache=True, fastmath=True)
def _normal_matrix(gram: Floats, near: Floats, excess: Floats, out: Floats) -> None:
    """The lower half of the matrix of the normal equations, in `out`; four entries at a time."""
    size, entries = len(gram), len(excess)
    out[:] = gram
    whole = entries // 4 * 4
    for at in range(0, whole, 4):
        for i in range(size):
            a, b = near[at, i] * excess[at], near[at + 1, i] * excess[at + 1]
            c, d = near[at + 2, i] * excess[at + 2], near[at + 3, i] * excess[at + 3]
            for j in range(i + 1):
                out[i, j] += a * near[at, j] + b * near[at + 1, j] + c * near[at + 2, j] + d * near[at + 3, j]
    for at in range(whole, entries):
        for i in range(size):
            a = near[at, i] * excess[at]
            for j in range(i + 1):
                out[i, j] += a * near[at, j]


@numba.njit(nogil=True, cache=True, fastmath={"reassoc", "contract", "nsz"})
def _solve_in_place(matrix: Floats, x: Floats) -> None:
    """The solution of a positive definite system in place of its right side, by Cholesky from the lower half.

    nan where the matrix is not positive definite in single precision.
    """
    size = len(x)
    for i in range(size):
        for j in range(i + 1):
            total = matrix[i, j]
            for k in range(j):
                total -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = np.sqrt(total) if i == j else total / matrix[j, j]
        rest = x[i]
        for k in range(i):
            rest -= matrix[i, k] * x[k]
        x[i] = rest / matrix[i, i]
    for i in range(size - 1, -1, -1):
        x[i] /= matrix[i, i]
        for k in range(i):
            x[k] -= matrix[i, k] * x[i]


@numba.njit(nogil=True, cache=True)
def solve(
    indptr: Ends, indices: Indices, confidence: Floats, other: Floats, gram: Floats
) -> Floats:  # fmt: skip
    """The minimiser of each row: float32 (rows, size); 0 for a row without entries.

    Args:
        indptr: of the matrix (csr).
        indices: of its entries.
        confidence: of its entries.
        other: (columns, size), the vectors of the other side.
        gram: other' other + penalty, (size, size).
    """
    rows, size = len(indptr) - 1, other.shape[1]
    out, matrix = np.zeros((rows, size), np.float32), np.empty((size, size), np.float32)
    held = np.empty((_longest(indptr, 0, rows), size), np.float32)
    for row in range(rows):
        start, end = indptr[row], indptr[row + 1]
        if start == end:
            continue
        near = held[: end - start]
        _gather(indices[start:end], confidence[start:end], other, near, out[row])
        _normal_matrix(gram, near, confidence[start:end] - np.float32(1), matrix)
        _solve_in_place(matrix, out[row])
    return out
