"""The evidence of each candidate pair as numbers: titles, place in the series, dates, episodes, format.

One row per pair, one column per name in FEATURES; NaN where one side does not say. Nothing here knows a weight.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.corpus import MISSING, Corpus
from matching.nearest import days_between
from matching.rarity import Rarity
from matching.recordfeatures import add_record_evidence
from matching.similarity import compare_titles
from matching.titlefeatures import Columns, add_title_evidence

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

#: pairs worked on at once, and how many times over
_BLOCK, _THREADS = 12_500, 2
#: formats that sources use for one another, in the order of corpus.FORMATS; -1 says nothing
_FAMILY = np.array([-1, 0, 0, 1, 2, 2, 3, 4, 5])


@dataclass(frozen=True)
class Evidence:
    """Features of candidate pairs with what explains them.

    `values` is float32 (pairs, FEATURES); `left_title` and `right_title` are the most alike titles as rows of the
    title table (-1 for none).
    """

    values: Floats
    left_title: Ints
    right_title: Ints

    def column(self, name: str) -> Floats:
        """One feature by name, a value per pair."""
        return self.values[:, FEATURES.index(name)]

    def rows(self, chosen: NDArray[np.bool_] | Ints) -> Evidence:
        """The evidence of the chosen pairs only."""
        return Evidence(self.values[chosen], self.left_title[chosen], self.right_title[chosen])


def gather_evidence(corpus: Corpus, pairs: Ints, rarity: Rarity) -> Evidence:
    """The features of every candidate pair, in the order of `pairs`; worked out block by block to save memory.

    Two blocks at once: most of the time goes into NumPy, SciPy and RapidFuzz, which let other threads run.
    """
    values = np.empty((len(pairs), len(FEATURES)), dtype=np.float32)
    left, right = np.empty(len(pairs), dtype=np.int64), np.empty(len(pairs), dtype=np.int64)

    def gather(begin: int) -> None:
        block = slice(begin, begin + _BLOCK)
        members, place = np.unique(pairs[block], return_inverse=True)
        part, rows = corpus.part(members)
        columns, *witness = _columns(part, place.reshape(-1, 2).astype(np.int64), rarity)
        for at, name in enumerate(FEATURES):
            values[block, at] = columns.values[name]
        left[block], right[block] = (np.append(rows, -1)[found] for found in witness)

    with ThreadPoolExecutor(_THREADS) as threads:
        deque(threads.map(gather, range(0, len(pairs), _BLOCK)), maxlen=0)
    return Evidence(values, left, right)


def _columns(corpus: Corpus, pairs: Ints, rarity: Rarity) -> tuple[Columns, Ints, Ints]:
    """Every feature of some pairs, and their most alike titles as title rows (-1 for none)."""
    columns = Columns(len(pairs))
    compared = compare_titles(corpus, pairs)
    left, right = add_title_evidence(columns, corpus.titles, compared, pairs, rarity)
    add_record_evidence(columns, corpus, pairs, rarity)
    _dates(columns, corpus, pairs)
    _numbers(columns, corpus, pairs)
    return columns, left, right


def _dates(columns: Columns, corpus: Corpus, pairs: Ints) -> None:
    """How far apart the starts must be, and how exactly each side knows its own."""
    left, right = pairs[:, 0], pairs[:, 1]
    known = (corpus.low[left] != MISSING) & (corpus.low[right] != MISSING)
    gap = days_between(corpus.low, corpus.high, left, right).clip(0, 20_000)
    width = corpus.high - corpus.low
    columns.add("date_gap", np.where(known, gap, np.nan))
    columns.add("date_width_less", np.where(known, np.minimum(width[left], width[right]), np.nan))
    columns.add("date_width_more", np.where(known, np.maximum(width[left], width[right]), np.nan))
    years = np.abs(corpus.year[left] - corpus.year[right])
    columns.add("year_gap", np.where((corpus.year[left] > 0) & (corpus.year[right] > 0), years, np.nan))


def _numbers(columns: Columns, corpus: Corpus, pairs: Ints) -> None:
    """Episodes, format and popularity."""
    one, two = corpus.episodes[pairs[:, 0]], corpus.episodes[pairs[:, 1]]
    known = (one != MISSING) & (two != MISSING)
    columns.add("episodes_gap", np.where(known, np.abs(one - two).clip(0, 500), np.nan))
    columns.add("episodes_ratio", np.where(known, np.minimum(one, two) / np.maximum(np.maximum(one, two), 1), np.nan))
    columns.add("episodes_less", np.where(known, np.minimum(one, two), np.nan))
    columns.add("episodes_known", np.maximum(one, two))
    first, second = _FAMILY[corpus.format[pairs[:, 0]]], _FAMILY[corpus.format[pairs[:, 1]]]
    columns.add("format_same", np.where((first >= 0) & (second >= 0), first == second, np.nan))
    for name, group in (("series", (0,)), ("ona", (1,)), ("film", (3,)), ("extra", (2,)), ("clip", (4, 5))):
        inside = np.isin(first, group).astype(int) + np.isin(second, group)
        columns.add(f"format_{name}", inside)
    columns.add("episodes_multiple", _multiple(one, two, known))
    columns.add("popularity_less", _popularity(corpus, pairs, np.minimum))
    columns.add("popularity_more", _popularity(corpus, pairs, np.maximum))


def _multiple(one: Ints, two: Ints, known: NDArray[np.bool_]) -> Floats:
    """How many times the one's episodes are the other's, 0 when not a whole number of times; NaN when unknown."""
    less, more = np.maximum(np.minimum(one, two), 1), np.maximum(one, two)
    return np.where(known, np.where(more % less == 0, more // less, 0).clip(0, 20), np.nan).astype(np.float32)


def _popularity(corpus: Corpus, pairs: Ints, choose: np.ufunc) -> Floats:
    """log10 of the lesser or greater number of users; NaN when a side does not say."""
    one, two = corpus.popularity[pairs[:, 0]], corpus.popularity[pairs[:, 1]]
    known = (one >= 0) & (two >= 0)
    return np.where(known, np.log10(1 + choose(np.maximum(one, 0), np.maximum(two, 0))), np.nan).astype(np.float32)


_TITLE_FEATURES = (
    "base_best full_best main_full slug_full native_full names_equal keys_equal key_shared level_best "
    "head_best tail_best head_and_tail tail_whole head_whole head_in_season mains_less mains_more "
    "witness_base witness_full witness_partial witness_tokens witness_cosine words_missing words_added "
    "witness_length witness_slug witness_main"
)
_SERIES_FEATURES = (
    "season_relation part_relation year_mark_relation season_gap season_is_part movie_differs special_differs "
    "final_differs recap_differs pv_differs mini_differs ova_differs marks_relation numbers_relation "
    "season_agrees_anywhere season_conflicts_anywhere season_open_anywhere part_conflicts_anywhere "
    "slug_season_relation seasons_stated parts_stated"
)
_RECORD_FEATURES = (
    "words_shared words_shared_part title_year_gap "
    "format_short popularity_known episodes_multiple duration_gap material_same studios_shared"
)
_FACT_FEATURES = (
    "date_gap date_width_less date_width_more year_gap episodes_gap episodes_ratio episodes_less episodes_known "
    "format_same format_series format_ona format_film format_extra format_clip popularity_less popularity_more"
)
#: the columns of the feature matrix, in order
FEATURES: tuple[str, ...] = tuple(f"{_TITLE_FEATURES} {_SERIES_FEATURES} {_FACT_FEATURES} {_RECORD_FEATURES}".split())
