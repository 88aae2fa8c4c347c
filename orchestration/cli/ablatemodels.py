"""`osusume models ablate`: what each kind of information adds to the second stage, on this HOME's ratings."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from orchestration.cli.console import Console, counted, out
from orchestration.cli.evaluatemodels import keep_rows
from orchestration.cli.protocols import print_table
from orchestration.cli.ratings import require_ratings
from orchestration.cli.writing import writable_warehouse
from orchestration.errors import UsageError
from orchestration.settings import Settings
from recommenders.ablation import COMPLETE, MINUS_COMPLETE, ablate
from recommenders.deciding import deciding_split
from recommenders.errors import NotEnoughDataError
from recommenders.measuring import MetricRow
from recommenders.metrics import HEADLINE
from recommenders.rerank import Rerank
from warehouse.home import Home

if TYPE_CHECKING:
    from assets.model_inputs import TrainingInputs

METRIC, K = HEADLINE


def run_ablate(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Teach the second stage as the next run would, and without one kind of information at a time; returns 0.

    With `--keep` the figures are landed with the version, and stand in the report from the next run on.

    Raises:
        UsageError: no ratings, or too few for the second stage.
    """
    from assets.model_inputs import known_of, read_training
    from assets.teaching import new_model
    from assets.tuned import tuned_config

    home = Home(settings.home)
    warehouse = writable_warehouse(settings, console)
    require_ratings(warehouse, "to teach models on")
    with warehouse.writer("read ratings to teach models on") as connection:
        inputs = read_training(connection)
    split = deciding_split(inputs.interactions, settings.seed)
    model = new_model(home, Rerank.name, tuned_config(home, Rerank.name, settings.seed), console.say)
    if not isinstance(model, Rerank):
        raise AssertionError("the second stage is of another class")
    try:
        found = ablate(model, split, inputs.features, known_of(inputs), console.now)
    except NotEnoughDataError as problem:
        raise UsageError(f"{home.root}: {problem}") from problem
    print_ablation(found)
    out(f"measured on {counted(len(split.evaluated), 'user')}: {split.protocol}.")
    if args.keep:
        keep(home, inputs, settings.seed, found)
        console.say(f"kept; the next `osusume run --home {home.root}` puts the figures into table and report")
    return 0


def print_ablation(found: Mapping[str, Sequence[MetricRow]]) -> None:
    """A line for the complete model, and one for each kind of information, with what it adds."""
    names = ("without", f"NDCG@{K}", "it adds (95 % interval)", f"discovery NDCG@{K}", "it adds (95 % interval) ")
    rows = [
        (kind or "nothing", *_cells(found[kind], ""), *_cells(found[kind], "discovery"))
        for kind in sorted(found, key=lambda kind: _adds(found[kind]))
    ]
    print_table(names, rows)


def keep(home: Home, inputs: TrainingInputs, seed: int, found: Mapping[str, Sequence[MetricRow]]) -> None:
    """Land the figures with the version that the next run measures, those of each protocol together."""
    from assets.teaching import version_of
    from assets.tuned import tuned_config

    version_id = version_of(Rerank.name, inputs.versions, tuned_config(home, Rerank.name, seed))
    keep_rows(home, version_id, [row for kind, told in found.items() if kind != COMPLETE for row in told])


def _adds(rows: Sequence[MetricRow]) -> float:
    """The difference over everybody, by which kinds are put in order; the complete model has none and comes first."""
    return next((row.value for row in rows if _is(row, f"{METRIC}_{MINUS_COMPLETE}", "")), float("-inf"))


def _cells(rows: Sequence[MetricRow], segment: str) -> tuple[str, str]:
    """The figure, and what the kind adds to it with its interval; blanks where it was not measured."""
    own = next((f"{row.value:.4f}" for row in rows if _is(row, METRIC, segment)), "")
    for row in rows:
        if _is(row, f"{METRIC}_{MINUS_COMPLETE}", segment) and row.ci_low is not None and row.ci_high is not None:
            return own, f"{0 - row.value:+.4f} ({0 - row.ci_high:+.4f} to {0 - row.ci_low:+.4f})"
    return own, ""


def _is(row: MetricRow, metric: str, segment: str) -> bool:
    return (row.metric, row.k, row.segment) == (metric, K, segment)
