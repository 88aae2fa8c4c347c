"""How right a clustering is."""

import numpy as np
import pytest

from matching.measure import DIFFERENT, SAME, UNKNOWN, Bin, Truth, reliability

A1, A2, K1, M1, M2 = ("a", "1"), ("a", "2"), ("k", "1"), ("m", "1"), ("m", "2")
TRUTH = Truth([{"a": "1", "m": "1", "k": "1"}, {"a": "2", "m": "2"}, {"k": "9"}])


@pytest.mark.parametrize(
    ("one", "two", "relation"),
    [(A1, M1, SAME), (A1, M2, DIFFERENT), (A2, K1, DIFFERENT), (A2, ("k", "9"), UNKNOWN), (("x", "1"), M1, UNKNOWN)],
)
def test_the_truth_knows_same_different_and_unknown(one, two, relation):
    """Silence about a source is no evidence."""
    assert TRUTH.relation(one, two) == relation


def test_swapped_works_are_wrong_and_missed():
    """Two wrong pairs, two missed, two right: F1 = 2*2 / (2*2 + 2 + 2)."""
    figures = TRUTH.measure([(A1, M2), (A2, M1), (K1,)])
    assert (figures.right, figures.wrong, figures.missed, figures.over_merged) == (0, 2, 4, 2)
    assert TRUTH.measure([(A1, M1, K1), (A2, M2)]).f1 == 1
    assert TRUTH.measure([(A1, M1), (A2, M2), (K1,)]).f1 == pytest.approx(2 * 2 / (2 * 2 + 2))


@pytest.mark.parametrize(
    ("members", "wrong", "over_merged"),
    [
        ((A1, M1, K1), 0, 0),
        ((A1, ("m", "3")), 1, 0),  # A1 is M1, so M3 is wrong here; it is of no known work, so this holds one alone
        ((A2, ("k", "9")), 0, 0),  # two works that may be one: they name no source both
        ((A1, M1, M2), 1, 1),
        ((M1, K1, A2), 2, 1),  # once, however many pairs are wrong
        ((("m", "7"), ("m", "8")), 0, 1),  # of one source, whatever is known of them
    ],
)
def test_an_anime_is_over_merged_when_it_holds_two_works_or_two_records_of_a_source(members, wrong, over_merged):
    """Once, whether two of its works name one source or two of its members are of one; a stray record makes none."""
    figures = TRUTH.measure([members])
    assert (figures.wrong, figures.over_merged) == (wrong, over_merged)
    assert TRUTH.measure([members], frozenset([("x", "1")])).over_merged == 0


def test_unknown_pairs_count_only_strictly():
    """F1 ignores them, strict precision does not; and nothing at all is 0."""
    figures = TRUTH.measure([(A1, M1, K1), (A2, M2, ("k", "9"))])
    assert (figures.unknown, figures.f1) == (2, 1)
    assert figures.strict_precision == pytest.approx(4 / 6)
    nothing = Truth([]).measure([])
    assert (nothing.f1, nothing.strict_precision) == (0, 0)


def test_some_records_can_be_measured_alone():
    """Only pairs with one of them count."""
    assert TRUTH.measure([(A1,), (A2, M2)], frozenset([A2])).f1 == 1


def test_probabilities_are_held_against_what_came_true():
    """Bins that hold pairs, each with what was said and what was; a probability of one belongs to the last."""
    bins = reliability(np.array([0.0, 0.6, 0.65, 1.0, 1.0]), np.array([False, True, False, True, True]))
    assert bins[0] == Bin(0.0, 0.01, 1, 0.0, 0.0)
    assert (bins[1].pairs, bins[1].predicted, bins[1].observed) == (2, pytest.approx(0.625), 0.5)
    assert bins[2] == Bin(0.99, 1.0, 2, 1.0, 1.0)
    assert len(bins) == 3
