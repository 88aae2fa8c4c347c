"""The lists of AniList's users: entries, the groups they are shown in, and scores in each owner's way.

The one rule: an entry is in every list it belongs to. One that is in a custom list may stand in a status list
as well, and one that is hidden there stands in its custom list alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from demo.services.anilist_errors import AniListError
from demo.services.anilist_media import in_order
from demo.services.overlay import Overlay, Record
from demo.services.users import ListEntry, ListUser, entries_of, users_of
from demo.world import World

#: At most so many entries of a user, the newest, can be had.
MOST_ENTRIES = 11_000
MOST_PER_CHUNK = 500
CUSTOM_LIST, UNSORTED = "Comfort shows", "Unsorted"
STATUS = {
    "watching": "CURRENT",
    "completed": "COMPLETED",
    "on_hold": "PAUSED",
    "dropped": "DROPPED",
    "planned": "PLANNING",
    "": None,
}
LIST_NAMES = {
    "CURRENT": "Watching",
    "COMPLETED": "Completed",
    "PAUSED": "Paused",
    "DROPPED": "Dropped",
    "PLANNING": "Planning",
}
_SORTS = {
    "MEDIA_ID": "mediaId",
    "UPDATED_TIME": "updatedAt",
    "ADDED_TIME": "createdAt",
    "SCORE": "points",
    "PROGRESS": "progress",
    "STATUS": "status",
    "MEDIA_POPULARITY": "mediaId",
}
#: The owner's way of scoring by how coarse it is in the world; every third of the finest uses decimals.
_FORMATS = ("POINT_100", "POINT_10", "POINT_5")
_NO_DATE = {"year": None, "month": None, "day": None}


class Lists:
    """Everybody's list on AniList."""

    def __init__(self, world: World, overlay: Overlay) -> None:
        self._world, self._overlay = world, overlay
        users = users_of(world, "anilist").values()
        self._by_name = {user.name.lower(): user for user in users}
        self._by_number = {user.number: user for user in users}
        self.entries = lru_cache(maxsize=256)(self._entries)

    def user(self, number: int | None, name: str | None, unknown: str = "User not found") -> ListUser:
        """The user of a number or a name.

        Raises:
            AniListError: 404, nobody is called that, or the profile is private.
        """
        found = self._by_number.get(number) if number is not None else self._by_name.get((name or "").lower())
        if found is None:
            raise AniListError(unknown, 404)
        if found.is_private:
            raise AniListError("Private User", 404)
        return found

    def profile(self, user: ListUser) -> Record:
        """The `User` object."""
        return {
            "id": user.number,
            "name": user.name,
            "siteUrl": f"https://anilist.example/user/{user.name}",
            "createdAt": int(self._world.people.joined[user.person]) * 86_400,
            "mediaListOptions": {
                "scoreFormat": self.score_format(user),
                "rowOrder": "score",
                "animeList": {"splitCompletedSectionByFormat": _splits(user), "customLists": [CUSTOM_LIST]},
            },
        }

    def score_format(self, user: ListUser) -> str:
        """How the user scores."""
        scale = int(self._world.people.scale[user.person])
        return "POINT_10_DECIMAL" if scale == 0 and user.number % 3 == 0 else _FORMATS[scale]

    def collection(self, args: Mapping[str, Any]) -> Record:
        """The `MediaListCollection` object: one chunk of a user's list, newest entries first, in groups.

        Raises:
            AniListError: the arguments do not name a user and a type, or the user cannot be shown.
        """
        number, name = args.get("userId"), args.get("userName")
        if number is None and name is None:
            raise AniListError("Either userId or userName is required")
        if args.get("type") is None:
            raise AniListError("The type of the list is required")
        chunk, size = max(1, args.get("chunk") or 1), args.get("perChunk") or MOST_PER_CHUNK
        if not 1 <= size <= MOST_PER_CHUNK:
            raise AniListError(f"The perChunk argument must be between 1 and {MOST_PER_CHUNK}")
        user = self.user(number, name)
        entries = self.find({key: args[key] for key in ("type", "status", "status_in") if key in args}, user)
        entries = in_order(entries, ["UPDATED_TIME_DESC"], _SORTS, Record.get)[:MOST_ENTRIES]
        part = entries[(chunk - 1) * size : chunk * size]
        split = _splits(user) and not args.get("forceSingleCompletedList")
        return {
            "user": self.profile(user),
            "hasNextChunk": len(entries) > chunk * size,
            "lists": self._groups(part, split),
        }

    def page(self, args: Mapping[str, Any]) -> list[Record]:
        """The entries that `Page.mediaList` gives: of one user, or of everybody for one title.

        Raises:
            AniListError: neither is named, or the user cannot be shown.
        """
        number, name = args.get("userId"), args.get("userName")
        if number is not None or name is not None:
            return self.find(args, self.user(number, name))
        if args.get("mediaId") is None:
            raise AniListError("Either userId, userName or mediaId is required")
        shown = [user for user in self._by_number.values() if not user.is_private]
        return self.find(args, *shown)

    def find(self, args: Mapping[str, Any], *users: ListUser) -> list[Record]:
        """The entries of users that fit the arguments, in the order that is asked for."""
        found = [entry for user in users for entry in self.entries(user)] if args.get("type") != "MANGA" else []
        for name, field in (("status", "status"), ("mediaId", "mediaId")):
            if args.get(name) is not None:
                found = [entry for entry in found if entry[field] == args[name]]
            if args.get(f"{name}_in") is not None:
                found = [entry for entry in found if entry[field] in args[f"{name}_in"]]
        return in_order(found, args.get("sort") or [], _SORTS, Record.get)

    def _entries(self, user: ListUser) -> tuple[Record, ...]:
        """The `MediaList` objects of a user, `points` (0-100) in place of `score`."""
        scored = self.score_format(user)
        return tuple(self._entry(user, scored, entry) for entry in entries_of(self._world, "anilist", user))

    def _entry(self, user: ListUser, scored: str, entry: ListEntry) -> Record:
        status = STATUS[entry.status]
        is_custom = status is None or entry.number % 7 == 0
        episodes = self._world.sources["anilist"].episodes(entry.row) or 0
        return {
            "id": 10_000_000 + entry.number,
            "userId": user.number,
            "mediaId": entry.anime_id,
            "status": status,
            "points": entry.score,
            "scoreFormat": scored,
            "progress": episodes if status == "COMPLETED" else 0,
            "repeat": 0,
            "priority": 0,
            "private": False,
            "notes": None,
            "hiddenFromStatusLists": status is None or entry.number % 35 == 0,
            "list": (UNSORTED if status is None else CUSTOM_LIST) if is_custom else None,
            "startedAt": _NO_DATE,
            "completedAt": _day(entry.updated) if status == "COMPLETED" else _NO_DATE,
            "updatedAt": entry.updated or None,
            "createdAt": entry.updated - 86_400 * (entry.number % 30) if entry.updated else None,
        }

    def _groups(self, entries: Sequence[Record], split: bool) -> list[Record]:
        """The lists that these entries are shown in."""
        groups: dict[str, Record] = {}
        for entry in entries:
            if entry["list"] is not None:
                _into(groups, entry["list"], entry, isCustomList=True, isSplitCompletedList=False, status=None)
            if not entry["hiddenFromStatusLists"]:
                status = entry["status"]
                splits = split and status == "COMPLETED"
                name = f"Completed {self._format(entry)}" if splits else LIST_NAMES[status]
                _into(groups, name, entry, isCustomList=False, isSplitCompletedList=splits, status=status)
        return list(groups.values())

    def _format(self, entry: Record) -> str:
        """What a split list of completed titles is called after."""
        media = self._overlay.record("anilist", str(entry["mediaId"]))
        return str((media or {}).get("format") or "Other")


def converted(points: int, score_format: str) -> float:
    """A score of 0-100 in another way of scoring; 0 is unrated in all of them.

    ```
    73 -> POINT_100 73, POINT_10_DECIMAL 7.3, POINT_10 7, POINT_5 4, POINT_3 3
    ```
    """
    if score_format == "POINT_10_DECIMAL":
        return points / 10
    if points == 0 or score_format == "POINT_100":
        return points
    if score_format == "POINT_10":
        return max(1, points // 10)
    if score_format == "POINT_5":
        return math.ceil(points / 20)
    return 1 if points <= 35 else 2 if points <= 60 else 3


def _splits(user: ListUser) -> bool:
    """Whether the user wants one list of completed titles for each format."""
    return user.number % 4 == 0


def _into(groups: dict[str, Record], name: str, entry: Record, **told: object) -> None:
    """Put an entry into the list of this name, which is made when it is needed."""
    groups.setdefault(name, {"name": name, **told, "entries": []})["entries"].append(entry)


def _day(seconds: int) -> dict[str, int | None]:
    """The UTC day of a moment; 0 = unknown."""
    if seconds == 0:
        return dict(_NO_DATE)
    moment = datetime.fromtimestamp(seconds, UTC)
    return {"year": moment.year, "month": moment.month, "day": moment.day}
