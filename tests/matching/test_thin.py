"""Pairs of which little is known, so that likeness is all there is."""

from datetime import date

import numpy as np
import pytest

from matching.assignment import assign
from matching.corpus import build_corpus
from matching.features import gather_evidence
from matching.scoring import score_pairs
from matching.thin import COST, COST_OF_STRANGERS, thin_evidence
from matching.verdicts import gain
from matching.weights import load_weights
from tests.matching.worlds import record

KNOWN = {"start_date": date(2020, 4, 6), "episodes": 12}
YEAR = {"start_date": date(2020, 1, 1), "start_date_precision": "year", "start_year": 2020}
LATER = {"start_date": date(2020, 4, 9), "episodes": 12}
SEASON = {"start_date": date(2020, 4, 1), "start_date_precision": "season"}
WEIGHTS = load_weights()


@pytest.mark.parametrize(
    ("title", "facts", "cost"),
    [
        ("Hoshi no Kakera", KNOWN, 0),
        ("Hoshi no Kakeru", YEAR | {"episodes": None}, COST),
        ("Hoshi no Kakeru", {"start_date": None, "start_year": None, "episodes": None}, COST),
        ("Hoshi no Kakera", YEAR | {"episodes": None}, 0),
        ("Hoshi no Kakeru", YEAR | {"episodes": 12}, 0),
        ("Hoshi no Kakeru", SEASON | {"episodes": None}, 0),
        ("Hoshi no Kakera", SEASON | {"episodes": 24}, COST),
        ("Hoshi no Kakera", YEAR | {"episodes": 24}, COST),
        ("Hoshi no Kakera", KNOWN | {"episodes": 24}, 0),
        ("Umi to Sora", LATER, COST_OF_STRANGERS),
        ("海と空", LATER, COST_OF_STRANGERS),
        ("Umi to Sora", YEAR | {"episodes": None}, COST + COST_OF_STRANGERS),
        ("Umi to Sora", KNOWN, 0),
        ("Umi to Sora", SEASON | {"episodes": 12}, 0),
        ("Umi to Sora", KNOWN | {"episodes": None}, COST_OF_STRANGERS),
    ],
)
def test_thin_is_likeness_without_facts_other_episodes_without_a_month_or_a_strangers_name(title, facts, cost):
    """A name that is equal, a day or a number of episodes that agree is more than likeness.

    For names that have nothing in common it takes a start and a number of episodes that agree.
    """
    one = record("anilist", "1", "Hoshi no Kakera", **KNOWN)
    other = record("myanimelist", "2", title, **facts)
    evidence = gather_evidence(build_corpus([one, other]), np.array([[0, 1]]), WEIGHTS.rarity)
    assert thin_evidence(evidence).tolist() == [cost]


def test_thin_evidence_lowers_the_verdict_and_nothing_else(monkeypatch):
    """By its cost; a pair that is ruled out stays where it is."""
    one = record("anilist", "1", "Hoshi no Kakera", **KNOWN)
    thin = record("myanimelist", "2", "Hoshi no Kakeru", **YEAR, episodes=None)
    corpus, pairs = build_corpus([one, thin]), np.array([[0, 1]])
    scored = score_pairs(corpus, pairs, WEIGHTS, np.array([0]))
    monkeypatch.setattr("matching.thin.COST", 0.0)
    free = score_pairs(corpus, pairs, WEIGHTS, np.array([0]))
    assert scored.thin.tolist() == [COST]
    assert (free.log_odds - scored.log_odds).tolist() == pytest.approx([COST])
    assert (free.second == scored.second).all()


def test_what_a_cross_id_names_is_not_thin(monkeypatch):
    """The cost is in the verdict as if no cross id were known, and not in the other."""
    thin = record("myanimelist", "2", "Hoshi no Kakeru", **YEAR, episodes=None)
    one = record("anilist", "1", "Hoshi no Kakera", claimed=(thin.name,), **KNOWN)
    corpus, pairs = build_corpus([one, thin]), np.array([[0, 1]])
    scored = score_pairs(corpus, pairs, WEIGHTS)
    monkeypatch.setattr("matching.thin.COST", 0.0)
    free = score_pairs(corpus, pairs, WEIGHTS)
    assert (free.log_odds == scored.log_odds).all()
    assert (free.blind - scored.blind).tolist() == pytest.approx([COST])


def test_what_the_first_look_refused_never_wins():
    """However its verdict reads; what passed wins by what it has above the demanded confidence."""
    passing = np.array([True, True, False, False])
    won = gain(np.array([2.0, -3.0, 5.0, -9.0]), passing, 0.5)
    assert won.tolist() == [1.5, -3.5, -1.0, -9.5]


def test_a_third_record_does_not_join_two_that_were_told_apart():
    """It would, had nobody compared the two; it stays alone, since what it loses there is more than it wins."""
    source, pairs, log_odds = np.arange(3), np.array([[0, 1], [0, 2], [1, 2]]), np.array([9.0, 4.0, -9.0])
    told = gain(log_odds, np.array([True, True, False]), 0.0)
    assert assign(source, pairs[:2], told[:2]).tolist() == [0, 0, 0]
    assert assign(source, pairs, told).tolist() == [0, 0, 1]
