"""`osusume sql`."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

Call = Callable[..., object]


def test_a_table_is_aligned_for_people(osusume: Call, small_home: Path) -> None:
    """Names, a rule, numbers flush right; Japanese signs count as two columns."""
    query = "select anime_key, title_native, popularity from dim_anime where anime_key in (1, 2) order by 1"
    called = osusume("sql", query, "--home", small_home)
    assert called.status == 0
    assert called.out.splitlines() == [
        "anime_key  title_native  popularity",
        "---------  ------------  ----------",
        "        1  時計の港             900",
        "        2                       500",
    ]


def test_a_long_table_is_cut_and_says_so(osusume: Call, small_home: Path) -> None:
    """The note goes to stderr, so that the result stays a result."""
    called = osusume("sql", "select anime_key from dim_anime", "--limit", "3", "--home", small_home)
    assert len(called.out.splitlines()) == 2 + 3
    assert "first 3 rows of more" in called.err
    assert len(osusume("sql", "from dim_anime", "--limit", "0", "--home", small_home).out.splitlines()) == 2 + 8


def test_csv_writes_nested_values_times_and_nulls_the_same_way_for_every_reader(
    osusume: Call, small_home: Path
) -> None:
    """JSON in a cell, ISO 8601 in UTC, true and false, nothing for null."""
    query = (
        "select [1, 2] as list, {a: 'x'} as fields, timestamptz '2026-03-01 12:00:00+02' as moment, "
        "date '2026-03-01' as day, true as yes, null as nothing, 'a,\"b\"' as text, "
        "1.50::decimal(4, 2) as price"
    )
    called = osusume("sql", query, "--format", "csv", "--home", small_home)
    header, row = csv.reader(io.StringIO(called.out))
    assert dict(zip(header, row, strict=True)) == {
        "list": "[1, 2]",
        "fields": '{"a": "x"}',
        "moment": "2026-03-01T10:00:00Z",
        "day": "2026-03-01",
        "yes": "true",
        "nothing": "",
        "text": 'a,"b"',
        "price": "1.50",
    }


def test_json_is_one_array_of_objects(osusume: Call, small_home: Path) -> None:
    """What is nested stays nested; what JSON has no word for becomes null or text."""
    query = "select 1 as number, [{a: 1}] as list, 'nan'::double as no_number, date '2026-03-01' as day"
    called = osusume("sql", query, "--format", "json", "--home", small_home)
    assert json.loads(called.out) == [{"number": 1, "list": [{"a": 1}], "no_number": None, "day": "2026-03-01"}]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_intervals_and_long_decimals_are_whole(osusume: Call, small_home: Path, form: str) -> None:
    """Python has no months, and a floating point number not all digits: neither stands in for what was asked for."""
    query = (
        "create temp table spans as select interval '1 year 2 months' as span; "
        "select span, 1 as span, [-span] as spans, "
        "{a: span, b: 12345678901234567890.123456789::decimal(38, 9)} as nested, "
        "0.1000000000000000000000000001::decimal(38, 28) as small, 'interval' as word from spans"
    )
    called = osusume("sql", query, "--format", form, "--home", small_home)
    assert (called.status, called.err) == (0, "")
    nested = '{"a": "1 year 2 months", "b": 12345678901234567890.123456789}'
    small = "0.1000000000000000000000000001"
    if form == "json":
        assert called.out == (
            f'[\n{{"span": "1 year 2 months", "span_1": 1, "spans": ["-1 year -2 months"], "nested": {nested}, '
            f'"small": {small}, "word": "interval"}}\n]\n'
        )
    elif form == "csv":
        (_, row) = csv.reader(io.StringIO(called.out))
        assert row == ["1 year 2 months", "1", '["-1 year -2 months"]', nested, small, "interval"]
    else:
        assert all(told in called.out for told in ("1 year 2 months ", "-1 year -2 months", f" {small} "))


def test_json_keeps_every_column_that_has_the_same_name(osusume: Call, small_home: Path) -> None:
    """As a join gives them; the second gets a number, and no name that another column has."""
    query = "select 1 as a, 2 as a, 3 as a_1, 4 as a"
    called = osusume("sql", query, "--format", "json", "--home", small_home)
    assert json.loads(called.out) == [{"a": 1, "a_2": 2, "a_1": 3, "a_3": 4}]


def test_an_empty_result_is_valid_in_every_format(osusume: Call, small_home: Path) -> None:
    """No row is an answer too."""
    query = "select title from dim_anime where false"
    assert json.loads(osusume("sql", query, "--format", "json", "--home", small_home).out) == []
    assert osusume("sql", query, "--format", "csv", "--home", small_home).out == "title\n"
    assert osusume("sql", query, "--home", small_home).out == "title\n-----\n"


def test_parquet_keeps_the_types(osusume: Call, small_home: Path, tmp_path: Path) -> None:
    """The file holds the result with its types, and nothing goes to stdout."""
    target = tmp_path / "out.parquet"
    called = osusume("sql", "from dim_user", "--format", "parquet", "--output", target, "--home", small_home)
    assert (called.status, called.out) == (0, "")
    table = pq.read_table(target)
    assert table.num_rows == 4
    assert str(table.schema.field("user_key").type) == "int64"


def test_parquet_holds_an_interval_as_its_text(osusume: Call, small_home: Path, tmp_path: Path) -> None:
    """It has a type for neither intervals nor unions; what of the two has no text is refused, and nothing is left."""
    target = tmp_path / "out.parquet"
    words = ("--format", "parquet", "--output", target, "--home", small_home)
    assert osusume("sql", "select interval 14 months as span, 1 as one", *words).status == 0
    assert pq.read_table(target).to_pylist() == [{"span": "1 year 2 months", "one": 1}]
    called = osusume("sql", "select union_value(k := 1) as u", *words)
    assert called.status == 2
    assert "Parquet cannot hold this result" in called.err
    assert pq.read_table(target).num_rows == 1


def test_the_query_is_read_from_stdin(osusume: Call, small_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` stands for it."""
    monkeypatch.setattr("sys.stdin", io.StringIO("select 40 + 2 as answer"))
    assert osusume("sql", "-", "--format", "csv", "--home", small_home).out == "answer\n42\n"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select nonsense from dim_anime", "nonsense"),
        ("select * from no_such_table", "show all tables"),
        ("selec 1", "syntax error"),
        ("delete from dim_anime", "only be read"),
        ("create table main.x as select 1", "only be read"),
        ("select * from read_csv('/etc/passwd')", "neither read nor write files"),
        ("copy dim_user to '/tmp/stolen.csv'", "neither read nor write files"),
        ("attach '/tmp/other.duckdb'", "neither read nor write files"),
        ("set enable_external_access = true", "configuration"),
        ("  ;  ", "the query is empty"),
    ],
)
def test_a_query_that_cannot_be_answered_is_wrong_usage(osusume: Call, small_home: Path, query: str, said: str) -> None:
    """One clear message, no traceback, nothing on stdout, and nothing was changed."""
    called = osusume("sql", query, "--home", small_home)
    assert called.status == 2
    assert called.out == ""
    assert said in called.err
    assert "Traceback" not in called.err


def test_an_output_that_cannot_be_written_is_named(osusume: Call, small_home: Path, tmp_path: Path) -> None:
    """The message names the file."""
    target = tmp_path / "missing" / "out.csv"
    called = osusume("sql", "select 1", "--format", "csv", "--output", target, "--home", small_home)
    assert called.status == 2
    assert str(target) in called.err


@pytest.mark.parametrize("form", ["csv", "json", "table", "parquet"])
def test_a_query_that_fails_on_the_way_leaves_no_part_of_a_result(
    osusume: Call, small_home: Path, tmp_path: Path, form: str
) -> None:
    """What was there before stays, and nothing lies beside it.

    DuckDB may tell of a thread that was stopped, in place of the one that failed: then it is said to ask once more.
    """
    target = tmp_path / "results" / "out"
    target.parent.mkdir()
    target.write_text("of yesterday")
    query = "select if(range = 250_000, error('too far'), range) as number from range(300_000)"
    words = ("--format", form, "--output", target, "--limit", "0", "--home", small_home)
    called = osusume("sql", query, *words)
    told = "too far" in called.err or ("INTERRUPT" in called.err and "run it once more" in called.err)
    assert (called.status, told) == (2, True)
    assert [path.name for path in target.parent.iterdir()] == ["out"]
    assert target.read_text() == "of yesterday"
    assert osusume("sql", "select 1", *words).status == 0
    assert b"of yesterday" not in target.read_bytes()


def test_a_result_may_go_to_a_device(osusume: Call, small_home: Path) -> None:
    """It is written to and not replaced by a file."""
    called = osusume("sql", "select 1", "--output", "/dev/null", "--home", small_home)
    assert called.status == 0
    assert Path("/dev/null").is_char_device()


def test_nothing_published_has_a_status_of_its_own(osusume: Call, tmp_path: Path) -> None:
    """Scripts can tell it from a wrong query."""
    called = osusume("sql", "select 1", "--home", tmp_path)
    assert called.status == 3
    assert "osusume run" in called.err


def test_a_plan_is_drawn_on_as_many_lines_as_it_has(osusume: Call, small_home: Path) -> None:
    """`explain` is for reading."""
    called = osusume("sql", "explain select 1", "--home", small_home)
    assert called.status == 0
    assert called.out.count("\n") > 3
