"""Lineage is read from the SQL: complete where it can be, silent where it cannot, and never wrong."""

from pathlib import Path

import pytest

from tests.sql.building import all_sources
from warehouse.lineage import column_lineage
from warehouse.schema import shape_files
from warehouse.sqlfiles import SqlFile, all_sql_files, read_sql

FILES = {file.name: file for file in all_sql_files()}
FOUR = (*all_sources(), "jikan")

#: Worked out by reading the SQL: table, column, and all that its values are made of.
BY_HAND = [
    ("fact_user_rating", "rating", {"intermediate.int_ratings_unioned": {"source", "source_score"}}),
    ("fact_user_rating", "user_key", {"main.dim_user": {"user_key"}}),
    ("fact_user_rating", "source_id", {"intermediate.int_ratings_unioned": {"source_id"}}),
    ("dim_anime", "start_year", {"intermediate.int_anime_merged": {"started"}}),
    ("dim_user", "user_key", {"intermediate.int_ratings_unioned": {"source", "user_id"}}),
    # a union by name of four sources, one of which alone has the column
    ("int_anime_unioned", "slug", {"staging.stg_kitsu__anime": {"slug"}}),
    # the union's fourth arm is an anti join, whose other side gives no value
    (
        "int_anime_unioned",
        "title_romaji",
        {f"staging.stg_{s}__anime": {"title_romaji"} for s in FOUR},
    ),
    (
        "fact_anime_metrics",
        "day",
        {f"staging.stg_{s}__anime_records": {"captured_at"} for s in FOUR},
    ),
    # computed in Python; beside what Python gives stands what another command measured
    ("fact_match_candidate", "score", {}),
    ("fact_model_metric", "value", {"ml.held_out_user_metric": {"value"}}),
    ("vw_anime_rating_stats", "mean_rating", {"main.fact_user_rating": {"rating"}}),
    ("evaluation_input", "rating", {"ml.training_entry": {"rating"}}),
    # JSON taken apart, over three steps with names used in the SELECT that makes them
    ("stg_anilist__list_entries", "status", {"raw.raw_anilist__lists": {"payload"}}),
    ("stg_anilist__list_entries", "user_id", {"raw.raw_anilist__lists": {"subject"}}),
    # a constant, and a count of rows
    ("stg_kitsu__anime_records", "source", {}),
    ("dim_user", "list_entries", {}),
]


def by_table(file: SqlFile, column: str) -> dict[str, set[str]]:
    """The lineage of one column, by table."""
    found: dict[str, set[str]] = {}
    for table, name in column_lineage(file).get(column, ()):
        found.setdefault(table, set()).add(name)
    return found


@pytest.mark.parametrize(("table", "column", "expected"), BY_HAND)
def test_a_column_comes_from_what_its_sql_says(table: str, column: str, expected: dict[str, set[str]]) -> None:
    """Each of these was followed by hand."""
    assert by_table(FILES[table], column) == expected


def test_nine_columns_of_ten_that_sql_calculates_are_traced() -> None:
    """The others are constants and counted rows; what Python calculates comes from no column of a table."""
    calculated = [file for file in FILES.values() if not file.needs_computed]
    traced = sum(len(column_lineage(file)) for file in calculated)
    columns = sum(len(file.columns) for file in calculated)
    assert traced / columns > 0.9


def test_what_is_named_exists() -> None:
    """Every upstream column is a declared column of a table that the file reads."""
    declared = {file.table: set(file.columns) for file in FILES.values()}
    declared |= {str(target): set(shape.columns) for target, shape in shape_files().items()}
    for file in FILES.values():
        for columns in column_lineage(file).values():
            assert {table for table, _ in columns} <= set(file.depends_on), file.name
            assert all(column in declared[table] for table, column in columns), file.name


def test_where_one_end_is_open_nothing_is_claimed(tmp_path: Path) -> None:
    """`computed` has unknown columns: what is selected through it might come from it or from what it is joined to."""
    path = tmp_path / "core" / "open.sql"
    path.parent.mkdir()
    path.write_text(
        "/*\nOpen.\n\ngrain: a row\nkeys: anime_key\ncolumns:\n    anime_key: which\n    title: its title\n*/\n"
        "with opened as (\n    select *\n    from computed\n    inner join main.dim_anime using (anime_key)\n)\n\n"
        "select anime_key, title from opened\n",
        encoding="utf-8",
    )
    assert column_lineage(read_sql(path)) == {}


def test_sql_that_cannot_be_followed_has_no_lineage(tmp_path: Path) -> None:
    """A table of unknown columns is no reason to fail."""
    path = tmp_path / "core" / "odd.sql"
    path.parent.mkdir()
    path.write_text(
        "/*\nOdd.\n\ngrain: a row\nkeys: a\ncolumns:\n    a: something\n*/\nselect a, b from main.nobody_knows\n",
        encoding="utf-8",
    )
    assert column_lineage(read_sql(path)) == {}
