"""The plan of the world: franchises, roles and numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from demo import franchises as roles
from demo.franchises import Plan, plan_franchises


@given(st.integers(0, 10_000), st.integers(1, 400))
def test_a_franchise_is_one_block_that_begins_with_its_first_entry(seed: int, count: int) -> None:
    """Rows of a franchise stand together, exactly one of them is the first, and it leads."""
    plan = plan_franchises(seed, count)
    assert plan.count == count
    assert (np.diff(plan.franchise) >= 0).all()
    assert (np.diff(plan.franchise) <= 1).all()
    assert ((plan.role == roles.FIRST) == (np.arange(count) == plan.first_row)).all()
    assert (plan.size == np.bincount(plan.franchise)[plan.franchise]).all()


@given(st.integers(0, 10_000), st.integers(1, 400))
def test_the_main_line_is_a_chain(seed: int, count: int) -> None:
    """A season or part follows one entry of the line; what stands beside it follows the first entry."""
    plan = plan_franchises(seed, count)
    main = np.isin(plan.role, (roles.SEASON, roles.PART))
    assert (plan.depth[main] == plan.depth[plan.predecessor[main]] + 1).all()
    beside = ~main & (plan.role != roles.FIRST)
    assert (plan.predecessor[beside] == plan.first_row[beside]).all()
    assert (plan.predecessor[plan.role == roles.FIRST] == -1).all()


@given(st.integers(0, 10_000), st.integers(1, 400))
def test_no_two_entries_of_a_franchise_have_the_same_number(seed: int, count: int) -> None:
    """The season with its part, or the role with its number, tells the entries of a franchise apart."""
    plan = plan_franchises(seed, count)
    in_line = np.isin(plan.role, roles.MAIN_LINE)
    kind = np.where(in_line, 0, plan.role)
    season = np.where(in_line, plan.season, 0)
    keys = set(zip(plan.franchise, kind, season, plan.part, plan.number, strict=True))
    assert len(keys) == count


def test_about_half_of_the_franchises_have_one_entry() -> None:
    """Singles and long series both exist in number."""
    plan: Plan = plan_franchises(1, 20_000)
    sizes = np.bincount(plan.franchise)
    assert 0.5 < (sizes == 1).mean() < 0.6
    assert sizes.max() > 8
