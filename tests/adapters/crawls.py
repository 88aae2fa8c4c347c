"""Drives crawls without a network: requests out of the generator, answers out of a function."""

import json
import random
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.asking import CONFIRMATIONS
from adapters.base import Answer, CrawlEnd, Json, Reply, Request, Stream

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
#: Answers a request with a document, or with why there is none.
Ask = Callable[[Request], "Json | Missing"]


@dataclass(frozen=True)
class Missing:
    """An answer that says there is no such thing."""

    why: str
    status: int = 404


@dataclass
class Driven:
    """What a crawl asked, what it was told, and how it ended."""

    answers: list[Answer] = field(default_factory=list)
    asked: int = 0
    end: Any = None

    @property
    def keys(self) -> list[str]:
        """The requests' names, in order."""
        return [answer.request.key for answer in self.answers]


def drive(crawl: Generator[Request, Answer, Any], ask: Ask, landed: list[Answer] | None = None) -> Driven:
    """Run a crawl to its end; doubtful answers are asked for again, as the real client does.

    Args:
        crawl: the generator.
        ask: the source.
        landed: answers of an earlier run, used first.
    """
    driven = Driven()
    replay: Iterator[Answer] = iter(landed or [])
    try:
        request = next(crawl)
        while True:
            answer = next(replay, None) or _answer(request, ask, driven)
            assert answer.request == request
            driven.answers.append(answer)
            request = crawl.send(answer)
    except StopIteration as stopped:
        driven.end = stopped.value
    assert len(set(driven.keys)) == len(driven.keys), "a key names one page"
    return driven


def _answer(request: Request, ask: Ask, driven: Driven) -> Answer:
    for attempt in range(CONFIRMATIONS + 1):
        driven.asked += 1
        document = ask(request)
        if isinstance(document, Missing):
            assert request.may_be_missing
            return Answer(request, None, document.why, MOMENT, document.status)
        if request.doubt is None or request.doubt(document) is None or attempt == CONFIRMATIONS:
            return Answer(request, document, "", MOMENT)
    raise AssertionError


class Faulty:
    """A source that now and then sends the answer before once more, or a page without rows or links.

    Never more often in a row than a doubt is followed up.
    """

    def __init__(self, ask: Ask, seed: int, share: float = 0.3) -> None:
        self._ask, self._chance, self._share = ask, random.Random(seed), share
        self._before: Json = None
        self._run: dict[str, int] = {}

    def __call__(self, request: Request) -> Json:
        """The answer, or a wrong one."""
        run = self._run[request.key] = self._run.get(request.key, 0) + 1
        whole = self._ask(request)
        if isinstance(whole, Missing):
            return whole
        if run > CONFIRMATIONS or self._chance.random() >= self._share:
            self._before = whole
            return whole
        if "data" not in whole or (self._chance.random() < 0.5 and isinstance(self._before, Mapping)):
            return self._before or whole
        return {name: part for name, part in whole.items() if name not in ("data", "links", "paging")} | {"data": []}


def end_of(driven: Driven) -> CrawlEnd:
    """The end of a crawl that has one."""
    assert isinstance(driven.end, CrawlEnd)
    return driven.end


def reply(status: int, body: bytes = b"{}") -> Reply:
    """An HTTP reply."""
    return Reply(status, {}, body, "http://127.0.0.1/")


class FakeTime:
    """A clock that is moved on by whoever sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        """Seconds since the beginning."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Come back at once, later."""
        self.now += seconds


class MemoryLog:
    """A crawl's log in memory, which can be torn off after some lines."""

    def __init__(self) -> None:
        self.header: Mapping[str, Any] | None = None
        self.lines: list[Mapping[str, Any]] = []
        self.end: Mapping[str, Any] | None = None

    @property
    def unfinished(self) -> Mapping[str, Any] | None:
        """The first line of a crawl that was interrupted."""
        return self.header if self.end is None else None

    def begin(self, header: Mapping[str, Any]) -> None:
        """Start a crawl."""
        self.header, self.lines, self.end = json.loads(json.dumps(header)), [], None

    def responses(self) -> Iterator[Mapping[str, Any]]:
        """The responses kept so far."""
        return iter(list(self.lines))

    def append(self, line: Mapping[str, Any]) -> None:
        """Keep one response."""
        self.lines.append(json.loads(json.dumps(line)))

    def seal(self, end: Mapping[str, Any]) -> object:
        """End the crawl."""
        self.end = end
        return end

    def torn(self, lines: int) -> "MemoryLog":
        """The log as a kill after so many lines leaves it."""
        log = MemoryLog()
        log.header, log.lines = self.header, self.lines[:lines]
        return log

    def records(self, stream: Stream) -> list[Mapping[str, Any]]:
        """The records of the answers that count, as they are loaded from what was landed."""
        counted = [line for line in self.lines if line["accepted"] and not line["lookup"] and not line["note"]]
        return [record for line in counted for record in stream.records(json.loads(line["body"]))]
