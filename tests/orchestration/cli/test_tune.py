"""`osusume models tune`: what it prints, what it refuses, and that only one searches at a time."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.cli import tune
from tests.orchestration.cli.conftest import Called
from warehouse.files import try_flock
from warehouse.home import Home
from warehouse.landing import read_events

Call = Callable[..., Called]


def test_a_search_prints_what_came_of_it(rated: Path, osusume: Call) -> None:
    """Best and default beside each other, with the paired interval; trials on stderr as they end."""
    called = osusume("models", "tune", "--home", rated, "--model", "popularity", "--trials", "2")
    assert called.status == 0
    header, _, row = called.out.splitlines()[:3]
    assert header.split()[:4] == ["model", "trials", "best", "default"]
    assert row.split()[:2] == ["popularity", "2"]
    assert row.split()[-1] in ("yes", "no")
    assert "best of popularity: positive_from=" in called.out
    assert "popularity: trial 1: NDCG@10 " in called.err
    (event,) = read_events(Home(rated), "tunings")
    assert event["is_adopted"] == (row.split()[-1] == "yes")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--model", "eese"), "there is no model 'eese'; the models are als, "),
        (("--trials", "0"), "'0' is not a whole number from 1"),
        (("--minutes", "soon"), "'soon' is not a number of minutes above 0"),
    ],
)
def test_a_wrong_word_is_refused_by_name(rated: Path, osusume: Call, words: tuple[str, ...], message: str) -> None:
    """With exit status 2, before anything is searched."""
    called = osusume("models", "tune", "--home", rated, *words)
    assert called.status == 2
    assert message in called.err


def test_without_ratings_it_says_what_to_do(tmp_path: Path, osusume: Call) -> None:
    """Run first, or name another HOME."""
    called = osusume("models", "tune", "--home", tmp_path)
    assert called.status == 2
    assert f"{tmp_path} holds no ratings to tune on; `osusume run --home {tmp_path}` first" in called.err


def test_a_second_search_is_refused(rated: Path, osusume: Call) -> None:
    """Two would take each other's trials for cut off."""
    folder = rated / "models" / "studies"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)
    assert try_flock(handle)
    called = osusume("models", "tune", "--home", rated, "--model", "popularity")
    os.close(handle)
    assert called.status == 2
    assert "another `osusume models tune` is at work" in called.err


def test_without_optuna_it_says_what_to_install(osusume: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project runs without it."""
    monkeypatch.setattr(tune, "find_spec", lambda _name: None)
    called = osusume("models", "tune")
    assert called.status == 2
    assert ".venv/bin/pip install -c constraints.txt -e '.[ml]'" in called.err
