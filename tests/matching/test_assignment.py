"""At most one record of each source, for the best total."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.assignment import UNCOMPARED, assign


def together(label, one, two):
    """Whether two records share an anime."""
    return label[one] == label[two]


def test_no_pairs_leave_everyone_alone():
    """Also no records at all."""
    empty = np.empty((0, 2), dtype=np.int64)
    assert assign(np.array([0, 1]), empty, np.empty(0)).tolist() == [0, 1]
    assert assign(np.empty(0, dtype=np.int64), empty, np.empty(0)).tolist() == []


def test_the_best_total_wins_over_the_best_pair():
    """Taking the single best pair would leave the other two with nothing: 5 + 4 > 6 - 0."""
    source = np.array([0, 0, 1, 1])
    pairs = np.array([[0, 2], [0, 3], [1, 2]])
    label = assign(source, pairs, np.array([6.0, 5.0, 4.0]))
    assert together(label, 0, 3)
    assert together(label, 1, 2)


def test_a_weak_pair_is_carried_by_two_strong_ones():
    """Three records are one anime when the sum says so, although one pair alone would not."""
    source, pairs = np.array([0, 1, 2]), np.array([[0, 1], [0, 2], [1, 2]])
    assert len(set(assign(source, pairs, np.array([-2.0, 5.0, 5.0])).tolist())) == 1
    assert len(set(assign(source, pairs, np.array([-9.0, 5.0, 4.0])).tolist())) == 2


def test_negative_pairs_stay_apart():
    """Merge only with confidence."""
    label = assign(np.array([0, 1]), np.array([[0, 1]]), np.array([-0.1]))
    assert not together(label, 0, 1)


@st.composite
def problems(draw):
    """Random pairs between two to four records of two or three sources."""
    source = sorted(draw(st.lists(st.integers(0, 2), min_size=2, max_size=7)))
    pairs = [(i, j) for i in range(len(source)) for j in range(i + 1, len(source)) if source[i] != source[j]]
    chosen = [pair for pair in pairs if draw(st.booleans())]
    weights = [draw(st.integers(-6, 6)) for _ in chosen]
    return np.array(source), np.array(chosen, dtype=np.int64).reshape(-1, 2), np.array(weights, dtype=float)


def value(label, pairs, weights):
    """What a clustering is worth."""
    known = {tuple(pair): weight for pair, weight in zip(pairs.tolist(), weights.tolist(), strict=True)}
    mates = [(i, j) for i in range(len(label)) for j in range(i + 1, len(label)) if label[i] == label[j]]
    return sum(known.get(pair, UNCOMPARED) for pair in mates)


@settings(max_examples=150)
@given(problems())
def test_one_record_of_a_source_and_never_worse_than_nothing(problem):
    """In every clustering; and the numbering of the records does not matter for its worth."""
    source, pairs, weights = problem
    label = assign(source, pairs, weights)
    for number in set(label.tolist()):
        members = source[label == number].tolist()
        assert len(members) == len(set(members))
    assert value(label, pairs, weights) >= 0


@settings(max_examples=100)
@given(st.lists(st.integers(-9, 9), min_size=9, max_size=9))
def test_two_sources_are_solved_exactly(weights):
    """Three records against three: as good as the best of all ways to pair them."""
    source = np.array([0, 0, 0, 1, 1, 1])
    pairs = np.array([(i, j) for i in range(3) for j in range(3, 6)])
    grid = np.array(weights, dtype=float).reshape(3, 3)
    best = max(sum(max(0, grid[i, way[i]]) for i in range(3)) for way in permutations(range(3)))
    assert value(assign(source, pairs, grid.ravel()), pairs, grid.ravel()) == pytest.approx(best)


def test_a_chain_of_accidents_is_broken_at_its_weakest_links():
    """A group too large for a franchise is solved in parts, and every record still has its place."""
    count = 1000
    source = np.arange(count) % 2
    pairs = np.array([(i, i + 1) for i in range(count - 1)])
    weights = np.where(np.arange(count - 1) % 2 == 0, 9.0, 0.5)
    label = assign(source, pairs, weights)
    assert all(together(label, i, i + 1) for i in range(0, count - 1, 2))
