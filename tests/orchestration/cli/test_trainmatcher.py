"""`osusume models train-matcher`: learning from cross ids, comparing, adopting, taking back."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from matching.adopted import weights_in_force
from matching.dimming import Dimming
from matching.lesson import Recipe
from matching.measure import Figures
from matching.train import Training
from matching.weights import Weights, load_weights, weights_from_json
from orchestration.cli.console import Console
from orchestration.cli.parser import build_parser
from orchestration.cli.trainmatcher import conclude, is_clearly_worse, run_train_matcher
from orchestration.fingerprint import base_fingerprint
from orchestration.settings import load_settings
from tests.serving.training_world import stage_training_world
from warehouse.home import Home
from warehouse.landing import append_events, read_events

Call = Callable[..., object]
#: Enough for a few hundred records; the shipped recipe takes thirty times as long.
QUICK = Recipe(folds=2, first_rounds=12, second_rounds=8, replicas=1, dimmings=(Dimming(0.5, 0.3),))


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A HOME with 170 works staged, of which two sources tell the same often enough."""
    return stage_training_world(tmp_path_factory.mktemp("train") / "home", 170)


def land(home: Home, weights: str, rule_version: str = "x") -> None:
    """A training that was landed before."""
    figures = json.dumps({"new": {"f1": 0.9876}})
    event = {"trained_at": "2026-03-01T10:00:00+00:00", "rule_version": rule_version, "weights": weights}
    append_events(home, "matcher", [event | {"labelled_pairs": 1234, "figures": figures}])


def test_training_compares_and_adopts_what_it_has_learned(staged: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """The weights land with their figures, and the next run will use them; nothing is known of Kitsu's records."""
    settings = load_settings(home=staged.root)
    mark = base_fingerprint(settings)
    args = build_parser().parse_args(["models", "train-matcher", "--force", "--home", str(staged.root)])
    assert run_train_matcher(args, settings, Console(), recipe=QUICK) == 0
    called = capsys.readouterr()
    (event,) = read_events(staged, "matcher")
    adopted = weights_in_force([event])
    assert adopted.rule_version == event["rule_version"] != load_weights().rule_version
    in_force, new = (line.split() for line in called.out.splitlines()[2:4])
    assert in_force[:3] == ["in", "force", load_weights().rule_version]
    assert new[:5] == ["new,", "out", "of", "fold", adopted.rule_version]
    figures = json.loads(str(event["figures"]))
    assert new[7] == f"{figures['new']['f1']:.4f}"
    assert figures["new"]["f1"] > 0.9
    assert figures["new"]["right"] + figures["new"]["missed"] == event["labelled_pairs"]
    assert f"labelled by ids that sources name: {event['labelled_pairs']} pairs" in called.out
    unjudged = "since no id is named between them: anilist-kitsu, kitsu-myanimelist"
    assert f"neither learned nor judged, {unjudged}" in called.out
    assert f"Adopted: {adopted.rule_version}. The next `osusume run` matches by it" in called.out
    assert base_fingerprint(load_settings(home=staged.root)) != mark


def learned(right: int, wrong: int) -> tuple[Training, Weights, Figures]:
    """A training of other weights that found so many pairs, the weights in force, and what those found."""
    shipped = load_weights()
    other = weights_from_json(shipped.as_json() | {"accept": shipped.accept + 1})
    pairs = {("anilist", "myanimelist"): 1000}
    training = Training(other, Figures(right, wrong, 1000 - right, 0, 0), (), 1000, pairs)
    return training, shipped, Figures(right=998, wrong=2, missed=2, unknown=0, over_merged=0)


@pytest.mark.parametrize(
    ("right", "options", "status", "lands"),
    [
        (998, {}, 0, True),
        (998, {"dry_run": True}, 0, False),
        (950, {}, 1, False),
        (950, {"dry_run": True}, 1, False),
        (950, {"force": True}, 0, True),
    ],
)
def test_what_is_clearly_worse_lands_only_by_force(
    tmp_path: Path, right: int, options: dict[str, bool], status: int, lands: bool
) -> None:
    """And nothing lands in a dry run."""
    home = Home(tmp_path)
    training, current, before = learned(right, 2)
    assert conclude(home, training, current, before, **options) == status
    landed = [event["rule_version"] for event in read_events(home, "matcher")]
    assert landed == ([training.weights.rule_version] if lands else [])


@pytest.mark.parametrize(
    ("unjudged", "force", "status"),
    [
        ((("anilist", "kitsu"),), False, 1),
        ((("anilist", "kitsu"),), True, 0),
        ((("anilist", "other"), ("myanimelist", "other")), False, 0),
    ],
)
def test_what_the_shipped_weights_were_taught_is_not_given_up_unjudged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], unjudged: tuple[tuple[str, str], ...], force: bool, status: int
) -> None:
    """Unless somebody insists; of a source that nobody taught them they know no more."""
    training, current, before = learned(998, 2)
    training = replace(training, unjudged=unjudged)
    assert conclude(Home(tmp_path), training, current, before, force=force) == status
    assert len(read_events(Home(tmp_path), "matcher")) == 1 - status
    assert ("nothing was learned of anilist-kitsu, which" in capsys.readouterr().out) == bool(status)


def test_weights_that_are_in_force_are_not_landed_again(tmp_path: Path) -> None:
    """The same records and seed teach the same."""
    training, _, before = learned(998, 2)
    assert conclude(Home(tmp_path), training, training.weights, before) == 0
    assert read_events(Home(tmp_path), "matcher") == []


def test_reset_takes_up_the_shipped_weights_and_keeps_the_log(osusume: Call, tmp_path: Path) -> None:
    """Once; then there is nothing to reset."""
    home = Home(tmp_path)
    shipped = load_weights()
    mark = base_fingerprint(load_settings(home=home.root))
    land(home, json.dumps(shipped.as_json() | {"accept": 3.0}))
    assert osusume("models", "train-matcher", "--reset", "--dry-run", "--home", tmp_path).status == 0
    assert len(read_events(home, "matcher")) == 1
    called = osusume("models", "train-matcher", "--reset", "--home", tmp_path)
    assert (called.status, called.err) == (0, "")
    assert called.out.startswith(f"Back to the weights that come with the project: {shipped.rule_version}.")
    assert weights_in_force(read_events(home, "matcher")).rule_version == shipped.rule_version
    assert base_fingerprint(load_settings(home=home.root)) == mark
    again = osusume("models", "train-matcher", "--reset", "--home", tmp_path)
    assert again.out.startswith("Nothing to reset")
    assert len(read_events(home, "matcher")) == 2


def test_without_records_there_is_nothing_to_learn_from(osusume: Call, tmp_path: Path) -> None:
    """Wrong usage, said with the remedy, and no warehouse is made."""
    called = osusume("models", "train-matcher", "--home", tmp_path / "empty")
    assert (called.status, called.out) == (2, "")
    assert "holds no catalogue records to train on; `osusume run --home" in called.err
    assert not (tmp_path / "empty").exists()


def test_too_few_cross_ids_are_wrong_usage(osusume: Call, tmp_path: Path) -> None:
    """A hundred labelled pairs are the least."""
    home = stage_training_world(tmp_path / "home", 20)
    called = osusume("models", "train-matcher", "--home", home.root)
    assert (called.status, called.out) == (2, "")
    assert "100 are needed" in called.err
    assert "It learns from records that name the id of their counterpart" in called.err
    assert read_events(home, "matcher") == []


@pytest.mark.parametrize(
    ("new", "is_worse"),
    [
        (Figures(right=996, wrong=2, missed=4, unknown=0, over_merged=0), False),
        (Figures(right=990, wrong=2, missed=10, unknown=0, over_merged=0), False),
        (Figures(right=980, wrong=2, missed=20, unknown=0, over_merged=0), True),
        (Figures(right=1000, wrong=9, missed=0, unknown=0, over_merged=0), True),
    ],
)
def test_clearly_worse_is_half_a_percent_of_f1_or_precision(new: Figures, is_worse: bool) -> None:
    """Against 998 right, 2 wrong and 2 missed: F1 and precision 0.998."""
    assert is_clearly_worse(new, Figures(right=998, wrong=2, missed=2, unknown=0, over_merged=0)) is is_worse


def test_the_list_of_models_tells_which_matcher_is_in_force(osusume: Call, small_home: Path) -> None:
    """The shipped one, or the one that was trained last with its F1."""
    shipped = osusume("models", "list", "--home", small_home).out.splitlines()
    assert shipped[-1] == "records are matched by the weights that come with the project"
    land(Home(small_home), "{}", "abc")
    trained = osusume("models", "list", "--home", small_home).out.splitlines()
    assert trained[-1] == (
        "records are matched by weights abc, trained 2026-03-01 on 1,234 labelled pairs, F1 out of fold 0.9876"
    )
    land(Home(small_home), "", "shipped")
    assert osusume("models", "list", "--home", small_home).out.splitlines() == shipped
