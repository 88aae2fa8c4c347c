"""The second stage: what it looks at is what the list says, and it learns an order that the first stage cannot."""

from dataclasses import replace

import numpy as np
import pytest

from recommenders.candidates import KINDS, CandidateFeatures
from recommenders.contributions import scores_of
from recommenders.ease import Ease
from recommenders.errors import NotEnoughDataError
from recommenders.evaluate import evaluate
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.item_knn import ItemKnn
from recommenders.itemfacts import ItemFacts
from recommenders.rerank import Rerank, RerankConfig
from recommenders.slim import Slim
from recommenders.splitting import holdout

from .worlds import described, matrix, tastes


def series_of_three() -> tuple[Interactions, ItemFeatures]:
    """Items 0, 1, 2 are parts of one story in the order 0, 1, 2; item 3 stands alone; one user has 0 and 2."""
    rows = matrix([[9, 0, 5, 0], [8, 8, 8, 8]])
    features = replace(
        described(rows),
        started=np.array([100.0, 200.0, 300.0, np.nan]),
        franchise=np.array([7, 7, 7, -1]),
        formats=["TV", "TV", "MOVIE", "TV"],
    )
    return rows, features


def values(rows: Interactions, features: ItemFeatures, candidates: list[list[int]]) -> dict[str, np.ndarray]:
    """The features of these candidates by name, (users * k,)."""
    models = {"item_knn": ItemKnn().fit(rows)}
    made = CandidateFeatures(models, ItemFacts.learn(rows, features))
    given = np.array(candidates, dtype=np.int32)
    table, names = made.of(rows, given, np.ones(given.shape, dtype=np.float32))
    return dict(zip(names, table.T, strict=True))


def test_a_candidate_knows_what_of_its_franchise_was_seen_and_how_it_was_liked() -> None:
    """Part 1 between the seen parts 0 (rated 9) and 2 (rated 5) of a user whose mean is 7."""
    found = values(*series_of_three(), [[1, 3], [-1, -1]])
    first = {name: value[0] for name, value in found.items() if name.startswith("franchise_")}
    assert first["franchise_seen"] == 2
    assert first["franchise_size"] == 3
    assert (first["franchise_earlier_seen"], first["franchise_later_seen"]) == (1, 1)
    assert (first["franchise_earlier_share"], first["franchise_later_share"]) == (1, 1)
    assert (first["franchise_days_after"], first["franchise_days_before"]) == (100, 100)
    assert (first["franchise_best"], first["franchise_worst"]) == (2, -2)
    assert first["franchise_nearest_liking"] == 2
    assert first["franchise_same_format_seen"] == 1
    assert found["franchise_seen"][1] == found["franchise_size"][1] == 0
    assert np.isnan(found["franchise_liking"][1])


def test_a_list_without_any_date_lies_no_years_away() -> None:
    """How far candidates lie from its middle and its newest is unknown then, and not their whole calendar year."""
    _, features = series_of_three()
    undated = matrix([[0, 0, 0, 9], [9, 0, 0, 9]])
    found = values(undated, features, [[1], [1]])
    for name in ("years_from_mean", "years_from_newest"):
        assert np.isnan(found[name][0])
        assert found[name][1] == pytest.approx(100 / 365.25, rel=1e-4)


def test_evidence_is_what_the_model_scores_and_by_how_many_titles() -> None:
    """The sum over the carriers is the model's own score."""
    world, features = tastes()
    model = Slim().fit(world)
    candidates = np.tile(np.arange(20, dtype=np.int32), (world.n_users, 1))
    made = CandidateFeatures({"slim": model}, ItemFacts.learn(world, features))
    table, names = made.of(world, candidates, model.scores(world)[:, :20])
    found = dict(zip(names, table.T, strict=True))
    np.testing.assert_allclose(found["slim_score"].reshape(-1, 20), model.scores(world)[:, :20], rtol=1e-4, atol=1e-6)
    assert (found["slim_strongest"] + found["slim_second"] <= found["slim_score"] + 1e-5).all()
    assert ((found["slim_carriers"] == 0) == (found["slim_score"] == 0)).all()


def stories() -> tuple[Interactions, ItemFeatures]:
    """Part 1 rated 6 ends a story, rated 9 it goes on: to the first stage the two ratings are nearly alike."""
    rng = np.random.default_rng(5)
    users, told = 400, 40
    begun = rng.random((users, told)) < 0.4
    loved = begun & (rng.random((users, told)) < 0.5)
    parts = np.where(begun[:, :, None], np.array([6, 0, 0]), 0)
    went_on = rng.random((users, told, 2)) < 0.8
    parts[loved, 0] = 9
    parts[:, :, 1:] = np.where(loved[:, :, None] & went_on, 9, 0)
    user, item = np.nonzero(parts.reshape(users, -1))
    world = Interactions.from_arrays(user, item, parts.reshape(users, -1)[user, item], item_keys=range(3 * told))
    return world, replace(described(world), franchise=np.arange(3 * told) // 3, started=np.arange(3 * told) % 3 * 400.0)


def test_the_second_stage_learns_that_who_disliked_the_beginning_does_not_go_on() -> None:
    """It finds more than the first stage, which knows the pairs and not the order."""
    world, features = stories()
    split = holdout(world, seed=9)
    second = evaluate(Rerank(RerankConfig(trees=60, min_leaf=20)), split, features)
    first = evaluate(Slim(), split, features)
    assert second.users.mean("ndcg", 10) > first.users.mean("ndcg", 10) + 0.05


def test_without_anything_to_hide_there_is_no_order_to_learn() -> None:
    """Users with one liked title each leave nothing to predict it from."""
    with pytest.raises(NotEnoughDataError, match=r"^rerank"):
        Rerank().fit(matrix([[9, 0, 0], [0, 9, 0], [0, 0, 8]]))


def test_places_without_a_candidate_are_looked_at_by_nobody() -> None:
    """A short list is described as if the room behind it were not there, whatever stands first in the catalogue."""
    world, features = tastes()
    facts = ItemFacts.learn(world, features)
    scores = np.arange(world.n_items, 0, -1, dtype=np.float32)[None].repeat(world.n_users, axis=0)
    short = np.tile(np.array([[5, 6]], dtype=np.int32), (world.n_users, 1))
    long = np.tile(np.array([[5, 6, -1]], dtype=np.int32), (world.n_users, 1))
    made = CandidateFeatures({"slim": Slim().fit(world)}, facts)
    alone, behind = (made.of(world, given, scores_of(given, scores))[0] for given in (short, long))
    np.testing.assert_array_equal(behind.reshape(world.n_users, 3, -1)[:, :2], alone.reshape(world.n_users, 2, -1))


def test_every_feature_belongs_to_at_most_one_kind_of_information() -> None:
    """What belongs to none is the first stage's and the list's own; without a kind just its features are gone."""
    world, features = tastes()
    models = {"slim": Slim().fit(world), "ease": Ease().fit(world), "item_knn": ItemKnn().fit(world)}
    facts, candidates = ItemFacts.learn(world, features), np.zeros((world.n_users, 1), dtype=np.int32)
    scores = np.ones(candidates.shape, dtype=np.float32)
    _, names = CandidateFeatures(models, facts).of(world, candidates, scores)
    kinds = {name: [kind for kind, begins in KINDS.items() if name.startswith(begins)] for name in names}
    assert max(map(len, kinds.values())) == 1
    rest = {name for name, found in kinds.items() if not found}
    assert {name for name in rest if not name.startswith(("first_", "slim_"))} == {"list_length", "list_mean_rating"}
    for kind in KINDS:
        table, left = CandidateFeatures(models, facts, kind).of(world, candidates, scores)
        assert left == [name for name in names if kind not in kinds[name]]
        assert table.shape == (world.n_users, len(left))
