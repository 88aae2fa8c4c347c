"""Stored models: taught again where they are damaged, stamped, and removed when nobody will ask for them."""

import os
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from assets import registry
from assets.artifacts import cost_of, kept_versions, prune, taught_model
from assets.model_inputs import TrainingInputs, read_training
from assets.teaching import MODELS
from recommenders.contributions import Floats
from recommenders.ease import Ease, EaseConfig
from recommenders.interactions import Interactions
from recommenders.promotion import MAX_SECONDS_PER_USER
from recommenders.store import read_header
from tests.assets.model_world import make_model_world, materialize
from warehouse.home import Home

VERSION = "ease-0123456789ab"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> TrainingInputs:
    """What models read of a small world."""
    warehouse = make_model_world(tmp_path_factory.mktemp("artifacts"))
    materialize(warehouse, ("training_data",))
    with warehouse.writer("test") as connection:
        return read_training(connection)


def evaluated(home: Home, config: EaseConfig) -> None:
    """A version that was evaluated and measured before."""
    facts = {"model_type": "ease", "data_version": "d", "code_version": "c", "seed": 42, "skipped_because": None}
    registry.record(home, registry.Kind.EVALUATED, VERSION, **facts, parameters=asdict(config))
    registry.record(home, registry.Kind.MEASURED, VERSION, metrics={"ndcg@10": 0.4})


def test_a_version_is_taught_as_it_was_evaluated_and_says_what_it_was_made_of(
    inputs: TrainingInputs, tmp_path: Path
) -> None:
    """Also where the default has changed since."""
    home = Home(tmp_path)
    evaluated(home, replace(EaseConfig(), reg=77.0))
    taught = taught_model(home, "ease", VERSION, lambda: inputs, 42)
    assert taught.config == replace(EaseConfig(), reg=77.0)
    header = read_header(home.models / VERSION)
    assert header["config"]["reg"] == 77.0
    assert header["stamp"] == {
        "data_version": inputs.versions.of(MODELS["ease"]),
        "code_version": inputs.versions.code,
        "metrics": {"ndcg@10": 0.4},
    }
    assert len(header["sha256"]) == 64


def test_a_damaged_model_is_found_and_taught_again(inputs: TrainingInputs, tmp_path: Path) -> None:
    """One flipped byte is enough; what is stored afterwards is whole."""
    home = Home(tmp_path)
    before = taught_model(home, "ease", VERSION, lambda: inputs, 42).scores(inputs.interactions)
    file = home.models / VERSION / "carry.data.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))
    after = taught_model(home, "ease", VERSION, lambda: inputs, 42).scores(inputs.interactions)
    assert after.tobytes() == before.tobytes()
    assert file.read_bytes() != bytes(content)


def test_the_cost_of_a_version_is_that_of_its_stored_model(inputs: TrainingInputs, tmp_path: Path) -> None:
    """Bytes on the disk, and processor time per user."""
    cost = cost_of(Home(tmp_path), "ease", VERSION, inputs, 42)
    assert cost.stored_bytes == sum(path.stat().st_size for path in (tmp_path / "models" / VERSION).iterdir())
    assert 0 <= cost.seconds_per_user < 0.05


def test_what_is_loaded_and_compiled_once_is_no_users_cost(
    inputs: TrainingInputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it would take more than the guard rail allows for all the users that are timed."""
    few = replace(inputs, interactions=inputs.interactions.take(range(4)))
    scores, allowed = Ease._scores, MAX_SECONDS_PER_USER * few.interactions.n_users
    compiled: list[bool] = []

    def slow_at_first(self: Ease, rows: Interactions) -> Floats:
        until = time.process_time() + 2 * allowed
        while not compiled and time.process_time() < until:
            pass
        compiled.append(True)
        return scores(self, rows)

    monkeypatch.setattr(Ease, "_scores", slow_at_first)
    assert cost_of(Home(tmp_path), "ease", VERSION, few, 42).seconds_per_user < MAX_SECONDS_PER_USER
    assert compiled


def test_what_published_snapshots_ask_for_and_the_last_stored_stay(tmp_path: Path) -> None:
    """Searches and other folders are nobody's model."""
    home = Home(tmp_path)
    names = [f"ease-{number:012x}" for number in range(7)]
    for number, name in enumerate(names):
        (home.models / name).mkdir(parents=True)
        os.utime(home.models / name, (number, number))
        registry.record(home, registry.Kind.PROMOTED, name, because="best")
    (home.models / "studies").mkdir()
    (home.models / ".removed-ease-0").mkdir()
    assert kept_versions(home, keep_snapshots=1) == {names[6], names[5]}
    assert kept_versions(home, keep_snapshots=0) == {names[6], names[5]}
    assert prune(home, {names[6], names[0]}, beside=2) == names[1:4]
    left = {path.name for path in home.models.iterdir()}
    assert left == {names[0], *names[4:], "studies"}
    assert prune(Home(tmp_path / "empty"), set()) == []
