"""How a raw asset asks its service: plan from what is known, then crawl without holding the warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from adapters.base import Plan, Source, User
from adapters.crawling import Ended, Line, crawl
from adapters.errors import Outage
from adapters.http import Session
from adapters.privacy import Hasher, installation_salt, read_users
from adapters.replaying import remind
from adapters.services import SERVICES
from assets.telling import Say, Teller, Waiting
from warehouse.home import Home
from warehouse.responses import ResponseLog, is_crawl_open, open_log
from warehouse.servicelock import Recent, service_turn

__all__ = ["LIST_SOURCES", "Crawled", "Crawling", "Planned", "Say", "ServiceAccess", "read_asked", "read_service"]

#: Sources whose users' lists can be read.
LIST_SOURCES = tuple(name for name, source in SERVICES.items() if "lists" in source.streams)
#: A full crawl of Jikan takes an hour, and there may be several runs before one.
QUEUE_TIMEOUT_S = 6 * 3600.0


@dataclass(frozen=True)
class ServiceAccess:
    """How one service is reached.

    Attributes:
        base_url: where.
        per_minute: requests a minute that somebody chose; None = the source's own pace.
        key: the operator's key; None where none is needed.
    """

    base_url: str
    per_minute: float | None = None
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Crawling:
    """What a run may ask, and as whom; nothing at all by default.

    Attributes:
        services: the services that are asked, by source.
        contact: goes into the User-Agent.
        users_file: the users whose lists are read; None = nobody's.
        hash_users: whether users are kept under a hash.
        salt_file: where the installation's salt lies, or will.
        once: whether one crawl of a stream is enough for ever, since its world does not change.
        hurry: how many times faster than real services these run; 1 = real ones.
        ranges: the years to read instead of what is due, by source: a backfill of a source without partitions.
        refreshes: whether what is due is read; a backfill has landed its partitions before, and only loads them.
        queue_timeout_s: how long to wait for other runs that ask the same service.
        today: the day as the services count; None = the real one.
    """

    services: Mapping[str, ServiceAccess] = field(default_factory=dict)
    contact: str = ""
    users_file: Path | None = None
    hash_users: bool = True
    salt_file: Path = Path("salt")
    once: bool = False
    hurry: float = 1.0
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    refreshes: bool = True
    queue_timeout_s: float = QUEUE_TIMEOUT_S
    today: date | None = None

    def asks(self, source: str, stream: str) -> bool:
        """Whether the raw asset of this stream reads it from its service."""
        if (
            not self.refreshes
            or source not in self.services
            or source not in SERVICES
            or stream not in SERVICES[source].streams
        ):
            return False
        if self.ranges:
            return source in self.ranges and stream == "anime"
        return stream != "lists" or self.users_file is not None

    def hasher(self, source: str) -> Hasher:
        """Who names of the source's users become."""
        return Hasher(source, installation_salt(self.salt_file), self.hash_users)

    def users(self, source: str) -> tuple[User, ...]:
        """The users whose lists are read at this source.

        Raises:
            RecordingError: when their file cannot be read.
        """
        if self.users_file is None:
            return ()
        hasher = self.hasher(source)
        return tuple(hasher.user(name) for name in read_users(self.users_file, LIST_SOURCES).get(source, ()))

    def now(self) -> datetime:
        """The time, on the services' day."""
        real, today = datetime.now(UTC), self.today
        return real if today is None else datetime.combine(today, real.timetz())


@dataclass(frozen=True)
class Planned:
    """What a crawl is to read.

    Attributes:
        plan: the next crawl; None = nothing is due.
        forecast: how many requests it is likely to take.
        users: everybody whose list is wanted at this source, due or not: an interrupted crawl may need them.
    """

    plan: Plan | None = None
    forecast: int = 0
    users: tuple[User, ...] = ()


@dataclass(frozen=True)
class Crawled:
    """What came of asking a service.

    Attributes:
        ended: the crawl, where it came to its end; None where nothing was due or the service is out.
        outage: why the service could not be read to the end; '' otherwise.
        requests: HTTP requests that were sent.
    """

    ended: Ended | None = None
    outage: str = ""
    requests: int = 0


def read_service(home: Home, crawling: Crawling, source: str, stream: str, planned: Planned, say: Say) -> Crawled:
    """Crawl one stream, or end the crawl that was interrupted; its responses are landed when this returns.

    A plan of a partition has nothing to do with what was interrupted of others.

    Raises:
        Refused, Misunderstood, LoopDetected: what was read is kept; a person has to act.
        LandingError: when a user is just being taken out of the stream.
        LockTimeout: when other runs did not finish asking the service in time.
    """
    if planned.plan is None and not is_crawl_open(home, source, stream):
        # Nothing to ask: no need to wait for hours until others have asked.
        return Crawled()
    partition = planned.plan.partition if planned.plan else None
    purpose = f"crawl of {source} {stream}" + (f" {partition}" if partition else "")
    with (
        service_turn(home, source, purpose, crawling.queue_timeout_s, Waiting(say)) as recent,
        open_log(home, source, stream, partition) as log,
    ):
        if planned.plan is None and log.unfinished is None:
            return Crawled()
        plan = planned.plan or Plan(kind="refresh", today=crawling.now().date())
        if log.unfinished is not None:
            say(f"going on with the crawl of {source} {stream} that was interrupted")
            plan = replace(plan, users=planned.users)
        with _session(crawling, source, say) as session:
            for line in recent.of_others():
                remind(session.pace, line)
            return _crawl(session, crawling, stream, plan, _Noted(log, recent), planned.forecast, say)


def read_asked(
    home: Home,
    crawling: Crawling,
    source: str,
    stream: str,
    planned: Planned,
    is_other: Callable[[Plan, Plan], str],
    say: Say,
) -> Crawled:
    """As `read_service`, and once more where that has only ended an interrupted crawl of something else.

    Args:
        home: where it lands.
        crawling: who may be asked, and how.
        source: whom.
        stream: for what.
        planned: the crawl that is asked for.
        is_other: says what the crawl that ended was instead of the planned one; '' = what was asked for.
        say: told how far it is.
    """
    crawled = read_service(home, crawling, source, stream, planned, say)
    if crawled.ended and planned.plan and (other := is_other(crawled.ended.plan, planned.plan)):
        say(f"{source} {stream}: what was interrupted was {other}")
        crawled = read_service(home, crawling, source, stream, planned, say)
    return crawled


def _crawl(
    session: Session, crawling: Crawling, stream: str, plan: Plan, log: _Noted, forecast: int, say: Say
) -> Crawled:
    """Crawl to the end, or as far as the service answers."""
    source = session.source
    try:
        ended = crawl(
            session,
            source.streams[stream],
            plan,
            log,
            hide=crawling.hasher(source.name).subject,
            forecast=forecast,
            on_progress=Teller(f"{source.name} {stream}", say),
        )
    except Outage as problem:
        return Crawled(outage=str(problem), requests=session.sent)
    return Crawled(ended, requests=session.sent)


def _session(crawling: Crawling, source: str, say: Say) -> Session:
    """The way to a service, as the settings want it."""
    access = crawling.services[source]
    return Session(
        hurried(SERVICES[source], crawling.hurry),
        base_url=access.base_url,
        contact=crawling.contact,
        key=access.key,
        per_minute=access.per_minute,
        on_wait=lambda seconds, why: say(f"waiting {seconds:.0f} s: {why}"),
    )


def hurried(source: Source, times: float) -> Source:
    """The source with manners for a service whose limits are so many times higher; 1 leaves it alone."""
    if times == 1.0:
        return source
    usual = source.manners
    manners = replace(
        usual,
        per_minute=usual.per_minute * times,
        most_per_minute=usual.most_per_minute and usual.most_per_minute * times,
        first_wait_s=usual.first_wait_s / times,
        most_wait_s=usual.most_wait_s / times,
        throttled_wait_s=usual.throttled_wait_s / times,
        timeout_s=max(usual.timeout_s / times, 2.0),
        most_throttled_s=max(usual.most_throttled_s / times, 30.0),
    )
    return replace(source, manners=manners)


class _Noted:
    """A log whose responses are made known to those who ask the same service next."""

    def __init__(self, log: ResponseLog, recent: Recent) -> None:
        self._log, self._recent = log, recent
        self.begin, self.seal = log.begin, log.seal

    @property
    def unfinished(self) -> Line | None:
        """The first line of the crawl that is open; None where there is none."""
        return self._log.unfinished

    def responses(self) -> Iterator[Line]:
        """The responses kept so far, in order."""
        return self._log.responses()

    def append(self, line: Line) -> None:
        """Keep one response."""
        self._log.append(line)
        self._recent.note(line)
