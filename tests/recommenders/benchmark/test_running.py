"""The published protocol: its formulas by hand, what is skipped, and the figure that is promised."""

from pathlib import Path

import numpy as np
import pytest

from recommenders.als import Als
from recommenders.benchmark.movielens import read_movielens
from recommenders.benchmark.published import CONFIGURATIONS, PUBLISHED, Figures, configured
from recommenders.benchmark.running import K, figures, run_published
from recommenders.content_tfidf import ContentTfidf
from recommenders.discovery import all_models
from recommenders.ease import Ease
from recommenders.popularity import Popularity
from recommenders.splitting import Split
from tests.recommenders.worlds import matrix, tastes

DIRECTORY = Path(__file__).parents[4] / "shared" / "data" / "movielens-100k"


def test_map_divides_by_all_that_is_relevant() -> None:
    """Popularity lists twelve items in their order; of 12 relevant ones it finds the 10 best places.

    Precision at every hit is 1, so MAP is 10 / 12 where dividing by min(10, 12) would give 1.
    """
    known = np.zeros((3, 14))
    known[0] = 9
    known[1, :1] = 9
    hidden = np.zeros((3, 14))
    hidden[2, :12] = 9
    split = Split(matrix(known.tolist()), matrix(hidden.tolist()).seen, "p")
    found = figures(configured(Popularity, 1).fit(split.train), split)
    assert found == Figures(pytest.approx(K / 12), pytest.approx(1), pytest.approx(1), pytest.approx(K / 12))


def test_one_hit_in_the_second_place() -> None:
    """Of two relevant items one comes second: DCG 1 / log 3 over 1 / log 2 + 1 / log 3; MAP (1 / 2) / 2."""
    known = [[9, 9, 9, 0], [9, 9, 0, 0], [9, 0, 0, 0], [0, 0, 9, 0]]
    hidden = [[0] * 4, [0] * 4, [0] * 4, [0, 9, 0, 9]]
    split = Split(matrix(known), matrix(hidden).seen, "p")
    found = figures(configured(Popularity, 1).fit(split.train), split)
    dcg, ideal = 1 / np.log(3), 1 / np.log(2) + 1 / np.log(3)
    assert found.ndcg == pytest.approx(dcg / ideal)
    assert (found.map, found.precision, found.recall) == (pytest.approx(1 / 4), 1 / K, 1 / 2)


def test_only_what_is_known_in_training_is_recommended() -> None:
    """An item that nobody has in training is never a hit."""
    split = Split(matrix([[9, 9, 0], [9, 0, 0]]), matrix([[0, 0, 0], [0, 0, 9]]).seen, "p")
    assert figures(configured(Popularity, 1).fit(split.train), split).recall == 0


def test_models_are_ordered_and_the_skipped_ones_say_why() -> None:
    """The best first, over as many splits as there are seeds; a model of descriptions comes last, with its reason."""
    world, _ = tastes(90, 60)
    told: list[str] = []
    ticks = iter(range(100))
    found = run_published(world, [ContentTfidf, Popularity, Als], (1, 2), told.append, lambda: float(next(ticks)))
    assert [one.model for one in found] == ["als", "popularity", "content_tfidf"]
    assert [len(one.splits) for one in found] == [2, 2, 0]
    assert "no item features" in found[2].skipped
    assert found[0].fit_seconds == 1
    assert found[0].mean("ndcg") == pytest.approx(np.mean([one.ndcg for one in found[0].splits]))
    assert "als, split 2" in told


def test_every_configuration_is_of_a_model() -> None:
    """Names and fields exist, and the seed is the split's."""
    models = all_models()
    assert set(CONFIGURATIONS) <= set(models)
    for name in CONFIGURATIONS:
        assert configured(models[name], 7).config.seed == 7


def test_published_figures_are_shares() -> None:
    """Eight algorithms; BiVAE is the best of them."""
    assert len(PUBLISHED) == 8
    assert max(PUBLISHED, key=lambda name: PUBLISHED[name].ndcg) == "BiVAE"
    assert all(0 < value < 1 for one in PUBLISHED.values() for value in vars(one).values())


@pytest.mark.real_data
@pytest.mark.skipif(not DIRECTORY.exists(), reason="../shared/data is not here")
def test_our_best_model_is_above_the_best_published_one() -> None:
    """EASE on two splits of 100k: nDCG@10 above BiVAE's 0.475."""
    (ease,) = run_published(read_movielens(DIRECTORY).interactions, [Ease], (1, 2))
    assert ease.mean("ndcg") > PUBLISHED["BiVAE"].ndcg + 0.005
