"""The generated ratings are what the model can learn from, and a file of ratings is what was written."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.two_tower import load, measure, save, world


def test_users_rate_anime_of_their_own_taste_most_and_best() -> None:
    """The genre of an anime says which taste it is of."""
    ground = world(300, 200, 6_000, 1)
    ratings, genres = ground.training.ratings, [one[0] for one in ground.items.genres]  # type: ignore[union-attr]
    assert 0.9 * 6_000 < ratings.nnz <= 6_000
    kind = np.unique(genres, return_inverse=True)[1]
    shares, likes = [], []
    for row in range(ground.training.n_users):
        own = slice(ratings.indptr[row], ratings.indptr[row + 1])
        of_kind = np.bincount(kind[ratings.indices[own]], minlength=kind.max() + 1)
        mine = kind[ratings.indices[own]] == of_kind.argmax()
        shares.append(mine.mean())
        likes.append(ratings.data[own][mine].mean() - ratings.data[own].mean())
    assert np.mean(shares) > 0.2
    assert np.mean(likes) > 0.2


def test_a_file_of_ratings_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Users, anime, ratings, labels and what may be recommended."""
    ground = world(30, 20, 300, 1)
    save(ground, tmp_path / "ratings.npz")
    again = load(tmp_path / "ratings.npz")
    assert (again.training.ratings != ground.training.ratings).nnz == 0
    assert (again.training.seen != ground.training.seen).nnz == 0
    assert again.items.tags == ground.items.tags  # type: ignore[union-attr]
    assert again.allowed is not None
    assert again.allowed.all()


def test_a_device_is_measured_by_what_it_teaches() -> None:
    """Seconds, checks and NDCG@10 on whatever this machine has."""
    pytest.importorskip("torch", reason="the extra `embed` is not installed")
    found = measure(world(60, 40, 900, 1), epochs=4)
    assert found["checks"] == 1
    assert float(found["wall"]) > 0
    assert 0 < float(found["ndcg"]) <= 1
