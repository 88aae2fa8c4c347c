"""What the headers of a reply say."""

from datetime import UTC, datetime
from time import tzset

import pytest

from adapters.base import Reply
from adapters.headers import header_subset, http_date, stated_wait


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2015 07:28:30 -0000", 30.0),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0.0),
        ("Wed, 99 Oct 2015 07:27:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date_of_the_source(stated: str, seconds: float | None) -> None:
    """A date counts from the source's own date, whatever our clock shows."""
    headers = {"retry-after": stated, "date": "Wed, 21 Oct 2015 07:28:00 GMT"}
    assert stated_wait(Reply(429, headers, b"", "")) == seconds


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_a_date_is_utc_wherever_we_are(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with `-0000`, which Python reads as a moment without a zone."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Tokyo")
        tzset()
        assert http_date(f"Wed, 21 Oct 2015 07:28:00 {zone}") == datetime(2015, 10, 21, 7, 28, tzinfo=UTC)
    tzset()
    assert http_date("yesterday") is None


def test_no_reply_states_no_wait() -> None:
    """Nothing came, so nothing was asked for."""
    assert stated_wait(None) is None


def test_headers_that_may_hold_more_than_we_need_are_not_kept() -> None:
    """Only what explains a reply stays."""
    headers = {"content-type": "a", "set-cookie": "b", "x-ratelimit-limit": "90", "retry-after": "1", "cf-ray": "c"}
    assert header_subset(headers) == {"content-type": "a", "x-ratelimit-limit": "90", "retry-after": "1"}
