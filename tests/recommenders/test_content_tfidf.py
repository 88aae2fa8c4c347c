"""Content: descriptions alone are enough."""

import numpy as np
import pytest

from recommenders.content_tfidf import ContentTfidf
from recommenders.errors import MissingFeaturesError
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions


def titled(*titles: str) -> ItemFeatures:
    """Items of which only titles are known."""
    n = len(titles)
    return ItemFeatures(np.arange(n), list(titles), [""] * n, [[]] * n, [[]] * n, [[]] * n)


def test_content_needs_no_ratings_and_finds_what_nobody_has_rated() -> None:
    """From one title a newcomer is led to the rest of the series, though there is no other user."""
    features = titled("Aria the Natural", "Aria the Origination", "Berserk")
    nobody = Interactions.from_arrays([], [], [], item_keys=features.item_keys)
    model = ContentTfidf().fit(nobody, features)
    newcomer = Interactions.from_arrays([1], [0], [9], item_keys=features.item_keys)
    scores = model.scores(newcomer)[0]
    assert scores[1] > 0
    assert scores[2] == 0


def test_content_without_a_single_word_says_so() -> None:
    """Descriptions that are all empty are the same as none."""
    nobody = Interactions.from_arrays([], [], [], item_keys=[0, 1])
    with pytest.raises(MissingFeaturesError, match="not one word"):
        ContentTfidf().fit(nobody, titled("", ""))
