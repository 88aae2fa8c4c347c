"""Runs a job in this process, under the HOME's Dagster instance, with progress as its assets finish."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence

import dagster as dg
from dagster._core.utils import make_new_run_id

from orchestration.cli.console import Console
from orchestration.cli.instance import NEVER_RETRIED, RUN_TAG, SHOWN_IN_UI
from orchestration.cli.lostsignals import noticed_signals
from orchestration.cli.observer import RunObserver
from orchestration.cli.outcome import Outcome


def execute(
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    console: Console,
    *,
    job_name: str,
    resources: Mapping[str, object],
    selected: Sequence[dg.AssetKey] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Outcome:
    """What the run came to; it never raises for a failing asset or check.

    Dagster turns Ctrl-C and a polite kill into the failure of a step; here they are interrupts again.

    Args:
        defs: the code location.
        instance: where the run is recorded.
        console: where the progress goes.
        job_name: the job, of which `selected` may be a part.
        resources: the instances to run with, by resource key; they replace those of `defs`.
        selected: the assets to make; None = all of the job.
        tags: of the run, beside our own: which partitions it makes, say.

    Raises:
        KeyboardInterrupt: when the run was interrupted; it is recorded as failed.
    """
    job = defs.resolve_job_def(job_name)
    observer = _observer(defs, console, selected or sorted(job.asset_layer.executable_asset_keys))
    run_id = make_new_run_id()
    instance.add_event_listener(run_id, observer)
    started = time.monotonic()
    with noticed_signals() as observer.was_asked_to_end, warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        result = job.execute_in_process(
            run_config=_logging(console),
            instance=instance,
            raise_on_error=False,
            asset_selection=selected,
            run_id=run_id,
            tags=RUN_TAG | SHOWN_IN_UI | NEVER_RETRIED | dict(tags or {}),
            resources=resources,
        )
    observer.finish()
    if observer.interrupted or result.dagster_run.status == dg.DagsterRunStatus.CANCELED:
        raise KeyboardInterrupt
    return observer.outcome(run_id, succeeded=result.success, took=time.monotonic() - started)


def _observer(defs: dg.Definitions, console: Console, keys: Sequence[dg.AssetKey]) -> RunObserver:
    """The listener that knows which assets and checks are to come."""
    graph = defs.resolve_asset_graph()
    steps: dict[str, list[str]] = {}
    for key in keys:
        steps.setdefault(graph.get(key).assets_def.op.name, []).append(key.to_user_string())
    expected: dict[str, int] = {}
    for check in graph.get_check_keys_for_assets(set(keys)):
        name = check.asset_key.to_user_string()
        expected[name] = expected.get(name, 0) + 1
    return RunObserver(console, steps, expected)


def _logging(console: Console) -> dict[str, object]:
    """Dagster's console log: all of it when the user wants to see it, otherwise nothing."""
    level = "DEBUG" if console.verbose else "CRITICAL"
    return {"loggers": {"console": {"config": {"log_level": level}}}}
