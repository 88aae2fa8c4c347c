"""What a table was made from and found sound with, and when it counts as neither any more."""

import duckdb
import pyarrow as pa
import pytest

from warehouse.build import build, patch
from warehouse.made import content, forget, is_made, is_sound, note_made, note_sound
from warehouse.sqlfiles import sql_file

ALIASES = sql_file("intermediate/int_genre_aliases")
UNIONED, USER = sql_file("intermediate/int_ratings_unioned"), sql_file("core/dim_user")
RATINGS = [sql_file(f"staging/stg_{source}__ratings") for source in ("anilist", "kitsu", "myanimelist")]
ENTRIES = [sql_file(f"staging/stg_{source}__list_entries") for source in ("anilist", "kitsu", "myanimelist")]


@pytest.fixture
def built(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A warehouse in which everything up to dim_user was built from nothing, and remembered."""
    for file in (*ENTRIES, *RATINGS, UNIONED, USER):
        build(con, file)
        note_made(con, file)
    return con


def load_file(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Note another file as loaded into Kitsu's ratings."""
    con.execute("insert into raw.loaded_file values ($name, 'kitsu', 'ratings', $name, 0, now())", {"name": name})


def test_a_table_that_was_never_built_is_not_made(con: duckdb.DuckDBPyConnection) -> None:
    """Nor is one that is gone again."""
    assert not is_made(con, ALIASES)
    build(con, ALIASES)
    note_made(con, ALIASES)
    assert is_made(con, ALIASES)
    con.execute("drop table intermediate.int_genre_aliases")
    assert not is_made(con, ALIASES)


def test_another_landed_file_unmakes_what_reads_it_and_nothing_else(built: duckdb.DuckDBPyConnection) -> None:
    """The staging table of that source has to be built again; the others, and what is further down, not yet."""
    load_file(built, "kitsu/ratings/new.csv.gz")
    assert [is_made(built, file) for file in RATINGS] == [True, False, True]
    assert is_made(built, UNIONED)


def test_what_comes_out_the_same_changes_nothing_further_down(built: duckdb.DuckDBPyConnection) -> None:
    """A new file without new ratings: staging is built again, and holds what it held."""
    load_file(built, "kitsu/ratings/new.csv.gz")
    build(built, RATINGS[1])
    note_made(built, RATINGS[1])
    assert is_made(built, RATINGS[1])
    assert is_made(built, UNIONED)
    assert is_made(built, USER)


def test_what_comes_out_otherwise_unmakes_the_next_table(built: duckdb.DuckDBPyConnection) -> None:
    """A row more in staging: what unites the sources has to be built again."""
    build(built, RATINGS[1])
    built.execute("insert into staging.stg_kitsu__ratings (user_id) values ('carol')")
    note_made(built, RATINGS[1])
    assert not is_made(built, UNIONED)
    assert is_made(built, USER)


def test_a_table_made_in_python_counts_by_what_it_holds(con: duckdb.DuckDBPyConnection) -> None:
    """Equal rows have equal content, in whatever order; a patched table has another."""
    file = sql_file("intermediate/int_published_record")

    def rows(*names: str) -> pa.Table:
        records = [{"source": "kitsu", "source_id": name, "anime_key": 1} for name in names]
        schema = pa.schema([("source", pa.string()), ("source_id", pa.string()), ("anime_key", pa.int64())])
        return pa.Table.from_pylist(records, schema)

    table = "intermediate.int_published_record"
    assert content(con, table) == "absent"
    build(con, file, computed=rows("1", "2"))
    first = content(con, table)
    build(con, file, computed=rows("2", "1"))
    assert content(con, table) == first
    patch(con, file, computed=rows("3"), removed=rows("1").select(list(file.keys)))
    assert content(con, table) != first
    patch(con, file, computed=rows("1"), removed=rows("3").select(list(file.keys)))
    assert content(con, table) == first


def test_checks_hold_as_long_as_all_that_they_read_is_the_same(built: duckdb.DuckDBPyConnection) -> None:
    """Another file for what is read, other rules, or a row that a stranger changed, and they have to be run again."""
    table, reads = "main.dim_user", ["intermediate.int_ratings_unioned"]
    assert not is_sound(built, table, reads, "rules")
    note_sound(built, table, reads, "rules", holds=True)
    assert is_sound(built, table, reads, "rules")
    assert not is_sound(built, table, reads, "other rules")
    assert not is_sound(built, table, [*reads, "raw.raw_kitsu__ratings"], "rules")
    built.execute("insert into main.dim_user (user_key) values (1)")
    assert not is_sound(built, table, reads, "rules")


def test_a_check_that_did_not_hold_is_run_again(built: duckdb.DuckDBPyConnection) -> None:
    """What was found broken is never taken for sound, though nothing has changed."""
    note_sound(built, "main.dim_user", [], "rules", holds=True)
    note_sound(built, "main.dim_user", [], "rules", holds=False)
    assert not is_sound(built, "main.dim_user", [], "rules")


def test_a_table_that_is_built_again_is_sound_if_it_comes_out_the_same(built: duckdb.DuckDBPyConnection) -> None:
    """Checks are about rows, not about when they were written."""
    note_sound(built, "main.dim_user", [], "rules", holds=True)
    build(built, USER)
    assert is_sound(built, "main.dim_user", [], "rules")
    assert not is_made(built, USER)
    built.execute("insert into intermediate.int_ratings_unioned (source, user_id) values ('kitsu', 'carol')")
    build(built, USER)
    assert not is_sound(built, "main.dim_user", [], "rules")


def test_the_quarantine_counts_by_what_is_about_the_table(built: duckdb.DuckDBPyConnection) -> None:
    """A row that another stage refuses now changes nothing; one of its own does."""
    note_sound(built, "staging.stg_kitsu__ratings", ["quality.quarantine"], "rules", holds=True)
    refuse = "insert into quality.quarantine (stage, reason) values ('{}', 'no number')"
    built.execute(refuse.format("stg_anilist__ratings"))
    assert is_sound(built, "staging.stg_kitsu__ratings", ["quality.quarantine"], "rules")
    built.execute(refuse.format("stg_kitsu__ratings"))
    assert not is_sound(built, "staging.stg_kitsu__ratings", ["quality.quarantine"], "rules")


def test_everything_can_be_forgotten(built: duckdb.DuckDBPyConnection) -> None:
    """Then nothing counts as made."""
    forget(built)
    assert not any(is_made(built, file) for file in (*RATINGS, UNIONED, USER))
