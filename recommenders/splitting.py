"""What is hidden from a model, drawn so that nobody can peek: by a hash of lasting ids.

The one rule: nothing hidden stands in what a model is given; a split that would break it cannot be made.

Whether `holdout` hides an entry depends on the seed, its user's key and the lasting ids of that user's liked items;
never on the order of rows, other users, the keys that one warehouse gave, or a library's random numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from recommenders.errors import InvalidInputError, LeakageError
from recommenders.interactions import LIKED, Csr, Interactions, sparse


@dataclass(frozen=True)
class Split:
    """A training part and what it hides.

    Attributes:
        train: what models learn from; hidden entries are neither rated nor seen in it.
        held_out: csr (n_users, n_items) float32, 1 for a hidden item.
        protocol: how it was made, in words that identify it in `fact_model_metric`.
        given: the same users and items: what a model is told of the users it recommends to; None = what it
            learned of them. It differs where users are evaluated who were never trained on.

    Raises:
        LeakageError: a hidden entry stands in `train` or `given`.
    """

    train: Interactions
    held_out: Csr
    protocol: str
    given: Interactions | None = None

    def __post_init__(self) -> None:
        parts = [("training", self.train), *([("given", self.given)] if self.given is not None else [])]
        for name, part in parts:
            leaked = max(_common(self.held_out, matrix) for matrix in matrices(part).values())
            if leaked:
                raise LeakageError(
                    f"{leaked} hidden entries stand in the {name} part of '{self.protocol}': hide them from both "
                    "its ratings and its lists before measuring anything"
                )

    @property
    def rows(self) -> Interactions:
        """What a model is told of each user when it recommends."""
        return self.train if self.given is None else self.given

    @property
    def evaluated(self) -> NDArray[np.int64]:
        """Row numbers of the users with at least one hidden item, ascending."""
        return np.flatnonzero(np.diff(self.held_out.indptr)).astype(np.int64)


def holdout(
    interactions: Interactions,
    share: float = 0.2,
    positive_from: float = LIKED,
    seed: int = 42,
    *,
    by_chance: bool = False,
) -> Split:
    """A random share of each user's positives hidden; everything else stays as input.

    A user with p >= 2 positives has max(1, floor(share * p)) hidden; with one or none, nothing is hidden,
    since there would be nothing left to predict from. By chance, each positive is hidden or not, whatever becomes
    of the others: users with few positives are then rarely asked, and those with many have more or less to be found.

    Args:
        interactions: everything known.
        share: of each user's positives, in (0, 1); the probability of each, by chance.
        positive_from: ratings of at least this are positive.
        seed: another seed hides others.
        by_chance: whether each positive is drawn by itself.

    Raises:
        InvalidInputError: a share outside (0, 1).
    """
    if not 0 < share < 1:
        raise InvalidInputError(f"share must be between 0 and 1, not {share}")
    rated = interactions.ratings.tocoo()
    liked = rated.data >= positive_from
    rows, columns = rated.row[liked], rated.col[liked]
    draw = drawn(seed, interactions.user_keys[rows], interactions.lasting_ids[columns])
    if by_chance:
        chosen = np.flatnonzero(draw < np.uint64(share * float(2**64)))
        words = f"each rating >= {positive_from:g} of a user hidden with probability {share:g}"
    else:
        chosen = _share_of_each(rows, columns, draw, share)
        words = f"per-user holdout of {share:.0%} of ratings >= {positive_from:g}"
    held_out = sparse(np.ones(len(chosen)), rows[chosen], columns[chosen], interactions.ratings.shape)
    train = without(interactions, held_out)
    return Split(train, held_out, f"{words}, seed {seed}, full catalogue")


def _share_of_each(
    rows: NDArray[np.int32], columns: NDArray[np.int32], draw: NDArray[np.uint64], share: float
) -> NDArray[np.intp]:
    """Which positives are hidden, where it is a share of each user's: the first by their draw."""
    by_user = np.lexsort((columns, draw, rows))
    positives = np.bincount(rows)
    # the small addition keeps 0.2 * 5 from being cut to 0 by the binary fraction
    hidden = np.maximum(1, np.floor(positives * share + 1e-9)) * (positives >= 2)
    first = np.cumsum(positives) - positives
    place = np.arange(len(rows)) - first[rows[by_user]]
    return np.asarray(by_user[place < hidden[rows[by_user]]])


def apart(split: Split, other: Split) -> Split:
    """The split that asks for nothing of what the other asks for; what models learn from stays the same."""
    kept = _kept(split.held_out, ~np.isin(places(split.held_out), places(other.held_out)))
    return replace(split, held_out=kept, protocol=f"{split.protocol}, without what is hidden by: {other.protocol}")


def without(interactions: Interactions, hidden: Csr) -> Interactions:
    """The same users and items, of which nothing is known where the other matrix has an entry."""
    gone = places(hidden)
    return entries_where(interactions, lambda matrix: ~np.isin(places(matrix), gone))


def entries_where(interactions: Interactions, wanted: Callable[[Csr], NDArray[np.bool_]]) -> Interactions:
    """The same users and items with part of what is known.

    Args:
        interactions: everything known.
        wanted: says of each of its matrices which of the entries, in their order, are kept.
    """
    kept: dict[str, Any] = {name: _kept(matrix, wanted(matrix)) for name, matrix in matrices(interactions).items()}
    return replace(interactions, **kept)


def matrices(interactions: Interactions) -> dict[str, Csr]:
    """Everything that is known of users and items together, by the name of its field."""
    values: dict[str, Any] = {field.name: getattr(interactions, field.name) for field in fields(interactions)}
    return {name: value for name, value in values.items() if isinstance(value, scipy.sparse.csr_array)}


def drawn(seed: int, *keys: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A number for each tuple of keys that looks random and depends on nothing but them and the seed.

    The seed is mixed before a key is added: else the next seed would draw for a key what this one draws for the next.
    """
    state = mixed(np.full(len(keys[0]), seed, dtype=np.int64).astype(np.uint64))
    for part in keys:
        state = mixed(state + part.astype(np.uint64))
    return state


def places(matrix: Csr) -> NDArray[np.int64]:
    """A number for the place of each stored entry: row * width + column."""
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    return rows * matrix.shape[1] + matrix.indices


def _kept(matrix: Csr, wanted: NDArray[np.bool_]) -> Csr:
    """The matrix with those of its entries, in their order, that are wanted; of the same type."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[wanted]
    ends = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=matrix.shape[0]))])
    result: Csr = scipy.sparse.csr_array((matrix.data[wanted], matrix.indices[wanted], ends), shape=matrix.shape)
    return result


def _common(one: Csr, other: Csr) -> int:
    """How many places have an entry in both matrices."""
    return int(np.isin(places(one), places(other)).sum())


def mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): every bit depends on every bit."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
