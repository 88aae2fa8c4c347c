"""Asks a source politely until it has answered, or until it is clear why it does not.

The one rule: whatever arrives is handed to `on_reply` before it is used, so that it can be kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from adapters.base import Answer, Json, Reply, Request
from adapters.errors import Garbled, Misunderstood, Outage, Refused, Retriable, Skippable, Throttled
from adapters.http import Session, method_of

#: How often an answer that is doubtful in one way is asked for again before it is taken as it is.
CONFIRMATIONS = 3
#: How often in all, where it is doubtful in one way after the other.
_MOST_DOUBTS = 12
#: A source that knows its clients by a key and asks the very first request to slow down so often means the key.
_THROTTLES_OF_A_BAD_KEY = 4
_LONGEST_THROTTLED_WAIT_S = 300.0


@dataclass(frozen=True)
class Heard:
    """One HTTP exchange as it can be kept.

    Attributes:
        request: what was asked, before a lookup completed it.
        method: GET or POST.
        url: the whole address of `request`.
        reply: what came; None when nothing whole came.
        fetched_at: when it had arrived, UTC.
        accepted: whether this is the answer that is used.
        is_lookup: whether it only serves to complete another request.
        note: why it was not accepted, or what the source says is missing; '' otherwise.
        document: the parsed JSON of an accepted reply; None otherwise.
    """

    request: Request
    method: str
    url: str
    reply: Reply | None
    fetched_at: datetime
    accepted: bool
    is_lookup: bool
    note: str
    document: Json = None


OnReply = Callable[[Heard], None]


def ask(session: Session, request: Request, on_reply: OnReply) -> Answer:
    """The source's answer, asked for as often as is polite.

    Raises:
        Outage: when the source goes on failing or throttling.
        Refused: when it does not serve us.
        Misunderstood: when it does not understand us, or we it.
    """
    try:
        sent = _completed(session, request, on_reply)
    except Skippable as problem:
        if not request.may_be_missing:
            raise Misunderstood(f"{session.source.name}, {request.key}: {problem}") from problem
        now = datetime.now(UTC)
        on_reply(Heard(request, method_of(request), session.url(request), None, now, True, False, str(problem)))
        return Answer(request, None, str(problem), now)
    return _Asking(session, request, sent, on_reply).answer()


def _completed(session: Session, request: Request, on_reply: OnReply) -> Request:
    """The request as it goes out, after the lookup that it needs."""
    if request.lookup is None or request.complete is None:
        return request

    def keep(heard: Heard) -> None:
        on_reply(replace(heard, is_lookup=True))

    looked_up = _Asking(session, request.lookup, request.lookup, keep).answer()
    return request.complete(request, looked_up.document)


class _Doubtful(Garbled):
    """A whole answer that may not be the whole truth."""


class _Asking:
    """One request until it has its answer."""

    def __init__(self, session: Session, request: Request, sent: Request, on_reply: OnReply) -> None:
        self.session, self.request, self.sent, self.on_reply = session, request, sent, on_reply
        self.failures = self.complaints = 0
        self.doubts: Counter[str] = Counter()
        self.throttled_s = 0.0

    def answer(self) -> Answer:
        """The accepted answer."""
        while True:
            reply: Reply | None = None
            try:
                reply = self.session.exchange(self.sent)
                self._obey(reply)
                document = self.session.source.read(reply, self.request)
                self._doubt(document)
            except Skippable as problem:
                if not self.request.may_be_missing:
                    self._hear(reply, False, str(problem))
                    raise Misunderstood(self._told(problem)) from problem
                self.session.throttles = 0
                self.session.pace.succeed()
                return self._accept(reply, None, str(problem))
            except Retriable as problem:
                self._hear(reply, False, str(problem))
                self._wait_after(problem, reply)
            except (Refused, Misunderstood) as problem:
                self._hear(reply, False, str(problem))
                raise type(problem)(self._told(problem)) from problem
            else:
                self.session.throttles, self.session.has_succeeded = 0, True
                self.session.pace.succeed()
                return self._accept(reply, document, "")

    def _doubt(self, document: Json) -> None:
        """Raise Garbled for an answer that may not be the whole truth, unless it was confirmed."""
        reason = self.request.doubt(document) if self.request.doubt else None
        # Only what is odd in the same way again and again is confirmed: one fault must not confirm another.
        if reason and self.doubts[reason] < CONFIRMATIONS and self.doubts.total() < _MOST_DOUBTS:
            self.doubts[reason] += 1
            raise _Doubtful(reason)

    def _obey(self, reply: Reply) -> None:
        """Leave the source alone for as long as it says, whatever else is made of the reply."""
        asked_for = stated_wait(reply)
        if asked_for is not None and reply.status >= 400:
            self.session.pace.obey(asked_for)

    def _wait_after(self, problem: Retriable, reply: Reply | None) -> None:
        """Put the next attempt off; raise a Fatal when there were enough."""
        if isinstance(problem, Throttled):
            self._slow_down(problem, stated_wait(reply))
            return
        manners = self.session.manners
        self.session.throttles = 0
        # Doubts have a count of their own: what the source repeats is true, however odd it is.
        self.failures += not isinstance(problem, _Doubtful)
        if self.failures >= manners.attempts:
            raise Outage(self._told(problem, f"{self.failures} attempts failed")) from problem
        usual = manners.first_wait_s * 2.0 ** max(0, self.failures - 1)
        self.session.pace.pause(self.session.jitter(min(usual, manners.most_wait_s)))

    def _slow_down(self, problem: Throttled, asked_for: float | None) -> None:
        """Wait as long as the source says, or as is usual, and ask it less often after that."""
        session, manners = self.session, self.session.manners
        self.complaints += 1
        session.throttles += 1
        if session.source.key_header and not session.has_succeeded and session.throttles >= _THROTTLES_OF_A_BAD_KEY:
            raise Refused(
                self._told(problem) + f". It may not know the client id: check {session.setting('CLIENT_ID')}"
            )
        growth = 2.0 ** min(self.complaints - 1, 30)
        stated = asked_for if asked_for is not None else problem.wait_s
        if stated is None:
            wait = session.jitter(min(manners.throttled_wait_s * growth, _LONGEST_THROTTLED_WAIT_S))
        else:
            # "At once" cannot be meant by a source that goes on complaining.
            wait = max(stated, min(manners.first_wait_s * growth, manners.most_wait_s))
        self.throttled_s += wait
        session.pace.complain(wait)
        if self.throttled_s > manners.most_throttled_s:
            raise Outage(self._told(problem, "it goes on asking for fewer requests")) from problem

    def _told(self, problem: Exception, what: str = "") -> str:
        """The problem with source and page, and what to do."""
        remedy = ". What was read is kept; run again later to go on from there" if what else ""
        middle = f" ({what})" if what else ""
        return (
            f"{self.session.source.name} at {self.session.base_url}, page {self.request.key}: {problem}{middle}{remedy}"
        )

    def _accept(self, reply: Reply | None, document: Json, missing: str) -> Answer:
        """Keep the reply as the answer and hand it over."""
        moment = self._hear(reply, True, missing, document)
        return Answer(self.request, document, missing, moment)

    def _hear(self, reply: Reply | None, accepted: bool, note: str, document: Json = None) -> datetime:
        """Pass on what came; returns when."""
        now = datetime.now(UTC)
        request = self.request
        url = self.session.url(request)
        self.on_reply(Heard(request, method_of(request), url, reply, now, accepted, False, note, document))
        return now


def stated_wait(reply: Reply | None) -> float | None:
    """Seconds that a reply's Retry-After asks for; None where it says nothing readable."""
    if reply is None:
        return None
    return wait_in(reply.headers, datetime.now(UTC))


def wait_in(headers: Mapping[str, str], received_at: datetime) -> float | None:
    """Seconds that a Retry-After asks for, counted from when it came; None where it says nothing readable.

    A date is read by the clock of the source where the reply has that too, so that ours may be wrong.
    Source: RFC 9110, section 10.2.3: a number of seconds or a date.

    Args:
        headers: of the reply, names in lower case.
        received_at: when it came, UTC.
    """
    words = headers.get("retry-after", "").strip()
    if words.replace(".", "", 1).isdecimal():
        return float(words)
    until, now = _moment(words), _moment(headers.get("date", ""))
    return None if until is None else max(0.0, (until - (now or received_at)).total_seconds())


def _moment(words: str) -> datetime | None:
    """An HTTP date, UTC; None where it is none."""
    try:
        return parsedate_to_datetime(words).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        # Not readable: the caller has another idea of when.
        return None


def header_subset(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers worth keeping with a landed response."""
    return {
        name: value
        for name, value in headers.items()
        if name in ("content-type", "date", "etag", "last-modified", "retry-after") or name.startswith("x-ratelimit")
    }
