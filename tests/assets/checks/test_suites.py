"""Every column check holds in a sound warehouse, and finds the rows that break it."""

from typing import Any

import pytest

from assets.checks.columns import check_columns
from assets.checks.suites import SUITES, suite
from assets.checks.suites.values import SOURCES
from assets.checks.tables import CheckedTable, checked_tables
from tests.assets.checks.conftest import table_named
from tests.assets.checks.identity_world import IDENTITY_FAULTS
from tests.assets.checks.world import TABLES

#: (table, check, what breaks it); tables that share a suite are shown once.
BREAKS: list[tuple[str, str, str]] = [
    *IDENTITY_FAULTS,
    ("stg_kitsu__anime_records", "source_ids_are_positive_whole_numbers", "source_id = '05'"),
    ("stg_kitsu__anime_records", "mean_scores_are_0_to_100", "mean_score = 101"),
    ("stg_kitsu__anime_records", "user_counts_are_not_negative", "favourites = -1"),
    ("stg_kitsu__anime_records", "payload_pointers_are_stated", "payload_path = null"),
    ("stg_kitsu__anime", "source_is_its_own", "source = 'anilist'"),
    ("stg_kitsu__anime", "source_ids_are_positive_whole_numbers", "source_id = 'five'"),
    ("stg_kitsu__anime", "formats_are_known", "format = 'PLAY'"),
    ("stg_kitsu__anime", "formats_are_known", "format = null"),
    ("stg_kitsu__anime", "statuses_are_known", "status = 'finished'"),
    ("stg_kitsu__anime", "episodes_and_durations_are_positive", "episodes = 0"),
    ("stg_kitsu__anime", "episodes_and_durations_are_positive", "duration_minutes = 0"),
    ("stg_kitsu__anime", "mean_scores_are_0_to_100", "mean_score = -1"),
    ("stg_kitsu__anime", "user_counts_are_not_negative", "popularity = -1"),
    ("stg_kitsu__anime", "payload_pointers_are_stated", "payload_line = null"),
    ("stg_anilist__ratings", "scores_fit_the_scale", "source_score = 101"),
    ("stg_anilist__ratings", "scores_fit_the_scale", "source_score = 0"),
    ("stg_anilist__ratings", "list_statuses_are_known", "status = 'seen'"),
    ("stg_anilist__ratings", "payload_pointers_are_stated", "payload_line = null"),
    ("stg_kitsu__list_entries", "source_ids_are_positive_whole_numbers", "source_id = '05'"),
    ("stg_kitsu__list_entries", "scores_fit_the_scale", "source_score = 21"),
    ("stg_kitsu__list_entries", "list_statuses_are_known", "status = 'seen'"),
    ("stg_kitsu__list_entries", "payload_pointers_are_stated", "payload_item = null"),
    ("stg_anilist__reviews", "source_is_its_own", "source = 'kitsu'"),
    ("stg_anilist__reviews", "source_ids_are_positive_whole_numbers", "source_id = 'one'"),
    ("stg_anilist__reviews", "scores_are_0_to_100", "score = 101"),
    ("stg_anilist__reviews", "texts_are_stated", "body = null"),
    ("stg_anilist__reviews", "payload_pointers_are_stated", "payload_item = null"),
    ("stg_jikan__anime", "source_is_its_own", "source = 'jikan'"),
    ("stg_imdb__titles", "ids_are_of_imdb", "tconst = 'nm0000001'"),
    ("stg_imdb__titles", "scores_are_0_to_100", "imdb_score = 101"),
    ("stg_imdb__titles", "votes_are_not_negative", "votes = -1"),
    ("stg_imdb__titles", "titles_can_be_read", "primary_title = null"),
    ("stg_imdb__titles", "payload_pointers_are_stated", "payload_line = null"),
    ("fact_anime_review", "sources_are_known", "source = 'jikan'"),
    ("fact_anime_review", "scores_are_0_to_100", "score = -1"),
    ("fact_anime_review", "readers_are_counted", "votes = -1"),
    ("fact_source_tombstone", "sources_are_known", "source = 'jikan'"),
    ("fact_source_tombstone", "reports_are_counted", "reports = 0"),
    ("bridge_anime_imdb", "ids_are_of_imdb", "tconst = '1'"),
    ("bridge_anime_imdb", "confidences_are_0_to_1", "confidence = 2"),
    ("bridge_anime_imdb", "scores_are_0_to_100", "imdb_score = 810"),
    ("int_anime_identities", "sources_are_known", "source = 'imdb'"),
    ("int_anime_identities", "source_ids_are_positive_whole_numbers", "source_id = '0'"),
    ("int_anime_identities", "anime_keys_are_exact_in_json", "anime_key = 9007199254740992"),
    ("int_anime_identities", "anime_keys_are_exact_in_json", "anime_key = null"),
    ("int_anime_identities", "match_methods_are_known", "match_method = 'guess'"),
    ("int_anime_identities", "confidences_are_0_to_1", "confidence = 1.5"),
    ("dim_anime_history", "keys_are_whole_numbers", "anime_key = null"),
    ("dim_anime_history", "formats_and_statuses_are_known", "status = 'RELEASING'"),
    ("dim_anime_history", "formats_and_statuses_are_known", "format = null"),
    ("dim_anime", "keys_are_whole_numbers", "anime_key = null"),
    ("dim_anime", "formats_are_known", "format = 'TV_SHORT'"),
    ("dim_anime", "statuses_are_known", "status = 'RELEASING'"),
    ("dim_anime", "dates_say_how_exact_they_are", "season = 'AUTUMN'"),
    ("dim_anime", "dates_say_how_exact_they_are", "start_date_precision = 'decade'"),
    ("dim_anime", "mean_scores_are_0_to_100", "mean_score = 8200"),
    ("dim_anime", "counts_are_possible", "source_count = 4"),
    ("dim_anime", "counts_are_possible", "popularity = -5"),
    ("dim_anime", "start_years_are_possible", "start_year = 20140"),
    ("dim_anime", "match_confidences_are_0_to_1", "match_confidence = null"),
    ("dim_anime", "adult_is_stated", "is_adult = null"),
    ("dim_anime_record", "sources_are_known", "source = 'jikan'"),
    ("dim_anime_record", "source_ids_are_positive_whole_numbers", "source_id = '05'"),
    ("dim_anime_record", "keys_are_whole_numbers", "anime_key = null"),
    ("dim_anime_record", "formats_and_statuses_are_known", "format = null"),
    ("dim_anime_record", "formats_and_statuses_are_known", "status = 'RELEASING'"),
    ("dim_anime_record", "dates_say_how_exact_they_are", "start_date_precision = 'decade'"),
    ("dim_anime_record", "numbers_are_possible", "mean_score = 101"),
    ("dim_anime_record", "numbers_are_possible", "duration_minutes = 0"),
    ("dim_anime_record", "payload_pointers_are_stated", "payload_line = null"),
    ("fact_anime_field", "fields_are_known", "field = 'colour'"),
    ("fact_anime_field", "sources_are_known", "source = 'jikan'"),
    ("fact_anime_field", "values_can_be_read", "value = ' '"),
    ("fact_anime_field", "every_value_says_why", "why = null"),
    ("fact_anime_field", "every_value_says_why", "rule = ''"),
    ("fact_anime_field", "winning_is_stated", "is_winner = null"),
    ("fact_anime_field", "votes_are_of_sources", "votes = 4"),
    ("bridge_anime_genre", "genres_are_not_blank", "genre = ' '"),
    ("bridge_anime_tag", "tags_are_not_blank", "tag = ''"),
    ("bridge_anime_tag", "weights_are_0_to_1", "weight = 60"),
    ("bridge_anime_studio", "studios_are_not_blank", "studio = ''"),
    ("bridge_anime_relation", "relation_types_are_words", "relation_type = 'sequel'"),
    ("bridge_anime_franchise", "every_anime_is_in_a_universe", "universe_key = null"),
    ("bridge_anime_franchise", "every_anime_is_in_a_universe", "evidence = 'guess'"),
    ("bridge_anime_franchise", "watch_positions_count_from_1", "watch_position = 0"),
    ("anime_key_history", "events_are_known", "event = 'died'"),
    ("anime_key_history", "every_event_has_a_cause", "cause = ''"),
    ("anime_key_history", "every_event_has_a_cause", "occurred_at = null"),
    ("fact_match_candidate", "decisions_are_known", "decision = 'maybe'"),
    ("fact_match_candidate", "scores_are_0_to_1", "score = 98"),
    ("fact_match_candidate", "every_decision_has_a_reason", "reason = null"),
    ("fact_match_candidate", "cross_ids_are_judged", "cross_id = 'yes'"),
    ("fact_anime_metrics", "sources_are_known", "source = 'imdb'"),
    ("fact_anime_metrics", "scores_are_0_to_100", "score = 845"),
    ("fact_anime_metrics", "user_counts_are_not_negative", "scored_by = -1"),
    ("dim_source", "sources_are_known", "source = 'imdb'"),
    ("dim_source", "counts_are_not_negative", "anime = -1"),
    ("dim_user", "sources_are_known", "source = 'imdb'"),
    ("dim_user", "user_ids_are_not_blank", "user_id = ' '"),
    ("dim_user", "user_keys_are_exact_in_json", "user_key = 9007199254740992"),
    ("dim_user", "cohorts_are_known", "cohort_id = 'treatment_c'"),
    ("fact_user_rating", "ratings_are_decimal_numbers", None),
    ("fact_user_rating", "list_statuses_are_known", "status = 'seen'"),
    ("training_entry", "ratings_are_1_to_10", "rating = 0"),
    ("training_data", "data_is_named", "rated_version = 'today'"),
    ("evaluation_input", "ratings_are_1_to_10", "rating = 0"),
    ("evaluation_ease", "ranks_are_1_to_100", "rank = 101"),
    ("evaluation_ease", "every_row_has_a_score", "score = 'nan'"),
    ("dim_recommendation_model", "versions_say_what_they_are", "data_version = ''"),
    ("dim_recommendation_model", "active_is_stated", "is_active = null"),
    ("fact_promotion_decision", "decisions_are_known", "decision = 'maybe'"),
    ("fact_promotion_decision", "every_decision_has_a_reason", "reason = ''"),
    ("fact_promotion_decision", "every_decision_has_a_reason", "decided_by = null"),
    ("fact_tuning_trial", "outcomes_are_known", "outcome = 'lost'"),
    ("fact_tuning_trial", "figures_are_0_to_1", "ndcg_at_10 = 1.5"),
    ("fact_model_metric", "every_figure_names_its_protocol", "protocol = ''"),
    ("fact_model_metric", "every_figure_has_a_value", "value = null"),
    ("fact_model_metric", "depths_are_positive", "k = 0"),
    ("fact_model_metric", "figures_are_over_users", "users = 0"),
    ("fact_collaborative_scores", "ranks_are_1_to_100", "rank = 0"),
    ("fact_collaborative_scores", "every_row_has_a_score", "score = null"),
    ("fact_anime_similarity", "ranks_are_1_to_20", "rank = 21"),
    ("fact_anime_similarity", "similarities_are_at_most_1", "score = 1.1"),
    ("fact_recommendation", "ranks_are_1_to_100", "rank = 101"),
    ("fact_recommendation", "every_row_has_a_score", "score = null"),
    ("fact_recommendation", "shares_are_0_to_1", "share_content = -0.5"),
    ("fact_recommendation", "shares_are_0_to_1", "share_popularity = null"),
]


def failing(connection: Any, name: str) -> dict[str, int]:
    """How many rows break each column check of the table, by check."""
    table = table_named(name)
    return {one.check.name: one.failing_rows for one in check_columns(connection, table, suite(table))}


def test_every_column_check_holds_in_a_sound_warehouse(world: Any) -> None:
    """No suite finds fault with a warehouse that is as it should be."""
    names = [name.split(".")[1] for name in TABLES]
    assert not {(name, check) for name in names for check, rows in failing(world, name).items() if rows}


def test_no_column_check_fails_by_emptiness_alone(world: Any) -> None:
    """A source or a stream that an input lacks leaves empty tables behind, which is fine."""
    for name in TABLES:
        world.execute(f"delete from {name}")
    names = [name.split(".")[1] for name in TABLES]
    assert not {(name, check) for name in names for check, rows in failing(world, name).items() if rows}


@pytest.mark.parametrize(("name", "check", "change"), BREAKS, ids=lambda one: str(one))
def test_each_column_check_finds_what_breaks_it(world: Any, name: str, check: str, change: str | None) -> None:
    """Every column check finds a row that is changed so as to break it."""
    table = table_named(name)
    if change is None:
        world.execute(f"alter table {table.table} alter rating type varchar")
    else:
        world.execute(f"update {table.table} set {change}")
    assert failing(world, name)[check] > 0


def names(table: CheckedTable) -> tuple[str, ...]:
    """The names of the table's column checks."""
    return tuple(check.name for check in suite(table))


def test_no_column_check_is_without_an_example() -> None:
    """Every check of every suite has an example above that breaks it; tables of one suite need it once."""
    shown: dict[tuple[str, ...], set[str]] = {}
    for name, check, _ in BREAKS:
        shown.setdefault(names(table_named(name)), set()).add(check)
    for table in checked_tables():
        assert set(names(table)) <= shown.get(names(table), set()), table.name


def test_every_suite_is_of_a_table_there_is_and_of_columns_it_has() -> None:
    """No suite is about a table or a column that was renamed."""
    used = {name for table in checked_tables() for name in (table.name, table.file.name)}
    assert set(SUITES) <= used
    for table in checked_tables():
        columns = {column for check in suite(table) for column in check.columns}
        assert columns <= set(table.file.columns), table.name


def test_every_source_has_the_same_suites() -> None:
    """A source that is added to the words is also checked."""
    for stream in ("anime", "anime_records", "ratings"):
        assert all(f"stg_{source}__{stream}" in SUITES for source in SOURCES)
