"""The past of the catalogue: what dim_anime would have said on earlier days."""

import dagster as dg

from assets.resources import WarehouseResource
from assets.steps import Made, table_step, with_checks
from assets.tables import stands, table_spec
from warehouse.build import build
from warehouse.pasts import capture_files, past_anime
from warehouse.sqlfiles import sql_file

FILE = sql_file("intermediate/int_anime_past")
READ = ["dim_anime", "fact_anime_metrics", *(f"{file.name}_records" for file in capture_files().values())]


@table_step(FILE.name, [table_spec(FILE, READ)])
def int_anime_past(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Made:
    """The states of every anime that was captured on more than one day."""
    opened = warehouse.open()
    with opened.writer(FILE.name) as connection:
        report = build(connection, FILE, computed=past_anime(connection), run_id=context.run_id)
        return with_checks(connection, opened, stands(connection, FILE, report), context.run_id)


HISTORY_ASSETS = [int_anime_past]
