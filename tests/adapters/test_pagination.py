"""Listings are read to their end, each row once, whatever moves or goes wrong on the way."""

import random
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Request
from adapters.errors import LoopDetected, Misunderstood
from adapters.pagination import MOST_REREADS, Listing, objects, offset_of, walk, within
from adapters.windows import Page, Window, by_offset, by_page, windows_over
from tests.adapters.crawls import Driven, Faulty, Missing, drive


def page(document: Any, window: Window) -> Page:
    """Reads a page of the service below."""
    found = [within(row, "id") for row in document["data"]]
    return Page(
        tuple(str(one) for one in found if one is not None),
        len(found),
        offset_of(document.get("next"), "offset"),
        document.get("total"),
        tuple(place for place, one in enumerate(found, 1) if one is None),
    )


LISTING = Listing(Request("rows", "/rows"), by_offset(5, "limit", "offset"), page)


def numbered(document: Any, window: Window) -> Page:
    """Reads a page of the service below that was asked for by its number."""
    leads_on = window.offset + window.rows if "next" in document else None
    return replace(page(document, window), next_offset=leads_on)


BY_NUMBER = replace(LISTING, window=by_page(9, "limit", "page"), page=numbered)


class Rows:
    """A listing of rows by id that says how many there are and where the next page is."""

    def __init__(self, count: int, *, counts: bool = True) -> None:
        self.rows = list(range(1, count + 1))
        self.counts = counts
        self.host = "https://service.example"

    def __call__(self, request: Request) -> dict[str, Any]:
        """One page."""
        params = dict(request.params)
        limit = int(params["limit"])
        offset = int(params["offset"]) if "offset" in params else (int(params["page"]) - 1) * limit
        found: dict[str, Any] = {"data": [{"id": one} for one in self.rows[offset : offset + limit]]}
        if self.counts:
            found["total"] = len(self.rows)
        if offset + limit < len(self.rows):
            found["next"] = f"{self.host}/rows?{urlencode({'limit': limit, 'offset': offset + limit})}"
        return found


def ids(driven: Driven) -> set[str]:
    """What a walk has seen."""
    return set(driven.end.ids)


@given(count=st.integers(0, 60), counts=st.booleans(), overlap=st.integers(1, 3))
def test_every_row_is_read_whatever_the_length(count: int, counts: bool, overlap: int) -> None:
    """Also where the last page is full, or there is none; pages share rows."""
    driven = drive(walk(replace(LISTING, overlap=overlap)), Rows(count, counts=counts))
    assert ids(driven) == {str(one) for one in range(1, count + 1)}
    assert driven.end.rereads == driven.end.gaps == 0
    assert len(driven.answers) == max(1, -(-(count - overlap) // (5 - overlap)))


@given(seed=st.integers(0, 10_000), count=st.integers(1, 60), counts=st.booleans())
def test_wrong_answers_are_seen_through(seed: int, count: int, counts: bool) -> None:
    """The page before once more, or one without rows: asked again until it is right; no row is lost."""
    driven = drive(walk(LISTING), Faulty(Rows(count, counts=counts), seed))
    assert ids(driven) == {str(one) for one in range(1, count + 1)}


@pytest.mark.parametrize("listing", [LISTING, BY_NUMBER])
@given(seed=st.integers(0, 10_000), count=st.integers(10, 80), changes=st.integers(1, 12), is_swap=st.booleans())
def test_rows_deleted_on_the_way_hide_no_others(
    listing: Listing, seed: int, count: int, changes: int, is_swap: bool
) -> None:
    """What is there from beginning to end is read, although every deletion moves rows to earlier pages.

    Nor where as many are added at the end, so that the count stays the same.
    """
    chance = random.Random(seed)
    service, deleted = Rows(count), list[int]()

    def ask(request: Request) -> Any:
        answer = service(request)
        while len(deleted) < changes and service.rows and chance.random() < 0.6:
            deleted.append(service.rows.pop(chance.randrange(len(service.rows))))
            service.rows += [1000 + len(deleted)] if is_swap else []
        return answer

    driven = drive(walk(listing), ask)
    assert {str(one) for one in service.rows if one <= count} <= ids(driven)
    assert driven.end.gaps == 0


def test_a_deletion_makes_the_walk_step_back() -> None:
    """Rows 1 to 3 vanish after the first page: 6 and 7 have moved to it, and are read by going back."""
    service = Rows(12)

    def ask(request: Request) -> Any:
        answer = service(request)
        if request.key == "rows@0":
            service.rows = service.rows[3:]
        return answer

    driven = drive(walk(LISTING), ask)
    assert driven.keys == ["rows@0", "rows@4", "rows@0.2", "rows@4.2"]
    assert driven.end.rereads == 1
    assert len(driven.end.ids) == 12


def test_rows_inserted_on_the_way_only_repeat_others() -> None:
    """A listing with the newest first grows at its front: rows come twice, none is left out."""
    service = Rows(12)

    def ask(request: Request) -> Any:
        answer = service(request)
        service.rows.insert(0, 100 + len(service.rows))
        return answer

    driven = drive(walk(LISTING), ask)
    assert {str(one) for one in range(1, 13)} <= ids(driven)


@given(count=st.integers(1, 40), seed=st.integers(0, 1000))
def test_a_walk_goes_on_from_any_answer(count: int, seed: int) -> None:
    """Given the first k answers again, it makes the same requests as before."""
    first = drive(walk(LISTING), Faulty(Rows(count), seed))
    for stop in range(len(first.answers)):
        again = drive(walk(LISTING), Rows(count), first.answers[:stop])
        assert again.keys[: stop + 1] == first.keys[: stop + 1]
        assert ids(again) == ids(first)


def test_a_page_that_leads_to_itself_is_a_loop() -> None:
    """It is asked for again first, since the page before may only have come once more."""
    asked = []

    def ask(request: Request) -> Any:
        asked.append(request.key)
        return {"data": [{"id": 1}], "next": "?offset=0"}

    with pytest.raises(LoopDetected, match="leads to offset 0"):
        drive(walk(LISTING), ask)
    assert asked == ["rows@0"] * 4


def test_a_link_without_an_offset_is_not_guessed_at() -> None:
    """The service pages in another way than it did."""
    with pytest.raises(Misunderstood, match="without an offset"):
        drive(walk(LISTING), lambda request: {"data": [{"id": 1}], "next": "/rows?cursor=abc"})


def test_links_cannot_lead_to_another_host() -> None:
    """Only the offset is taken from them: requests name a path, and the session knows the host."""
    service = Rows(12)
    service.host = "https://elsewhere.example/evil"
    driven = drive(walk(LISTING), service)
    assert {answer.request.path for answer in driven.answers} == {"/rows"}
    assert len(ids(driven)) == 12


def test_a_listing_without_an_order_comes_to_an_end() -> None:
    """Pages that never share a row are taken after a while, and counted as gaps."""
    numbers = iter(range(1_000_000))

    def ask(request: Request) -> Any:
        offset = int(dict(request.params)["offset"])
        found: dict[str, Any] = {"data": [{"id": next(numbers)} for _ in range(5)]}
        return found | ({"next": f"?offset={offset + 5}"} if offset < 2000 else {})

    driven = drive(walk(LISTING), ask)
    assert driven.end.gaps > 0
    assert driven.end.rereads <= MOST_REREADS


def test_a_block_that_stays_empty_does_not_end_the_walk() -> None:
    """A page is empty however often it is asked for: the rest is read all the same, and the gap is told."""
    service = Rows(30)

    def ask(request: Request) -> Any:
        answer = service(request)
        return answer | {"data": []} if 8 <= int(dict(request.params)["offset"]) < 13 else answer

    driven = drive(walk(LISTING), ask)
    assert {"1", "8", "17", "30"} <= ids(driven)
    assert driven.end.gaps > 0


def test_rows_that_are_null_are_no_end() -> None:
    """A page of nothing but nulls has rows; those that have an id are read."""
    service = Rows(14)

    def ask(request: Request) -> Any:
        answer = service(request)
        return answer | {"data": [None, *answer["data"][1:-1], None]}

    assert {"2", "3", "4"} <= ids(drive(walk(LISTING), ask))


@pytest.mark.parametrize("blank", [None, "row", 7, [], {}, {"id": None}])
def test_a_page_with_rows_that_are_none_is_asked_for_again(blank: Any) -> None:
    """Once, on a page whose rows are all there but one: the row is read, and nothing is told of it."""
    service, spoilt = Rows(14), list[Request]()

    def ask(request: Request) -> Any:
        answer = service(request)
        if request.key == "rows@4" and not spoilt:
            spoilt.append(request)
            answer["data"][2] = blank
        return answer

    driven = drive(walk(LISTING), ask)
    assert len(ids(driven)) == 14
    assert (driven.asked, driven.end.blanks, driven.end.not_seen) == (5, 0, 0)


def test_another_row_that_is_null_confirms_nothing() -> None:
    """Whatever comes has one null, never in the same place: no page but the last answer of four is taken."""
    asked: list[str] = []
    request = next(walk(LISTING))
    assert request.doubt is not None
    for place in range(4):
        asked.append(str(request.doubt({"data": [{"id": one} if one != place else None for one in range(4)]})))
    assert asked == [f"rows without an id: {place}" for place in (1, 2, 3, 4)]


def test_a_row_that_stays_null_for_a_while_is_read_at_the_end() -> None:
    """The page is taken as it is, and looked at once more since the count says that a row is missing."""
    service, tries = Rows(14), list[Request]()

    def ask(request: Request) -> Any:
        answer = service(request)
        if request.key == "rows@4":
            tries.append(request)
            answer["data"][2] = None
        return answer

    driven = drive(walk(LISTING), ask)
    assert len(tries) == 4
    assert driven.keys[-1] == "rows@4.2"
    assert (len(ids(driven)), driven.end.blanks, driven.end.not_seen) == (14, 1, 0)


def test_a_row_that_is_null_for_good_is_told() -> None:
    """It is counted, and in no answer."""
    service = Rows(14)

    def ask(request: Request) -> Any:
        answer = service(request)
        return answer | {"data": [None if row == {"id": 7} else row for row in answer["data"]]}

    driven = drive(walk(LISTING), ask)
    assert (len(ids(driven)), driven.end.not_seen) == (13, 1)


def test_a_link_that_leads_too_far_leaves_nothing_out() -> None:
    """The rows between are read all the same."""
    service = Rows(40)

    def ask(request: Request) -> Any:
        answer = service(request)
        return answer | ({"next": "?offset=35"} if request.key == "rows@4" else {})

    assert len(ids(drive(walk(LISTING), ask))) == 40


@pytest.mark.parametrize("key", ["rows@8", "rows@14", "rows@18"])
def test_a_page_of_rows_that_were_all_shown_is_asked_for_again(key: str) -> None:
    """Those before it, told as this page: no page had these very rows, and the walk would end too soon."""
    service, spoilt = Rows(25), list[Request]()

    def ask(request: Request) -> Any:
        answer = service(request)
        if request.key == key and not spoilt:
            spoilt.append(request)
            row = answer["data"][0]["id"]
            return answer | {"data": [{"id": one} for one in range(row - 7, row)]}
        return answer

    driven = drive(walk(BY_NUMBER), ask)
    assert spoilt
    assert len(ids(driven)) == 25


def test_pages_that_show_the_same_rows_for_ever_are_a_loop() -> None:
    """Three that lead on and have nothing new: such a listing has no end."""

    def ask(request: Request) -> Any:
        return {"data": [{"id": 1}, {"id": 2}], "next": f"?offset={int(dict(request.params)['offset']) + 5}"}

    with pytest.raises(LoopDetected, match="nothing new"):
        drive(walk(LISTING), ask)


@given(most=st.integers(20, 30), row=st.integers(0, 100_000))
def test_a_window_by_page_has_the_row_and_more(most: int, row: int) -> None:
    """It is a page of its length, and goes on after the row, so that a walk gets on."""
    window = by_page(most, "limit", "page")(row)
    params = dict(window.params)
    assert int(params["limit"]) == window.rows <= most
    assert window.offset == (int(params["page"]) - 1) * window.rows
    assert window.offset <= row < window.offset + window.rows - 1


def test_pages_of_several_lengths_share_a_row() -> None:
    """Rows 0 to 24, then the page of 24 that begins with row 24, then the one of 23 with row 46, and so on."""
    window = by_page(25, "limit", "page")
    assert [(window(row).offset, window(row).rows) for row in (0, 24, 47, 68)] == [
        (0, 25),
        (24, 24),
        (46, 23),
        (66, 22),
    ]
    assert [windows_over(rows, window) for rows in (0, 25, 26, 60, 300)] == [1, 1, 2, 3, 15]
    assert windows_over(100, by_offset(20, "limit", "offset")) == 6


def test_a_listing_that_is_not_there_says_why() -> None:
    """A private list, an unknown season."""
    driven = drive(walk(replace(LISTING, first=Request("x", "/x", may_be_missing=True))), lambda _: Missing("private"))
    assert (driven.end.missing, len(driven.end.ids)) == ("private", 0)


def test_the_rest_may_not_be_wanted() -> None:
    """A listing from the newest backwards ends where it is known."""
    driven = drive(walk(replace(LISTING, last=lambda document: document["data"][-1]["id"] >= 9)), Rows(50))
    assert driven.keys == ["rows@0", "rows@4"]


@pytest.mark.parametrize(
    ("link", "offset"),
    [
        (None, None),
        ("?offset=7", 7),
        ("https://h.example/a?page%5Boffset%5D=40&offset=3", 3),
        ("?offset=x", -1),
        ("?offset=-5", -1),
        ("http://[", -1),
        ("", -1),
        (5, -1),
    ],
)
def test_an_offset_is_read_from_a_link_or_it_is_unreadable(link: Any, offset: int | None) -> None:
    """None = there is no next page; negative = nobody can say where it is."""
    assert offset_of(link, "offset") == offset


def test_strangers_in_a_document_are_passed_over() -> None:
    """Where an object is expected and none is, there is nothing."""
    assert objects({"data": [{"a": 1}, None, 3, "x"]}) == [{"a": 1}]
    assert objects({"data": "text"}) == objects([]) == objects(None) == []
    assert within({"a": {"b": 1}}, "a", "b") == 1
    assert within({"a": [1]}, "a", "b") is None
