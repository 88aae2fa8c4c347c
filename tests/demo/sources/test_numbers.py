"""Score distributions."""

from hypothesis import given
from hypothesis import strategies as st

from demo.sources.numbers import distribution


@given(st.floats(0.2, 1.0), st.integers(0, 100_000), st.sampled_from([10, 20]))
def test_votes_are_spread_over_all_steps(mean: float, votes: int, steps: int) -> None:
    """There is one count for each step, and rounding loses less than one vote a step."""
    counts = distribution(mean, votes, steps)
    assert len(counts) == steps
    assert votes - steps <= sum(counts) <= votes


def test_most_votes_fall_near_the_mean() -> None:
    """With a mean of 70 of 100 the seventh of ten steps has most votes."""
    counts = distribution(0.7, 1000, 10)
    assert counts.index(max(counts)) == 6
