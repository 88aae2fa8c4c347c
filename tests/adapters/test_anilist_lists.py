"""AniList's lists and reviews come whole, every entry once, and name nobody."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.anilist import SOURCE
from adapters.base import Plan, Request, User
from adapters.errors import Garbled
from tests.adapters.sourcekit import reply_of
from tests.adapters.tiny_anilist import TinyAniList, Unacceptable, read, review

TODAY = date(2026, 11, 25)
LISTS, REVIEWS = SOURCE.streams["lists"], SOURCE.streams["reviews"]


class TinyLists:
    """Users' lists in chunks; who is not in it has none. Every third entry is in a custom list too or alone there."""

    def __init__(self, sizes: dict[str, int], per_chunk: int = 500) -> None:
        self.sizes, self.per_chunk = sizes, per_chunk

    def __call__(self, request: Request) -> Any:
        """One chunk."""
        assert request.body is not None
        wanted = request.body["variables"]
        if wanted["userName"] not in self.sizes:
            raise Unacceptable("Private User")
        size, end = self.sizes[wanted["userName"]], wanted["chunk"] * self.per_chunk
        entries = [
            {"id": number + 1, "mediaId": number + 7, "score": 60, "hiddenFromStatusLists": number % 6 == 0}
            for number in range(end - self.per_chunk, min(end, size))
        ]
        custom = [entry for entry in entries if entry["id"] % 3 == 1]
        plain = [entry for entry in entries if not entry["hiddenFromStatusLists"]]
        lists = [{"isCustomList": False, "entries": plain}, {"isCustomList": True, "entries": custom}]
        user = {"name": wanted["userName"], "mediaListOptions": {"scoreFormat": "POINT_10"}}
        return {"data": {"MediaListCollection": {"hasNextChunk": end < size, "user": user, "lists": lists}}}


def users(*names: str) -> Plan:
    """A plan for some users."""
    return Plan("users", TODAY, users=tuple(User(name, f"hash of {len(name)}") for name in names))


@settings(max_examples=25)
@given(sizes=st.lists(st.integers(1, 30), max_size=5), per_chunk=st.integers(1, 12))
def test_every_entry_of_every_user_comes_once(sizes: list[int], per_chunk: int) -> None:
    """Those in several lists and those hidden from status lists too, with the owner's way to score."""
    named = {"x" * place: size for place, size in enumerate(sizes, start=1)}
    reading = read(LISTS, users(*named), TinyLists(named, per_chunk))
    assert len(reading.records) == sum(sizes)
    assert {record["scoreFormat"] for record in reading.records} <= {"POINT_10"}
    assert all(answer.request.subject for answer in reading.answers)
    assert len(set(reading.keys)) == len(reading.keys)


def test_users_without_a_list_are_counted() -> None:
    """Private and unknown users are an answer; the others are read on."""
    reading = read(LISTS, users("open", "private!", "friends too"), TinyLists({"open": 700, "friends too": 3}))
    assert reading.end is not None
    assert reading.end.notes == {"users": 3, "users_without_a_list": 1, "entries": 703}


@pytest.mark.parametrize("odd", [None, "no", 1])
def test_a_chunk_that_does_not_say_whether_there_are_more_ends_no_list(odd: Any) -> None:
    """It is asked for again, and gone on from; the chunk without anything new is the end."""
    service = TinyLists({"open": 1200})

    def silent(request: Request) -> Any:
        document = service(request)
        document["data"]["MediaListCollection"]["hasNextChunk"] = odd
        return document

    reading = read(LISTS, users("open"), silent)
    assert (len(reading.records), len(reading.answers), reading.sent) == (1200, 4, 16)


def test_a_chunk_that_repeats_ends_a_list() -> None:
    """A service that gives the first chunk for ever is not asked for ever."""
    service = TinyLists({"open": 700})

    def stuck(request: Request) -> Any:
        assert request.body is not None
        first = request.body["variables"] | {"chunk": 1}
        return service(Request(request.key, body=request.body | {"variables": first}))

    reading = read(LISTS, users("open"), stuck)
    assert (len(reading.answers), reading.sent, len(reading.records)) == (2, 5, 1000)


def test_a_list_is_kept_without_what_names_its_owner() -> None:
    """Names of people and lists and notes are gone; everything that is asked for stays."""
    document = TinyLists({"Minori": 3})(Request("a", body={"variables": {"userName": "Minori", "chunk": 1}}))
    entry = document["data"]["MediaListCollection"]["lists"][0]["entries"][0]
    entry |= {"notes": "for Aiko", "userId": 4711, "private": True}
    assert LISTS.redact is not None
    kept = LISTS.redact(document, lambda text: "hidden")
    assert not [word for word in ("Minori", "Aiko", "4711", "private") if word in json.dumps(kept)]
    assert [record["mediaId"] for record in LISTS.records(kept)] == [
        record["mediaId"] for record in LISTS.records(document)
    ]


@pytest.mark.parametrize("lists", [None, [None], [{"entries": None}], [{"entries": [None, {"mediaId": 7}]}]])
def test_a_list_of_which_nothing_can_be_read_is_no_empty_list(lists: Any) -> None:
    """It would end the user's list; one without entries is what it says."""
    with pytest.raises(Garbled, match="no entry has an id"):
        SOURCE.read(reply_of({"data": {"MediaListCollection": {"lists": lists}}}), Request("x"))
    for empty in ([], [{"entries": []}], [{"entries": []}, {"entries": [{"id": 5}, None]}]):
        document = {"data": {"MediaListCollection": {"lists": empty}}}
        assert SOURCE.read(reply_of(document), Request("x")) == document


def test_no_personal_field_is_asked_for() -> None:
    """Notes, names and ids of users, and whether an entry is private are none of our business."""
    request = next(LISTS.crawl(users("open")))
    assert request.body is not None
    words = set(request.body["query"].replace("{", " ").replace("}", " ").split())
    assert words.isdisjoint({"notes", "private", "name", "userId", "about", "avatar", "siteUrl"})


def test_all_reviews_come() -> None:
    """Up to 10,000 from both ends of the list; the watermark is the newest change."""
    for count in (1, 730, 5000, 5050):
        rows = [review(number, number % 900 + 1, updated=number * 2) for number in range(1, count + 1)]
        reading = read(REVIEWS, Plan("full", TODAY), TinyAniList(reviews=rows))
        assert len(reading.ids) == count
        assert reading.end is not None
        assert reading.end.watermark == str(count * 2)
        assert "not_shown" not in reading.end.notes
        assert len(reading.answers) <= count // 500 + 3


@pytest.mark.parametrize("ends_at_5000", [False, True])
def test_beyond_10_000_reviews_are_read_by_anime(ends_at_5000: bool) -> None:
    """Those in the middle come where their anime has others, and the notes say that more may exist."""
    draw = random.Random(5)
    rows = [review(number, draw.randrange(1, 30)) for number in range(1, 10_201)]
    rows[5099] = review(5100, 999_999)
    reading = read(REVIEWS, Plan("full", TODAY), TinyAniList(reviews=rows, ends_at_5000=ends_at_5000))
    assert reading.ids == set(range(1, 10_201)) - {5100}
    assert reading.end is not None
    assert "not_shown" in reading.end.notes
    assert len(set(reading.keys)) == len(reading.keys)


def test_a_refresh_of_reviews_reads_what_changed() -> None:
    """Down to ten minutes before the watermark; everything where that is more than AniList shows."""
    rows = [review(number, number % 90 + 1, updated=10_000 + number) for number in range(1, 5301)]
    service = TinyAniList(reviews=rows)
    reading = read(REVIEWS, Plan("refresh", TODAY, watermark="15200"), service)
    assert set(range(4600, 5301)) <= reading.ids
    assert len(reading.answers) == 2
    assert reading.end is not None
    assert reading.end.watermark == "15300"
    assert len(read(REVIEWS, Plan("refresh", TODAY, watermark="100"), service).ids) == 5300


def test_reviews_of_a_time_to_come_freeze_nothing() -> None:
    """One moves the watermark to the beginning of the day at most; a watermark of such a time reads everything."""
    midnight = datetime(2026, 11, 25, tzinfo=UTC)
    rows = [review(number, 7, updated=10_000 + number) for number in range(1, 601)]
    late = TinyAniList(reviews=[*rows, review(601, 7, updated=4_920_000_000)])
    for plan in (Plan("full", TODAY), Plan("refresh", TODAY, watermark="10500")):
        end = read(REVIEWS, plan, late).end
        assert end is not None
        assert end.watermark == str(int(midnight.timestamp()))
    reading = read(REVIEWS, Plan("refresh", TODAY, watermark="4920000000"), TinyAniList(reviews=rows))
    assert len(reading.ids) == 600
    assert reading.end is not None
    assert reading.end.watermark == "10600"


@pytest.mark.parametrize("stop", [0, 7, 14])
def test_a_killed_crawl_of_reviews_goes_on(stop: int) -> None:
    """From landed answers, in which authors are hashed."""
    rows = [review(number, number % 900 + 1) for number in range(1, 5301)]
    service = TinyAniList(reviews=rows)
    whole = read(REVIEWS, Plan("full", TODAY), service)
    first = read(REVIEWS, Plan("full", TODAY), service, at_most=stop)
    rest = read(REVIEWS, Plan("full", TODAY), service, landed=first.answers)
    assert (rest.keys, rest.end) == (whole.keys, whole.end)


def test_reviews_are_kept_without_their_authors() -> None:
    """Names of users are hashed, anything else about them is dropped, scores and texts stay."""
    document = {"data": {"p0": {"reviews": [review(3, 7) | {"user": {"name": "Minori"}}, None]}, "p1": None}}
    assert REVIEWS.redact is not None
    kept = REVIEWS.redact(document, lambda text: f"hash of {len(text)} letters")
    assert REVIEWS.records(kept) == [review(3, 7) | {"userId": "hash of 6 letters"}]
    assert "Minori" not in json.dumps(kept)


def test_authors_are_not_named_in_their_own_texts() -> None:
    """The name, however it is spelled, becomes what its hash is; parts of other words stay, and so do other people."""
    texts = {"summary": "MINORI's list", "body": "By minori. See anilist.co/user/Minori/ and Minorities, not Aiko."}
    document = {"data": {"p0": {"reviews": [review(3, 7) | texts | {"user": {"name": "Minori"}}]}}}
    assert REVIEWS.redact is not None
    (kept,) = REVIEWS.records(REVIEWS.redact(document, lambda text: rf"\\1{len(text)}"))
    assert kept["summary"] == r"\\16's list"
    assert kept["body"] == r"By \\16. See anilist.co/user/\\16/ and Minorities, not Aiko."


@pytest.mark.parametrize(
    "odd", [5, "x", None, True, {"id": 1}, [5], [None], [[]], [{"entries": 7}], [{"entries": [7]}]]
)
def test_lists_of_another_shape_are_doubted_and_left_out(odd: Any) -> None:
    """Whatever stands where lists, entries or ids should be; what is well among them stays."""
    good = {"status": "COMPLETED", "isCustomList": False, "entries": [{"id": 3, "mediaId": 9}]}
    strange = {"entries": [{"id": [1]}, {"id": True}, {"id": {}}, odd]}
    request = next(LISTS.crawl(users("open")))
    assert request.doubt is not None
    assert LISTS.redact is not None
    for lists in (odd, [good, odd], [good, {"entries": odd}], [good, strange]):
        document = {"data": {"MediaListCollection": {"hasNextChunk": False, "user": odd, "lists": lists}}}
        assert request.doubt(document)
        records = LISTS.records(document)
        assert [record["id"] for record in records if "mediaId" in record] == ([] if lists is odd else [3])
        assert len(LISTS.records(LISTS.redact(document, str))) == len(records)
    for collection in (odd, {}, {"lists": [good], "user": odd, "hasNextChunk": odd}):
        assert LISTS.redact({"data": {"MediaListCollection": collection}}, str)


@pytest.mark.parametrize("odd", [5, "x", None, True, [], {}, [5], [[]], {"name": 5}, 2**40, -1])
def test_reviews_of_another_shape_are_left_out(odd: Any) -> None:
    """Whatever stands in a field, a crawl comes to its end."""
    assert REVIEWS.redact is not None
    rows = [
        {"id": place + 1, name: odd} for place, name in enumerate(("mediaId", "body", "user", "userId", "updatedAt"))
    ]
    for page in (odd, {"reviews": odd}, {"reviews": [{"id": odd}, odd, *rows], "pageInfo": odd}):
        document = {"data": {"p0": page, "newest": odd}}
        kept = REVIEWS.redact(document, str)
        assert [row["id"] for row in REVIEWS.records(kept)] == [row["id"] for row in REVIEWS.records(document)]
        assert read(REVIEWS, Plan("full", TODAY), constant(document)).end is not None


def constant(document: Any) -> Callable[[Request], Any]:
    """A service that always says the same."""
    return lambda request: document


def test_forecasts_count_users_and_reviews() -> None:
    """Most users take one request, and reviews ten pages of fifty each."""
    assert LISTS.forecast(users("a", "bb", "ccc", "dddd"), 0, {}) == 5
    assert REVIEWS.forecast(Plan("full", TODAY), 2000, {}) == 5
    assert REVIEWS.forecast(Plan("full", TODAY), 0, {}) == 21
    assert REVIEWS.forecast(Plan("refresh", TODAY, watermark="1"), 0, {}) == 2
