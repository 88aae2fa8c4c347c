"""`osusume models evaluate`: other protocols on the ratings of a HOME, of which figures are kept when asked for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assets.registry import LOG
from recommenders.candidates import KINDS
from tests.assets.model_world import EVALUATED, QUICK, copy_of, make_model_world, materialize
from tests.orchestration.cli.conftest import Called
from warehouse.build import fetch
from warehouse.connection import Warehouse
from warehouse.landing import read_events

Call = Callable[..., Called]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A HOME in which a run has measured three models."""
    warehouse = make_model_world(tmp_path_factory.mktemp("measured") / "home")
    materialize(warehouse)
    return warehouse


def test_models_are_measured_on_users_they_never_met(rated: Path, osusume: Call) -> None:
    """Best first with intervals, the protocol in words, and no landed event."""
    called = osusume("models", "evaluate", "--home", rated, "--model", "popularity", "--model", "ease")
    assert called.status == 0, called.err
    header, _, first, second = called.out.splitlines()[:4]
    assert header.split()[:2] == ["model", "NDCG@10"]
    assert (first.split()[0], second.split()[0]) == ("ease", "popularity")
    assert float(first.split()[1]) > float(second.split()[1])
    assert "20% of users at a time never trained on, per-user holdout" in called.out
    assert not (rated / "landing" / "osusume").exists()


def test_figures_that_are_kept_stand_in_the_table_beside_those_that_decide(
    measured: Warehouse, tmp_path: Path, osusume: Call
) -> None:
    """Once, under their protocol, for the version that a run measures; a model that no run measures has none."""
    warehouse = copy_of(measured, tmp_path / "home")
    words = ("models", "evaluate", "--home", warehouse.home.root, "--model", "ease", "popularity", "als", "--keep")
    for _ in range(2):
        called = osusume(*words)
        assert called.status == 0, called.err
    assert "puts the figures into fact_model_metric" in called.err
    assert len([one for one in read_events(warehouse.home, LOG) if one["event"] == "asked"]) == 3
    materialize(warehouse)
    with warehouse.writer("test") as connection:
        kept = connection.execute(
            "select model_type, round(value, 4) from fact_model_metric "
            "where not decides and metric = 'ndcg' and k = 10 and segment = '' "
            "and starts_with(protocol, '20% of users at a time never trained on') "
            "and ends_with(protocol, 'full catalogue') order by value desc"
        ).fetchall()
        decide = connection.execute("select count(distinct protocol) from fact_model_metric where decides").fetchall()
    printed = [line.split()[:2] for line in called.out.splitlines()[2:5]]
    assert [[name, f"{value:.4f}"] for name, value in kept] == [line for line in printed if line[0] != "als"]
    assert decide == [(4,)]


def test_a_run_of_a_home_uses_the_protocol_of_the_pipeline_too(rated: Path, osusume: Call) -> None:
    """`holdout` hides a fifth of what each user liked."""
    called = osusume("models", "evaluate", "--home", rated, "--protocol", "holdout", "--model", "popularity")
    assert called.status == 0
    assert "per-user holdout of 20% of ratings >= 7, seed 42" in called.out


def test_users_take_turns_in_lacking_something(rated: Path, osusume: Call) -> None:
    """`own` asks as many users as `holdout` does, or those of some groups."""
    whole = osusume("models", "evaluate", "--home", rated, "--protocol", "own", "--model", "popularity")
    words = ("--protocol", "own", "--groups", "4", "--folds", "1", "--model", "popularity")
    part = osusume("models", "evaluate", "--home", rated, *words)
    assert (whole.status, part.status) == (0, 0), whole.err + part.err
    assert "own list: 20% of users at a time, others' lists whole, per-user holdout of 20%" in whole.out
    assert part.out.rstrip().endswith("1 of 4 groups.")


def test_what_is_hidden_can_be_drawn_title_by_title(rated: Path, osusume: Call) -> None:
    """And the protocol's words say so."""
    words = ("models", "evaluate", "--home", rated, "--folds", "1", "--by-chance", "--model", "popularity")
    called = osusume(*words)
    assert called.status == 0, called.err
    assert "each rating >= 7 of a user hidden with probability 0.2" in called.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--protocol", "own", "--folds", "6"), "folds must be from 1 to 5, not 6"),
        (("--protocol", "own", "--groups", "3", "--folds", "4"), "folds must be from 1 to 3, not 4"),
        (("--groups", "1"), "there must be 2 groups or more, not 1"),
        (("--groups", "1000"), "1000 groups are more than the "),
        (("--protocol", "time", "--groups", "3"), "--groups is of the protocols own and users"),
        (("--protocol", "holdout", "--folds", "2"), "of the protocols own and users, and has no meaning for holdout"),
        (
            ("--protocol", "time", "--by-chance"),
            "--by-chance is of holdout, own and users, and has no meaning for time",
        ),
        (("--model", "eese"), "there is no model eese; there are als, "),
        (("--protocol", "time", "--model", "ease"), "no rating says when it was made"),
        (("--protocol", "moon"), "invalid choice: 'moon'"),
    ],
)
def test_what_cannot_be_is_refused(rated: Path, osusume: Call, words: tuple[str, ...], message: str) -> None:
    """With exit status 2 and the reason."""
    called = osusume("models", "evaluate", "--home", rated, *words)
    assert called.status == 2
    assert message in called.err


def test_a_home_without_ratings_says_what_to_do(tmp_path: Path, osusume: Call) -> None:
    """The remedy is a run."""
    called = osusume("models", "evaluate", "--home", tmp_path / "none")
    assert called.status == 2
    assert "osusume run --home" in called.err


def test_a_home_of_an_earlier_version_says_that_its_ratings_are_not_ready(tmp_path: Path, osusume: Call) -> None:
    """They are there, and one run makes of them what models are given."""
    home = make_model_world(tmp_path / "home").home.root
    called = osusume("models", "evaluate", "--home", home)
    assert called.status == 2
    assert f"{home} holds ratings, but none that were made ready to evaluate models on" in called.err
    assert f"`osusume run --home {home}` once makes them ready" in called.err


def test_what_kinds_of_information_add_stands_in_table_and_report(
    measured: Warehouse, tmp_path: Path, osusume: Call
) -> None:
    """The complete model first, then each kind with its difference; kept for the version that a run measures."""
    warehouse = copy_of(measured, tmp_path / "home")
    called = osusume("models", "ablate", "--home", warehouse.home.root, "--keep")
    assert called.status == 0, called.err
    lines = called.out.splitlines()
    assert lines[2].split()[0] == "nothing"
    assert {line.strip().partition("  ")[0] for line in lines[3 : 3 + len(KINDS)]} == set(KINDS)
    assert "per-user holdout of 20% of ratings >= 7" in called.out
    materialize(warehouse, (*EVALUATED, "evaluation_rerank"), models=(*QUICK, "rerank"))
    with warehouse.writer("test") as connection:
        rows = fetch(connection, "reports/ablation").to_pylist()
    assert {row["left_out"] for row in rows} == set(KINDS)
    assert {(row["segment"], row["metric"]) for row in rows} >= {("", "ndcg"), ("", "ndcg_minus_complete")}
