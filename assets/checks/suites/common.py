"""Checks that the suites of several tables share."""

from assets.checks.expectations import ColumnCheck, between, matching, one_of, stated, typed
from assets.checks.suites.values import (
    FORMATS,
    IMDB_ID,
    LIST_STATUSES,
    PRECISIONS,
    SEASONS,
    SOURCE_ID,
    SOURCES,
    STATUSES,
)


def sources_are_known(what: str) -> ColumnCheck:
    """Every row, which is about a record, a user or something else of a source, names one that the project knows."""
    return ColumnCheck("sources_are_known", f"Every {what} is of a known source.", one_of("source", SOURCES))


def formats_and_statuses_are_known(what: str) -> ColumnCheck:
    """Every row, which is what a record or a version says of an anime, says it in the project's words."""
    return ColumnCheck(
        "formats_and_statuses_are_known",
        f"Every {what} has one of the project's formats, and its status, where stated, is one of the project's.",
        stated("format") + one_of("format", FORMATS) + one_of("status", STATUSES),
    )


def scores_are_0_to_100(column: str) -> ColumnCheck:
    """Scores of the column lie on the scale that all sources are brought to."""
    sentence = "Scores lie on the common scale from 0 to 100."
    return ColumnCheck("scores_are_0_to_100", sentence, between(0, 100, column))


IDS_ARE_WHOLE_NUMBERS = ColumnCheck(
    "source_ids_are_positive_whole_numbers",
    "Every id is a positive whole number without leading zeros, as all sources number their anime.",
    matching(SOURCE_ID, "source_id"),
)
IDS_ARE_OF_IMDB = ColumnCheck(
    "ids_are_of_imdb", "Every id is tt and at least seven digits.", matching(IMDB_ID, "tconst")
)
KEYS_ARE_WHOLE_NUMBERS = ColumnCheck(
    "keys_are_whole_numbers", "Keys are 64-bit integers, none missing.", typed("int64", "anime_key")
)
CONFIDENCES_ARE_0_TO_1 = ColumnCheck(
    "confidences_are_0_to_1",
    "Every match has a confidence from 0 to 1.",
    stated("confidence") + between(0, 1, "confidence"),
)
STATUSES_ARE_KNOWN = ColumnCheck(
    "statuses_are_known", "Every stated status is one of the project's.", one_of("status", STATUSES)
)
LIST_STATUSES_ARE_KNOWN = ColumnCheck(
    "list_statuses_are_known", "Every stated list status is one of the project's.", one_of("status", LIST_STATUSES)
)
DATES_SAY_HOW_EXACT_THEY_ARE = ColumnCheck(
    "dates_say_how_exact_they_are",
    "Seasons and the precision of dates are among the stated words.",
    one_of("season", SEASONS) + one_of("start_date_precision", PRECISIONS),
)
MEAN_SCORES_ARE_0_TO_100 = ColumnCheck(
    "mean_scores_are_0_to_100", "Mean scores lie on the common scale from 0 to 100.", between(0, 100, "mean_score")
)
FIGURES_ARE_COUNTS = ColumnCheck(
    "user_counts_are_not_negative",
    "Popularity, favourites and scores given are numbers of users (never ranks, and never below 0).",
    between(0, None, "popularity", "favourites", "scored_by"),
)
POINTERS_ARE_STATED = ColumnCheck(
    "payload_pointers_are_stated",
    "Every row names the landed file and the line it came from.",
    stated("payload_path", "payload_line"),
)
