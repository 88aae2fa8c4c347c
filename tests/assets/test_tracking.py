"""Tracking: each version once, what was cut off anew, who is active kept up to date; without MLflow it says so."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest

from assets import tracking
from assets.tracking import ACTIVE, CHECKSUM, EXPERIMENT, VERSION, client_of, track, track_news, why_off
from recommenders.popularity import Popularity
from recommenders.store import read_header
from tests.recommenders.worlds import tastes
from warehouse.home import Home

WHOLE = "a fifth is hidden, full catalogue"


def figures(version: str, *, is_active: bool = False) -> list[dict[str, Any]]:
    """The rows of one version: two figures over everybody, one of a segment."""
    made = {
        "model_version_id": version,
        "model_type": version.partition("-")[0],
        "data_version": "d",
        "code_version": "c",
        "seed": 42,
        "parameters": '{"reg": 15.0, "seed": 42}',
        "trained_at": datetime(2026, 3, 1, tzinfo=UTC),
        "is_active": is_active,
    }
    rows = [
        (WHOLE, "", "ndcg", 0.4, 0.3, 0.5),
        (WHOLE, "", "coverage", 0.25, None, None),
        (f"{WHOLE}, long tail (targets beyond the head)", "long tail", "ndcg", 0.2, 0.1, 0.3),
    ]
    names = ("protocol", "segment", "metric", "value", "ci_low", "ci_high")
    return [made | {"k": 10} | dict(zip(names, row, strict=True)) for row in rows]


def runs(home: Home, states: Sequence[str] = ("FINISHED",)) -> dict[str, Any]:
    """The runs that MLflow has, by version; one of each."""
    client = client_of(home, "")
    experiment = client.get_experiment_by_name(EXPERIMENT)
    found = [run for run in client.search_runs([experiment.experiment_id]) if run.info.status in states]
    by_version = {run.data.tags[VERSION]: run for run in found}
    assert len(by_version) == len(found)
    return by_version


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A HOME in which two versions were tracked; making MLflow's database takes seconds."""
    made = Home(tmp_path_factory.mktemp("tracking") / "home")
    world, _ = tastes()
    Popularity().fit(world).save(made.models / "popularity-1")
    assert track(made, "", [*figures("ease-1"), *figures("popularity-1", is_active=True)]) == ["ease-1", "popularity-1"]
    return made


def test_a_version_becomes_a_run_with_all_that_is_known_of_it(home: Home) -> None:
    """Parameters, figures with both ends of their intervals, versions of data and code, the model's checksum."""
    found = runs(home)
    ease, popularity = found["ease-1"], found["popularity-1"]
    assert ease.data.params == {"reg": "15.0", "seed": "42"}
    assert ease.data.metrics == {
        "ndcg_at_10": 0.4,
        "ndcg_at_10.ci_low": 0.3,
        "ndcg_at_10.ci_high": 0.5,
        "coverage_at_10": 0.25,
        "long tail/ndcg_at_10": 0.2,
        "long tail/ndcg_at_10.ci_low": 0.1,
        "long tail/ndcg_at_10.ci_high": 0.3,
    }
    tags = {name: ease.data.tags[f"osusume.{name}"] for name in ("model_type", "data_version", "code_version")}
    assert tags == {"model_type": "ease", "data_version": "d", "code_version": "c"}
    assert (ease.data.tags[ACTIVE], popularity.data.tags[ACTIVE]) == ("false", "true")
    assert CHECKSUM not in ease.data.tags
    assert popularity.data.tags[CHECKSUM] == read_header(home.models / "popularity-1")["sha256"]
    assert not any(str(home.root) in value for run in found.values() for value in run.data.tags.values())


def test_the_same_version_is_logged_once_and_told_when_it_is_no_longer_active(home: Home) -> None:
    """Going on where it was: no second run, and the tag moves."""
    assert track(home, "", [*figures("ease-1", is_active=True), *figures("popularity-1")]) == []
    found = runs(home)
    assert {name: run.data.tags[ACTIVE] for name, run in found.items()} == {"ease-1": "true", "popularity-1": "false"}


def test_mlflow_is_not_even_asked_where_it_was_told_just_this(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other figures, another active version or a database that is gone are told."""
    rows = [*figures("ease-1", is_active=True), *figures("popularity-1")]
    asked: list[int] = []
    monkeypatch.setattr(tracking, "track", lambda home, uri, rows: asked.append(len(rows)) or ["ease-1"])
    assert track_news(home, "", rows) == ["ease-1"]
    assert track_news(home, "", rows) == []
    assert asked == [6]
    assert track_news(home, "", rows[:3]) == track_news(home, "", rows) == ["ease-1"]
    assert track_news(home, "http://127.0.0.1:1", rows) == ["ease-1"]
    database = home.mlflow / tracking.DATABASE
    database.rename(database.with_suffix(".away"))
    assert track_news(home, "", rows) == ["ease-1"]
    database.with_suffix(".away").rename(database)
    assert asked == [6, 3, 6, 6, 6]


def test_a_run_that_was_cut_off_is_logged_anew(home: Home) -> None:
    """What a kill left half written is removed."""
    client = client_of(home, "")
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    client.create_run(experiment, tags={VERSION: "als-1"})
    assert track(home, "", figures("als-1")) == ["als-1"]
    assert set(runs(home, ("FINISHED", "RUNNING"))) == {"als-1", "ease-1", "popularity-1"}
    assert runs(home)["als-1"].data.metrics["ndcg_at_10"] == 0.4


def test_a_server_that_is_down_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the setting, never by its address, which may hold a password."""
    monkeypatch.setattr(tracking, "RETRIES", 0)
    with pytest.raises(dg.Failure, match="OSUSUME_MLFLOW_URI cannot be used") as refused:
        track(home, "http://ann:secret@127.0.0.1:9", figures("ease-1"))
    assert "secret" not in str(refused.value.description)
    assert refused.value.__cause__ is None


def test_where_it_is_off_it_says_how_to_switch_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of MLflow is imported for that."""
    assert why_off("") is None
    assert "OSUSUME_MLFLOW_URI says so" in str(why_off("off"))
    monkeypatch.setattr(tracking, "find_spec", lambda _name: None)
    assert "`.venv/bin/pip install -c constraints.txt -e '.[ml]'`" in str(why_off("http://localhost:5000"))
