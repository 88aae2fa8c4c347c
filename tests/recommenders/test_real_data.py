"""The quality that is promised, on the real ratings beside the repository."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from recommenders.ease import Ease
from recommenders.evaluate import evaluate
from recommenders.interactions import Interactions
from recommenders.intervals import compare
from recommenders.popularity import Popularity
from recommenders.splitting import holdout

RATINGS = Path(__file__).parents[3] / "shared" / "data" / "ratings" / "myanimelist_ratings.csv.gz"


@pytest.mark.real_data
@pytest.mark.skipif(not RATINGS.exists(), reason="../shared/data is not here")
def test_ease_reaches_its_reference_on_real_users() -> None:
    """NDCG@10 of EASE is at least 0.43 and 2.3 times that of popularity, for practically every resample."""
    with gzip.open(RATINGS, "rt", encoding="utf-8") as lines:
        table = np.loadtxt(lines, delimiter=",", skiprows=1, dtype=np.int64)
    split = holdout(Interactions.from_arrays(table[:, 0], table[:, 1], table[:, 2]))
    ease, popularity = (evaluate(model, split) for model in (Ease(), Popularity()))
    assert ease.users.mean("ndcg", 10) >= 0.43
    assert ease.users.mean("ndcg", 10) >= 2.3 * popularity.users.mean("ndcg", 10)
    assert compare(ease.users, popularity.users).ci_low > 0
