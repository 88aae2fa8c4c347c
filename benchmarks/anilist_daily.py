"""Daily CSV lists of AniList's anime as dated recordings: `python -m benchmarks.anilist_daily LISTS RECORDINGS`.

LISTS holds files named YYYYMMDD.csv.gz, flattened from AniList's answers by whoever collected them; RECORDINGS gets
`catalogue/anilist/YYYYMMDD.jsonl.gz` with one `Media` object a line, as AniList itself would have answered. What the
flattening lost (the rank of a tag, the parts of a title with a semicolon) does not come back.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Row = Mapping[str, str]


def main() -> int:
    """Convert every day and say what was written; the exit status is 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lists", type=Path, help="a directory of YYYYMMDD.csv.gz")
    parser.add_argument("recordings", type=Path, help="the recordings directory to write into")
    arguments = parser.parse_args()
    for path in convert(arguments.lists, arguments.recordings):
        print(path)
    return 0


def convert(lists: Path, recordings: Path) -> list[Path]:
    """The recordings of the days in `lists`, oldest first, written under `recordings`."""
    return [write_day(path, recordings) for path in sorted(lists.glob("[0-9]*.csv.gz"))]


def write_day(path: Path, recordings: Path) -> Path:
    """One day's list as a recording; returns the file."""
    target = recordings / "catalogue" / "anilist" / f"{path.name.removesuffix('.csv.gz')}.jsonl.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(target, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in day(path))
    return target


def day(path: Path) -> Iterator[dict[str, Any]]:
    """The `Media` objects of one day's list, in its order."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from (media(row) for row in csv.DictReader(file))


def media(row: Row) -> dict[str, Any]:
    """One row of a list as the `Media` object it was flattened from; what is blank is null."""
    season, main = row["season"].split(" ")[0], _texts(row["main_studios"])
    return {
        "id": int(row["anime_id"]),
        "idMal": _number(row["mal_id"]),
        "type": "ANIME",
        "title": {
            "romaji": row["title"] or None,
            "english": row["english_title"] or None,
            "native": row["japanese_title"] or None,
        },
        "synonyms": _texts(row["synonyms"]),
        "format": row["type"] or None,
        "status": row["status"] or None,
        "source": row["source"] or None,
        "episodes": _number(row["episodes"]),
        "duration": _number(row["duration"]),
        "startDate": _date(row["start_date"]),
        "endDate": _date(row["end_date"]),
        "season": season or None,
        "seasonYear": _number(row["season_year"]),
        "isAdult": row["is_adult"] == "True",
        "description": row["synopsis"] or None,
        "averageScore": _number(row["score"]),
        "meanScore": _number(row["mean_score"]),
        "popularity": _number(row["popularity"]),
        "favourites": _number(row["favorites"]),
        "genres": _texts(row["genres"]),
        "tags": [{"name": name} for name in _texts(row["tags"])],
        "studios": {"edges": [{"isMain": name in main, "node": {"name": name}} for name in _texts(row["studios"])]},
        "siteUrl": row["site_url"] or None,
        "updatedAt": _number(row["updated_at"]),
    }


def _number(text: str) -> int | None:
    """A whole number, which the lists may write as 13.0; None where nothing stands."""
    return int(float(text)) if text else None


def _texts(text: str) -> list[str]:
    """The parts of a list that was joined by semicolons, each once, in its order."""
    return list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def _date(text: str) -> dict[str, int | None]:
    """A date of one to three parts as AniList writes it; the parts that are missing are null."""
    parts = [int(part) for part in text.split("-") if part]
    return dict(zip(("year", "month", "day"), [*parts, None, None, None], strict=False))


if __name__ == "__main__":
    raise SystemExit(main())
