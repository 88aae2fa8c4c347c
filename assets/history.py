"""The past of the catalogue: what dim_anime would have said on earlier days."""

import dagster as dg

from assets.resources import WarehouseResource
from assets.results import PREVIEW_ROWS, table_metadata
from assets.tables import table_spec
from warehouse.build import build, preview
from warehouse.pasts import capture_files, past_anime
from warehouse.sqlfiles import sql_file

FILE = sql_file("intermediate/int_anime_past")
READ = ["dim_anime", "fact_anime_metrics", *(f"{file.name}_records" for file in capture_files().values())]


@dg.multi_asset(name=FILE.name, specs=[table_spec(FILE, READ)])
def int_anime_past(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """The states of every anime that was captured on more than one day."""
    with warehouse.open().writer(FILE.name) as connection:
        report = build(connection, FILE, computed=past_anime(connection), run_id=context.run_id)
        rows = preview(connection, f"{FILE.schema}.{FILE.name}", PREVIEW_ROWS)
    return dg.MaterializeResult(metadata=table_metadata(report, rows))


HISTORY_ASSETS = [int_anime_past]
