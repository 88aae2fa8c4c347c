"""The evidence of titles as numbers: how alike they are, and what they say about the place in a series."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from matching.rarity import Rarity
from matching.similarity import EQUAL_KEY, EQUAL_NAME, TitlePairs, partial_ratios, ratios, token_ratios
from matching.titles import KINDS
from matching.titletable import MAIN, NATIVE, SLUG, TitleTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

#: titles at least this alike speak of the same series
_ALIKE = 0.8


class Columns:
    """Named columns of evidence, one value per candidate pair in each."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.values: dict[str, Floats] = {}

    def add(self, name: str, values: NDArray[np.generic]) -> None:
        """Keep one column, as float32."""
        self.values[name] = values.astype(np.float32)


def add_title_evidence(
    columns: Columns, titles: TitleTable, compared: TitlePairs, pairs: Ints, rarity: Rarity
) -> tuple[Ints, Ints]:
    """Add every column about titles; the most alike titles of each pair, as title rows (-1 for none)."""
    witness = compared.witness(columns.count)
    left, right = _witness_titles(compared, witness)
    _overall_titles(columns, titles, compared)
    _heads_and_tails(columns, titles, compared)
    _witness_alike(columns, titles, left, right, compared, witness, rarity)
    _series(columns, titles, left, right)
    _series_anywhere(columns, titles, compared)
    columns.add("seasons_stated", _stated_relation(titles, titles.season, pairs))
    columns.add("parts_stated", _stated_relation(titles, titles.part, pairs))
    return left, right


def _witness_titles(compared: TitlePairs, witness: Ints) -> tuple[Ints, Ints]:
    """Title rows of the witnesses; -1 where a candidate has none."""
    if not len(compared.pair):
        return np.full(len(witness), -1), np.full(len(witness), -1)
    has = witness >= 0
    return np.where(has, compared.left[witness], -1), np.where(has, compared.right[witness], -1)


def _overall_titles(columns: Columns, titles: TitleTable, compared: TitlePairs) -> None:
    """What all title pairs together say."""
    count = columns.count
    kind_left, kind_right = titles.kind[compared.left], titles.kind[compared.right]
    nothing = np.float32(np.nan)

    def best_of(mask: NDArray[np.bool_], values: Floats) -> Floats:
        found = compared.best(np.where(mask, values, -1), count, -1)
        return np.where(found < 0, nothing, found).astype(np.float32)

    columns.add("base_best", compared.best(compared.base, count, np.nan))
    columns.add("full_best", compared.best(compared.full, count, np.nan))
    columns.add("main_full", best_of((kind_left == MAIN) & (kind_right == MAIN), compared.full))
    slug = (kind_left == SLUG) | (kind_right == SLUG)
    columns.add("slug_full", best_of(slug, compared.full))
    columns.add("native_full", best_of((kind_left == NATIVE) & (kind_right == NATIVE), compared.full))
    columns.add("names_equal", compared.total((compared.level >= EQUAL_NAME).astype(np.float32), count))
    mains = [best_of(kind == MAIN, compared.full) for kind in (kind_left, kind_right)]
    columns.add("mains_less", np.minimum(*mains))
    columns.add("mains_more", np.fmax(*mains))
    keys = compared.level >= EQUAL_KEY
    columns.add("keys_equal", compared.total(keys.astype(np.float32), count))
    shared = np.maximum(titles.shared[compared.left], titles.shared[compared.right]).astype(np.float32)
    columns.add("key_shared", -compared.best(np.where(keys, -shared, -99), count, -99))
    columns.add("level_best", compared.best(compared.level.astype(np.float32), count, 0))


def _heads_and_tails(columns: Columns, titles: TitleTable, compared: TitlePairs) -> None:
    """How alike the names before the subtitle, the subtitles, and one's subtitle and the other's whole name are."""
    count, left, right = columns.count, compared.left, compared.right
    tailed = np.fromiter(map(bool, titles.tail), dtype=bool)
    one, two = tailed[left], tailed[right]
    heads = _ratios_where(one | two, titles.head, left, right)
    columns.add("head_best", compared.best(heads.astype(np.float32), count, 0))
    tails = _ratios_where(one & two, titles.tail, left, right)
    columns.add("tail_best", compared.best(tails.astype(np.float32), count, 0))
    columns.add("head_and_tail", compared.best(np.minimum(heads, tails).astype(np.float32), count, 0))
    whole = titles.base + titles.tail
    shift = len(titles.base)
    crossed = np.maximum(
        _ratios_where(one & ~two, whole, left + shift, right),
        _ratios_where(two & ~one, whole, left, right + shift),
    )
    columns.add("tail_whole", compared.best(crossed.astype(np.float32), count, 0))
    names = titles.base + titles.head
    crossed = np.maximum(
        _ratios_where(one & ~two, names, left + shift, right),
        _ratios_where(two & ~one, names, left, right + shift),
    )
    columns.add("head_whole", compared.best(crossed.astype(np.float32), count, 0))
    later = (titles.season[left] == titles.season[right]) & (titles.season[left] > 1)
    either = np.where(one & two, heads, np.where(one | two, crossed, compared.base))
    columns.add("head_in_season", compared.best(np.where(later, either, 0).astype(np.float32), count, 0))


def _ratios_where(mask: NDArray[np.bool_], texts: list[str], left: Ints, right: Ints) -> Floats:
    """Edit similarity (0-1) of the texts in the rows of `mask`; 0 in the others."""
    found = np.zeros(len(mask), dtype=np.float32)
    found[mask] = ratios(texts, left[mask], right[mask])
    return found


def _stated_relation(titles: TitleTable, values: Ints, pairs: Ints) -> Floats:
    """1 both records state one same later season (or part) in whatever title, 0 one states none, -1 all differ."""
    later = np.flatnonzero(values > 1)
    if not len(later) or not len(pairs):
        return np.zeros(len(pairs), dtype=np.float32)
    width = int(values.max()) + 1
    count = int(max(titles.record.max(), pairs.max())) + 1
    stated = scipy.sparse.csr_matrix(
        (np.ones(len(later), np.float32), (titles.record[later], values[later])), shape=(count, width)
    )
    has = np.asarray(stated.sum(axis=1)).ravel() > 0
    both = has[pairs[:, 0]] & has[pairs[:, 1]]
    shared = np.zeros(len(pairs), dtype=np.float32)
    shared[both] = _dot(stated, pairs[both, 0], pairs[both, 1])
    return np.where(both, np.where(shared > 0, 1, -1), 0).astype(np.float32)


def _witness_alike(
    columns: Columns,
    titles: TitleTable,
    left: Ints,
    right: Ints,
    compared: TitlePairs,
    witness: Ints,
    rarity: Rarity,
) -> None:
    """How alike the two most alike titles are, letter by letter and word by word."""
    has = witness >= 0

    def spread(values: Floats) -> Floats:
        out = np.full(columns.count, np.nan, dtype=np.float32)
        out[has] = values
        return out

    one, two = left[has], right[has]
    columns.add("witness_base", spread(compared.base[witness[has]] if has.any() else np.empty(0, np.float32)))
    columns.add("witness_full", spread(compared.full[witness[has]] if has.any() else np.empty(0, np.float32)))
    columns.add("witness_partial", spread(partial_ratios(titles, one, two)))
    columns.add("witness_tokens", spread(token_ratios(titles.spaced, one, two)))
    used, place = np.unique(np.concatenate([one, two]), return_inverse=True)
    here, there = place[: len(one)], place[len(one) :]
    bases = list(map(titles.base.__getitem__, used.tolist()))
    triples = rarity.triple_vectors(bases)
    columns.add("witness_cosine", spread(_dot(triples, here, there)))
    words = rarity.word_weights(titles.words[used])
    less, more = _unshared_words(words, here, there)
    columns.add("words_missing", spread(less))
    columns.add("words_added", spread(more))
    length = np.fromiter(map(len, bases), dtype=np.float32)
    columns.add("witness_length", spread(np.minimum(length[here], length[there])))
    kinds = np.stack([titles.kind[one], titles.kind[two]]) if len(one) else np.empty((2, 0))
    columns.add("witness_slug", spread((kinds == SLUG).any(axis=0).astype(np.float32)))
    columns.add("witness_main", spread((kinds == MAIN).sum(axis=0).astype(np.float32)))


def _dot(matrix: scipy.sparse.csr_matrix, left: Ints, right: Ints) -> Floats:
    """Row by row scalar products."""
    if not len(left):
        return np.empty(0, dtype=np.float32)
    return np.asarray(matrix[left].multiply(matrix[right]).sum(axis=1), dtype=np.float32).ravel()


def _unshared_words(words: scipy.sparse.csr_matrix, left: Ints, right: Ints) -> tuple[Floats, Floats]:
    """Weight of the words only one title of a pair has: of the side that has fewer such, and of the other."""
    if not len(left):
        return np.empty(0, dtype=np.float32), np.empty(0, dtype=np.float32)
    total = np.asarray(words.sum(axis=1), dtype=np.float32).ravel()
    binary = words.copy()
    binary.data = np.ones_like(binary.data)
    shared = np.asarray(words[left].multiply(binary[right]).sum(axis=1), dtype=np.float32).ravel()
    one, two = total[left] - shared, total[right] - shared
    return np.minimum(one, two), np.maximum(one, two)


def place_relation(left: Ints, right: Ints) -> Floats:
    """2 both say the same, 1 neither says or only "first", 0 one says a later one, -1 they say different ones."""
    same = (left == right) & (left > 0)
    quiet = (left <= 1) & (right <= 1) & ((left == 0) | (right == 0))
    one = (left == 0) | (right == 0)
    return np.select([same, quiet, one], [2.0, 1.0, 0.0], default=-1.0).astype(np.float32)


def _series(columns: Columns, titles: TitleTable, left: Ints, right: Ints) -> None:
    """What the two most alike titles say about their place in a series and their kind."""
    has = (left >= 0) & (right >= 0)

    def of(values: Ints, rows: Ints) -> Ints:
        return np.where(has, values[rows], 0) if len(values) else np.zeros(len(rows), dtype=np.int64)

    for name, values in (("season", titles.season), ("part", titles.part), ("year_mark", titles.year)):
        columns.add(f"{name}_relation", place_relation(of(values, left), of(values, right)))
    columns.add("season_gap", np.abs(of(titles.season, left) - of(titles.season, right)).clip(0, 20))
    swapped = (of(titles.season, left) == of(titles.part, right)) | (of(titles.part, left) == of(titles.season, right))
    columns.add("season_is_part", swapped & (of(titles.season, left) != of(titles.season, right)))
    kinds = of(titles.kinds, left) ^ of(titles.kinds, right)
    for word in ("movie", "special", "final", "recap", "pv", "mini", "ova"):
        columns.add(f"{word}_differs", (kinds & KINDS[word]) > 0)
    one, two = of(titles.marks, left), of(titles.marks, right)
    columns.add("marks_relation", np.select([one == two, (one == 0) | (two == 0)], [1.0, 0.0], default=-1.0))
    one, two = of(titles.numbers, left), of(titles.numbers, right)
    columns.add("numbers_relation", np.select([one == two, (one == 0) | (two == 0)], [1.0, 0.0], default=-1.0))


def _series_anywhere(columns: Columns, titles: TitleTable, compared: TitlePairs) -> None:
    """Whether any two alike titles say the same, or different, later seasons."""
    alike = compared.base >= _ALIKE
    season = place_relation(titles.season[compared.left], titles.season[compared.right])
    part = place_relation(titles.part[compared.left], titles.part[compared.right])
    later = titles.season[compared.left] > 1
    count = columns.count
    columns.add("season_agrees_anywhere", compared.best((alike & (season == 2) & later).astype(np.float32), count, 0))
    columns.add("season_conflicts_anywhere", compared.best((alike & (season == -1)).astype(np.float32), count, 0))
    columns.add("season_open_anywhere", compared.best((alike & (season == 0)).astype(np.float32), count, 0))
    columns.add("part_conflicts_anywhere", compared.best((alike & (part == -1)).astype(np.float32), count, 0))
    slug = (titles.kind[compared.left] == SLUG) | (titles.kind[compared.right] == SLUG)
    found = compared.best(np.where(slug & alike, season, -9), count, -9)
    columns.add("slug_season_relation", np.where(found < -5, np.nan, found))
