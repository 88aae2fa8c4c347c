"""How a raw asset asks its service: plan from what is known, then crawl without holding the warehouse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from adapters.base import Plan, Source, User
from adapters.crawling import Ended, Progress, crawl
from adapters.errors import Outage
from adapters.http import Session
from adapters.privacy import Hasher, installation_salt, read_users
from adapters.services import SERVICES
from warehouse.files import directory_lock
from warehouse.home import Home
from warehouse.responses import ResponseLog, open_log

Say = Callable[[str], None]
#: Sources whose users' lists can be read.
LIST_SOURCES = tuple(name for name, source in SERVICES.items() if "lists" in source.streams)
#: Progress is told first after so long, and then ever less often: each time after this share more.
_FIRST_TOLD_S, _TOLD_AGAIN = 10.0, 1.25


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
        ranges: the years to read instead of what is due, by source: a backfill.
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
    today: date | None = None

    def asks(self, source: str, stream: str) -> bool:
        """Whether this stream is read from its service."""
        if source not in self.services or source not in SERVICES or stream not in SERVICES[source].streams:
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

    Raises:
        Refused, Misunderstood, LoopDetected: what was read is kept; a person has to act.
        LandingError: when another process crawls the same stream.
    """
    # One process at a time asks a source: its pace is kept within a process.
    with directory_lock(home.landing / source), open_log(home, source, stream) as log:
        if planned.plan is None and log.unfinished is None:
            return Crawled()
        plan = planned.plan or Plan(kind="refresh", today=crawling.now().date())
        if log.unfinished is not None:
            say(f"going on with the crawl of {source} {stream} that was interrupted")
            plan = replace(plan, users=planned.users)
        with _session(crawling, source, say) as session:
            return _crawl(session, crawling, stream, plan, log, planned.forecast, say)


def _crawl(
    session: Session, crawling: Crawling, stream: str, plan: Plan, log: ResponseLog, forecast: int, say: Say
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
            on_progress=_Teller(f"{source.name} {stream}", say),
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
        first_wait_s=usual.first_wait_s / times,
        most_wait_s=usual.most_wait_s / times,
        throttled_wait_s=usual.throttled_wait_s / times,
        timeout_s=max(usual.timeout_s / times, 2.0),
        most_throttled_s=max(usual.most_throttled_s / times, 30.0),
    )
    return replace(source, manners=manners)


class _Teller:
    """Says now and then how far a crawl is, and how long the rest is likely to take."""

    def __init__(self, what: str, say: Say) -> None:
        self.what, self.say = what, say
        self._due_s = _FIRST_TOLD_S

    def __call__(self, progress: Progress) -> None:
        """Take in the progress after one answer."""
        if progress.seconds < self._due_s:
            return
        self._due_s = max(progress.seconds + _FIRST_TOLD_S, progress.seconds * _TOLD_AGAIN)
        fetched = progress.answered - progress.replayed
        rest = max(0, progress.forecast - progress.answered)
        of = f" of about {progress.forecast:,}" if progress.forecast >= progress.answered else ""
        left = f", about {rest * progress.seconds / fetched / 60:.0f} min left" if fetched and rest else ""
        self.say(f"{self.what}: {progress.answered:,}{of} requests, {progress.records:,} records{left}")
