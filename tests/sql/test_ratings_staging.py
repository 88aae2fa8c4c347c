"""Ratings are whole lists: the newest file of a user counts, each anime once, and faulty lines are told apart."""

import pytest

from tests.sql.building import Workshop

STAGES = {source: f"stg_{source}__ratings" for source in ("anilist", "kitsu", "myanimelist")}
PLENTY = {"anilist": "101", "kitsu": "21", "myanimelist": "11"}
RANGES = {"anilist": "0 to 100", "kitsu": "2 to 20", "myanimelist": "0 to 10"}


def staged(shop: Workshop, source: str) -> list[tuple[object, ...]]:
    """User, anime, score and status of the staged entries."""
    shop.stage_ratings(source)
    return shop.rows(f"select user_id, source_id, source_score, status from staging.stg_{source}__ratings order by all")


@pytest.mark.parametrize("source", STAGES)
@pytest.mark.parametrize("score", ["too much", "ten", "-1", "nan", "inf"])
def test_a_score_off_the_scale_is_refused(shop: Workshop, source: str, score: str) -> None:
    """11 of 10 and "ten" go to quarantine with the scale; the user's other entries stay."""
    score = PLENTY[source] if score == "too much" else score
    shop.rate(source, ("ann", "1", score), ("ann", "2", "8"))
    assert staged(shop, source) == [("ann", "2", 8.0, None)]
    assert shop.refused(STAGES[source]) == [("ann:1", f'score is "{score}", expected a number from {RANGES[source]}')]


@pytest.mark.parametrize("source", STAGES)
def test_a_score_of_zero_or_blank_means_unrated(shop: Workshop, source: str) -> None:
    """Such an entry is kept with its status and without a score."""
    shop.rate(
        source, ("ann", "1", "0", "planned"), ("ann", "2", "", "dropped"), ("ann", "3", None), ("ann", "4", "0.0")
    )
    assert staged(shop, source) == [
        ("ann", "1", None, "planned"),
        ("ann", "2", None, "dropped"),
        ("ann", "3", None, None),
        ("ann", "4", None, None),
    ]


def test_kitsu_has_no_score_of_one(shop: Workshop) -> None:
    """Kitsu's scale starts at 2."""
    shop.rate("kitsu", ("ann", "1", "1"), ("ann", "2", "2"))
    assert staged(shop, "kitsu") == [("ann", "2", 2.0, None)]


@pytest.mark.parametrize("source", STAGES)
def test_other_faults_name_the_column_and_the_value(shop: Workshop, source: str) -> None:
    """Ids that cannot be ids, blank users, unknown statuses, times that are none, lines with too many fields."""
    shop.rate(
        source,
        ("ann", "12a", "8"),
        ("ann", "", "8"),
        ("ann", "0", "8"),
        ("ann", "7.5", "8"),
        (" ", "1", "8"),
        ("ann", "2", "8", "reading"),
        ("ann", "3", "8", "completed", "yesterday"),
        ("ann", "4", "8", "COMPLETED ", "2024-04-30T18:00:00Z"),
    )
    shop.malform(source, "ann,1,8,completed,,,")
    assert staged(shop, source) == [("ann", "4", 8.0, "completed")]
    assert {reason for _, reason in shop.refused(STAGES[source])} == {
        'the line has the wrong number of fields: "ann,1,8,completed,,,"',
        f'{source}_id is "12a", expected a positive whole number',
        f'{source}_id is "", expected a positive whole number',
        f'{source}_id is "0", expected a positive whole number',
        f'{source}_id is "7.5", expected a positive whole number',
        "user_id is blank",
        'status is "reading", expected watching/completed/on_hold/dropped/planned',
        'updated_at is "yesterday", expected a time like 2024-04-30T18:00:00Z',
    }


def test_the_newest_file_that_names_a_user_replaces_the_earlier_list(shop: Workshop) -> None:
    """Ann's list is taken anew, even where it became shorter; Bob, whom the new file does not name, keeps his."""
    shop.rate("anilist", ("ann", "1", "80"), ("ann", "2", "70"), ("bob", "1", "60"), day="2026-01-01")
    shop.rate("anilist", ("ann", "1", "90"), day="2026-01-02")
    assert staged(shop, "anilist") == [("ann", "1", 90.0, None), ("bob", "1", 60.0, None)]
    assert shop.refused(STAGES["anilist"]) == []


def test_an_anime_named_twice_in_a_list_counts_once(shop: Workshop) -> None:
    """The newest updated_at counts, then the last line; the losers are refused as duplicates, faults do not count."""
    shop.rate(
        "kitsu",
        ("ann", "1", "10", None, "2024-02-01T00:00:00Z"),
        ("ann", "1", "12", None, "2024-03-01T00:00:00Z"),
        ("ann", "1", "14", None, None),
        ("ann", "2", "10"),
        ("ann", "2", "12"),
        ("ann", "2", "99"),
    )
    assert staged(shop, "kitsu") == [("ann", "1", 12.0, None), ("ann", "2", 12.0, None)]
    reasons = [reason for _, reason in shop.refused(STAGES["kitsu"])]
    again = "duplicate: the list names anime {} again, and that entry counts"
    assert sorted(reasons) == sorted(
        [again.format(1), again.format(1), again.format(2), 'score is "99", expected a number from 2 to 20']
    )
