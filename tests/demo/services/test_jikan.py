"""Jikan's stand-in: MyAnimeList's anime as read off its pages."""

import json
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from demo.services.base import Call
from demo.services.jikan import JikanService
from demo.services.jikan_records import anime, duration
from demo.services.make import make_services
from demo.services.opinions import reviews_of
from demo.services.overlay import Overlay
from demo.world import World

BASE = "http://127.0.0.1:1/jikan/v4"


class Jikan:
    """The stand-in, asked without a network."""

    def __init__(self, world: World) -> None:
        self.world, self.overlay = world, Overlay(world)
        self.service = JikanService(world, self.overlay)

    def reply(self, path, params=None, method="GET", headers=None):
        """The reply to one call."""
        return self.service.answer(Call(method, path, tuple((params or {}).items()), headers or {}, b"", BASE))

    def get(self, path, **params):
        """A good answer's document."""
        reply = self.reply(path, params)
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def refused(self, path, **params):
        """The status and the document of a refused call."""
        reply = self.reply(path, params)
        document = json.loads(reply.body)
        assert document["status"] == reply.status
        return reply.status, document

    def ids(self, path, **params):
        """The ids on all pages, as long as another one follows."""
        ids, page, more = [], 1, True
        while more:
            document = self.get(path, page=str(page), **params)
            ids += [one["mal_id"] for one in document["data"]]
            page, more = page + 1, document["pagination"]["has_next_page"]
        return ids


@pytest.fixture
def jikan(small_world):
    """A fresh Jikan of the small world."""
    return Jikan(small_world)


def node(**changes):
    """A whole anime as MyAnimeList's API tells it, with changes; None takes a field away."""
    whole = {
        "id": 7,
        "title": "Kaze no Mira",
        "main_picture": {"medium": "https://img.myanimelist.example/anime/7.jpg"},
        "alternative_titles": {"synonyms": ["KAZE"], "en": "Mira of the Wind", "ja": "風のミラ"},
        "start_date": "1998-04-03",
        "end_date": "1998-09-25",
        "mean": 7.42,
        "rank": 12,
        "popularity": 34,
        "num_list_users": 5_000,
        "num_scoring_users": 3_000,
        "num_favorites": 50,
        "genres": [{"id": 1, "name": "Action"}],
        "media_type": "tv",
        "status": "finished_airing",
        "num_episodes": 26,
        "start_season": {"year": 1998, "season": "spring"},
        "source": "light_novel",
        "average_episode_duration": 1_500,
        "rating": "pg_13",
        "studios": [{"id": 2, "name": "Mira Works"}],
    }
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


def test_titles_are_listed_by_kind_and_repeated_in_the_older_fields():
    """Default, synonyms, Japanese and English in the list; '' is null in the older fields."""
    told = anime(node())
    assert [(one["type"], one["title"]) for one in told["titles"]] == [
        ("Default", "Kaze no Mira"),
        ("Synonym", "KAZE"),
        ("Japanese", "風のミラ"),
        ("English", "Mira of the Wind"),
    ]
    bare = anime(node(alternative_titles={"synonyms": [], "en": "", "ja": ""}))
    assert (bare["title"], bare["title_english"], bare["title_japanese"]) == ("Kaze no Mira", None, None)
    assert [one["type"] for one in bare["titles"]] == ["Default"]


@pytest.mark.parametrize(
    ("start", "padded", "prop", "words"),
    [
        (
            "1998-04-03",
            "1998-04-03T00:00:00+00:00",
            {"day": 3, "month": 4, "year": 1998},
            "Apr 3, 1998 to Sep 25, 1998",
        ),
        ("1998-04", "1998-04-01T00:00:00+00:00", {"day": None, "month": 4, "year": 1998}, "Apr 1998 to Sep 25, 1998"),
        ("1998", "1998-01-01T00:00:00+00:00", {"day": None, "month": None, "year": 1998}, "1998 to Sep 25, 1998"),
        (None, None, {"day": None, "month": None, "year": None}, "Not available"),
    ],
)
def test_partial_dates_are_padded_and_prop_keeps_what_is_known(start, padded, prop, words):
    """`from` is a whole time on the first day of what is known; nulls stand in `prop`."""
    aired = anime(node(start_date=start))["aired"]
    assert (aired["from"], aired["prop"]["from"], aired["string"]) == (padded, prop, words)


@pytest.mark.parametrize(
    ("seconds", "is_alone", "words"),
    [
        (1500, False, "25 min per ep"),
        (6120, True, "1 hr 42 min"),
        (7200, True, "2 hr"),
        (45, False, "45 sec per ep"),
        (330, True, "5 min 30 sec"),
        (0, False, "Unknown"),
    ],
)
def test_lengths_are_words(seconds, is_alone, words):
    """Hours, minutes and seconds as far as there are some; one episode needs no `per ep`."""
    assert duration(seconds, is_alone) == words


def test_words_are_those_for_display():
    """Type, status, rating and source are read off a page; what is missing is null."""
    told = anime(node())
    assert (told["type"], told["status"], told["airing"]) == ("TV", "Finished Airing", False)
    assert (told["rating"], told["source"]) == ("PG-13 - Teens 13 or older", "Light novel")
    assert anime(node(media_type="tv_special"))["type"] == "TV Special"
    assert anime(node(source="4_koma_manga"))["source"] == "4-koma manga"
    assert anime(node(media_type="unknown"))["type"] is None
    bare = anime(node(mean=None, rank=None, num_scoring_users=0, num_episodes=0, rating=None, start_season=None))
    assert {bare[name] for name in ("score", "rank", "scored_by", "episodes", "rating", "season", "year")} == {None}


def test_a_missing_picture_is_a_question_mark():
    """The addresses are always there; without a picture they lead to the placeholder."""
    assert "questionmark" in anime(node(main_picture=None))["images"]["jpg"]["image_url"]
    assert anime(node())["images"]["webp"]["small_image_url"] == "https://img.myanimelist.example/anime/7t.webp"


def test_the_whole_list_by_id_is_the_catalogue_without_pending_entries(jikan):
    """Every id once, upwards; `unapproved` adds those that MyAnimeList has not confirmed."""
    everything = [record["id"] for record in jikan.overlay.records("myanimelist")]
    order = {"order_by": "mal_id", "sort": "asc", "limit": "25"}
    assert jikan.ids("/anime", unapproved="", **order) == everything
    assert jikan.ids("/anime", **order) == [number for number in everything if number not in jikan.service.pending]
    assert jikan.service.pending
    (number, *_) = jikan.service.pending
    assert jikan.get(f"/anime/{number}")["data"]["approved"] is False


def test_without_an_order_pages_repeat_a_record_and_lose_another(jikan):
    """The list is not at rest: as many rows, fewer different ones."""
    ids, ordered = jikan.ids("/anime"), jikan.ids("/anime", order_by="mal_id")
    assert len(ids) == len(ordered)
    assert set(ids) < set(ordered)


def test_the_last_page_and_the_one_after_it(jikan):
    """`total` is real; past the end there is nothing and nothing follows."""
    last = jikan.get("/anime")["pagination"]["last_visible_page"]
    page = jikan.get("/anime", page=str(last), order_by="mal_id")
    total = page["pagination"]["items"]["total"]
    assert page["pagination"] == {
        "last_visible_page": -(-total // 25),
        "has_next_page": False,
        "current_page": last,
        "items": {"count": total - 25 * (last - 1), "total": total, "per_page": 25},
    }
    assert jikan.get("/anime", page=str(last + 1))["data"] == []


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": "26"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"page": "x"}, "page"),
        ({"type": "hologram"}, "type"),
        ({"order_by": "mood"}, "order_by"),
        ({"sort": "up"}, "sort"),
        ({"min_score": "11"}, "min_score"),
        ({"start_date": "spring"}, "start_date"),
    ],
)
def test_values_out_of_bounds_are_named_with_their_field(jikan, params, field):
    """A ValidationException has `messages` by field and no `message`."""
    status, document = jikan.refused("/anime", **params)
    assert (status, document["type"], list(document["messages"])) == (400, "ValidationException", [field])
    assert "message" not in document


def test_filters_keep_what_they_name(jikan):
    """Type, status, rating, score and words in the title; sfw leaves adult entries out."""
    records = {record["id"]: record for record in jikan.overlay.records("myanimelist")}
    films = jikan.ids("/anime", type="movie", order_by="mal_id", unapproved="")
    assert films == [number for number, record in records.items() if record["media_type"] == "movie"]
    scores = [one["score"] for one in jikan.get("/anime", min_score="7.5", order_by="score", sort="desc")["data"]]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) >= 7.5
    safe = set(jikan.ids("/anime", sfw="", order_by="mal_id", unapproved=""))
    assert set(records) - safe == {number for number, record in records.items() if record.get("rating") == "rx"}


def test_dates_keep_what_began_since_and_ended_until(jikan):
    """A date that is partly known counts as the first day of it; what has no date is left out."""
    titles = {one: jikan.get(f"/anime/{one}")["data"]["aired"] for one in jikan.ids("/anime", order_by="mal_id")}
    begun = set(jikan.ids("/anime", start_date="2015-01-01", order_by="start_date"))
    assert begun == {one for one, aired in titles.items() if (aired["from"] or "") >= "2015-01-01"}
    ended = set(jikan.ids("/anime", end_date="2004", order_by="mal_id"))
    assert ended == {one for one, aired in titles.items() if aired["to"] and aired["to"][:10] <= "2004-01-01"}
    assert 0 < len(begun) < len(titles) > len(ended) > 0


def test_what_has_no_value_comes_last_under_an_order(jikan):
    """Null ranks end the list in both directions."""
    for sort in ("asc", "desc"):
        ids = jikan.ids("/anime", order_by="rank", sort=sort)
        ranks = [jikan.overlay.record("myanimelist", str(number)).get("rank") for number in ids]
        known = [rank for rank in ranks if rank is not None]
        assert ranks == sorted(known, reverse=sort == "desc") + [None] * (len(ranks) - len(known))


def test_an_anime_has_its_own_address_and_a_fuller_one(jikan):
    """`/full` adds relations, themes and links; an unknown id is a resource that does not exist."""
    source = jikan.world.sources["myanimelist"]
    row = next(
        row for row in source.rows() if any(source.catalogued[other] for other, _ in source.anime(row).relations)
    )
    number = int(source.ids[row])
    plain, full = (jikan.get(f"/anime/{number}{part}")["data"] for part in ("", "/full"))
    assert {name: full[name] for name in plain} == plain
    assert set(full) - set(plain) == {"relations", "theme", "external", "streaming"}
    related = {entry["mal_id"] for group in full["relations"] for entry in group["entry"]}
    assert related == {int(source.ids[other]) for other, _ in source.anime(row).relations if source.catalogued[other]}
    status, document = jikan.refused("/anime/99999999")
    assert (status, document["type"], document["message"]) == (
        404,
        "BadResponseException",
        "Resource does not exist",
    )


def test_seasons_and_tops_are_pages_of_anime(jikan):
    """The index names years downwards; this season, the next ones and the best are paged by 25."""
    index = jikan.get("/seasons")["data"]
    assert [one["year"] for one in index] == sorted({one["year"] for one in index}, reverse=True)
    assert jikan.ids("/seasons/now") == jikan.ids("/seasons/2026/spring")
    assert {one["status"] for one in jikan.get("/seasons/upcoming")["data"]} == {"Not yet aired"}
    ranks = [one["rank"] for one in jikan.get("/top/anime")["data"]]
    assert ranks == sorted(ranks)
    assert {one["airing"] for one in jikan.get("/top/anime", filter="airing")["data"]} == {True}
    assert jikan.refused("/seasons/2026/autumn")[0] == 404
    assert jikan.refused("/top/anime", filter="best")[0] == 400


@pytest.mark.parametrize("path", ["/users/somebody/animelist", "/nothing", "/anime/x"])
def test_lists_of_users_are_gone(jikan, path):
    """They are no route any more, like any other unknown path."""
    assert jikan.refused(path) == (
        404,
        {"status": 404, "type": "HttpException", "message": "Not Found", "error": None},
    )


def test_all_reviews_come_though_the_paging_lies(jikan):
    """Reading until a page is empty gives every review once; `has_next_page` never turns false."""
    expected = {review.number: review.score for review in reviews_of(jikan.world, "myanimelist")}
    told, page = {}, 1
    while data := (document := jikan.get("/reviews/anime", page=str(page)))["data"]:
        told |= {one["mal_id"]: one["score"] for one in data}
        page += 1
    assert told == expected
    assert document["pagination"]["has_next_page"] is True


def test_the_paging_of_one_animes_reviews_is_wrong_either_way(jikan):
    """Odd ids always have a next page, even ids never; the pages themselves are right."""
    reviews = reviews_of(jikan.world, "myanimelist")
    there = {record["id"] for record in jikan.overlay.records("myanimelist")}
    for parity, wrong in ((1, True), (0, False)):
        number = next(one.anime_id for one in reviews if one.anime_id % 2 == parity and one.anime_id in there)
        document = jikan.get(f"/anime/{number}/reviews")
        assert document["pagination"] == {"last_visible_page": 1, "has_next_page": wrong}
        own = [one for one in reviews if one.anime_id == number]
        assert len(document["data"]) == len(own)
        safe = jikan.get(f"/anime/{number}/reviews", spoilers="false")["data"]
        assert len(safe) == sum(not one.is_spoiler for one in own)


def test_an_outage_is_504_everywhere(jikan):
    """While the switch is on, nothing answers; afterwards everything does."""
    jikan.service.outage = True
    for path in ("/anime", "/anime/1", "/seasons", "/nothing"):
        status, document = jikan.refused(path)
        assert (status, document["type"]) == (504, "BadResponseException")
        assert document["message"].startswith("Jikan failed to connect to MyAnimeList.")
    jikan.service.outage = False
    assert jikan.get("/anime")["data"]


@pytest.mark.parametrize(
    ("upstream", "status", "kind"),
    [("failing", 500, "UpstreamException"), ("throttling", 429, "RateLimitException")],
)
def test_trouble_at_myanimelist_spares_the_index(jikan, upstream, status, kind):
    """Pages are refused with a number as status; the list comes from Jikan's own index."""
    jikan.service.upstream = upstream
    assert jikan.refused("/seasons/now") == (status, jikan.refused("/anime/1/reviews")[1])
    assert jikan.refused("/seasons/now")[1]["type"] == kind
    assert jikan.get("/anime")["data"]


def test_headers_say_what_may_be_kept(jikan):
    """One anime is good for a day, a query for nothing; an ETag comes only where the switch is on."""
    number = jikan.overlay.records("myanimelist")[0]["id"]
    one, many = jikan.reply(f"/anime/{number}"), jikan.reply("/anime")
    assert one.headers["Cache-Control"] == "public, s-maxage=86400"
    assert one.headers["X-Cache-Status"] in ("HIT", "MISS")
    assert {"Expires", "Last-Modified", "X-Request-Fingerprint"} <= set(one.headers)
    assert (many.headers["Cache-Control"], many.headers["expires"]) == ("private, must-revalidate", "-1")
    assert "ETag" not in one.headers
    jikan.service.etags = True
    tag = jikan.reply(f"/anime/{number}").headers["ETag"]
    again = jikan.reply(f"/anime/{number}", headers={"if-none-match": tag})
    assert (again.status, again.body) == (304, b"")


def test_an_edit_shows_at_once_and_only_reading_is_allowed(jikan):
    """What was told before is not kept past a change; another method is 405."""
    number = jikan.overlay.records("myanimelist")[0]["id"]
    jikan.get(f"/anime/{number}")
    jikan.overlay.edit("myanimelist", str(number), {"num_episodes": 777})
    assert jikan.get(f"/anime/{number}")["data"]["episodes"] == 777
    assert jikan.reply("/anime", method="POST").status == 405


def test_it_answers_over_http(small_world):
    """A page and a refusal over the real server."""
    with make_services(small_world, ["jikan"], rate_scale=1000) as services:
        with urlopen(f"{services.urls['jikan']}/anime?limit=2&order_by=mal_id") as answer:  # noqa: S310 - loopback
            assert len(json.load(answer)["data"]) == 2
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{services.urls['jikan']}/users/somebody/animelist")  # noqa: S310 - loopback
