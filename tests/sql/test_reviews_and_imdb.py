"""Reviews on one scale, and IMDb's titles beside the anime that they are."""

from typing import Any

import pytest

from tests.sql.building import Workshop

PATH = "{}/reviews/a.responses.jsonl.gz"


def kitsu_review(number: str, anime: str, **attributes: Any) -> dict[str, Any]:
    """A review as Kitsu's crawl lands it."""
    told = {"content": "Warm.", "rating": 14, "likesCount": 2, "spoiler": True, "createdAt": "2020-01-02T03:04:05Z"}
    media = {"data": {"type": "anime", "id": anime}}
    return {"id": number, "type": "reviews", "attributes": told | attributes, "relationships": {"media": media}}


def review_shop(shop: Workshop) -> Workshop:
    """A warehouse in which each service has one title and reviews of it."""
    shop.land("anilist", {"id": 1, "title": {"romaji": "Kaze"}})
    shop.land("kitsu", {"id": "2", "type": "anime", "attributes": {"titles": {"en_jp": "Umi"}}})
    shop.answer("jikan", {"mal_id": 3, "title": "Yama"}, path="jikan/anime/a")
    review = {"id": 70, "mediaId": 1, "userId": "9f", "summary": " Good ", "body": "Fine.", "score": 85}
    shop.answer(
        "anilist",
        review | {"rating": 4, "ratingAmount": 6, "createdAt": 1577934245},
        review | {"id": 71, "mediaId": 99},
        stream="reviews",
        path=PATH.format("anilist"),
    )
    shop.answer("kitsu", kitsu_review("5", "2"), stream="reviews", path=PATH.format("kitsu"))
    shop.answer(
        "jikan",
        {"mal_id": 8, "anime_mal_id": 3, "review": "Tall.", "score": 9, "tags": ["Recommended"], "user": {}},
        stream="reviews",
        path=PATH.format("jikan"),
    )
    return shop


def test_reviews_come_to_one_scale_and_to_their_anime(shop: Workshop) -> None:
    """14 of 20 is 70, 9 of 10 is 90; Jikan's are MyAnimeList's; a review of an unknown title is left out."""
    review_shop(shop).stage()
    shop.identify()
    shop.build("core/fact_anime_review")
    assert shop.rows(
        "select source, review_id, source_id, score, summary, body, helpful, votes, author, is_spoiler "
        "from fact_anime_review"
    ) == [
        ("anilist", "70", "1", 85.0, "Good", "Fine.", 4, 6, "9f", None),
        ("kitsu", "5", "2", 70.0, None, "Warm.", 2, None, None, True),
        ("myanimelist", "8", "3", 90.0, "Recommended", "Tall.", None, None, None, None),
    ]
    times = "select strftime(created_at, '%Y-%m-%d %H:%M:%S') from fact_anime_review where source <> 'myanimelist'"
    assert shop.rows(times) == [("2020-01-02 03:04:05",)] * 2


def test_the_newest_version_of_a_review_counts_and_what_is_none_is_refused(shop: Workshop) -> None:
    """A review that is given again is no fault; one without text, of no title or with a score off the scale is."""
    path = PATH.format("kitsu")
    shop.answer("kitsu", kitsu_review("5", "2"), stream="reviews", path=path, line=2)
    shop.answer(
        "kitsu",
        kitsu_review("5", "2", content="Warmer."),
        kitsu_review("6", "2", content=None),
        kitsu_review("7", "two"),
        kitsu_review("8", "2", rating=1),
        stream="reviews",
        path=path,
        line=3,
    )
    shop.build("staging/stg_kitsu__reviews")
    assert shop.rows("select review_id, body, payload_line from staging.stg_kitsu__reviews") == [("5", "Warmer.", 3)]
    assert shop.refused("stg_kitsu__reviews") == [
        ("6", "attributes.content is (missing), expected a text"),
        ("7", 'relationships.media.data.id is "two", expected a positive whole number'),
        ("8", "attributes.rating is 1, expected a number from 2 to 20"),
    ]


def imdb(shop: Workshop, table: str, columns: str, *rows: str) -> None:
    """Append rows to a raw table of IMDb as its newest file gives them."""
    shop.con.execute(
        f"insert into raw.raw_imdb__{table} by name select *, 'imdb/{table}/a.tsv.gz' as payload_path, "
        "row_number() over () + 1 as payload_line, timestamptz '2026-03-01 00:00:00Z' as captured_at "
        f"from (values {', '.join(rows)}) as given ({columns})"
    )


BASICS = "tconst, title_type, primary_title, original_title, is_adult, start_year, end_year, runtime_minutes, genres"


@pytest.fixture
def cinema(shop: Workshop) -> Workshop:
    """Anime of AniList and what IMDb has: a franchise, two films of one name, a namesake of another kind."""
    titles = [
        (1, "Kaze no Uta", "Song of the Wind", "TV", 2010),
        (2, "Song of the Wind", None, "ONA", 2011),
        (3, "Twin", None, "MOVIE", 2001),
        (4, "Umi!", None, "MOVIE", 2005),
        (5, "Late", None, "TV", 2010),
    ]
    for number, romaji, english, kind, year in titles:
        shop.land(
            "anilist",
            {
                "id": number,
                "title": {"romaji": romaji, "english": english},
                "format": kind,
                "startDate": {"year": year},
            },
            path=f"anilist/anime/{number}",
        )
    imdb(
        shop,
        "title_basics",
        BASICS,
        "('tt0000001', 'tvSeries', 'Song of the Wind', 'Kaze no uta', '0', '2010', '2014', '24', 'Animation,Drama')",
        "('tt0000002', 'movie', 'Twin', 'Twin', '0', '2001', null, '90', 'Animation')",
        "('tt0000003', 'movie', 'Twin', 'Twin', '0', '2001', null, '80', 'Animation')",
        "('tt0000004', 'tvSeries', 'Umi', 'Umi', '0', '2005', null, '24', 'Animation')",
        "('tt0000005', 'tvMovie', 'The Sea', 'The Sea', '0', '2006', null, '70', 'Animation')",
        "('tt0000006', 'tvSeries', 'Late', 'Late', '0', '2012', null, '24', 'Animation')",
        "('tt0000007', 'movie', 'Year', 'Year', '0', 'soon', null, '70', 'Animation')",
    )
    imdb(shop, "title_ratings", "tconst, average_rating, num_votes", "('tt0000001', '8.1', '1200')")
    imdb(
        shop,
        "title_akas",
        "title_id, ordering, title, is_original_title",
        "('tt0000005', '1', 'Ümi', '0')",
        "('tt0000005', '2', 'Das Meer', '0')",
    )
    shop.stage()
    shop.identify()
    shop.build("intermediate/int_filling_scores")
    for step in ("record_meanings", "field_rules", "fields_stated", "fields_ranked", "merged"):
        shop.build(f"intermediate/int_anime_{step}")
    shop.build("core/dim_anime")
    shop.build("core/bridge_anime_imdb")
    return shop


def test_an_anime_is_matched_by_title_year_and_kind(cinema: Workshop) -> None:
    """A franchise has one series; namesakes of another kind or year do not count; two equal fits are none."""
    found = cinema.rows(
        "select source_id, tconst, bridge_anime_imdb.confidence, imdb_score, votes "
        "from bridge_anime_imdb join intermediate.int_anime_identities using (anime_key) order by source_id"
    )
    assert found == [
        ("1", "tt0000001", 1.0, 81.0, 1200),
        ("2", "tt0000001", 0.8, 81.0, 1200),
        ("4", "tt0000005", 0.7, None, None),
    ]


def test_imdb_rows_with_a_fault_go_to_quarantine(cinema: Workshop) -> None:
    """A year that is none is told; all its titles stand beside a title that is sound."""
    assert cinema.refused("stg_imdb__titles") == [("tt0000007", 'startYear is "soon", expected a year')]
    row = cinema.row("from staging.stg_imdb__titles where tconst = 'tt0000005'")
    assert (row["other_titles"], row["start_year"], row["votes"]) == (["Das Meer", "Ümi"], 2006, None)
