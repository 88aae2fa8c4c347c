"""Two records that nobody else lays claim to."""

from datetime import date

import numpy as np
import pytest

from matching.features import FEATURES, Evidence
from matching.match import match
from matching.unrivalled import strong_evidence, unrivalled
from tests.matching.worlds import record

#: two records of each of two sources
SOURCE = np.array([0, 0, 1, 1])
#: what a pair without anything in common but the number of episodes says; the rest is unknown
NOTHING = {"episodes_gap": 0, "keys_equal": 0, "tail_whole": 0, "head_whole": 0}


def evidence(*facts):
    """Evidence that knows of each pair what `NOTHING` says, but for these facts."""
    values = np.full((len(facts), len(FEATURES)), np.nan, dtype=np.float32)
    for row, known in zip(values, facts, strict=True):
        for name, value in (NOTHING | known).items():
            row[FEATURES.index(name)] = value
    nowhere = np.full(len(facts), -1)
    return Evidence(values, nowhere, nowhere)


def found(pairs, facts, log_odds):
    """Which of the pairs are strong and unrivalled."""
    strong = strong_evidence(evidence(*facts))
    return unrivalled(SOURCE, np.array(pairs), strong, np.array(log_odds, dtype=np.float64)).tolist()


@pytest.mark.parametrize(
    ("facts", "is_strong"),
    [
        ({"keys_equal": 1}, True),
        ({"keys_equal": 1, "episodes_gap": 1}, False),
        ({"keys_equal": 1, "episodes_gap": np.nan}, False),
        ({"tail_whole": 1, "date_gap": 31}, True),
        ({"head_whole": 1, "date_gap": 0}, True),
        ({"head_whole": 0.99, "date_gap": 0}, False),
        ({"head_whole": 1, "date_gap": 32}, False),
        ({"head_whole": 1}, False),
        ({"date_gap": 0, "date_width_more": 0, "format_same": 1}, False),
    ],
)
def test_a_name_and_the_episodes_are_strong(facts, is_strong):
    """A part of a name counts in the same month; the same day alone does not, nor does what is not known."""
    assert found([(0, 2)], [facts], [-2.0]) == [is_strong]


def test_a_likely_rival_of_either_record_is_enough():
    """Rivals are other records of the same source; an unlikely one is none, and a pair is not its own."""
    name = {"keys_equal": 1}
    assert found([(0, 2), (1, 3)], [name, name], [-2.0, 5.0]) == [True, True]
    assert found([(0, 2), (0, 3)], [name, name], [-2.0, 0.5]) == [False, True]
    assert found([(0, 2), (1, 2)], [name, name], [-2.0, 0.5]) == [False, True]
    assert found([(0, 2), (1, 2)], [name, name], [-2.0, 0.0]) == [True, True]
    assert found(np.empty((0, 2), dtype=np.int64), [], []) == []


def test_a_name_outweighs_a_start_when_nobody_else_fits():
    """Sixteen months apart, of different formats, and still one; not with one of the right day beside them."""
    early = record("myanimelist", "1", "Kemurigusa", format="ONA", episodes=2, start_date=date(2011, 5, 1))
    late = record("anilist", "1", "Kemurigusa", format="ONA", episodes=2, start_date=date(2012, 8, 22))
    other = record("myanimelist", "2", "Kemurigusa", format="ONA", episodes=2, start_date=date(2012, 8, 22))
    assert match([early, late]).clusters == [(late.name, early.name)]
    assert match([early, late, other]).clusters == [(late.name, other.name), (early.name,)]
