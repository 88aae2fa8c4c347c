"""How far a kept table has fallen behind its SELECT, counted row by row."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.build import build
from warehouse.drift import Drift, drift
from warehouse.errors import BuildError
from warehouse.sqlfiles import sql_file

ENTRIES = sql_file("ml/training_entry")
#: The ratings of entries, None where there is none, by user and anime.
Lists = dict[tuple[int, int], float | None]
LISTS = st.dictionaries(
    st.tuples(st.integers(1, 2), st.integers(1, 3)), st.one_of(st.none(), st.sampled_from([1.0, 7.5, 10.0]))
)


def warehouse() -> duckdb.DuckDBPyConnection:
    """A warehouse in memory in which nobody has a list."""
    connection = duckdb.connect()
    connection.execute("create schema ml; create schema raw")
    connection.execute("create table raw.made_table (table_name varchar, content varchar, made_from varchar)")
    connection.execute(
        "create table fact_user_rating (user_key bigint, anime_key bigint, rating double, status varchar, "
        "rated_at timestamptz)"
    )
    return connection


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse."""
    with warehouse() as connection:
        yield connection


def rate(con: duckdb.DuckDBPyConnection, lists: Lists) -> None:
    """These are the lists now."""
    con.execute("delete from fact_user_rating")
    for (user, anime), rating in lists.items():
        con.execute("insert into fact_user_rating values (?, ?, ?, 'completed', null)", [user, anime, rating])


@given(then=LISTS, now=LISTS)
def test_what_came_went_and_changed_is_counted(then: Lists, now: Lists) -> None:
    """Whatever the lists were and are; an entry without a score is not one that is not there."""
    with warehouse() as con:
        rate(con, then)
        build(con, ENTRIES)
        rate(con, now)
        differing = sum((key in then) != (key in now) or then[key] != now[key] for key in then.keys() | now.keys())
        assert drift(con, ENTRIES) == Drift(rows=len(now), differing=differing)


def test_shares_are_of_what_there_would_be() -> None:
    """Where there would be nothing, anything is all of it."""
    assert Drift(200, 3).share == 0.015
    assert Drift(0, 0).share == 0
    assert Drift(0, 2).share == 1


def test_other_columns_make_every_row_another(con: duckdb.DuckDBPyConnection) -> None:
    """As after an update of the project."""
    rate(con, {(1, 1): 8.0, (2, 3): None})
    con.execute("create table ml.training_entry as select user_key, anime_key from fact_user_rating")
    assert drift(con, ENTRIES) == Drift(rows=2, differing=2)


def test_a_select_that_fails_names_its_file(con: duckdb.DuckDBPyConnection) -> None:
    """Here because what it reads is missing."""
    broken = sql_file("ml/training_item")
    with pytest.raises(BuildError, match=str(Path("ml") / "training_item.sql")):
        drift(con, broken)
