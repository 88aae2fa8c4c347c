"""A published snapshot of a dozen catalogue records, matched, decided on and named by the real parts."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.conversions import match_records
from assets.identity import HISTORY, OVERRIDES, candidates, identify, identities
from matching.decisionfiles import COLUMNS, FILE
from tests.sql.building import Workshop, no_rows
from warehouse.build import build, fetch
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.sqlfiles import SqlFile, all_sql_files

WANTED = ("dim_anime", "dim_anime_record", "fact_match_candidate", "fact_match_override", "anime_key_history")


def anilist(number: int, title: str, start: str, **facts: Any) -> dict[str, Any]:
    """An AniList record of a series of twelve episodes."""
    year, month, day = (int(part) for part in start.split("-"))
    given = {"format": "TV", "episodes": 12, "duration": 24, "status": "FINISHED", "popularity": 10_000 // number}
    named = {"romaji": title, "english": None, "native": None}
    return given | {"id": number, "title": named, "startDate": {"year": year, "month": month, "day": day}} | facts


def kitsu(number: int, title: str, start: str, **facts: Any) -> dict[str, Any]:
    """A Kitsu record of a series of twelve episodes."""
    given = {"subtype": "TV", "episodeCount": 12, "episodeLength": 24, "status": "finished", "userCount": number}
    named = {"canonicalTitle": title, "titles": {"en_jp": title}, "startDate": start}
    return {"id": str(number), "type": "anime", "attributes": given | named | facts}


def myanimelist(number: int, title: str, start: str, **facts: Any) -> dict[str, Any]:
    """A MyAnimeList record of a series of twelve episodes."""
    given = {"media_type": "tv", "num_episodes": 12, "average_episode_duration": 1440, "status": "finished_airing"}
    return given | {"id": number, "title": title, "start_date": start, "num_list_users": number} | facts


RECORDS = {
    "anilist": [
        anilist(1, "Clockwork Harbor", "2011-04-05", idMal=11)
        | {"title": {"romaji": "Clockwork Harbor", "english": None, "native": "時計の港"}},
        anilist(2, "Clockwork Harbor 2nd Season", "2013-01-08"),
        anilist(3, "Lantern", "2004-04-06"),
        anilist(4, "Lantern", "1999-07-17", format="MOVIE", episodes=1, duration=95),
    ],
    "kitsu": [
        kitsu(21, "Clockwork Harbor", "2011-04-05"),
        kitsu(23, "Lantern", "2004-04-06"),
        kitsu(25, "Crimson Nights", "2010-01-03", subtype="OVA", episodeCount=2),
    ],
    "myanimelist": [
        myanimelist(11, "Clockwork Harbor", "2011-04-05"),
        myanimelist(12, "Clockwork Harbor Season 2", "2013-01-08"),
        myanimelist(15, "Silver Kite", "2006-10-01"),
        myanimelist(21, "Weather of Glass", "2019-10-02"),
    ],
}
#: Somebody knows that a release was retitled.
DECISION = "kitsu,25,myanimelist,15,same,retitled,Ann,2026-03-01,"


def publish_identity_world(root: Path) -> Warehouse:
    """A HOME at `root` with the records staged, matched, decided on, named and published; returns its warehouse."""
    home = Home(root)
    warehouse = Warehouse(home, lock_timeout_s=30, memory_limit="500MB", threads=2)
    with warehouse.writer("identity world") as connection:
        (home.root / FILE).write_text(f"{','.join(COLUMNS)}\n{DECISION}\n", encoding="utf-8")
        shop = Workshop(connection)
        for source, records in RECORDS.items():
            shop.land(source, *records)
        shop.stage()
        found = identify(home, match_records(fetch(connection, "inputs/match_records")), [])
        computed = {
            "fact_match_candidate": candidates(found.result),
            "fact_match_override": pa.Table.from_pylist(found.decisions, OVERRIDES),
            "int_anime_identities": identities(found.result, [], found.key_of),
            "anime_key_history": pa.Table.from_pylist(found.history, HISTORY),
        }
        for file in needed_files():
            given = computed.get(file.name, no_rows(file)) if file.needs_computed else None
            build(connection, file, computed=given)
    publish(warehouse, "run-1", "fingerprint-1")
    return warehouse


def needed_files() -> list[SqlFile]:
    """What the tables that are asked for are made of, themselves included, in order; staged ones are there."""
    by_table = {file.table: file for file in all_sql_files()}
    wanted = [f"main.{name}" for name in WANTED]
    for table in wanted:
        wanted += [one for one in by_table[table].depends_on if one in by_table and one not in wanted]
    staged = [file.table for file in all_sql_files() if file.folder == "staging" or file.name.endswith("_unioned")]
    return [file for file in all_sql_files() if file.table in wanted and file.table not in staged]
