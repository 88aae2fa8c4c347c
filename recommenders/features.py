"""What is known of an anime besides who watched it, as plain lists.

The one rule: nothing here comes from ratings (no mean score, no popularity), so a content model cannot
learn what an evaluation hides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from recommenders.errors import InvalidInputError
from recommenders.interactions import Csr, Keys

WORD = r"(?u)\b\w+\b"
"""One letter is a word too: titles say K, X and 2."""


TEXTS = ("titles", "synopses", "genres", "tags", "studios")
UNKNOWN: Mapping[str, Callable[[int], Any]] = {
    "formats": lambda n: [""] * n,
    "started": lambda n: np.full(n, np.nan),
    "episodes": lambda n: np.full(n, np.nan),
    "franchise": lambda n: np.full(n, -1, dtype=np.int64),
    "universe": lambda n: np.full(n, -1, dtype=np.int64),
}
"""What stands where nothing is known, by the field."""


@dataclass(frozen=True)
class ItemFeatures:
    """Descriptions of the items, one element per item, in the order of `item_keys`.

    Attributes:
        item_keys: int64 (n_items,), strictly ascending.
        titles: all titles of the item in one text ("" = unknown).
        synopses: plain text ("" = unknown).
        genres: genre names.
        tags: tag names.
        studios: studio names.
        formats: "TV", "MOVIE" and so on ("" = unknown).
        started: float64 (n_items,), first day in days since 1970 (nan = unknown).
        episodes: float64 (n_items,), number of episodes (nan = unknown).
        franchise: int64 (n_items,), equal for the parts of one story, e.g. its seasons (-1 = stands alone).
        universe: int64 (n_items,), equal for all franchises under one name, e.g. all of Gundam (-1 = stands alone).
    """

    item_keys: Keys
    titles: Sequence[str]
    synopses: Sequence[str]
    genres: Sequence[Sequence[str]]
    tags: Sequence[Sequence[str]]
    studios: Sequence[Sequence[str]]
    formats: Sequence[str] = ()
    started: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    episodes: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    franchise: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    universe: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        self._fill_unknown()
        for name in (*TEXTS, *UNKNOWN):
            if len(getattr(self, name)) != len(self.item_keys):
                raise InvalidInputError(
                    f"{len(self.item_keys)} item keys but {len(getattr(self, name))} {name}: one per item"
                )
        if np.any(np.diff(self.item_keys) <= 0):
            raise InvalidInputError("item_keys must be strictly ascending: sort the descriptions by key")

    def _fill_unknown(self) -> None:
        """Whoever gives no dates, formats or franchises knows none."""
        for name, nothing in UNKNOWN.items():
            if not len(getattr(self, name)):
                object.__setattr__(self, name, nothing(len(self.item_keys)))

    @property
    def n_items(self) -> int:
        """Number of items described."""
        return len(self.item_keys)


@dataclass(frozen=True)
class FeatureWeights:
    """How much each kind of feature counts: the length of its part of an item's vector."""

    title: float
    synopsis: float
    genre: float
    tag: float
    studio: float


def tfidf(items: ItemFeatures, weights: FeatureWeights, max_words: int) -> Csr:
    """Items as vectors of length 1 (0 for an item nothing is known of): csr (n_items, features) float64.

    Each kind of feature is a TF-IDF block of its own, brought to length 1 and then to its weight, so a
    long synopsis cannot drown a genre.

    Args:
        items: the descriptions.
        weights: length of each block.
        max_words: at most so many different words are kept from the synopses.
    """
    blocks = [
        weights.title * _words(items.titles, min_df=1, max_df=1.0, max_features=None, stop=None),
        # words in fewer than 3 synopses tie nothing together; those in a tenth of them say nothing
        weights.synopsis * _words(items.synopses, min_df=3, max_df=0.1, max_features=max_words, stop="english"),
        weights.genre * _labels(items.genres),
        weights.tag * _labels(items.tags),
        weights.studio * _labels(items.studios),
    ]
    stacked = scipy.sparse.csr_array(scipy.sparse.hstack(blocks, format="csr"))
    lengths = np.sqrt(np.asarray((stacked * stacked).sum(axis=1)).ravel())
    inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return scipy.sparse.csr_array(scipy.sparse.diags_array(inverse) @ stacked)


def _words(texts: Sequence[str], *, min_df: int, max_df: float, max_features: int | None, stop: str | None) -> Csr:
    """TF-IDF of free text; no columns when there is no usable word."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    documents = sum(1 for text in texts if text)
    # the share is of the texts there are: most anime have no synopsis, and a limit counted over all would
    # never be met; few texts share every word by chance
    limit = max(int(max_df * documents), min_df + 2) if max_df < 1.0 else 1.0
    vectorizer = TfidfVectorizer(
        token_pattern=WORD,
        sublinear_tf=True,
        min_df=min_df,
        max_df=limit,
        max_features=max_features,
        stop_words=stop,
    )
    return _fitted_or_empty(vectorizer, texts)


def _labels(lists: Sequence[Sequence[str]]) -> Csr:
    """TF-IDF of labels (a rare tag weighs more than a common one); no columns when nobody has any."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return _fitted_or_empty(TfidfVectorizer(analyzer=_as_they_are, binary=True), lists)


def _as_they_are(labels: Sequence[str]) -> Sequence[str]:
    """The labels themselves: they are names, not text to be cut into words."""
    return labels


def _fitted_or_empty(vectorizer: Any, documents: Sequence[object]) -> Csr:
    """The vectorised documents, or a matrix without columns where scikit-learn finds no vocabulary."""
    try:
        return scipy.sparse.csr_array(vectorizer.fit_transform(documents), dtype=np.float64)
    except ValueError as error:
        # scikit-learn has no class of its own for this; any other ValueError is ours to hear about
        if "empty vocabulary" not in str(error) and "no terms remain" not in str(error):
            raise
        return scipy.sparse.csr_array((len(documents), 0), dtype=np.float64)
