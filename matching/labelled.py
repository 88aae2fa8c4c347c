"""Labelled records to learn from: a recordings directory with `identity/truth.csv`.

Only what matching needs is read, and only for training and measuring; the pipeline's records come through staging.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from matching.errors import TrainingError
from matching.records import AnimeRecord
from matching.unbegun import with_year_of_asking

_MYANIMELIST_FORMATS = {
    "tv": "TV", "movie": "MOVIE", "ova": "OVA", "ona": "ONA", "special": "SPECIAL", "tv_special": "SPECIAL",
    "music": "MUSIC", "cm": "PROMO", "pv": "PROMO",
}  # fmt: skip


def read_labelled(directory: Path) -> tuple[list[AnimeRecord], list[dict[str, str]]]:
    """The records of a recordings directory, and its known works as {source: id}.

    Raises:
        TrainingError: no truth, no catalogue, or a line that is not as the layout says.
    """
    truth = directory / "identity" / "truth.csv"
    if not truth.is_file():
        raise TrainingError(f"{truth} is missing; training needs a recordings directory with known works")
    with truth.open(newline="", encoding="utf-8-sig") as handle:
        works = [
            {column.removesuffix("_id"): value for column, value in row.items() if value}
            for row in csv.DictReader(handle)
        ]
    records = [record for source, read in _READERS.items() for record in _records(directory, source, read)]
    if not records:
        raise TrainingError(f"{directory / 'catalogue'} holds no anime.jsonl.gz to learn from")
    return with_year_of_asking(records), works


def _records(directory: Path, source: str, read: Callable[[dict[str, Any]], AnimeRecord]) -> Iterator[AnimeRecord]:
    path = directory / "catalogue" / source / "anime.jsonl.gz"
    if not path.is_file():
        return
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield read(json.loads(line))
            except (ValueError, KeyError, TypeError) as problem:
                raise TrainingError(f"{path}, line {number}: {problem!r}; remove or repair the line") from problem


def _texts(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def _synonyms(given: Iterable[str], names: Iterable[str | None]) -> tuple[str, ...]:
    """Those of the given titles that are no names."""
    known = set(names)
    return tuple(text for text in dict.fromkeys(given) if text and text not in known)


def _start(text: str | None) -> dict[str, Any]:
    """Start date, its precision and its year from "2014-01-06", "2014-01" or "2014"."""
    if not text:
        return {}
    parts = [int(part) for part in text.split("-")]
    precision = ("year", "month", "day")[len(parts) - 1]
    return {
        "start_date": date(*[*parts, 1, 1][:3]),
        "start_date_precision": precision,
        "start_year": parts[0],
    }


def _anilist(media: dict[str, Any]) -> AnimeRecord:
    title, start = media["title"], media["startDate"]
    known = [start["year"], start["month"], start["day"]]
    text = "-".join(str(part) for part in known[: known.index(None) if None in known else 3])
    return AnimeRecord(
        "anilist",
        str(media["id"]),
        titles=_texts(title["romaji"], title["english"], title["native"], *media.get("synonyms", ())),
        native_titles=_texts(title["native"]),
        synonyms=_synonyms(media.get("synonyms", ()), title.values()),
        format=media["format"],
        episodes=media["episodes"],
        duration_minutes=media.get("duration"),
        season=media.get("season"),
        has_begun=media.get("status") in ("FINISHED", "RELEASING", "HIATUS"),
        claimed=(("myanimelist", str(media["idMal"])),) if media.get("idMal") else (),
        popularity=media.get("popularity"),
        **_start(text),
    )


def _kitsu(resource: dict[str, Any]) -> AnimeRecord:
    facts = resource["attributes"]
    return AnimeRecord(
        "kitsu",
        str(resource["id"]),
        titles=_texts(facts["canonicalTitle"], *(facts.get("titles") or {}).values()),
        slug=facts.get("slug"),
        format=(facts.get("subtype") or "").upper() or None,
        episodes=facts.get("episodeCount"),
        popularity=facts.get("userCount"),
        has_begun=facts.get("status") in ("finished", "current"),
        **_start(facts.get("startDate")),
    )


def _myanimelist(node: dict[str, Any]) -> AnimeRecord:
    other = node.get("alternative_titles") or {}
    return AnimeRecord(
        "myanimelist",
        str(node["id"]),
        titles=_texts(node["title"], other.get("en"), other.get("ja"), *other.get("synonyms", ())),
        native_titles=_texts(other.get("ja")),
        synonyms=_synonyms(other.get("synonyms", ()), (node["title"], other.get("en"), other.get("ja"))),
        format=_MYANIMELIST_FORMATS.get(node.get("media_type") or ""),
        episodes=node.get("num_episodes") or None,
        studios=tuple(studio["name"] for studio in node.get("studios") or ()),
        source_material=node.get("source"),
        popularity=node.get("num_list_users"),
        has_begun=node.get("status") in ("finished_airing", "currently_airing"),
        **_start(node.get("start_date")),
    )


_READERS: dict[str, Callable[[dict[str, Any]], AnimeRecord]] = {
    "anilist": _anilist,
    "kitsu": _kitsu,
    "myanimelist": _myanimelist,
}
