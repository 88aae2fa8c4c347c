"""ALS: fold-in is the least-squares solution."""

import numpy as np
import pytest
import scipy.sparse as sp

from recommenders.als import Als, AlsConfig
from recommenders.interactions import Interactions

from .worlds import matrix, tastes


def test_als_scores_are_the_least_squares_solution() -> None:
    """A row's scores are y' (Y'CY + reg I)^-1 Y'C1, with the confidence of each seen item."""
    world, _ = tastes()
    model = Als(AlsConfig(embedding_size=4, iterations=5)).fit(world)
    factors = model.factors.astype(float)
    confidence = world.evidence(0.5, 7.0).toarray()[5] * 3.0
    cost = np.where(confidence > 0, confidence, 1.0)
    system = (factors.T * cost) @ factors + model.penalty * np.eye(4)
    expected = factors @ np.linalg.solve(system, factors.T @ confidence)
    np.testing.assert_allclose(model.scores(world.take([5]))[0], expected, rtol=1e-3, atol=1e-4)


def test_als_penalty_is_in_units_of_the_size_of_the_matrix() -> None:
    """Reg * sqrt(entries per user * entries per item): here 6 entries of 2 users and 3 items."""
    model = Als(AlsConfig(embedding_size=2, reg=0.5)).fit(matrix([[8, 8, 8], [8, 8, 8]]))
    assert model.penalty == pytest.approx(0.5 * np.sqrt((6 / 2) * (6 / 3)))


def test_als_learns_the_same_beside_users_of_whom_nothing_is_known() -> None:
    """Rows without an entry, at the beginning and at the end, change no bit."""
    world, _ = tastes()
    beside = np.r_[world.user_keys[0] - 5, world.user_keys, world.user_keys[-1] + 1 + np.arange(20)]
    entries = world.seen.tocoo()
    keys = world.user_keys[entries.row], world.item_keys[entries.col], np.full(entries.nnz, 8.0)

    def learned(users: np.ndarray) -> Als:
        return Als().fit(Interactions.from_arrays(*keys, user_keys=users, item_keys=world.item_keys))

    alone, among = learned(world.user_keys), learned(beside)
    assert among.penalty == alone.penalty
    assert among.factors.tobytes() == alone.factors.tobytes()
    assert among.training == alone.training


def test_als_leaves_items_nobody_has_seen_at_zero() -> None:
    """An anime without any entry gets no vector and the score 0."""
    world = matrix([[8, 8, 0], [8, 0, 0]])
    assert (Als().fit(world).scores(world)[:, 2] == 0).all()


@pytest.mark.parametrize("size", [4, 7])
def test_training_takes_the_steps_of_implicit(size: int) -> None:
    """From the same start the same number of conjugate gradient steps lead to the same vectors, up to rounding."""
    from implicit.cpu.als import AlternatingLeastSquares

    world, _ = tastes(60, 45)
    model = Als(AlsConfig(embedding_size=size, iterations=6)).fit(world)
    theirs = AlternatingLeastSquares(
        factors=size, regularization=model.penalty, alpha=1.0, iterations=6, random_state=42, num_threads=1
    )
    theirs.fit(sp.csr_matrix(world.evidence(0.5, 7.0) * np.float32(3.0)), show_progress=False)
    np.testing.assert_allclose(model.factors, theirs.item_factors, rtol=1e-3, atol=1e-4)


def test_how_rows_are_dealt_out_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one run, or in many runs on several threads: the same vectors."""
    world, _ = tastes(60, 45)
    config = AlsConfig(embedding_size=6, iterations=4)
    alone = Als(config).fit(world).factors
    monkeypatch.setattr("recommenders.als.WORTH_THREADS", 0)
    for runs in (2, 9):
        monkeypatch.setattr("recommenders.als.RUNS", runs)
        assert Als(config).fit(world).factors.tobytes() == alone.tobytes()
