"""`osusume models evaluate`: models of this HOME under another protocol than the one that promotes them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from orchestration.cli.console import Console, counted
from orchestration.cli.modelparser import EVALUATED
from orchestration.cli.protocols import models_named, print_measured, split_by
from orchestration.cli.ratings import require_ratings
from orchestration.cli.writing import writable_warehouse
from orchestration.errors import UsageError
from orchestration.settings import Settings
from recommenders.errors import InvalidInputError
from recommenders.interactions import LIKED
from recommenders.measuring import MetricRow
from warehouse.home import Home


def run_evaluate(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Teach the models on one part of this HOME's ratings, print what they make of the other; returns 0.

    With `--keep` the figures are landed with the versions; versions, promotion and what is published stay.

    Raises:
        UsageError: a model that does not exist, no ratings, or none with a time where they are to be split by time.
    """
    from assets.model_inputs import read_training
    from assets.teaching import new_model, version_of
    from assets.tuned import tuned_config

    home, seed = Home(settings.home), settings.seed
    names = [model.name for model in models_named(args.model or EVALUATED)]
    warehouse = writable_warehouse(settings, console)
    require_ratings(warehouse, "to evaluate models on")
    with warehouse.writer("read ratings to evaluate models on") as connection:
        inputs = read_training(connection)
    try:
        split = split_by(args.protocol, inputs.interactions, LIKED, seed, args.folds, args.by_chance, args.groups)
    except InvalidInputError as problem:
        raise UsageError(f"{home.root}: {problem}") from problem
    console.say(f"{', '.join(names)} on {counted(inputs.interactions.ratings.nnz, 'rating')} of {home.root}")
    models = [new_model(home, name, tuned_config(home, name, seed), console.say) for name in names]
    done = print_measured(split, models, console, inputs.features, inputs.recommendable)
    if args.keep:
        for one in filter(lambda one: one.metrics, done):
            version_id = version_of(one.name, inputs.versions, tuned_config(home, one.name, seed))
            keep_rows(home, version_id, one.metrics)
        console.say(f"kept; `osusume run --home {home.root}` puts the figures into fact_model_metric")
    return 0


def keep_rows(home: Home, version_id: str, rows: Sequence[MetricRow]) -> None:
    """Land the figures of a version, those of each protocol together."""
    from assets.registry import keep_figures

    for protocol in dict.fromkeys(row.protocol for row in rows):
        told = [asdict(row) for row in rows if row.protocol == protocol]
        figures = [{name: value for name, value in one.items() if name != "protocol"} for one in told]
        keep_figures(home, version_id, protocol, figures)
