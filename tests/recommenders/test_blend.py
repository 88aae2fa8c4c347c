"""Blends: points by place or by score, from components that are taken over where they are given."""

import numpy as np
import pytest

from recommenders.base import Recommender
from recommenders.blend import Blend
from recommenders.blend_borda import BlendBorda, BlendBordaConfig
from recommenders.blend_rrf import BlendRrf
from recommenders.blend_weighted import BlendWeighted, learned_weights
from recommenders.ease import Ease
from recommenders.errors import NotEnoughDataError
from recommenders.interactions import Interactions
from recommenders.item_knn import ItemKnn
from recommenders.ranking import recommend

from .worlds import matrix, tastes


class TwoOfThem:
    """Two components are enough to redo the sums."""

    components = ("ease", "item_knn")


class Rrf(TwoOfThem, BlendRrf):
    """Reciprocal rank fusion of two."""


class Borda(TwoOfThem, BlendBorda):
    """Borda count of two."""


class Weighted(TwoOfThem, BlendWeighted):
    """A weighted sum of two."""


def places(world: Interactions) -> list[np.ndarray]:
    """Place of every item in the first user's list of each component; 0 = it is not in it."""
    out = []
    for model in (Ease(), ItemKnn()):
        listed = recommend(model.fit(world), world.take([0]), world.n_items).items[0]
        place = np.zeros(world.n_items)
        place[listed[listed >= 0]] = 1 + np.flatnonzero(listed >= 0)
        out.append(place)
    return out


def test_reciprocal_ranks_are_summed() -> None:
    """An item on places p and q of the two lists scores 1 / (60 + p) + 1 / (60 + q); what the user has scores 0."""
    world, _ = tastes()
    expected = sum(np.where(place > 0, 1 / (60 + place), 0) for place in places(world))
    np.testing.assert_allclose(Rrf().fit(world).scores(world.take([0]))[0], expected, rtol=1e-6)


def test_borda_counts_places_from_the_end() -> None:
    """With ten places that count, the first is worth 1, the tenth 1/10, the eleventh nothing."""
    world, _ = tastes()
    expected = sum(np.where(place > 0, np.maximum(11 - place, 0) / 10, 0) for place in places(world))
    scores = Borda(BlendBordaConfig(depth=10)).fit(world).scores(world.take([0]))[0]
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


@pytest.mark.parametrize("blend", [Rrf, Borda, Weighted])
def test_given_components_are_taken_over(blend: type[Blend]) -> None:
    """A fitted model that is given is used as it is, and the result is that of training it here."""
    world, _ = tastes()
    given: dict[str, Recommender] = {"ease": Ease().fit(world)}
    taken = blend().using(given).fit(world)
    assert taken._models["ease"] is given["ease"]
    assert taken.scores(world).tobytes() == blend().fit(world).scores(world).tobytes()


def test_a_component_that_cannot_learn_is_left_out() -> None:
    """One item alone is too little for EASE; without any component the blend says that it cannot learn."""
    assert set(Rrf().fit(matrix([[8]]))._models) == {"item_knn"}
    with pytest.raises(NotEnoughDataError, match="none of its components"):
        BlendRrf().fit(matrix([[0]]))


def test_weights_favour_the_score_that_finds_what_was_hidden() -> None:
    """The first score is higher for what was hidden, the second is noise, the third is wrong and gets 0."""
    rng = np.random.default_rng(1)
    owners = np.repeat(np.arange(200), 10)
    hidden = np.tile(np.arange(10) == 0, 200)
    noise = rng.normal(size=(len(owners), 3))
    scores = np.stack([hidden + noise[:, 0], noise[:, 1], noise[:, 2] - hidden], axis=1)
    first, second, third = learned_weights(owners, scores, hidden, reg=1e-3)
    assert first > 0.5
    assert 0 <= second < 0.2 * first
    assert third == 0


def test_the_unit_of_a_score_does_not_matter() -> None:
    """A score a thousand times as large gets a thousandth of the weight."""
    rng = np.random.default_rng(2)
    owners, hidden = np.repeat(np.arange(50), 8), np.tile(np.arange(8) < 2, 50)
    scores = rng.normal(size=(len(owners), 2)) + hidden[:, None]
    small = learned_weights(owners, scores, hidden, reg=1e-3)
    large = learned_weights(owners, scores * [1, 1000], hidden, reg=1e-3)
    np.testing.assert_allclose(large, [small[0], small[1] / 1000], rtol=1e-3)


def test_a_score_that_is_the_same_for_all_candidates_gets_no_weight() -> None:
    """Beside one that says something, which gets what it would get alone; where none does, all count alike."""
    rng = np.random.default_rng(4)
    owners, hidden = np.repeat(np.arange(50), 8), np.tile(np.arange(8) < 2, 50)
    says = rng.normal(size=len(owners)) + hidden
    for nothing in (0.0, 0.1, 7.0):
        same = np.full(len(owners), nothing)
        found = learned_weights(owners, np.stack([same, says], axis=1), hidden, reg=1e-3)
        assert found[0] == 0
        np.testing.assert_allclose(found[1], learned_weights(owners, says[:, None], hidden, reg=1e-3)[0], rtol=1e-3)
        assert learned_weights(owners, np.stack([same, same], axis=1), hidden, reg=1e-3) == [1, 1]


def test_one_user_and_three_titles_are_enough_for_a_list() -> None:
    """No component tells the candidates apart there; the scores are finite all the same."""
    world = matrix([[9, 9, 9]])
    assert np.isfinite(BlendWeighted().fit(world).scores(world)).all()
