"""LightFM: work bounded by a rule, biases apart."""

import numpy as np

from recommenders.lightfm_warp import LightfmWarp, LightfmWarpConfig

from .worlds import tastes


def test_lightfm_gets_fewer_epochs_on_more_data_by_a_stated_rule() -> None:
    """Epochs times entries stay within max_samples, at least one epoch: equal work gives equal models."""
    world, _ = tastes()
    entries = world.seen.nnz
    capped = LightfmWarp(LightfmWarpConfig(max_samples=3 * entries + 1)).fit(world)
    three = LightfmWarp(LightfmWarpConfig(epochs=3)).fit(world)
    assert capped.scores(world).tobytes() == three.scores(world).tobytes()
    one = LightfmWarp(LightfmWarpConfig(max_samples=1)).fit(world)
    assert np.isfinite(one.scores(world)).all()


def test_lightfm_biases_are_the_part_no_title_carries() -> None:
    """A bias is never negative, and items nobody has seen stand with the least popular."""
    world = tastes()[0]
    grown = world.aligned_to(np.append(world.item_keys, 9999))
    model = LightfmWarp().fit(grown)
    targets = np.array([[0, grown.n_items - 1]], dtype=np.int32)
    base = model.contributions(grown.take([0]), targets).base
    assert base.min() >= 0
    assert base[0, 1] == 0
