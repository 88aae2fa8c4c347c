"""Suites of identity and catalogue: who is who, and what is known of each anime."""

from assets.checks.expectations import ColumnCheck, between, matching, one_of, positive, stated
from assets.checks.suites.common import (
    CONFIDENCES_ARE_0_TO_1,
    DATES_SAY_HOW_EXACT_THEY_ARE,
    IDS_ARE_OF_IMDB,
    IDS_ARE_WHOLE_NUMBERS,
    KEYS_ARE_WHOLE_NUMBERS,
    MEAN_SCORES_ARE_0_TO_100,
    POINTERS_ARE_STATED,
    STATUSES_ARE_KNOWN,
    formats_and_statuses_are_known,
    scores_are_0_to_100,
    sources_are_known,
)
from assets.checks.suites.values import (
    CROSS_ID_VERDICTS,
    DECISIONS,
    FORMATS,
    FRANCHISE_EVIDENCE,
    KEY_EVENTS,
    LARGEST_KEY,
    MATCH_METHODS,
    RELATION_VERDICTS,
    SOURCES,
    VISIBLE,
    YEARS,
)

IDENTITIES = (
    sources_are_known("record"),
    IDS_ARE_WHOLE_NUMBERS,
    ColumnCheck(
        "anime_keys_are_exact_in_json",
        "Every record has a key from 1 to 2^53 - 1, which JSON and JavaScript hold exactly.",
        stated("anime_key") + between(1, LARGEST_KEY, "anime_key"),
    ),
    ColumnCheck(
        "match_methods_are_known",
        "How each record was matched is one of the stated methods.",
        stated("match_method") + one_of("match_method", MATCH_METHODS),
    ),
    CONFIDENCES_ARE_0_TO_1,
)

#: The columns of dim_anime that records state; start_date brings its precision, year and season along.
ANIME_COLUMNS = (
    *("title", "title_romaji", "title_english", "title_native", "synonyms", "format", "status", "source_material"),
    *("episodes", "duration_minutes", "start_date", "end_date", "is_adult", "synopsis", "mean_score", "popularity"),
)

DIM_ANIME = (
    KEYS_ARE_WHOLE_NUMBERS,
    ColumnCheck(
        "formats_are_known",
        "Every anime has one of the project's formats, UNKNOWN where no source states one.",
        stated("format") + one_of("format", FORMATS),
    ),
    STATUSES_ARE_KNOWN,
    DATES_SAY_HOW_EXACT_THEY_ARE,
    MEAN_SCORES_ARE_0_TO_100,
    ColumnCheck(
        "counts_are_possible",
        "Users are not negative, episodes and minutes positive, and at most every source holds an anime.",
        between(0, None, "popularity")
        + between(1, None, "episodes")
        + positive("duration_minutes")
        + between(0, len(SOURCES), "source_count"),
    ),
    ColumnCheck(
        "start_years_are_possible",
        "No anime is older than film or decades ahead.",
        between(*YEARS, "start_year"),
    ),
    ColumnCheck(
        "match_confidences_are_0_to_1",
        "Every anime says how sure the match of its records is, from 0 to 1.",
        stated("match_confidence") + between(0, 1, "match_confidence"),
    ),
    ColumnCheck("adult_is_stated", "Every anime says whether it is adult: a rule reads it.", stated("is_adult")),
)

ANIME_RECORDS = (
    sources_are_known("record"),
    IDS_ARE_WHOLE_NUMBERS,
    KEYS_ARE_WHOLE_NUMBERS,
    formats_and_statuses_are_known("record"),
    DATES_SAY_HOW_EXACT_THEY_ARE,
    ColumnCheck(
        "numbers_are_possible",
        "Scores lie from 0 to 100, users are not negative, episodes and minutes positive.",
        between(0, 100, "mean_score")
        + between(0, None, "popularity")
        + between(1, None, "episodes")
        + positive("duration_minutes"),
    ),
    POINTERS_ARE_STATED,
)

ANIME_FIELDS = (
    ColumnCheck("fields_are_known", "Every value is of a column of dim_anime.", one_of("field", ANIME_COLUMNS)),
    sources_are_known("value"),
    ColumnCheck(
        "values_can_be_read", "Every value is stated: what is not stated has no row.", matching(VISIBLE, "value")
    ),
    ColumnCheck(
        "every_value_says_why",
        "Every value names the rule of its field, and why it won or lost.",
        stated("rule", "why") + matching(VISIBLE, "rule", "why"),
    ),
    ColumnCheck(
        "winning_is_stated",
        "Every value has won or lost, and contradicts the winner or does not.",
        stated("is_winner", "is_disputed"),
    ),
    ColumnCheck(
        "votes_are_of_sources",
        "Behind a value stand at least its own source and at most every source.",
        stated("votes") + between(1, len(SOURCES), "votes"),
    ),
)

MATCH_CANDIDATES = (
    ColumnCheck(
        "decisions_are_known",
        "Every compared pair is a match, no match, or waits for a person.",
        stated("decision") + one_of("decision", DECISIONS),
    ),
    ColumnCheck("scores_are_0_to_1", "Every pair has a score from 0 to 1.", stated("score") + between(0, 1, "score")),
    ColumnCheck(
        "every_decision_has_a_reason",
        "Every pair says in a sentence why it was decided so.",
        stated("reason") + matching(VISIBLE, "reason"),
    ),
    ColumnCheck(
        "cross_ids_are_judged",
        "What the sources' own cross ids and relations say of the pair is one of the stated verdicts.",
        one_of("cross_id", CROSS_ID_VERDICTS) + one_of("relation", RELATION_VERDICTS),
    ),
)

KEY_HISTORY = (
    ColumnCheck(
        "events_are_known",
        "Every event in the life of a key is one of the stated kinds.",
        stated("event") + one_of("event", KEY_EVENTS),
    ),
    ColumnCheck(
        "every_event_has_a_cause",
        "Every event says when it happened and why.",
        stated("occurred_at", "cause") + matching(VISIBLE, "cause"),
    ),
)

SOURCE_ROWS = (
    ColumnCheck("sources_are_known", "Every source is one the project reads.", one_of("source", SOURCES)),
    ColumnCheck("counts_are_not_negative", "Counts start at 0.", between(0, None, "anime", "list_entries")),
)

REVIEWS = (
    sources_are_known("review"),
    scores_are_0_to_100("score"),
    ColumnCheck(
        "readers_are_counted",
        "What readers thought of a review is a number of them.",
        between(0, None, "votes"),
    ),
)

TOMBSTONES = (
    sources_are_known("record that is gone"),
    ColumnCheck(
        "reports_are_counted",
        "Every record that is gone was reported at least once, and says when.",
        stated("first_missed_at", "last_missed_at") + between(1, None, "reports"),
    ),
)

IMDB_MATCHES = (
    IDS_ARE_OF_IMDB,
    CONFIDENCES_ARE_0_TO_1,
    scores_are_0_to_100("imdb_score"),
)

CATALOGUE: dict[str, tuple[ColumnCheck, ...]] = {
    "int_anime_identities": IDENTITIES,
    "bridge_anime_source": IDENTITIES,
    "dim_anime": DIM_ANIME,
    "dim_anime_record": ANIME_RECORDS,
    "fact_anime_field": ANIME_FIELDS,
    "bridge_anime_genre": (
        ColumnCheck("genres_are_not_blank", "Every genre can be read.", matching(VISIBLE, "genre")),
    ),
    "bridge_anime_tag": (
        ColumnCheck("tags_are_not_blank", "Every tag can be read.", matching(VISIBLE, "tag")),
        ColumnCheck("weights_are_0_to_1", "Stated weights lie from 0 to 1.", between(0, 1, "weight")),
    ),
    "bridge_anime_studio": (
        ColumnCheck("studios_are_not_blank", "Every studio can be read.", matching(VISIBLE, "studio")),
    ),
    "bridge_anime_relation": (
        ColumnCheck(
            "relation_types_are_words",
            "Relation types are written in one way: capital letters and underscores.",
            matching(r"^[A-Z][A-Z_]*$", "relation_type"),
        ),
    ),
    "bridge_anime_franchise": (
        ColumnCheck(
            "every_anime_is_in_a_universe",
            "Every anime here shares a universe, and says by what it belongs there.",
            stated("universe_key", "evidence") + one_of("evidence", FRANCHISE_EVIDENCE),
        ),
        ColumnCheck(
            "watch_positions_count_from_1",
            "Places in a franchise start at 1.",
            between(1, None, "watch_position"),
        ),
    ),
    "anime_key_history": KEY_HISTORY,
    "fact_match_candidate": MATCH_CANDIDATES,
    "dim_source": SOURCE_ROWS,
    "fact_anime_review": REVIEWS,
    "fact_source_tombstone": TOMBSTONES,
    "bridge_anime_imdb": IMDB_MATCHES,
}
