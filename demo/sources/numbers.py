"""Vote counts that fit a mean, for the score distributions that sources show."""

from __future__ import annotations

from functools import lru_cache
from math import exp


@lru_cache(maxsize=4096)
def _shares(mean_percent: int, steps: int) -> tuple[float, ...]:
    centre = mean_percent / 100 * steps
    weights = [exp(-(((step - centre) / (0.17 * steps)) ** 2) / 2) + 0.004 for step in range(1, steps + 1)]
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def distribution(mean: float, votes: int, steps: int) -> list[int]:
    """How many of ``votes`` fall on each of ``steps`` equal steps of a scale whose mean (0-1) is given."""
    return [int(votes * share) for share in _shares(round(mean * 100), steps)]
