"""What models learn from: today's lists and anime, or those of the day on which models were taught last.

Teaching takes minutes and a day changes little, so that models are taught again when enough has changed, when
somebody is forgotten, or when the job train_models asks. Until then everybody of today is served by the models at
hand, which take new users and ratings as they come.
"""

from dataclasses import dataclass
from typing import Any

import dagster as dg
import pyarrow as pa
from pydantic import Field

from assets.evaluation import WHAT_MODELS_READ
from assets.model_inputs import learned_from
from assets.resources import RunSettings, WarehouseResource
from assets.steps import Made, table_step, telling
from assets.tables import stands, table_spec
from recommenders.versions import data_version
from warehouse.build import BuildReport, build, fetch
from warehouse.catalogue import columns_of, row_count, table_exists
from warehouse.checks import column_frame
from warehouse.drift import Drift, drift
from warehouse.made import is_made, note_made
from warehouse.names import relation
from warehouse.sqlfiles import SqlFile, sql_file

ITEMS, ENTRIES, NAMED = sql_file("ml/training_item"), sql_file("ml/training_entry"), sql_file("ml/training_data")
UP_TO_DATE = "Models have learned from all that there is."
_NAMES = pa.schema(
    [
        ("described_version", pa.string()),
        ("rated_version", pa.string()),
        ("users", pa.int32()),
        ("anime", pa.int32()),
        ("entries", pa.int64()),
    ]
)


class Teaching(dg.Config):
    """How this run decides whether models are taught again."""

    always: bool = Field(False, description="whether anything new is enough, however little it is")


@dataclass(frozen=True)
class Behind:
    """How far what models learned from has fallen behind.

    Attributes:
        entries: of the lists.
        anime: what they are about, and which there are.
        forgotten: users whose entries models still learn from and who are gone.
    """

    entries: Drift
    anime: Drift
    forgotten: int

    def __str__(self) -> str:
        """The distance as people read it."""
        parts = [(self.entries, "entries"), (self.anime, "anime")]
        told = [f"{one.differing:,} of {one.rows:,} {name} ({one.share:.1%})" for one, name in parts]
        return " and ".join(told)

    def is_enough(self, percent: float, *, always: bool) -> bool:
        """Whether enough has changed: this share of the entries or of the anime, or with `always` whatever differs."""
        most = max(self.entries.share, self.anime.share)
        return most > 0 and (always or most * 100 >= percent)


@table_step(
    "training_data",
    [
        table_spec(ITEMS, WHAT_MODELS_READ),
        table_spec(ENTRIES, WHAT_MODELS_READ),
        table_spec(NAMED, WHAT_MODELS_READ).replace_attributes(kinds={"duckdb", "python"}),
    ],
)
def training_data(
    context: dg.AssetExecutionContext, config: Teaching, warehouse: WarehouseResource, run_settings: RunSettings
) -> list[Made]:
    """The lists and anime that models learn from, renewed when enough of them has changed."""
    with warehouse.open().writer("training_data") as connection:
        is_due, said = verdict(connection, run_settings.retrain_percent, always=config.always)
        if is_due:
            renew(connection, context.run_id)
        context.log.info("%s", said)
        return [told(connection, file, said) for file in (ITEMS, ENTRIES, NAMED)]


def verdict(connection: Any, percent: float, *, always: bool) -> tuple[bool, str]:
    """Whether models are to be taught again, and why or why not in a sentence.

    Args:
        connection: a writer's.
        percent: from which share of changed entries, or anime, on.
        always: whether any change is enough.
    """
    if not is_whole(connection):
        return True, "Models have learned from nothing yet, or their data was left unfinished."
    if is_made(connection, ITEMS) and is_made(connection, ENTRIES):
        return False, UP_TO_DATE
    behind = distance(connection)
    if behind.forgotten:
        return True, f"Models are taught again: {behind.forgotten:,} of the users they learned from are gone."
    if behind.is_enough(percent, always=always):
        return True, f"Models are taught again: {behind} changed since they were."
    if not (behind.entries.differing or behind.anime.differing):
        for file in (ITEMS, ENTRIES):
            note_made(connection, file)
        return False, UP_TO_DATE
    return False, (
        f"Models stay as they are: {behind} changed since they were taught. They are taught again from {percent:g} % "
        "on (OSUSUME_RETRAIN_PERCENT), or by the job train_models."
    )


def is_whole(connection: Any) -> bool:
    """Whether the data that models learned from is there, and all that its name stands for."""
    if not table_exists(connection, "ml.training_data"):
        return False
    counts = ("anime", "entries")
    named = column_frame(connection, "ml.training_data", counts).to_pylist()
    stands = dict(zip(counts, (row_count(connection, f"ml.{file.name}") for file in (ITEMS, ENTRIES)), strict=True))
    return bool(named == [stands])


def distance(connection: Any) -> Behind:
    """What models learned from, against what they would learn from today."""
    forgotten = fetch(connection, "checks/training_entry__nobody_is_forgotten")
    return Behind(drift(connection, ENTRIES), drift(connection, ITEMS), forgotten.num_rows)


def renew(connection: Any, run_id: str) -> None:
    """Make all three tables as they would be today.

    While this goes on nothing names the data, so that after a kill it is made anew.
    """
    build(connection, NAMED, computed=_NAMES.empty_table(), run_id=run_id)
    for file in (ITEMS, ENTRIES):
        build(connection, file, run_id=run_id)
        note_made(connection, file)
    lists, features, recommendable = learned_from(connection)
    row = {
        "described_version": data_version(lists, features, recommendable),
        "rated_version": data_version(lists, recommendable=recommendable),
        "users": lists.n_users,
        "anime": lists.n_items,
        "entries": lists.seen.nnz,
    }
    build(connection, NAMED, computed=pa.Table.from_pylist([row], _NAMES), run_id=run_id)


def told(connection: Any, file: SqlFile, said: str) -> Made:
    """What Dagster is told of a table as it stands."""
    table = f"{file.schema}.{file.name}"
    report = BuildReport(row_count(connection, table), columns=columns_of(connection, relation(table)))
    return telling(stands(connection, file, report), {"decision": said})
