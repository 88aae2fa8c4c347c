"""`osusume publish`: what readers are given: the warehouse as it stands, or a version that was published before."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from orchestration.cli.console import Console, counted, out, size
from orchestration.cli.formats import table_lines
from orchestration.cli.runlock import run_lock
from orchestration.cli.unchanged import rolled_back_from
from orchestration.cli.writing import writable_warehouse
from orchestration.errors import UsageError
from orchestration.settings import Settings
from warehouse.errors import NothingPublished
from warehouse.home import Home
from warehouse.publish import publish, rollback
from warehouse.snapshots import Snapshot, readable_snapshots

_NAMES = ("", "version", "published (UTC)", "by", "tables", "rows", "size")
_RIGHT = (False, False, False, False, True, True, True)


def run_publish(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Publish, list what is kept, or go to a kept version; returns 0, or 1 when a blocking check keeps it back.

    Raises:
        NothingPublished: when there is nothing to list or to go back from.
        UsageError: when there is no warehouse to publish.
        UnknownVersion: when a version is not kept.
        PublishError: when the warehouse holds nothing whole.
    """
    home = Home(settings.home)
    if args.list:
        return _list(home, console)
    if args.rollback is not None:
        if not home.snapshot.is_file():
            # Asked before the writers' queue is entered, which makes its directory: a HOME that is none stays as it is.
            raise _nothing_published(home)
        chosen = rollback(home, args.rollback or None, settings.lock_timeout, on_wait=console.waiting)
        out(f"Readers see version {chosen.snapshot_id}, published {_moment(chosen.published_at)} UTC.")
        if said := rolled_back_from(home):
            out(f"{said[0].upper()}{said[1:]}.")
        return 0
    if not home.warehouse_file.is_file():
        # Not that nothing is published: the snapshot outlives a warehouse that was deleted to be built anew.
        raise UsageError(
            f"{home.root} holds no warehouse to publish; `osusume run --home {home.root}` first, which builds it from "
            "what was landed and publishes it, or name another HOME with --home"
        )
    with run_lock(home, console, settings.lock_timeout, "publish"):
        return _publish(settings, home, console)


def _publish(settings: Settings, home: Home, console: Console) -> int:
    """Put the warehouse as it stands before the readers, if no check of severity error speaks against it."""
    from dagster import Failure

    from assets.snapshot import refuse_unsound

    warehouse = writable_warehouse(settings, console)
    try:
        # Tables may be of several runs and inputs: nobody can say what the whole was made from.
        snapshot = publish(warehouse, "publish", "", approve=refuse_unsound)
    except Failure as refused:
        console.say(f"osusume: {refused.description}")
        return 1
    tables, rows = counted(len(snapshot.rows), "table"), counted(sum(snapshot.rows.values()), "row")
    out(f"Published {home.snapshot} as version {snapshot.snapshot_id}: {tables}, {rows}.")
    return 0


def _list(home: Home, console: Console) -> int:
    """Print every kept version, the newest first, and warn of files that cannot be opened."""
    kept, damaged = readable_snapshots(home)
    for problem in damaged:
        console.warn(problem)
    if not kept and not damaged:
        raise _nothing_published(home)
    for line in table_lines(_NAMES, _RIGHT, [_row(home, one) for one in kept]):
        sys.stdout.write(f"{line}\n")
    if said := rolled_back_from(home):
        out(f"{said[0].upper()}{said[1:]}.")
    return 0


def _nothing_published(home: Home) -> NothingPublished:
    """What to say where there is no snapshot."""
    return NothingPublished(f"nothing has been published in {home.root}. Run `osusume run --home {home.root}` first")


def _row(home: Home, one: Snapshot) -> tuple[str, ...]:
    """One line of the list; the current version is marked."""
    file = home.published / f"{one.snapshot_id}.duckdb"
    return (
        "*" if one.is_current else "",
        one.snapshot_id,
        _moment(one.published_at),
        one.run_id[:8],
        str(len(one.rows)),
        f"{sum(one.rows.values()):,}",
        size((file if file.is_file() else home.snapshot).stat().st_size),
    )


def _moment(value: datetime) -> str:
    """A time to the minute."""
    return f"{value:%Y-%m-%d %H:%M}"
