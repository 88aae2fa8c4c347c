"""What all models scored: every figure of every model on the same hidden ratings."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import dagster as dg
import numpy as np
import pyarrow as pa

from assets import registry
from assets.conversions import column
from assets.evaluation import LIST_LENGTH, MODELS, WHAT_MODELS_READ, write
from assets.model_inputs import ModelInputs, read_inputs
from assets.resources import RunSettings, WarehouseResource
from assets.results import markdown_table
from assets.tables import table_spec
from recommenders.beyond_accuracy import subjects
from recommenders.measuring import BASELINE, HEADLINE, Known, MetricRow, measure_all
from recommenders.ranking import Recommendations
from recommenders.splitting import Split, holdout
from warehouse.checks import column_frame
from warehouse.sqlfiles import sql_file

SUMMARY = (HEADLINE, ("recall", 20), ("coverage", 10))
EVALUATIONS = [f"evaluation_{name}" for name in MODELS]


@dg.multi_asset(
    name="fact_model_metric",
    specs=[table_spec(sql_file("core/fact_model_metric"), [*EVALUATIONS, *WHAT_MODELS_READ])],
)
def fact_model_metric(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> dg.MaterializeResult[None]:
    """Every model's lists measured by what was hidden, each also paired with popularity's and with the best's."""
    with warehouse.open().writer("read evaluation lists") as connection:
        inputs = read_inputs(connection)
        tables = {name: column_frame(connection, f"ml.evaluation_{name}", LISTS) for name in MODELS}
    split = holdout(inputs.interactions, seed=run_settings.seed)
    found = {name: table for name, table in tables.items() if table.num_rows}
    lists = {name: as_lists(table, inputs, split) for name, table in found.items()}
    measured = measure_all(lists, split, known_of(inputs))
    versions = {name: table.column("model_version_id")[0].as_py() for name, table in found.items()}
    for name, metrics in measured.items():
        summary = {f"{one.metric}@{one.k}": one.value for one in headline(metrics, split.protocol)}
        registry.record(warehouse.open().home, "measured", versions[name], metrics=summary)
    rows = [
        {"model_version_id": versions[name], "model_type": name, **asdict(one)}
        for name, metrics in measured.items()
        for one in metrics
    ]
    metadata = write(warehouse, "core/fact_model_metric", pa.Table.from_pylist(rows, METRICS), context.run_id)
    lines = leaderboard(row for row in rows if row["protocol"] == split.protocol)
    shown = {"leaderboard": dg.MetadataValue.md(markdown_table(lines))} if lines else {}
    return dg.MaterializeResult(metadata=metadata | shown)


LISTS = ("model_version_id", "user_key", "rank", "anime_key", "score")
METRICS = pa.schema(
    [
        ("model_version_id", pa.string()),
        ("model_type", pa.string()),
        ("protocol", pa.string()),
        ("metric", pa.string()),
        ("k", pa.int32()),
        ("value", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("users", pa.int32()),
    ]
)


def as_lists(table: pa.Table, inputs: ModelInputs, split: Split) -> Recommendations:
    """The rows of an evaluation table as ranked lists, one for each evaluated user, in the split's order."""
    users = inputs.interactions.user_keys[split.evaluated]
    by_key = np.argsort(users, kind="stable")
    rows = by_key[np.searchsorted(users[by_key], column(table, "user_key"))]
    places = column(table, "rank") - 1
    items = np.full((len(users), LIST_LENGTH), -1, dtype=np.int32)
    scores = np.full((len(users), LIST_LENGTH), -np.inf, dtype=np.float32)
    items[rows, places] = np.searchsorted(inputs.interactions.item_keys, column(table, "anime_key"))
    scores[rows, places] = column(table, "score")
    return Recommendations(users, items, scores)


def known_of(inputs: ModelInputs) -> Known:
    """What segments and metrics need to know of the anime."""
    return Known(inputs.recommendable, getattr(inputs.features, "franchise", None), subjects(inputs.features))


def headline(metrics: Iterable[MetricRow], protocol: str) -> Iterable[MetricRow]:
    """The figures over everybody that are landed with a version."""
    return (one for one in metrics if one.protocol == protocol and (one.metric, one.k) in SUMMARY)


def leaderboard(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line for each model, best first, for people to read."""
    lines = [
        {
            "model": row["model_type"],
            "NDCG@10": f"{row['value']:.4f}",
            "95 % interval": f"{row['ci_low']:.4f} to {row['ci_high']:.4f}",
            "users": row["users"],
        }
        for row in rows
        if (row["metric"], row["k"]) == HEADLINE
    ]
    return sorted(lines, key=lambda line: str(line["NDCG@10"]), reverse=True)


MODEL_ASSETS = [fact_model_metric]
