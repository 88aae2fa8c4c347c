"""`osusume models`: the registry with what was measured of each version, and the ways to tune and to choose."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from orchestration.cli.console import Console, counted, out
from orchestration.cli.formats import table_lines
from orchestration.settings import Settings
from serving.reader import Model, open_reader
from warehouse.connection import Warehouse
from warehouse.events import PROMOTIONS
from warehouse.home import Home
from warehouse.landing import read_events

_NAMES = ("", "model", "version", "NDCG@10", "95 % interval", "recall@20", "coverage@10", "trained")
_RIGHT = (False, False, False, True, True, True, True, False)


def run_models(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Train, tune, compare or choose, or print the registry; returns 0, or what the action returns.

    Raises:
        NothingPublished: when there is no snapshot.
    """
    if args.action == "train-matcher":
        from orchestration.cli.trainmatcher import run_train_matcher

        return run_train_matcher(args, settings, console)
    if args.action == "tune":
        from orchestration.cli.tune import run_tune

        return run_tune(args, settings, console)
    if args.action == "evaluate":
        from orchestration.cli.evaluatemodels import run_evaluate

        return run_evaluate(args, settings, console)
    if args.action == "ablate":
        from orchestration.cli.ablatemodels import run_ablate

        return run_ablate(args, settings, console)
    warehouse = Warehouse(Home(settings.home), memory_limit=settings.memory_limit)
    if args.action == "compare":
        from orchestration.cli.comparemodels import run_compare

        return run_compare(args, warehouse, settings.seed)
    if args.action in ("promote", "rollback"):
        from orchestration.cli.promote import run_promote, run_rollback

        return (run_promote if args.action == "promote" else run_rollback)(args, warehouse)
    with open_reader(warehouse) as reader:
        models = reader.models()
    if not models:
        console.say("no model was evaluated yet; `osusume run` does it")
        out(matcher(warehouse.home))
        return 0
    _listed([model for model in models if model.decides])
    out("* is active: its lists are published. The other versions stay for comparison.")
    _skipped(models)
    for protocol in dict.fromkeys(model.protocol for model in models if not model.decides):
        out()
        _listed([model for model in models if model.protocol == protocol])
    if held := held_by(warehouse.home):
        out(f"{held}: the rules do not decide")
    out(matcher(warehouse.home))
    return 0


def held_by(home: Home) -> str:
    """Who promoted what against the rules, in a sentence; '' while the rules decide."""
    if not any(event.get("by") for event in read_events(home, PROMOTIONS)):
        return ""
    # Only now: it comes with Dagster, which takes a second that most lists need not wait.
    from assets.registry import hold

    held = hold(home)
    return str(held) if held else ""


def matcher(home: Home) -> str:
    """Which weights say what records are one anime in this HOME, in a sentence."""
    from matching.adopted import LOG, training_in_force

    last = training_in_force(read_events(home, LOG))
    if last is None:
        return "records are matched by the weights that come with the project"
    f1 = json.loads(str(last["figures"]))["new"]["f1"]
    return (
        f"records are matched by weights {last['rule_version']}, trained {str(last['trained_at'])[:10]} on "
        f"{counted(int(str(last['labelled_pairs'])), 'labelled pair')}, F1 out of fold {f1:.4f}"
    )


def _row(model: Model) -> Sequence[str]:
    """One line of the table."""
    interval = ""
    if model.ndcg_at_10_low is not None and model.ndcg_at_10_high is not None:
        interval = f"{model.ndcg_at_10_low:.4f} - {model.ndcg_at_10_high:.4f}"
    return (
        "*" if model.is_active else "",
        model.model_type,
        model.model_version_id,
        _figure(model.ndcg_at_10),
        interval,
        _figure(model.recall_at_20),
        _figure(model.coverage_at_10),
        f"{model.trained_at:%Y-%m-%d %H:%M}" if model.trained_at else "",
    )


def _listed(models: Sequence[Model]) -> None:
    """A table of the versions, and below it how they were measured."""
    for line in table_lines(_NAMES, _RIGHT, [_row(model) for model in models]):
        sys.stdout.write(f"{line}\n")
    out()
    for protocol in dict.fromkeys(model.protocol for model in models if model.protocol):
        users = max(model.users or 0 for model in models if model.protocol == protocol)
        out(f"measured on {users:,} users: {protocol}")


def _skipped(models: Sequence[Model]) -> None:
    """Which versions have no figures, and why."""
    for model in models:
        if model.skipped_because:
            version = model.model_version_id
            out(f"{model.model_type} {version} was skipped: {model.skipped_because}")


def _figure(value: float | None) -> str:
    """A metric with four digits; blank where it was not measured."""
    return "" if value is None else f"{value:.4f}"
