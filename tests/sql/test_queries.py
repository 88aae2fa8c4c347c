"""The queries and views for people, on a published snapshot with a little of everything in it."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.sql.publishing import publish_world
from warehouse.build import fetch
from warehouse.sqlfiles import all_sql_files, sql_root

QUERIES = sorted(path.stem for path in (sql_root() / "queries").glob("*.sql"))
VIEWS = [file.table for file in all_sql_files() if file.kind == "view"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A reader's connection to the published snapshot."""
    warehouse = publish_world(tmp_path_factory.mktemp("queries"))
    with warehouse.reader() as con:
        yield con


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_tells_something(published: Any, name: str) -> None:
    """Each gives rows, and no column that is empty throughout."""
    found = fetch(published, f"queries/{name}")
    assert found.num_rows > 0
    silent = [column for column in found.column_names if found[column].null_count == found.num_rows]
    assert silent == []


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_works_in_the_snapshot(published: Any, view: str) -> None:
    """Views read nothing that is not published with them."""
    assert published.execute(f"select count(*) from {view}").fetchall()[0][0] > 0


def test_a_recommendation_is_followed_back_to_ratings_and_records(published: Any) -> None:
    """The query names the user's titles, their ratings and shares, and the records behind them."""
    rows = fetch(published, "queries/why_was_this_recommended").to_pylist()
    assert [(row["recommended"], row["because_of"], row["your_rating"], row["share"]) for row in rows] == [
        ("Cedar Road", "Amber Tide", 9.0, 0.7),
        ("Cedar Road", "Dune Song", 9.0, 0.3),
    ]
    assert rows[0]["records"] == "anilist:1, kitsu:1"


def test_only_what_failed_when_it_was_last_checked_is_failing(published: Any) -> None:
    """What was mended since, and what failed in several runs, is told once or not at all."""
    rows = fetch(published, "queries/failing_checks").to_pylist()
    assert [(row["table_name"], row["check_name"], row["failing_rows"], row["run_id"]) for row in rows] == [
        ("dim_anime", "stays_broken", 2, "run 2")
    ]


def test_recommendations_for_people_carry_the_ids_of_each_source(published: Any) -> None:
    """Beside the key stand the ids by which the sources know the anime."""
    row = published.execute(
        "select user_id, title, anilist_id, kitsu_id, myanimelist_id from vw_recommendations"
    ).fetchone()
    assert row == ("user-0", "Cedar Road", "3", "3", None)


def test_pairs_that_wait_for_a_person_name_both_titles(published: Any) -> None:
    """The review shows what is compared, which anime they are for now, and how many people it concerns."""
    row = published.execute(
        "select left_title, right_title, left_anime_key <> right_anime_key, popularity from vw_match_review"
    ).fetchone()
    assert row == ("Amber Tide", "Brass Moon", True, 1000)


def test_gems_are_little_known(published: Any) -> None:
    """The well known Amber Tide is as well rated as the little known Dune Song, and no gem."""
    assert fetch(published, "queries/hidden_gems")["title"].to_pylist() == ["Dune Song"]


def test_a_december_belongs_to_the_winter_it_begins() -> None:
    """The better of the anime of December 2013 and January 2014 is the best of one winter, that of 2014."""
    with duckdb.connect() as con:
        con.execute(
            "create table main.dim_anime as select *, year(start_date) as start_year, 'WINTER' as season, "
            "'FINISHED' as status, 100 as popularity, false as is_adult, row_number() over () as anime_key "
            "from (values ('Velvet', date '2013-12-27', 80.0), ('Lantern', date '2014-01-04', 70.0)) "
            "seen(title, start_date, mean_score)"
        )
        (row,) = fetch(con, "queries/best_of_each_season").to_pylist()
    assert (row["season_year"], row["season"], row["title"]) == (2014, "WINTER", "Velvet")


def test_the_last_ten_years_of_seasons_begin_with_a_whole_winter() -> None:
    """An anime of December 2016 is one of the winter of 2017, the first that is asked about in 2026."""
    with duckdb.connect() as con:
        con.execute(
            "create table main.dim_anime as select *, year(start_date) as start_year, 'FINISHED' as status, "
            "100 as popularity, false as is_adult, row_number() over () as anime_key from (values "
            "('Lantern', date '2017-01-04', 'WINTER', 70.0), ('Velvet', date '2016-12-27', 'WINTER', 80.0), "
            "('Harbour', date '2016-10-01', 'FALL', 90.0), ('Meadow', date '2026-04-01', 'SPRING', 60.0)) "
            "seen(title, start_date, season, mean_score)"
        )
        found = fetch(con, "queries/best_of_each_season").to_pylist()
    assert [(row["season_year"], row["title"]) for row in found] == [(2026, "Meadow"), (2017, "Velvet")]


def test_refused_rows_are_counted_by_kind_of_fault(published: Any) -> None:
    """With an example and the place of its payload."""
    (row,) = fetch(published, "queries/refused_rows").to_pylist()
    assert (row["refused"], row["place"]) == (1, "anilist/broken.jsonl.gz:1")
    assert row["fault"] == 'the line is not a JSON object: "…"'


def test_conflicts_are_counted_by_field_with_the_best_known_example(published: Any) -> None:
    """Three of four anime are contested; of the second (12 and 12 episodes) nothing is."""
    row, *others = fetch(published, "queries/fields_sources_disagree_on").to_pylist()
    assert (row["field"], row["stated_twice"], row["contested"], row["percent"]) == ("episodes", 4, 3, 75.0)
    assert (row["anilist_prevails"], row["kitsu_prevails"]) == (3, 0)
    assert row["example"] == "Amber Tide: 12 (anilist), not 11 (kitsu)"
    # what both state and nobody contests is told as well
    told = {(other["field"], other["stated_twice"], other["contested"], other["example"]) for other in others}
    assert told == {(field, 4, 0, None) for field in ("mean_score", "popularity", "synonyms", "title")}


def test_a_value_of_dim_anime_is_followed_back_to_the_records(published: Any) -> None:
    """What each source states of the best known contested anime, the winning value first."""
    rows = fetch(published, "queries/why_dim_anime_says_so").to_pylist()
    assert [(row["record"], row["value"], row["why"]) for row in rows if row["field"] == "episodes"] == [
        ("anilist:1", "12", "anilist comes before kitsu"),
        ("kitsu:1", "11", "anilist comes before kitsu"),
    ]


def test_changes_are_told_with_what_stood_there_before(published: Any) -> None:
    """Amber Tide was still running in January, with another number of episodes, and only its first month was known."""
    rows = fetch(published, "queries/how_an_anime_changed").to_pylist()
    assert [(str(row["day"]), row["field"], row["before"], row["since"]) for row in rows] == [
        ("2026-03-01", "end_date", None, "2020-06-20"),
        ("2026-03-01", "episodes", "13", "12"),
        ("2026-03-01", "start_date", "2020-04-01 (month)", "2020-04-01"),
        ("2026-03-01", "status", "AIRING", "FINISHED"),
    ]
    (ended,) = fetch(published, "queries/status_changes").to_pylist()
    assert (ended["title"], ended["status_before"], ended["status"]) == ("Amber Tide", "AIRING", "FINISHED")


def test_what_rises_is_what_gained_users_between_two_days(published: Any) -> None:
    """600 users more at AniList within the 50 days from 10 January to 1 March."""
    (row,) = fetch(published, "queries/fastest_rising_titles").to_pylist()
    assert (row["title"], row["source"], row["gained"], row["gained_a_day"]) == ("Amber Tide", "anilist", 600, 12.0)
