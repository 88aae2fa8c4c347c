"""Two towers: what a batch holds, what leaves PyTorch, what an item carries."""

import numpy as np
import pytest
import scipy.sparse as sp

from recommenders.two_tower import TwoTower, TwoTowerConfig
from recommenders.two_tower_training import Lists, Training, checks, forward, initial_layers, mean_inputs

from .worlds import tastes

CONFIG = TwoTowerConfig(embedding_size=8, hidden_size=16)
LISTS = sp.csr_array(np.array([[1, 0.5, 1, 0, 0, 0], [0, 0, 1, 0.25, 0, 0]] * 50, dtype=np.float32))
"""A hundred users, and two items that nobody has."""


def training(**changes: float) -> Training:
    """A training of `LISTS` in which nothing is hidden for checks."""
    pytest.importorskip("torch", reason="the extra `embed` is not installed")
    config = TwoTowerConfig(embedding_size=8, hidden_size=16, validation_share=0.0, **changes)
    return Training(Lists(LISTS, sp.csr_array(np.eye(6, 2, dtype=np.float32))), config)


def test_a_batch_holds_its_users_lists_over_what_is_on_any_of_them() -> None:
    """Items that none of them has are no column: the others are each other's negatives."""
    made = training()
    users = next(made.users())
    batch = made.batch(users)
    assert batch.columns.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(batch.lists.cpu().numpy(), LISTS.toarray()[users.cpu().numpy()][:, :4])
    batch = made.batch(users[users % 2 == 0])
    assert batch.columns.tolist() == [0, 1, 2]


def test_every_user_is_met_once_in_a_pass() -> None:
    """In batches of at most the stated size."""
    batches = [users.cpu().numpy() for users in training(batch_users=30).users()]
    assert [len(users) for users in batches] == [30, 30, 30, 10]
    assert sorted(np.concatenate(batches)) == list(range(100))


def test_steps_make_a_list_more_likely_and_the_means_follow() -> None:
    """The first steps all count alike: the model is the mean of the layers after each, and ranks every pair rightly."""
    made = training(learning_rate=0.01)
    after = []
    for users in list(made.users()) * 10:
        made.step(made.batch(users))
        after.append({name: layer.detach().cpu().numpy().copy() for name, layer in made.layers.items()})
    for name, mean in made.plain().items():
        np.testing.assert_allclose(mean, np.mean([layers[name] for layers in after], axis=0), atol=1e-6)
    tops = [part.cpu().numpy() for part in made.tops()]
    assert made.probe.share(*tops) == 1.0


def test_checks_hide_a_part_of_some_lists_and_nothing_of_others() -> None:
    """What is hidden and what is learned from are the lists again, nothing stands in both, and no list is emptied."""
    shown, checking, hidden = checks(LISTS, 0.3, np.random.default_rng(0))
    assert len(checking) == hidden.shape[0] == 30
    again = shown.toarray()
    assert not again[checking][hidden.toarray() > 0].any()
    again[checking] += hidden.toarray()
    np.testing.assert_array_equal(again, LISTS.toarray())
    assert 0 < hidden.nnz < LISTS[checking].nnz
    assert np.diff(checks(sp.csr_array(np.eye(50, dtype=np.float32)), 1.0, np.random.default_rng(0))[0].indptr).all()


def test_a_list_is_the_weighted_mean_of_its_items() -> None:
    """Evidence 3 and 1 of two unit vectors; an empty list is 0."""
    lists = sp.csr_array(np.array([[3, 1], [0, 0]], dtype=np.float32))
    assert mean_inputs(lists, np.eye(2, dtype=np.float32)).tolist() == [[0.75, 0.25], [0, 0]]


def test_layers_that_add_nothing_pass_on_what_they_get() -> None:
    """Brought to length 1: what an item or a list is at the foot of its tower."""
    layers = {name: 0 * layer for name, layer in initial_layers(5, 2, CONFIG, np.random.default_rng(0)).items()}
    inputs = np.eye(3, 8, dtype=np.float32)
    np.testing.assert_allclose(forward(4 * inputs, layers, "item"), inputs, atol=1e-6)


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


def test_an_anime_that_nobody_has_stands_as_what_the_fewest_have_and_its_labels() -> None:
    """Among three such, one of the user's taste comes first; one without labels says nothing."""
    pytest.importorskip("torch", reason="the extra `embed` is not installed")
    world, features = tastes(150, 60)
    cut = [0, 1, 2, 3]
    kept = np.setdiff1d(np.arange(world.n_items), cut)
    known = world.aligned_to(world.item_keys[kept]).aligned_to(world.item_keys)
    for labels in (features.genres, features.tags, features.studios):
        labels[3][:] = []  # type: ignore[index]
    model = TwoTower().fit(known, features)
    scores = model.scores(known)
    taste = np.arange(world.n_users) % 3
    assert (scores[:, :3].argmax(axis=1) == taste).mean() > 0.9
    assert (scores[:, 3] == 0).all()
