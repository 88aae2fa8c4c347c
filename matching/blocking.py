"""Candidate pairs: of all pairs of records of different sources, those worth comparing.

Three ways lead to a pair, each found without looking at all pairs: an equal name, a similar name (cosine of rare
letter triples), or the same first day with the same number of episodes. A claimed cross id is a fourth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.corpus import MISSING, Corpus

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Blocking:
    """How widely to look for candidates.

    `frequent` letter triples (more titles than this carry them) are passed over; a title pair below `cosine` is
    no candidate; each record keeps its `nearest` most similar records of every other source, or fewer when it
    stands in the larger catalogue (`nearest_back`). Similar names that began more than `days_apart` days apart are
    no candidates (equal names are: the pair is worth an explanation). A name that more than `crowded` records
    carry, and a day on which more than `crowded` records begin, lead to no pairs.
    """

    frequent: int = 1500
    cosine: float = 0.25
    nearest: int = 10
    nearest_back: int = 3
    crowded: int = 60
    days_apart: int = 5 * 365 + 1
    chunk: int = 500


def candidate_pairs(corpus: Corpus, settings: Blocking | None = None) -> Ints:
    """Candidate pairs as rows (left, right) of record positions, left < right, of different sources, in order."""
    settings = settings or Blocking()
    found = [
        _equal_names(corpus, settings),
        _similar_names(corpus, settings),
        _same_start(corpus, settings),
        claimed_pairs(corpus),
    ]
    pairs = np.concatenate(found)
    pairs = pairs[corpus.source[pairs[:, 0]] != corpus.source[pairs[:, 1]]]
    return unique_pairs(pairs)


def unique_pairs(pairs: Ints) -> Ints:
    """The pairs with the smaller position first, each once, in ascending order."""
    if not len(pairs):
        return np.empty((0, 2), dtype=np.int64)
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    span = int(high.max()) + 1
    codes = np.unique(low * span + high)
    return np.stack([codes // span, codes % span], axis=1)


def claimed_pairs(corpus: Corpus) -> Ints:
    """Pairs of which one record claims to be the other, when both are at hand."""
    place = {record.name: at for at, record in enumerate(corpus.records)}
    pairs = [
        (at, place[claim])
        for at, record in enumerate(corpus.records)
        for claim in record.claimed
        if claim in place and claim[0] != record.source
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _equal_names(corpus: Corpus, settings: Blocking) -> Ints:
    """Pairs with a name in common, whatever season they say; crowded names only with equal season, part and year."""
    titles = corpus.titles
    by_base = _pairs_within(titles.base_id, titles.record, settings.crowded)
    by_key = _pairs_within(titles.key, titles.record, settings.crowded)
    return np.concatenate([by_base, by_key])


def _pairs_within(group: Ints, record: Ints, crowded: int) -> Ints:
    """All pairs of records that share a group, for groups of at most `crowded` members."""
    if not len(group):
        return np.empty((0, 2), dtype=np.int64)
    members = np.unique(np.stack([group, record], axis=1), axis=0)
    starts = np.flatnonzero(np.r_[True, members[1:, 0] != members[:-1, 0]])
    sizes = np.diff(np.r_[starts, len(members)])
    pairs = [np.empty((0, 2), dtype=np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= crowded)]):
        left, right = np.triu_indices(size, k=1)
        begins = starts[sizes == size][:, None]
        pairs.append(np.stack([members[begins + left, 1].ravel(), members[begins + right, 1].ravel()], axis=1))
    return np.concatenate(pairs)


def _same_start(corpus: Corpus, settings: Blocking) -> Ints:
    """Pairs that begin on the very same day and have the same number of episodes."""
    known = np.flatnonzero((corpus.low == corpus.high) & (corpus.low != MISSING) & (corpus.episodes != MISSING))
    group = corpus.low[known] * 10_000 + np.minimum(corpus.episodes[known], 9_999)
    return _pairs_within(group, known, settings.crowded)


def letter_triples(texts: list[str]) -> sparse.csr_matrix:
    """Which letter triples a text holds: csr (texts, triples) of ones; "^" and "$" stand for its ends."""
    if not texts:
        return sparse.csr_matrix(np.empty((0, 0), dtype=np.float32))
    joined = "\n".join(f"^{text}$" for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    breaks = codes == ord("\n")
    inside = ~(breaks[:-2] | breaks[1:-1] | breaks[2:])
    triples = ((codes[:-2] << np.uint64(42)) | (codes[1:-1] << np.uint64(21)) | codes[2:])[inside]
    rows = np.cumsum(breaks)[:-2][inside]
    _, columns = np.unique(triples, return_inverse=True)
    width = int(columns.max()) + 1 if len(columns) else 0
    matrix = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(texts), width))
    matrix.data[:] = 1
    return matrix


def weighted(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The rows weighted by rarity and brought to length 1.

    The weight falls by one for every doubling of the number of rows that hold a column. Steps rather than a
    logarithm of the share, so that one more record changes the weight of few columns and of no catalogue.
    """
    counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
    rarity = np.maximum(18 - np.frexp(np.maximum(counts, 1))[1], 1).astype(np.float32)
    out = matrix.copy()
    out.data = rarity[matrix.indices]
    length = np.sqrt(np.asarray(out.multiply(out).sum(axis=1)).ravel())
    scale = sparse.diags((1 / np.maximum(length, 1e-9)).astype(np.float32))
    return sparse.csr_matrix(scale @ out)


def _similar_names(corpus: Corpus, settings: Blocking) -> Ints:
    """Pairs that are among each other's most similar names, source by source."""
    triples = letter_triples(corpus.titles.base)
    counts = np.bincount(triples.indices, minlength=triples.shape[1])
    vectors = weighted(triples)
    vectors.data[counts[vectors.indices] > settings.frequent] = 0
    vectors.eliminate_zeros()
    source = corpus.source[corpus.titles.record] if len(corpus.titles.record) else corpus.titles.record
    found = [np.empty((0, 2), dtype=np.int64)]
    for left in range(len(corpus.sources)):
        for right in range(left + 1, len(corpus.sources)):
            found.append(_nearest(vectors, source == left, source == right, corpus, settings))
    return np.concatenate(found)


def days_apart(corpus: Corpus, left: Ints, right: Ints) -> Ints:
    """Days by which the starts must be apart at least; 0 when they may agree or one is unknown."""
    known = (corpus.low[left] != MISSING) & (corpus.low[right] != MISSING)
    gap = np.maximum(corpus.low[left] - corpus.high[right], corpus.low[right] - corpus.high[left])
    return np.where(known, np.maximum(gap, 0), 0)


def _nearest(
    vectors: sparse.csr_matrix,
    left: NDArray[np.bool_],
    right: NDArray[np.bool_],
    corpus: Corpus,
    settings: Blocking,
) -> Ints:
    """The most similar record pairs between two sources."""
    record = corpus.titles.record
    if left.sum() > right.sum():
        left, right = right, left
    queries, others = vectors[left], vectors[right].T.tocsr()
    query_record, other_record = record[left], record[right]
    rows, columns, values = [], [], []
    for begin in range(0, queries.shape[0], settings.chunk):
        product = queries[begin : begin + settings.chunk] @ others
        product.data[product.data < settings.cosine] = 0
        product.eliminate_zeros()
        product = product.tocoo()
        one, two = query_record[begin + product.row], other_record[product.col]
        near = days_apart(corpus, one, two) <= settings.days_apart
        rows.append(one[near])
        columns.append(two[near])
        values.append(product.data[near])
    if not rows:
        return np.empty((0, 2), dtype=np.int64)
    one, two, cosine = _best_per_pair(np.concatenate(rows), np.concatenate(columns), np.concatenate(values))
    kept = (ranks(one, two, cosine) < settings.nearest) | (ranks(two, one, cosine) < settings.nearest_back)
    return np.stack([one[kept], two[kept]], axis=1)


def _best_per_pair(one: Ints, two: Ints, value: Floats) -> tuple[Ints, Ints, Floats]:
    """Each pair of records once, with the best value of its title pairs."""
    order = np.lexsort((-value, two, one))
    one, two, value = one[order], two[order], value[order]
    first = np.r_[True, (one[1:] != one[:-1]) | (two[1:] != two[:-1])] if len(one) else np.empty(0, dtype=bool)
    return one[first], two[first], value[first]


def ranks(group: Ints, tie: Ints, value: NDArray[np.floating]) -> Ints:
    """For each row its place (0 = best) in its group by value; equal values stand in the order of `tie`."""
    if not len(group):
        return group
    order = np.lexsort((tie, -np.round(value, 5), group))
    starts = np.flatnonzero(np.r_[True, group[order][1:] != group[order][:-1]])
    sizes = np.diff(np.r_[starts, len(group)])
    out = np.empty(len(group), dtype=np.int64)
    out[order] = np.arange(len(group)) - np.repeat(starts, sizes)
    return out
