"""How training went: the share of sampled pairs ranked rightly after each pass, measured without a trace."""

from math import isnan

import numpy as np
import pytest
import scipy.sparse as sp

from recommenders.als import Als, AlsConfig
from recommenders.base import Recommender
from recommenders.ease import Ease
from recommenders.lightfm_models import LightfmWarp, LightfmWarpConfig
from recommenders.training import PairProbe
from tests.recommenders.worlds import tastes


def test_a_model_that_knows_the_lists_ranks_every_pair_rightly() -> None:
    """Users 0 and 1 have the even and the odd items; vectors that say so are always right, turned round never."""
    lists = sp.csr_array(np.array([[1, 0, 1, 0], [0, 1, 0, 1]], dtype=np.float32))
    probe = PairProbe(lists, seed=1, pairs=200)
    users, items = np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)[[0, 1, 0, 1]]
    assert probe.share(users, items) == 1.0
    assert probe.share(-users, items) == 0.0


def test_biases_count_as_part_of_the_score() -> None:
    """With no vectors to go by, the item with the larger bias scores higher."""
    lists = sp.csr_array(np.array([[1, 0]], dtype=np.float32))
    nothing = np.zeros((1, 1), dtype=np.float32), np.zeros((2, 1), dtype=np.float32)
    probe = PairProbe(lists, seed=1, pairs=50)
    assert probe.share(*nothing, np.array([1, 0], dtype=np.float32)) == 1.0
    assert probe.share(*nothing) == 0.0


def test_without_a_pair_there_is_no_share() -> None:
    """A user who has everything leaves nothing to compare."""
    probe = PairProbe(sp.csr_array(np.ones((1, 2), dtype=np.float32)), seed=1, pairs=50)
    vectors = np.ones((2, 1), dtype=np.float32)
    assert isnan(probe.share(vectors[:1], vectors))


@pytest.mark.parametrize(
    ("model", "passes"),
    [(Als(AlsConfig(embedding_size=8, iterations=4)), 4), (LightfmWarp(LightfmWarpConfig(epochs=5)), 5)],
    ids=["als", "lightfm_warp"],
)
def test_a_model_that_learns_in_passes_gets_better(model: Recommender, passes: int) -> None:
    """There is a share for each pass, and the last is better than chance and than the first."""
    interactions, _ = tastes()
    model.fit(interactions)
    assert len(model.training) == passes
    assert model.training[-1] >= model.training[0]
    assert model.training[-1] > 0.75


def test_a_model_that_is_computed_in_one_step_has_no_passes() -> None:
    """EASE solves one system of equations."""
    interactions, _ = tastes()
    assert Ease().fit(interactions).training == ()
