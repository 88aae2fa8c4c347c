"""`osusume models compare`, `promote` and `rollback`: what they print, land and refuse."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from assets import registry
from recommenders.discovery import all_models
from tests.assets.model_world import EVALUATED, make_model_world, materialize
from tests.orchestration.cli.conftest import Called
from warehouse.home import Home
from warehouse.landing import read_events
from warehouse.publish import publish

Call = Callable[..., Called]
PROMOTED = ("dim_recommendation_model", "fact_promotion_decision")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME in which three models were measured, ease was promoted by rule, and all of it was published."""
    warehouse = make_model_world(tmp_path_factory.mktemp("choosing") / "home")
    materialize(warehouse, (*EVALUATED, *PROMOTED))
    publish(warehouse, "run", "fingerprint")
    return warehouse.home.root


def evaluated(home: Home, version_id: str, model: str, **parameters: object) -> None:
    """A version that was evaluated on other data, and promoted by rule."""
    facts = {"model_type": model, "data_version": "d", "code_version": "c", "seed": 42, "skipped_because": None}
    registry.record(home, registry.Kind.EVALUATED, version_id, **facts, parameters={"seed": 42, **parameters})
    registry.record(home, registry.Kind.PROMOTED, version_id, because="best")


def version(home: Path, model: str) -> str:
    """The only version of a model."""
    return next(one for one, facts in registry.versions(Home(home)).items() if facts["model_type"] == model)


def test_two_versions_side_by_side(measured: Path, osusume: Call) -> None:
    """Every figure of users with its paired interval, lists' figures without, parameters that differ."""
    called = osusume("models", "compare", "ease", "popularity", "--home", measured)
    assert called.status == 0
    lines = {line.split()[0]: line.split() for line in called.out.splitlines() if line.strip()}
    assert called.out.splitlines()[0].split()[:2] == [version(measured, "ease"), version(measured, "popularity")]
    assert lines["chosen"][1:] == ["yes", "no"]
    one, other, difference, low, _, high = (word.strip("()") for word in lines["ndcg@10"][1:])
    assert float(one) - float(other) == pytest.approx(float(difference), abs=2e-4)
    assert 0 < float(low) < float(difference) < float(high)
    assert lines["coverage@10"][1:] == ["1.0000", "0.4000", "+0.6000"]
    assert lines["positive_from"][1:] == ["7"]
    assert "seed" not in lines
    assert "on the same 60 users" in called.out


def test_a_version_of_other_data_is_compared_without_an_interval(measured: Path, osusume: Call) -> None:
    """Its lists are gone; what it scored is in the registry."""
    home = Home(measured)
    facts = {"model_type": "als", "data_version": "d", "code_version": "c", "seed": 42, "skipped_because": None}
    registry.record(home, registry.Kind.EVALUATED, "als-1", **facts, parameters=asdict(all_models()["als"].Config()))
    registry.record(home, registry.Kind.MEASURED, "als-1", metrics={"ndcg@10": 0.25})
    called = osusume("models", "compare", "als-1", "ease", "--home", measured)
    assert called.status == 0
    assert "no interval: als-1 was not measured for the published snapshot" in called.out
    figures = next(line.split() for line in called.out.splitlines() if line.startswith("ndcg@10"))
    assert (figures[1], len(figures)) == ("0.2500", 3)


def test_promoting_lands_who_and_why_and_says_what_to_run(measured: Path, osusume: Call) -> None:
    """A version that is measured needs no other evaluation; `models list` says that the rules do not decide."""
    home = Home(measured)
    ease, knn = version(measured, "ease"), version(measured, "item_knn")
    words = ("--because", "explains better", "--by", "ann", "--home", measured)
    called = osusume("models", "promote", "item_knn", *words)
    assert called.status == 0
    assert f"{knn} is promoted in place of {ease}." in called.out
    assert f"Next: osusume run --select dim_recommendation_model+ --home {measured}" in called.out
    last = read_events(home, registry.LOG)[-1]
    assert (last["event"], last["model_version_id"], last["by"], last["because"]) == (
        "promoted",
        knn,
        "ann",
        "explains better",
    )
    listed = osusume("models", "list", "--home", measured).out
    assert f"ann promoted {knn} (explains better), until `osusume models promote --auto`: the rules do not" in listed

    assert f"{ease} is promoted in place of {knn}." in osusume("models", "rollback", "--home", measured).out
    assert f"{knn} is promoted in place of {ease}." in osusume("models", "rollback", "--home", measured).out
    called = osusume("models", "promote", "--auto", "--home", measured)
    assert called.out == f"The rules decide again. Next: osusume run --home {measured}\n"
    assert registry.hold(home) is None
    assert "Nothing to release" in osusume("models", "promote", "--auto", "--home", measured).out


def test_a_version_of_other_data_is_taught_on_todays_first(tmp_path: Path, osusume: Call) -> None:
    """Nothing need be published; a model's name means its newest version."""
    home = Home(tmp_path)
    evaluated(home, "als-1", "als", reg=1.0)
    evaluated(home, "als-2", "als", reg=2.0)
    called = osusume("models", "promote", "als", "--home", tmp_path)
    assert called.out.startswith("als-2 is promoted.\n")
    assert "(its model is taught and measured on today's data first)" in called.out
    assert osusume("models", "rollback", "--home", tmp_path).out.startswith("als-1 is promoted in place of als-2.")
    assert dict(registry.held_parameters(home, "als") or {}) == {"seed": 42, "reg": 1.0}


def test_what_cannot_be_is_refused_by_name(tmp_path: Path, osusume: Call) -> None:
    """An unknown version, one that could not be taught, and nothing to go back to."""
    home = Home(tmp_path)
    called = osusume("models", "promote", "als", "--home", tmp_path)
    assert (called.status, "`osusume run` first" in called.err) == (2, True)
    facts = {"model_type": "als", "data_version": "d", "code_version": "c", "seed": 1, "parameters": {}}
    registry.record(home, registry.Kind.EVALUATED, "als-1", **facts, skipped_because="nobody rated anything")
    called = osusume("models", "promote", "als-1", "--home", tmp_path)
    assert (called.status, "it could not be taught (nobody rated anything)" in called.err) == (2, True)
    called = osusume("models", "promote", "slim", "--home", tmp_path)
    assert (called.status, "the models are als" in called.err) == (2, True)
    called = osusume("models", "rollback", "--home", tmp_path)
    assert (called.status, "there is nothing to go back to" in called.err) == (2, True)
    assert osusume("models", "promote", "--home", tmp_path).status == 2
    assert len(read_events(home, registry.LOG)) == 1
