"""LightFM: work bounded by a rule, biases apart."""

import numpy as np
import pytest

from recommenders.features import ItemFeatures
from recommenders.labels import item_labels
from recommenders.lightfm_models import LightfmBprFeatures, LightfmWarp, LightfmWarpConfig, LightfmWarpFeatures

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


@pytest.mark.parametrize("model", [LightfmWarpFeatures, LightfmBprFeatures])
def test_labels_give_vectors_to_anime_nobody_has_seen(model: type[LightfmWarp]) -> None:
    """A new comedy is nearer to comedies than to other anime; without labels it has no vector."""
    world, features = tastes()
    grown = world.aligned_to(np.append(world.item_keys, 9999))
    fitted = model().fit(grown, with_a_new_comedy(features))
    vectors = fitted._embeddings / np.maximum(np.linalg.norm(fitted._embeddings, axis=1, keepdims=True), 1e-9)
    nearness = vectors[:-1] @ vectors[-1]
    assert nearness[::3].mean() > max(nearness[1::3].mean(), nearness[2::3].mean())
    assert not LightfmWarp().fit(grown)._embeddings[-1].any()


def with_a_new_comedy(features: ItemFeatures) -> ItemFeatures:
    """The descriptions, and one more."""
    return ItemFeatures(
        np.append(features.item_keys, 9999),
        [*features.titles, "new"],
        [*features.synopses, ""],
        [*features.genres, ["comedy"]],
        [*features.tags, []],
        [*features.studios, []],
    )


def test_a_label_of_few_anime_is_left_out_and_the_others_share_one() -> None:
    """Of an item's labels that at least `min_items` seen items have, each weighs the same; rows sum to 1 or are 0."""
    features = ItemFeatures(
        np.arange(4, dtype=np.int64),
        titles=[""] * 4,
        synopses=[""] * 4,
        genres=[["drama", "rare"], ["drama", "comedy"], ["comedy", "drama"], []],
        tags=[["space"], [], ["space"], ["space"]],
        studios=[[]] * 4,
    )
    # the labels that remain are comedy, drama and space, in this order
    found = item_labels(features, np.array([0, 1, 2]), min_items=2).toarray()
    np.testing.assert_allclose(found, [[0, 1 / 2, 1 / 2], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3], [0, 0, 1]])
