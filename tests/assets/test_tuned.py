"""The configuration a model has: a person's choice before what tuning found, that before the default."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from assets import registry
from assets.tuned import LOG, adopted, tuned_config
from assets.tuning import trial_rows, tune_model
from orchestration.fingerprint import base_fingerprint
from orchestration.settings import load_settings
from recommenders.config import ModelConfig
from recommenders.ease import EaseConfig
from recommenders.popularity import PopularityConfig
from recommenders.splitting import holdout
from recommenders.tuningrecords import Ground
from tests.recommenders.worlds import tastes
from warehouse.home import Home
from warehouse.landing import append_events, read_events

FACTS = {"model_type": "ease", "data_version": "d", "code_version": "c", "seed": 1, "skipped_because": None}


def land(home: Home, parameters: str, *, is_adopted: bool = True, model: str = "ease") -> None:
    """A search that came to its end before."""
    append_events(home, LOG, [{"model_type": model, "parameters": parameters, "is_adopted": is_adopted}])


def promote(home: Home, config: ModelConfig, version: str = "ease-1") -> None:
    """A person's choice of a version with this configuration."""
    registry.record(home, registry.Kind.EVALUATED, version, **FACTS, parameters=asdict(config))
    registry.promote(home, version, "ann", "it feels right")


def test_without_any_search_it_is_the_default(tmp_path: Path) -> None:
    """With the seed of the run."""
    assert tuned_config(Home(tmp_path), "ease", 7) == EaseConfig(seed=7)


def test_the_last_search_counts_if_it_found_something_better(tmp_path: Path) -> None:
    """A later search that found nothing better takes the earlier parameters back."""
    home = Home(tmp_path)
    land(home, '{"reg": 20.0, "neighbours": 77}')
    land(home, '{"positive_from": 8.0}', model="popularity")
    assert tuned_config(home, "ease", 42) == replace(EaseConfig(), reg=20.0, neighbours=77)
    assert tuned_config(home, "popularity", 42) == PopularityConfig(positive_from=8.0)
    land(home, '{"reg": 30.0}', is_adopted=False)
    assert tuned_config(home, "ease", 42) == EaseConfig()
    assert adopted(home) == {"popularity": {"positive_from": 8.0}}


def test_fields_that_are_not_searched_are_those_of_the_code(tmp_path: Path) -> None:
    """So that a field that has gone, or that no search may set, is not brought back by an old event."""
    home = Home(tmp_path)
    land(home, '{"reg": 20.0, "max_items": 5, "gone": 1}')
    assert tuned_config(home, "ease", 42) == replace(EaseConfig(), reg=20.0)


def test_a_persons_choice_goes_first_until_it_is_released(tmp_path: Path) -> None:
    """Its parameters stay although a search has found others; other models are not concerned."""
    home = Home(tmp_path)
    land(home, '{"reg": 20.0}')
    land(home, '{"positive_from": 8.0}', model="popularity")
    promote(home, replace(EaseConfig(), reg=11.0))
    assert tuned_config(home, "ease", 42).reg == 11.0
    assert tuned_config(home, "popularity", 42).positive_from == 8.0
    assert registry.release(home, "ann", "")
    assert tuned_config(home, "ease", 42).reg == 20.0


def test_what_was_chosen_is_another_input_for_a_run(tmp_path: Path) -> None:
    """So that the next run does not end early; a promotion by the rules alone is none."""
    home = Home(tmp_path)
    marks = [base_fingerprint(load_settings(home=tmp_path))]
    registry.record(home, registry.Kind.PROMOTED, "ease-1", because="best")
    assert base_fingerprint(load_settings(home=tmp_path)) == marks[0]
    land(home, '{"reg": 20.0}')
    marks.append(base_fingerprint(load_settings(home=tmp_path)))
    promote(home, EaseConfig())
    marks.append(base_fingerprint(load_settings(home=tmp_path)))
    registry.release(home, "ann", "")
    assert len(set(marks)) == 3
    assert base_fingerprint(load_settings(home=tmp_path)) == marks[1]


@pytest.fixture(scope="module")
def ground() -> Ground:
    """The training part of a small world."""
    world, features = tastes()
    return Ground(holdout(world).train, features)


def test_a_search_lands_once_with_all_its_trials(ground: Ground, tmp_path: Path) -> None:
    """The same search again adds nothing; a longer one is its newer form and replaces its rows."""
    home = Home(tmp_path)
    for trials in (3, 3, 4):
        tune_model(home, ground, "popularity", trials=trials, minutes=None, seed=42, progress=lambda _text: None)
    assert len(read_events(home, LOG)) == 2
    rows = trial_rows(home).to_pylist()
    assert [row["number"] for row in rows] == [0, 1, 2, 3]
    assert {row["study"] for row in rows} == {rows[0]["study"]}
    figures = [row["ndcg_at_10"] for row in rows]
    assert all(row["is_best"] for row in rows if row["ndcg_at_10"] == max(figures))
    assert [row["is_adopted"] for row in rows] == [row["is_best"] and bool(adopted(home)) for row in rows]


def test_nothing_was_tuned_in_an_empty_home(tmp_path: Path) -> None:
    """The table is there without a row."""
    assert trial_rows(Home(tmp_path)).num_rows == 0
