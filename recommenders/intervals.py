"""How sure a mean over users is: percentile bootstrap, alone and paired.

The one rule: users are resampled, never their entries, with the random stream of the project's scoring
script, so that both print the same interval for the same users in the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommenders.errors import InvalidInputError
from recommenders.metrics import UserMetrics

LEVEL = 0.95
FEWEST_USERS = 30
"""With fewer users a bootstrap has hardly a width: one user alone is always as far from 0 as they are."""
BLOCK_VALUES = 4_000_000
"""Users times columns that are resampled at once: 32 MB of them, and twice as much besides."""


@dataclass(frozen=True)
class Comparison:
    """First minus second, on the same users, of one metric.

    Attributes:
        metric: its name.
        k: its cutoff.
        difference: mean of the users' differences.
        relative_percent: of the second's mean; None where that is 0.
        ci_low: lower end of the paired 95 % interval.
        ci_high: upper end.
        p_value: two-sided, 2 * min(P(diff <= 0), P(diff >= 0)), at least 1 / samples.
        users_better: users for whom the first is better.
        users_worse: users for whom it is worse.
        users: all that were compared.
    """

    metric: str
    k: int
    difference: float
    relative_percent: float | None
    ci_low: float
    ci_high: float
    p_value: float
    users_better: int
    users_worse: int
    users: int

    @property
    def is_higher(self) -> bool:
        """Whether the first is better beyond chance: by an interval above 0, of users enough for one."""
        return self.users >= FEWEST_USERS and self.ci_low > 0


def compare(
    first: UserMetrics,
    second: UserMetrics,
    metric: str = "ndcg",
    k: int = 10,
    samples: int = 1000,
    seed: int = 0,
) -> Comparison:
    """Whether the first model is better than the second on the same users.

    Raises:
        InvalidInputError: the two were not measured on the same number of users, or `samples` is 0.
    """
    if first.values.shape != second.values.shape:
        raise InvalidInputError("a paired comparison needs both models measured on the same users")
    if samples < 1:
        raise InvalidInputError("a paired comparison needs at least one resample")
    difference = first.column(metric, k) - second.column(metric, k)
    resampled = bootstrap_means(difference[:, None], samples, seed)
    low, high = _percentiles(resampled)[0]
    p_value = 2 * min((resampled <= 0).mean(), (resampled >= 0).mean())
    base = second.mean(metric, k)
    mean = float(difference.mean()) if len(difference) else 0.0
    return Comparison(
        metric,
        k,
        mean,
        100 * mean / base if base else None,
        float(low),
        float(high),
        float(min(1.0, max(p_value, 1.0 / samples))),
        int((difference > 0).sum()),
        int((difference < 0).sum()),
        len(difference),
    )


@dataclass(frozen=True)
class Mean:
    """A mean over users with its 95 % interval; all 0 where nobody counts.

    Attributes:
        value: the mean.
        low: lower end.
        high: upper end.
        users: how many users it is over.
    """

    value: float
    low: float
    high: float
    users: int


def means(columns: Sequence[NDArray[np.float64]], samples: int = 1000, seed: int = 0) -> list[Mean]:
    """The mean of each column, all over the same resamples; a user with NaN does not count in that column.

    Args:
        columns: float64 (users,) each, at least one user.
        samples: bootstrap resamples.
        seed: of the resamples.
    """
    at_once = max(1, BLOCK_VALUES // len(columns[0]))
    blocks = [np.stack(columns[start : start + at_once], axis=1) for start in range(0, len(columns), at_once)]
    return [one for block in blocks for one in _means(block, samples, seed)]


def _means(values: NDArray[np.float64], samples: int, seed: int) -> list[Mean]:
    """The means of one block of columns: values float64 (users, columns)."""
    defined = ~np.isnan(values)
    counts = defined.sum(axis=0)
    # column by column, as UserMetrics.mean adds up, so that both give the same bits
    found = [
        float(column[counted].mean()) if counted.any() else 0.0
        for column, counted in zip(values.T, defined.T, strict=True)
    ]
    resampled = bootstrap_means(np.where(defined, values, 0.0), samples, seed)
    partial = (counts > 0) & (counts < len(values))
    if partial.any():
        # the mean of a resample is over those of its users who count; one without any of them says nothing new
        share = bootstrap_means(defined[:, partial].astype(np.float64), samples, seed)
        fallback = np.broadcast_to(np.array(found)[partial], share.shape)
        resampled[:, partial] = np.divide(resampled[:, partial], share, out=fallback.copy(), where=share > 0)
    return [
        Mean(value, float(low), float(high), int(users))
        for value, (low, high), users in zip(found, _percentiles(resampled), counts, strict=True)
    ]


def bootstrap_means(values: NDArray[np.float64], samples: int, seed: int, chunk: int = 64) -> NDArray[np.float64]:
    """Means over resampled users: float64 (samples, columns), of values (users, columns)."""
    n = len(values)
    if not n or not samples:
        return np.zeros((max(samples, 1), values.shape[1]))
    rng = np.random.default_rng(seed)
    out = []
    for start in range(0, samples, chunk):
        size = min(chunk, samples - start)
        counts = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(size)])
        out.append(counts @ values / n)
    return np.concatenate(out)


def _percentiles(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Low and high end of the interval of each column: float64 (columns, 2)."""
    tail = 100 * (1 - LEVEL) / 2
    return np.asarray(np.percentile(means, [tail, 100 - tail], axis=0).T)
