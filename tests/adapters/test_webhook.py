"""Posting to the operator's address: whole or not at all, twice at most, and its secret stays one."""

import json

import pytest

from adapters.errors import Fatal, Unavailable
from adapters.webhook import post
from tests.adapters.loopback import FakeTime, Loopback, Step, script

PLACE = "/services/T000/B000/very-secret"


def test_the_document_is_posted_as_json() -> None:
    """One POST with the document, our User-Agent and nothing else of ours."""
    with Loopback(script(Step(204, b""))) as server:
        post(server.url + PLACE, {"text": "おすすめ"}, contact="me@example.test")
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", PLACE)
    assert json.loads(seen.body) == {"text": "おすすめ"}
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["user-agent"].endswith("(+me@example.test)")


@pytest.mark.parametrize("fault", [Step(500), Step(503), Step(429), Step(fault="reset")])
def test_a_passing_fault_is_met_with_one_more_try(fault: Step) -> None:
    """After a server's fault it waits and posts once more, and that counts."""
    time = FakeTime()
    with Loopback(script(fault, Step(200))) as server:
        post(server.url + PLACE, {}, sleep=time.sleep)
    assert len(server.seen) == 2
    assert time.slept == [1.0]


def test_a_lasting_fault_is_given_up_after_two_tries_without_naming_the_address() -> None:
    """The message names the host and what it answered, not the secret path, and no cause does either."""
    with Loopback(script(Step(500), Step(500))) as server, pytest.raises(Unavailable) as caught:
        post(server.url + PLACE, {}, sleep=FakeTime().sleep)
    assert "127.0.0.1 did not take the message: it answered 500" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert len(server.seen) == 2


def test_a_host_that_hangs_is_not_waited_for() -> None:
    """Without an answer within the time limit it gives up."""
    hanging = Step(fault="hang", seconds=0.5)
    with Loopback(script(hanging, hanging)) as server, pytest.raises(Unavailable, match="ReadTimeout"):
        post(server.url + PLACE, {}, timeout_s=0.1, sleep=FakeTime().sleep)


def test_nobody_listening_is_told_by_its_kind() -> None:
    """A refused connection is named as one, without the address."""
    with pytest.raises(Unavailable) as caught:
        post("http://127.0.0.1:9" + PLACE, {}, timeout_s=1, sleep=FakeTime().sleep)
    assert "ConnectionError" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_redirect_is_not_followed() -> None:
    """What is posted goes to the configured host alone; a redirect is for the operator to look at."""
    with (
        Loopback(script(Step(200))) as other,
        Loopback(script(Step(307, b"", {"Location": other.url}))) as server,
        pytest.raises(Fatal, match=r"307 \(redirects are not followed\).*OSUSUME_ALERT_WEBHOOK"),
    ):
        post(server.url + PLACE, {})
    assert not other.seen


def test_a_refusal_is_not_tried_again() -> None:
    """A 404 stays one: one request, and the setting to correct."""
    with Loopback(script(Step(404))) as server, pytest.raises(Fatal, match="answered 404: correct"):
        post(server.url + PLACE, {})
    assert len(server.seen) == 1
