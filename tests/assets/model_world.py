"""A HOME whose warehouse holds what models read: the lists of users of three tastes, and nothing else."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pyarrow as pa

from assets import ALL_ASSETS
from assets.resources import RunSettings, WarehouseResource
from assets.teaching import MODELS
from tests.recommenders.worlds import tastes
from warehouse.connection import Warehouse
from warehouse.home import Home

TABLES = """
create or replace table main.dim_anime as
select anime_key, 'Title ' || anime_key as title, null::varchar as title_romaji, null::varchar as title_english,
    null::varchar as title_native, 1 as source_count, false as is_adult, null::varchar as synopsis,
    'TV' as format, null::integer as episodes, null::date as start_date
from items;
create or replace table main.bridge_anime_source as
select 'anilist' as source, anime_key::varchar as source_id, anime_key from main.dim_anime;
create or replace table main.dim_user as select user_key, 'control' as cohort_id from users;
create or replace table main.fact_user_rating as
select user_key, anime_key, rating, 'completed' as status, null::timestamptz as rated_at
from entries;
create or replace table main.bridge_anime_genre as select 500::bigint as anime_key, 'Drama' as genre;
create or replace table main.bridge_anime_tag (anime_key bigint, tag varchar);
create or replace table main.bridge_anime_studio (anime_key bigint, studio varchar);
create or replace table main.bridge_anime_franchise (anime_key bigint, franchise_key bigint, universe_key bigint);
"""
#: Models that learn in no time; the others have an empty list each, as if they could not be taught.
QUICK = ("popularity", "item_knn", "ease")
EVALUATED = (
    "training_data",
    "evaluation_holdout",
    "evaluation_input",
    *(f"evaluation_{name}" for name in QUICK),
    "held_out_user_metric",
    "fact_model_metric",
)
EMPTY = """
create table if not exists ml.evaluation_{name} (
    model_version_id varchar, user_key bigint, rank integer, anime_key bigint, score double
)
"""


def make_model_world(root: Path, users: int = 60) -> Warehouse:
    """A HOME in which so many users have rated 45 anime; made again, it has another input."""
    warehouse = Warehouse(Home(root), lock_timeout_s=30, memory_limit="500MB", threads=2)
    world, _ = tastes(users)
    seen = world.seen.tocoo()
    ratings = world.ratings.toarray()[seen.row, seen.col]
    tables = {
        "items": pa.table({"anime_key": world.item_keys}),
        "users": pa.table({"user_key": world.user_keys}),
        "entries": pa.table(
            {
                "user_key": world.user_keys[seen.row],
                "anime_key": world.item_keys[seen.col],
                "rating": pa.array([float(one) or None for one in ratings], pa.float64()),
            }
        ),
    }
    with warehouse.writer("model world") as connection:
        for name, table in tables.items():
            connection.register(name, table)
        connection.execute(TABLES)
        for name in MODELS:
            connection.execute(EMPTY.format(name=name))
    return warehouse


def copy_of(warehouse: Warehouse, root: Path) -> Warehouse:
    """The same HOME in another place, with all that was made of it."""
    return replace(warehouse, home=Home(shutil.copytree(warehouse.home.root, root)))


def materialize(
    warehouse: Warehouse,
    names: Sequence[str] = EVALUATED,
    instance: dg.DagsterInstance | None = None,
    models: Sequence[str] = QUICK,
) -> dg.ExecuteInProcessResult:
    """These assets, made in this process as a run would; an instance remembers what it was told."""
    resources = {
        "warehouse": WarehouseResource(home=str(warehouse.home.root)),
        "run_settings": RunSettings(models=list(models)),
    }
    chosen = [one for one in ALL_ASSETS if {key.to_user_string() for key in one.keys} & set(names)]
    return dg.materialize(chosen, resources=resources, instance=instance)
