"""The tables of models: best first, segments in columns of their own, skipped ones with their reason."""

import pandas as pd
import pytest

from reports.leaderboard import ablation, comparison, held_out_users, held_out_words, leaderboard, protocol_words
from reports.models import at

TAIL = "p, long tail (targets beyond the items with 80% of the entries)"


@pytest.fixture
def metrics() -> pd.DataFrame:
    """Two models; popularity is better in discovery alone."""
    rows = [
        ("ease", "p", "", "ndcg", 10, 0.4, 0.3, 0.5),
        ("popularity", "p", "", "ndcg", 10, 0.2, 0.1, 0.3),
        ("ease", "p, discovery", "discovery", "ndcg", 10, 0.05, 0.04, 0.06),
        ("popularity", "p, discovery", "discovery", "ndcg", 10, 0.06, 0.05, 0.07),
        ("ease", TAIL, "long tail", "ndcg", 10, 0.01, 0.0, 0.02),
        ("ease", "p", "", "recall", 20, 0.55, 0.5, 0.6),
        ("ease", "p", "", "novelty", 10, 5.25, None, None),
        ("ease", "p", "", "ndcg_minus_popularity", 10, 0.2, 0.15, 0.25),
    ]
    names = ["model_type", "protocol", "segment", "metric", "k", "value", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=names).assign(users=6)


@pytest.fixture
def versions() -> pd.DataFrame:
    """EASE is active and took a second; content could not be taught."""
    return pd.DataFrame(
        {
            "model_type": ["ease", "content_tfidf"],
            "is_active": [True, False],
            "skipped_because": [None, "no word is known"],
            "fit_seconds": [1.04, None],
        }
    )


def test_segments_stand_in_columns_of_the_one_table(metrics: pd.DataFrame, versions: pd.DataFrame) -> None:
    """Interval, recall, discovery, long tail, novelty, seconds and a note; what was not measured is blank."""
    table = leaderboard(metrics, versions)
    assert table.header == (
        "model",
        "NDCG@10 (95 %)",
        "recall@20",
        "discovery NDCG@10",
        "long tail NDCG@10",
        "coverage@10",
        "novelty@10, bits",
        "taught in, s",
        "note",
    )
    assert table.rows == [
        ("ease", "0.400 (0.300 to 0.500)", "0.550", "0.050", "0.010", "", "5.250", "1.0", "active"),
        ("popularity", "0.200 (0.100 to 0.300)", "", "0.060", "", "", "", "", "the yardstick"),
        ("content_tfidf", "", "", "", "", "", "", "", "skipped: no word is known"),
    ]


def test_a_model_that_was_skipped_once_and_is_measured_now_stands_once(
    metrics: pd.DataFrame, versions: pd.DataFrame
) -> None:
    """An older version's reason says nothing of today's, nor does it take its place."""
    before = versions.assign(model_type=["ease", "ease"])
    rows = leaderboard(metrics, before).rows
    assert [row[0] for row in rows] == ["ease", "popularity"]
    assert rows[0][-2:] == ("1.0", "active")


def test_paired_differences_stand_beside_each_other(metrics: pd.DataFrame) -> None:
    """With their intervals, in the order of the leaderboard."""
    rows = comparison(metrics).rows
    assert [row[:2] for row in rows] == [("ease", "0.200 (0.150 to 0.250)"), ("popularity", "")]


def test_nothing_measured_is_an_empty_table(metrics: pd.DataFrame, versions: pd.DataFrame) -> None:
    """But for what was skipped; and without that too."""
    assert [row[0] for row in leaderboard(metrics.iloc[:0], versions).rows] == ["content_tfidf"]
    assert leaderboard(metrics.iloc[:0], versions.iloc[:0]).rows == []
    assert comparison(metrics.iloc[:0]).rows == []
    assert protocol_words(metrics.iloc[:0]) == ""


def test_the_protocol_is_told_once_and_its_segments_after_it(metrics: pd.DataFrame) -> None:
    """In words that stand in the table."""
    assert protocol_words(metrics) == (
        "Protocol: p. Measured apart as well: discovery and "
        "long tail (targets beyond the items with 80% of the entries)."
    )
    assert protocol_words(metrics[metrics["protocol"] == "p"]) == "Protocol: p."


def test_figures_are_of_one_segment(metrics: pd.DataFrame) -> None:
    """Everybody's by default; best first. Which one says its column, whatever words the protocol has."""
    assert at(metrics, "ndcg", 10).index.tolist() == ["ease", "popularity"]
    assert at(metrics, "ndcg", 10, "discovery").index.tolist() == ["popularity", "ease"]
    worded = metrics.assign(protocol="p, long tail of words")
    assert at(worded, "ndcg", 10).index.tolist() == ["ease", "popularity"]


def test_kinds_of_information_stand_by_what_they_add() -> None:
    """What is lost without a kind is what it adds; in discovery it may not have been measured."""
    rows = [
        ("content", "", "ndcg", 0.39, 0.3, 0.5),
        ("content", "", "ndcg_minus_complete", -0.01, -0.02, 0.003),
        ("franchises", "", "ndcg", 0.3, 0.2, 0.4),
        ("franchises", "", "ndcg_minus_complete", -0.1, -0.12, -0.08),
        ("content", "discovery", "ndcg", 0.2, 0.1, 0.3),
        ("content", "discovery", "ndcg_minus_complete", 0.004, 0.001, 0.007),
    ]
    names = ["left_out", "segment", "metric", "value", "ci_low", "ci_high"]
    table = ablation(pd.DataFrame(rows, columns=names))
    assert table.rows == [
        ("franchises", "0.300", "+0.1000 (+0.0800 to +0.1200)", "", ""),
        ("content", "0.390", "+0.0100 (-0.0030 to +0.0200)", "0.200", "-0.0040 (-0.0070 to -0.0010)"),
    ]


def test_people_kept_out_have_a_table_of_their_own(metrics: pd.DataFrame) -> None:
    """Best first, with the difference to popularity; the sentence says how many were asked for what."""
    table = held_out_users(metrics)
    assert table.header[:3] == ("model", "NDCG@10 (95 %)", "NDCG@10 minus popularity (95 %)")
    assert [row[:4] for row in table.rows] == [
        ("ease", "0.400 (0.300 to 0.500)", "0.200 (0.150 to 0.250)", "0.550"),
        ("popularity", "0.200 (0.100 to 0.300)", "", ""),
    ]
    assert held_out_words(metrics) == "6 people no model was trained on are asked besides: p."
    assert held_out_words(metrics[:0]) == ""
    assert held_out_users(metrics[:0]).rows == []
