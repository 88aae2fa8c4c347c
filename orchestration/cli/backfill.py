"""`osusume backfill`: a source's titles of certain years, forecast before anything is spent."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from orchestration.cli.console import Console, counted, out
from orchestration.cli.run import conclude, execute_pipeline, load_pipeline
from orchestration.cli.runlock import run_lock
from orchestration.demoworld import DEMO_SOURCES
from orchestration.errors import UsageError
from orchestration.fingerprint import base_fingerprint
from orchestration.inputs import RunInput, read_input, refuse_other_world, resolve_input, write_marker
from orchestration.settings import Settings
from warehouse.connection import Warehouse
from warehouse.home import Home

_OLDEST_YEAR = 1900


def run_backfill(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Forecast, and unless it is a dry run read these years and run the pipeline; returns its exit status.

    Raises:
        UsageError: when years, source or input cannot be used; nothing was asked then.
    """
    years = (args.first, args.last)
    if not _OLDEST_YEAR <= years[0] <= years[1]:
        raise UsageError(
            f"--from {args.first} --to {args.last}: give years from {_OLDEST_YEAR} on, the earlier one first"
        )
    chosen = resolve_input(settings)
    home = Home(settings.home)
    refuse_other_world(home, chosen)
    _forecast(args.source, years, settings)
    if args.dry_run:
        out("Nothing was asked: this was a dry run.")
        return 0
    if chosen.kind not in ("live", "demo"):
        raise UsageError(
            f"a backfill asks {args.source} itself, and this run reads {chosen.label}. Say so with --input live; "
            "--dry-run only forecasts"
        )
    if chosen.kind == "demo" and args.source not in DEMO_SOURCES:
        raise UsageError(
            f"the demo has no {args.source}; it has {', '.join(DEMO_SOURCES)}. The real one is asked with --input live"
        )
    named = settings.model_copy(update={"sources": args.source})
    with run_lock(home, console, settings.lock_timeout):
        return _backfill(named, chosen, {args.source: years}, console)


def _backfill(settings: Settings, chosen: RunInput, ranges: dict[str, tuple[int, int]], console: Console) -> int:
    """Read the years and run everything that comes after."""
    from orchestration.crawling import refuse_unready
    from orchestration.demoworld import make_demo, serving

    home = Home(settings.home)
    refuse_unready(settings)
    if chosen.kind == "demo":
        make_demo(chosen, console.say)
    read_input(chosen)
    write_marker(home, chosen)
    with serving(settings, chosen, console.say, always=True) as reached:
        pipeline = load_pipeline(reached, chosen.directory, base_fingerprint(settings), ranges)
        outcome = execute_pipeline(home, console, chosen, None, pipeline)
    return conclude(settings, chosen, outcome)


def _forecast(source: str, years: tuple[int, int], settings: Settings) -> None:
    """Print how many requests and minutes the years will take."""
    from adapters.services import SERVICES
    from assets.plans import forecast_years

    service, today = SERVICES[source], datetime.now(UTC).date()
    warehouse = Warehouse(Home(settings.home), memory_limit=settings.memory_limit)
    if warehouse.home.warehouse_file.is_file():
        with warehouse.writer(f"forecast of a backfill of {source}") as connection:
            _, requests = forecast_years(connection, source, years, today)
        basis = "from what is known of these years"
    else:
        _, requests = forecast_years(None, source, years, today)
        basis = "nothing is known yet, so this is a guess"
    per_minute = settings.rate_of(source) or service.manners.per_minute
    minutes = requests / per_minute
    span = f"{years[0]}" if years[0] == years[1] else f"{years[0]} to {years[1]}"
    out(f"{source}, titles that started in {span}: about {counted(requests, 'request')}, {minutes:.1f} minutes")
    out(f"at {per_minute:g} requests a minute ({basis}).")
