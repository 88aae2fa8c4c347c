"""Every file says what it makes, builds on nothing as well as on something, and gives the same twice."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sql.building import Workshop, all_sources
from warehouse.build import fetch
from warehouse.sqlfiles import SqlFile, all_sql_files, read_sql, sql_root

FILES = all_sql_files()
READABLE = sorted(path for folder in ("queries", "inputs") for path in (sql_root() / folder).glob("*.sql"))


def name_of(path: Path) -> str:
    """The name that fetch() knows a file by."""
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(scope="module")
def empty() -> Iterator[Workshop]:
    """A warehouse built from nothing; tests only read it."""
    workshop = Workshop()
    workshop.make()
    yield workshop
    workshop.con.close()


def anilist(number: int) -> dict[str, object]:
    """An AniList record that states a little of everything."""
    return {
        "id": number,
        "title": {"romaji": f"Title {number}", "english": None, "native": None},
        "format": "TV",
        "status": "FINISHED",
        "startDate": {"year": 2010, "month": 4, "day": number},
        "genres": ["Action"],
        "averageScore": 70 + number,
        "popularity": 100 * number,
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.table)
def test_every_file_describes_its_table(file: SqlFile) -> None:
    """Description, grain, keys and columns stand in the header, and nothing is left half said."""
    assert file.description
    assert file.grain
    assert file.keys
    assert all(file.columns.values())


def test_no_aggregate_is_ordered_by_all() -> None:
    """In an aggregate DuckDB takes it for every column of what is read: a list for each, the first one unordered."""
    within = re.compile(r"\w\((?!\s*(?:select|with|from)\b)[^()]*\border by all\s*\)", re.IGNORECASE)
    found = [name_of(path) for path in sorted(sql_root().rglob("*.sql")) if within.search(path.read_text())]
    assert found == []


@pytest.mark.parametrize("path", READABLE, ids=name_of)
def test_every_query_and_input_says_what_it_gives(path: Path) -> None:
    """Its header has a description."""
    assert read_sql(path).description


def test_an_empty_warehouse_builds_whole(empty: Workshop) -> None:
    """Without any landed file every table exists, is described, and holds nothing but zeros and what people keep."""
    filled = {
        name
        for schema, name in empty.rows(
            "select schema_name, table_name from duckdb_tables() where estimated_size > 0 and not temporary"
        )
    }
    counted = {"fact_match_metric", "int_identity_count"}
    assert filled == {"dim_source", "int_anime_field_rules", "int_genre_aliases"} | counted
    silent = empty.rows(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where comment is null and schema_name <> 'raw' and not internal and database_name = current_database()"
    )
    assert not silent


@pytest.mark.parametrize("source", all_sources())
def test_one_source_alone_is_enough(shop: Workshop, source: str) -> None:
    """Records and ratings of a single source make a whole warehouse."""
    bare = {"id": "1", "type": "anime"} if source == "kitsu" else {"id": 1}
    shop.land(source, bare)
    shop.rate(source, ("u", "1", "8"))
    shop.make()
    assert shop.rows("select source_count from dim_anime") == [(1,)]
    assert shop.rows("select count(*) from fact_user_rating") == [(1,)]


def test_building_twice_changes_nothing(shop: Workshop) -> None:
    """The same input gives the same rows in the same order."""
    shop.land("anilist", *[anilist(number) for number in range(1, 20)])
    shop.rate("anilist", *[(f"u{number}", str(number % 19 + 1), "80") for number in range(60)])
    tables = [file.table for file in FILES if file.kind != "view" and not file.needs_computed]

    def everything() -> list[object]:
        shop.make()
        return [shop.rows(f"select * from {table}") for table in tables]

    assert everything() == everything()


@pytest.mark.parametrize("path", READABLE, ids=name_of)
def test_queries_and_inputs_run_on_an_empty_warehouse(empty: Workshop, path: Path) -> None:
    """Nothing to tell is no error."""
    computed = fetch(empty.con, "inputs/known_anilist") if read_sql(path).needs_computed else None
    assert fetch(empty.con, name_of(path), computed=computed).num_rows == 0


def test_views_and_queries_read_nothing_but_published_tables() -> None:
    """Views and queries work in the snapshot: they read main, ml and quality alone."""
    views = [file for file in FILES if file.kind == "view"]
    queries = [read_sql(path) for path in READABLE if path.parent.name == "queries"]
    read = {name.split(".")[0] for file in (*views, *queries) for name in file.depends_on}
    assert read <= {"main", "ml", "quality"}
