"""Evaluations: what is measured, what is skipped, which is best."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from typing_extensions import override

from recommenders.als import Als
from recommenders.content_tfidf import ContentTfidf
from recommenders.ease import Ease
from recommenders.errors import LeakageError, NotEnoughDataError
from recommenders.evaluate import best, evaluate, evaluate_all, measure
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.item_knn import ItemKnn
from recommenders.measuring import Known, measure_all
from recommenders.metrics import CUTOFFS
from recommenders.popularity import Popularity
from recommenders.splitting import holdout

from .worlds import installed_models, tastes


def test_a_model_that_knows_tastes_beats_popularity() -> None:
    """On users of three tastes every personal model ranks what was hidden above what popularity does."""
    world, features = tastes(120, 90)
    models = installed_models()
    done, skipped = evaluate_all([model() for model in models.values()], holdout(world), features)
    assert not skipped
    reached = {one.name: one.users.mean("ndcg", 10) for one in done}
    personal = [value for name, value in reached.items() if models[name].family != "popularity"]
    assert min(personal) > reached["popularity"]
    assert best(done).users.mean("ndcg", 10) == max(reached.values())


def test_every_metric_has_a_row_with_its_protocol() -> None:
    """Six accuracy metrics with intervals and three list metrics without, at five cutoffs."""
    world, _ = tastes()
    split = holdout(world)
    result = evaluate(ItemKnn(), split, samples=50)
    rows = {(row.metric, row.k): row for row in result.metrics}
    assert len(result.metrics) == len(rows) == 9 * len(CUTOFFS)
    assert {row.protocol for row in result.metrics} == {split.protocol}
    assert {row.users for row in result.metrics} == {len(split.evaluated)}
    ndcg = rows["ndcg", 10]
    assert ndcg.value == result.users.mean("ndcg", 10)
    assert ndcg.ci_low < ndcg.value < ndcg.ci_high
    assert rows["gini", 10].ci_low is None


def test_where_franchises_are_known_discovery_is_measured_too() -> None:
    """As `measure_all` has it, by the split's words and the segment's name; there is none where none is known."""
    world, features = tastes()
    split = holdout(world)
    known = replace(features, franchise=np.arange(world.n_items) // 3)
    result = evaluate(ItemKnn(), split, known, samples=20)
    everybody, discovery = (tuple(row for row in result.metrics if row.segment == name) for name in ("", "discovery"))
    assert {row.protocol for row in discovery} == {f"{split.protocol}, discovery"}
    assert {(row.metric, row.k) for row in discovery} == {(row.metric, row.k) for row in everybody}
    found = measure_all({"item_knn": result.lists}, split, Known(franchise=known.franchise), single=(), samples=20)
    assert set(discovery) <= set(found["item_knn"])
    assert {row.segment for row in evaluate(ItemKnn(), split, features, samples=20).metrics} == {""}


def test_lists_are_of_the_evaluated_users_and_hold_nothing_they_have() -> None:
    """One list for each user with something hidden, without what the training part shows."""
    world, _ = tastes()
    split = holdout(world)
    lists = evaluate(ItemKnn(), split, samples=10).lists
    assert lists.user_keys.tolist() == world.user_keys[split.evaluated].tolist()
    for row, items in zip(split.evaluated, lists.items, strict=True):
        assert not set(items[items >= 0]) & set(split.train.seen[[row]].indices)


def test_lists_can_be_measured_apart_from_their_making() -> None:
    """Lists that were written down and read again give the rows of the evaluation that made them."""
    split = holdout(tastes()[0])
    allowed = np.arange(split.train.n_items) % 5 != 0
    result = evaluate(ItemKnn(), split, allowed=allowed, samples=20)
    users, rows = measure(result.lists, split, allowed, samples=20)
    assert rows == result.metrics
    assert users.values.tobytes() == result.users.values.tobytes()


def test_what_is_not_allowed_is_not_recommended_and_still_counts_as_missed() -> None:
    """With nothing allowed nothing is found, and the users stay in the mean."""
    world, _ = tastes()
    result = evaluate(Popularity(), holdout(world), allowed=np.zeros(world.n_items, dtype=bool), samples=10)
    assert result.users.mean("recall", 100) == 0
    assert len(result.users.values) > 0


def test_seconds_come_from_the_clock_that_is_given() -> None:
    """Fitting ends at the second reading, ranking at the third."""
    ticks = itertools.count(0, 5)
    result = evaluate(Popularity(), holdout(tastes()[0]), samples=10, clock=lambda: float(next(ticks)))
    assert (result.fit_seconds, result.rank_seconds) == (5, 5)


def test_models_that_cannot_learn_are_skipped_with_their_reason() -> None:
    """Without ratings and descriptions only popularity remains; the others say why."""
    nothing = Interactions.from_arrays([], [], [], user_keys=[1, 2], item_keys=[1, 2, 3])
    models = [Als(), ContentTfidf(), Ease(), Popularity()]
    done, skipped = evaluate_all(models, holdout(nothing))
    assert [one.name for one in done] == ["popularity"]
    assert done[0].metrics == ()
    assert set(skipped) == {"als", "content_tfidf", "ease"}
    assert "nobody has seen anything" in skipped["ease"]
    assert best(done).name == "popularity"


class Leaking(Popularity):
    """Finds that it was handed what it is to find."""

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        raise LeakageError("3 hidden entries stand in the training part")


def test_a_leak_is_no_reason_to_skip_a_model() -> None:
    """It ends everything: figures beside it would be worthless too."""
    world, _ = tastes()
    with pytest.raises(LeakageError, match="3 hidden entries"):
        evaluate_all([Popularity(), Leaking()], holdout(world))


def test_a_tie_goes_to_popularity() -> None:
    """Where nobody could be evaluated all models are equal, and the plainest is chosen."""
    world = Interactions.from_arrays([1, 1, 2, 2], [1, 2, 2, 3], [3, 9, 8, 2])
    done, _ = evaluate_all([Ease(), ItemKnn(), Popularity()], holdout(world))
    assert [one.users.mean("ndcg", 10) for one in done] == [0, 0, 0]
    assert best(done).name == "popularity"


def test_no_evaluation_has_no_best() -> None:
    """Nothing to choose from is an error that says so."""
    with pytest.raises(NotEnoughDataError, match="no model"):
        best([])
