"""Kitsu is read completely, each title once, whatever its pages do meanwhile."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Answer, Plan, Request, Stream, User
from adapters.errors import NotFound
from adapters.kitsu import SOURCE
from tests.adapters.crawls import MOMENT, Driven, Faulty, Missing, drive, end_of

ANIME, LISTS, REVIEWS = (SOURCE.streams[name] for name in ("anime", "lists", "reviews"))
TODAY = date(2026, 3, 1)
FULL = Plan("full", TODAY)


def stamp(hours: int) -> str:
    """A time on 1 February 2026 or later, as Kitsu writes it."""
    return f"{datetime(2026, 2, 1, tzinfo=UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}.000Z"


class Kitsu:
    """A small Kitsu: titles and reviews by id with their update times, users, and their entries."""

    def __init__(self, count: int = 0) -> None:
        self.rows: dict[int, str] = {number: stamp(number % 24) for number in range(1, count + 1)}
        self.users: dict[str, int] = {}
        self.entries: dict[int, list[int]] = {}
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Any:
        """The document for a request."""
        self.asked.append(request)
        if request.lookup is not None and request.complete is not None:
            try:
                request = request.complete(request, self(request.lookup))
            except NotFound as problem:
                return Missing(str(problem))
        params = dict(request.params)
        if request.path == "/users":
            name = params["filter[name]"]
            found = [{"id": str(self.users.get(name)), "type": "users", "attributes": {"name": name}}]
            return {"data": found if name in self.users else [], "meta": {"count": 1}}
        if request.path == "/library-entries":
            numbers = self.entries[int(params["filter[userId]"])]
            return self._page([entry(number) for number in numbers], params, 500)
        wanted = self._chosen(params)
        make = review if request.path == "/reviews" else title
        return self._page([make(number, self.rows[number]) for number in wanted], params, 20)

    def _chosen(self, params: dict[str, str]) -> list[int]:
        chosen = [number for number, moment in self.rows.items() if moment >= params.get("filter[since]", "")]
        if "filter[id]" in params:
            chosen = [number for number in chosen if str(number) in params["filter[id]"].split(",")]
        if params.get("sort") == "-updatedAt":
            return sorted(chosen, key=lambda number: self.rows[number], reverse=True)
        return sorted(chosen)

    def _page(self, rows: list[Any], params: dict[str, str], most: int) -> dict[str, Any]:
        limit, offset = int(params["page[limit]"]), int(params.get("page[offset]", "0"))
        assert limit <= most
        links = {"last": f"https://x.example/?{urlencode({'page[offset]': len(rows) - limit})}"}
        if offset + limit < len(rows):
            links["next"] = f"https://x.example/?{urlencode({'page[limit]': limit, 'page[offset]': offset + limit})}"
        return {"data": rows[offset : offset + limit], "meta": {"count": len(rows)}, "links": links}


def title(number: int, moment: str) -> dict[str, Any]:
    """An anime resource."""
    return {"id": str(number), "type": "anime", "attributes": {"updatedAt": moment}}


def review(number: int, moment: str) -> dict[str, Any]:
    """A review resource; every third is about a manga."""
    media = {"id": str(number), "type": "manga" if number % 3 == 0 else "anime"}
    attributes = {"content": "Good.", "rating": 14, "updatedAt": moment}
    relationships = {"media": {"data": media}, "user": {"data": {"id": "u777", "type": "users"}}}
    return {"id": str(number), "type": "reviews", "attributes": attributes, "relationships": relationships}


def entry(number: int) -> dict[str, Any]:
    """A library entry about the anime of this number."""
    attributes = {"status": "completed", "ratingTwenty": None, "notes": "my own words"}
    relationships = {"anime": {"data": {"id": str(number), "type": "anime"}}, "user": {"data": {"id": "u777"}}}
    return {
        "id": str(9000 + number),
        "type": "libraryEntries",
        "links": {"self": f"/library-entries/{9000 + number}"},
        "attributes": attributes,
        "relationships": relationships,
    }


def read_ids(driven: Driven) -> list[str]:
    """The ids of all anime records in the answers."""
    return [record["data"]["id"] for answer in driven.answers for record in ANIME.records(answer.document)]


@given(seed=st.integers(0, 1000), count=st.integers(1, 150))
def test_a_full_crawl_reads_every_title_in_spite_of_wrong_pages(seed: int, count: int) -> None:
    """Pages that come twice or without rows are asked for again; the watermark is the newest update."""
    service = Kitsu(count)
    driven = drive(ANIME.crawl(FULL), Faulty(service, seed))
    assert set(read_ids(driven)) == {str(number) for number in range(1, count + 1)}
    assert end_of(driven).watermark == max(service.rows.values())
    assert end_of(driven).gone == ()
    assert end_of(driven).notes["read"] == end_of(driven).notes["counted"] == count


def test_a_full_crawl_of_a_hundred_titles_takes_seven_requests() -> None:
    """One for the watermark, then pages of 20 that share a row: 20 + 5 * 19 rows reach to the 115th."""
    driven = drive(ANIME.crawl(FULL), Kitsu(100))
    assert driven.keys == ["newest", "anime@0", "anime@19", "anime@38", "anime@57", "anime@76", "anime@95"]
    assert ANIME.forecast(FULL, 100, {}) == 7


@given(seed=st.integers(0, 1000), stop=st.integers(0, 11))
def test_an_interrupted_crawl_asks_what_it_would_have_asked(seed: int, stop: int) -> None:
    """Replayed with its first answers it makes the same requests, those by id included."""
    plan = replace(FULL, known=("5", "900", "901"))
    first = drive(ANIME.crawl(plan), Faulty(Kitsu(150), seed))
    again = drive(ANIME.crawl(plan), Kitsu(150), first.answers[:stop])
    assert again.keys == first.keys
    assert [answer.request for answer in again.answers] == [answer.request for answer in first.answers]
    assert end_of(again) == end_of(first)


def test_titles_deleted_during_the_crawl_hide_no_others() -> None:
    """Three early titles vanish after the third page: the rows that moved up are read by stepping back."""
    service = Kitsu(120)

    def ask(request: Request) -> Any:
        answer = service(request)
        if request.key == "anime@38":
            for number in (3, 4, 5):
                del service.rows[number]
        return answer

    driven = drive(ANIME.crawl(FULL), ask)
    assert {str(number) for number in service.rows} <= set(read_ids(driven))
    assert end_of(driven).notes["read_again_after_deletions"] == 1


def test_a_refresh_asks_for_what_changed_with_an_hour_to_spare() -> None:
    """In the order of ids: a title that is touched meanwhile keeps its place."""
    service = Kitsu(48)
    driven = drive(ANIME.crawl(Plan("refresh", TODAY, watermark=stamp(20))), service)
    params = dict(service.asked[1].params)
    assert (params["filter[since]"], params["sort"]) == (stamp(19), "id")
    assert set(read_ids(driven)[10:]) == {str(number) for number in range(1, 49) if number % 24 >= 19}
    assert "changed" not in end_of(driven).notes


@pytest.mark.parametrize("stream", [ANIME, REVIEWS])
def test_a_time_to_come_freezes_nothing(stream: Stream) -> None:
    """One row's does not move the watermark; a watermark of such a time reads everything."""
    service = Kitsu(48)
    service.rows[48] = "2126-02-01T00:00:00.000Z"
    assert end_of(drive(stream.crawl(FULL), service)).watermark == stamp(23)
    frozen = drive(stream.crawl(Plan("refresh", TODAY, watermark=service.rows[48])), service)
    assert frozen.keys == drive(stream.crawl(FULL), service).keys
    assert end_of(frozen).watermark == stamp(23)


def test_the_rating_job_makes_a_refresh_as_large_as_everything_and_the_notes_say_so() -> None:
    """It gives every title one update time."""
    service = Kitsu(60)
    service.rows = dict.fromkeys(service.rows, stamp(100))
    driven = drive(ANIME.crawl(Plan("refresh", TODAY, watermark=stamp(50))), service)
    assert len(set(read_ids(driven))) == 60
    assert "rating job" in str(end_of(driven).notes["changed"])


def test_after_the_rating_job_a_refresh_starts_just_after_it() -> None:
    """Ten changes at one time are the job's: an hour before it, everything would be read once more."""
    service = Kitsu(60)
    service.rows = dict.fromkeys(service.rows, stamp(100))
    watermark = end_of(drive(ANIME.crawl(FULL), service)).watermark
    service.rows[7] = "2026-02-05T04:00:00.001Z"
    driven = drive(ANIME.crawl(Plan("refresh", TODAY, watermark=watermark)), service)
    assert driven.keys == ["newest", "changed@0"]
    assert (stamp(100), dict(service.asked[-1].params)["filter[since]"]) == (
        "2026-02-05T04:00:00.000Z",
        "2026-02-05T04:00:00.001Z",
    )
    assert [one["data"]["id"] for one in ANIME.records(driven.answers[1].document)] == ["7"]
    assert end_of(driven).watermark == "2026-02-05T04:00:00.001Z"


@pytest.mark.parametrize("watermark", [None, "yesterday"])
def test_a_refresh_without_a_usable_watermark_reads_everything(watermark: str | None) -> None:
    """Nothing is taken for read that may not be."""
    driven = drive(ANIME.crawl(Plan("refresh", TODAY, watermark=watermark)), Kitsu(30))
    assert driven.keys == ["newest", "anime@0", "anime@19"]


def test_a_plan_for_years_reads_everything_and_says_so() -> None:
    """Kitsu's filter by year belongs to its search."""
    driven = drive(ANIME.crawl(Plan("range", TODAY, years=(2000, 2005))), Kitsu(30))
    assert len(set(read_ids(driven))) == 30
    assert "everything was read" in str(end_of(driven).notes["years"])


def test_titles_listed_no_more_are_asked_for_by_id_and_none_is_gone() -> None:
    """Twenty in a request. A title that was deleted and one that was hidden look the same; the notes name them."""
    service = Kitsu(40)
    known = tuple(str(number) for number in range(20, 56))
    driven = drive(ANIME.crawl(replace(FULL, known=known, ids=("57", "no id"))), service)
    assert driven.keys[-1] == "ids@0"
    end = end_of(driven)
    assert (end.gone, end.notes["not_given_by_id"]) == ((), 16)
    listed = ", ".join([*(str(number) for number in range(41, 56)), "57"])
    assert end.notes["absent"] == f"deleted, or rated R18 since and hidden: {listed}"


def test_of_many_absent_titles_some_are_named() -> None:
    """A hundred; the others are counted."""
    known = tuple(str(number) for number in range(1, 1241))
    end = end_of(drive(ANIME.crawl(replace(FULL, known=known)), Kitsu(79)))
    assert (end.gone, end.notes["not_given_by_id"]) == ((), 1161)
    assert str(end.notes["absent"]).endswith("178, 179 and 1,061 more")


def test_a_title_that_a_list_did_not_give_is_taken_by_id() -> None:
    """It is not absent."""
    service = Kitsu(30)

    def ask(request: Request) -> Any:
        answer = service(request)
        if "filter[id]" in dict(request.params):
            return answer | {"data": [title(31, stamp(1))]}
        return answer

    driven = drive(ANIME.crawl(replace(FULL, known=("31", "32"))), ask)
    assert str(end_of(driven).notes["absent"]).endswith(": 32")
    assert "31" in read_ids(driven)


def test_other_titles_that_are_not_given_by_id_confirm_nothing() -> None:
    """The doubt names them."""
    running = ANIME.crawl(replace(FULL, known=("1", "2", "3")))
    request = next(running)
    while not request.key.startswith("ids"):
        request = running.send(Answer(request, Kitsu(0)(request), "", MOMENT))
    assert request.doubt is not None
    assert request.doubt({"data": [title(1, ""), None, title(3, "")]}) == "it does not give 2"
    assert request.doubt({"data": [title(2, ""), title(3, ""), title(1, "")]}) is None


def test_a_record_takes_along_what_it_refers_to_and_nothing_else() -> None:
    """Productions lead to producers; a related title is named by its relationship and not copied."""
    first = title(1, stamp(1)) | {
        "relationships": {
            "mappings": {"data": [{"type": "mappings", "id": "5"}]},
            "animeProductions": {"data": [{"type": "animeProductions", "id": "6"}, None]},
            "mediaRelationships": {"data": [{"type": "mediaRelationships", "id": "8"}]},
            "castings": {"links": {}},
        }
    }
    second = title(2, stamp(1)) | {"relationships": {"mappings": {"data": [{"type": "mappings", "id": "9"}]}}}
    destination = {"destination": {"data": {"type": "anime", "id": "2"}}}
    producer = {"producer": {"data": {"type": "producers", "id": "7"}}}
    included = [
        {"type": "mappings", "id": "5"},
        {"type": "animeProductions", "id": "6", "relationships": producer},
        {"type": "producers", "id": "7"},
        {"type": "mediaRelationships", "id": "8", "relationships": destination},
        {"type": "mappings", "id": "9"},
        {"type": "anime", "id": "2"},
        None,
    ]
    records = ANIME.records({"data": [first, None, second, {"type": "anime"}], "included": included})
    assert [[one["id"] for one in record["included"]] for record in records] == [["5", "6", "8", "7"], ["9"]]
    assert records[0]["data"] is first


def people() -> tuple[Kitsu, Plan]:
    """Three users: with 600 entries, with none, and unknown to Kitsu."""
    service = Kitsu()
    service.users = {"Ann": 1, "Ben": 2}
    service.entries = {1: list(range(1, 601)), 2: []}
    return service, Plan("users", TODAY, users=(User("Ann", "a1"), User("Ben", "b2"), User("Zoe", "z3")))


def test_lists_are_read_to_their_end_and_an_unknown_user_is_an_answer() -> None:
    """The number of a user is looked up by the name, which is in no key."""
    service, plan = people()
    driven = drive(LISTS.crawl(plan), service)
    assert driven.keys == ["a1@0", "a1@499", "b2@0", "z3@0"]
    assert {answer.request.subject for answer in driven.answers} == {"a1", "b2", "z3"}
    assert driven.answers[-1].missing == "there is no such user"
    assert end_of(driven).notes == {"users": 3, "users_missing": 1, "entries": 600}
    assert LISTS.forecast(plan, 0, {}) == 6


def test_a_list_that_closes_between_two_of_its_pages_is_a_missing_one() -> None:
    """Its first page counts nowhere."""
    service, plan = people()
    driven = drive(LISTS.crawl(plan), lambda one: Missing("gone") if one.key == "a1@499" else service(one))
    assert end_of(driven).notes == {"users": 3, "users_missing": 2, "entries": 0}


def test_a_list_of_somebody_else_is_not_taken() -> None:
    """Where a lookup answers with another user, there is no such user."""
    _, plan = people()
    request = next(LISTS.crawl(replace(plan, users=plan.users[2:])))
    assert request.complete is not None
    with pytest.raises(NotFound):
        request.complete(request, {"data": [{"id": "1", "attributes": {"name": "Ann", "slug": None}}]})


def test_a_list_is_kept_without_what_leads_to_its_owner() -> None:
    """No name, no id of user or entry, no link, no notes; the crawl goes on from it all the same."""
    service, plan = people()
    ann = replace(plan, users=plan.users[:1])
    first = drive(LISTS.crawl(ann), service)
    assert LISTS.redact is not None
    kept = [
        replace(answer, document=LISTS.redact(answer.document, lambda text: f"#{len(text)}"))
        for answer in first.answers
    ]
    again = drive(LISTS.crawl(ann), service, kept)
    assert again.keys == first.keys
    assert end_of(again) == end_of(first)
    words = json.dumps([answer.document for answer in kept])
    assert not [word for word in ("Ann", "u777", "my own", "https", "/library-entries", '"900') if word in words]
    records = LISTS.records(kept[0].document)
    assert len(records) == len(LISTS.records(first.answers[0].document)) == 500
    assert records[0]["relationships"] == {"anime": {"data": {"id": "1", "type": "anime"}}}
    assert records[0]["attributes"] == {"status": "completed", "ratingTwenty": None}


def test_reviews_are_read_by_id_and_kept_without_their_authors() -> None:
    """Those of manga are no records."""
    driven = drive(REVIEWS.crawl(FULL), Kitsu(30))
    assert driven.keys == ["newest", "reviews@0", "reviews@19"]
    assert REVIEWS.redact is not None
    document = REVIEWS.redact(driven.answers[1].document, str)
    records = REVIEWS.records(document)
    assert [record["id"] for record in records][:4] == ["1", "2", "4", "5"]
    assert records[0]["attributes"]["content"] == "Good."
    assert "u777" not in json.dumps(document)


def test_new_reviews_are_read_from_the_newest_to_the_watermark() -> None:
    """Of 100, ten are new: one page and the one for the watermark."""
    service = Kitsu(100)
    service.rows.update(dict.fromkeys(range(91, 101), stamp(499)) | {91: stamp(500)})
    driven = drive(REVIEWS.crawl(Plan("refresh", TODAY, watermark=stamp(30))), service)
    assert driven.keys == ["newest", "changed@0"]
    assert end_of(driven).watermark == stamp(500)
    assert REVIEWS.forecast(Plan("refresh", TODAY, watermark=stamp(30)), 100, {}) == 3


def test_a_page_without_a_count_is_doubted() -> None:
    """Every list of Kitsu's has one."""
    newest, page = (answer.request.doubt for answer in drive(ANIME.crawl(FULL), Kitsu(3)).answers)
    assert newest is not None
    assert newest({"data": []}) == "it is empty"
    assert page is not None
    assert page({"data": [{"id": "1"}]}) == "it does not say how many rows there are"


@pytest.mark.parametrize("blank", [None, "row", 7, [], {}, {"id": None}])
@pytest.mark.parametrize("stream", [ANIME, LISTS, REVIEWS])
def test_a_page_with_rows_that_are_none_is_asked_for_again(stream: Stream, blank: Any) -> None:
    """Once, on any page: every row is read."""
    service, plan = people()
    service.rows = {number: stamp(number % 24) for number in range(1, 51)}
    plan = plan if stream is LISTS else FULL
    spoilt: list[Request] = []

    def ask(request: Request) -> Any:
        answer = service(request)
        if "@" in request.key and not spoilt and not isinstance(answer, Missing):
            spoilt.append(request)
            answer["data"][3] = blank
        return answer

    driven, whole = drive(stream.crawl(plan), ask), drive(stream.crawl(plan), service)
    assert driven.asked == whole.asked + 1
    assert [answer.document for answer in driven.answers] == [answer.document for answer in whole.answers]
    assert end_of(driven) == end_of(whole)


def test_rows_that_stay_null_are_told() -> None:
    """They are counted, and nobody knows what they were."""
    service, plan = people()

    def ask(request: Request) -> Any:
        answer = service(request)
        if isinstance(answer, Missing) or not answer["data"]:
            return answer
        return answer | {"data": [None if one["id"] in ("7", "9007") else one for one in answer["data"]]}

    service.rows = {number: stamp(number % 24) for number in range(1, 51)}
    notes = end_of(drive(ANIME.crawl(FULL), ask)).notes
    assert (notes["read"], notes["not_seen"], notes["pages_with_rows_without_id"]) == (49, 1, 1)
    assert end_of(drive(LISTS.crawl(plan), ask)).notes["not_seen"] == 1
