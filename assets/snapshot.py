"""The last asset: the warehouse as it stands, checked once more and put before the readers."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from assets.checks.rules import failing_rules, rules_of
from assets.checks.suites import suite
from assets.checks.tables import Connection, checked_tables
from assets.resources import RunSettings, WarehouseResource
from assets.results import OWNERS, markdown_table, plain_metadata
from assets.telling import counted
from warehouse.build import fetch
from warehouse.checks import RuleResult, check_name
from warehouse.connection import Warehouse
from warehouse.errors import WarehouseFileError
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.snapshots import current_snapshot
from warehouse.stamp import loaded_stamp

PUBLISHED_SCHEMAS = ("main", "ml")
_CHANGES = "{source} {stream}: {new:,} new, {changed:,} changed, {unchanged:,} as they were, {gone:,} gone"


def published_tables() -> list[str]:
    """The names of the tables and views that a snapshot holds, sorted."""
    return sorted(one.name for one in checked_tables() if one.schema in PUBLISHED_SCHEMAS)


@dg.asset(
    name="published_snapshot",
    deps=published_tables(),
    group_name="monitoring",
    kinds={"duckdb"},
    owners=OWNERS,
    description="What readers see: published/current.duckdb, a whole read-only copy of main, ml and quality, "
    "put in place by one rename. Rows: those of each table. Nothing is published while a check of severity "
    "error fails.",
)
def published_snapshot(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> dg.MaterializeResult[None]:
    """The snapshot of this run, made only if all that stands is sound: other runs may have made a part of it."""
    opened = warehouse.open()
    changes = crawl_changes(opened)
    for change in not_told_yet(changes, opened.home):
        context.log.info(_CHANGES.format_map(change))

    def made_from(connection: Connection) -> str:
        return loaded_stamp(connection, opened.home, run_settings.fingerprint)

    snapshot = publish(opened, context.run_id, made_from, approve=refuse_unsound)
    rows = [{"table": name, "rows": count} for name, count in snapshot.rows.items()]
    return dg.MaterializeResult(
        metadata=plain_metadata(
            {
                "snapshot": snapshot.snapshot_id,
                "crawls": dg.MetadataValue.md(markdown_table(changes)) if changes else None,
                "tables": dg.MetadataValue.md(markdown_table(rows)),
                "dagster/row_count": sum(snapshot.rows.values()),
            }
        )
    )


def crawl_changes(opened: Warehouse) -> list[dict[str, Any]]:
    """What the newest crawl of each stream has changed in what staging keeps."""
    with opened.writer("what crawls have changed") as connection:
        changes: list[dict[str, Any]] = fetch(connection, "inputs/crawl_changes").to_pylist()
    return changes


def not_told_yet(changes: Sequence[dict[str, Any]], home: Home) -> list[dict[str, Any]]:
    """The changes by crawls that ended since the last publishing; those before were told with it."""
    try:
        before = current_snapshot(home)
    except WarehouseFileError:
        before = None
    return [change for change in changes if before is None or change["ended_at"] > before.published_at]


def refuse_unsound(connection: Connection) -> None:
    """Nothing, when no check of severity error fails of the warehouse as it stands, whichever run made each table.

    Rules are run again; of the checks of columns and of raw tables, which a run makes as it goes, the outcome counts
    that was recorded last.

    Raises:
        dg.Failure: as `_refuse_contradictions`.
    """
    _refuse_contradictions(connection)
    known = {(table.name, check.name) for table in checked_tables() for check in suite(table)}
    known |= {
        (table.name, check_name(rule))
        for table in checked_tables()
        if table.schema == "raw"
        for rule in rules_of(table)
    }
    failed = [
        f"{row['table_name']}: {row['check_name']} ({_rows_at(row)})"
        for row in fetch(connection, "inputs/newest_checks").to_pylist()
        if not row["passed"] and row["severity"] == "error" and (row["table_name"], row["check_name"]) in known
    ]
    if failed:
        raise dg.Failure(f"Not published, the earlier snapshot stays: {'; '.join(failed)}", allow_retries=False)


def _rows_at(row: Mapping[str, Any]) -> str:
    """How many rows a check found, and when."""
    return f"{counted(row['failing_rows'], 'row')} at {row['checked_at']:%Y-%m-%d %H:%M}"


def _refuse_contradictions(connection: Connection) -> None:
    """Nothing, when no rule of severity error is broken anywhere in the warehouse as it stands.

    Raises:
        dg.Failure: naming tables, rules and how many rows break them.
    """
    broken = failing_rules(connection)
    if broken:
        raise dg.Failure(
            description="Not published, the earlier snapshot stays: "
            + "; ".join(f"{rule.table}: {rule.check_name} ({_why(rule)})" for rule in broken),
            allow_retries=False,
        )


def _why(rule: RuleResult) -> str:
    """Why a rule does not hold, in brackets."""
    return f"not built yet: {', '.join(rule.absent)}" if rule.absent else counted(rule.failing_rows, "row")
