"""`osusume run`: from an input to a published snapshot, in this process, with a summary at the end."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.recordings import Recording
from orchestration.cli.console import Console, counted, out
from orchestration.cli.runlock import run_lock
from orchestration.cli.unchanged import nothing_new
from orchestration.cli.writing import writable_warehouse
from orchestration.fingerprint import base_fingerprint, fingerprint, landing_after
from orchestration.inputs import (
    RunInput,
    inherit,
    read_input,
    refuse_other_world,
    resolve_input,
    write_marker,
)
from orchestration.settings import Settings
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import adopt
from warehouse.made import forget

if TYPE_CHECKING:
    from dagster import AssetKey, Definitions

    from orchestration.cli.outcome import Outcome

#: Builds the code location and the resources of a run: settings, recordings directory, fingerprint.
Load = Callable[[Settings, Path | None, str], tuple["Definitions", Mapping[str, object]]]
Years = tuple[int, int]

_JOB = "refresh_all"
#: The asset whose materialisation is the publishing.
_PUBLISHING = "published_snapshot"


def load_pipeline(
    settings: Settings, directory: Path | None, mark: str, ranges: Mapping[str, Years] | None = None
) -> tuple[Definitions, Mapping[str, object]]:
    """The project's code location with the resources of one run, which it runs with; Dagster is imported only now."""
    from orchestration.definitions import build_definitions
    from orchestration.resources import resources_for

    # For a part of a job Dagster refuses other resources than those of the definitions.
    resources = resources_for(settings, directory, mark, ranges)
    return build_definitions(settings, resources), resources


def run_pipeline(args: argparse.Namespace, settings: Settings, console: Console, load: Load = load_pipeline) -> int:
    """Run what is asked for; returns 0, or 1 when an asset or a blocking check failed.

    Args:
        args: the command line: select, force.
        settings: those in force.
        console: for progress.
        load: where the pipeline comes from.

    Raises:
        UsageError: when input, selection, settings or HOME are not usable; nothing was changed or asked then.
        RunError: when another run did not finish in time.
    """
    home = Home(settings.home)
    chosen = resolve_input(settings)
    refuse_other_world(home, chosen)
    _refuse_unready(settings)
    recordings = [] if chosen.kind == "demo" else read_input(chosen)
    selected = _selected(settings, chosen, args.select, load)
    with run_lock(home, console, settings.lock_timeout):
        if chosen.kind == "demo":
            recordings = _demo_recordings(chosen, console)
        mark = fingerprint(settings, landing_after(home, recordings, chosen.other))
        idle = [] if _asks(home, chosen) or args.force or selected is not None else nothing_new(home, mark)
        if idle:
            out("\n".join(idle))
            return 0
        refuse_other_world(home, chosen)
        write_marker(home, chosen)
        if args.force:
            _forget_what_was_made(home, settings, console)
        outcome = _run(home, settings, console, chosen, selected, load)
        return conclude(settings, chosen, outcome)


def _run(
    home: Home,
    settings: Settings,
    console: Console,
    chosen: RunInput,
    selected: list[AssetKey] | None,
    load: Load,
) -> Outcome:
    """Materialise the assets, with the demo's stand-ins beside them while they are needed."""
    if chosen.kind != "demo":
        return execute_pipeline(home, console, chosen, selected, _loaded(settings, chosen, selected, load))
    from orchestration.demoworld import serving

    with serving(settings, chosen, lambda message: console.say(f"  {message}")) as reached:
        return execute_pipeline(home, console, chosen, selected, _loaded(reached, chosen, selected, load))


def _loaded(
    settings: Settings, chosen: RunInput, selected: list[AssetKey] | None, load: Load
) -> tuple[Definitions, Mapping[str, object]]:
    """The pipeline for what is run; a part may publish tables of different inputs, and counts as made from none."""
    return load(settings, chosen.directory, "" if selected else base_fingerprint(settings))


def _forget_what_was_made(home: Home, settings: Settings, console: Console) -> None:
    """Have every table made and checked again, also where nothing that it is made from has changed."""
    if home.warehouse_file.is_file():
        with writable_warehouse(settings, console).writer("forget what was made") as connection:
            forget(connection)


def _refuse_unready(settings: Settings) -> None:
    """Raise unless what the run asks can be asked as the settings want it, and the models they name exist."""
    from orchestration.chosenmodels import chosen_models

    chosen_models(settings)
    if settings.is_live:
        from orchestration.crawling import refuse_unready

        refuse_unready(settings)


def _asks(home: Home, chosen: RunInput) -> bool:
    """Whether the run asks services, so that nobody can say before it whether there is anything new."""
    if chosen.kind != "demo":
        return chosen.kind == "live"
    from orchestration.demoworld import is_read

    return not is_read(home)


def _selected(settings: Settings, chosen: RunInput, given: Sequence[str] | None, load: Load) -> list[AssetKey] | None:
    """The assets that `--select` names; None when it was not given."""
    expressions = [part.strip() for text in given or () for part in text.split(",") if part.strip()]
    if not expressions:
        return None
    from orchestration.cli.selection import select_assets

    return select_assets(load(settings, chosen.directory, "")[0], expressions)


def _demo_recordings(chosen: RunInput, console: Console) -> list[Recording]:
    """The demo world's recordings, made now if this HOME has none."""
    if chosen.directory is not None and not chosen.directory.is_dir():
        from orchestration.demoworld import make_demo

        console.say(f"making {chosen.label}")
        make_demo(chosen, lambda message: console.say(f"  {message}"))
    return read_input(chosen)


def execute_pipeline(
    home: Home,
    console: Console,
    chosen: RunInput,
    selected: list[AssetKey] | None,
    pipeline: tuple[Definitions, Mapping[str, object]],
) -> Outcome:
    """Materialise the assets; what came of it. The run lock must be held.

    Args:
        home: where.
        console: for progress.
        chosen: the input.
        selected: the assets to make; None = all.
        pipeline: code location and resources, as `load_pipeline` gives them.
    """
    from orchestration.cli.execute import execute
    from orchestration.cli.instance import close_unfinished_runs, open_instance

    console.say(f"reading {chosen.label} into {home.root}/")
    inherit(home, chosen)
    if chosen.other is not None and (taken := adopt(home, chosen.other)):
        console.say(f"  {counted(taken, 'landed file')} taken over")
    defs, resources = pipeline
    with open_instance(home, verbose=console.verbose) as instance:
        if closed := close_unfinished_runs(instance, home):
            console.say(f"  {counted(closed, 'run')} of a killed process marked as failed")
        wanted = selected or worth_a_step(defs, resources)
        return execute(defs, instance, console, job_name=_JOB, resources={}, selected=wanted)


def worth_a_step(defs: Definitions, resources: Mapping[str, object]) -> list[AssetKey]:
    """The assets of a whole run: all of the job but the evaluations of models that OSUSUME_MODELS leaves out."""
    from assets.resources import RunSettings
    from recommenders.discovery import all_models

    settings = resources.get("run_settings")
    models = settings.chosen(all_models()) if isinstance(settings, RunSettings) else all_models()
    left_out = {f"evaluation_{name}" for name in all_models() if name not in models}
    keys = sorted(defs.resolve_job_def(_JOB).asset_layer.executable_asset_keys)
    return [key for key in keys if key.to_user_string() not in left_out]


def conclude(settings: Settings, chosen: RunInput, outcome: Outcome) -> int:
    """Print the closing summary; returns the exit status."""
    from orchestration.cli.summary import failed_summary, partial_summary, published_summary

    warehouse = Warehouse(Home(settings.home), memory_limit=settings.memory_limit)
    if not outcome.succeeded:
        lines = failed_summary(warehouse, outcome, str(_write_failures(warehouse.home, outcome)))
    elif _PUBLISHING in outcome.materialised:
        lines = published_summary(warehouse, outcome, chosen)
    else:
        lines = partial_summary(outcome)
    for line in lines:
        out(line)
    return 0 if outcome.succeeded else 1


def last_failure(home: Home) -> Path:
    """Where the tracebacks and findings of the last failed run are; findings show rows of tables."""
    return home.dagster / "last-failure.txt"


def _write_failures(home: Home, outcome: Outcome) -> Path:
    """The tracebacks of the failed steps in a file of their own; returns where."""
    path = last_failure(home)
    traces = [f"{failure.step}\n{failure.trace}" for failure in outcome.failures]
    checks = [f"{check.asset}: {check.finding}\n{check.facts}" for check in outcome.checks if check.stops]
    path.write_text("\n".join([f"run {outcome.run_id}", *traces, *checks, ""]), encoding="utf-8")
    return path
