"""What every asset tells the Dagster UI about the table it has just written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import dagster as dg

from reports.facts import Listing
from warehouse.build import BuildReport
from warehouse.lineage import column_lineage
from warehouse.sqlfiles import SqlFile

OWNERS = ["team:data-platform"]
CELL_WIDTH = 60
#: Tables that are no asset: the loading of every stream fills them.
NO_ASSETS = frozenset(("raw.crawl",))


def table_metadata(report: BuildReport, preview: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Row count (of a view none), schema with comments, rejected rows and a readable preview, as Dagster metadata."""
    metadata: dict[str, Any] = {"dagster/column_schema": dg.MetadataValue.table_schema(column_schema(report.columns))}
    if not report.is_view:
        metadata["dagster/row_count"] = dg.MetadataValue.int(report.rows)
    if report.rejected:
        metadata["rejected_rows"] = dg.MetadataValue.int(report.rejected)
    if preview:
        metadata["preview"] = dg.MetadataValue.md(markdown_table(preview))
    return metadata


def lineage_metadata(sql_file: SqlFile) -> dict[str, Any]:
    """Which columns of other assets each column is made of, as the UI knows it; empty where nothing can be traced."""
    deps = {
        name: [
            dg.TableColumnDep(asset_key=table.split(".")[1], column_name=column)
            for table, column in columns
            if table not in NO_ASSETS
        ]
        for name, columns in column_lineage(sql_file).items()
    }
    known = {name: columns for name, columns in deps.items() if columns}
    return {"dagster/column_lineage": dg.TableColumnLineage(deps_by_column=known)} if known else {}


def column_schema(columns: Iterable[tuple[str, str, str]]) -> dg.TableSchema:
    """The columns (name, type, comment) of a table in their order, as the UI knows them."""
    return dg.TableSchema(
        columns=[dg.TableColumn(name=name, type=kind, description=comment) for name, kind, comment in columns]
    )


def markdown_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as a Markdown table, long cells shortened; the columns are those of the first row."""
    header = list(rows[0])
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_cell(row[name]) for name in header) + " |" for row in rows]
    return "\n".join(lines)


def listing_metadata(listing: Listing) -> dg.MarkdownMetadataValue:
    """A table of the report, for the UI."""
    return dg.MetadataValue.md(markdown_table([dict(zip(listing.header, row, strict=True)) for row in listing.rows]))


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    text = text.replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= CELL_WIDTH else text[: CELL_WIDTH - 1] + "…"


def plain_metadata(values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Counts and names as Dagster metadata, without the empty ones."""
    return {name: value for name, value in dict(values).items() if value is not None}


def code_of_assets() -> str:
    """16 hex digits for the code of this room, from which tables computed in Python follow too."""
    return code_beside(Path(__file__))


@cache
def code_beside(file: Path) -> str:
    """16 hex digits for the code of the folder in which the file lies."""
    digest = sha256()
    for path in sorted(file.parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
