"""What rules a pair out."""

from datetime import date

import numpy as np
import pytest

from matching.corpus import build_corpus
from matching.features import gather_evidence
from matching.vetoes import VETOES, apply_vetoes
from matching.weights import load_weights
from tests.matching.worlds import record

RARITY = load_weights().rarity


def vetoes(one, other):
    """The names of the vetoes on a pair."""
    held = apply_vetoes(gather_evidence(build_corpus([one, other]), np.array([[0, 1]]), RARITY))
    return {veto.name for veto, holds in zip(VETOES, held[0].tolist(), strict=True) if holds}


@pytest.mark.parametrize(
    ("left", "right", "facts", "veto"),
    [
        ("Hana 2", "Hana 3", {}, "other_season"),
        ("Hana Part 2", "Hana Part 3", {}, "other_part"),
        ("Hana (2001)", "Hana (2019)", {}, "other_year"),
        ("7 Hana", "8 Hana", {}, "other_number"),
        ("Hana", "Hana!!", {"start_date": date(2015, 1, 1)}, "other_marks"),
        ("Hana'", "Hana°", {"start_date": date(2015, 1, 1)}, "other_marks"),
        ("Hana", "Hana", {"start_date": date(1990, 1, 1)}, "years_apart"),
        ("Hana", "Hana", {"format": "MUSIC"}, "clip_and_series"),
        ("Hana", "Hana", {"episodes": 1, "start_date": date(2015, 1, 1)}, "other_length_and_time"),
    ],
)
def test_each_veto_has_its_case(left, right, facts, veto):
    """Nothing else about the pair is suspicious."""
    assert vetoes(record("a", "1", left), record("b", "1", right, **facts)) == {veto}


@pytest.mark.parametrize(
    ("left", "right", "episodes", "holds"),
    [
        (("Hane no Ne",), ("Yurumi to Shimeru",), 1, True),
        (("Hane no Ne",), ("Yurumi to Shimeru",), 12, False),
        (("Hane no Ne",), ("Yurumi to Shimeru",), None, False),
        (("Hane no Ne", "Yurumi to Shimeru"), ("Yurumi to Shimeru",), 1, False),
        (("Sound of Xyqkw",), ("Xyqkw no Ne o Kiite Kudasai",), 1, False),
    ],
)
def test_short_works_that_share_nothing_but_their_day_are_not_one(left, right, episodes, holds):
    """A longer one may well be called otherwise elsewhere; one title alike, or a rare word in common, is something."""
    facts = {"episodes": episodes}
    assert vetoes(record("a", "1", *left, **facts), record("b", "1", *right, **facts)) == (
        {"nothing_in_common"} if holds else set()
    )


@pytest.mark.parametrize(
    ("start", "precision", "holds"),
    [(date(2014, 7, 5), "day", False), (date(2014, 8, 5), "day", True), (date(2015, 1, 1), "year", False)],
)
def test_a_mark_alone_parts_nothing_that_began_within_half_a_year(start, precision, holds):
    """Sources leave marks out now and then; where the starts are half a year apart, and well known, it is a sequel."""
    facts = {"start_date": start, "start_date_precision": precision, "start_year": start.year}
    found = vetoes(record("a", "1", "Hana"), record("b", "1", "Hana!!", **facts))
    assert found == ({"other_marks"} if holds else set())


@pytest.mark.parametrize(("precision", "holds"), [("year", True), ("month", False), ("day", False)])
def test_a_year_is_no_day_to_share(precision, holds):
    """Two series of the same length and year, called otherwise."""
    facts = {"start_date_precision": precision}
    found = vetoes(record("a", "1", "Hane no Ne", **facts), record("b", "1", "Yurumi to Shimeru"))
    assert found == ({"nothing_in_common"} if holds else set())


@pytest.mark.parametrize(
    ("left", "right"), [("Hana 08 Yuki", "Hana 8 Yuki"), ("007 Hana", "7 Hana"), ("Hana Episode 0", "Hana Episode 00")]
)
def test_a_zero_in_front_makes_no_other_number(left, right):
    """Numbers are compared, not the ways to write them."""
    assert not vetoes(record("a", "1", left), record("b", "1", right))


def test_an_equal_title_outweighs_conflicting_synonyms():
    """Sources number seasons differently; where any title agrees in full, numbers rule nothing out."""
    assert not vetoes(record("a", "1", "Hana 2", "Yuki Aki"), record("b", "1", "Hana 3", "Yuki Aki"))


def test_the_unknown_rules_nothing_out():
    """Records that say nothing are not vetoed, and no pairs have no vetoes."""
    nothing = {"episodes": None, "format": None, "start_date": None, "start_year": None}
    assert not vetoes(record("a", "1", "Hana"), record("b", "1", "Hana", **nothing))
    empty = gather_evidence(build_corpus([]), np.empty((0, 2), dtype=np.int64), RARITY)
    assert apply_vetoes(empty).shape == (0, len(VETOES))
