"""Records without a start, and what began long before their source was asked."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.corpus import build_corpus
from matching.match import match
from matching.state import empty_state
from matching.unbegun import COST, YEARS, began_long_before, with_year_of_asking
from matching.update import rematch
from matching.weights import load_weights
from tests.matching.worlds import record

ANNOUNCED = {"start_date": None, "start_year": None, "episodes": None}


def begun(day, precision="day"):
    """The facts of a record that began then."""
    return {"start_date": day, "start_date_precision": precision, "start_year": day.year, "episodes": 12}


def of_years(source, years):
    """A source's records that began in these years."""
    return [record(source, str(at), f"Title {at}", **begun(date(year, 4, 6))) for at, year in enumerate(years)]


def test_only_records_without_a_start_tell_when_their_source_was_asked():
    """The newest year of their own source; a year alone is a start, and what is finished has begun some day."""
    year_alone = record("kitsu", "8", "Yoru", start_date=None, start_year=2011)
    finished = record("kitsu", "7", "Hiru", **ANNOUNCED, has_begun=True)
    announced = record("kitsu", "9", "Asa", **ANNOUNCED)
    given_records = [announced, year_alone, finished, *of_years("kitsu", [2015, 2019]), *of_years("anilist", [2024])]
    found = with_year_of_asking(given_records)
    assert [one.unbegun_in for one in found] == [2019, None, None, None, None, None]
    assert [one.name for one in found] == [one.name for one in given_records]


@given(years=st.lists(st.integers(1960, 2026), min_size=1, max_size=300))
def test_one_start_in_a_hundred_may_be_an_announcement(years):
    """At most one in a hundred starts is later than the year of asking, and it is a year of some start."""
    *_, announced = with_year_of_asking([*of_years("kitsu", years), record("kitsu", "x", "Asa", **ANNOUNCED)])
    assert announced.unbegun_in in years
    assert sum(year > announced.unbegun_in for year in years) <= len(years) / 100


def test_where_no_record_has_a_start_nobody_knows_when_it_was_asked():
    """And nothing is said of any pair."""
    records = with_year_of_asking([record("kitsu", "1", "Asa", **ANNOUNCED), *of_years("anilist", [1998])])
    assert records[0].unbegun_in is None
    assert began_long_before(build_corpus(records), np.array([[0, 1]])).tolist() == [0]


@pytest.mark.parametrize(
    ("facts", "cost"),
    [
        (begun(date(2021, 12, 31)), COST),
        (begun(date(2022, 1, 1)), 0),
        (begun(date(2021, 1, 1), "year"), COST),
        (begun(date(2022, 1, 1), "year"), 0),
        (begun(date(2026, 4, 1)), 0),
        (ANNOUNCED, 0),
    ],
)
def test_it_costs_to_have_begun_more_than_three_years_before(facts, cost):
    """Whichever side has no start, and however exactly the other one's is known."""
    announced = record("anilist", "1", "Hoshi no Kakera 2nd Season", **ANNOUNCED, unbegun_in=2025)
    for other in (record("kitsu", "2", "Hoshi no Kakera 2", **facts), record("aaa", "2", "Hoshi no Kakera 2", **facts)):
        corpus = build_corpus([announced, other])
        assert began_long_before(corpus, np.array([[0, 1]])).tolist() == [cost]
    assert YEARS == 3


def world(newest):
    """A sequel that MyAnimeList announces by the name under which AniList has an old one, and an old year's titles."""
    old = record("anilist", "1", "Hoshi no Kakera 2", **begun(date(2012, 4, 6)))
    announced = record("myanimelist", "2", "Hoshi no Kakera 2", **ANNOUNCED)
    return with_year_of_asking([old, announced, *of_years("myanimelist", [2009, newest])])


def together(clusters):
    """Whether the old one and the announced one are one anime."""
    return any({("anilist", "1"), ("myanimelist", "2")} <= set(cluster) for cluster in clusters)


def test_an_announced_sequel_is_not_the_old_anime_of_its_name():
    """Were the source asked when the old one was new, it would be; the sentence says why it is not."""
    assert together(match(world(2013)).clusters)
    found = match(world(2025))
    assert not together(found.clusters)
    (reason,) = [
        reason
        for one, other, reason in zip(
            found.pairs["left_source_id"], found.pairs["right_source_id"], found.pairs["reason"], strict=True
        )
        if (one, other) == ("1", "2")
    ]
    assert "one names no start, as what has not begun, and the other began years ago" in reason


def test_a_year_that_passes_is_a_change_of_the_records_without_a_start():
    """What is matched again after it is what a full run finds."""
    weights = load_weights()
    before, after = world(2013), world(2025)
    first, state = rematch(empty_state(weights.rule_version), before, weights=weights)
    second, _ = rematch(state, [one for one in after if one not in before], weights=weights)
    assert together(first.clusters)
    assert second.clusters == match(after).clusters
