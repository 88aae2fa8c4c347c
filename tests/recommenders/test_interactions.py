"""Entries become matrices that do not depend on the order of the entries."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from recommenders.errors import InvalidInputError, ItemsDifferError
from recommenders.interactions import Interactions, scale_rows

NAN = np.nan


def small() -> Interactions:
    """User 1 rated 10 with 8 and has 20 unscored; user 2 plans 30 and rated the planned 20 with 5."""
    return Interactions.from_arrays(
        [2, 1, 2, 1],
        [30, 20, 20, 10],
        [NAN, NAN, 5, 8],
        [True, False, True, False],
        item_keys=[30, 10, 20, 40],
    )


def test_keys_are_sorted_and_the_matrices_follow() -> None:
    """Rows and columns ascend by key, whatever order the entries came in."""
    world = small()
    assert world.user_keys.tolist() == [1, 2]
    assert world.item_keys.tolist() == [10, 20, 30, 40]
    assert world.ratings.toarray().tolist() == [[8, 0, 0, 0], [0, 5, 0, 0]]


def test_seen_is_everything_but_unscored_plans() -> None:
    """An unscored entry is seen, a plan is not, and who scored something planned has seen it."""
    assert small().seen.toarray().tolist() == [[1, 1, 0, 0], [0, 1, 0, 0]]


def test_the_order_of_entries_does_not_matter() -> None:
    """A shuffled list of entries gives the same bytes."""
    rng = np.random.default_rng(1)
    pairs = np.unique(rng.integers(0, 30, (200, 2)), axis=0)
    ratings = rng.integers(1, 11, len(pairs)).astype(float)
    shuffled = rng.permutation(len(pairs))
    one = Interactions.from_arrays(pairs[:, 0], pairs[:, 1], ratings)
    two = Interactions.from_arrays(pairs[shuffled, 0], pairs[shuffled, 1], ratings[shuffled])
    for first, second in ((one.ratings, two.ratings), (one.seen, two.seen)):
        assert first.indices.tobytes() == second.indices.tobytes()
        assert first.data.tobytes() == second.data.tobytes()


def test_evidence_weighs_by_rating_and_takes_unscored_as_a_stated_rating() -> None:
    """With power 2 a rating of 8 weighs 0.8 ** 2, an unscored entry as a 7, and a 5 weighs 0.5 ** 2."""
    weights = small().evidence(rating_power=2.0, unscored_rating=7.0).toarray()
    np.testing.assert_allclose(weights, [[0.8**2, 0.7**2, 0, 0], [0, 0.5**2, 0, 0]], rtol=1e-6)


def test_power_zero_makes_everything_seen_alike() -> None:
    """With power 0 the evidence is the matrix of what is seen."""
    world = small()
    assert world.evidence(0.0, 7.0).toarray().tolist() == world.seen.toarray().tolist()


def test_long_lists_weigh_less() -> None:
    """A row with four entries is divided by 4 ** 0.5 = 2, an empty one stays empty."""
    rows = sp.csr_array(np.array([[1, 1, 1, 1], [0, 3, 0, 0], [0, 0, 0, 0]], dtype=np.float32))
    assert scale_rows(rows, 0.5).toarray().tolist() == [[0.5, 0.5, 0.5, 0.5], [0, 3, 0, 0], [0, 0, 0, 0]]


def test_rows_meet_another_catalogue_by_key() -> None:
    """Columns move with their keys: items that are gone are dropped, new ones are empty."""
    moved = small().aligned_to(np.array([5, 20, 25, 30]))
    assert moved.ratings.toarray().tolist() == [[0, 0, 0, 0], [0, 5, 0, 0]]
    assert moved.seen.toarray().tolist() == [[0, 1, 0, 0], [0, 1, 0, 0]]
    world = small()
    assert world.aligned_to(world.item_keys) is world
    with pytest.raises(ItemsDifferError, match="aligned_to"):
        moved.require_items(world.item_keys, "a model")


@given(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 9))), st.sets(st.integers(0, 14)))
def test_what_moves_to_another_catalogue_keeps_its_key_value_and_order(
    pairs: set[tuple[int, int]], wanted: set[int]
) -> None:
    """Ratings, what is seen and when, of every item that both catalogues have; columns ascend as everywhere."""
    users, items = (np.array([pair[part] for pair in sorted(pairs)], dtype=np.int64) for part in (0, 1))
    days = np.arange(len(users)) + 1.0
    world = Interactions.from_arrays(
        users, items, days % 10 + 1, user_keys=range(4), item_keys=range(10), rated_at=days
    )
    keys = np.array(sorted(wanted), dtype=np.int64)
    moved = world.aligned_to(keys)
    assert moved.item_keys.tolist() == keys.tolist()
    assert moved.rated_at is not None
    assert world.rated_at is not None
    for before, after in ((world.ratings, moved.ratings), (world.seen, moved.seen), (world.rated_at, moved.rated_at)):
        expected = np.zeros((4, len(keys)))
        expected[:, keys < 10] = before.toarray()[:, keys[keys < 10]]
        assert after.toarray().tolist() == expected.tolist()
        assert all((np.diff(after.indices[slice(*after.indptr[row : row + 2])]) > 0).all() for row in range(4))


def test_rows_are_found_by_user_key() -> None:
    """Row numbers in the order asked for; a stranger is an error that names them."""
    assert small().rows_of([2, 1]).tolist() == [1, 0]
    with pytest.raises(InvalidInputError, match=r"user_key.*7"):
        small().rows_of([7])


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (([1, 1], [5, 5], [3, 4]), "come twice"),
        (([1], [5], [11]), "outside 1-10, e.g. 11"),
        (([1], [5], [0]), "outside 1-10"),
        (([1, 2], [5], [3]), "lengths differ"),
    ],
)
def test_entries_that_break_a_rule_are_refused(entries: tuple[list[int], ...], words: str) -> None:
    """Duplicates, ratings off the scale and lists of different length never become a matrix."""
    with pytest.raises(InvalidInputError, match=words):
        Interactions.from_arrays(*entries)


def test_a_key_outside_the_catalogue_is_refused() -> None:
    """An anime that is not in the given catalogue is an error, not a new column."""
    with pytest.raises(InvalidInputError, match=r"item_key outside.*99"):
        Interactions.from_arrays([1], [99], [5], item_keys=[10, 20])


def test_matrices_of_other_shape_and_unsorted_keys_are_refused() -> None:
    """Users x items, with ascending item keys: anything else is refused on construction."""
    world = small()
    with pytest.raises(InvalidInputError, match="users x items"):
        Interactions(world.user_keys[:1], world.item_keys, world.ratings, world.seen)
    with pytest.raises(InvalidInputError, match="ascending"):
        Interactions(world.user_keys, world.item_keys[::-1], world.ratings, world.seen)
    with pytest.raises(InvalidInputError, match="4 item keys, but 3 item_ids"):
        replace(world, item_ids=world.item_keys[1:])
