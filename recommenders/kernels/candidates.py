"""What a second stage looks at, for each user and candidate: evidence of the list, place in a franchise, labels.

Every kernel takes users as the rows of a csr matrix (`indptr`, `indices`, and values beside them), and candidates
as int32 (users, k) item numbers with -1 where there is none; those places keep the value of "nothing".
"""

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

EVIDENCE = ("score", "strongest", "second", "carriers", "share", "liking")
SERIES = (
    "seen", "liking", "best", "worst", "nearest_liking", "earlier_share", "later_share", "days_after", "days_before",
    "size", "earlier", "earlier_seen", "later_seen", "same_format_seen",
)  # fmt: skip


@numba.njit(nogil=True, cache=True)
def evidence(
    indptr: Ints, indices: Ints, weights: Floats, liking: Floats, candidates: Ints, from_ptr: Ints, from_items: Ints,
    carry: Floats,
) -> Floats:  # fmt: skip
    """How an item-to-item model speaks for each candidate: float32 (users, k, EVIDENCE).

    Args:
        indptr: of the users' rows.
        indices: items the users have.
        weights: what each says of its user.
        liking: each rating less the user's mean; nan = not rated.
        candidates: the candidates.
        from_ptr: of the model, by target (csc).
        from_items: items that carry each target.
        carry: how much.
    """
    users, k = candidates.shape
    out = np.zeros((users, k, 6), np.float32)
    has = np.zeros(len(from_ptr) - 1, np.float32)
    felt = np.full(len(from_ptr) - 1, np.nan, np.float32)
    for user in range(users):
        for at in range(indptr[user], indptr[user + 1]):
            has[indices[at]] = weights[at]
            felt[indices[at]] = liking[at]
        for place in range(k):
            target = candidates[user, place]
            if target < 0:
                continue
            total = rated = felt_sum = possible = np.float32(0)
            first = second = np.float32(0)
            carriers = 0
            for at in range(from_ptr[target], from_ptr[target + 1]):
                possible += carry[at]
                item = from_items[at]
                if has[item] > 0:
                    amount = has[item] * carry[at]
                    total += amount
                    carriers += 1
                    if amount > first:
                        first, second = amount, first
                    elif amount > second:
                        second = amount
                    if not np.isnan(felt[item]):
                        rated += carry[at]
                        felt_sum += carry[at] * felt[item]
            cell = out[user, place]
            cell[0], cell[1], cell[2], cell[3] = total, first, second, carriers
            cell[4] = total / possible if possible > 0 else 0
            cell[5] = felt_sum / rated if rated > 0 else 0
        for at in range(indptr[user], indptr[user + 1]):
            has[indices[at]] = 0
            felt[indices[at]] = np.nan
    return out


@numba.njit(nogil=True, cache=True)
def _of_group(
    cell: Floats, target: int, members: Ints, has: NDArray[np.bool_], felt: Floats,
    place_in_time: NDArray[np.float64], formats: Ints,
) -> None:  # fmt: skip
    """Fill one cell of SERIES with what the user has of the members of the target's group."""
    seen = rated = earlier = later = earlier_seen = later_seen = same_format = 0
    felt_sum = 0.0
    days_after = days_before = np.inf
    best, worst, nearest = -np.inf, np.inf, np.nan
    for item in members:
        if item == target:
            continue
        gap = place_in_time[target] - place_in_time[item]
        before = gap > 0 or (gap == 0 and item < target)
        if before:
            earlier += 1
        else:
            later += 1
        if not has[item]:
            continue
        seen += 1
        same_format += formats[item] == formats[target]
        if not np.isnan(felt[item]):
            rated += 1
            felt_sum += felt[item]
            best, worst = max(best, felt[item]), min(worst, felt[item])
        if before:
            earlier_seen += 1
            if gap < days_after:
                days_after, nearest = gap, felt[item]
        else:
            later_seen += 1
            days_before = min(days_before, -gap)
    cell[0], cell[9], cell[10], cell[11] = seen, len(members), earlier, earlier_seen
    cell[12], cell[13] = later_seen, same_format
    if rated > 0:
        cell[1], cell[2], cell[3] = felt_sum / rated, best, worst
    if earlier > 0:
        cell[5] = earlier_seen / earlier
    if later > 0:
        cell[6] = later_seen / later
    if earlier_seen > 0:
        cell[4], cell[7] = nearest, days_after
    if later_seen > 0:
        cell[8] = days_before


@numba.njit(nogil=True, cache=True)
def series(
    indptr: Ints, indices: Ints, liking: Floats, candidates: Ints, group: Ints, member_ptr: Ints, members: Ints,
    place_in_time: NDArray[np.float64], formats: Ints,
) -> Floats:  # fmt: skip
    """What the user has of each candidate's group of anime: float32 (users, k, SERIES); nan = nothing to tell.

    Args:
        indptr: of the users' rows.
        indices: items the users have.
        liking: each rating less the user's mean; nan = not rated.
        candidates: the candidates.
        group: (items,), number of the group each item is in; -1 = none.
        member_ptr: where each group's members stand in `members`.
        members: item numbers.
        place_in_time: (items,), days; what is unknown comes last.
        formats: (items,), code of each item's format.
    """
    users, k = candidates.shape
    out = np.full((users, k, 14), np.nan, np.float32)
    has = np.zeros(len(group), np.bool_)
    felt = np.full(len(group), np.nan, np.float32)
    for user in range(users):
        for at in range(indptr[user], indptr[user + 1]):
            has[indices[at]] = True
            felt[indices[at]] = liking[at]
        for place in range(k):
            target = candidates[user, place]
            if target < 0:
                continue
            cell = out[user, place]
            cell[0] = cell[9] = 0
            if group[target] < 0:
                continue
            start, end = member_ptr[group[target]], member_ptr[group[target] + 1]
            _of_group(cell, target, members[start:end], has, felt, place_in_time, formats)
        for at in range(indptr[user], indptr[user + 1]):
            has[indices[at]] = False
            felt[indices[at]] = np.nan
    return out


@numba.njit(nogil=True, cache=True)
def label_means(table: Floats, label_ptr: Ints, labels: Ints, candidates: Ints) -> Floats:
    """The mean of a user's values over the labels of each candidate: float32 (users, k); 0 without a label.

    Args:
        table: (users, labels), what each label is to each user.
        label_ptr: where each item's labels stand in `labels`.
        labels: label numbers.
        candidates: the candidates.
    """
    users, k = candidates.shape
    out = np.zeros((users, k), np.float32)
    for user in range(users):
        for place in range(k):
            target = candidates[user, place]
            if target < 0 or label_ptr[target + 1] == label_ptr[target]:
                continue
            total = np.float32(0)
            for at in range(label_ptr[target], label_ptr[target + 1]):
                total += table[user, labels[at]]
            out[user, place] = total / (label_ptr[target + 1] - label_ptr[target])
    return out
