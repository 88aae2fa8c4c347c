"""The runs of a backfill: its partitions in one run, or in many of which some go at once.

The one rule: what is landed says what is done. A backfill that failed is taken up by reading what is not landed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from orchestration.cli.console import Console, counted, out
from orchestration.cli.parent import end_with
from orchestration.errors import UsageError
from orchestration.inputs import RunInput
from orchestration.settings import Settings, child_environment
from warehouse.files import write_whole
from warehouse.home import Home
from warehouse.partitions import landed_partitions

#: How Dagster is told which partitions one run makes.
_FIRST, _LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
_CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Target:
    """What a backfill lands.

    Attributes:
        name: how it is called in messages.
        job: whose runs land it.
        words: what names it on the command line of `osusume backfill`.
        lacking: those of some partitions that are not landed as this backfill, which began at that time, wants them.
    """

    name: str
    job: str
    words: tuple[str, ...]
    lacking: Callable[[Sequence[str], datetime], list[str]]


def catalogue_of(home: Home, source: str) -> Target:
    """A source's catalogue, whose partitions are to be read again whenever they were landed before."""

    def lacking(keys: Sequence[str], since: datetime) -> list[str]:
        landed = landed_partitions(home, source, "anime")
        return [key for key in keys if key not in landed or landed[key] < since]

    return Target(source, f"backfill_{source}", (source,), lacking)


def land_parts(
    args: argparse.Namespace,
    target: Target,
    settings: Settings,
    chosen: RunInput,
    keys: Sequence[str],
    console: Console,
) -> bool:
    """Land the partitions of a backfill; whether all of them are landed now.

    Args:
        args: the command line: first, last, parallel, retry_failed.
        target: what is landed.
        settings: those in force, with addresses that answer.
        chosen: the input.
        keys: the partitions, in order.
        console: for progress.

    Raises:
        UsageError: when there is no backfill of these years to be taken up.
    """
    home = Home(settings.home)
    began = taken_up(home, args, target) if args.retry_failed else _begun(home, args, target)
    open_ones = target.lacking(keys, began) if args.retry_failed else list(keys)
    if len(open_ones) < len(keys):
        done = counted(len(keys) - len(open_ones), "partition")
        console.say(f"{done} of {target.name} landed already: not read again")
    if open_ones and args.parallel > 1:
        _land_at_once(args, target, settings, chosen, open_ones, console)
    elif open_ones:
        _land_in_runs(settings, chosen, console, target, list(_ranges(keys, open_ones)))
    missing = target.lacking(open_ones, began)
    if missing:
        out(f"{counted(len(missing), 'partition')} of {target.name} not landed: {', '.join(missing)}.")
        out("The same command with --retry-failed reads only these.")
    return not missing


def land_each(args: argparse.Namespace, target: Target, settings: Settings, chosen: RunInput, console: Console) -> int:
    """Land partitions in a run each, as a worker of a parallel backfill, and end with it; returns 1 when one failed.

    Args:
        args: the command line: land, until_gone.
        target: what is landed.
        settings: those in force, with addresses that answer.
        chosen: the input.
        console: for progress.
    """
    if args.until_gone is not None:
        end_with(args.until_gone)
    return 0 if _land_in_runs(settings, chosen, console, target, [(key, key) for key in args.land]) else 1


def _land_in_runs(
    settings: Settings, chosen: RunInput, console: Console, target: Target, ranges: Sequence[tuple[str, str]]
) -> bool:
    """One run in this process for each range of partitions; whether all of them succeeded."""
    from orchestration.cli.execute import execute
    from orchestration.cli.instance import open_instance
    from orchestration.cli.run import load_pipeline

    defs, _ = load_pipeline(settings, chosen.directory, "")
    succeeded = True
    with open_instance(Home(settings.home), verbose=console.verbose) as instance:
        for first, last in ranges:
            console.say(f"landing {target.name} {first}" + (f" to {last}" if last != first else ""))
            tags = {_FIRST: first, _LAST: last}
            outcome = execute(defs, instance, console, job_name=target.job, resources={}, tags=tags)
            for failure in outcome.failures:
                console.say(failure.message)
            succeeded = succeeded and outcome.succeeded
    return succeeded


def _land_at_once(
    args: argparse.Namespace,
    target: Target,
    settings: Settings,
    chosen: RunInput,
    keys: Sequence[str],
    console: Console,
) -> None:
    """A run for each partition, in so many processes at once; they take turns at a service."""
    workers = min(args.parallel, len(keys))
    place = {"home": settings.home.absolute(), "input": chosen.setting}
    environment = child_environment(settings.model_copy(update=place), {})
    command = [sys.executable, "-m", "orchestration", "backfill", *target.words]
    command += ["--from", str(args.first), "--to", str(args.last)]
    command += ["--until-gone", str(os.getpid()), "--land"]
    with ThreadPoolExecutor(workers) as pool:
        for number in range(workers):
            pool.submit(_work, [*command, *keys[number::workers]], environment, f"run {number + 1}", console)


def _work(command: Sequence[str], environment: Mapping[str, str], name: str, console: Console) -> None:
    """One worker to its end, with what it says passed on under its name."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, env=dict(environment), cwd=_CHECKOUT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        for line in process.stderr or ():
            console.say(f"{name}: {line.rstrip()}")


def _ranges(keys: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The first and the last of each row of wanted keys without a gap."""
    for is_wanted, row in groupby(keys, lambda key: key in wanted):
        if is_wanted:
            members = list(row)
            yield members[0], members[-1]


def _begun(home: Home, args: argparse.Namespace, target: Target) -> datetime:
    """Note that a backfill of these years begins, and when."""
    now = datetime.now(UTC)
    words = {"first": args.first, "last": args.last, "began_at": now.isoformat()}
    file = _record(home, target)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, (json.dumps(words) + "\n").encode())
    return now


def taken_up(home: Home, args: argparse.Namespace, target: Target) -> datetime:
    """When the last backfill of the target began, which must be one of these years; nothing is changed.

    Raises:
        UsageError: when it is not.
    """
    file = _record(home, target)
    try:
        words = json.loads(file.read_text(encoding="utf-8"))
        if (words["first"], words["last"]) == (args.first, args.last):
            return datetime.fromisoformat(words["began_at"])
        said = f"the last one was of {words['first']} to {words['last']}"
    except (OSError, ValueError, KeyError, TypeError):
        said = "none has begun in this HOME"
    raise UsageError(
        f"--retry-failed: there is no backfill of {target.name} {args.first} to {args.last} to be taken up ({said}). "
        "Leave --retry-failed out to begin one"
    )


def _record(home: Home, target: Target) -> Path:
    """Where it stands when the last backfill of a target began."""
    return home.dagster / "backfills" / f"{target.name.replace(' ', '_')}.json"
