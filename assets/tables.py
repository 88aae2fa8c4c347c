"""One asset per SQL file that reads only other tables; the file's header is the asset's description.

A table is built only when it would come out otherwise than it stands.
"""

from typing import Any

import dagster as dg

from assets.pictures import picture_metadata, picture_rows
from assets.resources import WarehouseResource
from assets.results import NO_ASSETS, OWNERS, PREVIEW_ROWS, lineage_metadata, table_metadata
from warehouse.build import build, preview
from warehouse.made import NOTHING, Besides, content, is_made, note_made
from warehouse.sqlfiles import SqlFile, all_sql_files

#: Made by `assets.training`, which decides when.
KEPT_A_WHILE = ("training_item", "training_entry")
#: Told of a table that stands as it did.
UNCHANGED = {"unchanged": "Neither its SQL nor anything that it reads has changed: the table was left as it is."}


def describe(sql_file: SqlFile) -> str:
    """What the UI shows: the header's description and grain, then the SQL itself."""
    origin = "The relation `computed` in its SQL is calculated in Python.\n\n" if sql_file.needs_computed else ""
    return f"{sql_file.description}\n\nGrain: {sql_file.grain}\n\n{origin}```sql\n{sql_file.body.strip()}\n```"


def table_spec(sql_file: SqlFile, deps: list[str] | None = None) -> dg.AssetSpec:
    """The asset spec of a table that is declared by a SQL file; `deps` adds what its SQL does not name."""
    read = {name.split(".")[-1] for name in sql_file.depends_on if name not in NO_ASSETS}
    names = sorted({*read, *(deps or [])})
    return dg.AssetSpec(
        key=sql_file.name,
        deps=names,
        group_name=sql_file.group,
        kinds={"duckdb", "python" if sql_file.needs_computed else "sql"},
        owners=OWNERS,
        description=describe(sql_file),
        metadata={"dagster/table_name": f"{sql_file.schema}.{sql_file.name}"},
    )


def sql_asset(sql_file: SqlFile) -> dg.AssetsDefinition:
    """The asset that builds one table or view from its SELECT."""

    @dg.multi_asset(name=sql_file.name, specs=[table_spec(sql_file)])
    def table(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
        with warehouse.open().writer(sql_file.name) as connection:
            if unchanged := as_before(context, connection, sql_file):
                return unchanged
            report = build(connection, sql_file, run_id=context.run_id)
            rows = preview(connection, f"{sql_file.schema}.{sql_file.name}", PREVIEW_ROWS)
            version = note_made(connection, sql_file)
            drawn_from = picture_rows(connection, sql_file.name)
        shown = table_metadata(report, rows) | lineage_metadata(sql_file)
        shown |= picture_metadata(sql_file.name, drawn_from)
        return dg.MaterializeResult(metadata=shown, data_version=dg.DataVersion(version))

    return table


def as_before(
    context: dg.AssetExecutionContext, connection: Any, sql_file: SqlFile, besides: Besides = NOTHING
) -> dg.MaterializeResult[None] | None:
    """What is told of a table that stands as it would be made now; None where it has to be made.

    Args:
        context: of the asset.
        connection: a writer's.
        sql_file: the table's.
        besides: what a table computed in Python was made from beside what its SQL reads.
    """
    told = told_before(context, sql_file.name)
    if not (told and is_made(connection, sql_file, besides)):
        return None
    version = content(connection, f"{sql_file.schema}.{sql_file.name}")
    return dg.MaterializeResult(metadata=told | UNCHANGED, data_version=dg.DataVersion(version))


def told_before(context: dg.AssetExecutionContext, name: str) -> dict[str, Any]:
    """What the UI was told when the asset was materialised last; empty where this instance has never seen it."""
    event = context.instance.get_latest_materialization_event(dg.AssetKey(name))
    made = event.asset_materialization if event else None
    return dict(made.metadata) if made else {}


SQL_ASSETS = [sql_asset(one) for one in all_sql_files() if not one.needs_computed and one.name not in KEPT_A_WHILE]
