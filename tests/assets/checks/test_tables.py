"""Every table of the pipeline is checked, under the name of its asset."""

from assets.checks.tables import checked_tables
from recommenders.discovery import all_models
from tests.assets.checks.conftest import table_named
from warehouse.sqlfiles import all_sql_files


def test_every_table_is_checked() -> None:
    """Raw tables, every SQL file's table, and one evaluation table for each model."""
    names = [table.name for table in checked_tables()]
    assert len(names) == len(set(names))
    built = {file.name for file in all_sql_files()} - {"evaluation_model"}
    assert built <= set(names)
    assert {f"evaluation_{model}" for model in all_models()} <= set(names)
    assert "raw_anilist__anime" in names


def test_a_raw_table_knows_its_source_and_stream() -> None:
    """Names of raw tables are taken apart to find what was landed for them."""
    table = table_named("raw_myanimelist__ratings")
    assert (table.table, table.source, table.stream) == (
        "raw.raw_myanimelist__ratings",
        "myanimelist",
        "ratings",
    )
    assert (table_named("dim_user").source, table_named("dim_user").stream) == ("", "")


def test_families_follow_from_what_a_table_holds() -> None:
    """Facts about users are compared with dim_user, staging tables with the quarantine, and so on."""
    assert {"each_anime_table", "each_user_table"} <= set(table_named("fact_user_rating").families)
    assert "each_staging_table" in table_named("stg_kitsu__ratings").families
    assert "each_evaluation_table" in table_named("evaluation_ease").families
    assert "each_anime_table" not in table_named("dim_anime").families
    assert "each_anime_table" not in table_named("anime_key_history").families
    assert "each_user_table" not in table_named("dim_user").families
