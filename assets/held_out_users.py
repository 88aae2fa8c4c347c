"""How good models are for people they were never trained on, beside what they find again of everybody's own list.

The one rule: a model knows nothing of the users kept out until it is asked for them, and then only what it is told.
"""

# No `from __future__ import annotations`: Dagster looks at the annotations of steps.

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import dagster as dg
import pyarrow as pa

from assets.evaluation import LEARNED_FROM
from assets.model_inputs import DataVersions, TrainingInputs, known_of, read_training, read_versions
from assets.resources import RunSettings, WarehouseResource
from assets.results import code_of_assets, listing_metadata
from assets.steps import Made, table_step, telling
from assets.tables import as_before, table_spec, write
from assets.teaching import MODELS, PARTS, evaluation_lists, new_model, version_of
from assets.tuned import tuned_config
from recommenders.base import Recommender
from recommenders.components import depth
from recommenders.config import ModelConfig
from recommenders.deciding import users_apart
from recommenders.measuring import measure_all
from recommenders.metrics import BASELINE
from recommenders.progress import Progress
from recommenders.ranking import Recommendations
from recommenders.splitting import Split
from recommenders.versions import code_version
from reports import leaderboard
from warehouse.build import build
from warehouse.catalogue import table_exists
from warehouse.checks import column_frame
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.made import Besides
from warehouse.sqlfiles import sql_file

FILE = sql_file("ml/held_out_user_metric")
FIGURES = pa.schema(
    [
        ("model_version_id", pa.string()),
        ("model_type", pa.string()),
        ("protocol", pa.string()),
        ("segment", pa.string()),
        ("metric", pa.string()),
        ("k", pa.int32()),
        ("value", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("users", pa.int32()),
    ]
)
Row = Mapping[str, Any]
NOBODY = "Nobody is kept out: ratings say when they were made, and the evaluation by time asks for new users as well."


@dataclass(frozen=True)
class Wanted:
    """A model to be measured: its name, today's configuration, and the version that this makes."""

    name: str
    config: ModelConfig
    version_id: str


@table_step(FILE.name, [table_spec(FILE, LEARNED_FROM)])
def held_out_user_metric(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> Made:
    """Every model taught once more on four fifths of the users, and asked for the others."""
    opened, seed = warehouse.open(), run_settings.seed
    with opened.writer(f"read for {FILE.name}") as connection:
        wanted = wanted_models(opened.home, run_settings.chosen(MODELS), read_versions(connection), seed)
        versions = [one.version_id for one in wanted]
        besides = Besides(("ml.training_data",), (str(seed), code_version(), code_of_assets(), *versions))
        if unchanged := as_before(context, connection, FILE, besides):
            return unchanged
        inputs = read_training(connection)
        rows = measured_before(connection, versions)
    split = users_apart(inputs.interactions, seed)
    measured = {row["model_version_id"] for row in rows}
    missing = [one for one in wanted if one.version_id not in measured]
    for found in () if split is None else figures(opened.home, inputs, split, missing, context.log.info):
        rows += found
        keep(opened, rows, context.run_id)
    table = pa.Table.from_pylist(rows, FIGURES)
    written = write(warehouse, "ml/held_out_user_metric", table, context.run_id, besides=besides)
    return telling(written, {"users": NOBODY} if split is None else shown(table))


def wanted_models(home: Home, names: Iterable[str], data: DataVersions, seed: int) -> list[Wanted]:
    """Today's versions of the models of these names: popularity first, and those made of others after them."""
    ordered = sorted(names, key=lambda name: (depth(name), name != BASELINE, name))
    configs = [(name, tuned_config(home, name, seed)) for name in ordered]
    return [Wanted(name, config, version_of(name, data, config)) for name, config in configs]


def measured_before(connection: Any, versions: Iterable[str]) -> list[Row]:
    """The rows of these versions that stand already, as after a kill: equal data, code and seed give equal figures.

    Without those of popularity, which is taught again in no time for others to be paired with.
    """
    if not table_exists(connection, f"ml.{FILE.name}"):
        return []
    wanted = set(versions)
    found = column_frame(connection, f"ml.{FILE.name}", FIGURES.names).to_pylist()
    return [row for row in found if row["model_version_id"] in wanted and row["model_type"] != BASELINE]


def figures(
    home: Home, inputs: TrainingInputs, split: Split, wanted: Iterable[Wanted], say: Callable[[str], None]
) -> Iterator[list[Row]]:
    """The rows of each model, as soon as it is measured; of one that cannot be taught none, which is said.

    Args:
        home: whose embeddings are used.
        inputs: what models learn from, of all users.
        split: whom they are not taught with, and what those are asked for.
        wanted: the models, parts of others before those.
        say: takes a line of progress.
    """
    known, known_items = replace(inputs, interactions=split.train), known_of(inputs)
    asked, taught = split.rows.take(split.evaluated), dict[str, Recommender]()
    yardstick: dict[str, Recommendations] = {}
    models = list(wanted) if len(split.evaluated) else []
    progress = Progress("models are measured by people they were not trained on", say)
    for done, one in enumerate(models):
        progress(done, len(models))
        model = new_model(home, one.name, one.config, say).using(taught)
        result = evaluation_lists(model, known, asked)
        if result.skipped:
            say(f"{one.name} is skipped: {result.skipped}")
            continue
        if one.name in PARTS and one.config == MODELS[one.name].Config(seed=one.config.seed):
            taught[one.name] = model
        if one.name == BASELINE:
            yardstick[BASELINE] = result.lists
        measured = measure_all({**yardstick, one.name: result.lists}, split, known_items, single=())[one.name]
        named = {"model_version_id": one.version_id, "model_type": one.name}
        yield [named | asdict(row) for row in measured]


def keep(warehouse: Warehouse, rows: Iterable[Row], run_id: str) -> None:
    """Write what is measured so far, for whoever goes on after a kill."""
    with warehouse.writer(FILE.name) as connection:
        build(connection, FILE, computed=pa.Table.from_pylist(list(rows), FIGURES), run_id=run_id)


def shown(table: pa.Table) -> dict[str, Any]:
    """The table of the report, for the UI; {} when nothing was measured."""
    if not table.num_rows:
        return {}
    return {"models": listing_metadata(leaderboard.held_out_users(table.to_pandas()))}
