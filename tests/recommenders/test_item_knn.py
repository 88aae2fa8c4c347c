"""Item neighbours: the formula on matrices small enough to work out."""

import numpy as np

from recommenders.item_knn import ItemKnn, ItemKnnConfig

from .worlds import matrix, tastes

PLAIN_KNN = ItemKnnConfig(rating_power=0.0, user_power=0.0, target_power=0.5, shrink=0.0, sharpness=1.0, neighbours=50)


def test_plain_neighbours_are_the_cosine_of_columns() -> None:
    """Items 0 and 1 share two of their 2 and 3 users: 2 / sqrt(2 * 3); user 3 has item 1 alone."""
    world = matrix([[8, 8, 0], [8, 8, 0], [0, 8, 8], [0, 8, 0]])
    scores = ItemKnn(PLAIN_KNN).fit(world).scores(world)
    np.testing.assert_allclose(scores[3], [2 / np.sqrt(2 * 4), 0, 1 / np.sqrt(4 * 1)], rtol=1e-6)


def test_an_item_is_carried_by_its_nearest_neighbours_only() -> None:
    """With one neighbour each, no item is carried by two of the user's items."""
    world, _ = tastes()
    model = ItemKnn(ItemKnnConfig(neighbours=1)).fit(world)
    lists = np.tile(np.arange(world.n_items, dtype=np.int32), (world.n_users, 1))
    assert (model.contributions(world, lists).items[:, :, 1] == -1).all()


def test_similar_items_are_shrunk_cosines_of_the_evidence() -> None:
    """`similar` shows plain cosines, whatever power the scores use: 2 / (sqrt(2 * 3) + shrink)."""
    config = ItemKnnConfig(rating_power=0.0, user_power=0.0, shrink=0.5, sharpness=4.0)
    near = ItemKnn(config).fit(matrix([[8, 8], [8, 8], [0, 8]])).similar(1)
    assert near is not None
    np.testing.assert_allclose(near.scores, 2 / (np.sqrt(6) + 0.5), rtol=1e-6)
    assert near.items.tolist() == [[1], [0]]
