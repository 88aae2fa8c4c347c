"""What the report is made of, on tables so small that a reader can count along."""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from tests.sql.building import Workshop
from warehouse.build import fetch
from warehouse.sqlfiles import read_sql, sql_root

REPORTS = sorted((sql_root() / "reports").glob("*.sql"))


def report(shop: Workshop, name: str) -> list[dict[str, Any]]:
    """The rows of a file of sql/reports."""
    return list(fetch(shop.con, f"reports/{name}").to_pylist())


@pytest.fixture(scope="module")
def empty() -> Iterator[Workshop]:
    """A warehouse built from nothing; tests only read it."""
    workshop = Workshop()
    workshop.make()
    yield workshop
    workshop.con.close()


@pytest.fixture(scope="module")
def rated() -> Iterator[Workshop]:
    """Three anime with 4, 1 and 1 ratings of three users, in one catalogue; the first is known to another one too."""
    shop = Workshop()
    for number in (1, 2, 3):
        shop.land("anilist", {"id": number, "title": {"romaji": f"T{number}"}, "genres": GENRES[number - 1]})
    shop.land("kitsu", {"id": "1", "attributes": {"canonicalTitle": "T1"}})
    shop.rate("anilist", ("a", "1", "100"), ("b", "1", "78"), ("c", "1", "70"), ("d", "1", "10"))
    shop.rate("kitsu", ("e", "1", None, "planned"), path="kitsu/e.csv.gz")
    shop.rate("anilist", ("e", "2", "50"), ("e", "3", "60"), path="anilist/more.csv.gz")
    shop.make([[("anilist", "1"), ("kitsu", "1")]])
    yield shop
    shop.con.close()


GENRES = (["Action", "Comedy"], ["Comedy"], ["Comedy", "Drama"])


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_each_says_what_it_gives_and_reads_what_is_published(path: Any) -> None:
    """A header sentence, and nothing but main, ml and quality."""
    file = read_sql(path)
    assert file.description
    assert {name.split(".")[0] for name in file.depends_on} <= {"main", "ml", "quality"}


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_nothing_to_tell_is_no_error(empty: Workshop, path: Any) -> None:
    """On an empty warehouse each gives no row, except that figures of identity are zero."""
    counted = [row for row in report(empty, path.stem) if row.get("numerator") != 0]
    assert counted == []


def test_an_anime_counts_once_with_all_its_catalogues(rated: Workshop) -> None:
    """Two stand in AniList alone, one in both."""
    assert report(rated, "source_overlap") == [
        {"sources": "anilist", "anime": 2},
        {"sources": "anilist,kitsu", "anime": 1},
    ]


def test_the_share_of_genre_pairs_is_that_of_the_first_genre(rated: Workshop) -> None:
    """Of three comedies one is a drama; the one drama is a comedy."""
    shares = {(row["genre"], row["other_genre"]): row["share"] for row in report(rated, "genre_pairs")}
    assert shares["Comedy", "Drama"] == pytest.approx(1 / 3, abs=1e-6)
    assert shares["Drama", "Comedy"] == 1
    assert shares["Action", "Drama"] == 0


def test_scores_are_cut_to_whole_points(rated: Workshop) -> None:
    """100, 78, 70, 10, 50 and 60 of AniList are 10, 7, 7, 1, 5 and 6."""
    found = {row["rating"]: row["ratings"] for row in report(rated, "rating_distribution")}
    assert found == {1: 1, 5: 1, 6: 1, 7: 2, 10: 1}


def test_the_long_tail_adds_up_from_the_most_rated(rated: Workshop) -> None:
    """Four, one and one of six ratings."""
    rows = [(row["place"], row["ratings"], row["share"]) for row in report(rated, "long_tail")]
    assert rows == [(1, 4, pytest.approx(4 / 6, abs=1e-6)), (2, 1, pytest.approx(5 / 6, abs=1e-6)), (3, 1, 1.0)]


def test_rated_anime_of_no_catalogue_are_none_of_the_catalogues(shop: Workshop) -> None:
    """Two anime are rated, of which one stands in the catalogues, as does one that nobody has rated."""
    shop.con.execute(
        "create table main.dim_anime as from (values (1, 2), (2, 1), (3, 0)) as rows (anime_key, source_count); "
        "create table main.fact_user_rating as select *, null::timestamptz as rated_at "
        "from (values (1, 1, 8.0), (1, 2, null), (2, 3, 6.0)) as rows (user_key, anime_key, rating)"
    )
    (row,) = report(shop, "rating_summary")
    assert (row["anime"], row["known_anime"], row["catalogue_anime"]) == (2, 1, 2)


def test_concentration_is_ginis(rated: Workshop) -> None:
    """Ascending 1, 1, 4: Gini is ((2-4)*1 + (4-4)*1 + (6-4)*4) / (3 * 6) = 6 / 18; one anime has half."""
    (row,) = report(rated, "rating_concentration")
    assert (row["anime"], row["ratings"], row["anime_of_half"]) == (3, 6, 1)
    assert row["gini"] == pytest.approx(6 / 18, abs=1e-6)
    assert row["top_tenth_share"] == pytest.approx(4 / 6, abs=1e-6)


def test_bands_of_users_and_anime_hold_every_rating_once(rated: Workshop) -> None:
    """Five users and three anime are bands of one each: 15 cells, 6 of them filled."""
    rows = report(rated, "rating_density")
    assert len(rows) == 5 * 3
    assert sum(row["ratings"] for row in rows) == 6
    assert {row["density"] for row in rows} == {0.0, 1.0}


def test_users_are_counted_in_steps_that_double(rated: Workshop) -> None:
    """Four users gave one rating, one gave two."""
    assert report(rated, "user_activity") == [
        {"step": 0, "users": 4, "ratings": 4},
        {"step": 1, "users": 1, "ratings": 2},
    ]


def test_times_are_taken_apart_in_utc(shop: Workshop) -> None:
    """Half past eleven in the evening of Sunday, 28 February 2021, whatever the session's zone."""
    shop.land("anilist", {"id": 1})
    shop.rate("anilist", ("a", "1", "80", "completed", "2021-02-28T23:30:00Z"))
    shop.make()
    shop.con.execute("set timezone = 'Asia/Tokyo'")
    assert [str(row["month"]) for row in report(shop, "ratings_by_month")] == ["2021-02-01"]
    assert report(shop, "ratings_by_weekday") == [{"weekday": 7, "hour": 23, "entries": 1}]


def test_calibration_judges_scores_by_cross_ids_alone(shop: Workshop) -> None:
    """Of three pairs that score 0.9 to 1, two are confirmed; one without a cross id does not count."""
    judged = [(0.95, "agrees"), (0.93, "agrees"), (0.91, "contradicts"), (0.97, "absent"), (0.0, "contradicts")]
    shop.con.execute("create table fact_match_candidate (score_without_cross_id double, cross_id varchar)")
    shop.con.executemany("insert into fact_match_candidate values (?, ?)", judged)
    rows = {row["step"]: row for row in report(shop, "match_calibration")}
    assert (rows[0]["pairs"], rows[0]["agreeing"]) == (1, 0.0)
    assert (rows[9]["pairs"], rows[9]["mean_score"]) == (3, pytest.approx(0.93))
    assert rows[9]["agreeing"] == pytest.approx(2 / 3, abs=1e-6)


def test_a_model_has_one_version_in_the_report(shop: Workshop) -> None:
    """The one that is active or measured today; where there is none, the last one that was skipped."""
    shop.con.execute(
        "create table dim_recommendation_model as select *, timestamptz '2026-03-01 00:00:00Z' + to_days(day) "
        "as trained_at, 1.5 as fit_seconds from (values ('rerank-0', 'rerank', false, 'too few users', 0), "
        "('rerank-1', 'rerank', true, null, 1), ('recent-0', 'recent', false, 'no times', 0), "
        "('recent-1', 'recent', false, 'too few times', 2), ('ease-0', 'ease', false, null, 0), "
        "('ease-1', 'ease', false, null, 1), ('ease-2', 'ease', false, 'too little memory', 2)) "
        "as version (model_version_id, model_type, is_active, skipped_because, day)"
    )
    shop.con.execute(
        "create table fact_model_metric as from (values ('rerank-1'), ('ease-1')) as one(model_version_id)"
    )
    told = [(row["model_version_id"], row["skipped_because"]) for row in report(shop, "model_versions")]
    assert told == [("rerank-1", None), ("ease-1", None), ("recent-1", "too few times")]


def test_passes_of_measured_models_are_unfolded(shop: Workshop) -> None:
    """One row a pass; a version that is not measured today is left out."""
    rows = {
        "model_version_id": ["als-1", "als-0"],
        "model_type": ["als", "als"],
        "training": [json.dumps([0.7, 0.9]), json.dumps([0.1])],
    }
    shop.con.register("models", pa.table(rows))
    shop.con.execute("create table dim_recommendation_model as from models")
    shop.con.execute("create table fact_model_metric as select 'als-1' as model_version_id from range(3)")
    assert report(shop, "training_passes") == [
        {"model_type": "als", "pass": 1, "share": 0.7},
        {"model_type": "als", "pass": 2, "share": 0.9},
    ]
