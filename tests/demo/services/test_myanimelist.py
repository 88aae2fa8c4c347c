"""MyAnimeList's stand-in: the API v2 for whoever has a client id."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.services.base import Call
from demo.services.mal_fields import DEFAULT, FieldsError, cut, read_fields
from demo.services.myanimelist import MyAnimeListService
from demo.services.myanimelist_catalogue import RANKINGS, SEASONS
from demo.services.overlay import Overlay
from demo.services.users import entries_of, users_of
from demo.world import World

BASE = "http://127.0.0.1:1/myanimelist/v2"


class MyAnimeList:
    """The stand-in, asked without a network."""

    def __init__(self, world: World) -> None:
        self.world, self.overlay = world, Overlay(world)
        self.service = MyAnimeListService(world, self.overlay, "an-id")

    def reply(self, path, params=None, headers=None):
        """The reply to one call."""
        headers = {"x-mal-client-id": "an-id"} if headers is None else headers
        return self.service.answer(Call("GET", path, tuple((params or {}).items()), headers, b"", BASE))

    def get(self, path, **params):
        """A good answer's document."""
        reply = self.reply(path, params)
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def refused(self, path, **params):
        """The status and the document of a refused call."""
        reply = self.reply(path, params)
        return reply.status, json.loads(reply.body)

    def all_pages(self, path, **params):
        """The documents of all pages, by the `next` links."""
        document = self.get(path, **params)
        yield document
        while link := document["paging"].get("next"):
            assert link.startswith(f"{BASE}{path}?offset=")
            document = json.loads(self.reply(path, dict(parse_qsl(urlsplit(link).query))).body)
            yield document

    def ids(self, path, **params):
        """The ids on all pages."""
        return [item["node"]["id"] for page in self.all_pages(path, **params) for item in page["data"]]


@pytest.fixture
def mal(small_world):
    """A fresh MyAnimeList of the small world."""
    return MyAnimeList(small_world)


@pytest.fixture
def user(small_world):
    """A user whose list can be seen."""
    return next(one for one in users_of(small_world, "myanimelist").values() if not one.is_private)


@pytest.mark.parametrize("headers", [{}, {"x-mal-client-id": "another"}])
def test_without_the_client_id_everything_is_forbidden_without_a_word(mal, headers):
    """The message of the 403 is empty."""
    reply = mal.reply("/anime/ranking", headers=headers)
    assert (reply.status, reply.body) == (403, b'{"message":"","error":"forbidden"}')
    assert reply.headers["Content-Type"].startswith("application/json")


def test_only_what_is_named_is_told_beyond_the_default(mal):
    """An item has id, title and picture; further fields are asked for; unknown names are ignored."""
    (first, *_), (named, *_) = (
        mal.get("/anime/ranking", fields=fields)["data"] for fields in ("", "mean,genres{name},no_such_thing")
    )
    assert set(first["node"]) == set(DEFAULT)
    assert set(named["node"]) == {*DEFAULT, "mean", "genres"}
    assert {name for genre in named["node"]["genres"] for name in genre} == {"name"}


def test_what_does_not_exist_is_left_out(mal):
    """A record without an end date has no key for it, and details tell the record as it is otherwise."""
    record = next(one for one in mal.overlay.records("myanimelist") if "end_date" not in one)
    told = mal.get(f"/anime/{record['id']}", fields=",".join([*record, "end_date"]))
    assert told == record
    assert None not in told.values()


def test_lists_leave_out_what_only_details_tell(mal):
    """Statistics, recommendations, pictures and relations come from one anime's own address; counts are text."""
    fields = "pictures,background,related_anime{media_type},related_manga,recommendations,statistics"
    (item, *_) = mal.get("/anime/ranking", fields=fields)["data"]
    assert set(item["node"]) == set(DEFAULT)
    details = mal.get(f"/anime/{item['node']['id']}", fields=fields)
    assert {*DEFAULT, "statistics", "recommendations", "related_anime", "related_manga"} <= set(details)
    assert all(isinstance(count, str) for count in details["statistics"]["status"].values())


def test_relations_are_told_of_every_anime_that_has_some(mal):
    """Details tell relations whether or not the recorded list did; they lead to the world's ids."""
    source = mal.world.sources["myanimelist"]
    for row in source.rows()[:200]:
        expected = {int(source.ids[other]) for other, _ in source.anime(row).relations if source.catalogued[other]}
        told = mal.get(f"/anime/{source.ids[row]}", fields="related_anime")["related_anime"]
        assert {one["node"]["id"] for one in told} == expected


def test_a_few_anime_are_in_no_list_but_have_details(mal):
    """All rankings and seasons together are the catalogue but for the unlisted ones."""
    listed = {
        number for kind in RANKINGS for number in mal.ids("/anime/ranking", ranking_type=kind, limit="500", nsfw="true")
    }
    for year in range(1960, 2029):
        for season in SEASONS:
            listed |= set(mal.ids(f"/anime/season/{year}/{season}", limit="500", nsfw="true"))
    everything = {record["id"] for record in mal.overlay.records("myanimelist")}
    assert everything - listed == set(mal.service.unlisted)
    assert mal.service.unlisted
    for number in mal.service.unlisted:
        assert mal.get(f"/anime/{number}")["id"] == number


@pytest.mark.parametrize("kind", RANKINGS)
def test_a_ranking_numbers_its_rows_through_all_pages(mal, kind):
    """Ranks count on from page to page, and no anime comes twice."""
    items = [
        item
        for page in mal.all_pages("/anime/ranking", ranking_type=kind, limit="70", fields="media_type,status,mean")
        for item in page["data"]
    ]
    assert [item["ranking"]["rank"] for item in items] == list(range(1, len(items) + 1))
    assert len({item["node"]["id"] for item in items}) == len(items)
    field, allowed = {
        "tv": ("media_type", {"tv"}),
        "ova": ("media_type", {"ova"}),
        "movie": ("media_type", {"movie"}),
        "special": ("media_type", {"special", "tv_special"}),
        "airing": ("status", {"currently_airing"}),
        "upcoming": ("status", {"not_yet_aired"}),
    }.get(kind, ("", {None}))
    assert {item["node"].get(field) for item in items} <= allowed


def test_the_next_page_is_a_whole_percent_encoded_address(mal):
    """`next` repeats the query with another offset, `previous` leads back, and one page has neither."""
    page = mal.get("/anime/ranking", ranking_type="tv", limit="3", offset="3", fields="genres{name},mean")
    fields = "fields=genres%7Bname%7D%2Cmean"
    query = f"ranking_type=tv&limit=3&{fields}"
    assert page["paging"] == {
        "previous": f"{BASE}/anime/ranking?offset=0&{query}",
        "next": f"{BASE}/anime/ranking?offset=6&{query}",
    }
    assert mal.get("/anime/season/1901/fall") == {
        "data": [],
        "paging": {},
        "season": {"year": 1901, "season": "fall"},
    }


def test_without_nsfw_only_white_anime_are_listed(mal):
    """Gray and black titles vanish from lists and stay under their own address."""
    safe = mal.ids("/anime/ranking", ranking_type="bypopularity", limit="500")
    everything = mal.ids("/anime/ranking", ranking_type="bypopularity", limit="500", nsfw="true")
    colours = {record["id"]: record["nsfw"] for record in mal.overlay.records("myanimelist")}
    assert safe == [number for number in everything if colours[number] == "white"]
    hidden = next(number for number in everything if colours[number] != "white")
    assert mal.get(f"/anime/{hidden}")["id"] == hidden


def test_a_season_has_its_own_anime_and_those_that_go_on(mal):
    """The seasons of a record's start tell it; a series still running comes back in the next season."""
    own, going_on = 0, 0
    for season in SEASONS:
        page = mal.get(f"/anime/season/2024/{season}", limit="500", nsfw="true", fields="start_season")
        assert page["season"] == {"year": 2024, "season": season}
        starts = [item["node"]["start_season"] for item in page["data"]]
        own += starts.count(page["season"])
        going_on += len(starts) - starts.count(page["season"])
    records = [one for one in mal.overlay.records("myanimelist") if one["id"] not in mal.service.unlisted]
    assert own == sum(one.get("start_season", {}).get("year") == 2024 for one in records)
    assert going_on


def test_search_looks_into_all_titles_and_wants_three_letters(mal):
    """A Japanese title is found; two letters are a bad request."""
    record = next(
        one
        for one in mal.overlay.records("myanimelist")
        if len(one["alternative_titles"]["ja"]) > 3 and one["nsfw"] == "white"
    )
    assert record["id"] in mal.ids("/anime", q=record["alternative_titles"]["ja"])
    assert mal.refused("/anime", q="ab") == (400, {"message": "invalid q", "error": "bad_request"})
    assert mal.refused("/anime")[0] == 400


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("/anime", {"q": "abc", "limit": "101"}, "invalid limit"),
        ("/anime/ranking", {"limit": "501"}, "invalid limit"),
        ("/anime/ranking", {"limit": "0"}, "invalid limit"),
        ("/anime/ranking", {"offset": "-1"}, "invalid offset"),
        ("/anime/ranking", {"ranking_type": "best"}, "invalid ranking_type"),
        ("/anime/ranking", {"fields": "a{b"}, "invalid fields"),
        ("/anime/season/2024/fall", {"limit": "501"}, "invalid limit"),
        ("/anime/season/2024/fall", {"sort": "title"}, "invalid sort"),
        ("/users/{user}/animelist", {"limit": "1001"}, "invalid limit"),
        ("/users/{user}/animelist", {"sort": "anime_id"}, "invalid sort"),
        ("/users/{user}/animelist", {"status": "planned"}, "invalid status"),
    ],
)
def test_values_out_of_bounds_are_bad_requests(mal, user, path, params, message):
    """Limits differ by endpoint and are not clamped."""
    answer = mal.refused(path.format(user=user.name), **params)
    assert answer == (400, {"message": message, "error": "bad_request"})


def test_a_list_is_the_users_entries(mal, user):
    """With nsfw all entries come, also of anime that no catalogue has; scores and statuses are the world's."""
    states = {"planned": "plan_to_watch"}
    expected = {
        entry.anime_id: (entry.score, states.get(entry.status, entry.status))
        for entry in entries_of(mal.world, "myanimelist", user)
        if entry.status
    }
    told = {
        item["node"]["id"]: (item["list_status"]["score"], item["list_status"]["status"])
        for page in mal.all_pages(f"/users/{user.name}/animelist", fields="list_status", nsfw="true", limit="7")
        for item in page["data"]
    }
    assert len(told) == len(entries_of(mal.world, "myanimelist", user))
    assert expected.items() <= told.items()


def test_a_lists_status_is_told_on_request_and_its_extras_by_name(mal, user):
    """Without `list_status` there is the anime alone; tags and comments only in its braces."""
    path = f"/users/{user.name}/animelist"
    assert all(set(item) == {"node"} for item in mal.get(path)["data"])
    item = mal.get(path, fields="list_status{tags,comments}")["data"][0]
    assert {"status", "score", "num_episodes_watched", "is_rewatching", "updated_at", "tags", "comments"} <= set(
        item["list_status"]
    )
    assert "priority" not in item["list_status"]


@pytest.mark.parametrize(
    ("sort", "key", "downwards"),
    [
        ("list_updated_at", lambda item: item["list_status"]["updated_at"], True),
        ("list_score", lambda item: item["list_status"]["score"], True),
        ("anime_title", lambda item: item["node"]["title"], False),
    ],
)
def test_a_list_is_sorted(mal, user, sort, key, downwards):
    """Times and scores from the highest, titles from the first."""
    items = mal.get(f"/users/{user.name}/animelist", fields="list_status", sort=sort, limit="1000")["data"]
    keys = [key(item) for item in items]
    assert keys == sorted(keys, reverse=downwards)


def test_a_status_leaves_the_other_entries_out(mal, user):
    """Only entries of the status asked for."""
    items = mal.get(f"/users/{user.name}/animelist", fields="list_status", status="completed")["data"]
    assert {item["list_status"]["status"] for item in items} == {"completed"}


def test_a_private_list_is_forbidden_and_an_unknown_user_not_found(mal):
    """403 says private here; @me and suggestions want another sign-in."""
    hidden = next(one for one in users_of(mal.world, "myanimelist").values() if one.is_private)
    assert mal.refused(f"/users/{hidden.name}/animelist") == (403, {"message": "", "error": "forbidden"})
    assert mal.refused("/users/nobody-here/animelist")[0] == 404
    assert mal.refused("/users/@me/animelist")[1]["error"] == "invalid_token"
    assert mal.refused("/anime/99999999") == (404, {"message": "", "error": "not_found"})


def test_an_edit_and_a_removal_show_at_once(mal):
    """Details follow the overlay; a removed anime is in no list any more."""
    first, second = mal.ids("/anime/ranking", limit="2")[:2]
    mal.overlay.edit("myanimelist", str(first), {"mean": None, "num_episodes": 777})
    told = mal.get(f"/anime/{first}", fields="mean,num_episodes")
    assert (told["num_episodes"], "mean" in told) == (777, False)
    mal.overlay.remove("myanimelist", str(second))
    assert mal.refused(f"/anime/{second}")[0] == 404
    assert second not in mal.ids("/anime/ranking", limit="500")


def test_slashes_are_escaped_as_the_service_escapes_them(mal):
    """Addresses are written with backslashes, which JSON readers take away."""
    assert b"https:\\/\\/" in mal.reply("/anime/ranking").body


NAMES = st.from_regex(r"[a-z_]{1,6}", fullmatch=True)
TREES = st.recursive(st.just({}), lambda inner: st.dictionaries(NAMES, inner, max_size=4), max_leaves=12)


def written(fields):
    """Fields as a client writes them."""
    return ",".join(name + (f"{{{written(inner)}}}" if inner else "") for name, inner in fields.items())


@given(TREES)
def test_fields_are_read_as_they_are_written(fields):
    """Whatever tree of names is written, the same one is read."""
    assert read_fields(written(fields)) == fields


@pytest.mark.parametrize("text", ["a{b", "a}b", "{a}", "a{b}}", "a,{b}"])
def test_braces_have_to_pair(text):
    """A brace without its partner or its name is an error."""
    with pytest.raises(FieldsError):
        read_fields(text)


def test_a_nested_anime_keeps_what_all_show():
    """Braces after a list of nodes add to id, title and picture; after a plain object they choose."""
    node = {"id": 1, "title": "A", "mean": 7.5}
    record = {"id": 2, "title": "B", "related_anime": [{"node": node, "relation_type": "sequel"}]}
    related = [{"node": {"id": 1, "title": "A", "mean": 7.5}, "relation_type": "sequel"}]
    assert cut(record, read_fields("related_anime{mean}"))["related_anime"] == related
    assert cut(record, read_fields("related_anime{mean}"), ["related_anime"]) == {"id": 2, "title": "B"}
