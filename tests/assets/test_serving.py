"""Everybody's lists: worked out only where something that they follow from has changed."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tests.assets.model_world import EVALUATED, copy_of, make_model_world, materialize
from warehouse.connection import Warehouse

MODELS = (*EVALUATED, "dim_recommendation_model")
LISTS = ("fact_collaborative_scores", "int_explained_list")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Sixty users have lists."""
    warehouse = make_model_world(tmp_path_factory.mktemp("served") / "home")
    materialize(warehouse, (*MODELS, *LISTS))
    return warehouse


def ask(warehouse: Warehouse, statement: str) -> list[tuple[Any, ...]]:
    """What the warehouse answers."""
    with warehouse.writer("test") as connection:
        return list(connection.execute(statement).fetchall())


def serve(warehouse: Warehouse) -> list[tuple[int, int]]:
    """Bring both tables of lists up to date; how many lists of each were made, and how many stand."""
    result = materialize(warehouse, LISTS)
    told = [result.asset_materializations_for_node(name)[0].metadata for name in LISTS]
    return [(int(one["lists_made"].value), int(one["lists_that_stand"].value)) for one in told]


def rows(warehouse: Warehouse) -> list[list[tuple[Any, ...]]]:
    """Both tables, by user and rank."""
    return [ask(warehouse, f"select * from {name} order by user_key, rank") for name in tables()]


def alike(line: tuple[Any, ...]) -> list[Any]:
    """A row with its numbers rounded."""
    parts = [cell if isinstance(cell, list) else [cell] for cell in line]
    return [[round(one, 5) if isinstance(one, float) else one for one in part] for part in parts]


def tables() -> tuple[str, str]:
    """The two, with their schemas."""
    return "main.fact_collaborative_scores", "intermediate.int_explained_list"


def test_only_lists_of_those_who_changed_something_are_made(served: Warehouse) -> None:
    """A new rating, a changed one, a new user, one who is gone: four of sixty, and the tables of a full making."""
    before = rows(served)
    assert serve(served) == [(0, 60), (0, 60)]
    assert rows(served) == before
    (first, second, third) = [key for (key,) in ask(served, "select user_key from dim_user order by 1 limit 3")]
    ((unseen,),) = ask(served, f"select anime_key from fact_collaborative_scores where user_key = {first} and rank = 1")
    for statement in (
        f"insert into fact_user_rating values ({first}, {unseen}, 9, 'completed', null)",
        f"update fact_user_rating set rating = 11 - rating where user_key = {second}",
        f"delete from fact_user_rating where user_key = {third}",
        f"delete from dim_user where user_key = {third}",
        f"insert into dim_user values (999999, 'control'); "
        f"insert into fact_user_rating values (999999, {unseen}, 8, 'completed', null)",
    ):
        ask(served, statement)
    assert serve(served) == [(3, 57), (3, 57)]
    patched = rows(served)
    for name in tables():
        ask(served, f"drop table {name}")
    assert serve(served) == [(60, 0), (60, 0)]
    for one, other in zip(patched, rows(served), strict=True):
        assert len(one) == len(other)
        assert [line[:2] for line in one] == [line[:2] for line in other]
        # in another block the last bits of a score may differ
        assert [alike(line) for line in one] == [alike(line) for line in other]
        assert {line[0] for line in one} == {key for (key,) in ask(served, "select user_key from dim_user")}


def test_what_may_not_be_recommended_any_more_changes_every_list(served: Warehouse) -> None:
    """Also when only one anime became a stub; titles and cohorts change none."""
    ask(served, "update dim_anime set title = title || '!', synopsis = 'Other.'")
    ask(served, "update dim_user set cohort_id = 'treatment_a'")
    assert [made for made, _ in serve(served)] == [0, 0]
    ((stub,),) = ask(served, "select min(anime_key) from dim_anime")
    ask(served, f"update dim_anime set source_count = 0 where anime_key = {stub}")
    ((users,),) = ask(served, "select count(*) from dim_user")
    assert serve(served) == [(users, 0), (users, 0)]
    for name in tables():
        assert ask(served, f"select count(*) from {name} where anime_key = {stub}") == [(0,)]


def test_who_wants_adult_titles_alone_gets_another_list(served: Warehouse) -> None:
    """The bare list has them anyway."""
    adult, title = ask(served, "select anime_key from dim_anime order by 1 desc limit 2")
    ask(served, f"update dim_anime set is_adult = true where anime_key in ({adult[0]}, {title[0]})")
    serve(served)
    likers = ask(
        served,
        f"select distinct user_key from fact_user_rating where anime_key in ({adult[0]}, {title[0]}) and rating >= 7",
    )
    assert 0 < len(likers) < 60
    recommended = ask(served, f"select distinct user_key from {tables()[1]} where anime_key = {adult[0]}")
    assert set(recommended) <= set(likers)
    ((somebody,),) = ask(
        served,
        f"select min(user_key) from dim_user where user_key not in "
        f"(select user_key from fact_user_rating where anime_key in ({adult[0]}, {title[0]}))",
    )
    ask(served, f"insert into fact_user_rating values ({somebody}, {title[0]}, 9, 'completed', null)")
    assert [made for made, _ in serve(served)] == [1, 1]


def test_lists_are_as_long_as_what_the_model_was_asked_with(served: Warehouse, tmp_path: Path) -> None:
    """What is only planned, and an anime that came after the model was taught, is not counted."""
    warehouse = copy_of(served, tmp_path / "home")
    ((user, unseen),) = ask(warehouse, f"select user_key, anime_key from {tables()[1]} where rank = 2 limit 1")
    entries = ask(warehouse, "select user_key, count(*) from fact_user_rating group by user_key order by user_key")
    for statement in (
        "insert into dim_anime by name select anime_key + 1 as anime_key, 'New' as title, 1 as source_count "
        "from dim_anime order by anime_key desc limit 1",
        f"insert into fact_user_rating select {user}, max(anime_key), 9, 'completed', null from dim_anime",
        f"insert into fact_user_rating values ({user}, {unseen}, null, 'planned', null)",
    ):
        ask(warehouse, statement)
    serve(warehouse)
    lengths = ask(warehouse, f"select distinct user_key, list_length from {tables()[1]} order by user_key")
    assert lengths == entries


def test_lists_of_another_making_are_not_taken_over(tmp_path: Path) -> None:
    """A table without what its lists were made from, as of an earlier version, is made anew as a whole."""
    warehouse = make_model_world(tmp_path / "home")
    materialize(warehouse, MODELS)
    for name in tables():
        ask(warehouse, f"create table {name} as select 1::bigint as user_key, 1 as rank")
    assert serve(warehouse) == [(60, 0), (60, 0)]
    ask(warehouse, "delete from raw.made_table")
    assert serve(warehouse) == [(60, 0), (60, 0)]


def test_similar_anime_are_compared_again_when_models_or_anime_are_others(served: Warehouse) -> None:
    """Other ratings alone make no difference while the models stay; an anime without a title is offered to nobody."""

    def left_as_it_was() -> bool:
        result = materialize(served, ("fact_anime_similarity",), instance)
        (made,) = result.asset_materializations_for_node("fact_anime_similarity")
        return "unchanged" in made.metadata

    ((key,),) = ask(served, "select min(anime_key) from dim_anime where title is not null and source_count > 0")
    with dg.DagsterInstance.ephemeral() as instance:
        assert not left_as_it_was()
        ask(served, f"update fact_user_rating set rating = 5 where anime_key = {key}")
        assert left_as_it_was()
        ask(served, f"update dim_anime set title = null where anime_key = {key}")
        assert not left_as_it_was()
    assert ask(served, f"select count(*) from fact_anime_similarity where similar_anime_key = {key}") == [(0,)]
