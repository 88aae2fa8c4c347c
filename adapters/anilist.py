"""AniList: its anime, its users' lists and its reviews, over GraphQL.

The one rule: AniList answers with GraphQL errors, with HTML and with statuses that mean several things; what
was said decides, and then the status.

Its terms allow no mass collection without AniList's consent: whoever runs this against the real service sees
to that. The pace is AniList's own, read from its headers, up to one request
in two seconds.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence

from adapters.anilist_anime import anime_records, crawl_anime, forecast_anime
from adapters.anilist_lists import crawl_lists, forecast_lists, list_records, redact_lists, says_nothing
from adapters.anilist_pages import IDS
from adapters.anilist_parts import PARTS
from adapters.anilist_reviews import crawl_reviews, forecast_reviews, redact_reviews, review_records
from adapters.base import Json, Manners, Reply, Request, Source, Stream
from adapters.errors import (
    AdapterError,
    Garbled,
    Misunderstood,
    NotFound,
    Private,
    Refused,
    Throttled,
    Unavailable,
)

#: What messages mean, whatever status they come with.
_MEANINGS: Sequence[tuple[str, type[AdapterError]]] = (
    (r"too many requests", Throttled),
    (r"private user", Private),
    (r"user not found|^not found\.?$", NotFound),
    (r"disabled|banned|blocked", Refused),
    (r"page depth|query complexity|cannot query field|unknown argument|syntax error", Misunderstood),
)
#: Statuses with which a block of ids is refused for its size; what fails in the making is asked for again first.
_TOO_BIG = frozenset((400, 413, 414, 431))
_LONGEST_RESET_S = 300.0


def read(reply: Reply, request: Request) -> Json:
    """The document in a reply.

    Raises:
        Throttled: on 429, however little it says.
        Unavailable: on 5xx, and on pages of HTML that do not say that we are unwelcome.
        Garbled: on what is no whole JSON, or nested without end; on a 200 with an error that is not known, no
            data, or a list of which nothing can be read.
        NotFound, Private: when AniList says so of a user; NotFound also for a block of ids that is too big.
        Refused: when AniList is switched off, or does not serve us.
        Misunderstood: on any other 4xx.
    """
    if reply.status == 429:
        raise Throttled("too many requests", _until_reset(reply))
    if reply.status in _TOO_BIG and request.may_be_missing and request.key.startswith(IDS):
        raise NotFound(f"the block of ids is refused (status {reply.status})")
    if reply.status >= 500:
        raise Unavailable(f"status {reply.status}")
    document = _parsed(reply)
    errors = document.get("errors")
    if errors or reply.status != 200:
        raise _meaning(reply, errors)
    data = document.get("data")
    if not isinstance(data, Mapping) or all(value is None for value in data.values()):
        raise Garbled("the answer has no data")
    if says_nothing(document):
        raise Garbled("a list of which no entry has an id")
    return document


def _parsed(reply: Reply) -> Mapping[str, Json]:
    """The JSON object in a reply."""
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError) as problem:
        if reply.body.lstrip()[:1] == b"<" and reply.status not in (401, 403):
            # AniList itself answers in JSON: a page is from something in between.
            raise Unavailable(f"a page of HTML (status {reply.status})") from problem
        if reply.status in (200, 404):
            raise Garbled(f"the answer is no whole JSON (status {reply.status})") from problem
        raise _of_status(reply.status, _excerpt(reply.body)) from problem
    if isinstance(document, Mapping):
        return document
    raise Garbled(f"the answer is a {type(document).__name__}, not an object")


def _meaning(reply: Reply, errors: Json) -> AdapterError:
    """The exception that errors of GraphQL amount to."""
    listed = [one for one in errors if isinstance(one, Mapping)] if isinstance(errors, list) else []
    messages = [str(one.get("message", "")) for one in listed]
    text = "; ".join(messages)[:500]
    for pattern, kind in _MEANINGS:
        if any(re.search(pattern, message, re.IGNORECASE) for message in messages):
            return kind(text)
    if reply.status != 200:
        return _of_status(reply.status, text)
    return Garbled(f"an error in a 200: {text}")


def _of_status(status: int, text: str) -> AdapterError:
    """The exception for a status that no known message explains."""
    if status in (401, 403):
        return Refused(f"status {status}: {text}")
    return Misunderstood(f"status {status}: {text}")


def _excerpt(body: bytes) -> str:
    """The beginning of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", body[:2000].decode("utf-8", "replace")).split())[:200]


def _until_reset(reply: Reply) -> float | None:
    """Seconds until AniList's own reset; None where it does not say or the time has passed."""
    stated = reply.headers.get("x-ratelimit-reset", "")
    wait = float(stated) - time.time() if stated.isdecimal() else 0.0
    return min(wait, _LONGEST_RESET_S) if wait > 0 else None


SOURCE = Source(
    name="anilist",
    base_url="https://graphql.anilist.co",
    streams={
        "anime": Stream("anime", crawl_anime, anime_records, forecast_anime, parts=PARTS),
        "lists": Stream("lists", crawl_lists, list_records, forecast_lists, redact_lists),
        "reviews": Stream("reviews", crawl_reviews, review_records, forecast_reviews, redact_reviews),
    },
    # Of 90 requests a minute 30 are left at present, and some clients were told off above 25. Where 90 are stated,
    # a second limit that is not stated, on bursts, was met by 28 requests in 12 seconds: hence two seconds for each.
    manners=Manners(per_minute=25.0, limit_header="x-ratelimit-limit", most_per_minute=30.0, throttled_wait_s=60.0),
    read=read,
    headers={"Content-Type": "application/json", "Accept": "application/json"},
)
