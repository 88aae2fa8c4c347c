"""By which split models are compared follows from whether ratings say when they were made."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from recommenders.deciding import deciding_split, divides, users_apart
from recommenders.interactions import LIKED, Interactions
from recommenders.splitting import holdout

from .worlds import tastes


def timed(days: np.ndarray | None) -> Interactions:
    """The world of tastes, its entries made on these days; 0 = nobody knows."""
    world = tastes()[0]
    if days is None:
        return replace(world, rated_at=None)
    seen = world.seen.tocoo()
    known = days > 0
    matrix = sp.csr_array((days[known], (seen.row[known], seen.col[known])), shape=world.seen.shape)
    return replace(world, rated_at=matrix)


ENTRIES = tastes()[0].seen.nnz
SPREAD = np.arange(ENTRIES) * 7 % 1000 + 1.0


def test_where_times_are_known_one_moment_divides_everybody() -> None:
    """Whatever the seed: a moment is not drawn."""
    world = timed(SPREAD)
    one, other = deciding_split(world, 1), deciding_split(world, 2)
    assert one.protocol == other.protocol
    assert one.protocol.startswith("global time split, 20% of ratings >= 7 from 1972-")
    assert (one.held_out != other.held_out).nnz == 0
    assert 0.18 < one.held_out.nnz / world.liked(LIKED).nnz < 0.22


@pytest.mark.parametrize(
    "days",
    [
        None,
        np.full(ENTRIES, 19_000.0),
        np.where(np.arange(ENTRIES) % 5 == 0, 0.0, SPREAD),
        np.where(np.arange(ENTRIES) % 4 == 0, SPREAD, 19_000.0),
    ],
    ids=["no times", "all on one day", "a fifth unknown", "three quarters on the last day"],
)
def test_elsewhere_each_user_lacks_some_of_their_own(days: np.ndarray | None) -> None:
    """Where times are missing, or most entries were made at one time, as when lists were imported."""
    world = timed(days)
    assert deciding_split(world, 7).protocol == holdout(world, seed=7).protocol
    assert (deciding_split(world, 7).held_out != holdout(world, seed=7).held_out).nnz == 0


def test_a_few_unknown_times_do_not_matter() -> None:
    """One in twenty: those are left out of what models learn from."""
    world = timed(np.where(np.arange(ENTRIES) % 20 == 0, 0.0, SPREAD))
    split = deciding_split(world)
    assert split.protocol.startswith("global time split")
    assert split.train.rated_at is not None
    assert split.train.seen.nnz == split.train.rated_at.nnz < world.seen.nnz


def test_nothing_liked_divides_nothing() -> None:
    """There is no moment then."""
    world = timed(SPREAD)
    assert world.rated_at is not None
    assert not divides(world.rated_at, world.liked(11))


def test_people_are_kept_out_only_where_no_moment_divides() -> None:
    """A fifth of the users, told the same of when asked as the deciding split tells; others with the seed."""
    world = timed(None)
    apart, deciding = users_apart(world, 7), deciding_split(world, 7)
    assert apart is not None
    asked = apart.evaluated
    assert 0.1 < len(asked) / world.n_users < 0.3
    assert apart.train.seen[asked].nnz == 0
    assert (apart.rows.seen[asked] != deciding.train.seen[asked]).nnz == 0
    other = users_apart(world, 8)
    assert other is not None
    assert set(other.evaluated) != set(asked)
    assert users_apart(timed(SPREAD), 7) is None


@pytest.mark.parametrize("users", [0, 1, 2, 4])
def test_a_handful_of_users_is_divided_as_well(users: int) -> None:
    """A run with few or no ratings goes on: the group that is asked may be empty."""
    world = timed(None)
    apart = users_apart(world.take(np.arange(users)), 7)
    assert apart is not None
    assert len(apart.evaluated) <= users
    assert len(apart.train.user_keys) == users
