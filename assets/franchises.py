"""Which anime belong together: one table, read by models and people."""

import math
from collections.abc import Mapping
from typing import Any

import dagster as dg
import pyarrow as pa

from assets.evaluation import write
from assets.resources import WarehouseResource
from assets.tables import table_spec
from matching.franchises import NamedAnime, memberships
from warehouse.build import fetch
from warehouse.made import content
from warehouse.sqlfiles import sql_file

FILE = sql_file("core/bridge_anime_franchise")
COLUMNS = pa.schema(
    [
        ("anime_key", pa.int64()),
        ("franchise_key", pa.int64()),
        ("universe_key", pa.int64()),
        ("watch_position", pa.int32()),
        ("evidence", pa.string()),
    ]
)


@dg.multi_asset(name=FILE.name, specs=[table_spec(FILE, ["dim_anime", "bridge_anime_relation"])])
def bridge_anime_franchise(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> dg.MaterializeResult[None]:
    """Franchise and universe of each anime that is not alone, by relations and titles."""
    with warehouse.open().writer("read titles") as connection:
        anime = fetch(connection, "inputs/named_anime").to_pylist()
    found = pa.Table.from_pylist([one._asdict() for one in memberships(list(map(named_anime, anime)))], COLUMNS)
    told = write(warehouse, "core/bridge_anime_franchise", found, context.run_id)
    with warehouse.open().writer(FILE.name) as connection:
        # Without it Dagster would take every run's table for another one, and models would follow each refresh.
        version = dg.DataVersion(content(connection, f"{FILE.schema}.{FILE.name}"))
    return dg.MaterializeResult(metadata=told, data_version=version)


def named_anime(row: Mapping[str, Any]) -> NamedAnime:
    """A row of `inputs/named_anime` as matching reads it."""
    return NamedAnime(
        key=row["anime_key"],
        titles=row["titles"],
        first_day=math.nan if row["first_day"] is None else row["first_day"],
        related=[(other["anime_key"], other["relation_type"]) for other in row["related"]],
    )


FRANCHISE_ASSETS = [bridge_anime_franchise]
