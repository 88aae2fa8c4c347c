"""MyAnimeList's anime as its API knows them: whole nodes, rankings, seasons and search.

The one rule: every list is in a fixed order, ties by id, so that pages neither repeat nor lose a row.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from demo.randomness import Draws
from demo.services.overlay import Overlay
from demo.sources.myanimelist import RELATION
from demo.world import World

Node = dict[str, Any]
#: What only the details of one anime tell.
DETAILS = ("pictures", "background", "related_anime", "related_manga", "recommendations", "statistics")
SEASONS = ("winter", "spring", "summer", "fall")
#: The share of anime in no ranking and no season: pending entries that details by id alone give.
UNLISTED = 0.015
MEDIA = {"tv": ("tv",), "ova": ("ova",), "movie": ("movie",), "special": ("special", "tv_special")}
STATUS = {"airing": "currently_airing", "upcoming": "not_yet_aired"}
RANKINGS = ("all", *STATUS, *MEDIA, "bypopularity", "favorite")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "other")
SHARES = {"watching": 0.08, "completed": 0.62, "on_hold": 0.05, "dropped": 0.06, "plan_to_watch": 0.19}


class Catalogue:
    """The anime there are now; safe to share between threads.

    Attributes:
        unlisted: ids of the anime that no ranking and no season names.
    """

    def __init__(self, world: World, overlay: Overlay) -> None:
        self._world, self._overlay, self._teller = world, overlay, world.sources["myanimelist"]
        rows = self._teller.rows()
        chosen = Draws(world.seed, "myanimelist service", len(world.catalogue)).chance("unlisted", UNLISTED)
        self._rows = {int(self._teller.ids[row]): row for row in rows}
        self._numbers = list(self._rows)
        self.unlisted = frozenset(number for number, row in self._rows.items() if chosen[row])
        self._lock = threading.Lock()
        self._seen_at = -1
        self._nodes: dict[int, Node] = {}
        self._orders: dict[str, list[int]] = {}

    def nodes(self) -> Mapping[int, Node]:
        """All anime by id with what lists may tell, in the order of ids. Not to be changed by the caller."""
        with self._lock:
            changes = self._overlay.changes("myanimelist")
            if changes != self._seen_at:
                self._nodes = {int(record["id"]): self._listed(record) for record in self._records()}
                self._orders = {}
                self._seen_at = changes
            return self._nodes

    def details(self, number: int) -> Node | None:
        """One anime with everything; None where there is none of this id."""
        node = self.nodes().get(number)
        if node is None:
            return None
        row = self._rows.get(number)
        return {
            **node,
            "pictures": [node["main_picture"]] if "main_picture" in node else [],
            "background": "",
            "related_anime": node.get("related_anime") or ([] if row is None else self._related(row)),
            "related_manga": [],
            "recommendations": self._recommendations(number),
            "statistics": _statistics(node["num_list_users"]),
        }

    def ranking(self, kind: str) -> list[int]:
        """The ids of one ranking, the best first."""
        return self._order(f"ranking {kind}", lambda nodes: _ranking(nodes, kind))

    def season(self, year: int, season: str, sort: str) -> list[int]:
        """The ids of what starts in a season, and of series that go on from an earlier one.

        Args:
            year: of the season.
            season: winter is January to March.
            sort: ``anime_score`` or ``anime_num_list_users``, both highest first.
        """
        return self._order(f"season {year} {season} {sort}", lambda nodes: _season(nodes, year, season, sort))

    def search(self, words: str) -> list[int]:
        """The ids of anime with these words in a title, by popularity."""
        wanted, nodes = words.casefold(), self.nodes()
        found = [number for number, node in nodes.items() if wanted in _titles(node).casefold()]
        return sorted(found, key=lambda number: (nodes[number]["popularity"], number))

    def _records(self) -> list[Node]:
        return self._overlay.records("myanimelist")

    def _order(self, name: str, make: Callable[[Mapping[int, Node]], list[int]]) -> list[int]:
        nodes = self.nodes()
        with self._lock:
            orders = self._orders
        if name not in orders:
            listed = {number: node for number, node in nodes.items() if number not in self.unlisted}
            orders[name] = make(listed)
        return orders[name]

    def _listed(self, record: Node) -> Node:
        """A record with the fields that the recordings lack."""
        users = record["num_list_users"]
        node = {**record, "num_favorites": users // 90 + int(10 * record.get("mean", 0))}
        if "start_season" in record and record["status"] == "currently_airing":
            day = DAYS[record["id"] % len(DAYS)]
            node["broadcast"] = {"day_of_the_week": day} | ({"start_time": "23:30"} if day != "other" else {})
        return node

    def _related(self, row: int) -> list[Node]:
        """The related anime of a record that was not recorded with its details."""
        related = []
        for other, relation in self._teller.anime(row).relations:
            if self._teller.catalogued[other]:
                formatted = RELATION[relation]
                kind = formatted.lower().replace(" ", "_").replace("-", "_")
                node = {"id": int(self._teller.ids[other]), "title": self._teller.title(other).romaji}
                related.append({"node": node, "relation_type": kind, "relation_type_formatted": formatted})
        return related

    def _recommendations(self, number: int) -> list[Node]:
        """A few others that readers name beside this one; not always any."""
        nodes, found = self.nodes(), []
        for step in range(1, 1 + number % 4):
            other = nodes.get(self._numbers[(number * 31 + step * 97) % len(self._numbers)])
            if other is not None and other["id"] != number:
                found.append({"node": {"id": other["id"], "title": other["title"]}, "num_recommendations": 4 - step})
        return found


def _statistics(users: int) -> Node:
    """How many have it on which list; these counts come as text."""
    status = {state: str(int(users * share)) for state, share in SHARES.items()}
    return {"status": status, "num_list_users": users}


def _titles(node: Node) -> str:
    names = node.get("alternative_titles", {})
    return "\n".join([node["title"], names.get("en", ""), names.get("ja", ""), *names.get("synonyms", [])])


def _ranking(nodes: Mapping[int, Node], kind: str) -> list[int]:
    chosen = list(nodes.values())
    if kind in STATUS:
        chosen = [node for node in chosen if node["status"] == STATUS[kind]]
    if kind in MEDIA:
        chosen = [node for node in chosen if node["media_type"] in MEDIA[kind]]
    if kind == "all":
        chosen = [node for node in chosen if "rank" in node]
    if kind in ("bypopularity", "upcoming"):
        chosen.sort(key=lambda node: (node["popularity"], node["id"]))
    elif kind == "favorite":
        chosen.sort(key=lambda node: (-node["num_favorites"], node["id"]))
    else:
        chosen.sort(key=lambda node: (node.get("rank", 10**9), node["id"]))
    return [node["id"] for node in chosen]


def _season(nodes: Mapping[int, Node], year: int, season: str, sort: str) -> list[int]:
    begin = f"{year:04d}-{3 * SEASONS.index(season) + 1:02d}"
    chosen = [
        node
        for node in nodes.values()
        if node.get("start_season") == {"year": year, "season": season} or _goes_on(node, begin)
    ]
    key = "mean" if sort == "anime_score" else "num_list_users"
    return [node["id"] for node in sorted(chosen, key=lambda node: (-node.get(key, 0), node["id"]))]


def _goes_on(node: Node, begin: str) -> bool:
    """Whether a series of an earlier season still runs when the month of this one begins."""
    if "start_season" not in node or node.get("start_date", begin)[:7] >= begin:
        return False
    return node.get("end_date", "")[:7] > begin or ("end_date" not in node and node["status"] == "currently_airing")
