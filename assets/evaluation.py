"""Honest numbers: some ratings are hidden, and models that do not know them recommend to those users."""

import inspect
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import dagster as dg
import numpy as np

from assets import registry
from assets.conversions import arrow, list_columns
from assets.model_inputs import DataVersions, read_asked, read_training, read_versions, without_hidden
from assets.resources import RunSettings, WarehouseResource
from assets.results import code_of_assets, column_schema
from assets.steps import Made, table_step, telling, with_checks
from assets.tables import as_before, table_spec, write
from assets.teaching import (
    MODELS,
    Evaluated,
    evaluation_lists,
    keep_for_others,
    known_components,
    new_model,
    version_of,
)
from assets.tuned import tuned_config
from recommenders.config import ModelConfig
from recommenders.deciding import deciding_split
from recommenders.interactions import Interactions
from recommenders.splitting import Split, places
from recommenders.versions import code_version
from warehouse.catalogue import columns_of, row_count, table_exists
from warehouse.checks import column_frame
from warehouse.home import Home
from warehouse.made import Besides, content
from warehouse.names import relation
from warehouse.sqlfiles import sql_file

WHAT_MODELS_READ = [
    "dim_anime",
    "dim_user",
    "fact_user_rating",
    "bridge_anime_genre",
    "bridge_anime_tag",
    "bridge_anime_studio",
    "bridge_anime_franchise",
    "bridge_anime_source",
]
#: What models learn from, made of the above and kept a while.
LEARNED_FROM = ["training_item", "training_entry", "training_data"]
NO_LISTS: Mapping[str, Any] = {
    "model_version_id": np.zeros(0, dtype=np.str_),
    "user_key": np.zeros(0, dtype=np.int64),
    "rank": np.zeros(0, dtype=np.int64),
    "anime_key": np.zeros(0, dtype=np.int64),
    "score": np.zeros(0, dtype=np.float32),
}


@table_step("evaluation_holdout", [table_spec(sql_file("ml/evaluation_holdout"), LEARNED_FROM)])
def evaluation_holdout(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> Made:
    """Which ratings are hidden from models while they are evaluated."""
    file = sql_file("ml/evaluation_holdout")
    besides = Besides(("ml.training_data",), (str(run_settings.seed), code_version(), code_of_assets()))
    with warehouse.open().writer("read ratings") as connection:
        if unchanged := as_before(context, connection, file, besides):
            return unchanged
        everything = read_training(connection).interactions
    split = deciding_split(everything, run_settings.seed)
    hidden = arrow(hidden_ratings(everything, split))
    result = write(warehouse, "ml/evaluation_holdout", hidden, context.run_id, besides=besides)
    return telling(result, {"evaluated_users": len(split.evaluated), "protocol": split.protocol})


def hidden_ratings(everything: Interactions, split: Split) -> dict[str, Any]:
    """The columns of ml.evaluation_holdout: the ratings that the models of a split do not see, and which they look for.

    Args:
        everything: all ratings.
        split: what of them is kept from the models.

    Returns:
        `user_key` and `anime_key`, int64, and `is_target`, bool: (n_hidden,) each.
    """
    hidden = (everything.seen - split.train.seen).tocsr()
    hidden.eliminate_zeros()
    rows, columns = hidden.nonzero()
    return {
        "user_key": everything.user_keys[rows],
        "anime_key": everything.item_keys[columns],
        "is_target": np.isin(places(hidden), places(split.held_out)),
    }


def evaluation_asset(name: str) -> dg.AssetsDefinition:
    """The asset `evaluation_<model>`: what the model recommends when it knows nothing of what is hidden."""
    table = f"evaluation_{name}"
    doc = inspect.cleandoc(MODELS[name].__doc__ or "")  # indented lines would be shown as code
    before = [f"evaluation_{component}" for component in MODELS[name].components]
    template = table_spec(
        sql_file("ml/evaluation_model"), [*LEARNED_FROM, "evaluation_input", "evaluation_holdout", *before]
    )
    spec = template.replace_attributes(
        key=table,
        description=f"{doc}\n\n{template.description}",
        kinds={"duckdb", "python"},
        metadata={"dagster/table_name": f"ml.{table}"},
    )

    @table_step(table, [spec])
    def evaluation(context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings) -> Made:
        opened = warehouse.open()
        config = tuned_config(opened.home, name, run_settings.seed)
        versions = registry.versions(opened.home)
        with opened.writer(f"read for {table}") as connection:
            version_id = version_of(name, read_versions(connection), config)
            if version_id in versions and (kept := lists_of(connection, table, version_id)):
                context.log.debug(f"{version_id} was evaluated before: its lists stay")
                return with_checks(connection, opened, telling(kept, {"evaluated_before": version_id}), context.run_id)
            known, asked = without_hidden(connection, read_training(connection)), read_asked(connection)
        if name not in run_settings.chosen(MODELS):
            nothing = write(warehouse, "ml/evaluation_model", arrow(NO_LISTS), context.run_id, table)
            return telling(nothing, {"skipped_because": "OSUSUME_MODELS does not name it"})
        model = new_model(opened.home, name, config, context.log.info)
        model.using(known_components(opened.home, name, known.versions, config.seed))
        rows = known.interactions.take(known.interactions.rows_of(asked))
        result = evaluation_lists(model, known, rows)
        # the event comes first: lists of a version that nobody knows of would stay for ever and could not be measured
        remember(opened.home, name, version_id, known.versions, config, result)
        columns = list_columns(result.lists, known.interactions.item_keys, version_id)
        written = write(warehouse, "ml/evaluation_model", arrow(columns), context.run_id, table)
        keep_for_others(opened.home, model, version_id, result)
        if result.skipped:
            context.log.warning("%s is skipped: %s", name, result.skipped)
        return telling(written, result.told())

    return evaluation


def lists_of(connection: Any, table: str, version_id: str) -> Made | None:
    """What Dagster is told of the lists, if they are those of this very version; None when it has to be evaluated.

    Equal data, code, configuration and seed give equal lists. A model that could not be taught has none, and is tried
    again.
    """
    name = f"ml.{table}"
    if not table_exists(connection, name):
        return None
    made_by = column_frame(connection, name, ["model_version_id"]).column(0).unique().to_pylist()
    if made_by != [version_id]:
        return None
    schema = column_schema(columns_of(connection, relation(name)))
    shown: dict[str, Any] = {"dagster/row_count": row_count(connection, name), "dagster/column_schema": schema}
    return dg.MaterializeResult(asset_key=table, metadata=shown, data_version=dg.DataVersion(content(connection, name)))


def remember(
    home: Home,
    name: str,
    version_id: str,
    data: DataVersions,
    config: ModelConfig,
    result: Evaluated,
) -> None:
    """Land that this version was evaluated, or why it could not be; the same version is landed once."""
    facts: Mapping[str, Any] = {
        "model_type": name,
        "data_version": data.of(MODELS[name]),
        "code_version": data.code,
        "seed": config.seed,
        "parameters": asdict(config),
        # JSON has no NaN, which is what a list without a single pair to compare gives
        "training": [share for share in result.passes if not np.isnan(share)],
        "skipped_because": result.skipped,
        **result.seconds(),
    }
    registry.record(home, registry.Kind.EVALUATED, version_id, **facts)


EVALUATION_ASSETS = [evaluation_holdout, *(evaluation_asset(name) for name in MODELS)]
