"""Which anime belong together: one table, read by models and people."""

import math
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa

from assets.resources import WarehouseResource
from assets.results import code_beside
from assets.steps import Made, table_step
from assets.tables import as_before, table_spec, write
from matching import franchises
from matching.franchises import NamedAnime, memberships
from warehouse.build import fetch
from warehouse.made import Besides
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


@table_step(FILE.name, [table_spec(FILE, ["dim_anime", "bridge_anime_relation"])])
def bridge_anime_franchise(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Made:
    """Franchise and universe of each anime that is not alone, by relations and titles."""
    with warehouse.open().writer("read titles") as connection:
        anime = fetch(connection, "inputs/named_anime").to_pylist()
        if unchanged := as_before(context, connection, FILE, made_from(anime)):
            return unchanged
    found = pa.Table.from_pylist([one._asdict() for one in memberships(list(map(named_anime, anime)))], COLUMNS)
    return write(warehouse, "core/bridge_anime_franchise", found, context.run_id, besides=made_from(anime))


def made_from(anime: Sequence[Mapping[str, Any]]) -> Besides:
    """What franchises follow from: titles, first days, relations and code; not the scores, which change every day."""
    return Besides(words=(sha256(repr(anime).encode()).hexdigest(), code_beside(Path(franchises.__file__))))


def named_anime(row: Mapping[str, Any]) -> NamedAnime:
    """A row of `inputs/named_anime` as matching reads it."""
    return NamedAnime(
        key=row["anime_key"],
        titles=row["titles"],
        first_day=math.nan if row["first_day"] is None else row["first_day"],
        related=[(other["anime_key"], other["relation_type"]) for other in row["related"]],
    )


FRANCHISE_ASSETS = [bridge_anime_franchise]
