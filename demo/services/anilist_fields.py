"""The fields of AniList's objects that are more than a value in a record of the world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.services.anilist_lists import Lists, converted
from demo.services.anilist_selection import Resolver
from demo.services.opinions import Review
from demo.services.overlay import Overlay, Record

Args = Mapping[str, Any]

#: Sources that every client is told; the others are called OTHER unless `version: 3` is asked for.
OLD_SOURCES = ("ORIGINAL", "MANGA", "LIGHT_NOVEL", "VISUAL_NOVEL", "VIDEO_GAME", "OTHER")


def resolvers(overlay: Overlay, lists: Lists) -> dict[tuple[str, str], Resolver]:
    """How these fields are read, by type and field."""

    def media(entry: Record, _: Args) -> Record | None:
        return overlay.record("anilist", str(entry["mediaId"]))

    def user(entry: Record, _: Args) -> Record:
        return lists.profile(lists.user(entry["userId"], None))

    return {
        ("Media", "status"): _status,
        ("Media", "source"): _source,
        ("Media", "studios"): _studios,
        ("Media", "isFavourite"): _no,
        ("Media", "isFavouriteBlocked"): _no,
        ("MediaTitle", "userPreferred"): lambda title, _: title["romaji"],
        ("MediaConnection", "nodes"): _nodes,
        ("StudioConnection", "nodes"): _nodes,
        ("MediaList", "score"): _score,
        ("MediaList", "customLists"): _custom_lists,
        ("MediaList", "media"): media,
        ("MediaList", "user"): user,
        ("Review", "media"): media,
        ("Review", "user"): user,
    }


def review_record(review: Review) -> Record:
    """The `Review` object."""
    readers = review.likes + review.number % 13
    return {
        "id": review.number,
        "userId": review.author.number,
        "mediaId": review.anime_id,
        "mediaType": "ANIME",
        "summary": review.text.split("\n", 1)[0],
        "body": f"{review.text}\n\n~!The ending is not what it seems.!~" if review.is_spoiler else review.text,
        "rating": review.likes,
        "ratingAmount": readers,
        "score": review.score,
        "private": False,
        "siteUrl": f"https://anilist.example/review/{review.number}",
        "createdAt": review.written,
        "updatedAt": review.written + (86_400 if review.number % 5 == 0 else 0),
    }


def _no(_record: Record, _: Args) -> bool:
    """What only a user who is logged in could say of a title."""
    return False


def _status(record: Record, args: Args) -> str | None:
    """Only who asks for version 2 is told of a hiatus."""
    status: str | None = record["status"]
    return "RELEASING" if status == "HIATUS" and (args.get("version") or 1) < 2 else status


def _source(record: Record, args: Args) -> str | None:
    source: str | None = record["source"]
    is_told = source is None or source in OLD_SOURCES or (args.get("version") or 1) >= 3
    return source if is_told else "OTHER"


def _studios(record: Record, args: Args) -> Record:
    edges = record["studios"]["edges"]
    wanted = args.get("isMain")
    return {"edges": edges if wanted is None else [edge for edge in edges if edge["isMain"] is wanted]}


def _nodes(connection: Record, _: Args) -> list[Any]:
    return [edge["node"] for edge in connection["edges"]]


def _score(entry: Record, args: Args) -> float:
    return converted(entry["points"], args.get("format") or entry["scoreFormat"])


def _custom_lists(entry: Record, args: Args) -> object:
    """The names of the custom lists, or a flag by name, as the service shows them."""
    names = [] if entry["list"] is None else [entry["list"]]
    return [{"name": name, "enabled": True} for name in names] if args.get("asArray") else dict.fromkeys(names, True)
