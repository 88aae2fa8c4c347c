"""Tells MyAnimeList's anime as Jikan does, which reads them off web pages: display words, text and nulls.

The one rule: a record keeps the id it has on MyAnimeList and says nothing that MyAnimeList does not say.
"""

from __future__ import annotations

from calendar import month_abbr
from typing import Any

from demo.vocabulary import GENRES

Node = dict[str, Any]
SITE = "https://myanimelist.example"
IMAGES = "https://img.myanimelist.example"
TYPES = {
    "tv": "TV",
    "ova": "OVA",
    "ona": "ONA",
    "movie": "Movie",
    "special": "Special",
    "tv_special": "TV Special",
    "music": "Music",
    "cm": "CM",
    "pv": "PV",
    "unknown": None,
}
STATUSES = {
    "finished_airing": "Finished Airing",
    "currently_airing": "Currently Airing",
    "not_yet_aired": "Not yet aired",
}
RATINGS = {
    "g": "G - All Ages",
    "pg": "PG - Children",
    "pg_13": "PG-13 - Teens 13 or older",
    "r": "R - 17+ (violence & profanity)",
    "r+": "R+ - Mild Nudity",
    "rx": "Rx - Hentai",
}
# words that are not the API's word with a capital and spaces
SOURCES = {"4_koma_manga": "4-koma manga"}


def anime(node: Node, *, approved: bool = True) -> dict[str, object]:
    """One anime as `/anime` and `/anime/{id}` give it.

    Args:
        node: as MyAnimeList's API tells it; what does not exist is left out there and null here.
        approved: whether MyAnimeList has confirmed the entry.
    """
    number = node["id"]
    return {
        "mal_id": number,
        "url": f"{SITE}/anime/{number}",
        "images": _images(node),
        "trailer": {"youtube_id": None, "url": None, "embed_url": None},
        "approved": approved,
        **_titles(node),
        "type": TYPES.get(node["media_type"], str(node["media_type"]).capitalize()),
        "source": _source(node),
        "episodes": node["num_episodes"] or None,
        "status": STATUSES[node["status"]],
        "airing": node["status"] == "currently_airing",
        "aired": _aired(node),
        "duration": duration(node["average_episode_duration"], node["num_episodes"] == 1),
        "rating": RATINGS.get(node.get("rating", "")),
        "score": node.get("mean"),
        "scored_by": node["num_scoring_users"] or None,
        "rank": node.get("rank"),
        "popularity": node["popularity"],
        "members": node["num_list_users"],
        "favorites": node["num_favorites"],
        "synopsis": node.get("synopsis"),
        "background": None,
        "season": node.get("start_season", {}).get("season"),
        "year": node.get("start_season", {}).get("year"),
        "broadcast": _broadcast(node),
        "producers": [],
        "licensors": [],
        "studios": [_link("producer", studio) for studio in node["studios"]],
        **_genres(node),
    }


def relations(details: Node) -> list[dict[str, object]]:
    """The related anime of an anime's details, grouped by how they are related."""
    groups: dict[str, list[dict[str, object]]] = {}
    for related in details["related_anime"]:
        other = related["node"]
        name = related["relation_type_formatted"]
        url = f"{SITE}/anime/{other['id']}"
        entry = {"mal_id": other["id"], "type": "anime", "name": other["title"], "url": url}
        groups.setdefault(name, []).append(entry)
    return [{"relation": name, "entry": entries} for name, entries in groups.items()]


def duration(seconds: int, is_alone: bool) -> str:
    """The length of an episode in words.

    Args:
        seconds: 0 where it is not known.
        is_alone: whether there is one episode.
    """
    if not seconds:
        return "Unknown"
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{hours} hr"] * bool(hours) + [f"{minutes} min"] * bool(minutes) + [f"{rest} sec"] * bool(rest)
    return " ".join(parts) + ("" if is_alone else " per ep")


def images_of(picture: str | None) -> dict[str, object]:
    """The addresses of a picture in its sizes; a question mark's where there is none."""
    stem = picture.rsplit(".", 1)[0] if picture else f"{IMAGES}/questionmark"
    return {
        kind: {
            "image_url": f"{stem}.{kind}",
            "small_image_url": f"{stem}t.{kind}",
            "large_image_url": f"{stem}l.{kind}",
        }
        for kind in ("jpg", "webp")
    }


def _images(node: Node) -> dict[str, object]:
    return images_of(node.get("main_picture", {}).get("medium"))


def _titles(node: Node) -> dict[str, object]:
    """The list of titles, and the older fields that say the same."""
    names = node.get("alternative_titles", {})
    english, japanese, synonyms = names.get("en") or None, names.get("ja") or None, names.get("synonyms", [])
    titles = [("Default", node["title"]), *(("Synonym", text) for text in synonyms)]
    titles += [("Japanese", japanese)] * bool(japanese) + [("English", english)] * bool(english)
    return {
        "titles": [{"type": kind, "title": text} for kind, text in titles],
        "title": node["title"],
        "title_english": english,
        "title_japanese": japanese,
        "title_synonyms": synonyms,
    }


def _source(node: Node) -> str | None:
    """The material in words; what is not known is the word Unknown, or nothing."""
    if "source" not in node:
        return "Unknown" if node["id"] % 2 else None
    return SOURCES.get(node["source"], str(node["source"]).replace("_", " ").capitalize())


def _aired(node: Node) -> dict[str, object]:
    """Whole times, padded to the first day where less is known; `prop` keeps what is known."""
    begin, end = node.get("start_date"), node.get("end_date")
    words = _words(begin) if begin else "Not available"
    if begin and node["num_episodes"] != 1:
        words += f" to {_words(end) if end else '?'}"
    return {
        "from": _moment(begin),
        "to": _moment(end),
        "prop": {"from": _parts(begin), "to": _parts(end)},
        "string": words,
    }


def padded(text: str) -> str:
    """A date as YYYY-MM-DD, the first day of what is known: `1998-04` -> `1998-04-01`; '' for none."""
    return f"{text}{'-01-01'[len(text) - 4 :]}" if text else ""


def _moment(text: str | None) -> str | None:
    return None if text is None else f"{padded(text)}T00:00:00+00:00"


def _parts(text: str | None) -> dict[str, int | None]:
    parts: list[int | None] = [int(part) for part in text.split("-")] if text else []
    year, month, day = (*parts, None, None, None)[:3]
    return {"day": day, "month": month, "year": year}


def _words(text: str) -> str:
    """`Apr 3, 1998`, `Apr 1998` or `1998`."""
    year, *rest = text.split("-")
    if not rest:
        return year
    month = month_abbr[int(rest[0])]
    return f"{month} {int(rest[1])}, {year}" if len(rest) == 2 else f"{month} {year}"


def _broadcast(node: Node) -> dict[str, str | None]:
    known = node.get("broadcast")
    if known is None:
        return {"day": None, "time": None, "timezone": None, "string": None}
    if "start_time" not in known:
        return {"day": None, "time": None, "timezone": None, "string": "Not scheduled once per week"}
    day, time = f"{known['day_of_the_week'].capitalize()}s", known["start_time"]
    return {"day": day, "time": time, "timezone": "Asia/Tokyo", "string": f"{day} at {time} (JST)"}


def _genres(node: Node) -> dict[str, object]:
    """MyAnimeList's one list taken apart again; ids tell genres, the adult genre and themes apart."""
    groups: dict[str, list[dict[str, object]]] = {"genres": [], "explicit_genres": [], "themes": []}
    for genre in node["genres"]:
        place = genre["id"] - len(GENRES)
        groups["genres" if place <= 0 else "explicit_genres" if place == 1 else "themes"].append(_link("genre", genre))
    return {**groups, "demographics": []}


def _link(kind: str, thing: Node) -> dict[str, object]:
    url = f"{SITE}/anime/{kind}/{thing['id']}"
    return {"mal_id": thing["id"], "type": "anime", "name": thing["name"], "url": url}
