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
from recommenders.evaluate import MetricRow, measure
from recommenders.intervals import compare
from recommenders.metrics import UserMetrics
from recommenders.ranking import Recommendations
from recommenders.splitting import Split, holdout
from warehouse.checks import column_frame
from warehouse.sqlfiles import sql_file

BASELINE = "popularity"
HEADLINE = ("ndcg", 10)
SUMMARY = (HEADLINE, ("recall", 20), ("coverage", 10))
PAIRED = (HEADLINE, ("recall", 20))
EVALUATIONS = [f"evaluation_{name}" for name in MODELS]


@dg.multi_asset(
    name="fact_model_metric",
    specs=[table_spec(sql_file("core/fact_model_metric"), [*EVALUATIONS, *WHAT_MODELS_READ])],
)
def fact_model_metric(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> dg.MaterializeResult[None]:
    """Every model's lists measured by what was hidden, each also paired with popularity's."""
    with warehouse.open().writer("read evaluation lists") as connection:
        inputs = read_inputs(connection)
        tables = {name: column_frame(connection, f"ml.evaluation_{name}", LISTS) for name in MODELS}
    split = holdout(inputs.interactions, seed=run_settings.seed)
    found = {name: table for name, table in tables.items() if table.num_rows}
    measured = {
        name: measure(as_lists(table, inputs, split), split, inputs.recommendable) for name, table in found.items()
    }
    home = warehouse.open().home
    rows = []
    for name, (users, metrics) in measured.items():
        version_id = found[name].column("model_version_id")[0].as_py()
        both = [*metrics, *paired_with_baseline(users, measured, split)]
        rows += [{"model_version_id": version_id, "model_type": name, **asdict(one)} for one in both]
        summary = {f"{one.metric}@{one.k}": one.value for one in metrics if (one.metric, one.k) in SUMMARY}
        registry.record(home, "measured", version_id, metrics=summary)
    metadata = write(warehouse, "core/fact_model_metric", pa.Table.from_pylist(rows, METRICS), context.run_id)
    lines = leaderboard(rows)
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


def paired_with_baseline(
    users: UserMetrics, measured: dict[str, tuple[UserMetrics, Any]], split: Split
) -> Iterable[MetricRow]:
    """How much better than popularity, on the same users: one row for each of PAIRED; none without it."""
    if BASELINE not in measured:
        return
    for metric, k in PAIRED:
        found = compare(users, measured[BASELINE][0], metric, k)
        name = f"{metric}_minus_{BASELINE}"
        yield MetricRow(split.protocol, name, k, found.difference, found.ci_low, found.ci_high, len(users.values))


def leaderboard(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
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
