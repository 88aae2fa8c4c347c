"""Which tables are checked, and what is known of each one from its SQL file alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from recommenders.discovery import all_models
from warehouse.schema import RAW_STREAMS, raw_shape, raw_table
from warehouse.sqlfiles import SqlFile, all_sql_files

#: A connection of the warehouse room; this room does not import DuckDB, so it has no name for it.
Connection = Any
#: The file that one table per model is built from.
EVALUATION_TEMPLATE = "evaluation_model"
IDENTITY_TABLES = ("int_anime_identities", "bridge_anime_source")
RESULTS_OF_MODELS = ("fact_anime_similarity", "fact_collaborative_scores", "fact_recommendation")
RANKINGS = (EVALUATION_TEMPLATE, "fact_collaborative_scores", "fact_recommendation")
#: dim_anime is what keys are compared with; the history, and what models learned from, also name keys of the past.
NOT_ONLY_PRESENT_KEYS = (
    "dim_anime",
    "anime_key_history",
    "training_item",
    "training_entry",
    "evaluation_holdout",
    "evaluation_input",
    EVALUATION_TEMPLATE,
)


@dataclass(frozen=True)
class CheckedTable:
    """One table or view with checks of its own, which is also the asset of that name.

    Attributes:
        name: the table and the asset.
        schema: the schema it lives in.
        file: the SQL file that says its columns and keys.
        families: what rules it shares with other tables, e.g. `each_staging_table`.
    """

    name: str
    schema: str
    file: SqlFile
    families: tuple[str, ...]

    @property
    def table(self) -> str:
        """The `schema.table` it is in the warehouse."""
        return f"{self.schema}.{self.name}"

    @property
    def source(self) -> str:
        """The source of a raw or staging table, from its name; '' elsewhere."""
        return self.name.split("_")[1] if self.schema in ("raw", "staging") else ""

    @property
    def stream(self) -> str:
        """The stream of a raw table, from its name; '' elsewhere."""
        return self.name.rpartition("__")[2] if self.schema == "raw" else ""


@cache
def checked_tables() -> tuple[CheckedTable, ...]:
    """Every table and view of the pipeline, raw tables first, then each after what it reads."""
    return (*_raw_tables(), *(one for file in all_sql_files() for one in _built_tables(file)))


def table_named(name: str) -> CheckedTable | None:
    """The checked table of this name; None where an asset is none."""
    return _by_name().get(name)


@cache
def _by_name() -> dict[str, CheckedTable]:
    """The checked tables by their names, which every step asks for."""
    return {table.name: table for table in checked_tables()}


def _raw_tables() -> list[CheckedTable]:
    return [
        CheckedTable(raw_table(source, stream).name, "raw", raw_shape(stream), ("each_table", "each_raw_table"))
        for source, streams in RAW_STREAMS.items()
        for stream in streams
    ]


def _built_tables(file: SqlFile) -> list[CheckedTable]:
    """The tables that one SQL file makes: its own, or one for each model."""
    names = [file.name]
    if file.name == EVALUATION_TEMPLATE:
        names = [f"evaluation_{model}" for model in all_models()]
    return [CheckedTable(name, file.schema, file, _families(file)) for name in names]


def _families(file: SqlFile) -> tuple[str, ...]:
    """What the file's tables have in common with others, in the order in which the rules are shown."""
    ranking = file.name in RANKINGS
    belongs = {
        "each_table": True,
        "each_staging_table": file.kind == "staging",
        "each_identity_table": file.name in IDENTITY_TABLES,
        "each_dated_table": "start_date_precision" in file.columns and file.schema != "staging",
        "each_anime_table": _names("anime_key", file) and file.name not in NOT_ONLY_PRESENT_KEYS,
        "each_user_table": _names("user_key", file) and file.name != "dim_user",
        "each_ranking": ranking,
        "each_model_ranking": ranking and file.name != "fact_recommendation",
        "each_evaluation_table": file.name == EVALUATION_TEMPLATE,
        "each_served_ranking": ranking and file.name != EVALUATION_TEMPLATE,
        # Model versions are registered after they are evaluated, so evaluations cannot wait for the registry.
        "each_modelled_table": "model_version_id" in file.columns and file.name in RESULTS_OF_MODELS,
    }
    return tuple(family for family, does in belongs.items() if does)


def _names(key: str, file: SqlFile) -> bool:
    """Whether the file makes a table of facts about this kind of key (views only repeat what tables say)."""
    return key in file.columns and file.schema in ("main", "ml") and file.kind == "table"
