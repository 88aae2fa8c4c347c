"""The table of franchises is made from titles and relations, and reaches the models with dates and formats."""

from pathlib import Path

import dagster as dg
import numpy as np
import pytest

from assets.franchises import bridge_anime_franchise
from assets.model_inputs import learned_from
from assets.resources import WarehouseResource
from recommenders.features import ItemFeatures
from warehouse.build import build
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.sqlfiles import sql_file

#: Two seasons, the later one first; a stranger that a source calls the sequel of another; one alone; a stub.
TABLES = """
create table main.dim_anime as
select anime_key, title, null::varchar as title_romaji, null::varchar as title_english, null::varchar as title_native,
    start_date, format, episodes, 1 as source_count, false as is_adult, null::varchar as synopsis
from (values
    (1, 'Hikari no Machi 2', date '1970-01-11', 'TV', 12), (2, 'Hikari no Machi', date '1970-01-02', 'MOVIE', 1),
    (3, 'Akari', null, null, null), (4, 'Yoake', date '1971-01-01', 'TV', 24), (5, 'Kaze', null, 'ONA', null),
    (6, null, null, 'UNKNOWN', null)
) as t (anime_key, title, start_date, format, episodes);
create table main.bridge_anime_relation as
select * from (values (4, 3, 'PREQUEL'), (5, 3, 'CHARACTER')) as t (anime_key, related_anime_key, relation_type);
create table main.bridge_anime_genre (anime_key bigint, genre varchar);
create table main.bridge_anime_tag (anime_key bigint, tag varchar);
create table main.bridge_anime_studio (anime_key bigint, studio varchar);
create table main.bridge_anime_source as
select 'anilist' as source, anime_key::varchar as source_id, anime_key from main.dim_anime;
create table main.dim_user as select 1::bigint as user_key, 'control' as cohort_id;
create table main.fact_user_rating as
select 1::bigint as user_key, 1::bigint as anime_key, 8.0::double as rating, 'completed' as status,
    null::timestamptz as rated_at;
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A HOME in which the franchises of six anime were found."""
    made = Warehouse(Home(tmp_path_factory.mktemp("franchises")), lock_timeout_s=30)
    with made.writer("tables") as connection:
        connection.execute(TABLES)
    resources = {"warehouse": WarehouseResource(home=str(made.home.root))}
    assert dg.materialize([bridge_anime_franchise], resources=resources).success
    return made


def test_franchises_are_found_by_titles_and_relations(warehouse: Warehouse) -> None:
    """Each anime in company has a row; the first shown is the first to watch."""
    with warehouse.writer("test") as connection:
        rows = connection.execute("from main.bridge_anime_franchise order by anime_key").fetchall()
    assert rows == [
        (1, 1, 1, 2, "title"),
        (2, 1, 1, 1, "title"),
        (3, 3, 3, 2, "relation"),
        (4, 3, 3, 1, "relation"),
    ]


def test_franchises_follow_from_titles_days_and_relations_alone(tmp_path: Path) -> None:
    """Other formats leave the table as it is; another title does not."""
    warehouse = Warehouse(Home(tmp_path), lock_timeout_s=30)
    resources = {"warehouse": WarehouseResource(home=str(tmp_path))}

    def left_as_it_was(statement: str) -> bool:
        with warehouse.writer("test") as connection:
            connection.execute(statement)
        result = dg.materialize([bridge_anime_franchise], resources=resources, instance=instance)
        (made,) = result.asset_materializations_for_node("bridge_anime_franchise")
        return "unchanged" in made.metadata

    with dg.DagsterInstance.ephemeral() as instance:
        assert not left_as_it_was(TABLES)
        assert left_as_it_was("update main.dim_anime set format = 'TV'")
        assert not left_as_it_was("update main.dim_anime set title = 'Umi' where anime_key = 1")


def told_to_models(warehouse: Warehouse) -> ItemFeatures:
    """What models that learn today are told of the anime."""
    with warehouse.writer("test") as connection:
        for name in ("ml/training_item", "ml/training_entry"):
            build(connection, sql_file(name))
        return learned_from(connection)[1]


def test_models_are_told_what_belongs_together(warehouse: Warehouse) -> None:
    """Days since 1970 and episodes are nan, formats blank and groups -1 where nothing is known."""
    features = told_to_models(warehouse)
    assert features.franchise.tolist() == features.universe.tolist() == [1, 1, 3, 3, -1, -1]
    assert list(features.formats) == ["TV", "MOVIE", "", "TV", "ONA", "UNKNOWN"]
    np.testing.assert_array_equal(features.started, [10, 1, np.nan, 365, np.nan, np.nan])
    np.testing.assert_array_equal(features.episodes, [12, 1, np.nan, 24, np.nan, np.nan])


def test_anime_that_share_only_a_universe_share_no_franchise(tmp_path: Path) -> None:
    """A row without franchise_key leaves the anime alone in its story."""
    made = Warehouse(Home(tmp_path / "home"), lock_timeout_s=30)
    with made.writer("tables") as connection:
        connection.execute(TABLES)
        connection.execute(
            "create table main.bridge_anime_franchise as select range as anime_key, null::bigint as franchise_key, "
            "1::bigint as universe_key from range(1, 3)"
        )
    features = told_to_models(made)
    assert features.franchise.tolist() == [-1] * 6
    assert features.universe.tolist() == [1, 1, -1, -1, -1, -1]


def test_franchises_made_again_are_another_version_only_where_they_hold_something_else(tmp_path: Path) -> None:
    """Otherwise models would be asked for after each refresh of the catalogue (`recommendations_follow_tables`)."""
    warehouse = Warehouse(Home(tmp_path), lock_timeout_s=30)
    with warehouse.writer("tables") as connection:
        connection.execute(TABLES)
    resources = {"warehouse": WarehouseResource(home=str(tmp_path))}

    def version() -> str:
        made = dg.materialize([bridge_anime_franchise], resources=resources)
        (event,) = made.asset_materializations_for_node("bridge_anime_franchise")
        return (event.tags or {})["dagster/data_version"]

    first = version()
    assert version() == first
    with warehouse.writer("relations") as connection:
        connection.execute("delete from main.bridge_anime_relation")
    assert version() != first
