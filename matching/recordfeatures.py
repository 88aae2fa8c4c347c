"""The evidence of whole records as numbers: all their words together, their makers, the years they name."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from matching.corpus import FORMATS, Corpus
from matching.rarity import Rarity
from matching.similarity import telling
from matching.titlefeatures import Columns

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


def add_record_evidence(columns: Columns, corpus: Corpus, pairs: Ints, rarity: Rarity) -> None:
    """Add every column that looks at more of the two records than their most alike titles."""
    _words_of_records(columns, corpus, pairs, rarity)
    _title_years(columns, corpus, pairs)
    _makers(columns, corpus, pairs)
    short = (corpus.format == FORMATS.index("TV_SHORT")).astype(np.int64)
    columns.add("format_short", short[pairs[:, 0]] + short[pairs[:, 1]])
    known = np.maximum(corpus.popularity[pairs[:, 0]], corpus.popularity[pairs[:, 1]])
    columns.add("popularity_known", np.where(known >= 0, np.log10(1 + np.maximum(known, 0)), np.nan))


def _words_of_records(columns: Columns, corpus: Corpus, pairs: Ints, rarity: Rarity) -> None:
    """Rarity of the words both records have in any title, and the share of it in the record with fewer words."""
    words = rarity.word_weights(corpus.titles.words)
    count, record = len(corpus.records), corpus.titles.record
    owner = scipy.sparse.csr_matrix(
        (telling(corpus.titles).astype(np.float32), (record, np.arange(len(record)))), shape=(count, len(record))
    )
    bag = scipy.sparse.csr_matrix(owner @ (words > 0).astype(np.float32))
    bag.eliminate_zeros()
    bag.data[:] = 1
    weight = np.zeros(words.shape[1], dtype=np.float32)
    weight[words.indices] = words.data
    weighted = bag.copy()
    weighted.data = weight[weighted.indices]
    total = np.asarray(weighted.sum(axis=1), dtype=np.float32).ravel()
    left, right = pairs[:, 0], pairs[:, 1]
    shared = np.asarray(weighted[left].multiply(bag[right]).sum(axis=1), dtype=np.float32).ravel()
    least = np.minimum(total[left], total[right])
    columns.add("words_shared", shared)
    columns.add("words_shared_part", np.where(least > 0, shared / np.maximum(least, 1), np.nan))


def _makers(columns: Columns, corpus: Corpus, pairs: Ints) -> None:
    """Minutes by which an episode is longer, shared studios (1 or 0), equal source material; NaN where unknown."""
    records = corpus.records
    minutes = np.array([one.duration_minutes or np.nan for one in records], dtype=np.float64)
    material = _codes([one.source_material or "" for one in records])
    left, right = pairs[:, 0], pairs[:, 1]
    both = (material[left] > 0) & (material[right] > 0)
    columns.add("duration_gap", np.abs(minutes[left] - minutes[right]))
    columns.add("material_same", np.where(both, material[left] == material[right], np.nan))
    studios = [frozenset(name.casefold() for name in one.studios) for one in records]
    named = np.array([bool(one) for one in studios], dtype=bool)
    shared = np.full(len(pairs), np.nan)
    for at in np.flatnonzero(named[left] & named[right]).tolist():
        shared[at] = not studios[left[at]].isdisjoint(studios[right[at]])
    columns.add("studios_shared", shared)


def _codes(texts: list[str]) -> Ints:
    """A number for each distinct text, 0 for ""."""
    known: dict[str, int] = {"": 0}
    return np.array([known.setdefault(text, len(known)) for text in texts], dtype=np.int64)


def _title_years(columns: Columns, corpus: Corpus, pairs: Ints) -> None:
    """Years between a year in a title of one and the start of the other, the least; NaN without such."""
    titles = corpus.titles
    marked = np.zeros(len(corpus.records), dtype=np.int64)
    np.maximum.at(marked, titles.record, titles.year)
    left, right = pairs[:, 0], pairs[:, 1]
    gaps = []
    for one, two in ((left, right), (right, left)):
        known = (marked[one] > 0) & (corpus.year[two] > 0) & (marked[one] != marked[two])
        gaps.append(np.where(known, np.abs(marked[one] - corpus.year[two]), np.nan))
    columns.add("title_year_gap", np.fmin(*gaps).clip(0, 50))
