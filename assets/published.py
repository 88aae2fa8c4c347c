"""What readers have today, against which the next snapshot is measured."""

from __future__ import annotations

import pyarrow as pa

from warehouse.build import fetch, table_exists
from warehouse.connection import Warehouse
from warehouse.errors import NothingPublished

RECORDS = pa.schema([("source", pa.string()), ("source_id", pa.string()), ("anime_key", pa.int64())])
METRICS = pa.schema(
    [("metric", pa.string()), ("scope", pa.string()), ("value", pa.float64()), ("rule_version", pa.string())]
)


def published_records(warehouse: Warehouse) -> pa.Table:
    """Which anime each catalogue record is in the published snapshot; no rows when nothing was published."""
    return _asked(warehouse, "main.bridge_anime_source", "inputs/published_records", RECORDS)


def published_metrics(warehouse: Warehouse) -> pa.Table:
    """The figures of identity in the published snapshot; no rows when it has none."""
    return _asked(warehouse, "main.fact_match_metric", "inputs/published_metrics", METRICS)


def _asked(warehouse: Warehouse, table: str, query: str, empty: pa.Schema) -> pa.Table:
    """What a query says of the published snapshot; a snapshot of an earlier version may lack the table."""
    try:
        with warehouse.reader() as connection:
            return fetch(connection, query) if table_exists(connection, table) else empty.empty_table()
    except NothingPublished:
        return empty.empty_table()
