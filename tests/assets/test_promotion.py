"""Promotion in a HOME: decided on measured lists, landed with reasons, overruled by a person, undone."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets import registry
from assets.artifacts import taught_model
from assets.decisions import decision_table
from assets.model_inputs import TrainingInputs, read_training
from assets.teaching import MODELS, version_of
from assets.tuning import ground_of
from tests.assets.model_world import EVALUATED, make_model_world, materialize
from warehouse.connection import Warehouse
from warehouse.landing import event_files, read_events

PROMOTED = ("dim_recommendation_model", "fact_promotion_decision")


@dataclass
class World:
    """A HOME in which popularity, item_knn and ease were measured, and what can be asked of it."""

    warehouse: Warehouse

    def promote(self, names: Sequence[str] = PROMOTED) -> dict[str, Any]:
        """Decide once more; returns what the UI is told of the registry."""
        result = materialize(self.warehouse, names)
        (made,) = result.asset_materializations_for_node("dim_recommendation_model")
        return {name: value.value for name, value in made.metadata.items()}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the warehouse answers."""
        with self.warehouse.writer("test") as connection:
            return list(connection.execute(query).fetchall())

    def version(self, model: str) -> str:
        """Today's version of a model."""
        ((version_id,),) = self.rows(
            f"select distinct model_version_id from fact_model_metric where model_type = '{model}'"
        )
        return str(version_id)


def read(warehouse: Warehouse) -> TrainingInputs:
    """What models read."""
    with warehouse.writer("test") as connection:
        return read_training(connection)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The first decision of a HOME is made."""
    made = World(make_model_world(tmp_path_factory.mktemp("promotion") / "home"))
    materialize(made.warehouse, EVALUATED)
    return made


def test_the_life_of_a_champion(world: World) -> None:
    """Promoted by rule, decided again without a trace, overruled, rolled back, released, taught on new data."""
    home = world.warehouse.home
    first = world.promote()
    ease, knn = world.version("ease"), world.version("item_knn")
    assert first["active"] == ease
    assert world.rows("select model_version_id from dim_recommendation_model where is_active") == [(ease,)]
    assert ("item_knn", "kept", "rules") in world.rows(
        f"select model_type, decision, decided_by from fact_promotion_decision where champion_version_id = '{ease}'"
    )
    assert (home.models / ease / "model.json").is_file()

    files, decisions = len(event_files(home, registry.LOG)), world.rows("from fact_promotion_decision")
    assert world.promote()["active"] == ease
    assert len(event_files(home, registry.LOG)) == files
    assert world.rows("from fact_promotion_decision") == decisions

    registry.promote(home, knn, "ann", "explains better")
    assert world.promote()["active"] == knn
    (last,) = world.rows("select decision, decided_by, reason from fact_promotion_decision where decided_by = 'ann'")
    assert last == ("promoted", "ann", "explains better")
    assert registry.version_before(home) == ease

    registry.promote(home, str(registry.version_before(home)), "bob", "rollback")
    assert world.promote()["active"] == ease
    assert registry.version_before(home) == knn
    assert registry.release(home, "bob", "")
    assert not registry.release(home, "bob", "")
    assert world.promote()["active"] == ease

    world.warehouse.home.warehouse_file.unlink()
    make_model_world(home.root, users=72)
    materialize(world.warehouse, EVALUATED)
    again = world.promote()
    assert again["active"] == world.version("ease") != ease
    assert again["because"].startswith("ease stays")
    assert world.rows(f"select decision from fact_promotion_decision where model_version_id = '{again['active']}'") == [
        ("continued",)
    ]
    assert len(decision_table(home)) == len(world.rows("from fact_promotion_decision"))


def test_searches_are_given_nothing_that_the_evaluation_hides(world: World) -> None:
    """What models are measured by is neither rated nor seen in what tuning may look at."""
    ground = ground_of(world.warehouse, 42).training
    hidden = world.rows("select user_key, anime_key from ml.evaluation_holdout")
    users, items = (np.array(part) for part in zip(*hidden, strict=True))
    rows, columns = ground.rows_of(users), np.searchsorted(ground.item_keys, items)
    assert len(hidden) > 60
    assert not ground.seen.toarray()[rows, columns].any()
    assert not ground.ratings.toarray()[rows, columns].any()


def test_a_promoted_version_of_other_parameters_is_evaluated_and_taught_with_them(world: World) -> None:
    """Its id is what it was, since data and code are the same; what it scores is measured now."""
    home = world.warehouse.home
    inputs = read(world.warehouse)
    config = replace(MODELS["popularity"].Config(), positive_from=9.0)
    wanted = version_of("popularity", inputs.versions, config)
    facts = {"model_type": "popularity", "data_version": "d", "code_version": "c", "seed": 42, "skipped_because": None}
    registry.record(home, registry.Kind.EVALUATED, wanted, **facts, parameters=asdict(config))
    registry.promote(home, wanted, "ann", "")
    materialize(world.warehouse, ("evaluation_popularity", "fact_model_metric"))
    assert world.promote()["active"] == wanted == world.version("popularity")
    assert taught_model(home, "popularity", wanted, lambda: inputs, 42).config == config
    registry.release(home, "ann", "")


def test_a_persons_word_survives_the_warehouse(tmp_path: Path) -> None:
    """It is landed: who, why and when."""
    home = make_model_world(tmp_path).home
    facts = {"model_type": "als", "data_version": "d", "code_version": "c", "seed": 1, "parameters": {"reg": 2.0}}
    registry.record(home, registry.Kind.EVALUATED, "als-1", **facts, skipped_because=None)
    registry.promote(home, "als-1", "ann", "I like it")
    home.warehouse_file.unlink()
    held = registry.hold(home)
    assert held is not None
    assert (held.model_type, held.by, held.because, held.parameters) == ("als", "ann", "I like it", {"reg": 2.0})
    assert str(held) == "ann promoted als-1 (I like it), until `osusume models promote --auto`"
    assert read_events(home, registry.LOG)[-1]["occurred_at"]
    assert registry.active_version(home) == "als-1"
    assert registry.version_before(home) is None
