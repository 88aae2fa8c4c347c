"""How alike the titles of two records are: every title of the one against every title of the other.

For each candidate pair one title pair, the most alike, is chosen as its witness; some features look at the witness
only, others at all title pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from matching.corpus import Corpus
from matching.titletable import SYNONYM, TitleTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

_THREADS = 2
#: how a witness's two titles agree, from nothing to letter by letter
NOT_EQUAL, EQUAL_NAME, EQUAL_KEY, EQUAL_TEXT = range(4)


@dataclass(frozen=True)
class TitlePairs:
    """All comparable title pairs of the candidates, rows of one candidate together.

    `pair` is the candidate's row, `left` and `right` are title rows; `begins` says where each candidate that has
    any title pair starts, `owner` which candidate that is. `base` and `full` are similarities from 0 to 1, of the
    names alone and with season, part and year; `level` is how exactly they agree.
    """

    pair: Ints
    left: Ints
    right: Ints
    base: Floats
    full: Floats
    level: Ints
    begins: Ints
    owner: Ints

    def best(self, values: NDArray[np.floating], count: int, empty: float) -> Floats:
        """For each of `count` candidates the greatest value among its title pairs; `empty` without any."""
        out = np.full(count, empty, dtype=np.float32)
        if len(self.begins):
            out[self.owner] = np.maximum.reduceat(values, self.begins)
        return out

    def total(self, values: NDArray[np.floating], count: int) -> Floats:
        """For each of `count` candidates the sum over its title pairs; 0 without any."""
        out = np.zeros(count, dtype=np.float32)
        if len(self.begins):
            out[self.owner] = np.add.reduceat(values, self.begins)
        return out

    def witness(self, count: int) -> Ints:
        """For each of `count` candidates the row of its most alike title pair, the first of equals; -1 without any."""
        out = np.full(count, -1, dtype=np.int64)
        if len(self.begins):
            merit = np.round(self.level * 4 + self.base + 2 * self.full, 4)
            order = np.lexsort((np.arange(len(merit)), -merit, self.pair))
            out[self.owner] = order[self.begins]
        return out


def compare_titles(corpus: Corpus, pairs: Ints) -> TitlePairs:
    """The title pairs of the candidates `pairs` (rows of record positions) with their similarities.

    Titles in scripts that have nothing in common are not compared, nor such as tell nothing (`telling`).
    """
    pair, left, right = _expand(corpus.first, pairs)
    titles = corpus.titles
    told = telling(titles)
    comparable = ((titles.script[left] & titles.script[right]) > 0) & told[left] & told[right]
    pair, left, right = pair[comparable], left[comparable], right[comparable]
    begins = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]]) if len(pair) else np.empty(0, dtype=np.int64)
    base = _each_once(titles.base, titles.base_id, left, right, fuzz.ratio)
    full, placed = base.copy(), (titles.season > 1) | (titles.part > 1) | (titles.year > 0)
    differs = placed[left] | placed[right]
    full[differs] = _each_once(titles.full, titles.key, left[differs], right[differs], fuzz.ratio)
    return TitlePairs(
        pair=pair,
        left=left,
        right=right,
        base=base,
        full=full,
        level=_levels(titles, left, right),
        begins=begins,
        owner=pair[begins],
    )


def telling(titles: TitleTable) -> NDArray[np.bool_]:
    """Which titles are evidence: a synonym that two works of one source carry is none."""
    return np.asarray((titles.kind != SYNONYM) | (titles.shared < 2))


def ratios(texts: list[str], left: Ints, right: Ints) -> Floats:
    """Edit similarity (0-1) of the texts at `left` to those at `right`, row by row."""
    return _compare(texts, left, right, fuzz.ratio)


def partial_ratios(titles: TitleTable, left: Ints, right: Ints) -> Floats:
    """Edit similarity (0-1) of the shorter name to its best place in the longer one, row by row."""
    return _each_once(titles.base, titles.base_id, left, right, fuzz.partial_ratio)


def token_ratios(texts: list[str], left: Ints, right: Ints) -> Floats:
    """Edit similarity (0-1) of the texts with their words in alphabetical order, row by row."""
    return _compare(texts, left, right, fuzz.token_sort_ratio)


def _each_once(texts: list[str], number: Ints, left: Ints, right: Ints, scorer: Any) -> Floats:
    """As `_compare`, given a number for each text: equal ones are 1, and no two texts are compared twice."""
    one, two = number[left], number[right]
    found = np.ones(len(left), dtype=np.float32)
    differs = np.flatnonzero(one != two)
    pair = one[differs] * (int(number.max(initial=0)) + 1) + two[differs]
    _, first, place = np.unique(pair, return_index=True, return_inverse=True)
    rows = differs[first]
    found[differs] = _compare(texts, left[rows], right[rows], scorer)[place]
    return found


def _compare(texts: list[str], left: Ints, right: Ints, scorer: Any) -> Floats:
    if not len(left):
        return np.empty(0, dtype=np.float32)
    one, two = (list(map(texts.__getitem__, rows.tolist())) for rows in (left, right))
    scores = process.cpdist(one, two, scorer=scorer, dtype=np.float32, workers=_THREADS)
    return np.asarray(scores, dtype=np.float32) / np.float32(100)


def _expand(first: Ints, pairs: Ints) -> tuple[Ints, Ints, Ints]:
    """Every title row of the left record beside every title row of the right one."""
    if not len(pairs):
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty
    many_left = first[pairs[:, 0] + 1] - first[pairs[:, 0]]
    many_right = first[pairs[:, 1] + 1] - first[pairs[:, 1]]
    sizes = many_left * many_right
    pair = np.repeat(np.arange(len(pairs)), sizes)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    width = np.repeat(np.maximum(many_right, 1), sizes)
    left = np.repeat(first[pairs[:, 0]], sizes) + within // width
    right = np.repeat(first[pairs[:, 1]], sizes) + within % width
    return pair, left, right


def _levels(titles: TitleTable, left: Ints, right: Ints) -> Ints:
    """How exactly each title pair agrees, NOT_EQUAL to EQUAL_TEXT."""
    name = titles.base_id[left] == titles.base_id[right]
    key = titles.key[left] == titles.key[right]
    text = titles.exact[left] == titles.exact[right]
    return np.where(key & text, EQUAL_TEXT, np.where(key, EQUAL_KEY, np.where(name, EQUAL_NAME, NOT_EQUAL)))
