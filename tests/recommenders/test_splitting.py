"""What is hidden: how much, from whom, and that nobody can see it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommenders.base import Recommender
from recommenders.errors import InvalidInputError
from recommenders.interactions import Interactions
from recommenders.splitting import apart, drawn, holdout

from .worlds import installed_models, tastes


@st.composite
def worlds(draw: st.DrawFn) -> Interactions:
    """Any small world: some entries unscored, some users without any."""
    users, items = draw(st.integers(1, 8)), draw(st.integers(1, 25))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    row, column = np.nonzero(rng.random((users, items)) < draw(st.floats(0, 1)))
    ratings = rng.integers(1, 11, len(row)).astype(float)
    ratings[rng.random(len(row)) < 0.2] = np.nan
    return Interactions.from_arrays(
        row * 7 - 3, column * 11, ratings, user_keys=np.arange(users) * 7 - 3, item_keys=np.arange(items) * 11
    )


@settings(max_examples=80)
@given(world=worlds(), share=st.sampled_from([0.1, 0.2, 0.5]), seed=st.integers(0, 50))
def test_hidden_and_shown_share_nothing_and_make_the_whole(world: Interactions, share: float, seed: int) -> None:
    """Hidden entries are positives, are neither rated nor seen in train, and nothing else is missing."""
    split = holdout(world, share, seed=seed)
    hidden = split.held_out.toarray() > 0
    assert (world.ratings.toarray()[hidden] >= 7).all()
    np.testing.assert_array_equal(split.train.ratings.toarray(), np.where(hidden, 0, world.ratings.toarray()))
    np.testing.assert_array_equal(split.train.seen.toarray(), np.where(hidden, 0, world.seen.toarray()))
    assert set(split.held_out.data) <= {1.0}


@settings(max_examples=80)
@given(world=worlds(), share=st.sampled_from([0.1, 0.2, 0.5]))
def test_the_share_is_of_each_users_positives(world: Interactions, share: float) -> None:
    """Of p positives max(1, floor(share * p)) are hidden, and none of a single one."""
    hidden = np.diff(holdout(world, share).held_out.indptr)
    positives = (world.ratings.toarray() >= 7).sum(axis=1)
    expected = [max(1, int(share * 100) * int(p) // 100) if p >= 2 else 0 for p in positives]
    assert hidden.tolist() == expected


@settings(max_examples=40)
@given(world=worlds(), data=st.data())
def test_other_users_and_their_order_do_not_matter(world: Interactions, data: st.DataObject) -> None:
    """What is hidden from a user is the same when others are absent or in another order."""
    rows = data.draw(st.permutations(range(world.n_users)))
    rows = rows[: data.draw(st.integers(1, world.n_users))]
    some = holdout(world.take(rows)).held_out.toarray()
    np.testing.assert_array_equal(some, holdout(world).held_out.toarray()[rows])


@settings(max_examples=40)
@given(world=worlds(), data=st.data())
def test_the_keys_of_a_warehouse_do_not_matter(world: Interactions, data: st.DataObject) -> None:
    """Where items have lasting ids, the same are hidden under other keys and in another order of columns."""
    order = np.array(data.draw(st.permutations(range(world.n_items))))
    here = replace(world, item_ids=world.item_keys + 5)
    there = replace(world, ratings=world.ratings[:, order], seen=world.seen[:, order], item_ids=here.lasting_ids[order])
    np.testing.assert_array_equal(holdout(there).held_out.toarray(), holdout(here).held_out.toarray()[:, order])


def test_the_next_seed_draws_anew() -> None:
    """For a key it does not draw what this one draws for the next key, as MovieLens numbers its users."""
    keys = np.arange(100)
    assert not set(drawn(42, keys)) & set(drawn(43, keys))


def test_the_seed_decides_what_is_hidden() -> None:
    """The same seed hides the same, another hides others, as many."""
    world, _ = tastes()
    one, same, other = (holdout(world, seed=seed).held_out for seed in (1, 1, 2))
    assert one.indices.tolist() == same.indices.tolist()
    assert one.indices.tolist() != other.indices.tolist()
    assert one.indptr.tolist() == other.indptr.tolist()


def test_every_positive_is_as_likely_to_be_hidden() -> None:
    """Over many seeds each of ten positives is hidden about as often (2 of 10 places each time)."""
    ten = Interactions.from_arrays([1] * 10, range(10), [8] * 10)
    times = sum(holdout(ten, seed=seed).held_out.toarray()[0] for seed in range(500))
    # 500 draws of probability 0.2: mean 100, standard deviation 9; five of them either way
    assert (np.abs(times - 100) < 45).all()


@settings(max_examples=40)
@given(world=worlds(), seed=st.integers(0, 50))
def test_by_chance_no_positive_knows_of_another(world: Interactions, seed: int) -> None:
    """Whether a positive is hidden is the same when the user's other positives are not there."""
    split = holdout(world, seed=seed, by_chance=True)
    assert (world.ratings.toarray()[split.held_out.toarray() > 0] >= 7).all()
    half = world.ratings.copy()
    half.data[::2] = 1
    fewer = holdout(replace(world, ratings=half), seed=seed, by_chance=True).held_out.toarray()
    still = half.toarray() >= 7
    np.testing.assert_array_equal(fewer[still], split.held_out.toarray()[still])


def test_by_chance_the_share_is_that_of_all() -> None:
    """Of 20,000 positives about a quarter; who has one may have it hidden, who has four may have none."""
    row, column = np.divmod(np.arange(20_000), 4)
    split = holdout(Interactions.from_arrays(row, column, np.full(len(row), 8.0)), 0.25, by_chance=True)
    # probability 0.25: mean 5,000, standard deviation 61; five of them either way
    assert abs(split.held_out.nnz - 5_000) < 305
    assert set(np.diff(split.held_out.indptr)) == {0, 1, 2, 3, 4}
    assert "probability 0.25" in split.protocol


def test_the_protocol_says_how_it_was_done() -> None:
    """Share, threshold, seed and candidates stand in the words that name the split."""
    words = holdout(tastes()[0], 0.25, 6, seed=9).protocol
    assert "25%" in words
    assert ">= 6" in words
    assert "seed 9" in words
    assert "full catalogue" in words


def test_evaluated_users_are_those_with_something_hidden() -> None:
    """Whoever has fewer than two positives is trained on, not evaluated."""
    world = Interactions.from_arrays([1, 1, 2, 3, 3], [1, 2, 1, 1, 2], [9, 8, 10, 3, 9])
    assert holdout(world).evaluated.tolist() == [0]


@pytest.mark.parametrize("model", installed_models().values(), ids=lambda model: model.name)
def test_nothing_hidden_reaches_training(model: type[Recommender]) -> None:
    """A model fitted on the split equals one fitted on data that never held the hidden entries."""
    world, features = tastes()
    split = holdout(world)
    shown = split.train.seen.tocoo()
    rated = split.train.ratings.toarray()[shown.row, shown.col]
    rebuilt = Interactions.from_arrays(
        world.user_keys[shown.row],
        world.item_keys[shown.col],
        np.where(rated > 0, rated, np.nan),
        user_keys=world.user_keys,
        item_keys=world.item_keys,
        rated_at=np.full(len(rated), 19_000.0),
    )
    scores = [model().fit(data, features).scores(rebuilt) for data in (split.train, rebuilt)]
    assert scores[0].tobytes() == scores[1].tobytes()


@pytest.mark.parametrize("share", [0, 1, -0.5, 1.5])
def test_a_share_outside_0_and_1_is_refused(share: float) -> None:
    """Hiding nothing or everything is not a split."""
    with pytest.raises(InvalidInputError, match="share"):
        holdout(tastes()[0], share)


@settings(max_examples=40)
@given(world=worlds(), seed=st.integers(0, 50))
def test_two_splits_set_apart_ask_for_nothing_in_common(world: Interactions, seed: int) -> None:
    """What both would ask for the one leaves out, and shows it to nobody for that."""
    other, split = holdout(world, 0.5, seed=seed), holdout(world, 0.5, seed=seed + 1)
    found = apart(split, other)
    asked, before, theirs = (part.held_out.toarray() > 0 for part in (found, split, other))
    np.testing.assert_array_equal(asked, before & ~theirs)
    assert found.train is split.train
    assert other.protocol in found.protocol
