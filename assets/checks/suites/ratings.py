"""Suites of users and what they think of anime."""

from assets.checks.expectations import ColumnCheck, between, matching, one_of, stated, typed
from assets.checks.suites.common import LIST_STATUSES_ARE_KNOWN, sources_are_known
from assets.checks.suites.values import COHORTS, LARGEST_KEY, VISIBLE

DIM_USER = (
    sources_are_known("user"),
    ColumnCheck(
        "user_ids_are_not_blank",
        "Every user is named by the source.",
        stated("user_id") + matching(VISIBLE, "user_id"),
    ),
    ColumnCheck(
        "user_keys_are_exact_in_json",
        "User keys lie from 0 to 2^53 - 1, which JSON and JavaScript hold exactly.",
        between(0, LARGEST_KEY, "user_key"),
    ),
    ColumnCheck(
        "cohorts_are_known",
        "Every user belongs to one of the three cohorts.",
        stated("cohort_id") + one_of("cohort_id", COHORTS),
    ),
)

USER_RATING = (
    ColumnCheck("ratings_are_decimal_numbers", "Ratings are of type DOUBLE.", typed("float64", "rating")),
    LIST_STATUSES_ARE_KNOWN,
)

RATINGS: dict[str, tuple[ColumnCheck, ...]] = {"dim_user": DIM_USER, "fact_user_rating": USER_RATING}
