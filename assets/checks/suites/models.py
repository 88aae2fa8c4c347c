"""Suites of models, their figures and what they recommend."""

from assets.checks.expectations import ColumnCheck, between, matching, one_of, stated
from assets.checks.suites.values import VISIBLE

#: Shares and cosines come from 32-bit numbers and may miss 0 and 1 by this much.
ROUNDING = 1e-5

RANKS_ARE_1_TO_100 = ColumnCheck("ranks_are_1_to_100", "Ranks lie from 1 to 100.", between(1, 100, "rank"))
EVERY_ROW_HAS_A_SCORE = ColumnCheck("every_row_has_a_score", "Every recommended anime has a score.", stated("score"))

RECOMMENDATION = (
    RANKS_ARE_1_TO_100,
    EVERY_ROW_HAS_A_SCORE,
    ColumnCheck(
        "shares_are_0_to_1",
        "Each part of a score is a share of it, from 0 to 1.",
        stated("share_collaborative", "share_content", "share_popularity")
        + between(-ROUNDING, 1 + ROUNDING, "share_collaborative", "share_content", "share_popularity"),
    ),
)

MODEL = (
    ColumnCheck(
        "versions_say_what_they_are",
        "Every model version states its type, the data and the code it was made of, and its parameters.",
        stated("model_type", "data_version", "code_version", "parameters")
        + matching(VISIBLE, "model_type", "data_version", "code_version"),
    ),
    ColumnCheck("active_is_stated", "Every model version says whether it is the active one.", stated("is_active")),
)

DECISION = (
    ColumnCheck(
        "decisions_are_known",
        "Every decision is one of the stated kinds.",
        stated("decision") + one_of("decision", ("promoted", "kept", "continued", "released")),
    ),
    ColumnCheck(
        "every_decision_has_a_reason",
        "Every decision says who made it, when and why.",
        stated("decided_by", "decided_at", "reason") + matching(VISIBLE, "decided_by", "reason"),
    ),
)

TRIAL = (
    ColumnCheck(
        "outcomes_are_known",
        "Every trial was finished, pruned or failed.",
        stated("outcome") + one_of("outcome", ("finished", "pruned", "failed")),
    ),
    ColumnCheck("figures_are_0_to_1", "NDCG@10 of a trial lies from 0 to 1.", between(0, 1, "ndcg_at_10")),
)

METRIC = (
    ColumnCheck(
        "every_figure_names_its_protocol",
        "Every figure says how it was measured: split, positives, candidates and seed.",
        stated("protocol") + matching(VISIBLE, "protocol"),
    ),
    ColumnCheck("every_figure_has_a_value", "Every figure is a number.", stated("value")),
    ColumnCheck("depths_are_positive", "Lists are measured to a depth of at least 1.", between(1, None, "k")),
    ColumnCheck("figures_are_over_users", "Every figure is a mean over at least one user.", between(1, None, "users")),
)

MODELS: dict[str, tuple[ColumnCheck, ...]] = {
    "training_entry": (
        ColumnCheck(
            "ratings_are_1_to_10", "Ratings that models learn from lie from 1 to 10.", between(1, 10, "rating")
        ),
    ),
    "training_data": (
        ColumnCheck(
            "data_is_named",
            "The data that models learn from has a name with and one without what anime are about.",
            matching(r"^[0-9a-f]{16}$", "described_version", "rated_version"),
        ),
    ),
    "evaluation_input": (
        ColumnCheck("ratings_are_1_to_10", "Known ratings lie from 1 to 10.", between(1, 10, "rating")),
    ),
    "evaluation_model": (RANKS_ARE_1_TO_100, EVERY_ROW_HAS_A_SCORE),
    "dim_recommendation_model": MODEL,
    "fact_promotion_decision": DECISION,
    "fact_tuning_trial": TRIAL,
    "held_out_user_metric": METRIC,
    "fact_model_metric": METRIC,
    "fact_collaborative_scores": (RANKS_ARE_1_TO_100, EVERY_ROW_HAS_A_SCORE),
    "fact_anime_similarity": (
        ColumnCheck("ranks_are_1_to_20", "Ranks lie from 1 to 20.", between(1, 20, "rank")),
        ColumnCheck(
            "similarities_are_at_most_1",
            "No two anime are more alike than equal, and none is listed that is not alike at all.",
            stated("score") + between(0, 1 + ROUNDING, "score"),
        ),
    ),
    "fact_recommendation": RECOMMENDATION,
}
