"""The closing words of a run, on worlds small enough to count."""

from pathlib import Path

import pytest

from orchestration.cli.outcome import CheckOutcome, Outcome
from orchestration.cli.summary import failed_summary, published_summary
from orchestration.inputs import RunInput
from tests.serving.small_world import publish_small_world
from warehouse.connection import Warehouse
from warehouse.publish import publish


def summary(warehouse: Warehouse) -> list[str]:
    """The lines after a run that published and of which nothing else is told."""
    nothing = Outcome("run", succeeded=True, assets=[], checks=[], failures=[], skipped=[], seconds=1)
    return list(published_summary(warehouse, nothing, RunInput("recordings", None, None, {})))


@pytest.mark.parametrize(
    ("rows", "told"),
    [("0", ""), ("1", " (1 row breaks it)"), ("2", " (2 rows break it)"), ("1234", " (1,234 rows break it)")],
)
def test_a_check_says_how_many_rows_break_it(rows: str, told: str) -> None:
    """One row is not told as several."""
    check = CheckOutcome("one", "holds", False, True, True, "It holds.", {"failing_rows": rows})
    assert check.finding == f"holds: It holds.{told}"


@pytest.mark.parametrize(
    ("reasons", "last"), [(4, "       1 more row, for 1 other reason"), (6, "       3 more rows, for 3 other reasons")]
)
def test_refused_rows_beyond_the_first_reasons_are_counted(tmp_path: Path, reasons: int, last: str) -> None:
    """Two reasons are the small world's own; five are shown."""
    warehouse = publish_small_world(tmp_path / "home")
    with warehouse.writer("more refused rows") as connection:
        connection.execute(
            "insert into quality.quarantine select 'stg_kitsu__anime', 'kitsu', null, 'reason ' || one, "
            "'kitsu/anime/two.jsonl.gz', one, null, 'run-2' from range(?) as numbers (one)",
            [reasons],
        )
    publish(warehouse, "run-2", "fingerprint-2")
    lines = summary(warehouse)
    at = lines.index(f"Quarantine: {3 + reasons} rows were refused:")
    assert lines[at + 6] == last


@pytest.mark.parametrize(("reasons", "last"), [(5, []), (7, ["    refused 2 more rows, for 2 other reasons"])])
def test_a_failed_run_counts_the_reasons_of_refusal_that_it_does_not_show(
    tmp_path: Path, reasons: int, last: list[str]
) -> None:
    """Of the stage that stopped it alone; five are shown."""
    warehouse = publish_small_world(tmp_path / "home")
    with warehouse.writer("refused rows") as connection:
        connection.execute(
            "insert into quality.quarantine select 'stg_new', 'kitsu', null, 'reason ' || one, "
            "'kitsu/anime/two.jsonl.gz', one, null, 'run-2' from range(?) as numbers (one)",
            [reasons],
        )
    stopping = CheckOutcome("stg_new", "few_are_refused", False, True, True, "Few are refused.", {})
    stopped = Outcome("run", succeeded=False, assets=[], checks=[stopping], failures=[], skipped=[], seconds=1)
    told = [line for line in failed_summary(warehouse, stopped, "log") if line.startswith("    refused")]
    assert told[:5] == [
        f"    refused 1: reason {one} (e.g. landing/kitsu/anime/two.jsonl.gz:{one})" for one in range(5)
    ]
    assert told[5:] == last


def test_ids_that_only_ratings_know_are_no_catalogue_records(tmp_path: Path) -> None:
    """Every id has a key; a record is what a catalogue tells of one."""
    warehouse = publish_small_world(tmp_path / "home")
    with warehouse.writer("three ids, two records") as connection:
        connection.execute("create table main.bridge_anime_source as from range(3)")
        connection.execute("create table main.dim_anime_record as from range(2)")
    publish(warehouse, "run-2", "fingerprint-2")
    assert [" ".join(line.split()) for line in summary(warehouse) if "catalogue record" in line] == [
        "dim_anime_record 2 catalogue records"
    ]
