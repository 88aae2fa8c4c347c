"""Who is who: records are compared and assigned to anime, and each anime gets its lasting key."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg
import pyarrow as pa

from assets.conversions import match_records, overrides
from assets.evaluation import write
from assets.resources import WarehouseResource
from assets.tables import table_spec
from matching.keyevents import KeyEvent
from matching.match import MatchResult, match
from matching.registry import assign_keys
from warehouse.build import fetch
from warehouse.home import Home
from warehouse.landing import append_events, read_events
from warehouse.sqlfiles import read_seed, sql_file

LOG = "key_events"
RATING_ONLY = "rating_only"
Record = tuple[str, str]
TABLES = {
    "core/fact_match_candidate": ["int_anime_unioned"],
    "intermediate/int_anime_identities": ["int_anime_unioned", "int_ratings_unioned"],
    "core/anime_key_history": ["int_anime_unioned", "int_ratings_unioned"],
}


@dg.multi_asset(
    name="anime_identity",
    specs=[table_spec(sql_file(path), deps) for path, deps in TABLES.items()],
)
def anime_identity(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Compare, assign, name: the pairs with their evidence, the records with their keys, the keys' lives."""
    home = warehouse.open().home
    with warehouse.open().writer("read records") as connection:
        records = match_records(fetch(connection, "inputs/match_records"))
        stubs = fetch(connection, "inputs/rated_only_records").to_pylist()
    result = match(records, overrides(read_seed("match_overrides")), on=datetime.now(UTC).date())
    for stale in result.stale_overrides:
        context.log.warning("a decision about records that are not at hand: %s and %s", stale.left, stale.right)
    alone: list[Record] = [(row["source"], row["source_id"]) for row in stubs]
    key_of = name_anime(home, [*result.clusters, *((record,) for record in alone)])
    tables = {
        "core/fact_match_candidate": pa.table(result.pairs),
        "intermediate/int_anime_identities": identities(result, alone, key_of),
        "core/anime_key_history": pa.Table.from_pylist(read_events(home, LOG), HISTORY),
    }
    decisions = Counter(str(one) for one in result.pairs["decision"])
    for path, table in tables.items():
        metadata = write(warehouse, path, table, context.run_id)
        yield dg.MaterializeResult(
            asset_key=path.split("/")[1],
            metadata=metadata | {f"pairs_{name}": count for name, count in decisions.items()},
        )


def name_anime(home: Home, clusters: Sequence[Sequence[Record]]) -> dict[Record, int]:
    """The key of every record; what is new in the history of keys is landed before any table uses it."""
    past = [KeyEvent.from_row(row) for row in read_events(home, LOG)]
    key_of, added = assign_keys(clusters, past)
    now = datetime.now(UTC)
    append_events(home, LOG, [{**event.as_row(), "occurred_at": now} for event in added])
    return key_of


def identities(result: MatchResult, alone: Sequence[Record], key_of: Mapping[Record, int]) -> pa.Table:
    """One row for each record: its key, how it was found, and how sure that is."""
    matched = [(record, result.method[record], result.confidence[record]) for record in result.method]
    rows = [*matched, *((record, RATING_ONLY, 1.0) for record in alone)]
    return pa.Table.from_pylist(
        [
            {
                "source": record[0],
                "source_id": record[1],
                "anime_key": key_of[record],
                "match_method": method,
                "confidence": confidence,
            }
            for record, method, confidence in rows
        ],
        IDENTITIES,
    )


IDENTITIES = pa.schema(
    [
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("anime_key", pa.int64()),
        ("match_method", pa.string()),
        ("confidence", pa.float64()),
    ]
)
HISTORY = pa.schema(
    [
        ("event_number", pa.int64()),
        ("occurred_at", pa.string()),
        ("anime_key", pa.int64()),
        ("event", pa.string()),
        ("other_key", pa.int64()),
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("cause", pa.string()),
    ]
)

IDENTITY_ASSETS = [anime_identity]
