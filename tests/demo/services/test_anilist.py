"""AniList's stand-in: the endpoint, searching, pages and reviews."""

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.defects import UNKNOWN_FORMAT
from demo.services.anilist import TOO_DEEP
from demo.services.anilist_errors import in_double_quotes
from demo.services.base import Call
from demo.services.opinions import reviews_of

from .conftest import AniList

WHOLE = """
fragment Whole on Media {
  id idMal type format status(version: 2) title { romaji english native } synonyms description(asHtml: false)
  startDate { year month day } endDate { year month day } season seasonYear episodes duration countryOfOrigin
  isLicensed source(version: 3) genres
  tags { id name category rank isGeneralSpoiler isMediaSpoiler isAdult }
  averageScore meanScore popularity favourites trending isAdult isLocked hashtag siteUrl updatedAt
  coverImage { extraLarge large medium color } bannerImage
  studios { edges { isMain node { id name isAnimationStudio } } }
  relations { edges { id relationType(version: 2) node { id idMal type format } } }
  externalLinks { site siteId url type language isDisabled }
  stats { scoreDistribution { score amount } statusDistribution { status amount } }
}
"""


def test_the_whole_record_comes_as_the_world_tells_it(anilist: AniList) -> None:
    """Every field of the catalogue query, in five pages of one request; the bad records as they are."""
    pages = " ".join(
        f"p{page}: Page(page: {page}, perPage: 50) {{media(sort: [ID]) {{...Whole}}}}" for page in range(1, 6)
    )
    data = anilist.ask(f"query {{{pages}}} {WHOLE}").data
    media = [one for page in range(1, 6) for one in data[f"p{page}"]["media"]]
    assert media == anilist.overlay.records("anilist")[:250]
    worst = anilist.overlay.records("anilist")[-2:]
    ids = [record["id"] for record in worst]
    answer = anilist.ask(f"query {{Page {{media(id_in: {ids}) {{...Whole}}}}}} {WHOLE}").data
    assert answer["Page"]["media"] == worst
    assert [worst[0]["format"], worst[1]["episodes"]] == [UNKNOWN_FORMAT, "twelve"]


def test_all_pages_together_are_the_catalogue(anilist: AniList) -> None:
    """Once each, in the order of their ids, until hasNextPage says no."""
    assert anilist.all_ids("type: ANIME, sort: [ID]") == [one["id"] for one in anilist.overlay.records("anilist")]
    assert anilist.all_ids("type: MANGA") == []


def test_page_info_tells_the_truth_about_the_next_page_alone(anilist: AniList) -> None:
    """5,000 entries are claimed, however many there are."""
    info = "pageInfo {total perPage currentPage lastPage hasNextPage}"
    ids = [one["id"] for one in anilist.overlay.records("anilist")[:20]]
    for page, more in ((1, True), (2, False), (3, False)):
        query = f"{{Page(page: {page}, perPage: 10) {{{info} media(id_in: {ids}) {{id}}}}}}"
        told = anilist.ask(query).data["Page"]["pageInfo"]
        assert told == {"total": 5000, "perPage": 10, "currentPage": page, "lastPage": 500, "hasNextPage": more}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{Page(page: 101, perPage: 50) {media {id}}}", TOO_DEEP),
        ("{Page(page: 1, perPage: 51) {media {id}}}", "The perPage argument must be between 1 and 50"),
        ("{Page {media {id} reviews {id}}}", "A page holds exactly one kind of data, not 2"),
        ("{Page {a: media {id} b: media(type: ANIME) {id}}}", "A page holds exactly one kind of data, not 2"),
        ("{Page {pageInfo {total}}}", "A page holds exactly one kind of data, not 0"),
    ],
)
def test_a_page_that_cannot_be_had_is_null_with_a_400(anilist: AniList, query: str, message: str) -> None:
    """The error has its place in the query."""
    told = anilist.ask(query)
    assert (told.status, told.message) == (400, message)
    assert told.document["data"] == {"Page": None}
    assert told.document["errors"][0]["locations"] == [{"line": 1, "column": 2}]


def test_page_100_is_the_last_one_that_is_served(anilist: AniList) -> None:
    """Empty here, since the small world has fewer."""
    assert anilist.ids("type: ANIME", page=100) == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{Media(id: 1) {name}}", 'Cannot query field "name" on type "Media".'),
        ("{Page {media(id_greater: 5) {id}}}", 'Unknown argument "id_greater" on field "Page.media".'),
        ("{Media(id: 1) {id}", "Syntax Error: Expected Name, found <EOF>."),
        ("{Page {media(format: HOLOGRAM) {id}}}", 'Value "HOLOGRAM" does not exist in "MediaFormat" enum.'),
        ("query($a: Int) {Media {id}}", 'Variable "$a" is never used.'),
    ],
)
def test_what_the_schema_does_not_know_is_refused_with_a_400(anilist: AniList, query: str, message: str) -> None:
    """In the service's words, with data null."""
    told = anilist.ask(query)
    assert told.status == 400
    assert told.message.startswith(message)
    assert told.document["data"] is None
    assert told.document["errors"][0]["locations"]


def test_names_are_quoted_as_the_service_does() -> None:
    """Apostrophes stay."""
    assert in_double_quotes("Cannot query 'x' on 'Y.z'. Don't!") == 'Cannot query "x" on "Y.z". Don\'t!'


def test_variables_are_checked(anilist: AniList) -> None:
    """A value of another type, and a missing one that must be there."""
    told = anilist.ask("query($id: Int!) {Media(id: $id) {id}}", id="seven")
    assert told.status == 400
    assert "$id" in told.message
    assert anilist.ask("query($id: Int!) {Media(id: $id) {id}}").status == 400


def test_a_query_of_500_fields_is_served_and_one_of_501_is_not(anilist: AniList) -> None:
    """Every field counts one, in a fragment as often as it is used, whatever the number of results."""
    # Page, media and n aliases of id each: 5 * (2 + 98) = 500
    aliases = " ".join(f"f{number}: id" for number in range(98))
    page = "Page {media {...Many}}"
    fragment = f"fragment Many on Media {{{aliases}}}"
    whole = " ".join(f"p{number}: {page}" for number in range(5))
    assert anilist.ask(f"query {{{whole}}} {fragment}").status == 200
    told = anilist.ask(f"query {{{whole} __typename}} {fragment}")
    assert (told.status, told.message) == (400, "Max query complexity should be 500 but got 501.")


def test_a_single_title_or_a_404(anilist: AniList) -> None:
    """Null data and the message of the real service."""
    first = anilist.overlay.records("anilist")[0]
    assert anilist.ask(f"{{Media(id: {first['id']}) {{id title {{userPreferred}}}}}}").data == {
        "Media": {"id": first["id"], "title": {"userPreferred": first["title"]["romaji"]}}
    }
    for args in ("id: 999999999", f"id: {first['id']}, type: MANGA"):
        told = anilist.ask(f"{{found: Media({args}) {{id}}}}")
        assert (told.status, told.message, told.document["data"]) == (404, "Not Found.", {"found": None})


def test_one_missing_title_does_not_hide_the_others(anilist: AniList) -> None:
    """Its field alone is null."""
    first = anilist.overlay.records("anilist")[0]["id"]
    told = anilist.ask(f"{{a: Media(id: {first}) {{id}} b: Media(id: 999999999) {{id}}}}")
    assert told.status == 404
    assert told.document["data"] == {"a": {"id": first}, "b": None}


def fuzzy(record: dict) -> int | None:
    """A start date as YYYYMMDD, written another way than the service does."""
    when = record["startDate"]
    return when["year"] and int(f"{when['year']}{when['month'] or 0:02d}{when['day'] or 0:02d}")


@settings(max_examples=30)
@given(greater=st.integers(19400000, 20270000), width=st.integers(0, 100_000))
def test_windows_of_start_dates_are_strict_on_both_sides(anilist: AniList, greater: int, width: int) -> None:
    """A title without a year is in none."""
    lesser = greater + width
    expected = [
        one["id"]
        for one in anilist.overlay.records("anilist")
        if one["startDate"]["year"] is not None and greater < (fuzzy(one) or 0) < lesser
    ]
    args = "startDate_greater: $greater, startDate_lesser: $lesser"
    assert anilist.ids(args, greater=greater, lesser=lesser) == expected[:50]


def test_years_and_the_undated_are_the_whole_catalogue(anilist: AniList) -> None:
    """Each title is in one window of a year, or has no date and is in none."""
    records = anilist.overlay.records("anilist")
    years = sorted({one["startDate"]["year"] for one in records} - {None})
    # A date of which only the year is known is YYYY0000, so a year ends before the next one's 0000.
    windows = [
        anilist.all_ids(f"startDate_greater: {year - 1}1231, startDate_lesser: {year + 1}0000") for year in years
    ]
    undated = [one["id"] for one in records if one["startDate"]["year"] is None]
    assert undated
    assert sorted([*undated, *(number for window in windows for number in window)]) == [one["id"] for one in records]


def test_an_explicit_null_date_is_illegal_and_other_nulls_ask_nothing(anilist: AniList) -> None:
    """A variable that is left out is no null."""
    query = "query($greater: FuzzyDateInt) {Page {media(startDate_greater: $greater) {id}}}"
    told = anilist.ask(query, greater=None)
    assert (told.status, told.message) == (400, "Illegal operator and value combination")
    assert anilist.ask(query).status == 200
    assert anilist.ids("format: $format", format=None) == anilist.ids("type: ANIME")


def test_cells_of_formats_leave_out_what_has_none(anilist: AniList) -> None:
    """Null fits neither a value nor its negation."""
    records = anilist.overlay.records("anilist")
    assert anilist.all_ids("format: MOVIE") == [one["id"] for one in records if one["format"] == "MOVIE"]
    assert anilist.all_ids("format_not: MOVIE") == [
        one["id"] for one in records if one["format"] not in (None, "MOVIE")
    ]
    assert anilist.all_ids("format_in: [TV, OVA], status: FINISHED") == [
        one["id"] for one in records if one["format"] in ("TV", "OVA") and one["status"] == "FINISHED"
    ]


def test_titles_are_found_by_ids_and_absent_ones_are_silently_left_out(anilist: AniList) -> None:
    """By AniList's own and by MyAnimeList's."""
    records = anilist.overlay.records("anilist")
    ids = [one["id"] for one in records[5:9]]
    assert anilist.ids("id_in: $ids", ids=[*ids, 999999999, 0]) == ids
    assert anilist.ids("id_in: $ids", ids=[]) == []
    assert anilist.ids(f"id_in: $ids, id_not: {ids[0]}", ids=ids) == ids[1:]
    assert set(anilist.all_ids(f"id_not_in: {ids}")) == {one["id"] for one in records} - set(ids)
    other = next(one["idMal"] for one in records if one["idMal"])
    assert anilist.ids(f"idMal: {other}") == [one["id"] for one in records if one["idMal"] == other]
    assert anilist.ids(f"idMal_in: [{other}]") == [one["id"] for one in records if one["idMal"] == other]


def test_genres_and_numbers_filter_as_well(anilist: AniList) -> None:
    """One genre, one of several, none of several; numbers above and below."""
    records = anilist.overlay.records("anilist")
    for args, fits in (
        ('genre: "Drama"', lambda one: "Drama" in one["genres"]),
        ('genre_in: ["Drama", "Comedy"]', lambda one: {"Drama", "Comedy"} & set(one["genres"])),
        ('genre_not_in: ["Drama"]', lambda one: "Drama" not in one["genres"]),
        ("popularity_greater: 500, popularity_lesser: 5000", lambda one: 500 < one["popularity"] < 5000),
        ("episodes_greater: 11", lambda one: isinstance(one["episodes"], int) and one["episodes"] > 11),
        ("isAdult: false", lambda one: one["isAdult"] is False),
    ):
        assert anilist.all_ids(args) == [one["id"] for one in records if fits(one)], args


@pytest.mark.parametrize("args", ['search: "x"', "onList: true", "sort: [SEARCH_MATCH]"])
def test_what_is_not_served_says_so(anilist: AniList, args: str) -> None:
    """It is no empty answer."""
    told = anilist.ask(f"{{Page {{media({args}) {{id}}}}}}")
    assert told.status == 501
    assert "not served by this stand-in" in told.message


@pytest.mark.parametrize(
    ("sort", "key", "falls"),
    [
        ("ID", "id", False),
        ("ID_DESC", "id", True),
        ("UPDATED_AT_DESC", "updatedAt", True),
        ("POPULARITY_DESC", "popularity", True),
        ("POPULARITY", "popularity", False),
    ],
)
def test_pages_are_sorted_as_asked(anilist: AniList, sort: str, key: str, falls: bool) -> None:
    """Both ways."""
    query = f"{{Page(perPage: 50) {{media(sort: [{sort}]) {{{key}}}}}}}"
    values = [one[key] for one in anilist.ask(query).data["Page"]["media"]]
    every = [one[key] for one in anilist.overlay.records("anilist")]
    assert values == sorted(every, reverse=falls)[:50]


def test_several_keys_sort_one_after_the_other_and_null_is_smallest(anilist: AniList) -> None:
    """The undated come first, by id among themselves."""
    records = anilist.overlay.records("anilist")
    expected = sorted(records, key=lambda one: (fuzzy(one) or 0, -one["id"]))
    assert anilist.all_ids("sort: [START_DATE, ID_DESC]") == [one["id"] for one in expected]
    last = anilist.all_ids("sort: [EPISODES_DESC]")
    assert {one["id"] for one in records if one["episodes"] is None} == set(last[-sum(
        one["episodes"] is None for one in records) :])  # fmt: skip


def test_an_edit_is_seen_at_once_and_comes_first_among_updates(own_anilist: AniList) -> None:
    """A removed title is gone from pages and ids."""
    ids = own_anilist.ids("sort: [UPDATED_AT_DESC]")
    number = own_anilist.overlay.records("anilist")[7]["id"]
    own_anilist.overlay.edit("anilist", str(number), {"averageScore": 1})
    assert own_anilist.ids("sort: [UPDATED_AT_DESC]") == [number, *(one for one in ids if one != number)][:50]
    answer = own_anilist.ask(f"{{Media(id: {number}) {{averageScore updatedAt}}}}").data["Media"]
    moment = int(own_anilist.overlay.updated_at("anilist", str(number)).timestamp())
    assert answer == {"averageScore": 1, "updatedAt": moment}
    own_anilist.overlay.remove("anilist", str(number))
    assert own_anilist.ids(f"id_in: [{number}]") == []
    assert own_anilist.ask(f"{{Media(id: {number}) {{id}}}}").status == 404


def test_aliases_fragments_directives_and_type_names_are_understood(anilist: AniList) -> None:
    """A field that stands there twice is one; what is skipped is left out."""
    query = """
    query Some($yes: Boolean!, $id: Int) {
      one: Media(id: $id) {
        number: id ...Titles
        title { native }
        ... on Media { kind: __typename status @skip(if: $yes) }
        popularity @include(if: $yes)
      }
      __typename
    }
    fragment Titles on Media { title { romaji } }
    """
    record = anilist.overlay.records("anilist")[0]
    data = anilist.ask(query, yes=True, id=record["id"]).data
    title = {"romaji": record["title"]["romaji"], "native": record["title"]["native"]}
    expected = {"number": record["id"], "title": title, "kind": "Media", "popularity": record["popularity"]}
    assert data == {"one": expected, "__typename": "Query"}


def test_old_versions_of_enums_know_fewer_words(anilist: AniList) -> None:
    """Without a version a hiatus is a release, and a web novel something else."""
    records = anilist.overlay.records("anilist")
    paused = next(one["id"] for one in records if one["status"] == "HIATUS")
    new = next(one for one in records if one["source"] not in
               (None, "ORIGINAL", "MANGA", "LIGHT_NOVEL", "VISUAL_NOVEL", "VIDEO_GAME", "OTHER"))  # fmt: skip
    answer = anilist.ask(f"{{Media(id: {paused}) {{status new: status(version: 2)}}}}").data["Media"]
    assert answer == {"status": "RELEASING", "new": "HIATUS"}
    answer = anilist.ask(f"{{Media(id: {new['id']}) {{source new: source(version: 3)}}}}").data["Media"]
    assert answer == {"source": "OTHER", "new": new["source"]}


def test_connections_have_nodes_as_well_as_edges(anilist: AniList) -> None:
    """And studios can be asked for the main ones."""
    record = next(one for one in anilist.overlay.records("anilist") if len(one["studios"]["edges"]) > 1)
    query = (
        f"{{Media(id: {record['id']}) {{studios {{nodes {{id}}}} main: studios(isMain: true) {{edges {{isMain}}}}}}}}"
    )
    answer = anilist.ask(query).data["Media"]
    assert answer["studios"]["nodes"] == [{"id": edge["node"]["id"]} for edge in record["studios"]["edges"]]
    assert all(edge["isMain"] for edge in answer["main"]["edges"])


def test_reviews_are_of_titles_and_sorted_by_time(anilist: AniList) -> None:
    """English texts with a score of 0-100; those of one title alone can be had."""
    query = """query($page: Int) {Page(page: $page, perPage: 50) {pageInfo {hasNextPage}
      reviews(mediaType: ANIME, sort: [UPDATED_AT_DESC]) {
        id userId mediaId summary body(asHtml: false) score rating ratingAmount private createdAt updatedAt
        media {id} user {id name}}}}"""
    found, page, more = [], 1, True
    while more:
        answer = anilist.ask(query, page=page).data["Page"]
        found += answer["reviews"]
        page, more = page + 1, answer["pageInfo"]["hasNextPage"]
    shown = {one["id"] for one in anilist.overlay.records("anilist")}
    expected = [one for one in reviews_of(anilist.world, "anilist") if one.anime_id in shown]
    assert sorted(one["id"] for one in found) == [one.number for one in expected]
    assert found
    for one in found:
        assert 1 <= one["score"] <= 100
        assert one["media"] == {"id": one["mediaId"]}
        assert one["user"]["id"] == one["userId"]
        assert one["createdAt"] <= one["updatedAt"]
        assert one["body"].startswith(one["summary"])
        assert 0 <= one["rating"] <= one["ratingAmount"]
    assert all(first["updatedAt"] >= second["updatedAt"] for first, second in pairwise(found))
    title = found[0]["mediaId"]
    alone = anilist.ask(f"{{Page {{reviews(mediaId: {title}) {{id}}}}}}").data["Page"]["reviews"]
    assert [one["id"] for one in alone] == sorted(one["id"] for one in found if one["mediaId"] == title)


def test_lookups_name_every_genre_and_tag_in_use(anilist: AniList) -> None:
    """With the ids that titles use."""
    data = anilist.ask("{GenreCollection MediaTagCollection {id name category}}").data
    tags = {(tag["id"], tag["name"]) for tag in data["MediaTagCollection"]}
    for record in anilist.overlay.records("anilist"):
        assert set(record["genres"]) <= set(data["GenreCollection"])
        assert {(tag["id"], tag["name"]) for tag in record["tags"]} <= tags


def test_only_posted_queries_are_answered(anilist: AniList) -> None:
    """No GET, no other path, no mutation, nothing that is not JSON."""
    for method, path, status in (("GET", "", 405), ("POST", "/other", 404)):
        body = b'{"query": "{Media {id}}"}'
        assert anilist.service.answer(Call(method, path, (), {}, body, "")).status == status
    assert anilist.service.answer(Call("POST", "/", (), {}, b'{"query": "{Media {id}}"}', "")).status == 200
    for body in (b"", b"{", b"[]", b'{"query": 5}', b"\xff"):
        assert anilist.post(body).status == 400
    assert anilist.ask("mutation {DeleteReview(id: 1) {deleted}}").status == 401
    assert anilist.ask("{Viewer {id}}").status == 501
    assert anilist.ask("{Page {staff {id}}}").status == 501


def test_an_operation_is_chosen_by_name(anilist: AniList) -> None:
    """Where there are several one must be named."""
    query = "query A {a: GenreCollection} query B {b: GenreCollection}"
    assert anilist.ask(query).status == 400
    named = anilist.post(json.dumps({"query": query, "operationName": "B"}).encode())
    assert list(named.data) == ["b"]


def test_an_api_that_is_switched_off_says_so(own_anilist: AniList) -> None:
    """Whatever is asked."""
    own_anilist.service.is_disabled = True
    told = own_anilist.ask("{Media {id}}")
    assert told.status == 403
    assert "temporarily disabled" in told.message
    assert told.document["data"] is None
