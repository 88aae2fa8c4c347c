"""Kitsu's stand-in: what an anonymous reader of the JSON:API gets."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

import numpy as np
import pytest

from demo.services.base import Call
from demo.services.kitsu import FIELDS, MEDIA_TYPE, KitsuService
from demo.services.kitsu_library import private_entries
from demo.services.make import make_services
from demo.services.opinions import reviews_of
from demo.services.overlay import Overlay
from demo.services.users import entries_of, users_of
from demo.world import World

BASE = "http://127.0.0.1:1/kitsu/api/edge"
FULL = "mappings,categories,animeProductions.producer,mediaRelationships.destination"


class Kitsu:
    """The stand-in, asked without a network."""

    def __init__(self, world: World) -> None:
        self.world, self.overlay = world, Overlay(world)
        self.service = KitsuService(world, self.overlay)

    def reply(self, path, params=None, method="GET", headers=None):
        """The reply to one call."""
        call = Call(method, path, tuple((params or {}).items()), headers or {}, b"", BASE)
        return self.service.answer(call)

    def get(self, path, **params):
        """A good answer's document; `page_limit`, `filter_id` and the like stand for names in brackets."""
        reply = self.reply(path, {_bracketed(name): value for name, value in params.items()})
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def refused(self, path, params=None):
        """The status and the one error of a refused call."""
        reply = self.reply(path, params)
        (error,) = json.loads(reply.body)["errors"]
        assert error["status"] == str(reply.status)
        return reply.status, error

    def all_pages(self, path, **params):
        """The documents of all pages, by the `next` links."""
        document = self.get(path, **params)
        yield document
        while link := document["links"].get("next"):
            parts = urlsplit(link)
            assert parts.geturl().startswith(BASE)
            document = json.loads(self.reply(path, dict(parse_qsl(parts.query))).body)
            yield document


def _bracketed(name):
    family, _, key = name.partition("_")
    return f"{family}[{key}]" if family in ("page", "filter", "fields") else name


@pytest.fixture
def kitsu(small_world):
    """A fresh Kitsu of the small world."""
    return Kitsu(small_world)


@pytest.fixture
def user(small_world):
    """A user whose list can be seen and who rated something."""
    users = users_of(small_world, "kitsu").values()
    return next(u for u in users if not u.is_private and len(entries_of(small_world, "kitsu", u)) > 20)


def test_all_pages_together_are_all_records_once(kitsu):
    """Following `next` with sort=id gives every id once, in order of numbers, and the count says how many."""
    pages = list(kitsu.all_pages("/anime", sort="id", page_limit="20"))
    ids = [anime["id"] for page in pages for anime in page["data"]]
    assert ids == [record["id"] for record in kitsu.overlay.records("kitsu")]
    assert {page["meta"]["count"] for page in pages} == {len(ids)}
    assert all(len(page["data"]) == 20 for page in pages[:-1])


def test_a_record_is_told_as_the_world_tells_it(kitsu):
    """The attributes are those of the record; ids are strings; links lead to the service itself."""
    record = kitsu.overlay.records("kitsu")[5]
    told = kitsu.get(f"/anime/{record['id']}")["data"]
    assert told["attributes"] == record["attributes"]
    assert (told["id"], told["type"], told["links"]["self"]) == (
        record["id"],
        "anime",
        f"{BASE}/anime/{record['id']}",
    )
    assert all(set(relationship) == {"links"} for relationship in told["relationships"].values())


@pytest.mark.parametrize(("offset", "prev", "following"), [(0, None, 20), (20, 0, 40), (5, 0, 25)])
def test_the_links_of_a_page(kitsu, offset, prev, following):
    """`prev` is absent on page one and never before the start; `last` is a page's length before the end."""
    page = kitsu.get("/anime", sort="id", page_limit="20", page_offset=str(offset))
    places = {name: int(dict(parse_qsl(urlsplit(link).query))["page[offset]"]) for name, link in page["links"].items()}
    count = page["meta"]["count"]
    expected = {"first": 0, "prev": prev, "next": following, "last": count - 20}
    assert places == {name: place for name, place in expected.items() if place is not None}
    assert all("page%5Boffset%5D=" in link and "[" not in link for link in page["links"].values())


def test_the_last_page_has_no_next_and_may_have_a_negative_last(kitsu):
    """The stop condition is the missing `next`; one record under a limit of ten makes `last` start at -9."""
    number = kitsu.overlay.records("kitsu")[0]["id"]
    links = kitsu.get("/anime", filter_id=number)["links"]
    assert set(links) == {"first", "last"}
    assert links["last"].endswith(f"filter%5Bid%5D={number}&page%5Blimit%5D=10&page%5Boffset%5D=-9")


@pytest.mark.parametrize(
    ("params", "code", "detail"),
    [
        ({"page[limit]": "21"}, "118", "Limit exceeds maximum page size of 20."),
        ({"page[limit]": "0"}, "118", "0 is not a valid value for limit page parameter."),
        ({"page[offset]": "x"}, "118", "x is not a valid value for offset page parameter."),
        ({"page[number]": "2"}, "105", "number is not an allowed page parameter."),
        ({"filter[mood]": "x"}, "102", "mood is not allowed."),
        ({"filter[since]": "soon"}, "103", "soon is not a valid value for since."),
        ({"include": "mappings,friends"}, "112", "friends is not a valid association of anime"),
        ({"sort": "-mood"}, "114", "mood is not a valid sort criteria for anime"),
        ({"fields[anime]": "slug,mood"}, "104", "mood is not a valid field for anime."),
        ({"fields[moods]": "x"}, "101", "moods is not a valid resource."),
    ],
)
def test_what_is_not_known_is_refused_with_its_code(kitsu, params, code, detail):
    """A 400 has a list of one error, its code and status as strings."""
    status, error = kitsu.refused("/anime", params)
    assert (status, error["code"], error["detail"]) == (400, code, detail)


def test_included_resources_stand_in_the_document_once_and_are_pointed_at(kitsu):
    """Every linkage of the page leads to a resource of the page, except manga, which are only pointed at."""
    page = kitsu.get("/anime", sort="id", page_limit="20", include=FULL)
    keys = [(one["type"], one["id"]) for one in page["data"] + page["included"]]
    assert len(keys) == len(set(keys))
    pointers = [
        (pointer["type"], pointer["id"])
        for one in page["data"] + page["included"]
        for relationship in one.get("relationships", {}).values()
        if relationship.get("data")
        for pointer in (relationship["data"] if isinstance(relationship["data"], list) else [relationship["data"]])
    ]
    assert {kind for kind, _ in pointers} == {
        *("mappings", "categories", "animeProductions", "producers", "mediaRelationships", "anime", "manga")
    }
    assert {pointer for pointer in pointers if pointer[0] != "manga"} <= set(keys)


def test_without_the_destination_a_relationship_has_links_alone(kitsu):
    """`include=mediaRelationships` tells roles, not where they lead."""
    page = kitsu.get("/anime", sort="id", page_limit="20", include="mediaRelationships")
    related = [one for one in page["included"] if one["type"] == "mediaRelationships"]
    assert related
    assert all(set(one["relationships"]["destination"]) == {"links"} for one in related)


def test_mappings_mostly_tell_the_truth(kitsu):
    """At most one mapping for a site; most MyAnimeList ids are right, a few stale, some missing; ids are strings."""
    kitsu_world, mal = kitsu.world.sources["kitsu"], kitsu.world.sources["myanimelist"]
    truth = {str(kitsu_world.ids[row]): str(mal.ids[row]) for row in kitsu_world.rows()}
    right = wrong = missing = 0
    sites = set()
    for page in kitsu.all_pages("/anime", page_limit="20", include="mappings", fields_anime="mappings"):
        told = {one["id"]: one["attributes"] for one in page.get("included", [])}
        for anime in page["data"]:
            found = [told[pointer["id"]] for pointer in anime["relationships"]["mappings"]["data"]]
            named = {one["externalSite"]: one["externalId"] for one in found}
            assert len(named) == len(found)
            sites |= set(named)
            number = named.get("myanimelist/anime")
            right += number == truth.get(anime["id"])
            wrong += number not in (None, truth.get(anime["id"]))
            missing += number is None
    assert right > 0.8 * (right + wrong)
    assert wrong
    assert missing
    assert {"myanimelist/anime", "anilist/anime", "anilist", "anidb", "thetvdb"} == sites


def test_sparse_fields_leave_the_rest_out_and_count_relationships_as_fields(kitsu):
    """Only named attributes and relationships are told; what is included is included all the same."""
    told = kitsu.get("/anime", page_limit="5", include="mappings", fields_anime="slug", fields_mappings="externalSite")
    assert all(set(one["attributes"]) == {"slug"} and "relationships" not in one for one in told["data"])
    assert {name for one in told["included"] for name in one["attributes"]} == {"externalSite"}


def test_the_known_fields_are_the_told_ones(kitsu):
    """Every attribute and relationship that is told may be named in sparse fields."""
    told = [*kitsu.get("/anime", page_limit="20", include=f"{FULL},genres")["included"]]
    told += kitsu.get("/anime", page_limit="20")["data"]
    for path in ("/users", "/library-entries", "/reviews"):
        told += kitsu.get(path)["data"]
    for one in told:
        assert {*one["attributes"], *one.get("relationships", {})} <= FIELDS[one["type"]], one["type"]


@pytest.mark.parametrize("changes", [{"ageRating": "R18"}, {"nsfw": True}])
def test_adult_anime_do_not_exist_for_an_anonymous_reader(kitsu, changes):
    """Lists and counts omit them, the item is 404, and so do libraries."""
    number, entry = next(
        (anime["id"], entry)
        for entry in kitsu.get("/library-entries", include="anime", page_limit="50")["data"]
        if kitsu.overlay.record("kitsu", (anime := entry["relationships"]["anime"]["data"])["id"])
    )
    count, entries = (kitsu.get(path)["meta"]["count"] for path in ("/anime", "/library-entries"))
    kitsu.overlay.edit("kitsu", number, changes)
    assert kitsu.get("/anime", filter_id=number)["data"] == []
    assert kitsu.get("/anime")["meta"]["count"] == count - 1
    assert kitsu.refused(f"/anime/{number}")[0] == 404
    assert kitsu.get("/library-entries")["meta"]["count"] < entries
    assert kitsu.refused(f"/library-entries/{entry['id']}")[0] == 404


def test_since_and_the_order_of_changes_follow_the_overlay(kitsu):
    """An edited record comes first under -updatedAt and passes `since`; the rating job touches everything."""
    number = kitsu.overlay.records("kitsu")[7]["id"]
    kitsu.overlay.edit("kitsu", number, {"episodeCount": 99})
    when = kitsu.overlay.updated_at("kitsu", number).isoformat()
    assert kitsu.get("/anime", sort="-updatedAt,id")["data"][0]["id"] == number
    assert [one["id"] for one in kitsu.get("/anime", filter_since=when)["data"]] == [number]
    assert kitsu.get("/anime", sort="updatedAt", filter_id=f"{number},1,2,3")["data"][-1]["id"] == number
    kitsu.overlay.touch_all("kitsu")
    assert kitsu.get("/anime", filter_since=when)["meta"]["count"] == kitsu.get("/anime")["meta"]["count"]


def test_a_removed_anime_is_gone(kitsu):
    """Lists omit it and the item says that the record could not be found."""
    number = kitsu.overlay.records("kitsu")[0]["id"]
    kitsu.overlay.remove("kitsu", number)
    status, error = kitsu.refused(f"/anime/{number}")
    assert (status, error["title"], error["code"]) == (404, "Record not found", "404")
    assert error["detail"] == f"The record identified by {number} could not be found."


def test_nulls_come_last_in_either_direction(kitsu):
    """Records without a rating rank end the list whether it goes up or down."""
    for sort, downwards in (("ratingRank", False), ("-ratingRank", True)):
        pages = kitsu.all_pages("/anime", sort=sort, page_limit="20")
        ranks = [one["attributes"]["ratingRank"] for page in pages for one in page["data"]]
        known = [rank for rank in ranks if rank is not None]
        assert ranks == sorted(known, reverse=downwards) + [None] * (len(ranks) - len(known))


def test_a_user_is_found_by_name_whatever_the_case_and_nobody_is_an_empty_list(kitsu, user):
    """`filter[name]` gives a collection of one or none."""
    (found,) = kitsu.get("/users", filter_name=user.name.upper())["data"]
    assert (found["id"], found["attributes"]["name"]) == (str(user.number), user.name)
    assert kitsu.get("/users", filter_slug="nobody-here") | {"links": 0} == {
        "data": [],
        "meta": {"count": 0},
        "links": 0,
    }


def test_a_library_is_the_users_public_entries(kitsu, user):
    """Scores, statuses and times are the world's; what is private is neither listed nor counted."""
    hidden = private_entries(kitsu.world)
    expected = {
        str(entry.number): (str(entry.anime_id), entry.score or None)
        for entry in entries_of(kitsu.world, "kitsu", user)
        if not hidden[entry.number - 1]
    }
    page = kitsu.get(
        "/library-entries", filter_userId=str(user.number), filter_kind="anime", page_limit="500", include="anime"
    )
    told = {
        one["id"]: (one["relationships"]["anime"]["data"]["id"], one["attributes"]["ratingTwenty"])
        for one in page["data"]
    }
    assert told == expected
    assert page["meta"]["count"] == sum(page["meta"]["statusCounts"].values()) == len(expected)


def test_a_library_is_sorted_and_filtered(kitsu, user):
    """Newest first under -updatedAt; a status leaves the others out; manga there are none; links say user_id."""
    params = {"filter_userId": str(user.number), "page_limit": "5"}
    pages = list(kitsu.all_pages("/library-entries", sort="-updatedAt,id", **params))
    assert "filter%5Buser_id%5D" in pages[0]["links"]["next"]
    times = [one["attributes"]["updatedAt"] for page in pages for one in page["data"]]
    assert times == sorted(times, reverse=True)
    assert len(times) == pages[0]["meta"]["count"]
    completed = kitsu.get("/library-entries", filter_status="completed", **params)
    assert {one["attributes"]["status"] for one in completed["data"]} == {"completed"}
    assert kitsu.get("/library-entries", filter_kind="manga", **params)["data"] == []
    newest = kitsu.get("/library-entries", filter_since=times[0], **params)
    assert newest["meta"]["count"] == times.count(times[0])


def test_a_private_list_is_empty_and_a_long_page_is_refused(kitsu):
    """There is no 403; 500 entries are a page, 501 are too many."""
    hidden = next(user for user in users_of(kitsu.world, "kitsu").values() if user.is_private)
    page = kitsu.get("/library-entries", filter_userId=str(hidden.number), page_limit="500")
    assert (page["data"], page["meta"]["count"]) == ([], 0)
    assert kitsu.refused("/library-entries", {"page[limit]": "501"})[1]["code"] == "118"


def test_reviews_keep_the_score_of_the_entry(kitsu):
    """Pages of at most 20, by id or the newest first; ratings are 2 to 20."""
    expected = {str(review.number): review.score for review in reviews_of(kitsu.world, "kitsu")}
    pages = list(kitsu.all_pages("/reviews", sort="id", page_limit="20"))
    told = {one["id"]: one["attributes"]["rating"] for page in pages for one in page["data"]}
    assert told == expected
    assert list(told) == sorted(told, key=int)
    newest = [one["attributes"]["createdAt"] for one in kitsu.get("/reviews", sort="-createdAt")["data"]]
    assert newest == sorted(newest, reverse=True)
    review = next(iter(reviews_of(kitsu.world, "kitsu")))
    about = kitsu.get("/reviews", filter_mediaId=str(review.anime_id), filter_mediaType="Anime", include="media,user")
    assert str(review.number) in [one["id"] for one in about["data"]]


def test_only_reading_is_open_and_only_this_media_type(kitsu):
    """Writes need a sign-in, another Accept is 406, unknown paths are 404; every answer is JSON:API."""
    assert kitsu.reply("/anime", method="POST").status == 401
    assert kitsu.reply("/anime", headers={"accept": "text/csv"}).status == 406
    assert kitsu.reply("/dramas").status == 404
    assert kitsu.reply("/anime", headers={"accept": MEDIA_TYPE}).headers["Content-Type"] == MEDIA_TYPE


def test_the_old_host_sends_everybody_away(kitsu):
    """With `moved_to` set, a call is answered by a 301 to the same path there."""
    kitsu.service.moved_to = "https://kitsu.example/api/edge"
    reply = kitsu.reply("/anime/1")
    assert (reply.status, reply.headers["Location"]) == (301, "https://kitsu.example/api/edge/anime/1")


def test_equal_worlds_are_told_in_equal_bytes(kitsu, small_world):
    """Another service of the same world says the same, byte by byte."""
    params = {"page[limit]": "20", "include": FULL}
    assert Kitsu(small_world).reply("/anime", params).body == kitsu.reply("/anime", params).body


def test_entries_without_a_time_are_old(kitsu):
    """An update time is always told, the same old one where the world knows none."""
    ratings = kitsu.world.ratings["kitsu"]
    unknown = np.flatnonzero((ratings.updated == 0) & ~private_entries(kitsu.world))
    entry = kitsu.get(f"/library-entries/{int(unknown[0]) + 1}")["data"]
    assert datetime.fromisoformat(entry["attributes"]["updatedAt"]) == datetime.fromtimestamp(1_400_000_000, UTC)


def test_brackets_need_no_encoding_over_http(small_world):
    """A client that writes plain brackets is understood, and links lead back to the server it asked."""
    with make_services(small_world, ["kitsu"], rate_scale=1000) as services:
        url = f"{services.urls['kitsu']}/anime?page[limit]=3&sort=id"
        with urlopen(Request(url, headers={"Accept": MEDIA_TYPE})) as answer:  # noqa: S310 - loopback
            document = json.load(answer)
        assert len(document["data"]) == 3
        assert document["links"]["next"].startswith(f"{services.urls['kitsu']}/anime?page%5Blimit%5D=3")
