"""MyAnimeList's API v2 over the generated world, for whoever has a client id.

The one rule: nothing but id, title and picture is told unless `fields` names it, and what does not exist is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from demo.services.base import Call, Reply, Service
from demo.services.mal_fields import Fields, FieldsError, cut, read_fields
from demo.services.myanimelist_catalogue import DETAILS, RANKINGS, SEASONS, Catalogue, Node
from demo.services.overlay import Overlay
from demo.services.users import ListEntry, entries_of, users_of
from demo.world import World

HEADERS = {"Content-Type": "application/json; charset=UTF-8"}
STATES = {
    "watching": "watching",
    "completed": "completed",
    "on_hold": "on_hold",
    "dropped": "dropped",
    "planned": "plan_to_watch",
}
SEASON_SORTS = ("anime_score", "anime_num_list_users")
LIST_SORTS = ("list_score", "list_updated_at", "anime_title", "anime_start_date")
LIST_EXTRAS = {"num_times_rewatched": 0, "rewatch_value": 0, "priority": 0, "tags": [], "comments": ""}
UNKNOWN_DAY = 1_400_000_000  # an entry always has an update time: what the world does not know is old


class CallError(Exception):
    """A call that the service refuses.

    Attributes:
        status: the HTTP status.
        error: the service's word for it.
        message: more words, or ''.
    """

    def __init__(self, status: int, error: str, message: str = "") -> None:
        super().__init__(f"{status} {error} {message}")
        self.status, self.error, self.message = status, error, message


def invalid(name: str) -> CallError:
    """The refusal of a parameter's value."""
    return CallError(400, "bad_request", f"invalid {name}")


class MyAnimeListService(Service):
    """The stand-in for MyAnimeList's API.

    Attributes:
        unlisted: ids of the anime that no ranking and no season names; details by id give them.
    """

    name = "myanimelist"
    prefix = "/myanimelist/v2"

    def __init__(self, world: World, overlay: Overlay, client_id: str = "demo") -> None:
        self._world, self._client_id = world, client_id
        self._catalogue = Catalogue(world, overlay)
        self.unlisted = self._catalogue.unlisted
        self._users = {user.name.casefold(): user for user in users_of(world, self.name).values()}

    def answer(self, call: Call) -> Reply:
        """The reply to a call; one without the client id is forbidden without a word."""
        try:
            if call.headers.get("x-mal-client-id") != self._client_id:
                raise CallError(403, "forbidden")
            return _reply(200, self._document(call))
        except FieldsError:
            refused = invalid("fields")
        except CallError as error:
            refused = error
        return _reply(refused.status, {"message": refused.message, "error": refused.error})

    def _document(self, call: Call) -> Mapping[str, object]:
        if call.method not in ("GET", "HEAD") or call.path.startswith(("/users/@me", "/anime/suggestions")):
            raise CallError(401, "invalid_token", "token is invalid")
        fields = read_fields(call.param("fields") or "")
        if call.path == "/anime":
            return self._search(call, fields)
        if call.path == "/anime/ranking":
            return self._ranking(call, fields)
        if found := re.fullmatch(r"/anime/season/([0-9]{4})/(\w+)", call.path):
            return self._season(call, fields, int(found[1]), found[2])
        if found := re.fullmatch(r"/anime/([0-9]{1,9})", call.path):
            details = self._catalogue.details(int(found[1]))
            if details is not None:
                return cut(details, fields)
        if found := re.fullmatch(r"/users/([^/]+)/animelist", call.path):
            return self._list(call, fields, found[1])
        raise CallError(404, "not_found")

    def _search(self, call: Call, fields: Fields) -> Mapping[str, object]:
        words = (call.param("q") or "").strip()
        if len(words) < 3:
            raise invalid("q")
        return self._nodes(call, fields, self._catalogue.search(words), 100)

    def _ranking(self, call: Call, fields: Fields) -> Mapping[str, object]:
        kind = call.param("ranking_type") or "all"
        if kind not in RANKINGS:
            raise invalid("ranking_type")
        document = self._nodes(call, fields, self._catalogue.ranking(kind), 500)
        offset = _number(call, "offset", 0)
        for place, item in enumerate(document["data"], start=offset + 1):
            item["ranking"] = {"rank": place} | ({"previous_rank": place + 1} if place % 5 == 0 else {})
        return document

    def _season(self, call: Call, fields: Fields, year: int, season: str) -> Mapping[str, object]:
        sort = call.param("sort") or SEASON_SORTS[1]
        if sort not in SEASON_SORTS:
            raise invalid("sort")
        if season not in SEASONS:
            raise CallError(404, "not_found")
        document = self._nodes(call, fields, self._catalogue.season(year, season, sort), 500)
        return {**document, "season": {"year": year, "season": season}}

    def _nodes(self, call: Call, fields: Fields, numbers: Sequence[int], most: int) -> dict[str, Any]:
        """One page of anime; without `nsfw` only what is safe at work counts as a row."""
        nodes = self._catalogue.nodes()
        shows_all = _shows_all(call)
        numbers = [number for number in numbers if number in nodes and (shows_all or nodes[number]["nsfw"] == "white")]
        limit, offset = _page(call, most)
        data = [{"node": cut(nodes[number], fields, DETAILS)} for number in numbers[offset : offset + limit]]
        return {"data": data, "paging": _paging(call, limit, offset, len(numbers))}

    def _list(self, call: Call, fields: Fields, name: str) -> Mapping[str, object]:
        user = self._users.get(name.casefold())
        if user is None:
            raise CallError(404, "not_found")
        if user.is_private:
            raise CallError(403, "forbidden")
        status, sort = call.param("status"), call.param("sort") or "list_updated_at"
        if status is not None and status not in STATES.values():
            raise invalid("status")
        if sort not in LIST_SORTS:
            raise invalid("sort")
        items = [(entry, self._node(entry)) for entry in entries_of(self._world, self.name, user)]
        if status is not None:
            items = [item for item in items if _state(item[0]) == status]
        if not _shows_all(call):
            items = [item for item in items if item[1]["nsfw"] == "white"]
        items = _sorted(items, sort)
        limit, offset = _page(call, 1000)
        data = [self._item(entry, node, fields) for entry, node in items[offset : offset + limit]]
        return {"data": data, "paging": _paging(call, limit, offset, len(items))}

    def _node(self, entry: ListEntry) -> Node:
        """The anime of an entry; of one that the catalogue lacks, the little that a list shows."""
        node = self._catalogue.nodes().get(entry.anime_id)
        if node is not None:
            return node
        title = self._world.sources[self.name].title(entry.row).romaji
        is_adult = self._world.catalogue.anime[entry.row].is_adult
        return {"id": entry.anime_id, "title": title, "nsfw": "black" if is_adult else "white"}

    def _item(self, entry: ListEntry, node: Node, fields: Fields) -> dict[str, object]:
        item: dict[str, object] = {"node": cut(node, fields, DETAILS)}
        if "list_status" in fields:
            episodes = self._world.catalogue.anime[entry.row].episodes
            item["list_status"] = _list_status(entry, episodes, fields["list_status"])
        return item


def _state(entry: ListEntry) -> str:
    """Every entry has a status here: one that the viewer left blank follows from whether there is a score."""
    return STATES.get(entry.status, "completed" if entry.score else "plan_to_watch")


def _list_status(entry: ListEntry, episodes: int, fields: Fields) -> dict[str, object]:
    state = _state(entry)
    updated = datetime.fromtimestamp(entry.updated or UNKNOWN_DAY, UTC)
    status: dict[str, object] = {
        "status": state,
        "score": entry.score,
        "num_episodes_watched": {"completed": episodes, "plan_to_watch": 0}.get(state, episodes // 2),
        "is_rewatching": False,
        "updated_at": updated.isoformat(),
    }
    if state == "completed" and entry.updated and entry.number % 3 == 0:
        status["finish_date"] = (f"{updated:%Y-%m-%d}", f"{updated:%Y-%m}", f"{updated:%Y}")[entry.number // 3 % 3]
    return status | {name: value for name, value in LIST_EXTRAS.items() if name in fields}


def _sorted(items: list[tuple[ListEntry, Node]], sort: str) -> list[tuple[ListEntry, Node]]:
    """Titles from the first to the last, everything else from the highest to the lowest; ties by id."""
    items = sorted(items, key=lambda item: item[0].anime_id)
    if sort == "list_score":
        return sorted(items, key=lambda item: -item[0].score)
    if sort == "list_updated_at":
        return sorted(items, key=lambda item: -(item[0].updated or UNKNOWN_DAY))
    if sort == "anime_title":
        return sorted(items, key=lambda item: str(item[1]["title"]))
    return sorted(items, key=lambda item: str(item[1].get("start_date", "")), reverse=True)


def _shows_all(call: Call) -> bool:
    return (call.param("nsfw") or "").lower() in ("true", "1")


def _number(call: Call, name: str, usual: int) -> int:
    text = call.param(name) or str(usual)
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise invalid(name)
    return int(text)


def _page(call: Call, most: int) -> tuple[int, int]:
    limit = _number(call, "limit", 100)
    if not 1 <= limit <= most:
        raise invalid("limit")
    return limit, _number(call, "offset", 0)


def _paging(call: Call, limit: int, offset: int, count: int) -> dict[str, str]:
    """Where the pages before and after are, as whole addresses; {} where there is one page."""
    places = {"previous": max(0, offset - limit)} if offset else {}
    if offset + limit < count:
        places["next"] = offset + limit
    rest = [(name, value) for name, value in call.query if name != "offset"]
    address = call.base_url + call.path
    return {name: f"{address}?{urlencode([('offset', str(place)), *rest])}" for name, place in places.items()}


def _reply(status: int, document: Mapping[str, object]) -> Reply:
    """As the service writes JSON: slashes and everything beyond ASCII escaped."""
    return Reply(status, json.dumps(document, separators=(",", ":")).replace("/", "\\/").encode(), HEADERS)
