"""What a source is made of: streams, the requests that read them, and the answers.

The one rule: a crawl is a generator of requests. It is told each answer and decides what to ask next from
nothing but its plan and these answers, so that landed answers take it to where it stopped, without the network.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

#: A parsed JSON document, or a part of one.
Json = Any
#: Looks at an answer and says why it may not be the whole truth; None = nothing is odd about it.
Doubt = Callable[[Json], str | None]
PlanKind = Literal["full", "refresh", "range", "users"]


@dataclass(frozen=True)
class Request:
    """One page to ask a source for.

    Attributes:
        key: names the page within its crawl, e.g. `2004@3`; the same in every run, and never a person's name.
        path: what follows the base URL; '' for the base URL itself.
        params: the query, in order.
        body: a JSON body, which makes it a POST; None for a GET.
        subject: whom the page is about, as it may be kept: a user's (hashed) name; None where about nobody.
        may_be_missing: whether "there is no such thing" is an answer here (`Answer.document` is None then).
        told_after: after so many failed attempts the crawl is told (`Answer.missing` says of what) and asks for
            less, say; None = the crawl ends there, and goes on from there in the next run.
        doubt: looks at the parsed answer; what it doubts is asked again a few times and then taken as it is.
        lookup: a request whose answer is needed to complete this one, e.g. a user's number. It is only made
            when this one really goes out; a landed answer to this one does without it.
        complete: makes the request to send from this one and the lookup's document. Raises Skippable where the
            lookup shows that there is nothing to be had.
    """

    key: str
    path: str = ""
    params: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Json] | None = None
    subject: str | None = None
    may_be_missing: bool = False
    told_after: int | None = None
    doubt: Doubt | None = field(default=None, compare=False)
    lookup: Request | None = field(default=None, compare=False)
    complete: Callable[[Request, Json], Request] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Answer:
    """What a source said to one request, or had said to it when the crawl was interrupted.

    Attributes:
        request: what was asked.
        document: the parsed JSON; None when `missing` says why there is none.
        missing: '' or, for requests that may be missing, what the source said: not found, private; for requests
            that are told about failures, what failed.
        fetched_at: when it was received, UTC.
        status: of the reply, None where there was none; words do not tell: users' names in them are replaced.
    """

    request: Request
    document: Json
    missing: str
    fetched_at: datetime
    status: int | None = None


@dataclass(frozen=True)
class CrawlEnd:
    """What a crawl that came to its end knows besides its records.

    Attributes:
        watermark: where the next refresh by update time starts, in the source's own clock and writing; None
            where the source has no update times or this crawl does not move it.
        gone: ids that were known before, were asked for by name, and that the source does not have any more.
        notes: facts for people, e.g. how many pages or private users there were.
    """

    watermark: str | None = None
    gone: tuple[str, ...] = ()
    notes: Mapping[str, int | str] = field(default_factory=dict)


#: Yields requests, is sent answers, returns how it ended.
Crawl = Generator[Request, Answer, CrawlEnd]


@dataclass(frozen=True)
class User:
    """Somebody whose list is read.

    Attributes:
        name: how the source calls them; only ever sent to the source.
        subject: how they are called in everything that is kept: the salted hash, or the name itself where
            the settings ask for it.
    """

    name: str = field(repr=False)
    subject: str


@dataclass(frozen=True)
class Plan:
    """What a crawl is to read.

    Attributes:
        kind: `full` = everything the source has; `refresh` = what has changed since the watermark, and the
            ids that are due; `range` = titles that started in certain years; `users` = lists of users.
        today: the day of the crawl, for seasons and years.
        watermark: of the last complete crawl, for `refresh`; None where there is none.
        years: first and last year, for `range`; for AniList's undated titles (0, 0).
        ids: ids to ask for one by one where lists do not give them: due for a look, or only known from others.
        known: ids that earlier crawls gave, for `full`: those that the lists do not give any more are asked
            for by name before they count as gone.
        users: for `users`.
        partition: for a `range`: the part that is read, by its name in the stream's `parts`; None = no certain one.
    """

    kind: PlanKind
    today: date
    watermark: str | None = None
    years: tuple[int, int] | None = None
    ids: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    users: tuple[User, ...] = ()
    partition: str | None = None


@dataclass(frozen=True)
class KnownTitle:
    """A record of the source that we have.

    Attributes:
        source_id: its id there.
        is_due: whether it is due for a look.
        start_year: when it started, as its source said last; None where that is not known.
        season: the season that its source counts it to, e.g. `1997-winter`; None where it names none.
    """

    source_id: str
    is_due: bool
    start_year: int | None = None
    season: str | None = None


@dataclass(frozen=True)
class Parts:
    """How a stream can be read part by part. All parts together give what a full crawl gives.

    Attributes:
        keys: the names of all parts on a day, in the order in which they are best read; a name keeps its meaning.
        of_years: the parts that hold what started from one year to another; all of them where the source cannot
            be asked by year.
        is_by_year: whether the source can be asked by year at all.
        plan: the crawl of one part on a day, from what is known of the source and the ids that others name.
        watermark: where a refresh starts once all parts were read since a moment.
        rest: the part that holds what the others do not show, so that it is planned after them; '' = there is none.
    """

    keys: Callable[[date], tuple[str, ...]]
    of_years: Callable[[int, int, date], tuple[str, ...]]
    is_by_year: bool
    plan: Callable[[str, date, Sequence[KnownTitle], Sequence[str]], Plan]
    watermark: Callable[[datetime], str]
    rest: str = ""


@dataclass(frozen=True)
class Reply:
    """One HTTP answer as it came: status, headers (names in lower case), and the decoded body's bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True)
class Stream:
    """One kind of thing a source tells.

    Attributes:
        name: `anime`, `lists` or `reviews`; also the landing folder.
        crawl: the requests that read it, for a plan.
        records: the records in one answer's document, in order, as JSON objects; nulls and strangers left out.
        redact: for personal streams: the document without what names a person. Told the document and a
            function that gives the salted hash of a text; must give a document that `records` reads alike.
        forecast: how many requests a plan will take, given how many records of the source are known (0 =
            nobody knows) and how many of them started in each year (0 = without a year).
        parts: how it can be read part by part; None where it is read as a whole only.
    """

    name: str
    crawl: Callable[[Plan], Crawl]
    records: Callable[[Json], Sequence[Mapping[str, Json]]]
    forecast: Callable[[Plan, int, Mapping[int, int]], int]
    redact: Callable[[Json, Callable[[str], str]], Json] | None = None
    parts: Parts | None = None


@dataclass(frozen=True)
class Manners:
    """How fast a source may be asked, and how patient one has to be with it.

    Attributes:
        per_minute: requests a minute to start with.
        limit_header: the response header that states the limit per minute; None where there is none.
        most_per_minute: requests a minute that are never exceeded, whatever the header states; None = what it states.
        attempts: how often one request is tried before the source counts as out.
        first_wait_s: the mean wait before the second attempt; it doubles up to `most_wait_s`, with jitter.
        most_wait_s: the longest wait between attempts.
        throttled_wait_s: the wait after being throttled by a source that does not say how long.
        timeout_s: seconds to wait for a connection and for each part of an answer.
        most_throttled_s: how long a crawl waits for a source that goes on throttling before it is out.
    """

    per_minute: float
    limit_header: str | None = None
    most_per_minute: float | None = None
    attempts: int = 8
    first_wait_s: float = 1.0
    most_wait_s: float = 60.0
    throttled_wait_s: float = 30.0
    timeout_s: float = 30.0
    most_throttled_s: float = 1800.0


@dataclass(frozen=True)
class Source:
    """One service.

    Attributes:
        name: as in settings, landing and tables.
        base_url: where it lives, when no setting says otherwise.
        streams: what it tells, by name.
        manners: how to ask it.
        read: the document in a reply, whose body is UTF-8 where it is text. Raises Retriable, Skippable or Fatal
            for what is none; it is told the request since some statuses mean different things for different requests.
        headers: sent with every request, beside the session's own.
        key_header: the header that carries the operator's key, where one is needed.
    """

    name: str
    base_url: str
    streams: Mapping[str, Stream]
    manners: Manners
    read: Callable[[Reply, Request], Json]
    headers: Mapping[str, str] = field(default_factory=dict)
    key_header: str | None = None
