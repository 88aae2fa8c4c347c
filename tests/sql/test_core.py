"""Records become anime, lists become ratings: who wins, what is joined, and what stays apart."""

from datetime import date
from hashlib import md5
from typing import Any

import pytest

from tests.sql.building import Workshop
from warehouse.build import fetch

ALL_THREE = [("anilist", "1"), ("kitsu", "2"), ("myanimelist", "3")]


def anime(shop: Workshop, clusters: Any = (ALL_THREE,)) -> dict[str, Any]:
    """The only anime of dim_anime, after everything was built."""
    shop.make(clusters)
    return shop.row("from main.dim_anime")


def test_fields_come_from_the_first_source_that_states_them(shop: Workshop) -> None:
    """AniList before MyAnimeList before Kitsu, a synopsis with HTML last, numbers from all."""
    shop.land(
        "anilist",
        {
            "id": 1,
            "title": {"romaji": "Kaze", "native": "風"},
            "format": "ONA",
            "averageScore": 80,
            "popularity": 5,
            "description": "A <b>wind</b>.",
        },
    )
    kitsu = {"canonicalTitle": "Wind", "titles": {"en": "Wind"}, "subtype": "OVA", "averageRating": "70", "nsfw": True}
    shop.land("kitsu", {"id": "2", "attributes": kitsu | {"userCount": 9, "synopsis": "Kitsu's words."}})
    shop.land(
        "myanimelist",
        {"id": 3, "title": "Kaze!", "media_type": "tv", "num_episodes": 12, "synopsis": "A wind.", "mean": 7.5},
    )
    row = anime(shop)
    assert (row["title"], row["title_romaji"], row["title_native"]) == ("Wind", "Kaze", "風")
    assert row["synonyms"] == ["Kaze!"]
    assert (row["format"], row["episodes"], row["synopsis"]) == ("ONA", 12, "A wind.")
    assert (row["mean_score"], row["popularity"], row["source_count"]) == (75, 9, 3)
    assert row["is_adult"] is True


def test_the_title_is_english_else_romaji_else_what_the_source_shows(shop: Workshop) -> None:
    """Every anime of a catalogue that has any title has one for display."""
    shop.land("anilist", {"id": 1, "title": {"romaji": "Kaze", "english": ""}}, {"id": 2, "title": {"native": "風"}})
    shop.land("kitsu", {"id": "3", "attributes": {"canonicalTitle": "Wind"}})
    shop.make()
    assert shop.rows("select title from main.dim_anime order by title") == [("Kaze",), ("Wind",), ("風",)]


def test_the_most_precise_start_date_wins(shop: Workshop) -> None:
    """A day from the last source counts more than a year from the first."""
    shop.land("anilist", {"id": 1, "startDate": {"year": 2012, "month": None, "day": None}})
    shop.land("kitsu", {"id": "2", "attributes": {"startDate": "2011-10-04"}})
    shop.land("myanimelist", {"id": 3, "start_date": "2011-10"})
    row = anime(shop)
    assert (row["start_date"], row["start_date_precision"]) == (date(2011, 10, 4), "day")
    assert (row["start_year"], row["season"]) == (2011, "FALL")


def test_an_announced_end_stands_there_while_it_runs_and_the_comment_says_so(shop: Workshop) -> None:
    """Who counts what has ended by end_date is warned: it may lie ahead, and be the last day of a year."""
    shop.land("anilist", {"id": 1, "status": "RELEASING", "endDate": {"year": 2027, "month": None, "day": None}})
    row = anime(shop, clusters=())
    assert (row["status"], row["end_date"]) == ("AIRING", date(2027, 12, 31))
    told = shop.rows(
        "select comment from duckdb_columns() where table_name in ('dim_anime', 'dim_anime_history') "
        "and column_name = 'end_date'"
    )
    assert len(told) == 2
    assert all("day, month or year, announced ones too" in comment for (comment,) in told)


def test_a_score_that_fills_gaps_stays_in_what_sources_state(shop: Workshop) -> None:
    """dim_anime leaves it out; the figures of each day and the records have it, and their comments say so."""
    shop.land("kitsu", *[{"id": str(number), "attributes": {"averageRating": "65.1"}} for number in range(1, 101)])
    shop.make()
    assert shop.rows("select count(mean_score) from dim_anime") == [(0,)]
    told = shop.rows(
        "select count(score) from fact_anime_metrics union all select count(mean_score) from dim_anime_record "
        "union all select count(*) from duckdb_columns() where comment like '%stands in for scores nobody knows%' "
        "and (table_name, column_name) in (('fact_anime_metrics', 'score'), ('dim_anime_record', 'mean_score'))"
    )
    assert told == [(100,), (100,), (2,)]


def test_genres_tags_and_studios_are_united_under_one_name(shop: Workshop) -> None:
    """Other names and spellings of a genre, tag or studio do not make another one."""
    tag = {"name": "Found Family", "rank": 80}
    studios = {"nodes": [{"name": "MADHOUSE"}]}
    shop.land("anilist", {"id": 1, "genres": ["Mahou Shoujo", "Sci-Fi"], "tags": [tag], "studios": studios})
    included = [
        {"id": "1", "type": "genres", "attributes": {"name": "Science Fiction"}},
        {"id": "2", "type": "genres", "attributes": {"name": "Magical Girl"}},
        {"id": "3", "type": "categories", "attributes": {"title": "found family"}},
    ]
    shop.land("kitsu", {"data": {"id": "2", "type": "anime"}, "included": included})
    makers = [{"name": "Madhouse"}, {"name": "J.C.Staff"}]
    shop.land("myanimelist", {"id": 3, "genres": [{"name": "Shounen Ai"}], "studios": makers})
    shop.land("myanimelist", {"id": 4, "studios": [{"name": "Madhouse"}]}, path="more")
    shop.make([ALL_THREE])
    key = "anime_key = (select anime_key from bridge_anime_source where source_id = '1')"
    assert shop.rows(f"select genre, source_count from bridge_anime_genre where {key} order by 1") == [
        ("Boys Love", 1),
        ("Mahou Shoujo", 2),
        ("Sci-Fi", 2),
    ]
    assert shop.rows(f"select tag, weight from bridge_anime_tag where {key}") == [("Found Family", 0.8)]
    assert shop.rows(f"select studio, source_count from bridge_anime_studio where {key} order by 1") == [
        ("J.C.Staff", 1),
        ("Madhouse", 2),
    ]


def test_relations_join_anime_and_never_point_to_themselves(shop: Workshop) -> None:
    """A relation of either source becomes one between anime; what no catalogue holds is left out."""
    edges = [{"relationType": "SEQUEL", "node": {"id": number, "type": "ANIME"}} for number in (2, 1, 404)]
    shop.land("anilist", {"id": 1, "relations": {"edges": edges}}, {"id": 2})
    related = [{"node": {"id": 12}, "relation_type": "sequel"}, {"node": {"id": 12}, "relation_type": "spin off"}]
    shop.land("myanimelist", {"id": 11, "related_anime": related}, {"id": 12})
    shop.make([[("anilist", "1"), ("myanimelist", "11")], [("anilist", "2"), ("myanimelist", "12")]])
    assert shop.rows("select anime_key, related_anime_key, relation_type from bridge_anime_relation") == [
        (1, 2, "SEQUEL"),
        (1, 2, "SPIN_OFF"),
    ]


def test_metrics_keep_one_row_per_anime_source_and_day(shop: Workshop) -> None:
    """Each landed day is kept; of two files of one day the later one counts."""
    shop.land("anilist", {"id": 1, "averageScore": 70, "popularity": 1}, day="2026-01-01")
    shop.land("anilist", {"id": 1, "averageScore": 71, "popularity": 2}, day="2026-01-02", path="a")
    shop.land("anilist", {"id": 1, "averageScore": 72, "popularity": 3}, day="2026-01-02", path="b")
    shop.land("kitsu", {"id": "2", "attributes": {"averageRating": "60.5"}}, day="2026-01-02")
    shop.make([[("anilist", "1"), ("kitsu", "2")]])
    assert shop.rows("select source, day, score, popularity from fact_anime_metrics") == [
        ("anilist", date(2026, 1, 1), 70.0, 1),
        ("anilist", date(2026, 1, 2), 72.0, 3),
        ("kitsu", date(2026, 1, 2), 60.5, None),
    ]


#: source, its score, the rating it becomes
SCALES = [
    ("anilist", "85", 8.5),
    ("anilist", "100", 10.0),
    ("anilist", "4", 1.0),
    ("anilist", "0", None),
    ("kitsu", "17", 8.5),
    ("kitsu", "20", 10.0),
    ("kitsu", "2", 1.0),
    ("kitsu", "", None),
    ("myanimelist", "9", 9.0),
    ("myanimelist", "0.5", 1.0),
    ("myanimelist", "0", None),
]


def test_scores_come_to_one_scale(shop: Workshop) -> None:
    """1 to 10, whatever the source counts in; no score stays none."""
    for number, (source, score, _) in enumerate(SCALES, start=1):
        shop.rate(source, ("ann", str(number), score, "completed"), path=f"{source}/one.csv.gz")
    shop.make()
    found = dict(shop.rows("select source_id::integer, rating from fact_user_rating"))
    assert found == {number: rating for number, (_, _, rating) in enumerate(SCALES, start=1)}


def test_an_id_of_no_catalogue_becomes_a_stub_anime(shop: Workshop) -> None:
    """It has no title, counts its raters as popularity, and may not be recommended; what cannot be an id is refused."""
    shop.land("anilist", {"id": 1, "title": {"romaji": "Kaze"}})
    shop.rate("anilist", ("ann", "1", "80"), ("ann", "999", "90"), ("bob", "999", "70"), ("bob", "x9", "70"))
    shop.make()
    stub = shop.row("from dim_anime where title is null")
    assert (stub["format"], stub["popularity"], stub["source_count"], stub["synonyms"]) == ("UNKNOWN", 2, 0, [])
    assert shop.rows("select match_method from bridge_anime_source where source_id = '999'") == [("rating_only",)]
    assert shop.rows("select count(*) from fact_user_rating") == [(3,)]
    assert [reason for _, reason in shop.refused("stg_anilist__ratings")] == [
        'anilist_id is "x9", expected a positive whole number'
    ]


def test_two_rated_records_of_one_anime_leave_one_rating(shop: Workshop) -> None:
    """A scored entry beats one without, then the newer one, then the smaller id (9 before 10)."""
    pairs = [(("ann", "9", "0"), ("ann", "10", "80")), (("bob", "9", "50"), ("bob", "10", "60"))]
    dated = [("cat", "9", "50", "completed", "2024-01-01"), ("cat", "10", "60", "completed", "2024-02-01")]
    shop.rate("anilist", *[row for pair in pairs for row in pair], *dated)
    shop.make([[("anilist", "10"), ("anilist", "9")]])
    assert shop.rows(
        "select user_id, rating, source_id from fact_user_rating join dim_user using (user_key) order by 1"
    ) == [("ann", 8.0, "10"), ("bob", 5.0, "9"), ("cat", 6.0, "10")]


def test_users_fall_into_cohorts_of_half_and_two_quarters(shop: Workshop) -> None:
    """Within 3 points over 5,000 users; keys are unique, exact in JSON and those of source and name alone."""
    shop.rate("kitsu", *[(f"user-{number}", "1", "10") for number in range(5000)])
    shop.rate("anilist", ("user-1", "1", "10"))
    shop.stage()
    shop.build("core/dim_user")
    share = dict(shop.rows("select cohort_id, count(*) / 50.01 from dim_user group by all"))
    assert share["control"] == pytest.approx(50, abs=3)
    assert share["treatment_a"] == pytest.approx(25, abs=3)
    assert share["treatment_b"] == pytest.approx(25, abs=3)
    keys = shop.rows("select count(distinct user_key), min(user_key) >= 0, max(user_key) < pow(2, 53) from dim_user")
    assert keys == [(5001, True, True)]


def test_planned_entries_are_no_evidence_of_taste(shop: Workshop) -> None:
    """Models do not learn from what is only planned, unless it was scored."""
    shop.rate("anilist", ("a", "1", "0", "planned"), ("a", "2", "0", "dropped"), ("a", "3", "70", "planned"))
    shop.make()
    assert shop.rows("select rating from fact_user_rating order by source_id") == [(None,), (None,), (7.0,)]
    assert sorted(fetch(shop.con, "ml/training_entry")["rating"].to_pylist(), key=str) == [7.0, None]


def test_models_read_every_anime_with_some_title_and_stubs_without(shop: Workshop) -> None:
    """A title of unknown language is a title too; only anime of a catalogue may be recommended."""
    shop.land("kitsu", {"id": "1", "attributes": {"canonicalTitle": "Wind"}})
    shop.rate("kitsu", ("ann", "99", "10"))
    shop.make()
    items = fetch(shop.con, "ml/training_item").to_pylist()
    assert [(item["titles"], item["is_recommendable"]) for item in items] == [("Wind", True), ("", False)]


def test_what_lasts_of_an_anime_is_the_id_of_one_record(shop: Workshop) -> None:
    """MyAnimeList's where there is one, else Kitsu's, else AniList's, also of what is only rated; whatever the keys."""
    shop.land("anilist", {"id": 1, "title": {"romaji": "Kaze"}}, {"id": 2, "title": {"romaji": "Umi"}})
    shop.land("kitsu", {"id": "7", "attributes": {"canonicalTitle": "Sora"}})
    shop.rate("myanimelist", ("ann", "5", "10"))
    shop.make()
    shop.con.execute("update bridge_anime_source set anime_key = 1 where source_id in ('1', '7')")
    found = {item["anime_key"]: item["lasting_id"] for item in fetch(shop.con, "ml/training_item").to_pylist()}
    named = dict(shop.rows("select source || ':' || source_id, anime_key from bridge_anime_source"))
    for name in ("kitsu:7", "anilist:2", "myanimelist:5"):
        digest = md5(name.encode(), usedforsecurity=False).digest()
        assert found[named[name]] == int.from_bytes(digest[8:], "little") >> 11


def test_adult_titles_are_for_those_who_rated_one_well(shop: Workshop) -> None:
    """A rating of 7 or more of an adult title opens them, a lower one does not."""
    shop.land("anilist", {"id": 1, "isAdult": True}, {"id": 2})
    shop.rate("anilist", ("ann", "1", "70"), ("bob", "1", "69"), ("cat", "2", "100"))
    shop.make()
    wanting = {row["user_key"] for row in fetch(shop.con, "inputs/users").to_pylist() if row["wants_adult"]}
    assert wanting == {key for (key,) in shop.rows("select user_key from dim_user where user_id = 'ann'")}


def test_matching_reads_all_titles_with_the_main_one_first(shop: Workshop) -> None:
    """Every language and synonym, none twice, none blank."""
    title = {"romaji": "Kaze", "english": "Wind", "native": "風"}
    shop.land("anilist", {"id": 1, "title": title, "synonyms": ["Breeze", " "], "idMal": 5})
    shop.stage()
    (record,) = fetch(shop.con, "inputs/match_records").to_pylist()
    assert list(dict.fromkeys(record["titles"])) == ["Kaze", "Wind", "風", "Breeze"]
    assert (record["native_titles"], record["claimed_myanimelist_id"]) == (["風"], "5")
