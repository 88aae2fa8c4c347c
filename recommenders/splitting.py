"""What is hidden from a model, drawn so that nobody can peek: by a hash of the keys.

The one rule: whether an entry is hidden depends on the seed, its user's key and the keys of that user's
liked items; never on the order of rows, other users, or a library's random numbers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommenders.errors import InvalidInputError
from recommenders.interactions import Csr, Interactions, sparse


@dataclass(frozen=True)
class Split:
    """A training part and what it hides.

    Attributes:
        train: the same users and items; hidden entries are neither rated nor seen in it.
        held_out: csr (n_users, n_items) float32, 1 for a hidden item.
        protocol: how it was made, in words that identify it in `fact_model_metric`.
    """

    train: Interactions
    held_out: Csr
    protocol: str

    @property
    def evaluated(self) -> NDArray[np.int64]:
        """Row numbers of the users with at least one hidden item, ascending."""
        return np.flatnonzero(np.diff(self.held_out.indptr)).astype(np.int64)


def holdout(interactions: Interactions, share: float = 0.2, positive_from: float = 7.0, seed: int = 42) -> Split:
    """A random share of each user's positives hidden; everything else stays as input.

    A user with p >= 2 positives has max(1, floor(share * p)) hidden; with one or none, nothing is hidden,
    since there would be nothing left to predict from.

    Args:
        interactions: everything known.
        share: of each user's positives, in (0, 1).
        positive_from: ratings of at least this are positive.
        seed: another seed hides others.

    Raises:
        InvalidInputError: a share outside (0, 1).
    """
    if not 0 < share < 1:
        raise InvalidInputError(f"share must be between 0 and 1, not {share}")
    rated = interactions.ratings.tocoo()
    liked = rated.data >= positive_from
    rows, columns = rated.row[liked], rated.col[liked]
    draw = _draw(seed, interactions.user_keys[rows], interactions.item_keys[columns])
    by_user = np.lexsort((columns, draw, rows))
    positives = np.bincount(rows, minlength=interactions.n_users)
    # the small addition keeps 0.2 * 5 from being cut to 0 by the binary fraction
    hidden = np.maximum(1, np.floor(positives * share + 1e-9)) * (positives >= 2)
    first = np.cumsum(positives) - positives
    place = np.arange(len(rows)) - first[rows[by_user]]
    chosen = by_user[place < hidden[rows[by_user]]]
    held_out = sparse(np.ones(len(chosen)), rows[chosen], columns[chosen], interactions.ratings.shape)
    train = Interactions(
        interactions.user_keys,
        interactions.item_keys,
        _without(interactions.ratings, held_out),
        _without(interactions.seen, held_out),
    )
    words = f"per-user holdout of {share:.0%} of ratings >= {positive_from:g}, seed {seed}, full catalogue"
    return Split(train, held_out, words)


def _without(matrix: Csr, hidden: Csr) -> Csr:
    """The matrix without the stored entries of the other one."""
    entries = matrix.tocoo()
    width = matrix.shape[1]
    out = hidden.tocoo()
    gone = np.isin(entries.row.astype(np.int64) * width + entries.col, out.row.astype(np.int64) * width + out.col)
    return sparse(entries.data[~gone], entries.row[~gone], entries.col[~gone], matrix.shape)


def _draw(seed: int, users: NDArray[np.int64], items: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A number for each (user, item) that looks random and depends on nothing else."""
    state = np.full(len(users), seed, dtype=np.int64).astype(np.uint64)
    for part in (users, items):
        state = _mixed(state + part.astype(np.uint64))
    return state


def _mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): every bit depends on every bit."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
