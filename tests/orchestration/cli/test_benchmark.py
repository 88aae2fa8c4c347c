"""`osusume benchmark movielens`: a table of ours and theirs, and clear words about a wrong directory."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Call = Callable[..., object]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 users of two tastes, 30 movies, in the format of 100k."""
    rng = np.random.default_rng(4)
    rows = [
        f"{user}\t{movie}\t{rng.integers(3, 6)}\t{880000000 + rng.integers(10_000)}"
        for user in range(1, 61)
        for movie in range(1, 31)
        if rng.random() < (0.5 if user % 2 == movie % 2 else 0.08)
    ]
    path = tmp_path_factory.mktemp("movielens") / "u.data"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path.parent


def test_the_published_protocol_prints_every_model(osusume: Call, directory: Path) -> None:
    """Best first, with what was skipped and why; published figures belong to 100k alone."""
    called = osusume(
        "benchmark", "movielens", directory, "--models", "popularity", "ease", "content_tfidf", "--splits", 2
    )
    assert called.status == 0
    lines = called.out.splitlines()
    assert lines[0].startswith("MovieLens ")
    assert "30 movies by 60 users" in lines[0]
    assert [line.split()[0] for line in lines[3:5]] == ["ease", "popularity"]
    assert "mean of 2 splits" in called.out
    assert "content_tfidf was skipped: " in called.out
    assert "BiVAE" not in called.out


@pytest.mark.parametrize(
    ("protocol", "words"),
    [("time", "time split"), ("users", "never trained on"), ("holdout", "per-user"), ("own", "others' lists whole")],
)
def test_our_own_protocols_have_intervals(osusume: Call, directory: Path, protocol: str, words: str) -> None:
    """And say how they split."""
    called = osusume("benchmark", "movielens", directory, "--protocol", protocol, "--models", "popularity")
    assert called.status == 0
    assert "95 % interval" in called.out
    assert words in called.out


def test_where_every_model_is_skipped_the_table_still_says_what_it_would_hold(osusume: Call, directory: Path) -> None:
    """Its head, no rows, and why."""
    called = osusume("benchmark", "movielens", directory, "--protocol", "holdout", "--models", "content_tfidf")
    assert called.status == 0
    lines = [line for line in called.out.splitlines() if line.startswith("model ")]
    assert [line.split()[:2] for line in lines] == [["model", "NDCG@10"]]
    assert "content_tfidf was skipped: " in called.out


@pytest.mark.parametrize("option", [("--folds", "2"), ("--groups", "2"), ("--by-chance",)])
def test_options_that_mean_nothing_for_the_published_protocol_are_refused(
    osusume: Call, directory: Path, option: tuple[str, ...]
) -> None:
    """Status 2, the option by name."""
    called = osusume("benchmark", "movielens", directory, *option)
    assert called.status == 2
    assert f"{option[0]} is of" in called.err
    assert "no meaning for published" in called.err


def test_what_is_wrong_is_named(osusume: Call, directory: Path, tmp_path: Path) -> None:
    """A directory without ratings, a bad line, a model that does not exist: status 2 and the remedy."""
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,2,11,5\n", encoding="utf-8")
    for words, said in (
        ([tmp_path / "nowhere"], "grouplens.org"),
        ([tmp_path], "ratings.csv, line 2: rating is '11'"),
        ([directory, "--models", "oracle"], "there is no model oracle; there are "),
    ):
        called = osusume("benchmark", "movielens", *words)
        assert called.status == 2
        assert said in called.err
        assert "Traceback" not in called.err
