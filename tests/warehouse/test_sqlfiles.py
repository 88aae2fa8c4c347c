"""What a SQL file says about itself and what it reads."""

from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.errors import SqlFileError
from warehouse.sqlfiles import SqlFile, all_sql_files, in_order, read_sql, sql_file, sql_root

Sql = Callable[..., SqlFile]
HEADER = """/*
Canonical anime, one title
for display.

A second paragraph.

grain: one canonical anime
keys: anime_key, source
group: identity
columns:
    anime_key: lasting id
        of the anime
    source: where from: anilist, kitsu
*/
"""


def write(tmp_path: Path, name: str, text: str) -> Path:
    """A file of sql/ in a temporary folder."""
    path = tmp_path / f"{name}.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_header_is_read_in_full(tmp_path: Path) -> None:
    """Description, grain, keys, group and columns, wrapped lines joined, paragraphs kept apart."""
    body = "select anime_key, source\nfrom staging.stg_x -- why; not\n"
    file = read_sql(write(tmp_path, "core/dim_anime", f"{HEADER}{body};\n"))
    assert file.description == "Canonical anime, one title for display.\n\nA second paragraph."
    assert (file.grain, file.keys, file.group) == ("one canonical anime", ("anime_key", "source"), "identity")
    assert file.columns == {
        "anime_key": "lasting id of the anime",
        "source": "where from: anilist, kitsu",
    }
    assert file.body == body.strip()
    assert (file.name, file.table, file.kind) == ("dim_anime", "main.dim_anime", "table")


@pytest.mark.parametrize(
    ("folder", "schema", "kind", "group"),
    [
        ("staging", "staging", "table", "staging"),
        ("intermediate", "intermediate", "table", "identity"),
        ("core", "main", "table", "core"),
        ("marts", "main", "view", "recommendations"),
        ("ml", "ml", "table", "models"),
    ],
)
def test_the_folder_decides_schema_kind_and_group(sql: Sql, folder: str, schema: str, kind: str, group: str) -> None:
    """As the contract's table of folders says."""
    file = sql(f"{folder}/x", "select 1 as a")
    assert (file.schema, file.kind, file.group) == (schema, kind, group)


def test_a_staging_file_that_can_refuse_rows_is_of_kind_staging(sql: Sql) -> None:
    """`rejection_reason` in the SELECT makes the difference; without it the file makes a plain table."""
    assert sql("staging/stg_x", "select 1 as a, null as rejection_reason").kind == "staging"
    assert sql("staging/stg_y", "select 1 as a").kind == "table"


def test_a_table_may_be_declared_a_view_and_the_reverse(sql: Sql) -> None:
    """`kind:` in the header overrides the folder, for these two only."""
    assert sql("core/x", "select 1 as a", extra="kind: view\n").kind == "view"
    assert sql("marts/y", "select 1 as a", extra="kind: table\n").kind == "table"
    with pytest.raises(SqlFileError, match="kind: macro"):
        sql("core/z", "select 1 as a", extra="kind: macro\n")


DEPENDENCIES = [
    ("select * from staging.x", ["staging.x"]),
    ("select * from dim_anime", ["main.dim_anime"]),
    ("select * from main.x inner join ml.y using (a)", ["main.x", "ml.y"]),
    ("with x as (select * from staging.y) select * from x", ["staging.y"]),
    ("with dim_anime as (select * from dim_anime) select * from dim_anime", ["main.dim_anime"]),
    ("with dim_anime as (select * from main.dim_anime) select * from dim_anime", ["main.dim_anime"]),
    ("with recursive r as (select 1 as a union all select a + 1 from r, raw.x) select * from r", ["raw.x"]),
    ("with a as (select 1 as x), b as (select * from a) select * from B", []),
    ("select (select max(a) from ml.x), exists (select 1 from quality.y)", ["ml.x", "quality.y"]),
    ("select * from computed left join seeds.overrides using (a)", []),
    ("select * from staging.computed", ["staging.computed"]),
    ("select * from raw.a union all by name select * from raw.b", ["raw.a", "raw.b"]),
    ("select * from (with x as (select 1) select * from x) as y, x", ["main.x"]),
    ("select unnest([1, 2]) as a, $limit as b -- from nowhere", []),
    ("select 'from staging.x' as a from range(3)", []),
    ("select * from information_schema.tables", []),
]


@pytest.mark.parametrize(("body", "expected"), DEPENDENCIES)
def test_dependencies_are_the_tables_really_read(sql: Sql, body: str, expected: list[str]) -> None:
    """Common table expressions, the computed table, seeds, strings and comments are none."""
    assert list(sql("core/x", body).depends_on) == expected


def test_a_computed_table_is_noticed(sql: Sql) -> None:
    """A file that reads `computed` says so."""
    assert sql("core/x", "select * from computed").needs_computed
    assert not sql("core/y", "with computed as (select 1 as a) select * from computed").needs_computed


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("core/x", "select 1 as a", "must begin with a"),
        ("core/x", "/* Only words. */ select 1 as a", "lacks `grain:`, `keys:`, `columns:`"),
        ("core/x", "/*\ngrain: g\nkeys: a\ncolumns:\n    a: b\n*/ select 1 as a", "lacks a description"),
        ("core/x", HEADER.replace("keys: anime_key", "keys: other") + "select 1", r"keys \['other'\]"),
        ("core/x", HEADER.replace("group: identity", "grain: again") + "select 1", "`grain:` twice"),
        ("core/x", HEADER.replace("    source: w", "    anime_key: w") + "select 1", "'anime_key' twice"),
        ("core/x", HEADER.replace("    source: w", "what is this w") + "select 1", "expected `    column"),
        ("core/x", HEADER + "selec 1", "syntax error"),
        ("core/x", HEADER + "select 1; select 2", "found 2 statements"),
        ("core/x", HEADER + "create table x as select 1", "Only SELECT"),
        ("core/x", HEADER, "found 0 statements"),
        ("elsewhere/x", HEADER + "select 1", "expected a folder among"),
        ("checks/x__holds", "/*\nIt holds.\n*/ select 1", "severity: error"),
        ("checks/x__holds", "/*\nIt holds.\n\nseverity: bad\n*/ select 1", "severity: error"),
    ],
)
def test_a_file_that_breaks_the_rules_is_named_with_what_is_wrong(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    """Every message begins with the file."""
    path = write(tmp_path, name, text)
    with pytest.raises(SqlFileError, match=message) as caught:
        read_sql(path)
    assert str(caught.value).startswith(str(path))


def test_queries_need_no_more_than_a_sentence(tmp_path: Path) -> None:
    """Files that make no table have no grain, keys or columns to tell."""
    file = read_sql(write(tmp_path, "queries/hidden_gems", "/*\nGood and unknown.\n*/\nselect 1 as a"))
    assert (file.kind, file.description, file.schema) == ("query", "Good and unknown.", "")


def test_a_missing_file_is_named() -> None:
    """sql_file says where the files are."""
    with pytest.raises(SqlFileError, match=r"sql/core/nonsense\.sql does not exist"):
        sql_file("core/nonsense")


def test_each_file_comes_after_those_it_reads(sql: Sql) -> None:
    """Topological, and by name where nothing decides, whatever order they are given in."""
    files = [
        sql("core/b", "select * from main.a"),
        sql("core/a", "select * from staging.z"),
        sql("staging/z", "select 1 as a"),
        sql("core/c", "select 1 as a"),
    ]
    expected = ["main.c", "staging.z", "main.a", "main.b"]
    assert [file.table for file in in_order(files)] == expected
    assert [file.table for file in in_order(reversed(files))] == expected


def test_a_circle_is_named(sql: Sql) -> None:
    """Files that read each other are an error that names them."""
    files = [sql("core/a", "select * from main.b"), sql("core/b", "select * from main.a")]
    with pytest.raises(SqlFileError, match=r"circle: .*main\.a"):
        in_order(files)


def test_two_files_for_one_table_are_refused(sql: Sql) -> None:
    """core/x and marts/x would both make main.x."""
    files = [sql("core/x", "select 1 as a"), sql("marts/x", "select 1 as a")]
    with pytest.raises(SqlFileError, match=r"both make main\.x"):
        in_order(files)


def test_the_projects_own_files_are_in_order() -> None:
    """Every file of sql/ that makes a table can be read, and none comes before what it reads."""
    done: set[str] = set()
    tables = {file.table for file in all_sql_files()}
    for file in all_sql_files():
        assert set(file.depends_on) & tables <= done
        done.add(file.table)


@pytest.mark.parametrize("path", sorted(sql_root().glob("*/*.sql")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_file_of_the_project_can_be_read(path: Path) -> None:
    """Header and statement keep the rules."""
    assert read_sql(path).description
