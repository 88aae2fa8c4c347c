"""HTTP over the loopback interface: what goes out, what comes back, and what is no answer."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.base import Manners, Request, Source
from adapters.errors import Misunderstood, Outage, Unavailable
from adapters.http import Session
from tests.adapters.loopback import FakeTime, Loopback, Step, says, script, zipped

PAGE = Request("page", "/page", (("a", "1"), ("b[c]", "x y")))
QUERY = Request("query", "", body={"query": "{ a }"})


def source(timeout_s: float = 5.0, headers: Mapping[str, str] | None = None) -> Source:
    """A source that states its limit and knows its clients by a key."""
    return Source(
        "anilist",
        "https://anime.invalid",
        {},
        Manners(per_minute=6000, limit_header="x-ratelimit-limit", timeout_s=timeout_s),
        lambda reply, request: None,
        headers or {},
        "X-Key",
    )


def session(server: Loopback, time: FakeTime | None = None, timeout_s: float = 5.0) -> Session:
    """A session with the server."""
    time = time or FakeTime()
    return Session(
        source(timeout_s), base_url=server.url, contact="me@x", key="secret", clock=time.clock, sleep=time.sleep
    )


def test_a_request_says_who_we_are_and_carries_the_key() -> None:
    """User-Agent, contact and key go out; the query is encoded once."""
    with Loopback(script(says({"ok": True}))) as server, session(server) as asks:
        reply = asks.exchange(PAGE)
    assert reply.status == 200
    assert reply.body == b'{"ok": true}'
    assert server.seen[0].method == "GET"
    assert server.seen[0].path == "/page?a=1&b%5Bc%5D=x+y"
    assert server.seen[0].headers["user-agent"].startswith("osusume/")
    assert server.seen[0].headers["user-agent"].endswith(" (+me@x)")
    assert server.seen[0].headers["x-key"] == "secret"


def test_a_body_makes_it_a_post_in_json() -> None:
    """GraphQL goes out as JSON and says so."""
    with Loopback(script(says({}))) as server, session(server) as asks:
        asks.exchange(QUERY)
    assert (server.seen[0].method, server.seen[0].body) == ("POST", b'{"query": "{ a }"}')
    assert server.seen[0].headers["content-type"] == "application/json"


def test_no_cookie_and_no_password_of_netrc_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cookie that was set is not sent back, and ~/.netrc is not read."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Loopback(script(says({}, Set_Cookie="a=b"))) as server, session(server) as asks:
        asks.exchange(PAGE)
        asks.exchange(PAGE)
    assert len(server.seen) == 2
    assert not [seen for seen in server.seen if {"cookie", "authorization"} & seen.headers.keys()]


def test_a_compressed_answer_is_read() -> None:
    """Content-Encoding gzip is undone."""
    with Loopback(script(zipped({"title": "夏"}))) as server, session(server) as asks:
        assert asks.exchange(PAGE).body.decode() == '{"title": "\\u590f"}'


def test_a_large_compressed_answer_is_read_to_its_end() -> None:
    """Blocks that grow a thousandfold when they are undone lose nothing."""
    document = {"text": "a" * 3_000_000}
    with Loopback(script(zipped(document))) as server, session(server) as asks:
        assert json.loads(asks.exchange(PAGE).body) == document


@pytest.mark.parametrize("fault", ["reset", "cut", "hang"])
def test_no_whole_answer_is_unavailable_and_does_not_give_the_address_away(fault: str) -> None:
    """Resets, answers that are cut off and silence are faults that pass; the message holds no user's name."""
    step = Step(body=b"{" + b" " * 3000 + b"}", fault=fault, seconds=2)
    with (
        Loopback(script(step)) as server,
        session(server, timeout_s=0.3) as asks,
        pytest.raises(Unavailable, match="no whole answer") as caught,
    ):
        asks.exchange(Request("user", "/users/somebody"))
    assert "somebody" not in str(caught.value)
    assert len(server.seen) == 1


def test_nobody_there_is_unavailable() -> None:
    """A refused connection is a fault that passes."""
    with Loopback(script(says({}))) as server:
        pass
    with session(server) as asks, pytest.raises(Unavailable):
        asks.exchange(PAGE)


def test_an_answer_that_trickles_in_comes_to_an_end() -> None:
    """A byte now and then keeps no request waiting for ever, though no single wait is too long."""
    step = Step(body=b" " * 1000, fault="trickle", seconds=0.05)
    with (
        Loopback(script(step)) as server,
        session(server, timeout_s=0.4) as asks,
        pytest.raises(Unavailable, match="no end"),
    ):
        asks.exchange(PAGE)


def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """More bytes than any answer has are not read."""
    monkeypatch.setattr("adapters.http._MOST_BYTES", 100_000)
    with (
        Loopback(script(Step(body=b" " * 500_000))) as server,
        session(server) as asks,
        pytest.raises(Unavailable, match="no end"),
    ):
        asks.exchange(PAGE)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_repeats_the_request_in_a_turn_of_its_own(status: int) -> None:
    """A POST stays a POST with its body, and the second request waits like any other."""
    time = FakeTime()
    steps = (Step(status, headers={"Location": "/there"}), says({}))
    with Loopback(script(*steps)) as server, session(server, time) as asks:
        assert asks.exchange(QUERY).status == 200
        assert asks.sent == 2
    assert [(seen.method, seen.path, seen.body) for seen in server.seen] == [
        ("POST", "/", b'{"query": "{ a }"}'),
        ("POST", "/there", b'{"query": "{ a }"}'),
    ]
    assert sum(time.slept) == pytest.approx(60 / 6000)


def test_see_other_is_followed_by_a_get() -> None:
    """303 is the one redirection that turns a POST into a GET."""
    with Loopback(script(Step(303, headers={"Location": "/there"}), says({}))) as server, session(server) as asks:
        asks.exchange(QUERY)
    assert [(seen.method, seen.body) for seen in server.seen] == [("POST", b'{"query": "{ a }"}'), ("GET", b"")]


def test_another_host_is_not_followed() -> None:
    """The key would go there; the message names the setting."""
    with (
        Loopback(script(Step(301, headers={"Location": "https://elsewhere.invalid/page"}))) as server,
        session(server) as asks,
        pytest.raises(Misunderstood, match=r"elsewhere\.invalid.*OSUSUME_ANILIST_URL"),
    ):
        asks.exchange(PAGE)
    assert len(server.seen) == 1


@pytest.mark.parametrize("link", ["http://[bad", "https://anime.invalid:99999999/x", "//]", "file:"])
def test_a_redirection_to_what_is_no_address_is_not_followed(link: str) -> None:
    """It leads nowhere, which is no fault of this program."""
    with (
        Loopback(script(Step(302, headers={"Location": link}))) as server,
        session(server) as asks,
        pytest.raises(Misunderstood, match=r"has moved .* OSUSUME_ANILIST_URL"),
    ):
        asks.exchange(PAGE)
    assert len(server.seen) == 1


def test_circles_are_left() -> None:
    """A redirection to itself ends after a few requests."""
    with (
        Loopback(script(Step(302, headers={"Location": "/page"}))) as server,
        session(server) as asks,
        pytest.raises(Misunderstood, match="circles"),
    ):
        asks.exchange(PAGE)
    assert len(server.seen) == 4


def test_a_stated_limit_sets_the_pace() -> None:
    """The header is read on every answer, also on one that complains."""
    steps = (
        says({}, X_RateLimit_Limit="90"),
        says({}, 429, X_RateLimit_Limit="30"),
        says({}, X_RateLimit_Limit="many"),
        says({}, X_RateLimit_Limit="9" * 400),
    )
    with Loopback(script(*steps)) as server, session(server) as asks:
        rates = []
        for _ in steps:
            asks.exchange(PAGE)
            rates.append(asks.pace.per_minute)
    assert rates == [90 * 0.95, *[30 * 0.95] * 3]


def test_a_wait_longer_than_anybody_waits_is_an_outage() -> None:
    """A source that wants a day of rest is not asked, and nobody sleeps for a day."""
    time = FakeTime()
    with Loopback(script(says({}))) as server, session(server, time) as asks:
        asks.pace.obey(86_400)
        with pytest.raises(Outage, match=r"another 1,440 minutes.*run again later"):
            asks.exchange(PAGE)
    assert not server.seen
    assert not time.slept


def test_sessions_of_one_process_share_the_pace_of_an_address() -> None:
    """The second session knows what the first one was told."""
    with Session(source(), base_url="http://one.invalid") as first:
        first.pace.obey(40)
    with Session(source(), base_url="http://one.invalid/") as second, Session(source()) as other:
        assert second.pace.rest_s() > 30
        assert other.pace.rest_s() == 0


def test_an_address_that_is_none_is_told_at_once() -> None:
    """The message names the setting."""
    with pytest.raises(Misunderstood, match="OSUSUME_ANILIST_URL"):
        Session(source(), base_url="anime.example")
