"""One asset per SQL file that reads only other tables; the file's header is the asset's description.

A table is built only when it would come out otherwise than it stands.
"""

from typing import Any

import dagster as dg
import pyarrow as pa

from assets.checks.asset_checks import also_read
from assets.checks.tables import table_named
from assets.pictures import picture_metadata, picture_rows
from assets.resources import WarehouseResource
from assets.results import NO_ASSETS, OWNERS, lineage_metadata, table_metadata
from assets.steps import Made, table_step, telling, with_checks
from warehouse.build import BuildReport, build, preview
from warehouse.made import NOTHING, Besides, content, is_made, note_made
from warehouse.sqlfiles import SqlFile, all_sql_files, sql_file

#: Made by `assets.training`, which decides when.
KEPT_A_WHILE = ("training_item", "training_entry")
#: Tables with rules that read what their SQL does not, dim_anime mostly: they are made after it, to be checked at once.
CHECKED_AGAINST_OTHERS = frozenset(
    (
        "bridge_anime_genre",
        "bridge_anime_relation",
        "bridge_anime_source",
        "bridge_anime_studio",
        "bridge_anime_tag",
        "dim_anime_record",
        "fact_anime_field",
        "fact_anime_metrics",
        "fact_anime_review",
        "fact_anime_similarity",
        "fact_match_metric",
        "fact_user_rating",
    )
)
#: Told of a table that stands as it did.
UNCHANGED = {"unchanged": "Neither its SQL nor anything that it reads has changed: the table was left as it is."}


def describe(sql_file: SqlFile) -> str:
    """What the UI shows: the header's description and grain, then the SQL itself."""
    origin = "The relation `computed` in its SQL is calculated in Python.\n\n" if sql_file.needs_computed else ""
    return f"{sql_file.description}\n\nGrain: {sql_file.grain}\n\n{origin}```sql\n{sql_file.body.strip()}\n```"


def table_spec(sql_file: SqlFile, deps: list[str] | None = None) -> dg.AssetSpec:
    """The asset spec of a table that is declared by a SQL file; `deps` adds what its SQL does not name."""
    read = {name.split(".")[-1] for name in sql_file.depends_on if name not in NO_ASSETS}
    table = table_named(sql_file.name) if sql_file.name in CHECKED_AGAINST_OTHERS else None
    names = sorted({*read, *(deps or []), *(also_read(table) if table else [])})
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

    @table_step(sql_file.name, [table_spec(sql_file)])
    def table(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Made:
        opened, drawn_from = warehouse.open(), dict[str, Any]()
        with opened.writer(sql_file.name) as connection:
            result = as_before(context, connection, sql_file)
            if result is None:
                report = build(connection, sql_file, run_id=context.run_id)
                note_made(connection, sql_file)
                result = stands(connection, sql_file, report)
                drawn_from = picture_rows(connection, sql_file.name)
            result = with_checks(connection, opened, result, context.run_id)
        return telling(result, picture_metadata(sql_file.name, drawn_from)) if drawn_from else result

    return table


def write(
    warehouse: WarehouseResource,
    path: str,
    computed: pa.Table,
    run_id: str,
    name: str | None = None,
    besides: Besides | None = None,
) -> Made:
    """Build a table computed in Python through its file of sql/, and check it; what Dagster is told of it.

    Args:
        warehouse: where to.
        path: the file, as `folder/name`.
        computed: the rows.
        run_id: of the run that made them.
        name: of the table, where it is not the file's.
        besides: what they were made from, to be remembered; None = the table is made anew in every run.
    """
    file, opened = sql_file(path), warehouse.open()
    table = name or file.name
    with opened.writer(table) as connection:
        report = build(connection, file, computed=computed, table=name, run_id=run_id)
        if besides is not None:
            note_made(connection, file, besides)
        result = stands(connection, file, report, name)
        drawn_from = picture_rows(connection, table)
        result = with_checks(connection, opened, result, run_id)
    return telling(result, picture_metadata(table, drawn_from))


def stands(connection: Any, file: SqlFile, report: BuildReport, name: str | None = None) -> Made:
    """What Dagster is told of a table as it stands: rows, schema, lineage, and the version of its content.

    Args:
        connection: a writer's.
        file: the table's.
        report: of its making.
        name: of the table, where it is not the file's.
    """
    asset = name or file.name
    table = f"{file.schema}.{asset}"
    shown = table_metadata(report, preview(connection, table)) | lineage_metadata(file)
    version = dg.DataVersion(content(connection, table))
    return dg.MaterializeResult(asset_key=asset, metadata=shown, data_version=version)


def as_before(
    context: dg.AssetExecutionContext, connection: Any, sql_file: SqlFile, besides: Besides = NOTHING
) -> Made | None:
    """What is told of a table that stands as it would be made now; None where it has to be made.

    Args:
        context: of the asset.
        connection: a writer's.
        sql_file: the table's.
        besides: what a table computed in Python was made from beside what its SQL reads.
    """
    if not is_made(connection, sql_file, besides):
        return None
    version = content(connection, f"{sql_file.schema}.{sql_file.name}")
    told = told_before(context, sql_file.name, version)
    if not told:
        return None
    return dg.MaterializeResult(
        asset_key=sql_file.name, metadata=told | UNCHANGED, data_version=dg.DataVersion(version)
    )


def told_before(context: dg.AssetExecutionContext, name: str, version: str) -> dict[str, Any]:
    """What the UI was told when the asset was materialised last.

    Empty where this instance has never seen it, or was told of other content: a run that was killed had made the table.
    """
    event = context.instance.get_latest_materialization_event(dg.AssetKey(name))
    made = event.asset_materialization if event else None
    return dict(made.metadata) if made and (made.tags or {}).get("dagster/data_version") == version else {}


SQL_ASSETS = [sql_asset(one) for one in all_sql_files() if not one.needs_computed and one.name not in KEPT_A_WHILE]
