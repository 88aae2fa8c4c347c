"""Equal input, equal id; any difference that matters, another id."""

from dataclasses import replace

import numpy as np

from recommenders.ease import EaseConfig
from recommenders.interactions import Interactions
from recommenders.versions import code_version, data_version, list_hashes, model_version_id

from .worlds import tastes


def test_an_id_names_model_and_everything_that_decides_the_result() -> None:
    """The same four parts give the same id; another of any gives another."""
    parts = ("ease", EaseConfig(), "data", "code")
    one = model_version_id(*parts)
    assert one == model_version_id(*parts)
    assert one.startswith("ease-")
    others = {
        model_version_id("other", *parts[1:]),
        model_version_id("ease", replace(EaseConfig(), seed=1), *parts[2:]),
        model_version_id("ease", EaseConfig(), "other", "code"),
        model_version_id("ease", EaseConfig(), "data", "other"),
    }
    assert len(others | {one}) == 5


def test_data_are_named_by_their_content_and_not_by_their_order() -> None:
    """Shuffled entries are the same data; one changed rating, or a description, is other data."""
    user, item, rating = [1, 1, 2], [10, 20, 10], [8.0, np.nan, 3.0]
    one = data_version(Interactions.from_arrays(user, item, rating))
    assert one == data_version(Interactions.from_arrays(user[::-1], item[::-1], rating[::-1]))
    assert one != data_version(Interactions.from_arrays(user, item, [9.0, np.nan, 3.0]))
    assert one != data_version(Interactions.from_arrays(user, item, [8.0, 7.0, 3.0]))


def test_descriptions_are_data_too() -> None:
    """With other titles a content model is another model."""
    world, features = tastes()
    renamed = replace(features, titles=["x", *features.titles[1:]])
    assert len({data_version(world), data_version(world, features), data_version(world, renamed)}) == 3


def test_what_may_be_recommended_is_data_too() -> None:
    """An anime that nobody knows anything of yet, and one that may be recommended, make other lists."""
    world, _ = tastes()
    every = np.ones(world.n_items, dtype=bool)
    but_one = every.copy()
    but_one[0] = False
    names = {data_version(world, recommendable=one) for one in (None, every, but_one)}
    assert len(names) == 3


def test_the_code_version_is_the_same_for_the_same_code() -> None:
    """It is short, hexadecimal, and does not change within a run."""
    assert code_version() == code_version()
    assert int(code_version(), 16) >= 0


def test_lists_of_equal_content_have_equal_hashes_and_others_do_not() -> None:
    """Whoever else is there; a rating, an anime more or an entry without its rating makes a list another one."""
    entries = [(1, 10, 8.0), (1, 20, np.nan), (2, 10, 8.0), (2, 20, np.nan), (3, 10, 8.0), (3, 20, 1.0), (4, 10, 8.0)]
    users, items, ratings = (np.array(part) for part in zip(*entries, strict=True))
    lists = Interactions.from_arrays(users, items, ratings, user_keys=[1, 2, 3, 4, 5], item_keys=[10, 20, 30])
    hashes = list_hashes(lists)
    assert hashes.dtype == np.uint64
    assert hashes[0] == hashes[1]
    assert len(set(hashes.tolist())) == 4
    assert list_hashes(lists.take([3, 0])).tolist() == hashes[[3, 0]].tolist()
