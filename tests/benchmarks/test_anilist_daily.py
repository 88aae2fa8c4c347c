"""Daily lists become recordings as AniList itself would have answered."""

import csv
import gzip
import json
from pathlib import Path

from benchmarks.anilist_daily import convert

BLANK = (
    *("mal_id", "japanese_title", "english_title", "type", "status", "source", "episodes", "duration", "season"),
    *("season_year", "start_date", "end_date", "main_studios", "studios", "genres", "tags", "synonyms", "synopsis"),
    *("score", "mean_score", "popularity", "favorites", "site_url", "updated_at"),
)


def test_a_row_becomes_the_object_that_it_was_flattened_from(tmp_path: Path) -> None:
    """Numbers lose their .0, lists are split, dates may be short, and what is blank is null."""
    row = dict.fromkeys(BLANK, "") | {"anime_id": "7", "title": "Akari", "is_adult": "True", "episodes": "12.0"}
    row |= {"synonyms": "Lamp;;Light; Lamp", "start_date": "2026-04", "season": "SPRING 2026", "mal_id": "9.0"}
    row |= {"studios": "Bridge;Committee", "main_studios": "Bridge", "updated_at": "1754013384", "tags": "Robots"}
    with gzip.open(tmp_path / "20260401.csv.gz", "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    (made,) = convert(tmp_path, tmp_path / "recordings")
    assert made == tmp_path / "recordings" / "catalogue" / "anilist" / "20260401.jsonl.gz"
    media = json.loads(gzip.decompress(made.read_bytes()))
    stated = {name: value for name, value in media.items() if value not in (None, [])}
    assert stated == {
        "id": 7,
        "idMal": 9,
        "type": "ANIME",
        "title": {"romaji": "Akari", "english": None, "native": None},
        "synonyms": ["Lamp", "Light"],
        "episodes": 12,
        "startDate": {"year": 2026, "month": 4, "day": None},
        "endDate": {"year": None, "month": None, "day": None},
        "season": "SPRING",
        "isAdult": True,
        "tags": [{"name": "Robots"}],
        "studios": {
            "edges": [
                {"isMain": True, "node": {"name": "Bridge"}},
                {"isMain": False, "node": {"name": "Committee"}},
            ]
        },
        "updatedAt": 1754013384,
    }
