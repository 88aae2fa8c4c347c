r"""IMDb's files of titles: read by DuckDB, since they are large, and only what is animated is kept.

The one rule: the columns are those of the contract, in its order, or nothing is loaded; a tab ends a value,
a quote is an ordinary character, and `\N` is no value.
"""

import gzip
import re
import zlib
from pathlib import Path

import duckdb

from warehouse.errors import LandingError
from warehouse.names import Relation, quote_identifier, quote_literal
from warehouse.payloads import LandedFile
from warehouse.schema import raw_table

#: The header of each file, by stream.
TITLE_COLUMNS = {
    "title_basics": (
        "tconst",
        "titleType",
        "primaryTitle",
        "originalTitle",
        "isAdult",
        "startYear",
        "endYear",
        "runtimeMinutes",
        "genres",
    ),
    "title_ratings": ("tconst", "averageRating", "numVotes"),
    "title_akas": (
        "titleId",
        "ordering",
        "title",
        "region",
        "language",
        "types",
        "attributes",
        "isOriginalTitle",
    ),
}
#: The stream that says which titles there are; the others are kept for these alone.
TITLES = "title_basics"
_KEPT = {
    "title_basics": "list_contains(string_split(genres, ','), 'Animation') and title_type is distinct from 'tvEpisode'",
    "title_ratings": "tconst in (select tconst from {titles})",
    "title_akas": "title_id in (select tconst from {titles})",
}
_BLOCK_BYTES = 1_000_000
#: A longer line is no title.
_MAX_LINE_BYTES = 1_000_000


def load_titles(con: duckdb.DuckDBPyConnection, file: Path, target: Relation, landed: LandedFile) -> int:
    """Insert what is kept of the file into its raw table; returns how many rows that is.

    Raises:
        LandingError: naming the file, when it is cut off or damaged, has other columns, or a line is of
            another width or no UTF-8.
    """
    refuse_other_columns(file, landed.stream)
    columns = [snake_case(name) for name in TITLE_COLUMNS[landed.stream]]
    types = ", ".join(f"{quote_literal(name)}: 'varchar'" for name in columns)
    kept = _KEPT[landed.stream].format(titles=raw_table(landed.source, TITLES).sql)
    names = ", ".join(quote_identifier(name) for name in columns)
    statement = (
        f"insert into {target.sql} by name "  # noqa: S608 - our own names
        f"select {names}, payload_line, $path as payload_path, $captured_at as captured_at from ("
        "select row_number() over () + 1 as payload_line, * from read_csv("
        "$file, delim = '\t', quote = '', escape = '', nullstr = '\\N', header = true, auto_detect = false, "
        f"max_line_size = {_MAX_LINE_BYTES}, columns = {{{types}}})) where {kept}"
    )
    words = {"file": str(file), "path": landed.path, "captured_at": landed.captured_at}
    try:
        return int(con.execute(statement, words).fetchall()[0][0])
    except duckdb.Error as problem:
        message = " ".join(str(problem).partition("Possible")[0].split())
        raise LandingError(f"{file} cannot be read: {message[:500]}. Land it again") from problem


def refuse_other_columns(file: Path, stream: str) -> None:
    """Read the file to its end and compare its first line with the contract.

    Raises:
        LandingError: when it is cut off or damaged, or the columns are others.
    """
    expected = list(TITLE_COLUMNS[stream])
    try:
        with gzip.open(file, "rb") as opened:
            header = opened.readline(_MAX_LINE_BYTES)
            while opened.read(_BLOCK_BYTES):
                # DuckDB takes a file that is cut off between two lines for a whole one.
                continue
    except (EOFError, zlib.error, OSError) as problem:
        raise LandingError(f"{file} is no whole gzip file ({problem}); land it again") from problem
    found = header.decode("utf-8", "replace").rstrip("\r\n").split("\t")
    if found != expected:
        raise LandingError(
            f"{file}:1: expected the columns {', '.join(expected)}; found {', '.join(found)[:300]}. "
            "IMDb changed its files: this version cannot read them"
        )


def snake_case(name: str) -> str:
    """A column's name as the tables spell it, e.g. `title_type` for `titleType`."""
    return re.sub(r"([A-Z])", r"_\1", name).lower()
