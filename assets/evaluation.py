"""Honest numbers: some ratings are hidden, and models that do not know them recommend to those users."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import dagster as dg
import numpy as np
import pyarrow as pa

from assets import registry
from assets.conversions import arrow, list_columns
from assets.model_inputs import ModelInputs, read_inputs, without_hidden
from assets.pictures import picture_metadata, picture_rows
from assets.resources import RunSettings, WarehouseResource
from assets.results import PREVIEW_ROWS, column_schema, lineage_metadata, table_metadata
from assets.tables import table_spec
from assets.tuned import tuned_config
from recommenders.base import Recommender
from recommenders.config import ModelConfig
from recommenders.discovery import all_models
from recommenders.errors import RecommenderError
from recommenders.interactions import Interactions
from recommenders.ranking import Recommendations, recommend
from recommenders.splitting import holdout
from recommenders.versions import model_version_id
from warehouse.build import build, preview
from warehouse.catalogue import columns_of, row_count, table_exists
from warehouse.checks import column_frame
from warehouse.home import Home
from warehouse.names import relation
from warehouse.sqlfiles import sql_file

LIST_LENGTH = 100
WHAT_MODELS_READ = [
    "dim_anime",
    "dim_user",
    "fact_user_rating",
    "bridge_anime_genre",
    "bridge_anime_tag",
    "bridge_anime_studio",
]
MODELS = all_models()


def version_of(name: str, inputs: ModelInputs, config: ModelConfig) -> str:
    """The id of this model in this configuration, on this data, with this code."""
    return model_version_id(name, config, inputs.data_version(MODELS[name].family), inputs.code_version)


def write(
    warehouse: WarehouseResource, path: str, computed: pa.Table, run_id: str, name: str | None = None
) -> dict[str, Any]:
    """Build a table made in Python through its file of sql/; returns what the UI is told of it."""
    file = sql_file(path)
    table = name or file.name
    with warehouse.open().writer(table) as connection:
        report = build(connection, file, computed=computed, table=name, run_id=run_id)
        shown = table_metadata(report, preview(connection, f"{file.schema}.{table}", PREVIEW_ROWS))
        drawn_from = picture_rows(connection, table)
    return shown | lineage_metadata(file) | picture_metadata(table, drawn_from)


@dg.multi_asset(name="evaluation_holdout", specs=[table_spec(sql_file("ml/evaluation_holdout"), WHAT_MODELS_READ)])
def evaluation_holdout(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> dg.MaterializeResult[None]:
    """Which ratings are hidden from models while they are evaluated."""
    with warehouse.open().writer("read ratings") as connection:
        everything = read_inputs(connection).interactions
    split = holdout(everything, seed=run_settings.seed)
    hidden = split.held_out.tocoo()
    rows = {"user_key": everything.user_keys[hidden.row], "anime_key": everything.item_keys[hidden.col]}
    metadata = write(warehouse, "ml/evaluation_holdout", arrow(rows), context.run_id)
    return dg.MaterializeResult(
        metadata=metadata | {"evaluated_users": len(split.evaluated), "protocol": split.protocol}
    )


def evaluation_asset(name: str) -> dg.AssetsDefinition:
    """The asset `evaluation_<model>`: what the model recommends when it knows nothing of what is hidden."""
    table = f"evaluation_{name}"
    doc = (MODELS[name].__doc__ or "").strip()
    template = table_spec(
        sql_file("ml/evaluation_model"), [*WHAT_MODELS_READ, "evaluation_input", "evaluation_holdout"]
    )
    spec = template.replace_attributes(
        key=table,
        description=f"{doc}\n\n{template.description}",
        kinds={"duckdb", "python"},
        metadata={"dagster/table_name": f"ml.{table}"},
    )

    @dg.multi_asset(name=table, specs=[spec])
    def evaluation(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
    ) -> dg.MaterializeResult[None]:
        opened = warehouse.open()
        config = tuned_config(opened.home, name, run_settings.seed)
        with opened.writer(f"read for {table}") as connection:
            everything = read_inputs(connection)
            version_id = version_of(name, everything, config)
            if kept := lists_of(connection, table, version_id):
                context.log.info(f"{version_id} was evaluated before: its lists stay")
                return dg.MaterializeResult(metadata=kept | {"evaluated_before": version_id})
            known = without_hidden(connection, everything)
        lists, passes, skipped = evaluation_lists(MODELS[name](config), known, everything)
        columns = list_columns(lists, known.interactions.item_keys, version_id)
        metadata = write(warehouse, "ml/evaluation_model", arrow(columns), context.run_id, table)
        remember(opened.home, name, version_id, everything, config, passes, skipped)
        if skipped:
            context.log.warning("%s is skipped: %s", name, skipped)
        return dg.MaterializeResult(metadata=metadata | {"skipped_because": skipped or "-"})

    return evaluation


def lists_of(connection: Any, table: str, version_id: str) -> dict[str, Any]:
    """What the UI is told of the lists, if they are those of this very version; {} when it has to be evaluated.

    Equal data, code, configuration and seed give equal lists. A model that could not be taught has none, and is tried
    again.
    """
    name = f"ml.{table}"
    if not table_exists(connection, name):
        return {}
    made_by = column_frame(connection, name, ["model_version_id"]).column(0).unique().to_pylist()
    if made_by != [version_id]:
        return {}
    columns = columns_of(connection, relation(name))
    return {"dagster/row_count": row_count(connection, name), "dagster/column_schema": column_schema(columns)}


def evaluation_lists(
    model: Recommender, known: ModelInputs, everything: ModelInputs
) -> tuple[Recommendations, tuple[float, ...], str | None]:
    """Top lists of the users who have something hidden, taught with what is known, and how training went.

    Where the model cannot be taught: no lists, no passes, and why.
    """
    rows = known.interactions.take(evaluated_rows(known.interactions, everything.interactions))
    try:
        taught = model.fit(known.interactions, known.features)
        return recommend(taught, rows, LIST_LENGTH, known.recommendable), taught.training, None
    except RecommenderError as problem:
        nobody = np.zeros((0, LIST_LENGTH))
        none = Recommendations(rows.user_keys[:0], nobody.astype(np.int32), nobody.astype(np.float32))
        return none, (), str(problem)


def evaluated_rows(known: Interactions, everything: Interactions) -> np.ndarray[Any, Any]:
    """Row numbers of the users of whom something is hidden: int64, ascending."""
    difference = np.diff(everything.seen.indptr) - np.diff(known.seen.indptr)
    return np.flatnonzero(difference)


def remember(
    home: Home,
    name: str,
    version_id: str,
    inputs: ModelInputs,
    config: ModelConfig,
    passes: Sequence[float],
    skipped: str | None,
) -> None:
    """Land that this version was evaluated, or why it could not be; the same version is landed once."""
    facts: Mapping[str, Any] = {
        "model_type": name,
        "data_version": inputs.data_version(MODELS[name].family),
        "code_version": inputs.code_version,
        "seed": config.seed,
        "parameters": asdict(config),
        # JSON has no NaN, which is what a list without a single pair to compare gives
        "training": [share for share in passes if not np.isnan(share)],
        "skipped_because": skipped,
    }
    registry.record(home, "evaluated", version_id, **facts)


EVALUATION_ASSETS = [evaluation_holdout, *(evaluation_asset(name) for name in MODELS)]
