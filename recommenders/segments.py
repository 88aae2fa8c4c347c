"""Parts of an evaluation that a mean over everything hides: discovery, the long tail, users with short lists.

The one rule: a segment is decided by the training part alone, for all models alike; no model can choose whom
or what it is measured on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommenders.errors import InvalidInputError
from recommenders.interactions import Csr, Keys, sparse
from recommenders.splitting import Split

HEAD_SHARE = 0.8
"""The most popular items that together have this share of the entries are the head; the others the long tail."""
FEW_ENTRIES = 10
"""Users of whom at most so many entries are known count as cold."""
DISCOVERY = "discovery"
LONG_TAIL = f"long tail (targets beyond the items with {HEAD_SHARE:.0%} of the entries)"
COLD_START = f"cold start (users with at most {FEW_ENTRIES} known entries)"


@dataclass(frozen=True)
class Segment:
    """Whose lists are measured, and by which targets.

    Attributes:
        protocol: the split's, and behind it what this segment is.
        users: int64 (users,), positions within `split.evaluated`, ascending.
        targets: csr (users, n_items), what is to be found; every row has an entry.
        relatives: what is taken out of lists before they are measured; None = nothing.
        same_lists: whether only targets are chosen, so that what lists are like by themselves is known already.
        name: `discovery`, `long tail` or `cold start`; '' = everybody with all targets.
    """

    protocol: str
    users: NDArray[np.int64]
    targets: Csr
    relatives: "Relatives | None" = None
    same_lists: bool = False
    name: str = ""

    def lists(self, items: NDArray[np.int32]) -> NDArray[np.int32]:
        """The lists of these users as they are measured: int32 (users, N), -1 = no item.

        Args:
            items: int32 (len(split.evaluated), N), one list for each evaluated user, best first.
        """
        own = items[self.users]
        return own if self.relatives is None else closed_up(own, ~self.relatives.among(own))


class Relatives:
    """Which items share a franchise with something on a user's list.

    Args:
        franchise: int64 (n_items,), the franchise of each item; -1 = in none.
        known: csr (users, n_items), what each user has.
        owners: int64 (rows,), the user of each row that will be asked for.
    """

    def __init__(self, franchise: Keys, known: Csr, owners: NDArray[np.int64]) -> None:
        if len(franchise) != known.shape[1]:
            raise InvalidInputError(f"{len(franchise)} franchises for {known.shape[1]} items: one for each is needed")
        self._franchise, self._owners = franchise, owners.astype(np.int64)
        self._width = int(franchise.max(initial=-1)) + 1
        rows = np.repeat(np.arange(known.shape[0], dtype=np.int64), np.diff(known.indptr))
        theirs = franchise[known.indices]
        self._known = np.unique((rows * self._width + theirs)[theirs >= 0])

    def among(self, items: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether each place holds a relative of what its row's owner has: bool (rows, N); -1 = no item."""
        franchise = np.where(items >= 0, self._franchise[items], -1)
        wanted = self._owners[:, None] * self._width + franchise
        found = np.minimum(np.searchsorted(self._known, wanted), max(len(self._known) - 1, 0))
        hit = self._known[found] == wanted if len(self._known) else np.zeros(items.shape, dtype=bool)
        return np.asarray((franchise >= 0) & hit)


def segments(split: Split, franchise: Keys | None = None) -> Iterator[Segment]:
    """Everybody with all targets first, then each segment that anybody belongs to.

    - `discovery`: items that share a franchise with anything known of the user are taken out of lists, which
      close up, and out of targets. Only where franchises are known.
    - `long tail`: targets outside the head, which is the smallest set of the items known most often (ties to
      the lower number) that has HEAD_SHARE of all entries known in training. Lists stay as they are.
    - `cold start`: users of whom at most FEW_ENTRIES entries are known.

    Args:
        split: what was hidden, and what was known.
        franchise: int64 (n_items,), the franchise of each item, -1 = in none; None = not known.
    """
    evaluated = split.evaluated
    known, hidden = split.rows.seen[evaluated], split.held_out[evaluated]
    yield Segment(split.protocol, np.arange(len(evaluated)), hidden)
    if franchise is not None:
        owner = np.repeat(np.arange(len(evaluated)), np.diff(hidden.indptr))
        unrelated = ~Relatives(franchise, known, owner).among(hidden.indices[:, None])[:, 0]
        users, targets = _with_targets(hidden, unrelated)
        if len(users):
            relatives = Relatives(franchise, known, users)
            yield Segment(f"{split.protocol}, {DISCOVERY}", users, targets, relatives, name=DISCOVERY)
    users, targets = _with_targets(hidden, ~head(split)[hidden.indices])
    if len(users):
        yield Segment(f"{split.protocol}, {LONG_TAIL}", users, targets, same_lists=True, name="long tail")
    few = np.flatnonzero(np.diff(known.indptr) <= FEW_ENTRIES)
    if len(few):
        yield Segment(f"{split.protocol}, {COLD_START}", few, hidden[few], name="cold start")


def head(split: Split) -> NDArray[np.bool_]:
    """Whether each item is among the most popular ones that have HEAD_SHARE of the entries: bool (n_items,)."""
    times = np.asarray(split.train.seen.sum(axis=0)).ravel()
    order = np.argsort(-times, kind="stable")
    before = np.cumsum(times[order]) - times[order]
    chosen = np.zeros(len(times), dtype=bool)
    # the item with which the share is reached belongs to it; rounding must not add another
    chosen[order[before < HEAD_SHARE * times.sum() - 1e-6]] = True
    return chosen


def closed_up(items: NDArray[np.int32], kept: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The lists without what is not kept, the others in their order and places free at the end: int32 (users, N)."""
    left = np.where(kept, items, -1)
    order = np.argsort(left < 0, axis=1, kind="stable")
    return np.take_along_axis(left, order, axis=1)


def _with_targets(hidden: Csr, kept: NDArray[np.bool_]) -> tuple[NDArray[np.int64], Csr]:
    """The rows that keep a target, and their targets."""
    entries = hidden.tocoo()
    left = sparse(entries.data[kept], entries.row[kept], entries.col[kept], hidden.shape)
    users = np.flatnonzero(np.diff(left.indptr)).astype(np.int64)
    return users, left[users]
