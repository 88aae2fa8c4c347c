"""`osusume backfill`: a source's titles of certain years, forecast before anything is spent."""

from __future__ import annotations

import argparse
from dataclasses import replace

from orchestration.cli.backfillforecast import forecast_parts, forecast_whole
from orchestration.cli.backfillparser import MONTHLY
from orchestration.cli.console import Console, out
from orchestration.cli.run import conclude, execute_pipeline, load_pipeline
from orchestration.cli.runlock import run_lock
from orchestration.demoworld import DEMO_SOURCES
from orchestration.errors import UsageError
from orchestration.fingerprint import base_fingerprint
from orchestration.inputs import RunInput, read_input, refuse_other_world, resolve_input, write_marker
from orchestration.settings import Settings
from warehouse.home import Home

_OLDEST_YEAR = 1900
Years = tuple[int, int]


def run_backfill(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Forecast, and unless it is a dry run read these years and run the pipeline; returns its exit status.

    Raises:
        UsageError: when years, source or input cannot be used; nothing was asked then.
    """
    if args.source == MONTHLY:
        from orchestration.cli.backfillmonths import run_months

        return run_months(args, settings, console)
    years = _years(args)
    named = settings.model_copy(update={"sources": args.source})
    # Of live services the source alone is asked, and is all that is told of the input.
    chosen = resolve_input(named)
    home = Home(settings.home)
    refuse_other_world(home, chosen)
    if args.land:
        from orchestration.cli.partitionruns import catalogue_of, land_each

        return land_each(args, catalogue_of(home, args.source), named, chosen, console)
    keys = _partitions(args.source, years, named)
    told = (
        forecast_parts(named, console, args.source, years, keys)
        if keys
        else forecast_whole(named, console, args.source, years)
    )
    for line in told:
        out(line)
    if args.dry_run:
        out("Nothing was asked: this was a dry run.")
        return 0
    _refuse_silent_input(args.source, chosen)
    _refuse_unusable(args, home, keys)
    with run_lock(home, console, settings.lock_timeout, "backfill"):
        return _backfill(args, named, chosen, keys, console)


def _years(args: argparse.Namespace) -> Years:
    """The years of the command line.

    Raises:
        UsageError: when there are none, or options that are about months.
    """
    if isinstance(args.first, str) or isinstance(args.last, str) or args.sources:
        raise UsageError(
            f"{args.source} is read by years: --from YEAR --to YEAR. Months and --source are for "
            f"`osusume backfill {MONTHLY}`"
        )
    if not _OLDEST_YEAR <= args.first <= args.last:
        raise UsageError(
            f"--from {args.first} --to {args.last}: give years from {_OLDEST_YEAR} on, the earlier one first"
        )
    return args.first, args.last


def _partitions(source: str, years: Years, settings: Settings) -> tuple[str, ...]:
    """The partitions that hold what started in some years; () where the source is read as a whole.

    Raises:
        UsageError: when the source has nothing of these years.
    """
    from assets.partitions import PARTED
    from orchestration.crawling import crawling_for

    if source not in PARTED:
        return ()
    today = crawling_for(settings).now().date()
    keys = PARTED[source].of_years(*years, today)
    if not keys:
        raise UsageError(f"--from {years[0]} --to {years[1]}: {source} has no titles that started in these years")
    return keys


def _refuse_silent_input(source: str, chosen: RunInput) -> None:
    """Raise UsageError unless the input is one that can be asked."""
    if chosen.kind not in ("live", "demo"):
        raise UsageError(
            f"a backfill asks {source} itself, and this run reads {chosen.label}. Say so with --input live; "
            "--dry-run only forecasts"
        )
    if chosen.kind == "demo" and source not in DEMO_SOURCES:
        raise UsageError(
            f"the demo has no {source}; it has {', '.join(DEMO_SOURCES)}. The real one is asked with --input live"
        )


def _refuse_unusable(args: argparse.Namespace, home: Home, keys: tuple[str, ...]) -> None:
    """Raise UsageError for options that make no sense with this source, or in this HOME."""
    from orchestration.cli.partitionruns import catalogue_of, taken_up

    if not keys and (args.retry_failed or args.parallel > 1):
        raise UsageError(
            f"{args.source} has no partitions: it is read in one crawl, which goes on where it stopped. Leave out "
            "--parallel and --retry-failed"
        )
    if args.retry_failed:
        taken_up(home, args, catalogue_of(home, args.source))


def _backfill(
    args: argparse.Namespace, settings: Settings, chosen: RunInput, keys: tuple[str, ...], console: Console
) -> int:
    """Read the years and run everything that comes after."""
    from orchestration.cli.partitionruns import catalogue_of, land_parts
    from orchestration.crawling import refuse_unready
    from orchestration.definitions import build_definitions
    from orchestration.demoworld import make_demo, serving

    home, years = Home(settings.home), (args.first, args.last)
    refuse_unready(settings)
    if chosen.kind == "demo":
        make_demo(chosen, console.say)
    read_input(chosen)
    write_marker(home, chosen)
    with serving(settings, chosen, console.say, always=True) as reached:
        if keys and not land_parts(args, catalogue_of(home, args.source), reached, chosen, keys, console):
            return 1
        ranges = {} if keys else {args.source: years}
        defs, resources = load_pipeline(reached, chosen.directory, base_fingerprint(settings), ranges)
        if keys:
            # What was to be read is landed by now; the rest of the pipeline asks nobody.
            resources = dict(resources) | {"crawling": replace(resources["crawling"], refreshes=False)}  # type: ignore[type-var]  # it is a Crawling
            defs = build_definitions(reached, resources)
        outcome = execute_pipeline(home, console, chosen, None, (defs, resources))
    return conclude(settings, chosen, outcome)
