"""Suites of what changes with time: versions of anime, and the figures of each day."""

from assets.checks.expectations import ColumnCheck
from assets.checks.suites.common import (
    FIGURES_ARE_COUNTS,
    KEYS_ARE_WHOLE_NUMBERS,
    formats_and_statuses_are_known,
    scores_are_0_to_100,
    sources_are_known,
)

ANIME_HISTORY = (
    KEYS_ARE_WHOLE_NUMBERS,
    formats_and_statuses_are_known("version"),
)

METRICS = (
    sources_are_known("figure"),
    scores_are_0_to_100("score"),
    FIGURES_ARE_COUNTS,
)

HISTORY: dict[str, tuple[ColumnCheck, ...]] = {
    "dim_anime_history": ANIME_HISTORY,
    "fact_anime_metrics": METRICS,
}
