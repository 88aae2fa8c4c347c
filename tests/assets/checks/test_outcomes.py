"""What checks find is judged, recorded once per run, and told to Dagster with what to do about it."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.checks.asset_checks import check_specs
from assets.checks.errors import ExpectationError
from assets.checks.expectations import ColumnCheck, Expectation
from assets.checks.outcomes import Outcome, check_result, check_table, usual_remedy
from assets.checks.suites import SUITES
from tests.assets.checks.conftest import change, table_named
from warehouse.connection import Warehouse
from warehouse.errors import CheckError
from warehouse.landing import land_file


def outcomes(warehouse: Warehouse, name: str, run_id: str = "run-1") -> dict[str, Outcome]:
    """The outcomes of one table's checks, by check."""
    return {one.check_name: one for one in check_table(warehouse, table_named(name), run_id)}


def recorded(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """What quality.check_result holds, without the time."""
    with warehouse.writer("test") as connection:
        statement = "select * exclude (checked_at) from quality.check_result order by all"
        return connection.execute(statement).fetchall()


def test_a_sound_table_passes_every_check_it_has(made: Warehouse) -> None:
    """Each check that Dagster knows of has an outcome, and all pass."""
    found = outcomes(made, "dim_user")
    assert set(found) == {spec.name for spec in check_specs(table_named("dim_user"))}
    assert all(one.passed for one in found.values())


def test_outcomes_are_recorded_once_per_run(made: Warehouse) -> None:
    """A table checked twice in one run keeps the later outcome; each run keeps its own."""
    outcomes(made, "fact_user_rating")
    change(made, "update fact_user_rating set rating = 11 where rating = 9")
    outcomes(made, "fact_user_rating")
    first = recorded(made)
    assert len(first) == len(check_specs(table_named("fact_user_rating")))
    assert ("run-1", "fact_user_rating", "ratings_are_1_to_10", "error", False, 1) in first
    outcomes(made, "fact_user_rating", "run-2")
    assert len(recorded(made)) == 2 * len(first)


def test_a_failing_check_shows_rows_and_what_to_do(made: Warehouse) -> None:
    """The UI shows how many rows break the check, some of them, and where to look."""
    change(made, "update staging.stg_kitsu__anime set format = 'PLAY'")
    result = check_result(table_named("stg_kitsu__anime"), outcomes(made, "stg_kitsu__anime")["formats_are_known"])
    assert not result.passed
    assert result.severity is dg.AssetCheckSeverity.ERROR
    assert result.metadata["failing_rows"].value == 1
    assert "kitsu/anime/k.jsonl.gz" in result.metadata["sample"].value
    assert "sql/staging/stg_kitsu__anime.sql" in result.metadata["what_to_do"].value
    assert result.metadata["judged_rows"].value == 1


def test_a_failing_rule_shows_its_own_remedy_and_file(made: Warehouse) -> None:
    """A rule's header says what to do, and the metadata where the rule stands."""
    change(made, "delete from bridge_anime_source where source_id = '5'")
    outcome = outcomes(made, "bridge_anime_source")["every_staged_record_is_here"]
    result = check_result(table_named("dim_user"), outcome)
    assert result.metadata["rule"].value == "sql/checks/each_identity_table__every_staged_record_is_here.sql"
    assert result.metadata["what_to_do"].value.startswith("Build int_anime_unioned")
    assert outcome.sample == [
        {
            "source": "kitsu",
            "source_id": "5",
            "payload_path": "kitsu/anime/k.jsonl.gz",
            "payload_line": 1,
            "payload_item": None,
        }
    ]


def test_a_passing_check_shows_no_sample(made: Warehouse) -> None:
    """Where nothing is wrong there is nothing to do."""
    result = check_result(table_named("dim_user"), outcomes(made, "dim_user")["keys_are_unique"])
    assert result.passed
    assert "sample" not in result.metadata
    assert "what_to_do" not in result.metadata


def test_a_warning_is_told_as_one(made: Warehouse) -> None:
    """Severity warn becomes Dagster's WARN, in the record too."""
    change(made, "update fact_model_metric set ci_low = -1 where metric = 'ndcg_minus_popularity'")
    outcome = outcomes(made, "fact_model_metric")["best_beats_popularity"]
    assert check_result(table_named("dim_user"), outcome).severity is dg.AssetCheckSeverity.WARN
    assert ("run-1", "fact_model_metric", "best_beats_popularity", "warn", False, 1) in recorded(made)


def test_a_column_of_another_type_says_what_it_is(made: Warehouse) -> None:
    """A check about a whole column has no row to show, but says what was found."""
    change(made, "update dim_anime set anime_key = null where anime_key = 3")
    outcome = outcomes(made, "dim_anime")["keys_are_whole_numbers"]
    assert (outcome.passed, outcome.failing_rows, outcome.sample) == (False, 1, [])
    assert check_result(table_named("dim_user"), outcome).metadata["observed"].value == "float64"


def test_what_is_landed_but_not_loaded_is_missed(made: Warehouse, tmp_path: Path) -> None:
    """A raw table that lacks a landed file fails, also when it is empty."""
    file = tmp_path / "anime.jsonl.gz"
    file.write_bytes(b"")
    land_file(made.home, "kitsu", "anime", file, None)
    outcome = outcomes(made, "raw_kitsu__anime")["every_landed_line_is_loaded"]
    assert outcome.failing_rows == 1
    assert outcomes(made, "raw_anilist__anime")["every_landed_line_is_loaded"].passed


def test_a_table_that_does_not_exist_is_an_error(warehouse: Warehouse) -> None:
    """Checks of a table that was never built do not pass in silence."""
    with pytest.raises(CheckError):
        check_table(warehouse, table_named("dim_user"), "run-1")


def test_a_rule_that_reads_a_table_not_built_yet_warns(made: Warehouse) -> None:
    """A part of the pipeline in a fresh HOME goes on: nobody knows yet whether the rule holds, and it says so."""
    change(made, "drop table dim_anime")
    outcome = outcomes(made, "bridge_anime_source")["every_anime_exists"]
    assert (outcome.passed, outcome.severity, outcome.failing_rows) == (False, "warn", 0)
    assert outcome.notes["not_checked"] == "not built yet: main.dim_anime"
    assert "make dim_anime too" in outcome.remedy
    assert ("run-1", "bridge_anime_source", "every_anime_exists", "warn", False, 0) in recorded(made)


def test_a_suite_that_cannot_be_evaluated_is_an_error(made: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in a suite is told as such, and recorded as no outcome at all."""
    faulty = ColumnCheck("ids_are_counts", "Ids are counts.", (Expectation("ExpectColumnNothing", "user_id"),))
    monkeypatch.setitem(SUITES, "dim_user", (faulty,))
    with pytest.raises(ExpectationError, match="ExpectColumnNothing"):
        check_table(made, table_named("dim_user"), "run-1")
    assert recorded(made) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stg_kitsu__anime", "payload_path"),
        ("fact_collaborative_scores", "computed in Python"),
        ("dim_user", "intermediate.int_ratings_unioned"),
    ],
)
def test_the_usual_remedy_says_where_rows_come_from(name: str, words: str) -> None:
    """Checks without a remedy of their own send the reader to what made the rows."""
    assert words in usual_remedy(table_named(name))
