"""How a source is asked until it has answered, or until it is clear why it does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest

from adapters.asking import Heard, ask
from adapters.base import Answer, Json, Manners, Reply, Request, Source
from adapters.errors import Garbled, Misunderstood, NotFound, Outage, Private, Refused, Throttled, Unavailable
from adapters.http import Session
from tests.adapters.loopback import FakeTime, Loopback, Step, says, script

ERRORS = {
    "throttled": Throttled,
    "unavailable": Unavailable,
    "garbled": Garbled,
    "not_found": NotFound,
    "private": Private,
    "refused": Refused,
    "misunderstood": Misunderstood,
}
PAGE = Request("7", "/page")


def read(reply: Reply, request: Request) -> Json:
    """The error that a path names; the body otherwise."""
    words = reply.body.decode()
    if words == "throttled":
        raise Throttled("it is throttled", may_be_refusal=reply.status == 403)
    if words in ERRORS:
        raise ERRORS[words](f"it is {words}")
    return words


def source(key_header: str | None = None, **manners: Any) -> Source:
    """A source that says which error it means."""
    return Source(
        "myanimelist", "https://a.invalid", {}, Manners(**({"per_minute": 600} | manners)), read, {}, key_header
    )


class Asked:
    """One request to a server that goes through a script.

    Attributes:
        heard: what was passed on.
        answer: what came of it; None where it raised `problem`.
        waits: seconds between the requests, as the clock of the session counts.
    """

    def __init__(
        self,
        *steps: Step,
        request: Request = PAGE,
        key_header: str | None = None,
        refused: Sequence[str] = (),
        **manners: Any,
    ) -> None:
        time = FakeTime()
        self.heard: list[Heard] = []
        self.answer: Answer | None = None
        self.problem: Exception | None = None
        moments: list[float] = []
        replies = script(*steps)

        def told(seen: Any) -> Step:
            moments.append(time.now)
            return replies(seen)

        with Loopback(told) as server:
            session = Session(source(key_header, **manners), base_url=server.url, clock=time.clock, sleep=time.sleep)
            with session:
                try:
                    self.answer = ask(session, request, self.heard.append, refused)
                except (Outage, Refused, Misunderstood) as problem:
                    self.problem = problem
                self.slowness = session.pace.interval_s / 0.1
                self.rest_s = session.pace.rest_s()
        self.waits = [after - before for before, after in pairwise(moments)]
        self.asked = len(moments)


def text(words: str, status: int = 200, **headers: str) -> Step:
    """An answer in plain text."""
    return Step(status, words.encode(), {name.replace("_", "-"): value for name, value in headers.items()})


def test_a_good_answer_is_kept_and_given() -> None:
    """One request, one line, accepted."""
    asked = Asked(text("good"))
    assert asked.answer is not None
    assert (asked.answer.document, asked.answer.missing) == ("good", "")
    assert [(one.accepted, one.note, one.is_lookup) for one in asked.heard] == [(True, "", False)]
    assert asked.heard[0].fetched_at == asked.answer.fetched_at


@pytest.mark.parametrize("fault", ["unavailable", "garbled", "throttled"])
def test_passing_faults_are_asked_again(fault: str) -> None:
    """Each reply is kept; the good one alone is accepted."""
    asked = Asked(text(fault), text(fault), text("good"))
    assert asked.answer is not None
    assert asked.answer.document == "good"
    assert [(one.accepted, one.note) for one in asked.heard] == [
        (False, f"it is {fault}"),
        (False, f"it is {fault}"),
        (True, ""),
    ]


def test_waits_between_attempts_double_with_some_chance() -> None:
    """1, 2, 4 ... seconds, each times a half to one and a half, and no more than the longest."""
    asked = Asked(text("unavailable"), attempts=7, most_wait_s=8)
    assert isinstance(asked.problem, Outage)
    assert asked.asked == 7
    for wait, mean in zip(asked.waits, [1, 2, 4, 8, 8, 8], strict=True):
        assert 0.5 * mean <= wait <= 1.5 * mean + 0.2


def test_an_outage_says_where_it_was_and_what_to_do() -> None:
    """Source, address, page, the last problem and the remedy."""
    problem = str(Asked(text("unavailable"), attempts=3).problem)
    assert problem.startswith("myanimelist at http://127.0.0.1:")
    assert "page 7: it is unavailable (3 attempts failed)" in problem
    assert "run again later" in problem


def test_nothing_whole_is_kept_as_nothing() -> None:
    """A reset leaves a line without a reply."""
    asked = Asked(Step(fault="reset"), text("good"))
    assert [one.reply is None for one in asked.heard] == [True, False]


@pytest.mark.parametrize("status", [429, 503, 500, 403])
@pytest.mark.parametrize("words", ["throttled", "unavailable", "garbled"])
def test_a_retry_after_is_kept_to_whatever_the_reply_is(status: int, words: str) -> None:
    """No request for 40 seconds, in seconds or as a date, also where a shorter wait would be usual."""
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    for stated in ("40", until):
        asked = Asked(text(words, status, Retry_After=stated), text("good"))
        assert asked.waits[0] >= 38.9


def test_a_retry_after_outlives_the_last_attempt() -> None:
    """The session still leaves the source alone when it has given up."""
    asked = Asked(text("unavailable", 503, Retry_After="500"), attempts=1)
    assert isinstance(asked.problem, Outage)
    assert asked.rest_s >= 499


def test_throttling_slows_down() -> None:
    """Half as fast after one complaint, a little faster again after the answer that followed."""
    asked = Asked(text("throttled", 429, Retry_After="1"), text("good"))
    assert asked.slowness == pytest.approx(2 * 0.85)


def test_throttling_without_a_stated_wait_waits_longer_each_time() -> None:
    """30, 60, 120 seconds and so on, up to 300, until half an hour has gone."""
    asked = Asked(text("throttled", 429))
    assert isinstance(asked.problem, Outage)
    for wait, mean in zip(asked.waits, [30, 60, 120, 240, 300], strict=False):
        assert 0.5 * mean <= wait <= 1.5 * mean + 5
    assert sum(asked.waits) <= 1800


def test_a_stated_wait_of_nothing_does_not_go_on_for_ever() -> None:
    """A source that complains with Retry-After 0 is asked a few dozen times and no more."""
    asked = Asked(text("throttled", 429, Retry_After="0"))
    assert isinstance(asked.problem, Outage)
    assert asked.asked < 50


def test_a_source_that_never_lets_a_new_client_in_does_not_know_its_key() -> None:
    """Four times throttled before the first answer: the client id is named; a source without keys goes on."""
    asked = Asked(text("throttled", 403), key_header="X-Key")
    assert isinstance(asked.problem, Refused)
    assert "OSUSUME_MYANIMELIST_CLIENT_ID" in str(asked.problem)
    assert asked.asked == 4
    patient = Asked(*[text("throttled", 403)] * 4, text("good"))
    assert patient.answer is not None


def test_a_source_that_is_busy_at_first_says_nothing_about_the_key() -> None:
    """429 is never a refusal, however often it comes before the first answer."""
    asked = Asked(*[text("throttled", 429, Retry_After="2")] * 6, text("good"), key_header="X-Key")
    assert asked.answer is not None
    assert asked.asked == 7


def test_a_client_that_was_let_in_once_is_only_throttled() -> None:
    """After an answer, or with other faults in between, many complaints mean what they say."""
    time = FakeTime()
    steps = (text("good"), *[text("throttled", 403, Retry_After="1")] * 5, text("good"))
    with Loopback(script(*steps)) as server:
        session = Session(source("X-Key"), base_url=server.url, clock=time.clock, sleep=time.sleep)
        with session:
            ask(session, PAGE, lambda heard: None)
            assert ask(session, PAGE, lambda heard: None).document == "good"
    some = [text("throttled", 403), text("throttled", 403), text("unavailable")]
    between = Asked(*some * 2, text("good"), key_header="X-Key")
    assert between.answer is not None


@pytest.mark.parametrize("words", ["not_found", "private"])
def test_what_is_not_there_is_an_answer_where_it_may_be_missing(words: str) -> None:
    """The note says so; where it must be there, we are misunderstood."""
    asked = Asked(text(words, 404), request=Request("7", "/page", may_be_missing=True))
    assert asked.answer is not None
    assert (asked.answer.document, asked.answer.missing) == (None, f"it is {words}")
    assert [(one.accepted, one.note) for one in asked.heard] == [(True, f"it is {words}")]
    assert isinstance(Asked(text(words, 404)).problem, Misunderstood)


@pytest.mark.parametrize("words", ["refused", "misunderstood"])
def test_what_asking_again_does_not_change_is_asked_once(words: str) -> None:
    """The reply is kept, and the error keeps its class and says which page."""
    asked = Asked(text(words, 400))
    assert type(asked.problem) is ERRORS[words]
    assert "page 7" in str(asked.problem)
    assert asked.asked == len(asked.heard) == 1


def test_a_doubtful_answer_is_asked_again_and_then_believed() -> None:
    """Three times more, odd in the same way each time; then it counts, and doubts are no failed attempts."""
    doubting = Request("7", "/page", doubt=lambda document: "it is odd" if document == "odd" else None)
    twice_doubting = replace(doubting, doubt=lambda document: None if document == "good" else f"it is {document}")
    asked = Asked(text("odd"), request=doubting, attempts=2)
    assert asked.answer is not None
    assert asked.answer.document == "odd"
    assert [(one.accepted, one.note) for one in asked.heard] == [(False, "in doubt: it is odd")] * 3 + [(True, "")]
    mixed = Asked(*[text("odd")] * 3, text("strange"), text("good"), request=twice_doubting)
    assert mixed.answer is not None
    assert mixed.answer.document == "good"
    settled = Asked(text("odd"), text("good"), request=doubting)
    assert settled.answer is not None
    assert (settled.answer.document, settled.asked) == ("good", 2)


def test_what_an_interrupted_run_doubted_counts() -> None:
    """Doubts and failures before a kill are added; those of another kind are not, and no outage comes of them."""
    doubting = Request("7", "/page", doubt=lambda document: "it is odd" if document == "odd" else None)
    twice = ("in doubt: it is odd", "it is garbled", "in doubt: it is odd", "in doubt: it is strange")
    asked = Asked(text("odd"), request=doubting, refused=twice)
    assert [(one.accepted, one.note) for one in asked.heard] == [(False, "in doubt: it is odd"), (True, "")]
    assert Asked(text("odd"), request=doubting, refused=(*twice, "in doubt: it is odd")).asked == 1
    failing = Asked(text("unavailable"), request=doubting, attempts=3, refused=("it is unavailable",) * 9)
    assert isinstance(failing.problem, Outage)
    assert failing.asked == 3


@pytest.mark.parametrize("words", ["unavailable", "garbled"])
def test_a_crawl_that_wants_to_is_told_of_failures(words: str) -> None:
    """After as many as it says, those before a kill included; the last reply is kept as the answer."""
    big = Request("7", "/page", told_after=3)
    asked = Asked(text(words), request=big)
    assert asked.answer is not None
    assert asked.answer.document is None
    assert asked.answer.missing == asked.heard[-1].note == f"given up after failures: it is {words}"
    assert [one.accepted for one in asked.heard] == [False, False, True]
    assert asked.rest_s > 0
    assert Asked(text(words), request=big, refused=(f"it is {words}",)).asked == 2
    assert Asked(text(words), request=big, attempts=2).asked == 2
    passing = Asked(text(words), text(words), text("good"), request=big).answer
    assert passing is not None
    assert (passing.document, passing.missing) == ("good", "")


def test_throttling_and_doubts_are_no_failures_that_a_crawl_is_told_of() -> None:
    """They pass, or are believed."""
    big = Request("7", "/page", told_after=1, doubt=lambda document: "it is odd" if document == "odd" else None)
    asked = Asked(text("throttled"), text("throttled"), text("odd"), request=big)
    assert asked.answer is not None
    assert (asked.answer.document, asked.asked) == ("odd", 6)


def test_a_lookup_completes_the_request() -> None:
    """It is made first, kept as one, and what is kept of the request is as it was before."""
    request = Request(
        "7",
        "/users/name",
        lookup=Request("7?", "/lookup"),
        complete=lambda request, document: Request(request.key, f"/users/{document}"),
    )
    asked = Asked(text("12"), text("good"), request=request)
    assert asked.answer is not None
    assert asked.answer.document == "good"
    assert [(one.request.key, one.is_lookup, one.accepted) for one in asked.heard] == [
        ("7?", True, True),
        ("7", False, True),
    ]
    assert asked.heard[1].url.endswith("/users/name")


def test_a_lookup_that_finds_nobody_is_an_answer() -> None:
    """Nothing more is asked."""

    def nobody(request: Request, document: Json) -> Request:
        raise NotFound("there is nobody")

    request = Request("7", "/page", may_be_missing=True, lookup=Request("7?", "/lookup"), complete=nobody)
    asked = Asked(text("0"), request=request)
    assert asked.answer is not None
    assert asked.answer.missing == "there is nobody"
    assert asked.asked == 1
    assert asked.heard[-1].reply is None


def test_says_is_json() -> None:
    """The server of these tests answers in JSON where it is told to."""
    assert says({"a": 1}).body == b'{"a": 1}'
