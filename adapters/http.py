"""All HTTP of the project: one session for a source, one exchange at a time, each in its turn.

What to make of a reply, and whether to ask again, is decided in `asking`.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Self

from adapters.addresses import host_in, is_same_host, joined
from adapters.base import Json, Reply, Request, Source
from adapters.errors import Misunderstood, Outage, Unavailable
from adapters.pace import pace_of

if TYPE_CHECKING:
    # At run time it is imported where it is used: a quarter of a second that only those pay who ask a service.
    import requests

#: What an answer may hold at most; more is no answer of any source.
_MOST_BYTES = 200_000_000
_BLOCK_BYTES = 65_536
#: An answer that trickles in for longer than this many time limits has failed as well.
_SLOWEST_ANSWER = 6
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 3

#: Told about a wait that is longer than the usual pace: seconds, and what for.
OnWait = Callable[[float, str], None]


def user_agent(contact: str) -> str:
    """Who we are, and where a service's operators reach whoever runs this installation."""
    return f"osusume/{version('osusume')}" + (f" (+{contact})" if contact else "")


def plain_session(contact: str) -> requests.Session:
    """A connection that says who we are and sends nothing else of ours: no cookies, no passwords of ~/.netrc."""
    import requests

    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # An authentication of our own, which does nothing, keeps passwords of ~/.netrc from being sent.
    session.auth = lambda prepared: prepared
    # It works out where redirections lead even where it is not to follow them, and stumbles over what is no address.
    session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]  # noqa: ARG005 - its own name
    session.headers.update({"User-Agent": user_agent(contact)})
    return session


def _silent(seconds: float, reason: str) -> None:
    """Tells nobody."""


class Session:
    """The way to one source: one connection and one pace.

    Attributes:
        source: which one.
        base_url: where it is asked, without a closing slash.
        pace: how fast; all sessions of a process that ask the same address at the same rate share it.
        sent: HTTP requests so far, repeated and redirected ones included.
        has_succeeded: whether the source has answered this session with a document yet.
        throttles: how often in a row the source has asked for fewer requests in a way that may mean our key.
        looked_up: the documents that lookups gave, by path and query, so that the pages of a list share one.
    """

    def __init__(
        self,
        source: Source,
        *,
        base_url: str | None = None,
        contact: str = "",
        key: str | None = None,
        per_minute: float | None = None,
        on_wait: OnWait = _silent,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: random.Random | None = None,
    ) -> None:
        """A session that has not connected yet.

        Args:
            source: which one.
            base_url: where it is asked; None = where it lives.
            contact: an address or page that goes into the User-Agent.
            key: the operator's key, for sources that have a key header.
            per_minute: requests a minute that somebody chose; None = the source's own pace.
            on_wait: told about waits.
            clock: seconds that only go forward.
            sleep: waits so many seconds.
            chance: where jitter comes from.

        Raises:
            Misunderstood: when the base URL is no address.
        """
        self.source, self.manners = source, source.manners
        self.base_url = (base_url or source.base_url).rstrip("/")
        rate = per_minute or source.manners.per_minute
        self.pace = pace_of(self.base_url, rate, per_minute or source.manners.most_per_minute, clock, sleep)
        self.sent = self.throttles = 0
        self.has_succeeded = False
        self.looked_up: dict[tuple[str, tuple[tuple[str, str], ...]], Json] = {}
        self._on_wait = on_wait
        self._chance = chance or random.Random()  # noqa: S311 - it only spreads retries in time
        self._http = plain_session(contact)
        self._http.headers.update(source.headers)
        if key and source.key_header:
            self._http.headers[source.key_header] = key
        self._check_address()

    def __enter__(self) -> Self:
        """The session itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._http.close()

    def setting(self, what: str) -> str:
        """The name of a setting of this source, for messages."""
        return f"OSUSUME_{self.source.name.upper()}_{what}"

    def url(self, request: Request) -> str:
        """The whole address of a request."""
        import requests

        address = self.base_url + request.path
        return requests.Request("GET", address, params=list(request.params)).prepare().url or address

    def exchange(self, request: Request) -> Reply:
        """What came back to one attempt, made when its turn has come; redirections take turns of their own.

        Raises:
            Unavailable: when no whole answer came.
            Misunderstood: when the source sends us to another host, or in circles.
            Outage: when the source wants no request for longer than anybody waits.
        """
        method, url, body = method_of(request), self.url(request), _body_of(request)
        for _ in range(1 + _MOST_REDIRECTS):
            reply = self._in_turn(method, url, body)
            if reply.status not in _REDIRECTS or "location" not in reply.headers:
                return reply
            url = self._redirected(reply)
            if reply.status == 303:
                # "See other" is the one that asks for a GET (RFC 9110, section 15.4.4); the others repeat the request.
                method, body = "GET", None
        raise Misunderstood(f"{self.source.name} at {self.base_url} redirects in circles; check {self.setting('URL')}")

    def _check_address(self) -> None:
        """Raise Misunderstood unless the base URL is an address."""
        try:
            self.url(Request(""))
        except OSError as problem:  # all errors of requests are
            raise Misunderstood(
                f"{self.base_url!r} is no address of {self.source.name}; correct {self.setting('URL')}"
            ) from problem

    def jitter(self, seconds: float) -> float:
        """About so many seconds, so that many clients do not come back at once."""
        return seconds * self._chance.uniform(0.5, 1.5)

    def _in_turn(self, method: str, url: str, body: bytes | None) -> Reply:
        """One HTTP exchange when its turn has come."""
        if (rest := self.pace.rest_s()) > self.manners.most_throttled_s:
            raise Outage(
                f"{self.source.name} at {self.base_url} wants no request for another {rest / 60:,.0f} minutes. "
                f"What was read is kept; run again later to go on from there"
            )
        waiting = self.pace.pending_s()
        if waiting > max(5.0, 2 * self.pace.interval_s):
            self._on_wait(waiting, f"{self.source.name} is given time")
        self.pace.wait()
        self.sent += 1
        reply = self._transfer(method, url, body)
        stated = reply.headers.get(self.manners.limit_header or "", "").strip()
        if stated.isdecimal():
            self.pace.state_limit(float(stated))
        return reply

    def _transfer(self, method: str, url: str, body: bytes | None) -> Reply:
        """One HTTP exchange."""
        from urllib3.exceptions import HTTPError

        headers = {} if body is None else {"Content-Type": "application/json"}
        limit_s, started = self.manners.timeout_s, time.monotonic()
        try:
            with self._http.request(
                method, url, data=body, headers=headers, timeout=limit_s, allow_redirects=False, stream=True
            ) as response:
                content = bytearray()
                # read1 hands over what has arrived; read would wait for a whole block, however slowly it trickles in.
                while block := response.raw.read1(_BLOCK_BYTES, decode_content=True):
                    content += block
                    if len(content) > _MOST_BYTES or time.monotonic() - started > _SLOWEST_ANSWER * limit_s:
                        raise Unavailable(f"the answer has no end ({len(content):,} bytes so far)")
                names = {name.lower(): value for name, value in response.headers.items()}
                return Reply(response.status_code, names, bytes(content), url)
        except (HTTPError, HTTPException, OSError) as problem:  # errors of requests are OSErrors
            raise Unavailable(without_address(problem)) from problem

    def _redirected(self, reply: Reply) -> str:
        """Where a redirection leads, on the same host."""
        target = joined(reply.url, reply.headers["location"])
        if not is_same_host(self.base_url, target):
            raise Misunderstood(
                f"{self.source.name} has moved from {self.base_url} to {host_in(target) or 'nowhere'}; "
                f"if that is right, set {self.setting('URL')} to its address"
            )
        return target


def method_of(request: Request) -> str:
    """POST for requests with a body."""
    return "GET" if request.body is None else "POST"


def without_address(problem: BaseException) -> str:
    """What went wrong, without the address: that may hold the name of a user."""
    inner = problem
    while inner.__context__ is not None:
        inner = inner.__context__
    words = inner.strerror if isinstance(inner, OSError) and inner.strerror else ""
    return f"no whole answer ({type(problem).__name__}{f': {words}' if words else ''})"


def _body_of(request: Request) -> bytes | None:
    """The JSON body of a POST."""
    return None if request.body is None else json.dumps(request.body).encode()
