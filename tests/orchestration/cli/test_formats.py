"""How values are written."""

import io
import json
import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cli.formats import (
    is_number,
    moment,
    shortened,
    table_lines,
    text,
    width,
    write_csv,
    write_json,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (3, "3"),
        (0.1, "0.1"),
        ("naïve", "naïve"),
        (Decimal("1.50"), "1.50"),
        (Decimal("0E-10"), "0.0000000000"),
        (date(2026, 3, 1), "2026-03-01"),
        (time(12, 30), "12:30:00"),
        (b"\x00\xff", "00ff"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ([1, None], "[1, null]"),
        ({"a": [date(2026, 3, 1)]}, '{"a": ["2026-03-01"]}'),
        ([Decimal("1E+20"), Decimal("0.10")], "[100000000000000000000, 0.10]"),
    ],
)
def test_every_kind_of_value_has_one_spelling(value: object, written: str) -> None:
    """What a csv cell holds."""
    assert text(value) == written


def test_a_time_with_a_zone_is_written_in_utc() -> None:
    """Two hours east of Greenwich, noon is ten o'clock."""
    assert moment(datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))) == "2026-03-01T10:00:00Z"
    assert moment(datetime(2026, 3, 1, 12)) == "2026-03-01T12:00:00"


@pytest.mark.parametrize(
    ("kind", "is_one"),
    [
        ("BIGINT", True),
        ("DECIMAL(4,2)", True),
        ("UTINYINT", True),
        ("DOUBLE", True),
        ("VARCHAR", False),
        ("BIGINT[]", False),
        ("UUID", False),
        ("UNION(a INTEGER)", False),
        ("DATE", False),
    ],
)
def test_numbers_are_told_by_their_type(kind: str, is_one: bool) -> None:
    """A list of numbers is no number."""
    assert is_number(kind) is is_one


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def read_back(value: object) -> object:
    """What is read where the value was written: a time is text, and what is no number is null."""
    if isinstance(value, dict):
        return {name: read_back(one) for name, one in value.items()}
    if isinstance(value, list):
        return [read_back(one) for one in value]
    if isinstance(value, datetime):
        return moment(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


@given(st.lists(st.tuples(values, values), max_size=4))
def test_json_can_always_be_read_back(rows: list[tuple[object, object]]) -> None:
    """Whatever the values, the output is valid JSON with one object for each row."""
    stream = io.StringIO()
    write_json(stream, ["a", "b"], rows)
    read = json.loads(stream.getvalue(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert read == [{"a": read_back(a), "b": read_back(b)} for a, b in rows]


@given(st.text(max_size=40), st.integers(1, 30))
def test_shortened_text_fits(value: str, most: int) -> None:
    """It is never wider than allowed, and unchanged where it fits."""
    assert width(shortened(value, most)) <= most
    if width(value) <= most:
        assert shortened(value, most) == value


@given(st.lists(st.tuples(values, values), max_size=4))
def test_every_row_is_one_line_of_a_table(rows: list[tuple[object, object]]) -> None:
    """Line breaks and control characters in values do not break the table."""
    lines = list(table_lines(["a", "b"], [True, False], rows))
    assert len(lines) == 2 + len(rows)
    assert not any("\n" in line or "\x1b" in line for line in lines)


def test_csv_leaves_plain_columns_to_the_csv_module() -> None:
    """Only nested values, times and booleans are rewritten."""
    stream = io.StringIO()
    write_csv(stream, ["n", "t", "l"], ["BIGINT", "VARCHAR", "BIGINT[]"], [(1, "a;b\nc", [1]), (None, "", None)])
    assert stream.getvalue() == 'n,t,l\n1,"a;b\nc",[1]\n,,\n'


def test_the_last_column_may_be_wider() -> None:
    """A reason at the end of the line is worth reading; a long cell before it is cut."""
    line = list(table_lines(["a", "b"], [False, False], [["x" * 100, "y" * 100]]))[-1]
    assert line == "x" * 59 + "…" + "  " + "y" * 100
