"""Diversity and calibration, with values a reader can work out."""

import math

import numpy as np
import pytest
import scipy.sparse as sp

from recommenders.beyond_accuracy import SMOOTHING, Subjects, calibration_kl, intra_list_diversity, subjects, tastes
from recommenders.features import ItemFeatures

GENRES = [["Drama"], ["Drama"], ["Comedy"], ["Comedy", "Drama"], [], []]
TAGS = [[], [], [], [], ["Space"], []]


@pytest.fixture
def about() -> Subjects:
    """Two dramas, a comedy, one that is both, one with a tag alone, and one of which nothing is known."""
    nothing = [""] * len(GENRES)
    keys = np.arange(len(GENRES), dtype=np.int64)
    return subjects(ItemFeatures(keys, nothing, nothing, GENRES, TAGS, [[]] * len(GENRES)))


def lists(*rows: list[int]) -> np.ndarray:
    """Ranked items."""
    return np.array(rows, dtype=np.int32)


def have(*rows: list[int]) -> sp.csr_array:
    """What each user has."""
    dense = np.zeros((len(rows), len(GENRES)), dtype=np.float32)
    for user, items in enumerate(rows):
        dense[user, items] = 1
    return sp.csr_array(dense)


def test_diversity_is_one_minus_the_mean_cosine_of_all_pairs(about: Subjects) -> None:
    """Equal items 0, strangers 1; drama with drama-comedy has cosine 1 / sqrt 2."""
    found = intra_list_diversity(lists([0, 1, -1], [0, 2, -1], [0, 3, -1], [0, 1, 2]), about, 3)
    # of the last list's three pairs one is equal and two are strangers
    assert found.tolist() == pytest.approx([0, 1, 1 - 1 / math.sqrt(2), 2 / 3])


def test_only_the_first_places_count(about: Subjects) -> None:
    """At 2 the third item does not matter."""
    assert intra_list_diversity(lists([0, 1, 2]), about, 2).tolist() == [0]


def test_tags_count_like_genres_and_the_unknown_does_not_count(about: Subjects) -> None:
    """A tagged item is a stranger to a drama; with an item of which nothing is known there is no pair."""
    found = intra_list_diversity(lists([0, 4], [0, 5], [0, -1], [-1, -1]), about, 2)
    assert found[0] == 1
    assert np.isnan(found[1:]).all()


def test_a_list_with_the_user_s_own_mixture_is_calibrated(about: Subjects) -> None:
    """Half drama, half comedy, whether by two titles or by one that is both."""
    found = calibration_kl(lists([0, 2], [3, -1]), tastes(have([0, 2], [0, 2]), about), about, 2)
    assert found.tolist() == pytest.approx([0, 0], abs=1e-12)


def test_calibration_is_the_divergence_of_the_list_from_the_user(about: Subjects) -> None:
    """Half of the user's titles are comedies and none of the list: 0.5 ln(0.5 / 0.995) + 0.5 ln(0.5 / 0.005)."""
    a = SMOOTHING
    expected = 0.5 * math.log(0.5 / (1 - a + 0.5 * a)) + 0.5 * math.log(0.5 / (0.5 * a))
    assert calibration_kl(lists([0, 1]), tastes(have([0, 2]), about), about, 2).tolist() == pytest.approx([expected])
    strange = calibration_kl(lists([2, -1]), tastes(have([0]), about), about, 2)
    assert strange.tolist() == pytest.approx([math.log(1 / a)])


def test_without_a_known_genre_there_is_no_calibration(about: Subjects) -> None:
    """In the list or on the user's own; a tag is no genre."""
    found = calibration_kl(
        lists([5, -1], [0, -1], [4, -1], [-1, -1]), tastes(have([0], [5], [0], [0]), about), about, 2
    )
    assert np.isnan(found).all()


def test_nothing_known_of_any_item_is_no_error() -> None:
    """No genre and no tag: no figure for anybody."""
    keys = np.arange(2, dtype=np.int64)
    blank: list[list[str]] = [[], []]
    about = subjects(ItemFeatures(keys, ["", ""], ["", ""], blank, blank, blank))
    assert np.isnan(intra_list_diversity(lists([0, 1]), about, 2)).all()
    assert np.isnan(calibration_kl(lists([0, 1]), tastes(sp.csr_array(np.ones((1, 2))), about), about, 2)).all()
