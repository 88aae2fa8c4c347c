"""The rows of the metric table: every model and segment, paired, and nothing that leaks."""

import numpy as np
import pytest

from recommenders.beyond_accuracy import subjects
from recommenders.ease import Ease
from recommenders.errors import InvalidInputError, LeakageError
from recommenders.evaluate import evaluate
from recommenders.intervals import compare
from recommenders.item_knn import ItemKnn
from recommenders.measuring import Known, MetricRow, best_single, measure, measure_all
from recommenders.metrics import user_metrics
from recommenders.popularity import Popularity
from recommenders.ranking import Recommendations
from recommenders.segments import segments
from recommenders.splitting import Split, holdout

from .worlds import matrix, tastes

WORLD, FEATURES = tastes()
SPLIT = holdout(WORLD)
FRANCHISE = np.arange(WORLD.n_items) // 6
KNOWN = Known(franchise=FRANCHISE, about=subjects(FEATURES))


@pytest.fixture(scope="module")
def lists() -> dict[str, Recommendations]:
    """The lists of three models on one split."""
    return {model.name: evaluate(model, SPLIT, samples=10).lists for model in (Ease(), ItemKnn(), Popularity())}


def by_name(rows: tuple[MetricRow, ...], protocol: str) -> dict[tuple[str, int], MetricRow]:
    """The rows of one protocol."""
    return {(row.metric, row.k): row for row in rows if row.protocol == protocol}


def test_every_model_has_every_figure_in_every_segment(lists: dict[str, Recommendations]) -> None:
    """Six accuracy metrics, two of what lists are about, three of all lists, at five depths; and the paired ones.

    Of the long tail the accuracy alone: its lists are those of everybody.
    """
    found = measure_all(lists, SPLIT, KNOWN, single=lists, samples=30)
    protocols = [segment.protocol for segment in segments(SPLIT, FRANCHISE)]
    assert len(protocols) == 4
    assert [protocol.removeprefix(SPLIT.protocol)[:11] for protocol in protocols[:2]] == ["", ", discovery"]
    for protocol in protocols:
        about_lists = 0 if "long tail" in protocol else 2 + 3
        assert len(by_name(found["popularity"], protocol)) == 5 * (6 + about_lists) + 4
    keys = [(row.protocol, row.metric, row.k) for row in found["ease"]]
    assert len(keys) == len(set(keys))


def test_a_model_measured_with_others_has_the_figures_it_has_alone(lists: dict[str, Recommendations]) -> None:
    """Value, interval and users: the resamples do not depend on who else is measured."""
    together = by_name(measure_all(lists, SPLIT, Known(), single=(), samples=40)["item_knn"], SPLIT.protocol)
    _, alone = measure(lists["item_knn"], SPLIT, samples=40)
    for row in alone:
        other = together[row.metric, row.k]
        assert (other.value, other.users) == (row.value, row.users)
        if row.ci_low is not None:
            assert [other.ci_low, other.ci_high] == pytest.approx([row.ci_low, row.ci_high])


def test_differences_are_paired_over_users(lists: dict[str, Recommendations]) -> None:
    """Those of `compare`, to popularity and to the best single model; the best is not compared with itself."""
    found = measure_all(lists, SPLIT, Known(), single=lists)
    users = {name: user_metrics(one.items, SPLIT.held_out[SPLIT.evaluated]) for name, one in lists.items()}
    best = max(lists, key=lambda name: users[name].mean("ndcg", 10))
    assert best == best_single({name: one.items for name, one in lists.items()}, SPLIT, lists)
    for other, word in (("popularity", "popularity"), (best, "best_single")):
        for name in set(lists) - {other}:
            row = by_name(found[name], SPLIT.protocol)[f"ndcg_minus_{word}", 10]
            expected = compare(users[name], users[other])
            assert row.value == pytest.approx(expected.difference)
            assert [row.ci_low, row.ci_high] == pytest.approx([expected.ci_low, expected.ci_high])
    assert not [row for row in found[best] if row.metric.endswith("_minus_best_single")]


def test_only_named_models_can_be_the_best_single_one(lists: dict[str, Recommendations]) -> None:
    """A model that combines others is compared with the best of the others."""
    rows = measure_all(lists, SPLIT, Known(), single=["popularity"], samples=10)
    ndcg = by_name(rows["ease"], SPLIT.protocol)
    assert ndcg["ndcg_minus_best_single", 10].value == ndcg["ndcg_minus_popularity", 10].value


def test_a_planted_leak_is_refused(lists: dict[str, Recommendations]) -> None:
    """A split whose training part holds what it hides cannot be made, nor one that tells it when recommending."""
    everything = WORLD
    with pytest.raises(LeakageError, match="training part"):
        Split(everything, SPLIT.held_out, "leaky")
    with pytest.raises(LeakageError, match="given part"):
        Split(SPLIT.train, SPLIT.held_out, "leaky", given=everything)
    items = lists["ease"].items.copy()
    items[0, 0] = SPLIT.rows.seen[[SPLIT.evaluated[0]]].indices[0]
    with pytest.raises(LeakageError, match="known to the model"):
        measure(Recommendations(lists["ease"].user_keys, items, lists["ease"].scores), SPLIT, samples=5)


def test_a_score_alone_can_leak_too() -> None:
    """An entry that is rated but on no list is found as well."""
    known = matrix([[8, 9, 0]])
    hidden = matrix([[0, 0, 9]]).ratings
    assert Split(known, hidden, "sound").evaluated.tolist() == [0]
    with pytest.raises(LeakageError, match="1 hidden entries"):
        Split(known, matrix([[0, 9, 0]]).ratings, "leaky")


def test_every_evaluated_user_has_a_list(lists: dict[str, Recommendations]) -> None:
    """Fewer lists than users would leave users out of the mean."""
    one = lists["ease"]
    with pytest.raises(InvalidInputError, match="59 lists for 60"):
        measure(Recommendations(one.user_keys[1:], one.items[1:], one.scores[1:]), SPLIT)


def test_nobody_to_evaluate_gives_no_rows() -> None:
    """No hidden entry, no figure, no error; and no model, no rows."""
    nothing = holdout(matrix([[3, 4]]))
    none = Recommendations(np.zeros(0, dtype=np.int64), np.zeros((0, 100), np.int32), np.zeros((0, 100), np.float32))
    assert measure_all({"ease": none}, nothing, Known(), single=["ease"]) == {"ease": ()}
    assert measure_all({}, SPLIT, Known(), single=()) == {}


def test_users_without_a_figure_do_not_count_in_it(lists: dict[str, Recommendations]) -> None:
    """With genres known of a single item nobody's list can be compared, so there is no row of diversity."""
    blank = FEATURES.__class__(
        FEATURES.item_keys,
        FEATURES.titles,
        FEATURES.synopses,
        [["drama"], *([[]] * (WORLD.n_items - 1))],
        [[]] * WORLD.n_items,
        FEATURES.studios,
    )
    rows = measure_all(lists, SPLIT, Known(about=subjects(blank)), single=(), samples=10)["ease"]
    found = by_name(rows, SPLIT.protocol)
    assert ("intra_list_diversity", 10) not in found
    listed = (lists["ease"].items[:, :10] == 0).any(axis=1) & (SPLIT.rows.seen[SPLIT.evaluated].toarray()[:, 0] > 0)
    assert found.get(("calibration_kl", 10)) is None or found["calibration_kl", 10].users == listed.sum()
