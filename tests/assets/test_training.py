"""What models learn from: kept while little changes, renewed in time, and never at odds with who is served today."""

from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np
import pytest

from assets.model_inputs import read_serving, read_training, read_versions
from assets.resources import RunSettings, WarehouseResource
from assets.training import Behind, training_data, verdict
from tests.assets.model_world import EVALUATED, make_model_world, materialize
from warehouse.connection import Warehouse
from warehouse.drift import Drift
from warehouse.errors import CheckError

SERVED = (*EVALUATED, "dim_recommendation_model", "fact_anime_similarity", "fact_collaborative_scores")


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Sixty users have rated 45 anime, and models may learn from that."""
    made = make_model_world(tmp_path / "home")
    materialize(made, ("training_data",))
    return made


def change(warehouse: Warehouse, statement: str) -> None:
    """Something happens to the tables that models read."""
    with warehouse.writer("test") as connection:
        connection.execute(statement)
        connection.execute("delete from raw.made_table")  # what is done by hand is not noticed otherwise


def rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    """What the warehouse answers."""
    with warehouse.writer("test") as connection:
        return list(connection.execute(query).fetchall())


def teach(warehouse: Warehouse, *, always: bool = False, percent: float = 5.0) -> str:
    """Decide once more whether models learn from today's lists; returns what the UI is told."""
    result = dg.materialize(
        [training_data],
        resources={
            "warehouse": WarehouseResource(home=str(warehouse.home.root)),
            "run_settings": RunSettings(retrain_percent=percent),
        },
        run_config={"ops": {"training_data": {"config": {"always": always}}}},
    )
    made = {one.asset_key.to_user_string(): one for one in result.asset_materializations_for_node("training_data")}
    assert made.keys() == {"training_item", "training_entry", "training_data"}
    return str(made["training_entry"].metadata["decision"].value)


ENTRIES = "select count(*), count(rating), sum(rating) from ml.training_entry"
A_HUNDREDTH = "update fact_user_rating set rating = 11 - rating where hash(user_key, anime_key) % 100 = 0"
A_THIRD = "update fact_user_rating set rating = 11 - rating where hash(user_key, anime_key) % 3 = 0"


def test_little_changes_nothing_until_much_does(warehouse: Warehouse) -> None:
    """The sentence says how much, from where on, and how to have it at once."""
    before, names = rows(warehouse, ENTRIES), rows(warehouse, "from ml.training_data")
    assert teach(warehouse) == "Models have learned from all that there is."
    change(warehouse, A_HUNDREDTH)
    said = teach(warehouse)
    assert said.startswith("Models stay as they are: ")
    assert "from 5 % on (OSUSUME_RETRAIN_PERCENT), or by the job train_models" in said
    assert rows(warehouse, ENTRIES) == before
    assert rows(warehouse, "from ml.training_data") == names
    change(warehouse, A_THIRD)
    assert teach(warehouse).startswith("Models are taught again: ")
    assert rows(warehouse, ENTRIES) != before
    assert rows(warehouse, "from ml.training_data") != names


def test_any_change_is_enough_where_it_is_asked_for(warehouse: Warehouse) -> None:
    """By the job, or by a setting of 0; but no change is never enough."""
    names = rows(warehouse, "from ml.training_data")
    change(warehouse, A_HUNDREDTH)
    assert teach(warehouse, always=True).startswith("Models are taught again: ")
    assert rows(warehouse, "from ml.training_data") != names
    change(warehouse, A_HUNDREDTH)
    assert teach(warehouse, percent=0).startswith("Models are taught again: ")
    assert rows(warehouse, "from ml.training_data") == names  # the ratings are those of the beginning
    change(warehouse, "update dim_user set cohort_id = 'treatment_a'")
    assert teach(warehouse, always=True, percent=0) == "Models have learned from all that there is."


def test_who_is_forgotten_leaves_at_once(warehouse: Warehouse) -> None:
    """Though one user of sixty is little."""
    ((somebody,),) = rows(warehouse, "select min(user_key) from fact_user_rating")
    change(warehouse, f"delete from fact_user_rating where user_key = {somebody}")
    assert teach(warehouse, percent=100) == "Models are taught again: 1 of the users they learned from are gone."
    assert rows(warehouse, f"from ml.training_entry where user_key = {somebody}") == []


def test_what_was_left_unfinished_is_made_anew(warehouse: Warehouse) -> None:
    """As after a kill: nothing names the data, no model takes it, and the next run heals."""
    names = rows(warehouse, "from ml.training_data")
    change(warehouse, "delete from ml.training_data; delete from ml.training_entry where user_key % 2 = 0")
    with (
        warehouse.writer("test") as connection,
        pytest.raises(CheckError, match=r"ml\.training_data .* materialise training_data"),
    ):
        read_versions(connection)
    assert "unfinished" in teach(warehouse, percent=100)
    assert rows(warehouse, "from ml.training_data") == names
    change(warehouse, "delete from ml.training_entry where user_key % 2 = 0")
    assert "unfinished" in teach(warehouse, percent=100)
    assert rows(warehouse, ENTRIES)[0][0] == 601


def test_the_larger_share_decides() -> None:
    """Entries and anime are counted apart."""
    none, tenth = Drift(100, 0), Drift(100, 10)
    assert not Behind(none, none, 0).is_enough(0, always=True)
    assert Behind(none, tenth, 0).is_enough(10, always=False)
    assert Behind(tenth, none, 0).is_enough(10, always=False)
    assert not Behind(tenth, tenth, 0).is_enough(10.1, always=False)
    assert str(Behind(tenth, none, 0)) == "10 of 100 entries (10.0%) and 0 of 100 anime (0.0%)"


def test_a_table_of_the_past_is_not_mistaken_for_one_of_today(warehouse: Warehouse) -> None:
    """Where there is nothing yet, everything is to be learned."""
    change(warehouse, "drop table ml.training_data")
    with warehouse.writer("test") as connection:
        assert verdict(connection, 100, always=False)[0]


def test_models_that_stay_serve_everybody_of_today(warehouse: Warehouse) -> None:
    """New ratings, a new user, a merged and a new anime: versions stay, lists are those of today's keys."""
    materialize(warehouse, SERVED)
    versions = rows(warehouse, "select distinct model_type, model_version_id from fact_model_metric order by all")
    lists = dict(
        rows(warehouse, "select user_key, list(anime_key order by rank) from fact_collaborative_scores group by 1")
    )
    ((gone,), (stays,)) = rows(warehouse, "select anime_key from dim_anime order by anime_key limit 2")
    ((somebody,),) = rows(
        warehouse,
        f"select min(user_key) from fact_user_rating where user_key not in "
        f"(select user_key from fact_user_rating where anime_key in ({gone}, {stays}))",
    )
    listed = lists[somebody][0] if lists[somebody][0] not in (gone, stays) else lists[somebody][2]
    change(
        warehouse,
        f"delete from dim_anime where anime_key = {gone};"
        f"delete from fact_user_rating where anime_key = {gone} and user_key in "
        f"(select user_key from fact_user_rating where anime_key = {stays});"
        f"update fact_user_rating set anime_key = {stays} where anime_key = {gone};"
        "insert into dim_anime select 9000, 'New', * exclude (anime_key, title) from dim_anime limit 1;"
        "insert into dim_user values (999999, 'control');"
        f"insert into fact_user_rating values (999999, {stays}, 9, 'completed', null), "
        f"(999999, 9000, 9, 'completed', null), ({somebody}, {listed}, 9, 'completed', null)",
    )
    materialize(warehouse, SERVED)
    assert versions == rows(
        warehouse, "select distinct model_type, model_version_id from fact_model_metric order by all"
    )
    now = dict(
        rows(warehouse, "select user_key, list(anime_key order by rank) from fact_collaborative_scores group by 1")
    )
    assert now.keys() == lists.keys() | {999999}
    assert {key for one in now.values() for key in one} <= {
        key for (key,) in rows(warehouse, "select anime_key from dim_anime")
    }
    assert stays not in now[999999]
    assert listed in lists[somebody]
    assert listed not in now[somebody]
    similar = {
        key
        for pair in rows(warehouse, "select anime_key, similar_anime_key from fact_anime_similarity")
        for key in pair
    }
    assert stays in similar
    assert gone not in similar


def test_everybody_of_today_over_the_anime_of_then(warehouse: Warehouse) -> None:
    """Places, marks and lists follow the keys; what only one side knows is left out."""
    with warehouse.writer("test") as connection:
        then, today = read_training(connection), read_serving(connection)
        keys = np.array([-5, *then.interactions.item_keys[[0, 3, 4]], 10**6])
        over = today.for_items(keys)
    assert over.interactions.item_keys.tolist() == keys.tolist()
    assert over.exists.tolist() == over.recommendable.tolist() == [False, True, True, True, False]
    assert over.interactions.user_keys.tolist() == today.interactions.user_keys.tolist()
    dense = today.interactions.seen.toarray()[:, [0, 3, 4]]
    np.testing.assert_array_equal(over.interactions.seen.toarray()[:, 1:4], dense)
    assert not over.interactions.seen.toarray()[:, [0, 4]].any()


def test_names_are_those_of_the_data(warehouse: Warehouse, tmp_path: Path) -> None:
    """Equal lists in another HOME have equal names; those of a model that reads no descriptions are other ones."""
    other = make_model_world(tmp_path / "other")
    materialize(other, ("training_data",))
    assert rows(warehouse, "from ml.training_data") == rows(other, "from ml.training_data")
    change(other, "update dim_anime set synopsis = 'A light.'")
    teach(other, always=True)
    (before,), (after,) = (
        rows(one, "select described_version, rated_version from ml.training_data") for one in (warehouse, other)
    )
    assert before[0] != after[0]
    assert before[1] == after[1]
