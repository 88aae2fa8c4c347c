"""Jikan v4 over the generated world: MyAnimeList's records as read off its pages, caches and outages included.

The one rule: lists come from the service's own index, one anime from a cache of the page; each says so in its headers.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

from demo.randomness import Draws
from demo.schedule import TODAY
from demo.services.base import Call, Reply, Service
from demo.services.jikan_query import Page, ValidationError, flag, read_filter, read_order, read_page
from demo.services.jikan_records import SITE, anime, relations
from demo.services.jikan_reviews import Reviews
from demo.services.myanimelist_catalogue import SEASONS, Catalogue, Node
from demo.services.overlay import Overlay
from demo.world import World

PENDING = 0.01  # of the entries: MyAnimeList has not confirmed them
TOPS = ("airing", "upcoming", "bypopularity", "favorite")
NO_CONNECTION = "Jikan failed to connect to MyAnimeList. MyAnimeList may be down/unavailable or refuses to connect"
QUERY_HEADERS = {"Cache-Control": "private, must-revalidate", "expires": "-1", "pragma": "no-cache"}
Json = Mapping[str, object]


class CallError(Exception):
    """A call that the service cannot answer.

    Attributes:
        status: the HTTP status.
        kind: the service's name for the trouble.
        message: what it says.
    """

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(f"{status} {kind}: {message}")
        self.status, self.kind, self.message = status, kind, message


def not_found() -> CallError:
    """The refusal of a path that is no route."""
    return CallError(404, "HttpException", "Not Found")


class JikanService(Service):
    """The stand-in for Jikan.

    Attributes:
        outage: when true, every call gets 504, as in the outages of the public host.
        upstream: what MyAnimeList does to pages that are not cached: ``failing`` gives 500, ``throttling`` a
            429 whose status is a number; lists from the index are not touched by it.
        etags: whether answers carry an ETag and are not sent again to who has them.
        pending: ids of entries that lists show with `unapproved` only.
    """

    name = "jikan"
    prefix = "/jikan/v4"

    def __init__(self, world: World, overlay: Overlay) -> None:
        self.outage = False
        self.upstream: Literal["well", "failing", "throttling"] = "well"
        self.etags = False
        self._catalogue = Catalogue(world, overlay)
        self._reviews = Reviews(world)
        rows = world.sources["myanimelist"].rows()
        ids = world.sources["myanimelist"].ids
        pending = Draws(world.seed, "jikan service", len(world.catalogue)).chance("pending", PENDING)
        self.pending = frozenset(int(ids[row]) for row in rows if pending[row])
        self._told: dict[int, tuple[Node, str]] = {}

    def answer(self, call: Call) -> Reply:
        """The reply to a call; reading only."""
        try:
            if self.outage:
                raise CallError(504, "BadResponseException", NO_CONNECTION)
            if call.method not in ("GET", "HEAD"):
                raise CallError(405, "HttpException", "Method Not Allowed")
            body, headers = self._answer(call, call.path.rstrip("/"))
        except ValidationError as refused:
            return _refusal(400, "ValidationException", {"messages": refused.messages}, "Invalid or incomplete request")
        except CallError as error:
            return _refusal(error.status, error.kind, {"message": error.message}, None)
        return self._sent(call, body.encode(), headers)

    def _answer(self, call: Call, path: str) -> tuple[str, Mapping[str, str]]:
        """The body, and how long it may be kept."""
        if path == "/anime":
            return self._index(call), QUERY_HEADERS
        if path == "/top/anime":
            return self._listed(read_page(call), self._top(call)), QUERY_HEADERS
        self._read_upstream()
        headers = _cache_headers(path)
        if path == "/reviews/anime":
            return _json(self._reviews.of_all(read_page(call).number)), headers
        if path.startswith("/seasons"):
            return self._seasons(call, path), headers
        if found := re.fullmatch(r"/anime/([0-9]{1,9})(?:/(full|relations|reviews))?", path):
            return self._anime(call, int(found[1]), found[2] or ""), headers
        raise not_found()

    def _read_upstream(self) -> None:
        if self.upstream == "failing":
            raise CallError(500, "UpstreamException", "Request to MyAnimeList.net failed")
        if self.upstream == "throttling":
            raise CallError(429, "RateLimitException", "Jikan is being rate limited by MyAnimeList.")

    def _index(self, call: Call) -> str:
        """The whole list. Without an order it is not at rest: a row comes twice, another one falls between pages."""
        page, wanted, order = read_page(call), read_filter(call), read_order(call)
        hidden = frozenset() if flag(call, "unapproved") else self.pending
        nodes = [node for number, node in self._catalogue.nodes().items() if number not in hidden and wanted(node)]
        numbers = [node["id"] for node in (nodes if order is None else _sorted(nodes, *order))]
        if order is None and page.number % 2 == 0:
            numbers = numbers[:1] + numbers[:-1]
        return self._listed(page, numbers)

    def _listed(self, page: Page, numbers: Sequence[int]) -> str:
        """One page of anime, with what there is to know of the others."""
        first = (page.number - 1) * page.limit
        shown = [told for number in numbers[first : first + page.limit] if (told := self._text(number))]
        pagination = {
            "last_visible_page": max(1, -(-len(numbers) // page.limit)),
            "has_next_page": first + page.limit < len(numbers),
            "current_page": page.number,
            "items": {"count": len(shown), "total": len(numbers), "per_page": page.limit},
        }
        return f'{{"pagination":{_json(pagination)},"data":[{",".join(shown)}]}}'

    def _top(self, call: Call) -> list[int]:
        kind = call.param("filter")
        if kind is not None and kind not in TOPS:
            raise ValidationError({"filter": ["The selected filter is invalid."]})
        return self._catalogue.ranking(kind or "all")

    def _seasons(self, call: Call, path: str) -> str:
        if path == "/seasons":
            years: dict[int, set[str]] = defaultdict(set)
            for node in self._catalogue.nodes().values():
                if season := node.get("start_season"):
                    years[season["year"]].add(season["season"])
            data = [
                {"year": year, "seasons": [season for season in SEASONS if season in years[year]]}
                for year in sorted(years, reverse=True)
            ]
            return _json({"pagination": {"last_visible_page": 1, "has_next_page": False}, "data": data})
        if path == "/seasons/upcoming":
            return self._listed(read_page(call), self._catalogue.ranking("upcoming"))
        now = f"/seasons/{TODAY.year}/{SEASONS[(TODAY.month - 1) // 3]}"
        found = re.fullmatch(
            r"/seasons/([0-9]{4})/(winter|spring|summer|fall)", now if path == "/seasons/now" else path
        )
        if found is None:
            raise not_found()
        numbers = self._catalogue.season(int(found[1]), found[2], "anime_num_list_users")
        return self._listed(read_page(call), numbers)

    def _anime(self, call: Call, number: int, part: str) -> str:
        told = self._text(number)
        if told is None:
            raise CallError(404, "BadResponseException", "Resource does not exist")
        if part == "reviews":
            spoilers, preliminary = flag(call, "spoilers", True), flag(call, "preliminary", True)
            page = read_page(call).number
            return _json(self._reviews.of_anime(number, page, spoilers=spoilers, preliminary=preliminary))
        if not part:
            return f'{{"data":{told}}}'
        related = relations(self._catalogue.details(number) or {"related_anime": []})
        if part == "relations":
            return _json({"data": related})
        site = [{"name": "Official Site", "url": f"{SITE}/official/{number}"}] if number % 3 else []
        more = {"relations": related, "theme": {"openings": [], "endings": []}, "external": site, "streaming": []}
        return _json({"data": {**json.loads(told), **more}})

    def _text(self, number: int) -> str | None:
        """One anime as JSON, kept until its record changes; None where there is none of this id."""
        node = self._catalogue.nodes().get(number)
        if node is None:
            return None
        kept = self._told.get(number)
        if kept is None or kept[0] is not node:
            kept = self._told[number] = (node, _json(anime(node, approved=number not in self.pending)))
        return kept[1]

    def _sent(self, call: Call, body: bytes, headers: Mapping[str, str]) -> Reply:
        told = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*", **headers}
        if not self.etags:
            return Reply(200, body, told)
        tag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        if call.headers.get("if-none-match") == tag:
            return Reply(304, b"", {"ETag": tag, **headers})
        return Reply(200, body, {**told, "ETag": tag})


def _sorted(nodes: Sequence[Node], field: str, descending: bool) -> list[Node]:
    """By one field, what lacks it last; ties by id."""
    there = [node for node in nodes if field in node]
    there.sort(key=lambda node: _sortable(node[field]), reverse=descending)
    return there + [node for node in nodes if field not in node]


def _sortable(value: object) -> tuple[str, float]:
    return ("", float(value)) if isinstance(value, int | float) else (str(value), 0.0)


def _cache_headers(path: str) -> dict[str, str]:
    """What a day's cache says; the first letter of the fingerprint decides whether it was a hit."""
    fingerprint = hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
    day = f"{TODAY:%a, %d %b %Y}"
    return {
        "Cache-Control": "public, s-maxage=86400",
        "Expires": f"{day} 23:41:24 GMT",
        "Last-Modified": f"{day} 06:41:24 GMT",
        "X-Request-Fingerprint": f"request:{path.split('/')[1]}:{fingerprint}",
        "X-Cache-Status": "HIT" if fingerprint < "8" else "MISS",
    }


def _refusal(status: int, kind: str, words: Json, error: str | None) -> Reply:
    body = _json({"status": status, "type": kind, **words, "error": error}).encode()
    return Reply(status, body, {"Content-Type": "application/json", "Cache-Control": "no-cache, private"})


def _json(document: Json) -> str:
    """As the service writes JSON: slashes and everything beyond ASCII escaped."""
    return json.dumps(document, separators=(",", ":")).replace("/", "\\/")
