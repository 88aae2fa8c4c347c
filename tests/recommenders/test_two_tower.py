"""Two towers: what a batch holds, what leaves PyTorch, what an item carries."""

import numpy as np
import pytest
import scipy.sparse as sp

from recommenders.two_tower import TwoTower, TwoTowerConfig
from recommenders.two_tower_training import drawn_batch, forward, initial_layers, mean_inputs

from .worlds import tastes

CONFIG = TwoTowerConfig(embedding_size=8, hidden_size=16, targets=2)


def test_a_batch_takes_few_items_of_each_user_and_hides_the_users_other_items() -> None:
    """Two targets of each list; a candidate that is on the user's list is no negative, the target itself is one."""
    lists = sp.csr_array(np.array([[1, 1, 1, 0, 0], [0, 0, 1, 1, 0]], dtype=np.float32))
    batch = drawn_batch(lists, np.array([0, 1]), CONFIG, np.random.default_rng(0))
    assert batch.owner.tolist() == [0, 0, 1, 1]
    own = lists.toarray() > 0
    for row, (owner, target) in enumerate(zip(batch.owner, batch.target, strict=True)):
        assert own[owner, batch.items[target]]
        expected = own[owner, batch.items]
        expected[target] = False
        assert batch.others[row].tolist() == expected.tolist()


def test_a_list_is_the_weighted_mean_of_its_items() -> None:
    """Evidence 3 and 1 of two unit vectors; an empty list is 0."""
    lists = sp.csr_array(np.array([[3, 1], [0, 0]], dtype=np.float32))
    assert mean_inputs(lists, np.eye(2, dtype=np.float32)).tolist() == [[0.75, 0.25], [0, 0]]


def test_arrays_and_tensors_pass_the_towers_alike() -> None:
    """What was trained in PyTorch is scored in NumPy."""
    torch = pytest.importorskip("torch", reason="the extra `embed` is not installed")
    rng = np.random.default_rng(0)
    layers = initial_layers(5, 2, CONFIG, rng)
    inputs = rng.normal(size=(3, 8)).astype(np.float32)
    tensors = {name: torch.from_numpy(layer) for name, layer in layers.items()}
    found = forward(torch.from_numpy(inputs), tensors, "user").numpy()
    np.testing.assert_allclose(forward(inputs, layers, "user"), found, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_an_item_carries_what_the_score_loses_without_it() -> None:
    """The amount of an item is the score with it minus the score of the list without it."""
    pytest.importorskip("torch", reason="the extra `embed` is not installed")
    world, features = tastes()
    model = TwoTower(TwoTowerConfig(epochs=5)).fit(world, features)
    row = world.take([0])
    item = int(row.seen.indices[0])
    target = np.array([[int(np.flatnonzero(row.seen.toarray()[0] == 0)[0])]], dtype=np.int32)
    without = row.aligned_to(np.delete(world.item_keys, item)).aligned_to(world.item_keys)
    parts = model.contributions(row, target, top=world.n_items)
    lost = model.scores(row)[0, target[0, 0]] - model.scores(without)[0, target[0, 0]]
    amounts = dict(zip(parts.items[0, 0].tolist(), parts.amounts[0, 0].tolist(), strict=True))
    assert amounts.get(item, 0.0) == pytest.approx(max(lost, 0.0), abs=1e-5)
