"""What `osusume doctor` looks at under HOME: input, landing, writers, warehouse, snapshot, leftovers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from orchestration.chosenmodels import chosen_models
from orchestration.cli.console import counted, size
from orchestration.cli.findings import Finding, fail, looked, ok, warn
from orchestration.cli.refusals import OWNERS_REMEDY, refused
from orchestration.cli.runlock import running
from orchestration.cli.unchanged import rolled_back_from
from orchestration.errors import UsageError
from orchestration.fingerprint import decisions_of_people
from orchestration.inputs import read_input, read_marker, refuse_other_world, resolve_own_input
from orchestration.settings import DEMO, POSTGRES_VARIABLE, Settings
from warehouse.connection import Warehouse
from warehouse.errors import LandingError, LockTimeout, WarehouseError, WarehouseFileError
from warehouse.files import PART_SUFFIX
from warehouse.home import Home
from warehouse.landing import LandedFile, event_logs, landed_files, landed_streams, read_events
from warehouse.lock import queue
from warehouse.snapshots import current_snapshot, snapshots

_OLD_DAYS = 30
_LOCK_WAIT_S = 2.0


def home_findings(settings: Settings) -> Iterator[Finding]:
    """What was found under HOME, in the order of the data's way through it."""
    home = Home(settings.home)
    yield from looked("home", lambda: home_directory(home))
    yield from looked("input", lambda: [usable_input(settings, home)])
    yield from looked("models", lambda: [models(settings)])
    yield from looked("decisions", lambda: [decisions(home)])
    yield from looked("landing", lambda: landing(home))
    yield from looked("writers", lambda: writers(home))
    yield from looked("warehouse", lambda: [warehouse_file(settings, home)])
    yield from looked("snapshot", lambda: [snapshot(home)])
    history, unfinished = run_history(settings, home)
    yield history
    yield from looked("leftovers", lambda: leftovers(home, unfinished))


def home_directory(home: Home) -> Iterator[Finding]:
    """Whether HOME can be written, and which world it holds."""
    place = next(path for path in (home.root.absolute(), *home.root.absolute().parents) if path.exists())
    if not place.is_dir():
        yield fail("home", f"{place} is not a directory", "name another one with --home or OSUSUME_HOME")
    elif not os.access(place, os.W_OK | os.X_OK):
        yield fail("home", f"{place} cannot be written", "make it yours, or name another one with --home")
    elif not home.root.exists():
        yield ok("home", f"{home.root} does not exist yet; `osusume run` makes it")
    else:
        marker = read_marker(home)
        held = "nothing yet" if marker is None else "the demo world" if marker["world"] == DEMO else "recordings"
        yield ok("home", f"{home.root} can be written and holds {held}")


def usable_input(settings: Settings, home: Home) -> Finding:
    """Whether the input can be read to its end and belongs into this HOME."""
    try:
        chosen = resolve_own_input(settings)
        refuse_other_world(home, chosen)
        if chosen.kind == "demo" and chosen.directory is not None and not chosen.directory.is_dir():
            return ok("input", f"{chosen.label}, which `osusume run` makes")
        recordings = read_input(chosen)
        if chosen.other is not None:
            return ok("input", f"{chosen.label}; new recordings: `osusume run --input DIR --home {home.root}`")
    except UsageError as problem:
        return fail("input", "it cannot be used", str(problem))
    lines = sum(recording.lines for recording in recordings)
    return ok("input", f"{chosen.label}: {counted(len(recordings), 'file')}, {counted(lines, 'line')}")


def models(settings: Settings) -> Finding:
    """Which models a run evaluates; one that there is not is refused by name."""
    return ok("models", f"a run evaluates {', '.join(chosen_models(settings))}")


def decisions(home: Home) -> Finding:
    """How many decisions of people matching heeds; a line that cannot be understood is refused by its place."""
    return ok("decisions", f"{counted(len(decisions_of_people(home)), 'decision')} of people on what is one anime")


def landing(home: Home) -> Iterator[Finding]:
    """How much was landed, and whether every file is there as its manifest says, our own state included."""
    unread: list[OSError] = []
    # Whoever looks for files takes a directory that may not be read for an empty one.
    list(os.walk(home.landing, onerror=unread.append) if home.landing.is_dir() else ())
    if unread:
        yield from (fail("landing", refused(problem), OWNERS_REMEDY) for problem in unread)
        return
    landed: list[LandedFile] = []
    broken = False
    for source, stream in landed_streams(home):
        try:
            landed += landed_files(home, source, stream)
        except LandingError as problem:
            broken = True
            yield fail("landing", str(problem), "do as it says; nothing else in HOME is affected")
    for log in event_logs(home):
        try:
            read_events(home, log)
        except LandingError as problem:
            broken = True
            yield fail("landing", str(problem), "do as it says; runs stop until it is whole")
    if landed:
        newest = max(one.landed_at for one in landed)
        total = size(sum(one.bytes for one in landed))
        yield ok("landing", f"{counted(len(landed), 'file')}, {total}, newest of {newest:%Y-%m-%d %H:%M} UTC")
    elif not broken:
        yield ok("landing", "nothing was landed yet")


def writers(home: Home) -> Iterator[Finding]:
    """Who writes or waits to write now."""
    run = running(home)
    if run is not None:
        yield ok("runs", f"{run} is at work here")
    for said in queue(home) or ["nobody holds the warehouse"]:
        yield ok("writers", said)


def warehouse_file(settings: Settings, home: Home) -> Finding:
    """Whether the warehouse opens, unless somebody is writing it."""
    path = home.warehouse_file
    if not path.is_file():
        return ok("warehouse", f"{path} does not exist yet; `osusume run` builds it from what is landed")
    warehouse = Warehouse(home, lock_timeout_s=_LOCK_WAIT_S, memory_limit=settings.memory_limit)
    try:
        with warehouse.writer("doctor"):
            return ok("warehouse", f"{path} opens, {size(path.stat().st_size)}")
    except LockTimeout:
        return ok("warehouse", f"{path} is being written just now, {size(path.stat().st_size)}")
    except PermissionError as problem:
        return fail("warehouse", f"{path} cannot be opened to be written: {refused(problem)}", OWNERS_REMEDY)
    except WarehouseFileError as problem:
        return fail(
            "warehouse",
            str(problem),
            f"delete {path}: `osusume run --force` rebuilds it from landing/, and every key stays the same",
        )


def snapshot(home: Home) -> Finding:
    """Whether there is a snapshot that opens, and how old it is."""
    try:
        found = current_snapshot(home)
        others = len(snapshots(home)) - 1
    except WarehouseError as problem:
        return fail("snapshot", str(problem), "`osusume run --force` publishes a new one")
    if found is None:
        return warn("snapshot", "nothing is published yet", f"run `osusume run --home {home.root}`")
    age = datetime.now(UTC) - found.published_at
    said = (
        f"{home.snapshot}: {counted(len(found.rows), 'table')}, {counted(sum(found.rows.values()), 'row')}, "
        f"published {found.published_at:%Y-%m-%d %H:%M} UTC, {counted(others, 'other version')} kept"
    )
    if rolled_back := rolled_back_from(home):
        return warn("snapshot", f"{said}; {rolled_back}", "runs that find nothing new leave it so; others publish anew")
    if age.days > _OLD_DAYS:
        return warn("snapshot", said, f"it is {age.days} days old; `osusume run` with newer recordings renews it")
    return ok("snapshot", said)


def run_history(settings: Settings, home: Home) -> tuple[Finding, list[str]]:
    """Where Dagster keeps its runs and whether it can be read there, and the runs in it that never ended."""
    from dagster import DagsterError
    from sqlalchemy.exc import SQLAlchemyError

    from orchestration.cli.instance import opened_as_it_is, unfinished_runs

    try:
        kept = _kept_history(settings, home)
        # To read it, files are opened to be written.
        is_ours = os.access(home.dagster, os.W_OK | os.X_OK)
        if kept.level != "ok" or not is_ours or running(home) is not None:
            return kept, []
        with opened_as_it_is(home) as instance:
            return kept, unfinished_runs(instance, home) if instance is not None else []
    except (OSError, SQLAlchemyError, DagsterError) as problem:
        said = " ".join(str(getattr(problem, "orig", None) or problem).split())
        remedy = (
            f"restore {home.dagster} from a backup, or move its history/ away: the records of earlier runs go with it, "
            "and no table does"
        )
        return fail("history", f"of Dagster's runs cannot be read under {home.dagster}: {said}", remedy), []


def _kept_history(settings: Settings, home: Home) -> Finding:
    """Where Dagster keeps its runs, and whether PostgreSQL answers where it is that."""
    from orchestration.cli.instance import keeps_history_in_postgres
    from orchestration.cli.postgres import place_of, require_postgres

    address = settings.dagster_postgres_url
    if not address.get_secret_value():
        if keeps_history_in_postgres(home):
            said = f"{home.dagster} says PostgreSQL, but {POSTGRES_VARIABLE} is not set"
            return fail("history", said, "set it as the webserver and the daemon have it (docs/deploy.md)")
        return ok("history", f"of Dagster's runs: SQLite under {home.dagster}")
    try:
        version = require_postgres(address)
    except UsageError as problem:
        return fail("history", "PostgreSQL cannot be used", str(problem))
    return ok("history", f"of Dagster's runs: {place_of(address)}, answers (version {version})")


def leftovers(home: Home, runs: Sequence[str] = ()) -> Iterator[Finding]:
    """What killed processes left behind; all of it is tidied by the next run.

    Args:
        home: where.
        runs: those that never ended.
    """
    parts = [path for path in home.root.rglob(f"*{PART_SUFFIX}") if path.is_file()] if home.root.is_dir() else []
    parts += list(home.published.glob(".building-*"))
    found = [counted(len(parts), "half-written file")] if parts else []
    found += [counted(len(runs), "run") + " without an end"] if runs else []
    if found:
        remedy = "the next `osusume run` that has something to do tidies up, `osusume run --force` at once"
        yield warn("leftovers", f"{' and '.join(found)} of killed processes", remedy)
    else:
        yield ok("leftovers", "none of killed processes")
