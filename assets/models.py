"""What all models scored: every figure of every model on the same hidden ratings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import dagster as dg
import numpy as np
import pyarrow as pa

from assets import registry
from assets.conversions import column
from assets.evaluation import LEARNED_FROM
from assets.held_out_users import FIGURES
from assets.model_inputs import TrainingInputs, known_of, read_training
from assets.resources import RunSettings, WarehouseResource
from assets.results import code_of_assets, listing_metadata
from assets.steps import Made, table_step, telling
from assets.tables import as_before, table_spec, write
from assets.teaching import LIST_LENGTH, MODELS
from recommenders.deciding import deciding_split
from recommenders.measuring import MetricRow, measure_all
from recommenders.metrics import HEADLINE
from recommenders.ranking import Recommendations
from recommenders.splitting import Split
from recommenders.versions import code_version
from reports import leaderboard
from warehouse.catalogue import table_exists
from warehouse.checks import column_frame
from warehouse.home import Home
from warehouse.made import Besides
from warehouse.sqlfiles import sql_file

SUMMARY = (HEADLINE, ("recall", 20), ("coverage", 10))
FILE = sql_file("core/fact_model_metric")
EVALUATIONS = [f"evaluation_{name}" for name in MODELS]


@table_step("fact_model_metric", [table_spec(FILE, [*EVALUATIONS, *LEARNED_FROM])])
def fact_model_metric(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> Made:
    """Every model's lists measured by what was hidden, each also paired with popularity's and with the best's."""
    chosen = sorted(run_settings.chosen(MODELS))
    home = warehouse.open().home
    with warehouse.open().writer("read evaluation lists") as connection:
        names = [name for name in chosen if table_exists(connection, f"ml.evaluation_{name}")]
        if unchanged := as_before(context, connection, FILE, made_from(home, names, run_settings.seed)):
            rows = column_frame(connection, "main.fact_model_metric", METRICS.names).to_pylist()
            shown = leaderboard_metadata(rows, registry.versions(home), registry.active_version(home))
            return telling(unchanged, shown)
        inputs = read_training(connection)
        tables = {name: column_frame(connection, f"ml.evaluation_{name}", LISTS) for name in names}
    rows = measured_rows(home, inputs, tables, run_settings.seed)
    computed, besides = pa.Table.from_pylist(rows, METRICS), made_from(home, names, run_settings.seed)
    result = write(warehouse, "core/fact_model_metric", computed, context.run_id, besides=besides)
    return telling(result, leaderboard_metadata(rows, registry.versions(home), registry.active_version(home)))


def measured_rows(
    home: Home, inputs: TrainingInputs, tables: Mapping[str, pa.Table], seed: int
) -> list[dict[str, Any]]:
    """The figures of every model that has lists, as rows; the headlines are landed with the versions.

    Args:
        home: where.
        inputs: what models learned from.
        tables: the evaluation tables by model.
        seed: of the split.
    """
    split = deciding_split(inputs.interactions, seed)
    found = {name: table for name, table in tables.items() if table.num_rows}
    lists = {name: as_lists(table, inputs, split) for name, table in found.items()}
    single = [name for name in lists if not MODELS[name].components]
    measured = measure_all(lists, split, known_of(inputs), single=single)
    versions = {name: table.column("model_version_id")[0].as_py() for name, table in found.items()}
    for name, metrics in measured.items():
        registry.record(home, registry.Kind.MEASURED, versions[name], metrics=headline(metrics, split.protocol))
    decided = [
        {"model_version_id": versions[name], "model_type": name, "decides": True, **asdict(one)}
        for name, metrics in measured.items()
        for one in metrics
    ]
    return decided + kept_rows(home, {version: name for name, version in versions.items()})


def kept_rows(home: Home, models: Mapping[str, str]) -> list[dict[str, Any]]:
    """What today's versions scored under other protocols, as rows.

    Args:
        home: where it was landed.
        models: their names by version.
    """
    return [
        {"model_version_id": version, "model_type": models[version], "protocol": protocol, **KEPT, **figure}
        for (version, protocol), figures in registry.kept_figures(home).items()
        if version in models
        for figure in figures
    ]


#: Of every row under another protocol: it is over everybody, and promotes nobody.
KEPT = {"segment": "", "decides": False}


def made_from(home: Home, names: Sequence[str], seed: int) -> Besides:
    """What the figures of these models follow from: their lists, what was hidden, our code, and that they were landed.

    A version whose figures are not in the log is measured again, as after a kill before they were landed.
    """
    measured = sorted(one for one, version in registry.versions(home).items() if "metrics" in version)
    tables = ("ml.training_data", *(f"ml.evaluation_{name}" for name in names))
    words = (str(seed), code_version(), code_of_assets(), *measured, repr(registry.kept_figures(home)))
    return Besides(tables, words)


LISTS = ("model_version_id", "user_key", "rank", "anime_key", "score")
METRICS = FIGURES.append(pa.field("decides", pa.bool_()))


def as_lists(table: pa.Table, inputs: TrainingInputs, split: Split) -> Recommendations:
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


def headline(metrics: Iterable[MetricRow], protocol: str) -> dict[str, float]:
    """The figures over everybody that are landed with a version."""
    found = (one for one in metrics if one.protocol == protocol and (one.metric, one.k) in SUMMARY)
    return {f"{one.metric}@{one.k}": one.value for one in found}


def leaderboard_metadata(
    rows: list[dict[str, Any]], versions: Mapping[str, Mapping[str, Any]], active: str | None
) -> dict[str, Any]:
    """The tables of models of the report, for the UI; {} when nothing was measured.

    Args:
        rows: of fact_model_metric.
        versions: what is known of every version, by id in order of first evaluation.
        active: the id of the version that is active while this runs.
    """
    if not rows:
        return {}
    metrics = pa.Table.from_pylist([row for row in rows if row["decides"]], METRICS).to_pandas()
    measured = {row["model_version_id"] for row in rows}
    # of a model that was not measured the newest version says why
    newest = {version["model_type"]: version_id for version_id, version in versions.items()}
    known = [
        {
            "model_type": version["model_type"],
            "is_active": version_id == active,
            "skipped_because": version.get("skipped_because"),
            "fit_seconds": version.get("fit_seconds"),
        }
        for version_id, version in versions.items()
        if version_id in measured | set(newest.values())
    ]
    models = pa.Table.from_pylist(known, VERSIONS).to_pandas()
    listings = (leaderboard.leaderboard(metrics, models), leaderboard.comparison(metrics))
    return {
        name: listing_metadata(one) for name, one in zip(("leaderboard", "models_side_by_side"), listings, strict=True)
    }


VERSIONS = pa.schema(
    [
        ("model_type", pa.string()),
        ("is_active", pa.bool_()),
        ("skipped_because", pa.string()),
        ("fit_seconds", pa.float64()),
    ]
)


MODEL_ASSETS = [fact_model_metric]
