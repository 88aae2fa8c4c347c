"""Exact top-k with stated ties, and lists built in blocks."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from recommenders import ranking
from recommenders.errors import InvalidInputError
from recommenders.interactions import Interactions
from recommenders.kernels.topk import weighted_sums
from recommenders.popularity import Popularity
from recommenders.ranking import Recommendations, recommend, top_k

from .worlds import tastes


def floats(*rows: list[float]) -> np.ndarray:
    """Scores as the models give them."""
    return np.array(rows, dtype=np.float32)


def test_the_best_come_first_and_ties_go_to_the_lower_number() -> None:
    """5 > 3 = 3 > 1: items 2, 0, 3, 1."""
    items, values = top_k(floats([3, 1, 5, 3]), 4)
    assert items.tolist() == [[2, 0, 3, 1]]
    assert values.tolist() == [[5, 3, 3, 1]]


def test_ties_go_by_the_order_given() -> None:
    """With order 3, 1, 0, 2 the equal items 0 and 3 change places."""
    items, _ = top_k(floats([3, 1, 5, 3]), 2, order=np.array([3, 1, 0, 2]))
    assert items.tolist() == [[2, 3]]


def test_excluded_and_forbidden_items_leave_places_empty() -> None:
    """Of three items one is seen and one is no candidate: one place is filled, two are -1 with -inf."""
    seen = sp.csr_array(floats([0, 1, 0]))
    items, values = top_k(floats([1, 2, 3]), 3, exclude=seen, allowed=np.array([True, True, False]))
    assert items.tolist() == [[0, -1, -1]]
    assert values.tolist() == [[1, -np.inf, -np.inf]]


def test_a_list_longer_than_the_catalogue_is_padded() -> None:
    """Two items fill two of four places."""
    items, _ = top_k(floats([1, 2]), 4)
    assert items.tolist() == [[1, 0, -1, -1]]


@settings(max_examples=150)
@given(
    rows=st.integers(0, 4),
    n_items=st.integers(1, 700),
    k=st.integers(0, 12),
    levels=st.sampled_from([1, 2, 5, 1000]),
    seed=st.integers(0, 2**32 - 1),
)
def test_it_agrees_with_sorting_everything(rows: int, n_items: int, k: int, levels: int, seed: int) -> None:
    """Whatever the ties, exclusions and order, the result is that of a full stable sort."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, levels, (rows, n_items)).astype(np.float32)
    exclude = sp.csr_array((rng.random((rows, n_items)) < 0.3).astype(np.float32))
    allowed = rng.random(n_items) < 0.8
    order = rng.permutation(n_items)
    items, values = top_k(scores, k, exclude=exclude, allowed=allowed, order=order)
    for row in range(rows):
        open_ = allowed & (exclude[[row]].toarray()[0] == 0)
        ranked = [item for item in order[np.argsort(-scores[row][order], kind="stable")] if open_[item]]
        expected = (ranked + [-1] * k)[:k]
        assert items[row].tolist() == expected
        assert values[row].tolist() == [scores[row][item] if item >= 0 else -np.inf for item in expected]


@settings(max_examples=150)
@given(
    rows=st.integers(0, 4),
    n_items=st.integers(1, 700),
    k=st.integers(1, 12),
    levels=st.sampled_from([1, 2, 5, 1000]),
    seed=st.integers(0, 2**32 - 1),
)
def test_many_scores_are_ranked_as_few_are(rows: int, n_items: int, k: int, levels: int, seed: int) -> None:
    """The kernel that large blocks go through gives the very lists of the sort that small ones go through.

    Scores of both signs, both zeros, and -inf; rows whose list cannot be filled.
    """
    rng = np.random.default_rng(seed)
    scores = (rng.integers(-levels, levels + 1, (rows, n_items)) * rng.choice([-0.5, 0.5])).astype(np.float32)
    scores[rng.random(scores.shape) < 0.1] = -np.inf
    exclude = sp.csr_array((rng.random((rows, n_items)) < rng.choice([0.3, 0.99])).astype(np.float32))
    allowed, order = rng.random(n_items) < 0.8, rng.permutation(n_items)
    few = top_k(scores, k, exclude=exclude, allowed=allowed, order=order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "WORTH_KERNEL", 0)
        many = top_k(scores, k, exclude=exclude, allowed=allowed, order=order)
    assert [part.tobytes() for part in many] == [part.tobytes() for part in few]


def test_many_equal_scores_go_by_the_order_in_a_large_block() -> None:
    """1,100 rows of 1,000 equal scores: the first ten of the order, though every score reaches the bound."""
    order = np.arange(1000)[::-1]
    items, _ = top_k(np.zeros((1100, 1000), dtype=np.float32), 10, order=order)
    assert (items == order[:10]).all()


def test_blocks_in_threads_give_the_lists_of_one_block() -> None:
    """What each of 300 users is recommended does not depend on who else is scored beside."""
    world, _ = tastes(300)

    class Own:
        prior = np.zeros(world.n_items, dtype=np.float32)

        def scores(self, rows: Interactions) -> np.ndarray:
            return ((rows.user_keys[:, None] * 31 + rows.item_keys * 17) % 101).astype(np.float32)

    whole, apart = (recommend(Own(), world, 7, block_bytes=size) for size in (2**24, 4 * 4 * 3 * world.n_items))
    assert whole.items.tolist() == apart.items.tolist()
    assert whole.scores.tolist() == apart.scores.tolist()


def test_weighted_sums_are_the_product_of_the_matrices_bit_for_bit() -> None:
    """Users 40 x 30 and items 30 x 30, drawn: what scipy's product says, rounding included."""
    rng = np.random.default_rng(7)
    users, carry = (sp.random_array((n, 30), density=0.4, rng=rng, dtype=np.float32).tocsr() for n in (40, 30))
    sums = weighted_sums(users.indptr, users.indices, users.data, carry.indptr, carry.indices, carry.data)
    assert sums.tobytes() == (users @ carry).toarray().tobytes()


def test_a_score_that_is_not_a_number_is_refused() -> None:
    """Nan would land anywhere in the list."""
    with pytest.raises(InvalidInputError, match="not a number"):
        top_k(floats([1, np.nan]), 1)


def test_shapes_that_do_not_fit_are_refused() -> None:
    """A mask of another catalogue is an error, not a broadcast."""
    with pytest.raises(InvalidInputError, match="do not fit"):
        top_k(floats([1, 2]), 1, allowed=np.array([True]))


def test_the_size_of_a_block_does_not_change_the_lists() -> None:
    """One user at a time or all at once: the same lists."""
    world, _ = tastes()
    model = Popularity().fit(world)
    whole, single = (recommend(model, world, 7, block_bytes=size) for size in (2**20, 1))
    assert whole.items.tolist() == single.items.tolist()


def test_no_users_give_no_lists() -> None:
    """An empty matrix of users gives an empty table of the right width."""
    world, _ = tastes()
    model = Popularity().fit(world)
    lists = recommend(model, world.take([]), 7)
    assert lists.items.shape == (0, 7)


def test_equal_scores_go_to_the_more_popular_item() -> None:
    """An item nobody knows never stands before one that people have seen, at the same score."""

    class Indifferent:
        prior = np.array([1, 9, 5], dtype=np.float32)

        def scores(self, rows: Interactions) -> np.ndarray:
            return np.zeros((rows.n_users, 3), dtype=np.float32)

    nobody = Interactions.from_arrays([], [], [], user_keys=[1], item_keys=[10, 20, 30])
    assert recommend(Indifferent(), nobody, 3).items.tolist() == [[1, 2, 0]]


def test_columns_are_the_long_table_without_empty_places() -> None:
    """Users in order, ranks from 1, keys in place of column numbers."""
    lists = Recommendations(
        np.array([70, 80]), np.array([[2, 0], [1, -1]], dtype=np.int32), floats([5, 4], [3, -np.inf])
    )
    table = lists.columns(np.array([100, 200, 300]))
    assert table["user_key"].tolist() == [70, 70, 80]
    assert table["rank"].tolist() == [1, 2, 1]
    assert table["item_key"].tolist() == [300, 100, 200]
    assert table["score"].tolist() == [5, 4, 3]
