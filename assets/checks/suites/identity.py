"""Suites of what people decided about identity, of how good it is, and of where keys lead."""

from assets.checks.expectations import ColumnCheck, between, matching, one_of, stated
from assets.checks.suites.values import SOURCES, VISIBLE

STANDINGS = ("in_force", "expired", "stale", "contradicted", "impossible")
KEY_STATES = ("living", "merged", "retired")

DECISIONS = (
    ColumnCheck(
        "records_are_of_known_sources",
        "Every decision is about two records of known sources.",
        one_of("left_source", SOURCES) + one_of("right_source", SOURCES),
    ),
    ColumnCheck(
        "decisions_are_same_or_different",
        "Every line says same or different.",
        stated("decision") + one_of("decision", ("same", "different")),
    ),
    ColumnCheck(
        "every_line_says_what_became_of_it",
        "Every line has one of the stated standings, and a sentence about it.",
        stated("status", "remark") + one_of("status", STANDINGS) + matching(VISIBLE, "remark"),
    ),
)
FIGURES = (
    ColumnCheck("figures_are_not_negative", "Every figure is 0 or more.", between(0, None, "value", "numerator")),
    ColumnCheck("figures_are_named", "Every figure says what it is and of what.", stated("metric", "scope")),
)
KEYS = (
    ColumnCheck(
        "states_are_known",
        "Every key is living, merged or retired, and leads somewhere.",
        stated("state", "current_anime_key") + one_of("state", KEY_STATES),
    ),
)

IDENTITY: dict[str, tuple[ColumnCheck, ...]] = {
    "fact_match_override": DECISIONS,
    "fact_match_metric": FIGURES,
    "vw_anime_key": KEYS,
}
