"""Who is who: records are compared and assigned to anime, and each anime gets its lasting key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pyarrow as pa

from assets.conversions import match_records
from assets.matcher import current_weights
from assets.published import published_metrics, published_records
from assets.rematching import Rematched, match_again, table_stamp, without_decisions, write_candidates
from assets.resources import WarehouseResource
from assets.reviewing import review_metadata
from assets.steps import Made, table_step, telling
from assets.tables import table_spec, write
from matching.decisionfiles import FILE, decisions_at_hand
from matching.errors import MatchingError
from matching.keyevents import KeyEvent
from matching.opinions import opinions
from matching.overrides import IN_FORCE, decide
from matching.records import AnimeRecord
from matching.registry import assign_keys
from matching.standing import override_status
from matching.update import Update
from warehouse.build import fetch
from warehouse.connection import Warehouse
from warehouse.files import directory_lock
from warehouse.home import Home
from warehouse.landing import append_events, read_events
from warehouse.sqlfiles import sql_file, sql_root

LOG = "key_events"
RATING_ONLY = "rating_only"
Record = tuple[str, str]
Row = Mapping[str, Any]
TABLES = {
    "core/fact_match_candidate": ["int_anime_unioned", "int_ratings_unioned"],
    "core/fact_match_override": ["int_anime_unioned", "int_ratings_unioned"],
    "intermediate/int_anime_identities": ["int_anime_unioned", "int_ratings_unioned"],
    "core/anime_key_history": ["int_anime_unioned", "int_ratings_unioned"],
    "intermediate/int_published_record": [],
    "intermediate/int_published_metric": [],
}


@dataclass(frozen=True)
class Identified:
    """What one day's records amount to: pairs and anime, what became of people's decisions, keys and their lives."""

    matched: Rematched
    decisions: list[dict[str, Any]]
    key_of: dict[Record, int]
    history: list[Row]

    @property
    def result(self) -> Update:
        """Who is one anime, and the pairs to tell of."""
        return self.matched.update


@table_step("anime_identity", [table_spec(sql_file(path), deps) for path, deps in TABLES.items()])
def anime_identity(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[Made]:
    """Compare, assign, name: the pairs with their evidence, the records with their keys, the keys' lives."""
    opened = warehouse.open()
    # of runs at the same time one after the other: keys follow from the history that is there when they are given
    with directory_lock(opened.home.matching):
        yield from _identified(context, warehouse, opened)


def _identified(context: dg.AssetExecutionContext, warehouse: WarehouseResource, opened: Warehouse) -> Iterator[Made]:
    """All tables of identity, while no other run makes them."""
    with opened.writer("read records") as connection:
        records = match_records(fetch(connection, "inputs/match_records"))
        stubs = fetch(connection, "inputs/rated_only_records").to_pylist()
    alone: list[Record] = [(row["source"], row["source_id"]) for row in stubs]
    try:
        found = identify(opened.home, records, alone, table_stamp(opened))
    except MatchingError as problem:
        raise dg.Failure(description=str(problem), allow_retries=False) from problem
    context.log.info(str(found.matched))
    for row in found.decisions:
        if row["status"] != IN_FORCE:
            context.log.warning(f"{row['file']}:{row['line']}: {row['remark']}")
    tables = {
        "core/fact_match_override": pa.Table.from_pylist(found.decisions, OVERRIDES),
        "intermediate/int_anime_identities": identities(found.matched.update, alone, found.key_of),
        "core/anime_key_history": pa.Table.from_pylist(found.history, HISTORY),
        "intermediate/int_published_record": published_records(opened),
        "intermediate/int_published_metric": published_metrics(opened),
    }
    pairs = write_candidates(opened, found.matched, candidates(found.result), context.run_id)
    yield telling(pairs, review_metadata(found.matched.update.everything))
    for path, table in tables.items():
        yield write(warehouse, path, table, context.run_id)


def identify(home: Home, records: Sequence[AnimeRecord], alone: Sequence[Record], stamp: str = "") -> Identified:
    """Which records are one anime, by the matcher and the decisions of this HOME as they are today, and their keys.

    Args:
        home: holds the trained matcher, people's decisions, the history of keys, and what the run before found out.
        records: every catalogue record.
        alone: ids that only ratings mention, each an anime of its own.
        stamp: names the present fact_match_candidate, as `table_stamp` does; '' has everything matched anew.

    Raises:
        MatchingError: decisions, weights or the history of keys cannot be used; the message says what to do.
    """
    decisions = decisions_at_hand(sql_root() / "seeds" / FILE, home.decisions)
    weights, today = current_weights(home), datetime.now(UTC).date()
    matched = match_again(home, stamp, records, decisions, weights, today)
    known = decide(decisions, frozenset(record.name for record in records), on=today)
    undecided = without_decisions(matched, weights) if decisions else ()
    status = override_status(known, opinions(records, decisions, weights, undecided))
    key_of, history = name_anime(home, [*matched.update.clusters, *((record,) for record in alone)])
    return Identified(matched, status, key_of, history)


def name_anime(home: Home, clusters: Sequence[Sequence[Record]]) -> tuple[dict[Record, int], list[Row]]:
    """The key of every record, and the history of keys, whose new events are landed before any table uses them."""
    past = read_events(home, LOG)
    key_of, added = assign_keys(clusters, [KeyEvent.from_row(row) for row in past])
    now = datetime.now(UTC).isoformat()
    new = [{**event.as_row(), "occurred_at": now} for event in added]
    append_events(home, LOG, new)
    return key_of, [*past, *new]


def candidates(result: Update) -> pa.Table:
    """One row for each compared pair, with every number its score rests on; unknown ones are null."""
    numbers = [pa.array(values, from_pandas=True) for values in result.features.values()]
    features = pa.StructArray.from_arrays(numbers, names=list(result.features))
    return pa.table(result.pairs | {"features": features})


def identities(result: Update, alone: Sequence[Record], key_of: Mapping[Record, int]) -> pa.Table:
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
#: Columns of fact_match_override that are no text.
_NO_TEXT = {
    "line": pa.int32(),
    "decided_at": pa.date32(),
    "valid_until": pa.date32(),
    "contradicted_by_line": pa.int32(),
    "agrees_with_matching": pa.bool_(),
}
OVERRIDES = pa.schema(
    [(name, _NO_TEXT.get(name, pa.string())) for name in sql_file("core/fact_match_override").columns]
)

IDENTITY_ASSETS = [anime_identity]
