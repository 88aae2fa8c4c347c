"""EASE: the closed form of the paper, both ways of inverting, and the bound on memory."""

import numpy as np
import pytest

from recommenders.ease import Ease, EaseConfig, inverse_gram
from recommenders.interactions import scale_rows

from .worlds import matrix, tastes

PLAIN_EASE = EaseConfig(
    rating_power=0.0,
    reg=2.0,
    dropout=0.0,
    user_power=0.0,
    popularity_penalty=0.0,
    sharpness=1.0,
    neighbours=1000,
)


def closed_form(dense: np.ndarray, reg: float) -> np.ndarray:
    """EASE as the paper writes it: B = -P / diag(P) with a zero diagonal."""
    inverse = np.linalg.inv(dense.T @ dense + reg * np.eye(dense.shape[1]))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


@pytest.mark.parametrize("users", [20, 200], ids=["inverted over users", "inverted over items"])
def test_plain_ease_is_the_positive_part_of_the_closed_form(users: int) -> None:
    """Without the extras the scores are those of the paper's B, negative weights left out."""
    world, _ = tastes(users, 45)
    dense = world.seen.toarray()
    expected = dense @ np.maximum(closed_form(dense, 2.0), 0)
    scores = Ease(PLAIN_EASE).fit(world).scores(world)
    here = world.seen.sum(axis=1) > 0
    np.testing.assert_allclose(scores[here], expected[here], atol=2e-4)


def test_both_ways_of_inverting_agree() -> None:
    """The inverse over users and the one over items are one matrix, with a penalty for each item."""
    world, _ = tastes(44, 45)
    penalty = np.linspace(1, 3, 45)
    dense = scale_rows(world.seen, 0.3).toarray().astype(float)
    expected = np.linalg.inv(dense.T @ dense + np.diag(penalty))
    for rows in (world.seen, world.take(np.r_[0:44, 0:44]).seen):
        part = scale_rows(rows, 0.3)
        gram = part.toarray().astype(float).T @ part.toarray().astype(float)
        np.testing.assert_allclose(inverse_gram(part, penalty), np.linalg.inv(gram + np.diag(penalty)), atol=1e-5)
    np.testing.assert_allclose(inverse_gram(scale_rows(world.seen, 0.3), penalty), expected, atol=1e-5)


def test_ease_leaves_out_the_least_seen_items_where_memory_ends() -> None:
    """With max_items=2 the two most seen items carry each other, and the third has score 0."""
    world = matrix([[8, 8, 8], [8, 8, 0], [8, 8, 0], [8, 0, 0]])
    scores = Ease(EaseConfig(max_items=2)).fit(world).scores(world)
    assert scores[3, 1] > 0
    assert (scores[:, 2] == 0).all()
