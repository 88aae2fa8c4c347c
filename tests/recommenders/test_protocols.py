"""Splits by time, by user and by item: what is hidden, and that nothing hidden is known."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from recommenders.als import Als, AlsConfig
from recommenders.errors import InvalidInputError, LeakageError, NotFittedError
from recommenders.evaluate import evaluate, evaluate_in_turns
from recommenders.interactions import Interactions
from recommenders.popularity import Popularity
from recommenders.protocols import Turns, held_out_users, own_lists, stratified_by_item, time_split
from recommenders.segments import segments
from recommenders.splitting import Split, entries_where, holdout, without

from .worlds import matrix, tastes


def timed(rows: list[list[float]]) -> sp.csr_array:
    """When each entry was made; 0 = not known."""
    return sp.csr_array(np.array(rows, dtype=np.float64))


def test_one_moment_parts_what_is_known_from_what_is_asked_for() -> None:
    """Ten positives at 1..10: with a fifth the moment is 9, and the two from then on are hidden."""
    ratings = [[8] * 5, [9] * 5]
    split = time_split(matrix(ratings), timed([[1, 2, 3, 9, 4], [5, 6, 7, 8, 10]]))
    assert split.held_out.toarray().tolist() == [[0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]
    assert split.train.ratings.toarray().tolist() == [[8, 8, 8, 0, 8], [9, 9, 9, 9, 0]]
    assert "from 1970-01-10 00:00 on" in split.protocol


def test_what_is_late_and_not_liked_is_neither_known_nor_asked_for() -> None:
    """Nor is what bears no time; entries of the very moment belong to what comes after."""
    ratings = [[8, 8, 8, 8, 3, 8, 8]]
    split = time_split(matrix(ratings), timed([[1, 2, 3, 5, 6, 0, 5]]), share=0.4)
    assert split.held_out.toarray().tolist() == [[0, 0, 0, 1, 0, 0, 1]]
    assert split.train.seen.toarray().tolist() == [[1, 1, 1, 0, 0, 0, 0]]


def test_users_without_history_are_evaluated_and_cold() -> None:
    """A user whose every entry is late stands among the cold ones, and gets a list."""
    ratings = [[8, 8, 8, 8, 0], [0, 0, 0, 0, 9]]
    split = time_split(matrix(ratings), timed([[1, 2, 3, 4, 0], [0, 0, 0, 0, 5]]))
    assert split.evaluated.tolist() == [1]
    cold = next(one for one in segments(split) if "cold start" in one.protocol)
    assert cold.users.tolist() == [0]
    assert evaluate(Popularity(), split, samples=5).lists.items[0, 0] == 0


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), share=st.sampled_from([0.1, 0.2, 0.5]))
def test_nothing_known_is_as_late_as_anything_hidden(seed: int, share: float) -> None:
    """Whatever the times: the newest known entry is older than the oldest hidden one, and about the share is hidden."""
    rng = np.random.default_rng(seed)
    ratings = rng.integers(0, 11, (6, 12)).astype(float)
    when = rng.integers(0, 30, ratings.shape) * (ratings > 0)
    if not ((ratings >= 7) & (when > 0)).any():
        return
    split = time_split(matrix(ratings.tolist()), timed(when.tolist()), share)
    known, hidden = when[split.train.seen.toarray() > 0], when[split.held_out.toarray() > 0]
    assert not len(known) or known.max() < hidden.min()
    assert known.all()
    positives = int(((ratings >= 7) & (when > 0)).sum())
    # entries of the moment itself all lie after it
    assert (hidden > hidden.min()).sum() <= share * positives <= len(hidden) + 1


def test_an_input_without_times_cannot_be_split_by_time() -> None:
    """The message says so."""
    with pytest.raises(InvalidInputError, match="cannot be split by time"):
        time_split(matrix([[8, 9]]), timed([[0, 0]]))
    with pytest.raises(InvalidInputError, match="do not fit"):
        time_split(matrix([[8, 9]]), timed([[1, 2, 3]]))


def test_held_out_users_are_never_trained_on() -> None:
    """Each once: their rows are empty in training, a fifth of their positives is hidden and the rest is told."""
    world, _ = tastes(100, 60)
    turns, hidden = held_out_users(world), holdout(world)
    assert sorted(row for part in turns.parts for row in part.evaluated) == hidden.evaluated.tolist()
    for part in turns.parts:
        theirs = part.evaluated
        assert 8 <= len(theirs) <= 35
        assert not part.train.seen[theirs].nnz
        assert not part.train.ratings[theirs].nnz
        assert part.held_out[theirs].toarray().tolist() == hidden.held_out[theirs].toarray().tolist()
        told = part.rows.seen[theirs] + part.held_out[theirs]
        assert told.toarray().tolist() == world.seen[theirs].toarray().tolist()
        others = np.flatnonzero(np.diff(part.train.seen.indptr))
        assert part.train.seen[others].toarray().tolist() == world.seen[others].toarray().tolist()
        assert len(np.union1d(theirs, others)) == world.n_users
    assert "20% of users at a time never trained on, per-user holdout of 20%" in turns.whole.protocol


def test_who_is_held_out_does_not_depend_on_the_others() -> None:
    """Half of the users alone are parted as they are among all."""
    world, _ = tastes(60, 45)
    half = world.take(np.arange(0, 60, 2))
    first, of_half = held_out_users(world).parts[0], held_out_users(half).parts[0]
    assert set(half.user_keys[of_half.evaluated]) <= set(world.user_keys[first.evaluated])
    assert held_out_users(world, seed=1).parts[0].evaluated.tolist() != first.evaluated.tolist()


def test_a_model_recommends_to_users_it_never_met() -> None:
    """By what it is told of them: far better than popularity."""
    world, _ = tastes(150, 90)
    turns = held_out_users(world, folds=1)
    reached = [evaluate_in_turns(model, turns, samples=5).users.mean("ndcg", 10) for model in (Als(), Popularity())]
    assert reached[0] > 1.5 * reached[1]


@pytest.mark.parametrize("split", [own_lists, held_out_users])
def test_what_is_hidden_can_be_drawn_title_by_title(split: Callable[..., Turns]) -> None:
    """The same as `holdout` draws so, in five groups; the words tell it apart."""
    world, _ = tastes(60, 45)
    turns, drawn = split(world, by_chance=True), holdout(world, by_chance=True)
    assert (turns.whole.held_out != drawn.held_out).nnz == 0
    assert drawn.protocol in turns.whole.protocol


def test_one_group_lacks_what_the_evaluation_hides_and_the_others_nothing() -> None:
    """Each user is asked once, for what `holdout` hides; everybody else's entries are all there."""
    world, _ = tastes(60, 45)
    turns, known = own_lists(world), holdout(world)
    assert len(turns.parts) == 5
    assert sorted(row for part in turns.parts for row in part.evaluated) == known.evaluated.tolist()
    for part in turns.parts:
        asked = part.evaluated
        others = np.setdiff1d(np.arange(world.n_users), asked)
        assert len(asked)
        assert part.held_out[asked].toarray().tolist() == known.held_out[asked].toarray().tolist()
        assert part.train.seen[asked].toarray().tolist() == known.train.seen[asked].toarray().tolist()
        for whole, taught in ((world.seen, part.train.seen), (world.ratings, part.train.ratings)):
            assert (whole[others] != taught[others]).nnz == 0
    assert "own list: 20% of users at a time, others' lists whole, per-user holdout of 20%" in turns.whole.protocol


def test_some_groups_alone_are_asked() -> None:
    """With two of five the whole hides nothing of the other three, and says so."""
    world, _ = tastes(60, 45)
    turns, all_five = own_lists(world, folds=2), own_lists(world)
    assert [part.evaluated.tolist() for part in turns.parts] == [part.evaluated.tolist() for part in all_five.parts[:2]]
    assert turns.whole.held_out.nnz == sum(part.held_out.nnz for part in turns.parts)
    assert turns.whole.protocol.endswith("2 of 5 groups")
    for folds in (0, 6):
        with pytest.raises(InvalidInputError, match="folds must be from 1 to 5"):
            own_lists(world, folds=folds)


@pytest.mark.parametrize("split", [own_lists, held_out_users])
def test_users_can_be_divided_into_other_groups(split: Callable[..., Turns]) -> None:
    """In ten there are ten parts, of which the same is hidden as in five, and more is learned from in each."""
    world, _ = tastes(100, 60)
    in_five, in_ten = split(world), split(world, groups=10)
    assert len(in_ten.parts) == 10
    assert (in_ten.whole.held_out != in_five.whole.held_out).nnz == 0
    assert max(len(part.evaluated) for part in in_ten.parts) < max(len(part.evaluated) for part in in_five.parts)
    assert min(part.train.seen.nnz for part in in_ten.parts) > min(part.train.seen.nnz for part in in_five.parts)
    assert "one of 10 groups of users at a time" in in_ten.whole.protocol
    assert split(world, groups=10, folds=3).whole.protocol.endswith("3 of 10 groups")


@pytest.mark.parametrize("split", [own_lists, held_out_users])
def test_figures_of_different_groups_are_kept_apart(split: Callable[..., Turns]) -> None:
    """By the words that they are kept under; those of five stay as they were."""
    world, _ = tastes(100, 60)
    told = [split(world, groups=groups).whole.protocol for groups in (5, 40, 45, 50)]
    assert len(set(told)) == 4
    assert "20% of users at a time" in told[0]
    assert "one of 45 groups of users at a time" in told[2]


@pytest.mark.parametrize("split", [own_lists, held_out_users])
def test_no_model_is_taught_for_a_group_in_which_nobody_is_asked(split: Callable[..., Turns]) -> None:
    """With as many groups as users some get nobody by chance; with more there is nothing to divide."""
    world, _ = tastes(60, 45)
    most = len(holdout(world).evaluated)
    turns = split(world, groups=most)
    assert len(turns.parts) < most
    assert all(len(part.evaluated) for part in turns.parts)
    assert len(turns.whole.evaluated) == most
    with pytest.raises(
        InvalidInputError, match=f"{most + 1} groups are more than the {most} users of whom anything is hidden"
    ):
        split(world, groups=most + 1)


def test_one_group_leaves_nobody_to_learn_from() -> None:
    """The message says how many there must be."""
    with pytest.raises(InvalidInputError, match="2 groups or more, not 1"):
        own_lists(tastes(30, 30)[0], groups=1)


def test_parts_that_do_not_make_the_whole_are_refused() -> None:
    """A user asked twice or never, something else hidden, something else told."""
    world, _ = tastes(30, 30)
    turns = own_lists(world)
    one, *rest = turns.parts
    with pytest.raises(LeakageError, match="once"):
        Turns((one, one, *rest), turns.whole)
    with pytest.raises(LeakageError, match="once"):
        Turns(tuple(rest), turns.whole)
    other = holdout(world, seed=7)
    with pytest.raises(LeakageError, match="hides something else"):
        Turns((turns.whole,), Split(other.train, other.held_out, "another"))
    less = entries_where(world, lambda matrix: np.arange(matrix.nnz) > 0)
    told = Split(without(less, turns.whole.held_out), turns.whole.held_out, "less is told")
    with pytest.raises(LeakageError, match="tells something else"):
        Turns((told,), turns.whole)


def test_in_turns_a_model_is_measured_over_all_users() -> None:
    """Each user's figure is that of a model taught on the user's part; the model itself learns nothing."""
    world, _ = tastes(60, 45)
    turns, model = own_lists(world), Als(AlsConfig(embedding_size=6))
    found = evaluate_in_turns(model, turns, samples=5)
    alone = [evaluate(Als(AlsConfig(embedding_size=6)), part, samples=5) for part in turns.parts]
    by_user = {
        key: value
        for one in alone
        for key, value in zip(one.lists.user_keys, one.users.column("ndcg", 10), strict=True)
    }
    assert found.lists.user_keys.tolist() == world.user_keys[turns.whole.evaluated].tolist()
    assert found.users.column("ndcg", 10).tolist() == [by_user[key] for key in found.lists.user_keys]
    assert {row.protocol for row in found.metrics} == {turns.whole.protocol}
    with pytest.raises(NotFittedError):
        model.scores(world)


def test_who_waits_for_the_turns_is_told_how_many_are_done() -> None:
    """By a clock that goes on by 20 seconds whenever it is asked."""
    world, _ = tastes(60, 45)
    said: list[str] = []
    ticks = itertools.count(0, 20)
    evaluate_in_turns(Popularity(), own_lists(world), samples=5, clock=lambda: float(next(ticks)), say=said.append)
    assert said[1].startswith("1 of 5 groups of users have asked popularity, about ")
    assert said[-1] == "5 of 5 groups of users have asked popularity"


def test_of_each_item_so_many_ratings_are_known() -> None:
    """Of 1, 2, 3, 4 and 8 ratings floor(3/4) are known: 0, 1, 2, 3 and 6, whatever the score."""
    rows = np.zeros((8, 5))
    for item, count in enumerate((1, 2, 3, 4, 8)):
        rows[:count, item] = 1 + np.arange(count)
    split = stratified_by_item(matrix(rows.tolist()))
    assert split.train.seen.sum(axis=0).tolist() == [0, 1, 2, 3, 6]
    assert split.held_out.sum(axis=0).tolist() == [1, 1, 1, 1, 2]
    assert set(split.held_out.data) == {1.0}


def test_another_seed_hides_others() -> None:
    """As many, but others; the same seed the same."""
    world, _ = tastes()
    one, same, other = (stratified_by_item(world, seed=seed).held_out for seed in (1, 1, 2))
    assert one.indices.tolist() == same.indices.tolist() != other.indices.tolist()
    assert one.sum(axis=0).tolist() == other.sum(axis=0).tolist()


@pytest.mark.parametrize("share", [0, 1, 2])
def test_shares_outside_0_and_1_are_refused(share: float) -> None:
    """By each of the splits."""
    world: Interactions = tastes()[0]
    for split in (
        lambda: time_split(world, timed(world.seen.toarray().tolist()), share),
        lambda: held_out_users(world, share),
        lambda: own_lists(world, share),
        lambda: stratified_by_item(world, share),
    ):
        with pytest.raises(InvalidInputError, match="share"):
            split()
