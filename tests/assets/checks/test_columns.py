"""Columns are judged all together, and what breaks a check is shown as whole rows."""

from typing import Any

import pyarrow as pa
import pytest

from assets.checks.columns import check_columns, every, frame_of
from assets.checks.expectations import ColumnCheck, between, one_of, stated
from tests.assets.checks.conftest import table_named
from warehouse.errors import CheckError

KITSU = table_named("stg_kitsu__anime")
FORMATS = ColumnCheck("formats_are_known", "Formats are known.", one_of("format", ["TV", "MOVIE"]))
COUNTS = ColumnCheck(
    "counts_are_possible",
    "Counts are possible.",
    stated("episodes") + between(1, None, "episodes", "popularity"),
)


def test_checks_that_hold_have_nothing_to_show(world: Any) -> None:
    """A sound table breaks nothing, and every row of it was judged."""
    results = check_columns(world, KITSU, [FORMATS, COUNTS])
    assert [(one.check.name, one.failing_rows, one.judged_rows, one.sample) for one in results] == [
        ("formats_are_known", 0, 1, []),
        ("counts_are_possible", 0, 1, []),
    ]


def test_a_broken_row_is_shown_with_its_key_and_its_payload(world: Any) -> None:
    """The sample says which record it is, what is wrong with it, and which landed line it came from."""
    world.execute("update staging.stg_kitsu__anime set format = 'PLAY'")
    (result,) = check_columns(world, KITSU, [FORMATS])
    assert result.sample == [
        {
            "source_id": "5",
            "format": "PLAY",
            "payload_path": "kitsu/anime/k.jsonl.gz",
            "payload_line": 1,
            "payload_item": None,
        }
    ]


def test_a_row_that_breaks_a_check_in_two_ways_counts_once(world: Any) -> None:
    """Failing rows are rows, not broken expectations."""
    world.execute("update staging.stg_kitsu__anime set episodes = 0, popularity = -1")
    (result,) = check_columns(world, KITSU, [COUNTS])
    assert result.failing_rows == 1


def test_a_large_table_is_judged_by_every_nth_row(world: Any) -> None:
    """Above the limit the same rows are judged every time, and the sample shows the table's own rows."""
    world.execute(
        "insert into staging.stg_kitsu__anime (source_id, format, payload_line) "
        "select 'k' || i, if(i = 3, 'PLAY', 'TV'), i from range(2, 11) as numbers (i)"
    )
    (result,) = check_columns(world, KITSU, [FORMATS], most_rows=4)
    assert (result.judged_rows, result.failing_rows) == (4, 0)
    world.execute("update staging.stg_kitsu__anime set format = 'PLAY' where payload_line = 7")
    (result,) = check_columns(world, KITSU, [FORMATS], most_rows=4)
    assert result.failing_rows == 1
    assert [row["payload_line"] for row in result.sample] == [7]


def test_every_takes_the_first_and_each_further_nth_row() -> None:
    """Sampling is a fixed stride, so that it is the same in every run."""
    rows = pa.table({"n": range(7)})
    assert every(rows, 3)["n"].to_pylist() == [0, 3, 6]
    assert every(rows, 1) is rows


def test_numbers_reach_great_expectations_in_one_width() -> None:
    """Ranks and scores are widened, missing numbers become NaN, and nothing turns into objects."""
    rows = pa.table(
        {
            "rank": pa.array([1, 2], pa.int32()),
            "episodes": pa.array([12, None], pa.int16()),
            "score": pa.array([0.5, None], pa.float32()),
        }
    )
    frame = frame_of(rows)
    assert [str(kind) for kind in frame.dtypes] == ["int64", "float64", "float64"]
    assert frame["rank"].tolist() == [1, 2]


def test_a_column_that_does_not_exist_is_an_error(world: Any) -> None:
    """A suite about a column that is gone does not pass in silence."""
    with pytest.raises(CheckError, match="colour"):
        check_columns(world, KITSU, [ColumnCheck("colours", "Colours.", stated("colour"))])
