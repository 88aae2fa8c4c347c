"""Kitsu's replies say what to do, and what is kept of them names nobody, whatever shape they have."""

import json
from datetime import UTC, datetime
from time import tzset
from typing import Any

import pytest

from adapters.base import Json, Plan, Request
from adapters.errors import Garbled, Misunderstood, NotFound, Refused, Throttled, Unavailable
from adapters.kitsu import SOURCE
from adapters.kitsu_documents import count_of, moment_of, page_of, start_of, watermark_of
from tests.adapters.crawls import reply
from tests.adapters.sourcekit import TODAY

ANIME, LISTS, REVIEWS = (SOURCE.streams[name] for name in ("anime", "lists", "reviews"))


def test_a_looked_up_user_is_kept_as_a_hash() -> None:
    """Neither name nor number."""
    assert LISTS.redact is not None
    document = {
        "data": [
            {"id": "1", "type": "users", "attributes": {"name": "Ann", "createdAt": "2026-02-01T00:00:00.000Z"}},
            None,
        ]
    }
    assert LISTS.redact(document, lambda text: "hash")["data"] == [{"id": "hash", "type": "users"}, None]


def errors(status: int, code: str | int) -> bytes:
    """Kitsu's error document."""
    return json.dumps({"errors": [{"title": "T", "detail": "D", "code": code, "status": status}]}).encode()


@pytest.mark.parametrize("said", [{"title": "", "detail": ""}, {"title": None}, {}, {"detail": []}])
def test_a_404_without_words_is_told_in_ours(said: Json) -> None:
    """A crawl is told by its words that something is missing."""
    body = json.dumps({"errors": [said | {"code": "404"}]}).encode()
    with pytest.raises(NotFound, match=r"^there is no such thing$"):
        SOURCE.read(reply(404, body), Request("x"))
    with pytest.raises(NotFound, match=r"^there is no such thing: D$"):
        SOURCE.read(reply(404, errors(404, "404")), Request("x"))


HTML = b"<!DOCTYPE html><title>Just a moment...</title>"


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [(400, errors(400, code), Misunderstood) for code in ("102", "104", "112", "114", "118")]
    + [
        (400, errors(400, "7"), Unavailable),
        (400, HTML, Unavailable),
        (401, errors(401, "401"), Refused),
        (403, errors(403, "403"), Refused),
        (403, HTML, Throttled),
        (404, errors(404, "404"), NotFound),
        (404, HTML, Unavailable),
        (404, b"{}", Unavailable),
        (404, b'{"message": "no Route matched"}', Unavailable),
        (406, errors(406, "406"), Misunderstood),
        (429, errors(429, 429), Throttled),
        (429, b"Retry later\n", Throttled),
        (500, errors(500, "500"), Unavailable),
        (503, HTML, Unavailable),
        (200, HTML, Unavailable),
        (200, b'{"data": [{"id"', Garbled),
        (200, b"\xff", Garbled),
        (200, b"", Garbled),
        (200, b"null", Garbled),
        (200, b'{"data": {}}', Garbled),
        (200, b'{"data": [], "errors": [{"title": "T"}]}', Garbled),
    ],
)
def test_a_reply_says_what_to_do(status: int, body: bytes, problem: type[Exception]) -> None:
    """Ask again, wait, leave out, or stop."""
    with pytest.raises(problem):
        SOURCE.read(reply(status, body), Request("x"))


@pytest.mark.parametrize(
    "row",
    [
        None,
        {},
        *(
            {"id": "7", "type": "libraryEntries", "relationships": relationships}
            for relationships in (None, {}, {"anime": {}}, {"anime": {"links": {"self": "x"}}})
        ),
    ],
)
def test_a_list_of_which_no_entry_names_its_anime_is_no_empty_list(row: Json) -> None:
    """It would end the user's list; an empty one, and one with an entry that can be read, is what it says."""
    request = Request("x", "/library-entries")
    with pytest.raises(Garbled, match="no entry says which anime"):
        SOURCE.read(reply(200, json.dumps({"data": [row, row]}).encode()), request)
    assert SOURCE.read(reply(200, b'{"data": []}'), request) == {"data": []}
    for about in ({"type": "anime", "id": "1"}, None):  # null: the anime is gone, and the list as long as it says
        told = {"id": "8", "type": "libraryEntries", "relationships": {"anime": {"data": about}}}
        readable = {"data": [row, row, told]}
        assert SOURCE.read(reply(200, json.dumps(readable).encode()), request) == readable


def test_a_good_reply_is_its_document() -> None:
    """Nulls and all."""
    assert SOURCE.read(reply(200, b'{"data": [null]}'), Request("x")) == {"data": [None]}


ODD: tuple[Json, ...] = (None, True, 7, "x", [], [None], {}, {"data": True}, {"data": [True]})


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("part", ["attributes", "relationships", "id", "type", "media", "anime"])
def test_a_row_of_another_shape_is_no_exception(part: str, odd: Json) -> None:
    """It is left out or kept without what is odd about it; what comes after it is read."""

    def row(number: int, kind: str) -> dict[str, Any]:
        media = {"data": {"id": str(number), "type": "anime"}}
        relationships = {"anime": media, "media": media}
        return {"id": str(number), "type": kind, "attributes": {"status": "current"}, "relationships": relationships}

    for stream, kind in ((ANIME, "anime"), (LISTS, "libraryEntries"), (REVIEWS, "reviews")):
        spoilt = row(1, kind)
        (spoilt["relationships"] if part in ("media", "anime") else spoilt)[part] = odd
        document = {"data": [spoilt, odd, row(2, kind)], "included": [odd, spoilt], "meta": odd, "links": odd}
        kept = stream.redact(document, lambda text: "hash") if stream.redact else document
        assert len(stream.records(kept)) in (1, 2)
        assert page_of(kept).rows == 3
        assert page_of(kept).total is None
        assert watermark_of(kept, TODAY) is None


@pytest.mark.parametrize(
    "words", [None, True, 7, [], "", "soon", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_time_of_kitsus_is_none(words: Json) -> None:
    """A year in which there was no Kitsu, too: it could not even be moved by an hour."""
    assert moment_of(words) is None
    assert start_of(Plan("refresh", TODAY, watermark=words)) is None
    assert watermark_of({"data": [{"id": "1", "attributes": {"updatedAt": words}}]}, TODAY) is None


def test_a_time_without_a_zone_is_utc_wherever_we_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's zone would move a watermark by hours."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Tokyo")
        tzset()
        assert moment_of("2026-01-01T00:00:00") == datetime(2026, 1, 1, tzinfo=UTC)
        assert moment_of("2026-01-01T09:00:00+09:00") == datetime(2026, 1, 1, tzinfo=UTC)
    tzset()


@pytest.mark.parametrize("count", [None, True, "7", 7.0, []])
def test_a_count_is_a_whole_number(count: Json) -> None:
    """Anything else is none."""
    assert count_of({"meta": {"count": count}}) is None
    assert count_of({"meta": {"count": 7}}) == 7
