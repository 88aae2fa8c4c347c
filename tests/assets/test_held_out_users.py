"""Models are asked for people they were never trained on, once for each version, and a kill costs one model."""

from pathlib import Path
from typing import Any

import pytest

from assets import registry
from assets.model_inputs import read_training
from assets.teaching import MODELS
from recommenders.deciding import users_apart
from recommenders.evaluate import evaluate
from tests.assets.model_world import EVALUATED, QUICK, copy_of, make_model_world, materialize
from warehouse.connection import Warehouse


def rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with warehouse.writer("test") as connection:
        found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A HOME whose models were measured."""
    warehouse = make_model_world(tmp_path_factory.mktemp("apart") / "home")
    materialize(warehouse)
    return warehouse


def test_the_figures_are_those_of_models_that_never_saw_these_users(world: Warehouse) -> None:
    """Worked out again by the protocol itself, outside of any asset."""
    with world.writer("test") as connection:
        inputs = read_training(connection)
    split = users_apart(inputs.interactions)
    assert split is not None
    asked = split.evaluated
    assert 0 < len(asked) < inputs.interactions.n_users / 2
    assert not split.train.seen[asked].nnz
    query = "select model_type, value, users from ml.held_out_user_metric where metric = 'ndcg' and k = 10"
    figures = {name: (value, users) for name, value, users in rows(world, f"{query} and segment = ''")}
    assert set(figures) == set(QUICK)
    for name in QUICK:
        again = evaluate(MODELS[name](MODELS[name].Config()), split, inputs.features, inputs.recommendable)
        assert figures[name] == (pytest.approx(again.users.mean("ndcg", 10)), len(asked)), name


def test_they_stand_beside_those_that_decide(world: Warehouse) -> None:
    """Under a protocol of their own, which promotes nobody; all are paired with popularity, none with the best."""
    found = rows(world, "select decides, count(distinct protocol) from fact_model_metric where segment = '' group by 1")
    assert dict(found) == {True: 1, False: 1}
    (told,) = rows(world, "select distinct protocol from fact_model_metric where not decides and segment = ''")
    assert told[0].startswith("20% of users at a time never trained on, per-user holdout of 20%")
    differences = "select distinct model_type from ml.held_out_user_metric where metric = 'ndcg_minus_popularity'"
    assert {name for (name,) in rows(world, differences)} == {"ease", "item_knn", "popularity"}
    assert not rows(world, "select 1 from ml.held_out_user_metric where metric like '%best_single'")


def test_what_somebody_kept_of_the_same_users_is_not_told_twice(world: Warehouse, tmp_path: Path) -> None:
    """`osusume models evaluate --protocol users --folds 1 --keep` asks the same people."""
    warehouse = copy_of(world, tmp_path / "home")
    (told,) = rows(warehouse, "select distinct protocol from ml.held_out_user_metric where segment = ''")
    version = next(one for one in registry.versions(warehouse.home) if one.startswith("ease"))
    figure = {"segment": "", "metric": "ndcg", "k": 10, "value": 0.4321, "ci_low": None, "ci_high": None, "users": 3}
    registry.keep_figures(warehouse.home, version, str(told[0]), [figure])
    registry.keep_figures(warehouse.home, version, "another protocol", [figure])
    materialize(warehouse)
    kept = rows(warehouse, "select protocol, value from fact_model_metric where not decides and value = 0.4321")
    assert kept == [("another protocol", 0.4321)]


def test_after_a_kill_models_that_were_measured_are_not_taught_again(world: Warehouse, tmp_path: Path) -> None:
    """Their rows stand as they are, whatever they say; those of the others come back to their places."""
    warehouse = copy_of(world, tmp_path / "home")
    whole = "select model_type, protocol, metric, k, value from ml.held_out_user_metric"
    before = rows(warehouse, whole)
    # as it lies there when a run is killed: ease is not measured yet, and nothing says that the table is made
    rows(warehouse, "delete from ml.held_out_user_metric where model_type = 'ease'")
    rows(warehouse, "update ml.held_out_user_metric set users = 99 where model_type = 'item_knn'")
    materialize(warehouse)
    assert rows(warehouse, whole) == before
    users = dict(rows(warehouse, "select model_type, max(users) from ml.held_out_user_metric group by 1"))
    assert users["item_knn"] == 99
    assert users["ease"] == users["popularity"] < 99


def test_a_model_that_cannot_be_taught_has_no_rows(tmp_path: Path) -> None:
    """`popularity_recent` learns from times, and here no entry has one."""
    warehouse = make_model_world(tmp_path / "home")
    names = (*EVALUATED, "evaluation_popularity_recent")
    materialize(warehouse, names, models=("popularity", "popularity_recent"))
    assert rows(warehouse, "select distinct model_type from ml.held_out_user_metric") == [("popularity",)]


def test_by_time_nobody_is_kept_out(tmp_path: Path) -> None:
    """New users are asked there as well, and a second teaching would tell nothing new."""
    warehouse = make_model_world(tmp_path / "home")
    rows(
        warehouse,
        "update fact_user_rating set rated_at = timestamptz '2026-01-01 00:00:00Z' "
        "+ to_days((hash(user_key, anime_key) % 300)::integer)",
    )
    result = materialize(warehouse)
    (made,) = result.asset_materializations_for_node("held_out_user_metric")
    assert "by time" in str(made.metadata["users"].value)
    assert rows(warehouse, "select count(*) from ml.held_out_user_metric") == [(0,)]
