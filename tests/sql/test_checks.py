"""Every rule of sql/checks holds in a sound warehouse and finds the rows that break it."""

from collections.abc import Iterator
from typing import Any

import pytest

from assets.checks.rules import check_rules, failing_rules, rules_of
from assets.checks.tables import CheckedTable, checked_tables
from tests.assets.checks.history_world import HISTORY_BREAKS
from tests.assets.checks.identity_world import IDENTITY_BREAKS
from tests.assets.checks.world import ANN, BOB, CAT, EASE, TABLES, make_world
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.sqlfiles import sql_root

BY_NAME = {table.name: table for table in checked_tables()}
CHECKED = [BY_NAME[name.split(".")[1]] for name in TABLES]
#: Parts of the names of tables that hold nothing where nobody has rated anything.
NOT_OF_THE_CATALOGUE = (
    *("rating", "user", "evaluation", "similarity", "collab", "recomm"),
    *("model", "promotion", "tuning", "training"),
)
FACTS = {"landed_paths": ["kitsu/anime/k.jsonl.gz"]}

#: (table, rule, what breaks it, how many rows then do).
BREAKS: list[tuple[str, str, str, int]] = [
    *HISTORY_BREAKS,
    *IDENTITY_BREAKS,
    (
        "fact_user_rating",
        "keys_are_unique",
        f"insert into fact_user_rating select * from fact_user_rating where user_key = {CAT}",
        1,
    ),
    ("dim_user", "keys_are_not_null", f"update dim_user set user_key = null where user_key = {BOB}", 1),
    (
        "fact_user_rating",
        "keys_are_not_null",
        f"update fact_user_rating set anime_key = null where user_key = {CAT}",
        1,
    ),
    (
        "evaluation_input",
        "columns_have_the_agreed_types",
        "alter table ml.evaluation_input alter rating type float",
        1,
    ),
    (
        "dim_recommendation_model",
        "columns_have_the_agreed_types",
        "alter table dim_recommendation_model alter trained_at type timestamp",
        1,
    ),
    (
        "raw_kitsu__anime",
        "every_landed_line_is_loaded",
        "delete from raw.raw_kitsu__anime where payload_line = 1",
        1,
    ),
    ("raw_kitsu__anime", "every_landed_line_is_loaded", "delete from raw.loaded_file", 1),
    (
        "stg_kitsu__ratings",
        "at_most_1_in_100_rows_is_rejected",
        "insert into quality.quarantine values ('stg_kitsu__ratings', 'kitsu', 'x', 'blank', 'f', 1, null, 'run')",
        1,
    ),
    (
        "stg_kitsu__ratings",
        "at_most_1_in_5_rows_is_rejected",
        "insert into quality.quarantine select 'stg_kitsu__ratings', 'kitsu', 'x', 'blank', 'f', i, null, 'run' "
        "from range(100) as numbers (i)",
        1,
    ),
    (
        "stg_kitsu__list_entries",
        "at_most_1_in_20_of_the_newest_crawl_is_rejected",
        "insert into quality.quarantine select 'stg_kitsu__list_entries', 'kitsu', 'x', 'status is off', "
        "'kitsu/lists/l.jsonl.gz', 2, i, 'run' from range(20) as numbers (i)",
        1,
    ),
    (
        "fact_anime_review",
        "every_review_is_of_a_known_anime",
        "insert into staging.stg_kitsu__reviews (source, review_id, source_id) values ('kitsu', '8', '999')",
        1,
    ),
    (
        "fact_source_tombstone",
        "nothing_that_was_given_since",
        "update fact_source_tombstone set source_id = '5', first_missed_at = '2020-01-01 00:00:00Z'",
        1,
    ),
    (
        "int_anime_identities",
        "one_anime_per_record",
        "insert into intermediate.int_anime_identities values ('kitsu', '5', 2, 'override', 1)",
        1,
    ),
    (
        "bridge_anime_source",
        "one_anime_per_record",
        "insert into bridge_anime_source values ('kitsu', '5', 2, 'override', 1)",
        1,
    ),
    (
        "bridge_anime_source",
        "one_record_of_each_source_per_anime",
        "update bridge_anime_source set anime_key = 1 where source_id = '2'",
        1,
    ),
    (
        "bridge_anime_source",
        "every_staged_record_is_here",
        "delete from bridge_anime_source where source_id = '5'",
        1,
    ),
    (
        "bridge_anime_source",
        "every_record_is_staged",
        "update bridge_anime_source set match_method = 'single' where source_id = '99'",
        1,
    ),
    (
        "bridge_anime_source",
        "every_record_is_staged",
        "update bridge_anime_source set match_method = 'rating_only' where source_id = '5'",
        1,
    ),
    ("dim_anime", "dates_and_seasons_agree", "update dim_anime set season = 'SPRING' where anime_key = 2", 1),
    ("dim_anime", "dates_and_seasons_agree", "update dim_anime set start_year = 2000 where anime_key = 3", 1),
    (
        "int_anime_unioned",
        "dates_and_seasons_agree",
        "update intermediate.int_anime_unioned set start_date = null where source = 'kitsu'",
        1,
    ),
    ("dim_anime", "every_identified_anime_is_here", "delete from dim_anime where anime_key = 3", 1),
    (
        "dim_anime",
        "every_identified_anime_is_here",
        "delete from intermediate.int_anime_identities where anime_key = 3",
        1,
    ),
    ("dim_anime", "titles_are_not_blank", "update dim_anime set title = ' ' where anime_key = 1", 1),
    ("dim_anime", "titles_are_not_blank", "update dim_anime set title = 'Somebody' where anime_key = 4", 1),
    (
        "dim_anime",
        "source_counts_agree_with_identities",
        "update dim_anime set source_count = 3 where anime_key = 1",
        1,
    ),
    ("fact_anime_field", "winners_stand_in_dim_anime", "update dim_anime set episodes = 13 where anime_key = 1", 1),
    (
        "fact_anime_field",
        "winners_stand_in_dim_anime",
        "update dim_anime set synopsis = 'Dark.' where anime_key = 2",
        1,
    ),
    ("fact_anime_field", "winners_stand_in_dim_anime", "update dim_anime set end_date = '2014-11-30'", 4),
    (
        "fact_anime_field",
        "winners_stand_in_dim_anime",
        "delete from fact_anime_field where field = 'mean_score' and source = 'myanimelist'",
        1,
    ),
    ("dim_anime_record", "all_titles_stand_in_dim_anime", "update dim_anime set synonyms = [] where anime_key = 1", 1),
    (
        "dim_anime_record",
        "every_record_of_an_anime_is_here",
        "update dim_anime_record set anime_key = 3 where source_id = '10'",
        1,
    ),
    ("dim_anime_record", "every_record_of_an_anime_is_here", "delete from dim_anime_record where source_id = '5'", 1),
    (
        "dim_anime_record",
        "every_record_of_an_anime_is_here",
        "insert into dim_anime_record by name select 'kitsu' as source, '6' as source_id, 3 as anime_key",
        1,
    ),
    (
        "dim_anime_record",
        "what_has_begun_began_in_the_past",
        "update dim_anime_record set start_date = '2062-01-01' where source = 'kitsu'",
        1,
    ),
    (
        "fact_anime_field",
        "every_field_has_one_winner",
        "update fact_anime_field set is_winner = true where field = 'episodes'",
        1,
    ),
    ("fact_anime_field", "every_field_has_one_winner", "update fact_anime_field set is_winner = false", 32),
    (
        "int_filling_scores",
        "every_score_is_somebodys",
        "insert into intermediate.int_filling_scores values ('myanimelist', 65.1, 4000)",
        1,
    ),
    ("fact_anime_field", "no_winner_is_disputed", "update fact_anime_field set is_winner = true", 1),
    ("bridge_anime_relation", "every_anime_exists", "update bridge_anime_relation set anime_key = 77", 1),
    (
        "bridge_anime_relation",
        "related_anime_exist_and_differ",
        "update bridge_anime_relation set related_anime_key = 1",
        1,
    ),
    (
        "bridge_anime_relation",
        "related_anime_exist_and_differ",
        "update bridge_anime_relation set related_anime_key = 77",
        1,
    ),
    ("bridge_anime_franchise", "every_anime_exists", "update bridge_anime_franchise set anime_key = 77", 1),
    (
        "bridge_anime_franchise",
        "nobody_is_in_a_group_alone",
        "delete from bridge_anime_franchise where anime_key = 3",
        1,
    ),
    (
        "bridge_anime_franchise",
        "a_franchise_lies_in_one_universe",
        "update bridge_anime_franchise set universe_key = 3 where anime_key = 3",
        1,
    ),
    (
        "anime_key_history",
        "no_key_is_lost",
        "delete from intermediate.int_anime_identities where anime_key = 3",
        1,
    ),
    (
        "anime_key_history",
        "no_key_is_lost",
        "insert into intermediate.int_anime_identities values ('kitsu', '6', 9, 'single', 1)",
        1,
    ),
    (
        "anime_key_history",
        "no_key_is_lost",
        "insert into intermediate.int_anime_identities values ('kitsu', '6', 12, 'single', 1)",
        1,
    ),
    (
        "anime_key_history",
        "merged_keys_lead_to_known_ones",
        "update anime_key_history set other_key = 77 where event = 'merged_into'",
        1,
    ),
    (
        "anime_key_history",
        "events_are_numbered_without_gaps",
        "delete from anime_key_history where event_number = 2",
        1,
    ),
    (
        "fact_match_candidate",
        "pairs_are_of_two_known_records",
        "update fact_match_candidate set right_source_id = '11'",
        1,
    ),
    (
        "fact_match_candidate",
        "pairs_are_of_two_known_records",
        "update fact_match_candidate set right_source = 'anilist', right_source_id = '1'",
        1,
    ),
    (
        "dim_user",
        "every_listed_user_is_here",
        "insert into intermediate.int_ratings_unioned values ('kitsu', 'dan', '5', 8)",
        1,
    ),
    (
        "dim_user",
        "every_listed_user_is_here",
        "insert into dim_user values (104, 'kitsu', 'dan', 'control')",
        1,
    ),
    (
        "dim_user",
        "one_key_per_user",
        "insert into dim_user values (104, 'anilist', 'cat', 'control')",
        1,
    ),
    (
        "dim_user",
        "cohorts_are_50_25_25",
        "insert into dim_user select 1000 + i, 'kitsu', 'u' || i, 'control' from range(500) as numbers (i)",
        3,
    ),
    (
        "fact_user_rating",
        "ratings_are_1_to_10",
        "update fact_user_rating set rating = 11 where rating = 9",
        1,
    ),
    (
        "fact_user_rating",
        "ratings_are_1_to_10",
        "update fact_user_rating set rating = 'nan' where rating = 9",
        1,
    ),
    (
        "fact_user_rating",
        "ratings_are_1_to_10",
        "update fact_user_rating set rating = 1 where rating is null",
        1,
    ),
    (
        "fact_user_rating",
        "every_anime_exists",
        "update fact_user_rating set anime_key = 77 where rating = 9",
        1,
    ),
    (
        "fact_user_rating",
        "every_user_exists",
        "update fact_user_rating set user_key = 77 where rating = 9",
        1,
    ),
    ("fact_user_rating", "every_scored_entry_is_here", "delete from fact_user_rating where rating = 9", 1),
    (
        "fact_user_rating",
        "every_scored_entry_is_here",
        "delete from intermediate.int_anime_identities where source_id = '2'",
        1,
    ),
    (
        "fact_user_rating",
        "every_entry_is_of_the_users_source",
        "update fact_user_rating set source_id = '5' where rating = 9",
        1,
    ),
    (
        "training_entry",
        "every_entry_is_of_a_known_anime",
        "delete from ml.training_item where anime_key = 4",
        1,
    ),
    (
        "training_entry",
        "nobody_is_forgotten",
        f"delete from fact_user_rating where user_key = {ANN}",
        1,
    ),
    (
        "evaluation_ease",
        "every_anime_was_known",
        "delete from ml.training_item where anime_key = 3",
        1,
    ),
    (
        "evaluation_input",
        "nothing_hidden_is_input",
        f"insert into ml.evaluation_input values ({ANN}, 1, 9)",
        1,
    ),
    (
        "evaluation_holdout",
        "every_target_is_a_positive",
        f"insert into ml.evaluation_holdout values ({ANN}, 4, true)",
        1,
    ),
    (
        "evaluation_input",
        "input_and_hidden_make_up_the_lists",
        f"delete from ml.evaluation_input where user_key = {CAT}",
        1,
    ),
    (
        "evaluation_input",
        "input_and_hidden_make_up_the_lists",
        f"insert into ml.evaluation_input values ({BOB}, 1, null)",
        1,
    ),
    (
        "evaluation_ease",
        "lists_hold_nothing_of_the_input",
        "update ml.evaluation_ease set anime_key = 4 where rank = 2",
        1,
    ),
    (
        "evaluation_ease",
        "lists_are_those_of_the_evaluated_users",
        f"insert into ml.evaluation_holdout values ({CAT}, 2, true)",
        1,
    ),
    (
        "evaluation_ease",
        "lists_are_those_of_the_evaluated_users",
        f"insert into ml.evaluation_ease values ({EASE}, {BOB}, 1, 3, 1)",
        1,
    ),
    ("evaluation_ease", "scores_fall_with_rank", "update ml.evaluation_ease set score = 2 where rank = 2", 1),
    ("evaluation_ease", "ranks_run_from_1_without_gaps", "update ml.evaluation_ease set rank = rank + 1", 1),
    ("evaluation_ease", "no_anime_twice", "update ml.evaluation_ease set anime_key = 3", 1),
    (
        "dim_recommendation_model",
        "one_model_is_active",
        "update dim_recommendation_model set is_active = true",
        1,
    ),
    (
        "dim_recommendation_model",
        "one_model_is_active",
        "update dim_recommendation_model set is_active = false",
        1,
    ),
    (
        "dim_recommendation_model",
        "active_is_measured_today",
        "update fact_model_metric set model_version_id = 'ease-2' where model_type = 'ease'",
        1,
    ),
    (
        "fact_promotion_decision",
        "nothing_measured_beats_the_active",
        "update fact_promotion_decision set ci_low = 0.1 where decision_number = 2",
        1,
    ),
    (
        "fact_model_metric",
        "values_are_in_range",
        "update fact_model_metric set value = 1.5 where metric = 'ndcg'",
        2,
    ),
    (
        "fact_model_metric",
        "values_are_in_range",
        "update fact_model_metric set value = -1 where metric = 'novelty'",
        1,
    ),
    (
        "fact_model_metric",
        "values_are_in_range",
        "update fact_model_metric set value = -0.1, metric = 'calibration_kl' where metric = 'novelty'",
        1,
    ),
    (
        "fact_model_metric",
        "values_are_in_range",
        "update fact_model_metric set value = -2 where metric like '%minus%'",
        1,
    ),
    (
        "fact_model_metric",
        "intervals_hold_their_value",
        "update fact_model_metric set ci_low = value + 0.01 where k = 10 and metric = 'ndcg'",
        2,
    ),
    (
        "fact_model_metric",
        "intervals_hold_their_value",
        "update fact_model_metric set ci_low = 7 where metric = 'novelty'",
        1,
    ),
    (
        "fact_model_metric",
        "best_beats_popularity",
        "update fact_model_metric set ci_low = -0.1 where metric like '%minus%'",
        1,
    ),
    (
        "fact_model_metric",
        "best_beats_popularity",
        "delete from fact_model_metric where metric like '%minus%'",
        1,
    ),
    (
        "fact_anime_similarity",
        "never_itself_and_always_known",
        "update fact_anime_similarity set similar_anime_key = 1 where rank = 1",
        1,
    ),
    (
        "fact_anime_similarity",
        "never_itself_and_always_known",
        "update fact_anime_similarity set similar_anime_key = 77 where rank = 1",
        1,
    ),
    (
        "fact_anime_similarity",
        "never_itself_and_always_known",
        "update fact_anime_similarity set similar_anime_key = 4 where rank = 1",
        1,
    ),
    (
        "fact_anime_similarity",
        "ranks_run_from_1_without_gaps",
        "update fact_anime_similarity set rank = 3 where rank = 2",
        1,
    ),
    (
        "fact_anime_similarity",
        "every_model_version_exists",
        "update fact_anime_similarity set model_version_id = 'gone'",
        1,
    ),
    (
        "fact_recommendation",
        "only_the_active_model",
        f"update fact_recommendation set model_version_id = 'popularity-1' where user_key = {ANN} and rank = 1",
        1,
    ),
    (
        "fact_collaborative_scores",
        "only_the_active_model",
        "update fact_collaborative_scores set model_version_id = 'popularity-1' where rank = 1",
        1,
    ),
    (
        "fact_collaborative_scores",
        "nothing_the_user_has_seen",
        f"update fact_collaborative_scores set anime_key = 4 where user_key = {ANN} and rank = 1",
        1,
    ),
    (
        "fact_collaborative_scores",
        "every_user_has_100",
        f"delete from fact_collaborative_scores where user_key = {BOB}",
        1,
    ),
    (
        "fact_recommendation",
        "nothing_the_user_has_seen",
        f"update fact_recommendation set anime_key = 1 where user_key in ({ANN}, {BOB})",
        1,
    ),
    (
        "fact_recommendation",
        "no_stub_anime",
        f"update fact_recommendation set anime_key = 4 where user_key = {CAT}",
        1,
    ),
    (
        "fact_recommendation",
        "adult_only_for_those_who_like_it",
        f"update fact_recommendation set anime_key = 2 where user_key in ({ANN}, {CAT})",
        1,
    ),
    (
        "fact_recommendation",
        "shares_sum_to_1",
        f"update fact_recommendation set share_content = 0.2 where user_key = {ANN}",
        1,
    ),
    (
        "fact_recommendation",
        "every_one_has_a_reason",
        f"update fact_recommendation set reason = ' ' where user_key = {ANN}",
        1,
    ),
    (
        "fact_recommendation",
        "reasons_name_the_users_own_ratings",
        f"update fact_user_rating set rating = 3 where user_key = {ANN} and anime_key = 1",
        1,
    ),
    (
        "fact_recommendation",
        "one_title_is_no_list_as_a_whole",
        "update fact_recommendation set reason = 'It fits your list as a whole, more than any one title on it.'",
        2,
    ),
    (
        "fact_recommendation",
        "every_user_has_100",
        f"delete from fact_recommendation where user_key = {BOB}",
        1,
    ),
    (
        "fact_recommendation",
        "every_user_has_100",
        f"delete from fact_user_rating where user_key = {ANN} and rating = 9",
        1,
    ),
    (
        "vw_recommendations",
        "every_recommendation_is_here",
        f"delete from vw_recommendations where user_key = {BOB}",
        2,
    ),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A writer's connection to the tiny world, with one landed file loaded; shared by all tests here."""
    home = Home(tmp_path_factory.mktemp("home"))
    with Warehouse(home, memory_limit="500MB", threads=2).writer("test") as connection:
        make_world(connection)
        connection.execute(
            "insert into raw.raw_kitsu__anime by name "
            "select '{}' as payload, 'kitsu/anime/k.jsonl.gz' as payload_path, "
            "line as payload_line, now() as captured_at from range(1, 3) as lines (line)"
        )
        connection.execute(
            "insert into raw.crawl by name select 'kitsu/lists/l.jsonl.gz' as payload_path, 'kitsu' as source, "
            "'lists' as stream, now() as ended_at"
        )
        connection.execute(
            "insert into raw.loaded_file values ('kitsu/anime/k.jsonl.gz', 'kitsu', 'anime', 'ab', 2, now())"
        )
        yield connection


@pytest.fixture
def world(sound: Any) -> Iterator[Any]:
    """The tiny world, which is sound again after the test whatever the test did to it."""
    sound.execute("begin transaction")
    yield sound
    sound.execute("rollback")


def failing(connection: Any, table: CheckedTable) -> dict[str, int]:
    """How many rows break each rule of the table, by rule."""
    return {one.check_name: one.failing_rows for one in check_rules(connection, table, FACTS)}


def test_every_rule_holds_in_a_sound_warehouse(world: Any) -> None:
    """No rule finds fault with a warehouse that is as it should be."""
    tables = [*CHECKED, BY_NAME["raw_kitsu__anime"]]
    broken = {(table.name, name) for table in tables for name, rows in failing(world, table).items() if rows}
    assert not broken
    assert failing_rules(world) == []


@pytest.mark.parametrize("table", CHECKED, ids=lambda table: table.name)
def test_an_empty_table_breaks_no_rule(world: Any, table: CheckedTable) -> None:
    """Where an input lacks a source, or ratings, tables are empty, and nothing fails for that alone."""
    for name in TABLES:
        world.execute(f"delete from {name}")
    assert not {name: rows for name, rows in failing(world, table).items() if rows}


def test_a_catalogue_without_ratings_breaks_no_rule(world: Any) -> None:
    """With catalogues alone there are no users, no lists and no models, and still nothing fails."""
    for table in TABLES:
        if any(word in table for word in NOT_OF_THE_CATALOGUE):
            world.execute(f"delete from {table}")
    for table in (
        "dim_anime",
        "dim_anime_history",
        "bridge_anime_source",
        "intermediate.int_anime_identities",
        "anime_key_history",
    ):
        world.execute(f"delete from {table} where anime_key = 4")
    world.execute("update anime_key_history set event_number = event_number - 1 where event_number > 4")
    assert failing_rules(world) == []


@pytest.mark.parametrize(
    ("table", "rule", "statement", "rows"),
    BREAKS,
    ids=[f"{one[0]}-{one[1]}-{n}" for n, one in enumerate(BREAKS)],
)
def test_each_rule_finds_what_breaks_it(world: Any, table: str, rule: str, statement: str, rows: int) -> None:
    """Every rule selects exactly the rows that break it."""
    world.execute(statement)
    assert failing(world, BY_NAME[table])[rule] == rows


def test_no_rule_is_without_an_example() -> None:
    """Every file in sql/checks has an example above that breaks it."""
    shown = {
        file.name
        for table, rule, _, _ in BREAKS
        for file in rules_of(BY_NAME[table])
        if file.name.endswith(f"__{rule}")
    }
    assert {path.stem for path in (sql_root() / "checks").glob("*.sql")} == shown


def test_the_world_of_these_tests_has_the_columns_of_the_real_tables(world: Any) -> None:
    """Rules are tried on columns that the SQL files really give."""
    for table in CHECKED:
        missing = set(world.table(table.table).columns) - set(table.file.columns)
        assert not missing, table.table
