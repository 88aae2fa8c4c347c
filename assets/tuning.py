"""Searches for parameters inside the training part, landed when they end, and the table of what they tried."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa

from assets.model_inputs import read_training
from assets.resources import WarehouseResource
from assets.steps import Made, table_step
from assets.tables import table_spec, write
from assets.teaching import MODELS
from assets.tuned import LOG
from recommenders.deciding import deciding_split
from recommenders.tuning import tune
from recommenders.tuningrecords import Ground, Tuning
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import append_events, read_events
from warehouse.sqlfiles import sql_file


def ground_of(warehouse: Warehouse, seed: int) -> Ground:
    """What searches may look at: what is known once the evaluation's hidden ratings are taken away.

    Raises:
        WarehouseError: the tables that models read were never built.
    """
    with warehouse.writer("read for tuning") as connection:
        inputs = read_training(connection)
    return Ground(deciding_split(inputs.interactions, seed).train, inputs.features, inputs.recommendable)


def tune_model(
    home: Home,
    ground: Ground,
    name: str,
    *,
    trials: int,
    minutes: float | None,
    seed: int,
    progress: Callable[[str], None],
) -> Tuning:
    """The search of this model, new or continued, landed when it ends.

    One process at a time may search in a HOME; whoever calls makes sure of it.

    Args:
        home: where searches are kept (models/studies) and landed (landing/osusume/tunings).
        ground: what may be looked at.
        name: the model's.
        trials: so many are tried in all.
        minutes: no further trial after so many; None = no limit.
        seed: of splits, search and models.
        progress: is told of each trial.

    Raises:
        RecommenderError: the model has nothing to tune or cannot learn from these ratings.
    """
    found = tune(MODELS[name], ground, studies(home), trials=trials, minutes=minutes, seed=seed, progress=progress)
    _land(home, found)
    return found


def studies(home: Home) -> Path:
    """The folder of searches, also of those that are not finished."""
    return home.models / "studies"


def _land(home: Home, found: Tuning) -> None:
    """Land the finished search with all its trials, unless it says what the model's last one says."""
    event = {
        "model_type": found.model,
        "study": found.study,
        "protocol": found.protocol,
        "parameters": json.dumps(found.best, sort_keys=True),
        "is_adopted": found.is_better,
        "ndcg_at_10": found.best_value,
        "default_ndcg_at_10": found.default_value,
        "difference": found.comparison.difference,
        "ci_low": found.comparison.ci_low,
        "ci_high": found.comparison.ci_high,
        "trials": json.dumps([asdict(trial) for trial in found.trials]),
    }
    earlier = [one for one in read_events(home, LOG) if one["model_type"] == found.model][-1:]
    if [{name: value for name, value in one.items() if name != "finished_at"} for one in earlier] != [event]:
        append_events(home, LOG, [{**event, "finished_at": datetime.now(UTC)}])


@table_step("fact_tuning_trial", [table_spec(sql_file("core/fact_tuning_trial"), ["evaluation_holdout"])])
def fact_tuning_trial(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Made:
    """Every configuration that a finished search has tried, and which one came of it."""
    rows = trial_rows(warehouse.open().home)
    return write(warehouse, "core/fact_tuning_trial", rows, context.run_id)


def trial_rows(home: Home) -> pa.Table:
    """One row for each trial of the last finished form of each search."""
    last = {str(one["study"]): one for one in read_events(home, LOG)}
    rows = [_trial_row(study, event, trial) for study, event in last.items() for trial in _trials(event)]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _trial_row(study: str, event: Mapping[str, Any], trial: Mapping[str, Any]) -> dict[str, Any]:
    parameters = json.dumps(trial["parameters"], sort_keys=True)
    is_best = parameters == event["parameters"]
    return {
        **{name: trial[name] for name in ("number", "outcome", "ndcg_at_10", "problem")},
        "study": study,
        "model_type": event["model_type"],
        "finished_at": datetime.fromisoformat(event["finished_at"]),
        "parameters": parameters,
        "is_best": is_best,
        "is_adopted": is_best and event["is_adopted"],
    }


def _trials(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(json.loads(str(event["trials"])))


_SCHEMA = pa.schema(
    [
        ("study", pa.string()),
        ("number", pa.int32()),
        ("model_type", pa.string()),
        ("outcome", pa.string()),
        ("ndcg_at_10", pa.float64()),
        ("parameters", pa.string()),
        ("problem", pa.string()),
        ("is_best", pa.bool_()),
        ("is_adopted", pa.bool_()),
        ("finished_at", pa.timestamp("us", tz="UTC")),
    ]
)

TUNING_ASSETS = [fact_tuning_trial]
