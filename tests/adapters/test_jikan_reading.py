"""Jikan's replies are told apart from those of whatever stands before it."""

import pytest

from adapters import jikan
from adapters.base import Json, Reply, Request
from adapters.errors import Misunderstood, Throttled, Unavailable
from tests.adapters.loopback import HTML
from tests.adapters.sourcekit import reply_of


@pytest.mark.parametrize(
    "body",
    [
        {"status": "429", "type": "RateLimitException", "message": "You are being rate-limited.", "error": None},
        {"status": 429, "type": "RateLimitException", "message": "Jikan is being rate limited by MyAnimeList."},
    ],
)
def test_both_kinds_of_throttling_are_told(body: Json) -> None:
    """Jikan's own has the status as a text, MyAnimeList's as a number; the message is passed on."""
    with pytest.raises(Throttled, match="rate"):
        jikan.SOURCE.read(reply_of(body, 429), Request("1"))


def test_a_fault_of_myanimelist_is_never_a_title_without_a_score() -> None:
    """500 and 504 are faults, and an error with status 200 is none of the answers."""
    body = {"status": 504, "type": "BadResponseException", "message": "Jikan failed to connect to MyAnimeList."}
    with pytest.raises(Unavailable, match="failed to connect"):
        jikan.SOURCE.read(reply_of(body, 504), Request("1", may_be_missing=True))
    with pytest.raises(Exception, match="without data"):
        jikan.SOURCE.read(reply_of(body, 200), Request("1", may_be_missing=True))


@pytest.mark.parametrize(
    "body",
    [HTML, b"", b"not found", b"{}", b"null", b'{"message": "no Route matched"}', b'{"status": 200, "type": "x"}'],
)
def test_a_404_of_somebody_before_jikan_says_nothing_about_a_title(body: bytes) -> None:
    """Only Jikan's own words make a title gone."""
    with pytest.raises(Unavailable):
        jikan.SOURCE.read(Reply(404, {}, body, ""), Request("id5", "/anime/5", may_be_missing=True))


def test_a_404_for_an_address_says_nothing_about_a_title() -> None:
    """With a base URL that lacks its /v4, say, no title is gone: the address is to be corrected."""
    body = {"status": 404, "type": "HttpException", "message": "Not Found", "error": None}
    with pytest.raises(Misunderstood, match="OSUSUME_JIKAN_URL"):
        jikan.SOURCE.read(reply_of(body, 404), Request("id5", "/anime/5", may_be_missing=True))


@pytest.mark.parametrize("status", [400, 403, 405])
def test_a_page_of_html_is_asked_for_again_whatever_its_status(status: int) -> None:
    """It is not Jikan's."""
    with pytest.raises(Unavailable, match="HTML"):
        jikan.SOURCE.read(Reply(status, {}, HTML, ""), Request("1", "/anime"))


def test_a_validation_error_says_which_field() -> None:
    """It stands in `messages` instead of `message`."""
    body = {"status": 400, "type": "ValidationException", "messages": {"limit": ["must not be greater than 25"]}}
    with pytest.raises(Misunderstood, match="greater than 25"):
        jikan.SOURCE.read(reply_of(body, 400), Request("1", "/anime"))
