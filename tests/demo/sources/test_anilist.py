"""AniList's `Media` objects, against its contract."""

import re
from pathlib import Path

import numpy as np
import pytest

from demo.sources.anilist import ID_MAL_MISSING, ID_MAL_WRONG, AniList
from demo.world import World

SCHEMA = Path(__file__).parents[3].parent / "shared/apis/contracts/anilist/schema.graphql"
# the fields of the contract's catalogue query, at the top level
FIELDS = set(
    re.findall(
        r"\w+",
        """
        id idMal type format status title synonyms description startDate endDate season seasonYear
        episodes duration countryOfOrigin isLicensed source genres tags averageScore meanScore
        popularity favourites trending isAdult isLocked hashtag siteUrl updatedAt coverImage
        bannerImage studios relations externalLinks stats
        """,
    )
)
FORMATS = {"TV", "TV_SHORT", "MOVIE", "SPECIAL", "OVA", "ONA", "MUSIC", None}
STATUSES = {"FINISHED", "RELEASING", "NOT_YET_RELEASED", "CANCELLED", "HIATUS"}
SEASONS = {"WINTER", "SPRING", "SUMMER", "FALL", None}


@pytest.fixture(scope="module")
def records(default_world: World) -> list[dict]:
    """All recorded `Media` objects of the default world."""
    source = default_world.sources["anilist"]
    return [source.record(row) for row in source.rows()]


def test_every_record_has_the_fields_of_the_catalogue_query(records: list[dict]) -> None:
    """No field is missing and none is there that the query does not name."""
    assert all(set(record) == FIELDS for record in records)


def test_enumerations_hold_only_documented_values(records: list[dict]) -> None:
    """Formats, states and seasons are AniList's, and every one of them occurs."""
    assert {record["format"] for record in records} == FORMATS
    assert {record["status"] for record in records} == STATUSES
    assert {record["season"] for record in records} == SEASONS
    assert {record["type"] for record in records} == {"ANIME"}


def test_types_are_those_of_the_schema(records: list[dict]) -> None:
    """Ids and counts are whole numbers, lists are lists, nullable fields may be null and nothing else."""
    for record in records:
        assert isinstance(record["id"], int)
        assert record["id"] > 0
        assert isinstance(record["title"]["romaji"], str)
        assert isinstance(record["popularity"], int)
        assert isinstance(record["updatedAt"], int)
        for field in ("idMal", "episodes", "duration", "averageScore", "meanScore", "seasonYear"):
            assert record[field] is None or isinstance(record[field], int)
        for field in ("english", "native"):
            assert record["title"][field] is None or record["title"][field]
        for field in ("synonyms", "genres", "tags", "externalLinks"):
            assert isinstance(record[field], list)
        assert set(record["startDate"]) == set(record["endDate"]) == {"year", "month", "day"}
        assert 0 <= (record["averageScore"] or 50) <= 100


def test_partial_and_missing_dates_are_null_members(records: list[dict]) -> None:
    """Days, months and whole dates are missing somewhere; a day never stands without its month."""
    starts = [record["startDate"] for record in records]
    assert any(start["year"] is None for start in starts)
    assert any(start["year"] and start["month"] is None for start in starts)
    assert any(start["month"] and start["day"] is None for start in starts)
    assert all(start["month"] or not start["day"] for start in starts)


def test_winter_begins_in_december_of_the_year_before(records: list[dict]) -> None:
    """A series that starts in December belongs to next year's winter."""
    december = [record for record in records if record["startDate"]["month"] == 12 and record["season"]]
    assert december
    for record in december:
        assert (record["season"], record["seasonYear"]) == ("WINTER", record["startDate"]["year"] + 1)


def test_descriptions_hold_markup(records: list[dict]) -> None:
    """Line breaks, italics and entities occur, as does a missing description."""
    texts = [record["description"] for record in records]
    assert None in texts
    together = " ".join(text for text in texts if text)
    assert "<br>" in together
    assert "<i>" in together
    assert "&amp;" in together
    assert "(Source:" in together


def test_adult_titles_are_flagged_and_have_their_genre(records: list[dict]) -> None:
    """The flag isAdult and the genre Hentai go together."""
    assert any(record["isAdult"] for record in records)
    assert all(record["isAdult"] == ("Hentai" in record["genres"]) for record in records)


def test_idmal_is_mostly_right_sometimes_missing_and_rarely_wrong(default_world: World) -> None:
    """Among anime that MyAnimeList knows, the shares of missing and wrong ids are the stated ones."""
    anilist, myanimelist = default_world.sources["anilist"], default_world.sources["myanimelist"]
    assert isinstance(anilist, AniList)
    known = anilist.catalogued & myanimelist.known
    claims, right = np.array(anilist.claims)[known], myanimelist.ids[known]
    wrong = (claims > 0) & (claims != right)
    assert abs((claims == 0).mean() - ID_MAL_MISSING) < 0.02
    assert 0.6 * ID_MAL_WRONG < wrong.mean() < 1.4 * ID_MAL_WRONG
    assert set(claims) - {0} <= set(myanimelist.ids.tolist())


def test_a_main_studio_is_told_from_a_producer(records: list[dict]) -> None:
    """Producers stand beside the studios as not main and no animation studio; some records name nobody."""
    edges = [edge for record in records for edge in record["studios"]["edges"]]
    assert all(edge["isMain"] == edge["node"]["isAnimationStudio"] for edge in edges)
    assert {edge["isMain"] for edge in edges} == {True, False}
    assert any(not record["studios"]["edges"] for record in records)


def test_relations_lead_to_recorded_anime(records: list[dict]) -> None:
    """Every related id is in the catalogue."""
    ids = {record["id"] for record in records}
    related = [edge for record in records for edge in record["relations"]["edges"]]
    assert len(related) > 1000
    assert {edge["node"]["id"] for edge in related} <= ids


@pytest.mark.real_data
def test_the_published_schema_knows_every_value(records: list[dict]) -> None:
    """Formats, states, seasons, source materials and relations are values of the published enumerations."""
    if not SCHEMA.exists():
        pytest.skip("no ../shared/apis beside the repository")
    schema = SCHEMA.read_text(encoding="utf-8")

    def values(name: str) -> set[str]:
        body = re.search(rf"enum {name} \{{(.*?)\n\}}", schema, re.S)
        assert body
        return set(re.findall(r"^\s+([A-Z_0-9]+)$", body[1], re.M))

    relations = {edge["relationType"] for record in records for edge in record["relations"]["edges"]}
    assert relations <= values("MediaRelation")
    assert {record["source"] for record in records} - {None} <= values("MediaSource")
    assert {record["format"] for record in records} - {None} <= values("MediaFormat")
    assert {record["status"] for record in records} <= values("MediaStatus")
    assert {record["season"] for record in records} - {None} <= values("MediaSeason")
