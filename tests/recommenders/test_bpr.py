"""BPR: what was seen stands above what was not, for users read from their lists."""

import numpy as np

from recommenders.bpr import Bpr, BprConfig

from .worlds import tastes


def test_bpr_gets_better_with_every_look() -> None:
    """There is a share for each pass, and the last is far from chance."""
    model = Bpr(BprConfig(epochs=30)).fit(tastes()[0])
    assert len(model.training) == 30
    assert model.training[-1] > 0.8
    assert model.training[-1] > model.training[0]


def test_items_nobody_has_seen_have_no_vector_and_the_least_bias() -> None:
    """An anime without any entry stands with the least popular."""
    world = tastes()[0]
    grown = world.aligned_to(np.append(world.item_keys, 9999))
    model = Bpr(BprConfig(epochs=3)).fit(grown)
    assert not model._embeddings[-1].any()
    assert model._biases[-1] == 0 == model._biases.min()
