"""The table of compared pairs is kept up to date by what changed, and heals when something does not fit."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.conversions import match_records
from assets.identity import candidates
from assets.rematching import match_again, state_file, table_stamp, write_candidates
from matching.weights import load_weights
from tests.sql.building import Workshop
from warehouse.build import fetch
from warehouse.connection import Warehouse
from warehouse.home import Home

WEIGHTS, TODAY = load_weights(), date(2026, 1, 1)
PAIRS = "select * from main.fact_match_candidate order by all"


class Shelf:
    """A HOME with a few records of two sources."""

    def __init__(self, root: Path) -> None:
        self.warehouse = Warehouse(Home(root), lock_timeout_s=30, memory_limit="500MB", threads=2)
        with self.warehouse.writer("test") as con:
            shop = Workshop(con)
            shop.land("anilist", *(anilist(number, f"Yukigesho no {word}") for number, word in enumerate(WORDS, 1)))
            shop.land("kitsu", *(kitsu(number, f"Yukigesho no {word}") for number, word in enumerate(WORDS, 1)))
            shop.stage()
        self.read()

    def read(self) -> None:
        """Take today's records from the warehouse."""
        with self.warehouse.writer("test") as con:
            self.records = match_records(fetch(con, "inputs/match_records"))

    def refresh(self) -> str:
        """Match today's records and bring the table up to date; how it was done."""
        found = match_again(self.warehouse.home, table_stamp(self.warehouse), self.records, [], WEIGHTS, TODAY)
        write_candidates(self.warehouse, found, candidates(found.update), "run")
        return str(found)

    def rows(self) -> list[tuple[Any, ...]]:
        """The table."""
        with self.warehouse.writer("test") as con:
            return con.execute(PAIRS).fetchall()

    def rows_made_anew(self) -> list[tuple[Any, ...]]:
        """What the table would be without anything from before."""
        state_file(self.warehouse.home).unlink()
        assert self.refresh().startswith("Matched all")
        return self.rows()


WORDS = ("Hana", "Kaze", "Umi", "Sora")


def anilist(number: int, title: str) -> dict[str, Any]:
    """A Media object."""
    start = {"year": 2000 + number, "month": 4, "day": 3}
    return {"id": number, "title": {"romaji": title}, "format": "TV", "episodes": 12, "startDate": start}


def kitsu(number: int, title: str) -> dict[str, Any]:
    """A Kitsu resource."""
    facts = {"canonicalTitle": title, "subtype": "TV", "startDate": f"{2000 + number}-04-03", "episodeCount": 12}
    return {"id": str(number), "attributes": facts}


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """The HOME after its first run."""
    found = Shelf(tmp_path)
    assert found.refresh().startswith("Matched all 8 records: ")
    return found


def test_a_change_is_matched_by_itself_and_the_table_is_what_a_full_run_makes(shelf: Shelf) -> None:
    """A record that changed and one that is gone; rows of pairs that have nothing to do with them stay."""
    before = shelf.rows()
    shelf.records = [replace(one, episodes=24) if one.source_id == "1" else one for one in shelf.records[:-1]]
    assert shelf.refresh().startswith("Matched 2 new or changed and 1 vanished of 7 records: ")
    after = shelf.rows()
    assert after != before
    assert shelf.rows_made_anew() == after


def test_a_title_that_another_column_holds_now_leaves_the_table_as_a_full_run_makes_it(shelf: Shelf) -> None:
    """The main title is shown as matching read it: the first that there is, whichever column it stands in."""
    unioned = "intermediate.int_anime_unioned"
    with shelf.warehouse.writer("test") as con:
        con.execute(f"update {unioned} set title_romaji = title_canonical, title_canonical = null")
    shelf.read()
    assert ": 0 of " in shelf.refresh()
    after = shelf.rows()
    assert shelf.rows_made_anew() == after
    with shelf.warehouse.writer("test") as con:
        titles = con.execute("select distinct left_title from main.fact_match_candidate").fetchall()
    assert sorted(titles) == [(f"Yukigesho no {word}",) for word in sorted(WORDS)]


def test_nothing_changed_changes_nothing(shelf: Shelf) -> None:
    """No row is touched."""
    before = shelf.rows()
    assert ": 0 of " in shelf.refresh()
    assert shelf.rows() == before


def test_a_table_that_is_not_the_one_that_was_left_is_made_anew(shelf: Shelf) -> None:
    """As after a run that was killed between the table and the file, or a table somebody else made."""
    before = shelf.rows()
    with shelf.warehouse.writer("test") as con:
        con.execute("update main.fact_match_candidate set score = 0.123 where left_source_id = '1'")
    assert shelf.refresh().startswith("Matched all")
    assert shelf.rows() == before
    with shelf.warehouse.writer("test") as con:
        con.execute("drop table main.fact_match_candidate")
    assert shelf.refresh().startswith("Matched all")
    assert shelf.rows() == before


def test_a_damaged_file_is_no_hindrance(shelf: Shelf) -> None:
    """Everything is matched anew, and the next run has a sound file again."""
    file = state_file(shelf.warehouse.home)
    file.write_bytes(file.read_bytes()[:-100])
    assert shelf.refresh().startswith("Matched all")
    assert ": 0 of " in shelf.refresh()
