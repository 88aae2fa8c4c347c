"""`osusume backfill ratings`: months of recorded ratings, landed alone and taken to the tables.

The one rule: nothing but the months that were asked for is landed, whatever else the input has.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.errors import AdapterError
from adapters.recordings import month_file, recorded_months
from orchestration.cli.backfillparser import MONTHLY
from orchestration.cli.console import Console, counted, out
from orchestration.cli.partitionruns import Target, land_each, land_parts, taken_up
from orchestration.cli.run import conclude, execute_pipeline, load_pipeline
from orchestration.cli.runlock import run_lock
from orchestration.cli.unchanged import nothing_new
from orchestration.errors import InputError, UsageError
from orchestration.fingerprint import base_fingerprint, fingerprint, landing_after
from orchestration.inputs import RunInput, refuse_other_world, resolve_input, write_marker
from orchestration.settings import Settings
from warehouse.home import Home
from warehouse.landing import LandedFile, digest_to_land, landed_of_part


def run_months(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Forecast, and unless it is a dry run land these months and run the pipeline; returns its exit status.

    Raises:
        UsageError: when months, sources or input cannot be used; nothing was landed then.
    """
    months = _months(args)
    chosen = resolve_input(settings)
    if chosen.kind != "recordings" or chosen.directory is None:
        raise UsageError(
            f"a backfill of ratings lands ratings/<source>/<YYYYMM>.csv.gz of a recordings directory, and this run "
            f"reads {chosen.label}. Name the directory: --input DIR"
        )
    home, directory = Home(settings.home), chosen.directory
    refuse_other_world(home, chosen)
    if args.land:
        return land_each(args, months_of(home, directory, args.sources[0]), settings, chosen, console)
    sources = _sources(args.sources, directory)
    for source in sources:
        for line in forecast_months(home, directory, source, months):
            out(line)
    if args.dry_run:
        out("Nothing was landed: this was a dry run.")
        return 0
    targets = [months_of(home, directory, source) for source in sources]
    if args.retry_failed:
        for target in targets:
            taken_up(home, args, target)
    with run_lock(home, console, settings.lock_timeout, "backfill"):
        write_marker(home, chosen)
        landed = [land_parts(args, target, settings, chosen, months, console) for target in targets]
        return _follow(settings, chosen, console) if all(landed) else 1


def months_of(home: Home, directory: Path, source: str) -> Target:
    """A source's ratings; a month is landed when what was landed of it last is what its file would land as now."""

    def lacking(months: Sequence[str], _: object) -> list[str]:
        landed = {month: landed_of_part(home, source, MONTHLY, month) for month in months}
        return [
            month for month in months if not _is_last(home, landed[month], source, month_file(directory, source, month))
        ]

    words = (MONTHLY, "--source", source)
    return Target(f"{source} {MONTHLY}", f"backfill_{source}_{MONTHLY}", words, lacking)


def forecast_months(home: Home, directory: Path, source: str, months: Sequence[str]) -> Iterator[str]:
    """The lines that tell what a backfill would land, month by month."""
    files = {month: month_file(directory, source, month) for month in months}
    there = {month: file.stat().st_size for month, file in files.items() if file.is_file()}
    span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    yield f"{source}, ratings that were changed last in {span}: {counted(len(months), 'month')},"
    yield f"{counted(len(there), 'file')} in {directory / 'ratings' / source} with {sum(there.values()):,} bytes."
    yield ""
    yield f"{'month':<8} {'bytes':>12}  landed last"
    for month, file in files.items():
        size = f"{there[month]:,}" if month in there else "no file"
        yield f"{month:<8} {size:>12}  {_last(home, source, month, file)}"
    yield ""


def _months(args: argparse.Namespace) -> list[str]:
    """The months from the first to the last of the command line.

    Raises:
        UsageError: when they are no months, or none that lists can have been changed in.
    """
    from assets.partitions import MONTHS

    known = MONTHS.get_partition_keys()
    if args.first in known and args.last in known and args.first <= args.last:
        return [month for month in known if args.first <= month <= args.last]
    raise UsageError(
        f"--from {args.first} --to {args.last}: ratings are landed by months; give them from {known[0]} to "
        f"{known[-1]}, the earlier one first"
    )


def _sources(named: Sequence[str] | None, directory: Path) -> list[str]:
    """Whose months are landed, in order.

    Raises:
        InputError: when the directory cannot be used, or has no months and nobody said whose are missing.
    """
    try:
        found = {one.source for one in recorded_months(directory)}
    except AdapterError as problem:
        raise InputError(f"the input cannot be used: {problem}") from problem
    if not found and not named:
        raise InputError(f"{directory} has no months of ratings; expected files ratings/<source>/<YYYYMM>.csv.gz")
    return sorted(set(named or found))


def _is_last(home: Home, landed: Sequence[LandedFile], source: str, file: Path) -> bool:
    """Whether the file is there, and what was landed last of its month."""
    return bool(landed) and file.is_file() and landed[-1].sha256 == digest_to_land(home, source, MONTHLY, file)


def _last(home: Home, source: str, month: str, file: Path) -> str:
    """When a month was landed last, and whether its file is another one by now."""
    landed = landed_of_part(home, source, MONTHLY, month)
    if not landed:
        return "never"
    is_other = file.is_file() and not _is_last(home, landed, source, file)
    return f"{landed[-1].landed_at:%Y-%m-%d %H:%M} UTC" + (", the file has changed since" if is_other else "")


def _follow(settings: Settings, chosen: RunInput, console: Console) -> int:
    """Take what is landed to the tables, unless they are made of it already; returns the exit status."""
    home = Home(settings.home)
    if idle := nothing_new(home, fingerprint(settings, landing_after(home))):
        out("\n".join(idle))
        return 0
    # Without a directory: what else the input has is not landed by this.
    pipeline = load_pipeline(settings, None, base_fingerprint(settings))
    return conclude(settings, chosen, execute_pipeline(home, console, chosen, None, pipeline))
