"""Asks a source politely until it has answered, or until it is clear why it does not.

The one rule: whatever arrives is handed to `on_reply` before it is used, so that it can be kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from adapters.base import Answer, Json, Reply, Request
from adapters.charsets import in_utf8
from adapters.errors import Garbled, Misunderstood, Outage, Refused, Retriable, Skippable, Throttled
from adapters.headers import stated_wait
from adapters.http import Session, method_of

#: How often an answer that is doubtful in one way is asked for again before it is taken as it is.
CONFIRMATIONS = 3
#: How often in all, where it is doubtful in one way after the other.
_MOST_DOUBTS = 12
#: The note of a reply that was doubted begins with this; what follows says why.
_IN_DOUBT = "in doubt: "
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


def ask(session: Session, request: Request, on_reply: OnReply, refused: Sequence[str] = ()) -> Answer:
    """The source's answer, asked for as often as is polite.

    Args:
        session: asks the source.
        request: what is asked.
        on_reply: told about every reply.
        refused: the notes of replies to this request that an interrupted run could not use: they count as well.

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
    return _Asking(session, request, sent, on_reply, refused).answer()


def _completed(session: Session, request: Request, on_reply: OnReply) -> Request:
    """The request as it goes out, after the lookup that it needs; a session makes each lookup once."""
    if request.lookup is None or request.complete is None:
        return request

    def keep(heard: Heard) -> None:
        on_reply(replace(heard, is_lookup=True))

    name = (request.lookup.path, request.lookup.params)
    if name not in session.looked_up:
        session.looked_up[name] = _Asking(session, request.lookup, request.lookup, keep).answer().document
    return request.complete(request, session.looked_up[name])


class _Doubtful(Garbled):
    """A whole answer that may not be the whole truth."""

    def __init__(self, reason: str) -> None:
        super().__init__(_IN_DOUBT + reason)


class _Asking:
    """One request until it has its answer."""

    def __init__(
        self, session: Session, request: Request, sent: Request, on_reply: OnReply, refused: Sequence[str] = ()
    ) -> None:
        self.session, self.request, self.sent, self.on_reply = session, request, sent, on_reply
        self.failures = self.complaints = 0
        doubts = [note.removeprefix(_IN_DOUBT) for note in refused if note.startswith(_IN_DOUBT)]
        self.doubts = Counter(doubts)
        self.failures_before = len(refused) - len(doubts)
        self.throttled_s = 0.0

    def answer(self) -> Answer:
        """The accepted answer."""
        while True:
            reply: Reply | None = None
            try:
                reply = self.session.exchange(self.sent)
                self._obey(reply)
                reply = in_utf8(reply)
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
                if self._is_told(problem):
                    self._pause()
                    return self._accept(reply, None, f"given up after failures: {problem}")
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
        # A source that answers, however oddly, is well: its next turn is soon enough.
        if not isinstance(problem, _Doubtful):
            self._pause()

    def _pause(self) -> None:
        """Leave the source alone for a while, longer after each failure."""
        manners = self.session.manners
        usual = manners.first_wait_s * 2.0 ** max(0, self.failures - 1)
        self.session.pace.pause(self.session.jitter(min(usual, manners.most_wait_s)))

    def _is_told(self, problem: Retriable) -> bool:
        """Whether the crawl is told of this failure, rather than the source asked once more or given up."""
        most = self.request.told_after
        if most is None or isinstance(problem, Throttled | _Doubtful):
            return False
        return self.failures_before + self.failures + 1 >= min(most, self.session.manners.attempts)

    def _slow_down(self, problem: Throttled, asked_for: float | None) -> None:
        """Wait as long as the source says, or as is usual, and ask it less often after that."""
        session, manners = self.session, self.session.manners
        self.complaints += 1
        session.throttles += problem.may_be_refusal
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
        return Answer(self.request, document, missing, moment, None if reply is None else reply.status)

    def _hear(self, reply: Reply | None, accepted: bool, note: str, document: Json = None) -> datetime:
        """Pass on what came; returns when."""
        now = datetime.now(UTC)
        request = self.request
        url = self.session.url(request)
        self.on_reply(Heard(request, method_of(request), url, reply, now, accepted, False, note, document))
        return now
