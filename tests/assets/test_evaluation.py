"""An evaluation is made once for each version of a model, whose name says what it learned from."""

from dataclasses import replace
from pathlib import Path

from assets import registry
from assets.evaluation import evaluation_asset, lists_of
from assets.model_inputs import DataVersions
from assets.teaching import MODELS, version_of
from tests.assets.model_world import QUICK, make_model_world, materialize
from warehouse.build import fetch
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import append_events, event_files, read_events


def named(model: str, data: DataVersions) -> str:
    """The model's version in its default configuration."""
    return version_of(model, data, MODELS[model].Config())


def test_a_new_synopsis_makes_only_those_models_others_that_read_items() -> None:
    """The others read lists alone."""
    data = DataVersions(described="1" * 16, rated="2" * 16)
    renamed = {name for name in MODELS if named(name, data) != named(name, replace(data, described="3" * 16))}
    readers = {"lightfm_bpr_features", "lightfm_warp_features", "rerank", "two_tower"}
    assert renamed == {"content_minilm", "content_tfidf"} | readers
    others = {name for name in MODELS if named(name, data) != named(name, replace(data, rated="3" * 16))}
    assert others == set(MODELS) - renamed


def test_lists_of_this_very_version_stay(tmp_path: Path) -> None:
    """Those of another one, or none at all, have to be made."""
    with Warehouse(Home(tmp_path), memory_limit="500MB", threads=1).writer("test") as connection:
        assert lists_of(connection, "evaluation_ease", "ease-1") is None
        connection.execute(
            "create table ml.evaluation_ease as select 'ease-1' as model_version_id, range as rank from range(3)"
        )
        kept = lists_of(connection, "evaluation_ease", "ease-1")
        assert kept is not None
        assert (kept.metadata or {})["dagster/row_count"] == 3
        assert lists_of(connection, "evaluation_ease", "ease-2") is None
        connection.execute("delete from ml.evaluation_ease")
        assert lists_of(connection, "evaluation_ease", "ease-1") is None


def test_lists_of_which_no_event_tells_are_made_again(tmp_path: Path) -> None:
    """As after a kill between the lists and the event: figures alone make no version, and the next run heals."""
    warehouse = make_model_world(tmp_path / "home")
    materialize(warehouse)
    home = warehouse.home
    whole = registry.versions(home)
    assert {version["model_type"] for version in whole.values()} == set(QUICK)
    measured = [event for event in read_events(home, registry.LOG) if event["event"] == "measured"]
    for file in event_files(home, registry.LOG):
        file.unlink()
    append_events(home, registry.LOG, measured)
    assert registry.versions(home) == {}
    assert registry.registry_table(home).num_rows == 0
    materialize(warehouse)
    healed = registry.versions(home)
    assert {one: healed[one]["metrics"] for one in healed} == {one: whole[one]["metrics"] for one in whole}


def test_descriptions_are_prose_and_not_code() -> None:
    """What the UI shows of a model: a line of its docstring that is indented as in the source would be a code block."""
    for name in MODELS:
        (spec,) = evaluation_asset(name).specs
        lines = str(spec.description).splitlines()
        assert not [line for line in lines[: lines.index("Source:")] if line.startswith("    ")], name


def test_with_times_models_know_nothing_of_what_came_later(tmp_path: Path) -> None:
    """What came after the moment is hidden; only positives are to be found, and only who has one has a list."""
    warehouse = make_model_world(tmp_path / "home")
    with warehouse.writer("times") as connection:
        connection.execute(
            "update fact_user_rating set rated_at = timestamptz '2026-01-01 00:00:00Z' "
            "+ to_days((hash(user_key, anime_key) % 300)::integer)"
        )
    materialize(warehouse)
    with warehouse.writer("test") as connection:
        protocols = connection.execute("select distinct protocol from fact_model_metric").fetchall()
        (first, last), (hidden_first,) = (
            connection.execute("select min(rated_at), max(rated_at) from ml.evaluation_input").fetchall()[0],
            connection.execute(
                "select min(rated_at) from ml.training_entry join ml.evaluation_holdout using (user_key, anime_key)"
            ).fetchall()[0],
        )
        counts = connection.execute("select count(*), count_if(is_target) from ml.evaluation_holdout").fetchall()[0]
        rules = ("evaluation_holdout__every_target_is_a_positive", "evaluation_input__nothing_hidden_is_input")
        for rule in (*rules, "evaluation_input__input_and_hidden_make_up_the_lists"):
            assert fetch(connection, f"checks/{rule}").num_rows == 0, rule
        asked = connection.execute("select distinct user_key from ml.evaluation_holdout where is_target").fetchall()
        listed = connection.execute("select distinct user_key from ml.evaluation_ease").fetchall()
    assert all(protocol.startswith("global time split, 20% of ratings >= 7 from 2026-") for (protocol,) in protocols)
    assert first < last < hidden_first
    assert 0 < counts[1] < counts[0]
    assert set(asked) == set(listed)
