"""The promises that every source keeps, as tests to inherit, and a log that lies in memory.

A test class for a source names it, gives a page for each stream, and answers requests as the source would.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import pytest

from adapters.base import Answer, CrawlEnd, Json, Manners, Plan, Reply, Request, Source, Stream
from adapters.crawling import Line, crawl
from adapters.errors import Misunderstood, NotFound, Retriable, Throttled, Unavailable
from adapters.http import Session
from tests.adapters.loopback import FAULTS, HTML, FakeTime, Loopback, Seen, Step, says

TODAY = date(2024, 5, 17)
MOMENT = datetime(2024, 5, 17, 12, tzinfo=UTC)
MOST_REQUESTS = 2000


class MemoryLog:
    """A log in memory.

    Attributes:
        header: the first line of the crawl that is open; None where there is none.
        lines: its responses.
        calls: what was done to it, in order.
        sealed: the last line of the crawl that was ended.
        killed_after: responses after which appending one raises KeyboardInterrupt, as a kill would; None = never.
    """

    def __init__(self, header: Line | None = None, lines: Sequence[Line] = ()) -> None:
        self.header, self.lines = header, list(lines)
        self.calls: list[str] = []
        self.sealed: Line | None = None
        self.killed_after: int | None = None

    @property
    def unfinished(self) -> Line | None:
        """The first line of the interrupted crawl."""
        return self.header

    def begin(self, header: Line) -> None:
        """Start a crawl."""
        self.calls.append("begin")
        self.header = json.loads(json.dumps(header))

    def responses(self) -> Iterator[Line]:
        """The responses so far."""
        return iter(list(self.lines))

    def append(self, line: Line) -> None:
        """Keep a response, as it would be read again."""
        if self.killed_after is not None and len(self.lines) >= self.killed_after:
            raise KeyboardInterrupt
        self.calls.append("append")
        self.lines.append(json.loads(json.dumps(line)))

    def seal(self, end: Line) -> None:
        """End the crawl."""
        self.calls.append("seal")
        self.sealed = json.loads(json.dumps(end))


def hidden(text: str) -> str:
    """What names a person, as it may be kept."""
    return f"hash{sum(map(ord, text))}"


def reply_of(document: Json, status: int = 200, **headers: str) -> Reply:
    """A reply in JSON."""
    named = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, json.dumps(document).encode(), "http://127.0.0.1/")


def swift(source: Source) -> Source:
    """The source with manners that a fake clock makes short, and time limits for the loopback interface."""
    usual = source.manners
    manners = Manners(
        per_minute=usual.per_minute,
        limit_header=usual.limit_header,
        attempts=usual.attempts,
        throttled_wait_s=usual.throttled_wait_s,
        timeout_s=5.0,
    )
    return replace(source, manners=manners)


class SourceContract:
    """What every source promises.

    Attributes:
        source: the one under test.
        plans: for each stream the plans that it is read by.
        pages: for each stream one answer with records, one of them null where the source sends lists.
        counts: how many records each of these pages has.
        names: for personal streams, the texts in `pages` that name a person.
        misunderstood: statuses that say that our request is wrong.
        not_found: a reply that says that there is no such thing.
        throttled: replies that ask for fewer requests, beside 429.
    """

    source: ClassVar[Source]
    plans: ClassVar[Mapping[str, Sequence[Plan]]]
    pages: ClassVar[Mapping[str, Json]]
    counts: ClassVar[Mapping[str, int]]
    names: ClassVar[Mapping[str, Sequence[str]]] = {}
    misunderstood: ClassVar[Sequence[int]] = (400,)
    not_found: ClassVar[Reply] = reply_of({"error": "not found"}, 404)
    throttled: ClassVar[Sequence[Reply]] = ()

    def respond(self, stream: str, request: Request) -> Json:
        """What the source says to a request (or lookup); None = there is no such thing. A pure function."""
        raise LookupError(f"{type(self).__name__} does not say how its source answers")

    def streams(self) -> list[tuple[Stream, Plan]]:
        """Every stream with every plan."""
        return [(self.source.streams[name], plan) for name, plans in self.plans.items() for plan in plans]

    def first_requests(self) -> list[Request]:
        """The first request of every crawl."""
        return [next(stream.crawl(plan)) for stream, plan in self.streams()]

    def drive(
        self, stream: Stream, plan: Plan, *, redacted: bool = False
    ) -> tuple[list[Request], CrawlEnd, list[Json]]:
        """A crawl answered by `respond`: its requests, its end, its records."""
        running, asked, records = stream.crawl(plan), [], []
        try:
            request = next(running)
            while len(asked) < MOST_REQUESTS:
                asked.append(request)
                document = self.respond(stream.name, request)
                if redacted and stream.redact and document is not None:
                    document = json.loads(json.dumps(stream.redact(document, hidden)))
                records += [] if document is None else stream.records(document)
                missing = "no such thing" if document is None else ""
                request = running.send(Answer(request, document, missing, MOMENT))
        except StopIteration as stopped:
            return asked, stopped.value, records
        raise AssertionError(f"{stream.name} has no end")

    def test_it_introduces_itself(self) -> None:
        """Its address is an https one without a closing slash, and streams are called what they are."""
        assert self.source.base_url.startswith("https://")
        assert not self.source.base_url.endswith("/")
        assert all(name == stream.name for name, stream in self.source.streams.items())
        assert set(self.plans) == set(self.pages) == set(self.counts) == set(self.source.streams)

    def test_its_manners_are_good(self) -> None:
        """It is asked at most once a second or so, several times, with patience and with time limits."""
        manners = self.source.manners
        assert 0 < manners.per_minute <= 90
        assert 3 <= manners.attempts <= 12
        assert 0 < manners.first_wait_s <= manners.most_wait_s <= 300
        assert manners.throttled_wait_s >= 5
        assert 5 <= manners.timeout_s <= 120
        assert manners.most_throttled_s >= 300

    def test_a_forecast_is_a_positive_number(self) -> None:
        """Whatever is known of the source, a crawl takes a request."""
        for stream, plan in self.streams():
            for known, years in ((0, {}), (1, {2001: 1}), (30_000, dict.fromkeys(range(1960, 2025), 400) | {0: 500})):
                assert stream.forecast(plan, known, years) >= 1

    def test_a_crawl_comes_to_its_end_and_asks_each_page_once(self) -> None:
        """Keys are unique within a crawl, and say nothing about whom a page is."""
        for stream, plan in self.streams():
            asked, end, records = self.drive(stream, plan)
            keys = [request.key for request in asked]
            assert len(set(keys)) == len(keys)
            assert not [key for key in keys for user in plan.users if user.name in key]
            assert records
            assert isinstance(end, CrawlEnd)

    def test_a_crawl_is_a_function_of_its_plan_and_its_answers(self) -> None:
        """Driven twice it asks the same and ends the same; on redacted answers as well."""
        for stream, plan in self.streams():
            asked, end, records = self.drive(stream, plan)
            assert self.drive(stream, plan) == (asked, end, records)
            asked_again, end_again, records_again = self.drive(stream, plan, redacted=True)
            assert (asked_again, end_again) == (asked, end)
            assert len(records_again) == len(records)

    def test_records_leave_out_what_is_none(self) -> None:
        """Records are objects; nulls are left out, and a strange document has none."""
        for name, stream in self.source.streams.items():
            records = stream.records(self.pages[name])
            assert len(records) == self.counts[name] > 0
            assert all(isinstance(record, Mapping) for record in records)
            for odd in ({}, {"data": None}, {"data": []}, {"data": [None]}, {"data": "x"}):
                assert list(stream.records(odd)) == []

    def test_what_is_kept_names_nobody(self) -> None:
        """A redacted page has as many records, none of the names, and the page itself is left alone."""
        for name, texts in self.names.items():
            stream, page = self.source.streams[name], self.pages[name]
            assert stream.redact is not None
            before = deepcopy(page)
            kept = stream.redact(page, hidden)
            assert page == before
            assert len(stream.records(kept)) == self.counts[name]
            assert not [text for text in texts if text in json.dumps(kept, ensure_ascii=False)]
            assert [text for text in texts if text in json.dumps(page, ensure_ascii=False)]

    def test_a_good_reply_is_read(self) -> None:
        """The document comes out as it went in."""
        for name, page in self.pages.items():
            stream = self.source.streams[name]
            request = next(stream.crawl(self.plans[name][0]))
            assert self.source.read(reply_of(page), request) == page

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    @pytest.mark.parametrize("body", [HTML, b'{"status":500,"message":"Internal"}', b""])
    def test_a_fault_of_the_server_passes(self, status: int, body: bytes) -> None:
        """5xx is Unavailable, whatever comes with it."""
        for request in self.first_requests():
            with pytest.raises(Unavailable):
                self.source.read(Reply(status, {"content-type": "text/html"}, body, ""), request)

    @pytest.mark.parametrize("body", [HTML, b"", b'{"data": [{"id": 1, "ti', b"\xff\xfe{"])
    def test_a_good_status_makes_no_good_answer(self, body: bytes) -> None:
        """A page of HTML or half an answer is asked for again."""
        for request in self.first_requests():
            with pytest.raises(Retriable) as caught:
                self.source.read(Reply(200, {"content-type": "application/json"}, body, ""), request)
            assert not isinstance(caught.value, Throttled)

    @pytest.mark.parametrize("body", [b"null", b"[1, 2]", b'"x"', b"7"])
    def test_an_answer_is_an_object(self, body: bytes) -> None:
        """Other JSON is not taken for an answer."""
        for request in self.first_requests():
            with pytest.raises((Retriable, Misunderstood)):
                self.source.read(Reply(200, {"content-type": "application/json"}, body, ""), request)

    @pytest.mark.parametrize("body", [b"Too Many Requests", b'{"status":429}', b'{"status":"429","error":null}', HTML])
    def test_too_many_requests_is_understood(self, body: bytes) -> None:
        """429 is Throttled, whatever comes with it."""
        for request in self.first_requests():
            with pytest.raises(Throttled):
                self.source.read(Reply(429, {}, body, ""), request)
        for reply in self.throttled:
            with pytest.raises(Throttled):
                self.source.read(reply, self.first_requests()[0])

    def test_what_is_not_there_is_an_answer(self) -> None:
        """The source's way to say it is NotFound."""
        with pytest.raises(NotFound):
            self.source.read(self.not_found, self.first_requests()[0])

    def test_a_wrong_request_is_not_repeated(self) -> None:
        """Statuses that blame the request are Misunderstood."""
        for status in self.misunderstood:
            with pytest.raises(Misunderstood):
                self.source.read(reply_of({"error": "bad request"}, status), self.first_requests()[0])

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_crawl_gets_over_every_fault(self, fault: str) -> None:
        """With a fault before each page, over real HTTP, every record comes exactly as without."""
        for stream, plan in self.streams():
            _, end, records = self.drive(stream, plan, redacted=True)
            ended, log = crawl_over_http(self, stream, plan, [FAULTS[fault]])
            assert ended == end
            assert records_in(stream, log) == records

    def test_a_killed_crawl_goes_on(self) -> None:
        """Killed while it keeps its last reply, it asks for that page again, for no other, and ends the same."""
        for stream, plan in self.streams():
            asked, end, records = self.drive(stream, plan, redacted=True)
            log = MemoryLog()
            log.killed_after = len(asked) - 1
            with pytest.raises(KeyboardInterrupt):
                crawl_over_http(self, stream, plan, [], log)
            log.killed_after = None
            ended, log = crawl_over_http(self, stream, plan, [], log)
            assert ended == end
            assert records_in(stream, log) == records
            assert sum(line["accepted"] and not line["lookup"] for line in log.lines) == len(asked)


def crawl_over_http(
    contract: SourceContract, stream: Stream, plan: Plan, faults: Sequence[Step], log: MemoryLog | None = None
) -> tuple[CrawlEnd, MemoryLog]:
    """Crawl a server that answers as the contract says, after these faults for each request."""
    log = log or MemoryLog()
    asking: list[Request] = []

    def watched(plan: Plan) -> Any:
        running = stream.crawl(plan)
        request = next(running)
        while True:
            asking.append(request)
            answer = yield request
            try:
                request = running.send(answer)
            except StopIteration as stopped:
                return stopped.value

    left: dict[tuple[str, str], list[Step]] = {}

    def answer(seen: Seen) -> Step:
        request = asking[-1]
        if request.lookup is not None and session.url(request.lookup) == server.url + seen.path:
            request = request.lookup
        rest = left.setdefault((asking[-1].key, request.key), list(faults))
        if rest:
            return rest.pop(0)
        document = contract.respond(stream.name, request)
        if document is None:
            missing = contract.not_found
            return Step(missing.status, missing.body, dict(missing.headers))
        return says(document)

    time = FakeTime()
    with Loopback(answer) as server:
        session = Session(swift(contract.source), base_url=server.url, key="k", clock=time.clock, sleep=time.sleep)
        with session:
            ended = crawl(session, replace(stream, crawl=watched), plan, log, hide=hidden)
    return ended.end, log


def records_in(stream: Stream, log: MemoryLog) -> list[Json]:
    """The records in the answers of a log, as a table would get them."""
    records: list[Json] = []
    for line in log.lines:
        if line["accepted"] and not line["lookup"] and not line["note"]:
            records += stream.records(json.loads(line["body"]))
    return records
