"""How varied lists are, and whether they resemble their users, from what items are about.

The one rule: an item of which nothing is known says nothing: it is left out, never taken for a match or for
the opposite.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from recommenders.features import ItemFeatures
from recommenders.interactions import Csr
from recommenders.labels import indicators
from recommenders.metrics import Doubles

SMOOTHING = 0.01
"""Share of the user's own distribution that is mixed into the list's, so that a missing genre costs much and
not infinitely much (alpha in the paper)."""


@dataclass(frozen=True)
class Subjects:
    """What items are about, for the metrics of this file.

    Attributes:
        vectors: csr (n_items, labels) float64, genres and tags, each row of length 1; empty where none is known.
        genres: csr (n_items, genres) float64, each row sums to 1; empty where none is known.
    """

    vectors: Csr
    genres: Csr


def subjects(features: ItemFeatures) -> Subjects:
    """The genres and tags of the items as vectors; every genre and tag counts alike."""
    genres = indicators(features.genres)
    both = scipy.sparse.csr_array(scipy.sparse.hstack([genres, indicators(features.tags)], format="csr"))
    return Subjects(_divided(both, np.sqrt(np.diff(both.indptr))), _divided(genres, np.diff(genres.indptr)))


def intra_list_diversity(items: NDArray[np.int32], about: Subjects, k: int) -> Doubles:
    """1 - the mean cosine of all pairs in the first k places of each list, 0-1: float64 (users,).

    NaN for a list with fewer than two items of which genres or tags are known.

    Source:
        Ziegler, McNee, Konstan, Lausen, "Improving recommendation lists through topic diversification",
        WWW 2005.
    """
    listed = _places(items[:, :k], about.vectors.shape[0])
    described = np.asarray(listed @ (np.diff(about.vectors.indptr) > 0).astype(np.float64))
    total = scipy.sparse.csr_array(listed @ about.vectors)
    # |sum of unit vectors| ** 2 is their number and twice the cosine of each pair
    square = np.asarray((total * total).sum(axis=1)).ravel()
    pairs = described * (described - 1)
    cosine = np.divide(square - described, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)
    return np.asarray(np.clip(1 - cosine, 0, 1))


def tastes(known: Csr, about: Subjects) -> Doubles:
    """The mean genre distribution of what each user has: float64 (users, genres); 0 without a known genre.

    Args:
        known: csr (users, n_items), what each user has.
        about: the items' genres.
    """
    entries = known.astype(np.float64)
    entries.data = np.ones(len(entries.data))
    return _distributions(entries, about.genres)


def calibration_kl(items: NDArray[np.int32], taste: Doubles, about: Subjects, k: int) -> Doubles:
    """How far the genres of each list's first k places are from those of its user's titles: float64 (users,), nats.

    KL(p || (1 - a) q + a p) with p the mean genre distribution of what is known of the user, q that of the
    list, a = SMOOTHING; 0 = the same mixture. NaN where either has no item with a known genre.

    Args:
        items: int32 (users, N), best first, -1 = no item.
        taste: float64 (users, genres), p, as `tastes` gives it.
        about: the items' genres.
        k: places that count.

    Source:
        Steck, "Calibrated recommendations", RecSys 2018.
    """
    offer = _distributions(_places(items[:, :k], about.genres.shape[0]), about.genres)
    mixed = (1 - SMOOTHING) * offer + SMOOTHING * taste
    ratio = np.divide(taste, mixed, out=np.ones_like(taste), where=taste > 0)
    distance = (taste * np.log(ratio)).sum(axis=1)
    spoken = (taste.sum(axis=1) > 0) & (offer.sum(axis=1) > 0)
    return np.where(spoken, np.maximum(distance, 0), np.nan)


def _divided(matrix: Csr, divisors: NDArray[np.generic]) -> Csr:
    """The matrix in float64, each row divided by its number; a divisor is 0 only where a row is empty."""
    counts = np.diff(matrix.indptr)
    result = matrix.astype(np.float64)
    result.data = result.data / np.repeat(divisors, counts)
    return result


def _places(items: NDArray[np.int32], n_items: int) -> Csr:
    """1 for each listed item, in the order of the list: csr (users, n_items) float64."""
    listed = items >= 0
    ends = np.concatenate([[0], np.cumsum(listed.sum(axis=1))])
    chosen = items[listed]
    # the order of columns within a row matters to nothing that is added up here
    result: Csr = scipy.sparse.csr_array((np.ones(len(chosen)), chosen, ends), shape=(len(items), n_items))
    return result


def _distributions(entries: Csr, genres: Csr) -> Doubles:
    """Mean genre distribution of each row's items with a known genre: float64 (rows, genres), 0 where there is none."""
    total = (entries @ genres).toarray()
    size = total.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(total, size, out=np.zeros_like(total), where=size > 0))
