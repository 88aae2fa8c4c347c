"""The ways in which a service fails now and then, drawn from a seed.

The one rule: whether an attempt fails, and how, follows from the seed, the request and how often it was made,
never from the clock or from what else goes on. The same request fails at most twice in a row, and what is
served instead is never a whole answer that nobody could doubt: a client that asks again gets everything.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from demo.services.base import Call, Reply
from demo.services.limits import ANILIST_THROTTLED, jikan_throttled, kitsu_throttled, myanimelist_throttled
from demo.services.spoiling import SPOILERS, Served

Manner = Literal["whole", "reset", "stall", "short"]
Answer = Callable[[Call], Reply]

#: How often in a row one request may fail.
MOST_IN_A_ROW = 2
#: Faults that any file or page can meet; the others need a JSON page.
FOR_ALL = ("error_json", "error_html", "html_instead", "reset", "stall", "short")
THROTTLED = ("throttled", "throttled_until")
FOR_PAGES = (*FOR_ALL, "cut", *THROTTLED, *SPOILERS)
_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_JSON = {"Content-Type": "application/json"}
_PAGE = b"<!DOCTYPE html>\n<html><head><title>%s</title></head><body><h1>%s</h1></body></html>\n"
_PAGE_OUTAGE = _PAGE % (b"503 Service Unavailable", b"Service Temporarily Unavailable")
_PAGE_WAIT = _PAGE % (b"Just a moment...", b"Checking your browser")


@dataclass(frozen=True)
class Sending:
    """A reply and how it reaches the client.

    Attributes:
        reply: what is sent.
        manner: `whole`; `reset` = the connection breaks instead; `stall` = nothing comes for a while and then
            the connection breaks; `short` = it breaks in the middle of the body.
    """

    reply: Reply
    manner: Manner = "whole"


class Faults:
    """Decides which attempts fail. Not safe to share between threads: the server asks it under a lock."""

    def __init__(self, share: float = 0.0, seed: int = 42) -> None:
        """Faults for this share (0-1) of all requests."""
        self._share = share
        self._seed = seed
        self._attempts: dict[str, int] = {}
        self._in_a_row: dict[str, int] = {}
        self._throttled: dict[str, str] = {}

    def draw(self, source: str, call: Call) -> str | None:
        """The kind of fault that this attempt meets; None for none.

        A 429 comes in bursts: the next attempt at the same request meets it too.
        """
        if self._share <= 0 or call.method == "HEAD":
            return None
        request = _fingerprint(source, call)
        attempt = self._attempts.get(request, 0)
        self._attempts[request] = attempt + 1
        chance = random.Random(f"{self._seed} {request} {attempt}")  # noqa: S311 - no secret
        kind: str | None = self._throttled.pop(request, None)
        if kind is None and self._in_a_row.get(request, 0) < MOST_IN_A_ROW and chance.random() < self._share:
            kind = chance.choice(FOR_ALL if source == "imdb" else FOR_PAGES)
            if kind in THROTTLED and not self._in_a_row.get(request):
                self._throttled[request] = kind
        self._in_a_row[request] = 0 if kind is None else self._in_a_row.get(request, 0) + 1
        return kind


def spoil(kind: str, source: str, call: Call, answer: Answer) -> Sending | None:
    """What comes instead of the answer to this call; None where this kind does not fit it.

    Args:
        kind: as drawn.
        source: whose service.
        call: the request.
        answer: the service's own answer to a call.
    """
    if kind in _INSTEAD:
        return Sending(_INSTEAD[kind])
    if kind in THROTTLED:
        return Sending(_throttled(source, kind == "throttled_until"))
    reply = answer(call)
    if kind in ("reset", "stall", "short"):
        return Sending(reply, kind)  # type: ignore[arg-type]
    if reply.status != 200 or not reply.body.startswith(b"{"):
        return None
    if kind == "cut":
        return Sending(Reply(200, reply.body[: len(reply.body) * 2 // 3], reply.headers))
    spoilt = SPOILERS[kind](Served(source, call, reply, answer))
    return None if spoilt is None else Sending(spoilt)


def _throttled(source: str, says_until: bool) -> Reply:
    """A 429, or what the source has in its place, as if others had used its limit up."""
    if source == "anilist":
        return Reply(429, ANILIST_THROTTLED, {**_JSON, "Retry-After": "1"})
    if source == "kitsu":
        plain = kitsu_throttled()
    else:
        plain = jikan_throttled() if source == "jikan" else myanimelist_throttled()
    return Reply(plain.status, plain.body, {**plain.headers, "Retry-After": "1"}) if says_until else plain


def _fingerprint(source: str, call: Call) -> str:
    """The same for equal requests, and for nothing else."""
    told = repr((source, call.method, call.path, call.query)).encode() + call.body
    return hashlib.blake2b(told, digest_size=16).hexdigest()


_INSTEAD = {
    "error_json": Reply(500, b'{"errors":[{"message":"Internal Server Error","status":500}],"data":null}', _JSON),
    "error_html": Reply(503, _PAGE_OUTAGE, _HTML),
    "html_instead": Reply(200, _PAGE_WAIT, _HTML),
}
