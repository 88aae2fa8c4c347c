"""Cross ids as evidence."""

import numpy as np

from matching.corpus import build_corpus
from matching.crossids import NAMES, claim_relation
from tests.matching.worlds import claiming, record

ONE, TWO, THREE = record("a", "1"), record("b", "1"), record("b", "2")


def relation(records, left=0, right=1):
    """What the claims say about one pair of positions."""
    return NAMES[claim_relation(build_corpus(records), np.array([[left, right]]))[0]]


def test_a_claim_agrees_with_its_target_and_contradicts_the_others():
    """From either side of the pair."""
    assert relation([claiming(ONE, TWO), TWO, THREE]) == "agrees"
    assert relation([claiming(ONE, TWO), TWO, THREE], 0, 2) == "contradicts"
    assert relation([ONE, claiming(TWO, ONE)]) == "agrees"


def test_a_record_claimed_by_another_is_taken():
    """A second record of the same source finds a contradiction there."""
    assert relation([claiming(ONE, TWO), record("a", "2"), TWO], 1, 2) == "contradicts"


def test_a_claim_on_an_absent_record_still_points_elsewhere():
    """The record says it is somebody else, even if we do not know them."""
    assert relation([claiming(ONE, record("b", "404")), TWO]) == "contradicts"


def test_without_claims_nothing_is_said_whatever_the_ids():
    """Equal ids are no claim."""
    assert relation([ONE, TWO]) == "absent"
