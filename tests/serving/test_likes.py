"""Recommendations for somebody who names a few titles."""

import shutil
from pathlib import Path

import pytest

from recommenders.slim_kernel import SlimKernel
from serving.errors import ModelUnavailableError
from serving.likes import recommend_for_titles
from serving.reader import Reader, Recommendation, open_reader
from serving.titles import TitleIndex
from tests.serving.small_world import publish_small_world, store_small_model
from warehouse.connection import Warehouse


def recommended(
    warehouse: Warehouse, reader: Reader, index: TitleIndex, *liked: str, n: int = 10
) -> list[Recommendation]:
    """What is recommended to somebody who likes these titles."""
    titles = [index.find(words).title for words in liked]
    return recommend_for_titles(reader, warehouse.home, index, titles, n).found


def test_what_the_like_minded_like_comes_first(warehouse: Warehouse, reader: Reader, index: TitleIndex) -> None:
    """Who likes the first anime likes its sequel, which is not left out for being one."""
    first = recommended(warehouse, reader, index, "Clockwork Harbor")[0]
    assert (first.rank, first.title) == (1, "Clockwork Harbor 2nd Season")
    assert first.reason == "Because you like Clockwork Harbor."
    assert [(one.title, round(one.share, 6)) for one in first.because] == [("Clockwork Harbor", 1.0)]
    assert first.model_version_id == "ease-1"


def test_every_score_is_shared_out_completely(warehouse: Warehouse, reader: Reader, index: TitleIndex) -> None:
    """The shares add up to 1, and no title has a larger share than all of them."""
    for one in recommended(warehouse, reader, index, "Clockwork Harbor", "Silver Kite"):
        assert sum(one.shares.values()) == pytest.approx(1)
        assert sum(because.share for because in one.because) <= 1 + 1e-6


def test_a_list_of_one_title_is_no_whole(tmp_path: Path) -> None:
    """Where no title carried it, what is said of several titles together is not said of a single one."""
    warehouse = publish_small_world(tmp_path / "home")
    store_small_model(warehouse.home, SlimKernel())
    with open_reader(warehouse) as reader:
        index = TitleIndex(reader.titles())
        one, several = (
            [found.reason for found in recommended(warehouse, reader, index, *liked) if not found.because]
            for liked in (["Crimson Nights"], ["Crimson Nights", "Lantern"])
        )
    assert set(one) == {"People with lists like yours like it."}
    assert set(several) == {"It fits your list as a whole, more than any one title on it."}


def test_titles_that_nobody_has_are_told(tmp_path: Path) -> None:
    """Also those the model never met; beside a title that somebody has they do no harm."""
    warehouse = publish_small_world(tmp_path / "home")
    store_small_model(warehouse.home, tastes=((1, 2), (1, 5)), item_keys=range(1, 7))
    with open_reader(warehouse) as reader:
        index = TitleIndex(reader.titles())
        listed, unlisted, unknown = (index.by_key[key] for key in (1, 3, 7))
        alone = recommend_for_titles(reader, warehouse.home, index, [unknown, unlisted, unlisted], 3)
        assert (alone.unlisted, alone.is_popular_only) == ((unknown, unlisted), True)
        beside = recommend_for_titles(reader, warehouse.home, index, [listed, unlisted], 3)
        assert (beside.unlisted, beside.is_popular_only) == ((unlisted,), False)


def test_what_was_named_is_not_recommended(warehouse: Warehouse, reader: Reader, index: TitleIndex) -> None:
    """Nor is an anime without a title, although people who like Silver Kite have it on their lists."""
    keys = {one.anime_key for one in recommended(warehouse, reader, index, "Silver Kite", "Lantern")}
    assert keys.isdisjoint({5, 3, 8})


def test_adult_titles_come_only_to_who_names_one(warehouse: Warehouse, reader: Reader, index: TitleIndex) -> None:
    """Who likes Lantern likes Crimson Nights, but it must be asked for."""
    assert 7 not in {one.anime_key for one in recommended(warehouse, reader, index, "Lantern")}
    adults = recommended(warehouse, reader, index, "Crimson Nights")
    assert adults[0].title == "Lantern"


def test_the_list_is_as_long_as_asked_and_ranked(warehouse: Warehouse, reader: Reader, index: TitleIndex) -> None:
    """Ranks count from 1, scores never rise."""
    found = recommended(warehouse, reader, index, "Lantern", n=3)
    assert [one.rank for one in found] == [1, 2, 3]
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_naming_a_title_twice_changes_nothing(warehouse: Warehouse, reader: Reader, index: TitleIndex) -> None:
    """It is one entry on one list."""
    once = recommended(warehouse, reader, index, "Lantern")
    assert recommended(warehouse, reader, index, "Lantern", "lantern") == once


def test_a_missing_or_damaged_model_is_said_with_the_remedy(tmp_path: Path) -> None:
    """The snapshot names a model whose files are gone, or not what they were."""
    warehouse = publish_small_world(tmp_path / "home")
    folder = warehouse.home.models / "ease-1"
    with open_reader(warehouse) as reader:
        index = TitleIndex(reader.titles())
        (folder / "prior.npy").write_bytes(b"changed")
        with pytest.raises(ModelUnavailableError, match=r"ease-1 cannot be used.*osusume run --force"):
            recommended(warehouse, reader, index, "Lantern")
        shutil.rmtree(folder)
        with pytest.raises(ModelUnavailableError, match="no model is stored"):
            recommended(warehouse, reader, index, "Lantern")
