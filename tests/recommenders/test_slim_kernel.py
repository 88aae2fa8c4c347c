"""The regression on what SLIM leaves: the one of the books, without one's own row; it finds what no sum does."""

import numpy as np
import pytest

from recommenders.errors import NotEnoughDataError
from recommenders.evaluate import evaluate
from recommenders.interactions import Interactions, scale_rows
from recommenders.ranking import recommend
from recommenders.slim import Slim
from recommenders.slim_kernel import SlimKernel, SlimKernelConfig, tangent_kernel
from recommenders.splitting import holdout

from .worlds import matrix, tastes

CONFIG = SlimKernelConfig(rarity_power=0.0)


def fitted(rows: Interactions, slim: Slim) -> SlimKernel:
    """The model over this SLIM, taught with these users."""
    return SlimKernel(CONFIG).using({"slim": slim}).fit(rows)


def test_the_kernel_is_one_for_equal_lists_and_falls_as_they_differ() -> None:
    """At cosines 1 and 0 the formula can be worked out by hand: 1 and 1 / (2 pi). Lists have no negative cosines."""
    np.testing.assert_allclose(tangent_kernel(np.array([1.0, 0.0])), [1, 1 / (2 * np.pi)], atol=1e-12)
    assert (np.diff(tangent_kernel(np.linspace(0, 1, 101))) > 0).all()


def test_what_is_said_of_a_stranger_is_the_kernel_regression_of_what_slim_leaves() -> None:
    """Scores of users it was not taught with equal k (K + ridge)^-1 (X - XW), written out densely."""
    world = tastes()[0]
    known, asked = world.take(np.arange(40)), world.take(np.arange(40, world.n_users))
    slim = Slim().fit(known)
    scores = fitted(known, slim).scores(asked)

    def dense(rows: Interactions) -> tuple[np.ndarray, np.ndarray]:
        evidence = slim._weights(rows)
        scaled = scale_rows(evidence, slim.config.user_power).toarray().astype(np.float64)
        lists = evidence.toarray().astype(np.float64)
        return scaled, lists / np.linalg.norm(lists, axis=1, keepdims=True)

    (has, lists), (told, others) = dense(known), dense(asked)
    carry = slim.carry.toarray().astype(np.float64)
    inverse = np.linalg.inv(tangent_kernel(lists @ lists.T) + CONFIG.ridge * np.eye(len(lists)))
    said = tangent_kernel(others @ lists.T) @ inverse @ (has - has @ carry)
    np.testing.assert_allclose(scores, told @ carry + CONFIG.weight * said, rtol=1e-3, atol=1e-5)


def test_a_training_user_is_scored_as_if_the_regression_had_never_met_them() -> None:
    """With the same SLIM, leaving somebody out of the regression changes nothing for them; otherwise it would."""
    world = tastes()[0]
    slim = Slim().fit(world)
    everybody = fitted(world, slim)
    for user in (0, 17):
        own, others = np.array([user]), np.delete(np.arange(world.n_users), user)
        without = fitted(world.take(others), slim).scores(world.take(own))
        np.testing.assert_allclose(everybody.scores(world.take(own)), without, rtol=1e-3, atol=1e-5)
        everybody._own[user] = 0
        assert np.abs(everybody.scores(world.take(own)) - without).max() > 1e-3


def only_both() -> Interactions:
    """Item 2 belongs to whoever has both 0 and 1; who has only one of them, has 3. 4 to 9 are noise."""
    rng = np.random.default_rng(3)
    users = 300
    has = (rng.random((users, 10)) < 0.3).astype(float)
    has[:, 0] = rng.random(users) < 0.6
    has[:, 1] = rng.random(users) < 0.6
    both = (has[:, 0] > 0) & (has[:, 1] > 0)
    has[:, 2], has[:, 3] = both, ~both & ((has[:, 0] > 0) | (has[:, 1] > 0))
    return matrix((has * 8).tolist())


def test_it_finds_what_two_titles_mean_together() -> None:
    """Who has 0 and 1 is told of 2 first, who has 0 alone of 3: SLIM, which adds up, cannot say both."""
    asked = matrix([[8, 8, 0, 0, 0, 0, 0, 0, 0, 0], [8, 0, 0, 0, 0, 0, 0, 0, 0, 0]])
    model = SlimKernel(SlimKernelConfig(weight=10.0)).fit(only_both())
    assert [row.argmax() for row in model.scores(asked)[:, 2:4]] == [0, 1]
    assert [row.argmax() for row in model.slim.scores(asked)[:, 2:4]] != [0, 1]


def test_its_parts_make_its_score() -> None:
    """What the user's titles carried is SLIM's part; with `together` it is the score."""
    world = tastes()[0]
    model = SlimKernel().fit(world)
    targets = recommend(model, world, 5).items
    parts = model.contributions(world, targets)
    scores = np.take_along_axis(model.scores(world), np.maximum(targets, 0), axis=1)
    np.testing.assert_allclose((parts.total + parts.together)[targets >= 0], scores[targets >= 0], rtol=1e-4, atol=1e-6)
    assert (parts.amounts >= 0).all()
    assert np.abs(parts.together[targets >= 0]).max() > 0


def test_it_is_taught_with_no_more_users_than_allowed_and_others_are_answered_as_well() -> None:
    """With room for ten users it holds ten lists; everybody has finite scores."""
    world = tastes()[0]
    model = SlimKernel(SlimKernelConfig(max_users=10)).fit(world)
    assert model._state()["lists"].shape[0] == 10
    assert np.isfinite(model.scores(world)).all()


def test_it_finds_more_of_what_was_hidden_than_slim_alone() -> None:
    """Where titles mean something together."""
    split = holdout(only_both(), seed=3)
    whole, part = (evaluate(model, split).users.mean("ndcg", 10) for model in (SlimKernel(), Slim()))
    assert whole > part


def test_what_slim_cannot_learn_from_it_cannot_either() -> None:
    """Nobody liked anything: the message names both."""
    with pytest.raises(NotEnoughDataError, match=r"^slim_kernel.*slim"):
        SlimKernel().fit(matrix([[0, 0], [0, 0]]))
