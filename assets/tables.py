"""One asset per SQL file that reads only other tables; the file's header is the asset's description."""

import dagster as dg

from assets.pictures import picture_metadata, picture_rows
from assets.resources import WarehouseResource
from assets.results import NO_ASSETS, OWNERS, PREVIEW_ROWS, lineage_metadata, table_metadata
from warehouse.build import build, preview
from warehouse.sqlfiles import SqlFile, all_sql_files


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
            report = build(connection, sql_file, run_id=context.run_id)
            rows = preview(connection, f"{sql_file.schema}.{sql_file.name}", PREVIEW_ROWS)
            drawn_from = picture_rows(connection, sql_file.name)
        shown = table_metadata(report, rows) | lineage_metadata(sql_file)
        return dg.MaterializeResult(metadata=shown | picture_metadata(sql_file.name, drawn_from))

    return table


SQL_ASSETS = [sql_asset(one) for one in all_sql_files() if not one.needs_computed]
