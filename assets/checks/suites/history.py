"""Suites of what changes with time: versions of anime, and the figures of each day."""

from assets.checks.expectations import ColumnCheck, between, one_of, stated, typed
from assets.checks.suites.values import FORMATS, SOURCES, STATUSES

ANIME_HISTORY = (
    ColumnCheck("keys_are_whole_numbers", "Keys are 64-bit integers, none missing.", typed("int64", "anime_key")),
    ColumnCheck(
        "formats_and_statuses_are_known",
        "Every version has one of the project's formats, and its status, where stated, is one of the project's.",
        stated("format") + one_of("format", FORMATS) + one_of("status", STATUSES),
    ),
)

METRICS = (
    ColumnCheck("sources_are_known", "Every figure is of a known source.", one_of("source", SOURCES)),
    ColumnCheck("scores_are_0_to_100", "Scores lie on the common scale from 0 to 100.", between(0, 100, "score")),
    ColumnCheck(
        "user_counts_are_not_negative",
        "Popularity, favourites and scores given are numbers of users.",
        between(0, None, "popularity", "favourites", "scored_by"),
    ),
)

HISTORY: dict[str, tuple[ColumnCheck, ...]] = {
    "dim_anime_history": ANIME_HISTORY,
    "fact_anime_metrics": METRICS,
}
