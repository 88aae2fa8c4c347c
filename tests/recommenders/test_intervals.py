"""Intervals and paired comparisons over users."""

import numpy as np
import pytest

from recommenders import intervals as module
from recommenders.errors import InvalidInputError
from recommenders.intervals import bootstrap_means, compare, means
from recommenders.metrics import UserMetrics


def measured(*values: float) -> UserMetrics:
    """One metric of some users."""
    return UserMetrics((("ndcg", 10),), np.array(values)[:, None])


def test_users_who_are_all_alike_leave_no_doubt() -> None:
    """The interval of a constant is that constant."""
    (mean,) = means([np.full(3, 0.5)])
    assert (mean.low, mean.value, mean.high) == (0.5, 0.5, 0.5)


def test_the_interval_is_about_two_standard_errors_each_way() -> None:
    """For 400 users half at 0 and half at 1 the mean is 0.5 and its standard error 0.5 / sqrt(400)."""
    (mean,) = means([np.repeat([0.0, 1.0], 200)])
    assert mean.low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.01)
    assert mean.high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.01)


def test_the_number_of_users_drawn_at_once_does_not_matter() -> None:
    """Chunks only bound memory."""
    values = np.random.default_rng(0).random((30, 2))
    np.testing.assert_allclose(bootstrap_means(values, 50, 3, chunk=7), bootstrap_means(values, 50, 3))


def test_a_better_model_is_better_for_each_user() -> None:
    """0.2 more for every user: the difference is 0.2 with no spread, and p is as small as it can be."""
    result = compare(measured(0.5, 0.7, 0.9), measured(0.3, 0.5, 0.7), samples=200)
    assert result.difference == pytest.approx(0.2)
    assert (result.ci_low, result.ci_high) == (pytest.approx(0.2), pytest.approx(0.2))
    assert result.relative_percent == pytest.approx(100 * 0.2 / 0.5)
    assert result.p_value == 1 / 200
    assert (result.users_better, result.users_worse) == (3, 0)


def test_equal_models_do_not_differ() -> None:
    """Nothing between them: difference 0, p 1; against a mean of 0 there is no percentage."""
    result = compare(measured(0.0, 0.0), measured(0.0, 0.0))
    assert (result.difference, result.p_value, result.relative_percent) == (0, 1, None)


def test_other_users_cannot_be_compared() -> None:
    """Pairing needs the same users."""
    with pytest.raises(InvalidInputError, match="same users"):
        compare(measured(1.0), measured(1.0, 0.5))


def test_without_resamples_there_is_no_comparison() -> None:
    """Zero resamples cannot tell a p-value."""
    with pytest.raises(InvalidInputError, match="resample"):
        compare(measured(1.0), measured(0.5), samples=0)


def test_nobody_measured_gives_zero() -> None:
    """No users: the mean is 0, not an error, and nobody is better than nobody."""
    nobody = UserMetrics((("ndcg", 10),), np.zeros((0, 1)))
    assert nobody.mean("ndcg", 10) == 0
    result = compare(nobody, nobody)
    assert (result.difference, result.ci_low, result.ci_high) == (0, 0, 0)


def test_a_user_without_a_figure_does_not_count_in_it() -> None:
    """The mean is of the two who have one, its interval between them; where nobody has one all is 0."""
    some, nobody = means([np.array([0.2, np.nan, 0.4]), np.full(3, np.nan)], samples=300)
    assert (some.value, some.users) == (pytest.approx(0.3), 2)
    assert (some.low, some.high) == (pytest.approx(0.2), pytest.approx(0.4))
    assert (nobody.value, nobody.low, nobody.high, nobody.users) == (0, 0, 0, 0)


def test_columns_that_are_resampled_apart_have_the_same_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks only bound memory; each column has the interval that it has alone."""
    columns = list(np.random.default_rng(2).random((5, 40)))
    together = means(columns, samples=50)
    monkeypatch.setattr(module, "BLOCK_VALUES", 80)
    for one, apart, column in zip(together, means(columns, samples=50), columns, strict=True):
        (alone,) = means([column], samples=50)
        assert (one.low, one.high) == pytest.approx((apart.low, apart.high))
        assert (one.low, one.high) == pytest.approx((alone.low, alone.high))
