"""Descriptions become vectors: each kind of feature with its own weight."""

import numpy as np
import pytest

from recommenders.errors import InvalidInputError
from recommenders.features import FeatureWeights, ItemFeatures, tfidf

EQUAL = FeatureWeights(title=1, synopsis=1, genre=1, tag=1, studio=1)


def described(**parts: list) -> ItemFeatures:
    """Items with some parts described and the others empty."""
    n = len(next(iter(parts.values())))
    empty = {
        "titles": [""] * n,
        "synopses": [""] * n,
        "genres": [[]] * n,
        "tags": [[]] * n,
        "studios": [[]] * n,
    }
    return ItemFeatures(np.arange(n), **{**empty, **parts})


def cosine(items: ItemFeatures, weights: FeatureWeights = EQUAL) -> np.ndarray:
    """Every pair's cosine."""
    vectors = tfidf(items, weights, max_words=1000)
    return (vectors @ vectors.T).toarray()


def test_a_series_shares_the_words_of_its_title() -> None:
    """A sequel is nearer to its first season than to a stranger; letters and digits are words too."""
    values = cosine(described(titles=["K", "K 2", "Mushishi 2"]))
    assert values[0, 1] > 0.5
    assert values[0, 2] == 0
    assert 0 < values[1, 2] < values[0, 1]


def test_titles_in_any_script_are_compared() -> None:
    """Japanese words tie Japanese titles together."""
    assert cosine(described(titles=["銀魂 続", "銀魂", "あ"]))[0, 1] > 0.5


def test_labels_are_whole_names() -> None:
    """`Slice of Life` and `Life Sciences` share no label, though they share a word."""
    assert cosine(described(genres=[["Slice of Life"], ["Life Sciences"]]))[0, 1] == 0


def test_a_rare_tag_ties_more_than_a_common_one() -> None:
    """Two items that share the rare tag are nearer than two that share the common one."""
    values = cosine(described(tags=[["rare", "common"], ["rare"], ["common"], ["common"], ["common"]]))
    assert values[0, 1] > values[0, 2]


def test_each_kind_counts_with_its_weight() -> None:
    """Same genre, other title: with weights 3 and 4 the cosine is 4**2 / (3**2 + 4**2)."""
    items = described(titles=["alpha", "beta"], genres=[["x"], ["x"]])
    weights = FeatureWeights(title=3, synopsis=0, genre=4, tag=0, studio=0)
    assert cosine(items, weights)[0, 1] == pytest.approx(16 / 25)


def test_words_of_few_synopses_count_and_rare_or_common_ones_do_not() -> None:
    """A word in 3 of 40 synopses ties them together; a word in one, or in all, does nothing."""
    texts = [f"everyone lives unique{item}" for item in range(40)]
    for item in (3, 4, 5):
        texts[item] += " spaceship"
    values = cosine(described(synopses=texts))
    assert values[3, 4] == pytest.approx(1)
    assert values[0, 1] == 0


def test_an_item_without_any_description_is_the_zero_vector() -> None:
    """Nothing known is similar to nothing, not to everything."""
    values = cosine(described(titles=["alpha", ""], genres=[["x"], []]))
    assert values[1].tolist() == [0, 0]


def test_no_description_at_all_gives_vectors_without_features() -> None:
    """Empty lists are no error here; the model says what it makes of them."""
    assert tfidf(described(titles=["", ""]), EQUAL, 10).shape == (2, 0)
    assert tfidf(described(titles=[]), EQUAL, 10).shape == (0, 0)


def test_lists_of_different_length_and_unsorted_keys_are_refused() -> None:
    """One description per item, in ascending order of keys."""
    with pytest.raises(InvalidInputError, match="2 item keys but 1 titles"):
        ItemFeatures(np.arange(2), ["a"], ["", ""], [[], []], [[], []], [[], []])
    with pytest.raises(InvalidInputError, match="ascending"):
        ItemFeatures(np.array([2, 1]), ["a", "b"], ["", ""], [[], []], [[], []], [[], []])
