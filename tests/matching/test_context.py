"""Rivals and third sources."""

import numpy as np

from matching.context import CONTEXT_FEATURES, FLOOR, gather_context
from matching.corpus import build_corpus
from tests.matching.worlds import record

CORPUS = build_corpus([record(source, str(n), "Hana") for source in "abc" for n in range(2)])
A0, A1, B0, B1, C0, C1 = range(6)


def context(*pairs):
    """Context of (left, right, log-odds) triples, one mapping each."""
    found = gather_context(CORPUS, np.array([pair[:2] for pair in pairs]), np.array([pair[2] for pair in pairs]))
    return [dict(zip(CONTEXT_FEATURES, row, strict=True)) for row in found.tolist()]


def test_a_pair_without_rivals_stands_far_above_none():
    """No other candidate counts as the floor."""
    (found,) = context((A0, B0, 3.0))
    assert (found["rival_stronger"], found["margin"], found["rank_worse"]) == (FLOOR, 3 - FLOOR, 0)


def test_the_better_rival_of_either_side_counts():
    """The second best knows the best, and the best the second best."""
    best, second = context((A0, B0, 5.0), (A0, B1, 2.0))
    assert (best["rival_stronger"], second["rival_stronger"]) == (2, 5)
    assert (best["rank_worse"], second["rank_worse"]) == (0, 1)


def test_a_third_source_supports_or_contradicts():
    """Two records that both are a third one support each other; clear partners apart contradict."""
    supported, *_ = context((A0, B0, 1.0), (A0, C0, 6.0), (B0, C0, 4.0))
    assert supported["support"] == 4
    assert np.isnan(supported["contradiction"])
    contradicted, *_ = context((A0, B0, 1.0), (A0, C0, 6.0), (B0, C1, 5.0))
    assert contradicted["contradiction"] == 5


def test_no_pairs_have_no_context():
    """The shape holds for nothing."""
    assert gather_context(CORPUS, np.empty((0, 2), dtype=np.int64), np.empty(0)).shape == (0, len(CONTEXT_FEATURES))
