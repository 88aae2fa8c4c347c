"""Rules are found by table and by family; those of severity error are asked again before publishing."""

from typing import Any

import pytest

from assets.checks.rules import asked_for, check_rules, failing_rules, remedy, rules_of, sentence
from assets.checks.tables import checked_tables
from tests.assets.checks.conftest import table_named
from warehouse.sqlfiles import check_files, sql_root


def test_a_table_has_its_own_rules_and_those_of_its_families() -> None:
    """Rules are found by their file's name."""
    names = [rule.name for rule in rules_of(table_named("fact_user_rating"))]
    assert "fact_user_rating__ratings_are_1_to_10" in names
    assert "each_table__keys_are_unique" in names
    assert not [name for name in names if name.startswith("each_staging_table")]


def test_every_rule_is_about_a_table_there_is() -> None:
    """No file of sql/checks is left out because its name begins with no table and no family."""
    used = {rule.path for table in checked_tables() for rule in rules_of(table)}
    assert used == set((sql_root() / "checks").glob("*.sql"))


@pytest.mark.parametrize("path", sorted((sql_root() / "checks").glob("*.sql")), ids=lambda path: path.stem)
def test_every_rule_says_what_holds_and_what_to_do(path: Any) -> None:
    """The header of a rule is a sentence for the UI, and a remedy for whoever finds it broken."""
    (rule,) = [one for one in check_files(path.stem.rpartition("__")[0]) if one.path == path]
    assert sentence(rule).endswith(".")
    assert remedy(rule).endswith(".")


def test_a_rule_that_asks_for_what_nobody_knows_is_left_out(world: Any) -> None:
    """Which files are landed is known to the check of a raw table, not to a mere connection."""
    table = table_named("raw_kitsu__anime")
    (rule,) = check_files("each_raw_table")
    assert asked_for(rule) == {"checked_table", "landed_paths"}
    without = {one.check_name for one in check_rules(world, table, {})}
    with_paths = {one.check_name for one in check_rules(world, table, {"landed_paths": []})}
    assert with_paths - without == {"every_landed_line_is_loaded"}


def test_what_contradicts_is_found_before_publishing(world: Any) -> None:
    """A table refreshed by itself may contradict another one: all rules are asked once more, by table."""
    assert failing_rules(world) == []
    world.execute("delete from dim_user where user_id = 'bob'")
    broken = {(one.table, one.check_name, one.severity) for one in failing_rules(world)}
    assert ("fact_user_rating", "every_user_exists", "error") in broken
    assert ("dim_user", "every_listed_user_is_here", "error") in broken


def test_warnings_do_not_stand_in_the_way_of_publishing(world: Any) -> None:
    """A broken rule of severity warn is no reason to keep the old snapshot."""
    world.execute("update fact_model_metric set ci_low = -1 where metric = 'ndcg_minus_popularity'")
    assert failing_rules(world) == []


def test_nothing_is_published_while_a_rule_cannot_be_asked(world: Any) -> None:
    """What a rule of severity error reads must be there, or nobody knows whether it holds."""
    world.execute("drop table dim_anime")
    unknown = {(one.table, one.check_name): one.absent for one in failing_rules(world) if one.absent}
    assert unknown["bridge_anime_source", "every_anime_exists"] == ("main.dim_anime",)


def test_tables_that_are_not_built_are_not_asked(con: Any) -> None:
    """In a warehouse without tables no rule is broken."""
    assert failing_rules(con) == []
