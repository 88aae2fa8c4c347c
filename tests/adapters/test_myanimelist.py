"""MyAnimeList is read as completely as its lists allow, and nothing that is personal is kept."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.base import Plan, Request, User
from adapters.crawling import crawl
from adapters.errors import Garbled, Misunderstood, NotFound, Private, Refused, Throttled, Unavailable
from adapters.http import Session
from adapters.myanimelist import SOURCE
from adapters.myanimelist_documents import FORBIDDEN
from tests.adapters.crawls import Driven, FakeTime, Faulty, MemoryLog, Missing, drive, end_of, reply
from tests.adapters.loopback import Loopback, Seen, Step, says

ANIME, LISTS = SOURCE.streams["anime"], SOURCE.streams["lists"]
TODAY = date(2026, 3, 1)
FULL = Plan("full", TODAY)
RANKINGS = ("bypopularity", "all", "upcoming", "tv", "movie", "ova", "special")
SEASONS = ("winter", "spring", "summer", "fall")
HIDDEN = Missing("the owner does not show this list", FORBIDDEN)


class MyAnimeList:
    """A small MyAnimeList: rankings and seasons as lists of ids, single titles, and users' lists."""

    def __init__(self, ranked: int = 0) -> None:
        self.rankings: dict[str, list[int]] = {name: [] for name in RANKINGS}
        self.rankings["bypopularity"] = list(range(1, ranked + 1))
        self.seasons: dict[str, list[int]] = {}
        self.titles: set[int] = set()
        self.lists: dict[str, list[int] | None] = {}
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Any:
        """The document for a request, or why there is none."""
        self.asked.append(request)
        params, parts = dict(request.params), request.path.strip("/").split("/")
        if parts[0] == "users":
            if parts[1] not in self.lists:
                return Missing("there is no such user")
            entries = self.lists[parts[1]]
            return HIDDEN if entries is None else self._page(request, entries, entry)
        if params.get("limit") == "1":
            return {"data": [item(1)], "paging": {}}
        assert "num_scoring_users" in params["fields"]
        if parts[1].isdecimal():
            return {"id": int(parts[1])} if int(parts[1]) in self.titles else Missing("not found")
        assert params["nsfw"] == "true"
        if parts[1] == "ranking":
            return self._page(request, self.rankings[params["ranking_type"]], item)
        if f"{parts[2]}-{parts[3]}" not in self.seasons:
            return Missing("not found")
        season = {"year": int(parts[2]), "season": parts[3]}
        return self._page(request, self.seasons[f"{parts[2]}-{parts[3]}"], item) | {"season": season}

    def _page(self, request: Request, rows: list[int], row: Callable[[int], Any]) -> dict[str, Any]:
        params = dict(request.params)
        limit, offset = int(params["limit"]), int(params["offset"])
        assert limit <= (1000 if request.path.startswith("/users/") else 500)
        paging = {}
        if offset + limit < len(rows):
            query = urlencode({"offset": offset + limit, "limit": limit, "fields": params["fields"]})
            paging["next"] = f"https://api.myanimelist.net/v2{request.path}?{query}"
        return {"data": [row(one) for one in rows[offset : offset + limit]], "paging": paging}


def item(number: int) -> dict[str, Any]:
    """One row of a ranking or season."""
    return {"node": {"id": number, "title": f"Title {number}"}, "ranking": {"rank": 1}}


def entry(number: int) -> dict[str, Any]:
    """One row of a list."""
    status = {"status": "completed", "score": 8, "comments": "my own words", "tags": ["mine"]}
    return {"node": {"id": number, "title": "A Title"}, "list_status": status}


def read_ids(driven: Driven) -> list[int]:
    """The ids of all anime records in the answers."""
    documents = [answer.document for answer in driven.answers if not answer.missing]
    return [record["id"] for document in documents for record in ANIME.records(document)]


@settings(max_examples=10)
@given(seed=st.integers(0, 1000), count=st.integers(1, 2500))
def test_a_full_crawl_is_the_union_of_everything_in_spite_of_wrong_pages(seed: int, count: int) -> None:
    """Rankings, then every season from 1917 to next year, then what is known and was in none of them."""
    service = MyAnimeList(count)
    service.rankings["ova"] = [3001, 3002]
    service.seasons = {"1975-winter": [4001], "2026-winter": [4002]}
    service.titles = {5001}
    driven = drive(ANIME.crawl(replace(FULL, ids=("5001", "1"), known=("4001", "5002"))), Faulty(service, seed))
    assert set(read_ids(driven)) == {*range(1, count + 1), 3001, 3002, 4001, 4002, 5001}
    assert end_of(driven).gone == ("5002",)
    assert end_of(driven).watermark == "2026-03-01"
    assert end_of(driven).notes["titles_by_season_only"] == 2


def test_a_full_crawl_takes_few_requests() -> None:
    """Seven rankings, bypopularity in pages of 500 that share 10, and 111 years of seasons."""
    service = MyAnimeList(30_000)
    driven = drive(ANIME.crawl(FULL), service)
    pages = [key for key in driven.keys if key.startswith("bypopularity@")]
    assert pages == [f"bypopularity@{offset}" for offset in range(0, 29_891, 490)]
    assert len(pages) == 62
    assert len(driven.answers) == 62 + 6 + 4 * 111
    assert len(driven.answers) <= ANIME.forecast(FULL, 30_000, {}) == 62 + 6 + int(1.6 * 62) + 4 * 111
    assert ANIME.forecast(FULL, 0, {}) == ANIME.forecast(FULL, 30_000, {})


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_titles_deleted_during_a_ranking_hide_no_others(seed: int) -> None:
    """What is there to the end is read, wherever the others stood."""
    chance, service = random.Random(seed), MyAnimeList(3000)

    def ask(request: Request) -> Any:
        answer = service(request)
        rows = service.rankings["bypopularity"]
        for _ in range(chance.randrange(60) if "ranking" in request.path else 0):
            rows.pop(chance.randrange(len(rows)))
        return answer

    driven = drive(ANIME.crawl(FULL), ask)
    first = {one for one in read_ids(driven) if one <= 3000}
    assert set(service.rankings["bypopularity"]) <= first


@pytest.mark.parametrize("stop", range(0, 12, 2))
def test_an_interrupted_crawl_asks_what_it_would_have_asked(stop: int) -> None:
    """Replayed with its first answers it makes the same requests."""
    service = MyAnimeList(1200)
    service.seasons = {"2026-winter": [7, 2000], "2026-spring": [8]}
    plan = Plan("refresh", TODAY, watermark="2026-02-01", ids=("2001", "7", "2002"))
    first = drive(ANIME.crawl(plan), Faulty(service, 5))
    again = drive(ANIME.crawl(plan), service, first.answers[:stop])
    assert [answer.request for answer in again.answers] == [answer.request for answer in first.answers]
    assert end_of(again) == end_of(first)


@pytest.mark.parametrize(
    ("watermark", "is_swept"), [("2026-02-22", True), ("2026-02-23", False), (None, True), ("once", True)]
)
def test_a_refresh_sweeps_the_popular_once_a_week(watermark: str | None, is_swept: bool) -> None:
    """And always reads the season before, this one and the next, and what is due by id."""
    service = MyAnimeList(600)
    service.seasons = {"2025-fall": [1], "2026-winter": [700], "2026-spring": [701]}
    service.titles = {800}
    plan = Plan("refresh", TODAY, watermark=watermark, ids=("700", "800", "801"))
    driven = drive(ANIME.crawl(plan), service)
    sweep = ["bypopularity@0", "bypopularity@490"] if is_swept else []
    assert driven.keys == [*sweep, "2025-fall@0", "2026-winter@0", "2026-spring@0", "id-800", "id-801"]
    assert end_of(driven).watermark == ("2026-03-01" if is_swept else watermark)
    assert end_of(driven).gone == ("801",)
    assert ANIME.forecast(plan, 600, {}) == len(sweep) + 3 + len(plan.ids)


def test_the_season_before_winter_is_in_the_year_before() -> None:
    """And the one after fall in the year after: MyAnimeList's winter begins in January."""
    for today, seasons in (
        (date(2026, 1, 1), ["2025-fall", "2026-winter", "2026-spring"]),
        (date(2026, 12, 31), ["2026-summer", "2026-fall", "2027-winter"]),
    ):
        plan = Plan("refresh", today, watermark=today.isoformat())
        assert drive(ANIME.crawl(plan), MyAnimeList()).keys == [f"{season}@0" for season in seasons]


def test_a_plan_for_years_reads_their_seasons() -> None:
    """The weekly sweep is not moved; undated titles have no season."""
    plan = Plan("range", TODAY, watermark="2026-02-01", years=(1999, 2000), ids=("9",))
    driven = drive(ANIME.crawl(plan), MyAnimeList())
    assert driven.keys == [*(f"{year}-{season}@0" for year in (1999, 2000) for season in SEASONS), "id-9"]
    assert end_of(driven).watermark == "2026-02-01"
    assert ANIME.forecast(plan, 100, {}) == 9
    assert drive(ANIME.crawl(replace(plan, years=(0, 0), ids=())), MyAnimeList()).keys == []


def test_an_empty_season_is_doubted_where_there_were_titles_in_every_season() -> None:
    """Neither long ago nor in the time to come; and a season must be the one that was asked for."""
    service = MyAnimeList()
    service.seasons = {f"{year}-{season}": [] for year in (1930, 2000, 2026) for season in SEASONS}
    for year, asked in ((1930, 4), (2000, 4 * 4), (2026, 4 + 3)):
        assert drive(ANIME.crawl(Plan("range", TODAY, years=(year, year))), service).asked == asked
    request = next(ANIME.crawl(Plan("range", TODAY, years=(2000, 2000))))
    assert request.doubt is not None
    page = {"data": [item(1)], "paging": {}, "season": {"year": 1999, "season": "fall"}}
    assert request.doubt(page) == "it is about fall 1999"
    assert request.doubt(page | {"season": {"year": 2000, "season": "winter"}}) is None


def test_details_of_another_title_are_doubted() -> None:
    """They would be taken for the one that was asked for."""
    plan = Plan("range", TODAY, years=(0, 0), ids=("9",))
    request = next(ANIME.crawl(plan))
    assert request.doubt is not None
    assert request.doubt({"id": 8}) == "it is about 8"
    assert request.doubt({"id": 9}) is None


def test_records_are_the_nodes() -> None:
    """Of lists and of single titles; nulls and strangers are left out."""
    assert ANIME.records({"data": [item(1), None, {"node": None}, {"node": {}}, 5]}) == [item(1)["node"]]
    assert ANIME.records({"id": 7, "title": "T"}) == [{"id": 7, "title": "T"}]
    assert ANIME.records({}) == []


def people() -> tuple[MyAnimeList, Plan]:
    """Users with 1,500 entries, with a private list, with a name that needs quoting, and none."""
    service = MyAnimeList()
    service.lists = {"Ann": list(range(1, 1501)), "Ben": None, quote("a/b c", safe=""): [1]}
    users = (User("Ann", "a1"), User("Ben", "b2"), User("a/b c", "c3"), User("Zoe", "z4"))
    return service, Plan("users", TODAY, users=users)


def test_lists_are_read_to_their_end() -> None:
    """A private list and an unknown user are answers; no key holds a name."""
    service, plan = people()
    driven = drive(LISTS.crawl(plan), service)
    again = ["b2.door1", "b2.look1@0", "b2.door2", "b2.look2@0"]
    assert driven.keys == ["a1@0", "a1@999", "b2@0", *again, "c3@0", "z4@0"]
    assert [answer.missing for answer in driven.answers if answer.missing] == [
        *[HIDDEN.why] * 3,
        "there is no such user",
    ]
    assert end_of(driven).notes == {"users": 4, "users_missing": 2, "entries": 1501}
    assert LISTS.forecast(plan, 0, {}) == 4
    fields = dict(driven.answers[0].request.params)["fields"]
    assert fields.startswith("list_status{status,score,")
    assert not {"comments", "tags"} & set(fields.split(","))


def test_a_list_refused_since_we_asked_too_often_is_read_after_all() -> None:
    """It is asked for again after a request that nobody can hide has passed."""
    service, plan = people()

    def ask(request: Request) -> Any:
        return HIDDEN if request.key in ("a1@0", "a1.look1@0") else service(request)

    driven = drive(LISTS.crawl(replace(plan, users=plan.users[:1])), ask)
    assert driven.keys == ["a1@0", "a1.door1", "a1.look1@0", "a1.door2", "a1.look2@0", "a1.look2@999"]
    assert end_of(driven).notes == {"users": 1, "users_missing": 0, "entries": 1500}
    assert LISTS.redact is not None
    door = LISTS.redact(driven.answers[1].document, str)
    assert LISTS.records(door) == LISTS.records(driven.answers[1].document) == []


def test_a_list_is_kept_without_names_and_words() -> None:
    """The link to the next page names the user: only its offset is kept, and the crawl goes on from it."""
    service, plan = people()
    ann = replace(plan, users=plan.users[:1])
    first = drive(LISTS.crawl(ann), service)
    assert LISTS.redact is not None
    kept = [replace(answer, document=LISTS.redact(answer.document, str)) for answer in first.answers]
    again = drive(LISTS.crawl(ann), service, kept)
    assert (again.keys, end_of(again)) == (first.keys, end_of(first))
    words = json.dumps([answer.document for answer in kept])
    assert not [word for word in ("Ann", "my own", "mine", "https") if word in words]
    for answer, raw in zip(kept, first.answers, strict=True):
        assert LISTS.records(answer.document) == LISTS.records(raw.document)
    assert LISTS.records(kept[0].document)[0] == {
        "node": {"id": 1},
        "list_status": {"status": "completed", "score": 8},
    }
    assert LISTS.redact({"data": [None, {"node": {"id": 1}}]}, str)["data"] == [{}, {"node": {"id": 1}}]


@pytest.mark.parametrize("names", [("Owner",), ("mika", "th"), ("403",)])
def test_no_name_of_a_user_changes_what_a_refusal_means(names: tuple[str, ...]) -> None:
    """Names are replaced in what is kept of it; a list refused since we asked too often is read all the same."""
    plan = Plan("users", TODAY, users=tuple(User(name, f"h{place}") for place, name in enumerate(names)))
    refused: list[Seen] = []

    def answer(seen: Seen) -> Step:
        if not refused:
            refused.append(seen)
            return Step(403, FORBIDDEN_BODY)
        return says({"data": [entry(1) if "/users/" in seen.path else item(1)], "paging": {}})

    log, time = MemoryLog(), FakeTime()
    with (
        Loopback(answer) as server,
        Session(SOURCE, base_url=server.url, key="k", clock=time.clock, sleep=time.sleep) as session,
    ):
        ended = crawl(session, LISTS, plan, log, hide=str)
        assert ended.end.notes == {"users": len(names), "users_missing": 0, "entries": len(names)}
        torn = MemoryLog()
        torn.header, torn.lines = log.header, log.lines
        assert crawl(session, LISTS, plan, torn, hide=str).end == ended.end


HTML = b"<html><h1>Service Unavailable</h1></html>"
FORBIDDEN_BODY = b'{"message":"","error":"forbidden"}'
NOT_FOUND = b'{"error":"not_found","message":""}'


@pytest.mark.parametrize(
    ("path", "status", "body", "problem"),
    [
        ("/anime/ranking", 403, FORBIDDEN_BODY, Throttled),
        ("/anime/5", 403, FORBIDDEN_BODY, Throttled),
        ("/users/x/animelist", 403, FORBIDDEN_BODY, Private),
        ("/users/x/animelist", 403, HTML, Throttled),
        ("/users/x/animelist", 404, NOT_FOUND, NotFound),
        ("/anime/5", 404, NOT_FOUND, NotFound),
        ("/anime/5", 404, HTML, Unavailable),
        ("/anime/5", 404, b'{"message": "no Route matched"}', Unavailable),
        ("/users/x/animelist", 404, b"{}", Unavailable),
        ("/anime/5", 400, b'{"message":"invalid","error":"bad_request"}', Misunderstood),
        ("/anime/5", 401, b'{"error":"invalid_token"}', Refused),
        ("/anime/5", 429, b"", Throttled),
        ("/anime/5", 503, HTML, Unavailable),
        ("/anime/5", 500, b'{"error":"x"}', Unavailable),
        ("/anime/5", 200, HTML, Unavailable),
        ("/anime/5", 200, b'{"id": 5, "ti', Garbled),
        ("/anime/5", 200, b'{"data": []}', Garbled),
        ("/anime/ranking", 200, b'{"id": 5}', Garbled),
        ("/anime/ranking", 200, b"[]", Garbled),
        ("/users/x/animelist", 200, b'{"data": [{"node": {"id": 5}}, {"node": {"id": 6}}]}', Garbled),
        ("/users/x/animelist", 200, b'{"data": [null, {"list_status": {"score": 5}}]}', Garbled),
    ],
)
def test_a_reply_says_what_to_do(path: str, status: int, body: bytes, problem: type[Exception]) -> None:
    """403 means different things for titles and for lists."""
    with pytest.raises(problem):
        SOURCE.read(reply(status, body), Request("x", path))


def test_a_refusal_names_the_client_id_as_a_possible_cause() -> None:
    """A rejected client id and too many requests look alike; 429 means the latter alone."""
    with pytest.raises(Throttled, match="OSUSUME_MYANIMELIST_CLIENT_ID") as refused:
        SOURCE.read(reply(403, FORBIDDEN_BODY), Request("x", "/anime/ranking"))
    with pytest.raises(Throttled) as throttled:
        SOURCE.read(reply(429), Request("x", "/anime/ranking"))
    assert (refused.value.may_be_refusal, throttled.value.may_be_refusal) == (True, False)


@pytest.mark.parametrize("blank", [None, "row", [], {}, {"node": None}, {"node": {"id": None}}])
def test_a_page_with_rows_that_are_none_is_asked_for_again(blank: Any) -> None:
    """Once, in a ranking, a season and a list: every row is read."""
    service, plan = people()
    service.rankings["bypopularity"] = list(range(1, 601))
    service.seasons = {"2026-winter": [700, 701]}
    spoilt: set[str] = set()

    def ask(request: Request) -> Any:
        answer = service(request)
        if request.key in ("bypopularity@490", "2026-winter@0", "a1@0") and request.key not in spoilt:
            spoilt.add(request.key)
            answer["data"][1] = blank
        return answer

    refresh = Plan("refresh", TODAY)
    driven = drive(ANIME.crawl(refresh), ask)
    assert set(read_ids(driven)) == {*range(1, 601), 700, 701}
    assert drive(LISTS.crawl(plan), ask).end == drive(LISTS.crawl(plan), service).end
    assert len(spoilt) == 3


def test_an_entry_that_says_nothing_is_asked_for_again() -> None:
    """Without its `list_status` it would be missing from the list."""
    service, plan = people()
    spoilt: list[str] = []

    def ask(request: Request) -> Any:
        answer = service(request)
        if request.key == "a1@0" and not spoilt:
            spoilt.append(request.key)
            del answer["data"][1]["list_status"]
        return answer

    driven = drive(LISTS.crawl(plan), ask)
    whole = drive(LISTS.crawl(plan), service)
    assert driven.end == whole.end
    assert [len(LISTS.records(one.document)) for one in driven.answers if one.document] == [
        len(LISTS.records(one.document)) for one in whole.answers if one.document
    ]


def test_a_good_reply_is_its_document() -> None:
    """A list has data, a title an id."""
    assert SOURCE.read(reply(200, b'{"data": []}'), Request("x", "/anime/season/2000/fall")) == {"data": []}
    assert SOURCE.read(reply(200, b'{"id": 5}'), Request("x", "/anime/5")) == {"id": 5}
