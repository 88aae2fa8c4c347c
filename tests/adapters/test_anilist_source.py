"""AniList keeps the promises of every source, and its ways to say no are told apart."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest

from adapters.anilist import SOURCE, read
from adapters.base import Json, Plan, Reply, Request, Source, User
from adapters.errors import AdapterError, Garbled, Misunderstood, NotFound, Private, Refused, Throttled, Unavailable
from tests.adapters.sourcekit import TODAY, SourceContract, reply_of
from tests.adapters.tiny_anilist import TinyAniList, anime, review

TITLES = [
    anime(number, 20_000_000 + number * 10_000 if number % 9 else None, updated=number) for number in range(1, 61)
]
SERVICE = TinyAniList(TITLES, [review(number, number % 7 + 1, updated=number) for number in range(1, 601)])
USERS = (User("Minori", "hash1"), User("Nobody", "hash2"))
ENTRY = {"id": 5, "mediaId": 1, "status": "COMPLETED", "score": 80, "hiddenFromStatusLists": False, "updatedAt": 7}
REVIEW = {
    "id": 1,
    "userId": 4711,
    "mediaId": 1,
    "score": 70,
    "body": "Fine.",
    "updatedAt": 7,
    "user": {"name": "Minori"},
}


def list_of(*private_entries: Json) -> Json:
    """Minori's list: an entry in two lists, one that a custom list alone has, and these."""
    finished = {"name": "Completed", "isCustomList": False, "status": "COMPLETED", "entries": [ENTRY]}
    custom = [ENTRY, ENTRY | {"id": 6, "notes": "Aiko"}, *private_entries]
    return {
        "data": {
            "MediaListCollection": {
                "hasNextChunk": False,
                "user": {"id": 99, "name": "Minori", "mediaListOptions": {"scoreFormat": "POINT_5"}},
                "lists": [finished, {"name": "With Aiko", "isCustomList": True, "entries": custom}],
            }
        }
    }


class TestAniList(SourceContract):
    """The promises of every source."""

    source: ClassVar[Source] = SOURCE
    plans: ClassVar[Mapping[str, Sequence[Plan]]] = {
        "anime": (
            Plan("full", TODAY, known=("3", "70")),
            Plan("refresh", TODAY, watermark="50", ids=("9", "61")),
            Plan("range", TODAY, years=(2003, 2012)),
            Plan("range", TODAY, years=(0, 0), known=("1", "2"), ids=("9",)),
        ),
        "lists": (Plan("users", TODAY, users=USERS),),
        "reviews": (Plan("full", TODAY), Plan("refresh", TODAY, watermark="590")),
    }
    pages: ClassVar[Mapping[str, Json]] = {
        "anime": {"data": {"p0": {"pageInfo": {"hasNextPage": False}, "media": [TITLES[0], None, TITLES[1]]}}},
        "lists": list_of(None),
        "reviews": {"data": {"p0": {"pageInfo": {"hasNextPage": False}, "reviews": [REVIEW, None]}}},
    }
    counts: ClassVar[Mapping[str, int]] = {"anime": 2, "lists": 2, "reviews": 1}
    names: ClassVar[Mapping[str, Sequence[str]]] = {
        "lists": ("Minori", "Aiko", "99"),
        "reviews": ("Minori", "4711"),
    }
    not_found: ClassVar[Reply] = reply_of(
        {"errors": [{"message": "User not found", "status": 404}], "data": {"MediaListCollection": None}}, 404
    )
    throttled: ClassVar[Sequence[Reply]] = (
        reply_of({"data": None, "errors": [{"message": "Too Many Requests.", "status": 429}]}),
    )

    def respond(self, stream: str, request: Request) -> Json:
        """One user with a list, one that there is not; anime and reviews as the small AniList has them."""
        if stream != "lists":
            return SERVICE(request)
        assert request.body is not None
        return list_of() if request.body["variables"]["userName"] == "Minori" else None


WINDOW = Request("2000-2003@1", body={})
BLOCK = Request("ids 1-900@1", body={}, may_be_missing=True)


def said(message: str, status: int, *, in_body: int | None = None) -> Reply:
    """A reply with one error."""
    return reply_of({"errors": [{"message": message, "status": in_body or status}], "data": None}, status)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (said("Private User", 404), Private),
        (said("Private User", 403), Private),
        (said("User not found", 404), NotFound),
        (said("Not Found.", 404), NotFound),
        (said("Not Found.", 200, in_body=404), NotFound),
        (said("The AniList API has been temporarily disabled due to severe stability issues.", 403), Refused),
        (said("Something else", 403), Refused),
        (said('Cannot query field "x" on type "Y".', 400), Misunderstood),
        (said("Max query complexity should be 500 but got 512.", 400), Misunderstood),
        (said("Page depth exceeds maximum allowed for API requests (5000 entries)", 200, in_body=400), Misunderstood),
        (said("Internal Server Error", 200, in_body=500), Garbled),
        (said("Internal Server Error", 500), Unavailable),
        (reply_of({"data": None}), Garbled),
        (reply_of({"data": {"p0": None, "p1": None}}), Garbled),
        (reply_of({"errors": "odd", "data": {}}), Garbled),
        (Reply(404, {}, b"<html>nginx</html>", ""), Unavailable),
        (Reply(400, {}, b" <!doctype html>", ""), Unavailable),
        (Reply(404, {}, b'{"errors": [{"mess', ""), Garbled),
        (Reply(400, {}, b"No.", ""), Misunderstood),
        (Reply(200, {}, b"[" * 100_000, ""), Garbled),
        (Reply(200, {}, b'{"data":' * 100_000, ""), Garbled),
        (Reply(403, {}, b"<html><b>Access</b> denied</html>", ""), Refused),
    ],
)
def test_messages_say_what_is_wrong(reply: Reply, kind: type[AdapterError]) -> None:
    """What was said decides; the status only where nothing known was said."""
    with pytest.raises(kind) as caught:
        read(reply, WINDOW)
    assert type(caught.value) is kind


def test_a_page_that_is_null_among_others_is_an_answer() -> None:
    """It is doubted by the crawl, which knows what should be there."""
    document: dict[str, Any] = {"data": {"p0": {"media": []}, "p1": None}}
    assert read(reply_of(document), WINDOW) == document


@pytest.mark.parametrize("status", [400, 413, 414, 431])
def test_a_block_of_ids_may_be_refused(status: int) -> None:
    """Only a block that can be made smaller; other requests are not given up so easily."""
    with pytest.raises(NotFound):
        read(said("Too much", status), BLOCK)
    with pytest.raises(Misunderstood):
        read(said("Too much", status), WINDOW)


@pytest.mark.parametrize("status", [500, 502, 504, 524])
def test_a_failure_is_no_refusal(status: int) -> None:
    """A block of ids that could not be answered is asked for again as any other request."""
    for request in (BLOCK, WINDOW):
        with pytest.raises(Unavailable):
            read(said("Too much", status), request)


def test_the_wait_after_a_429_is_what_it_says() -> None:
    """The reset in Unix seconds; nothing where it says nothing or the time has passed; never more than five minutes."""

    def wait(**headers: str) -> float | None:
        with pytest.raises(Throttled) as caught:
            read(reply_of({}, 429, **headers), WINDOW)
        return caught.value.wait_s

    soon = wait(x_ratelimit_reset=str(int(time.time()) + 100))
    assert soon is not None
    assert 0 < soon <= 100
    assert wait() is None
    assert wait(x_ratelimit_reset="1000") is None
    assert wait(x_ratelimit_reset="soon") is None
    assert wait(x_ratelimit_reset="99999999999") == 300
