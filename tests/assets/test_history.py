"""Ten days of catalogues, loaded as they came or all at once, have one history."""

import gzip
import json
import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from assets.conversions import match_records
from assets.identity import identify, identities
from benchmarks.anilist_daily import day as recorded_day
from tests.sql.building import Workshop
from warehouse.build import build, fetch
from warehouse.home import Home
from warehouse.landing import land_file
from warehouse.load import load_new_files
from warehouse.made import is_made, note_made
from warehouse.pasts import files_between, past_anime
from warehouse.sqlfiles import sql_file

SHARED = Path(__file__).parents[3] / "shared" / "data" / "anilist_daily"
START = datetime(2026, 1, 1, tzinfo=UTC)
SOURCES = ("anilist", "kitsu")
STAGED = ("intermediate.int_anime_unioned", "intermediate.int_ratings_unioned")
IDENTITIES, PAST = "intermediate/int_anime_identities", "intermediate/int_anime_past"
#: Day and source, and the records that were taken then.
Days = Mapping[tuple[datetime, str], list[dict[str, Any]]]
#: Every version with the records of its anime instead of the key, which tells in which order anime were met.
VERSIONS = """
with records as (
    select anime_key, list(source || ':' || source_id order by all) as records
    from intermediate.int_anime_identities
    group by anime_key
)
select records, history.* exclude (anime_key) from dim_anime_history as history join records using (anime_key)
order by records::varchar, version
"""


class Installation:
    """A landing into which days of catalogues come, with identity found after each loading and history at the end."""

    def __init__(self, root: Path) -> None:
        self.home, self.con = Home(root / "home"), Workshop().con
        self.incoming = root / "incoming.jsonl.gz"
        root.mkdir()

    def load(self, days: Days) -> None:
        """Land these days, load them, and find out who is who."""
        for (day, source), records in sorted(days.items(), key=lambda one: one[0]):
            lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
            self.incoming.write_bytes(gzip.compress(lines.encode(), mtime=0))
            land_file(self.home, source, "anime", self.incoming, day)
        con = self.con
        for source in SOURCES:
            load_new_files(con, self.home, source, "anime")
        for table in STAGED:
            build_all(con, table)
        found = identify(self.home, match_records(fetch(con, "inputs/match_records")), [])
        build(con, sql_file(IDENTITIES), computed=identities(found.result, [], found.key_of))

    def versions(self) -> list[tuple[Any, ...]]:
        """What dim_anime_history says, which is made of what stands now; none of it is carried on from day to day."""
        for table in ("main.dim_anime", "main.fact_anime_metrics"):
            build_all(self.con, table, (*STAGED, IDENTITIES.replace("/", ".")))
        build(self.con, sql_file(PAST), computed=past_anime(self.con))
        build(self.con, sql_file("core/dim_anime_history"))
        return self.con.execute(VERSIONS).fetchall()


def build_all(con: Any, table: str, given: tuple[str, ...] = ()) -> None:
    """Build a table, and what it reads beside what stands already, where it would come out otherwise than it stands."""
    for file in files_between(table, given):
        if not is_made(con, file):
            build(con, file)
            note_made(con, file)


def generated_days() -> Days:
    """Twelve anime in two sources that come, change their status, length and title, and are left out at random."""
    luck = random.Random(11)
    days: dict[tuple[datetime, str], list[dict[str, Any]]] = {}
    for number in range(10):
        moment = START + timedelta(days=number)
        for source in SOURCES:
            known = [anime for anime in range(1, 13) if luck.random() < 0.8]
            days[moment, source] = [record(source, anime, luck) for anime in known]
    return days


def record(source: str, number: int, luck: random.Random) -> dict[str, Any]:
    """A record whose status and length may be other ones than the day before; now and then it has another title."""
    title = f"{('Kaze', 'Umi', 'Hoshi', 'Yama')[number % 4]} no Uta {number}" + (" Kai" if luck.random() < 0.05 else "")
    status, episodes, year = luck.randrange(3), luck.choice((11, 12)), 2000 + number
    if source == "kitsu":
        words = {"canonicalTitle": title, "subtype": "TV", "startDate": f"{year}-04-03", "episodeCount": episodes}
        return {"id": str(100 + number), "attributes": words | {"status": ("upcoming", "current", "finished")[status]}}
    named = {"id": number, "title": {"romaji": title}, "format": "TV", "episodes": episodes}
    start = {"year": year, "month": 4, "day": 3}
    return named | {"status": ("NOT_YET_RELEASED", "RELEASING", "FINISHED")[status], "startDate": start}


def real_days() -> Days:
    """Of ten lists of AniList's anime every tenth anime, by its id."""
    files = sorted(SHARED.glob("[0-9]*.csv.gz"))
    return {
        (datetime.strptime(file.name[:8], "%Y%m%d").replace(tzinfo=UTC), "anilist"): sample(recorded_day(file))
        for file in files
    }


def sample(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every tenth, at most 120."""
    return list(islice((one for one in records if one["id"] % 10 == 0), 120))


def histories(days: Days, root: Path) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The versions after loading day by day, and after loading everything in one go."""
    daily, whole = Installation(root / "daily"), Installation(root / "whole")
    for moment in sorted({moment for moment, _ in days}):
        daily.load({key: records for key, records in days.items() if key[0] == moment})
    whole.load(days)
    return daily.versions(), whole.versions()


def test_ten_days_one_by_one_are_ten_days_in_one_go(tmp_path: Path) -> None:
    """Versions, their first and last days, and what changed are the same; there are many, and anime in two sources."""
    daily, whole = histories(generated_days(), tmp_path)
    assert daily == whole
    assert len(daily) > 60
    assert any(len(row[0]) == 2 for row in daily)


@pytest.mark.real_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared beside the project")
def test_ten_lists_of_a_real_catalogue_as_well(tmp_path: Path) -> None:
    """As AniList told them between August and March, with what really changed."""
    daily, whole = histories(real_days(), tmp_path)
    assert daily == whole
    assert len(daily) > len({tuple(row[0]) for row in daily}) > 80
