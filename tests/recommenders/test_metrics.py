"""The metrics, with values a reader can work out, and against the project's scoring script."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from recommenders.errors import InvalidInputError
from recommenders.intervals import compare, means
from recommenders.metrics import ACCURACY, list_metrics, user_metrics

SCRIPT = Path(__file__).parents[3] / "shared" / "evaluation" / "score_recommendations.py"
NONE = [-1] * 7


def lists(*rows: list[int]) -> np.ndarray:
    """Ranked items as the models give them."""
    return np.array(rows, dtype=np.int32)


def relevant(*rows: dict[int, float], width: int = 20) -> sp.csr_array:
    """Held-out items with their weights."""
    dense = np.zeros((len(rows), width), dtype=np.float32)
    for row, weights in enumerate(rows):
        for item, weight in weights.items():
            dense[row, item] = weight
    return sp.csr_array(dense)


def discount(rank: int) -> float:
    """What a hit in this place is worth."""
    return 1 / math.log2(rank + 1)


def test_a_user_with_hits_in_places_two_and_four() -> None:
    """Three relevant items, hits at 2 and 4 of a list of four, cutoff five."""
    users = user_metrics(lists([9, 1, 8, 2]), relevant({1: 1, 2: 1, 3: 1}), cutoffs=(5,))
    ideal = discount(1) + discount(2) + discount(3)
    assert users.mean("ndcg", 5) == pytest.approx((discount(2) + discount(4)) / ideal)
    assert users.mean("recall", 5) == pytest.approx(2 / 3)
    assert users.mean("precision", 5) == pytest.approx(2 / 5)  # over k, though the list is shorter
    assert users.mean("map", 5) == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert users.mean("mrr", 5) == pytest.approx(1 / 2)
    assert users.mean("hit_rate", 5) == 1


def test_a_hit_below_the_cutoff_does_not_count() -> None:
    """The first hit at place 6 is nothing at 5 and something at 10."""
    users = user_metrics(lists([10, 11, 12, 13, 14, 3]), relevant({3: 1}), cutoffs=(5, 10))
    assert [users.mean(metric, 5) for metric in ACCURACY] == [0] * len(ACCURACY)
    assert users.mean("ndcg", 10) == pytest.approx(discount(6))
    assert users.mean("mrr", 10) == pytest.approx(1 / 6)
    assert users.mean("precision", 10) == pytest.approx(1 / 10)


def test_weights_count_in_ndcg_and_in_its_ideal() -> None:
    """The best order puts weight 3 before weight 1; the list has them the other way round."""
    users = user_metrics(lists([1, 2]), relevant({1: 1, 2: 3}), cutoffs=(5,))
    assert users.mean("ndcg", 5) == pytest.approx(
        (1 * discount(1) + 3 * discount(2)) / (3 * discount(1) + 1 * discount(2))
    )


def test_a_user_without_a_list_scores_zero_and_counts() -> None:
    """The mean of a perfect list and of no list is a half."""
    users = user_metrics(lists([1, -1], [-1, -1]), relevant({1: 1}, {2: 1}), cutoffs=(5,))
    assert users.column("ndcg", 5).tolist() == [1, 0]
    assert users.mean("recall", 5) == 0.5


def test_more_relevant_items_than_places_still_allow_a_perfect_score() -> None:
    """With seven relevant items a list of five hits is perfect at five, and recalls five of seven."""
    users = user_metrics(lists([0, 1, 2, 3, 4]), relevant(dict.fromkeys(range(7), 1)), cutoffs=(5,))
    assert users.mean("ndcg", 5) == pytest.approx(1)
    assert users.mean("map", 5) == pytest.approx(1)
    assert users.mean("recall", 5) == pytest.approx(5 / 7)


def test_coverage_gini_and_novelty() -> None:
    """Two users get items 0, 1 and 0, 2 of a catalogue of four; 0 is known to 2 of 4 users, 1 to one."""
    seen = relevant({0: 1}, {0: 1, 1: 1}, {3: 1}, {3: 1}, width=4)
    values = list_metrics(lists([0, 1], [0, 2]), seen, catalogue_items=4, k=2)
    assert values["coverage"] == 3 / 4
    # counts ascending 0, 1, 1, 2: sum of (2j - 5) c_j over n * sum = (-3*0 - 1*1 + 1*1 + 3*2) / (4 * 4)
    assert values["gini"] == pytest.approx(6 / 16)
    # item 2 is unknown and counts as known to one user
    assert values["novelty"] == pytest.approx((2 * -math.log2(2 / 4) + 2 * -math.log2(1 / 4)) / 4)


def test_no_recommendation_has_no_gini_and_no_novelty() -> None:
    """Empty lists cover nothing, and say nothing about equality or novelty."""
    values = list_metrics(lists([-1]), relevant({0: 1}), catalogue_items=20)
    assert values == {"coverage": 0.0, "gini": None, "novelty": None}


def test_lists_that_cannot_be_scored_are_refused() -> None:
    """An item twice, a user with nothing hidden, and more lists than users are errors."""
    with pytest.raises(InvalidInputError, match="twice"):
        user_metrics(lists([1, 1]), relevant({1: 1}))
    with pytest.raises(InvalidInputError, match="at least one"):
        user_metrics(lists([1]), relevant({}))
    with pytest.raises(InvalidInputError, match="held-out row"):
        user_metrics(lists([1], [2]), relevant({1: 1}))
    with pytest.raises(InvalidInputError, match="catalogue"):
        list_metrics(lists([1, 2]), relevant({1: 1}), catalogue_items=1)


def random_case(seed: int) -> tuple[np.ndarray, np.ndarray, sp.csr_array, sp.csr_array]:
    """Two models' lists (some short), held-out items with weights, and what was seen before."""
    rng = np.random.default_rng(seed)
    users, items, depth = 60, 150, 110
    held = (rng.random((users, items)) < 0.05) * rng.integers(1, 4, (users, items))
    held[np.arange(users), rng.integers(0, items, users)] = 2
    seen = (rng.random((users, items)) < 0.1) & (held == 0)
    pair = []
    for bonus in (0.6, 0.3):
        order = np.argsort(-(rng.random((users, items)) + bonus * (held > 0) - 9 * seen), axis=1)[:, :depth]
        taken = np.take_along_axis(seen, order, axis=1) | (np.arange(depth) >= rng.integers(0, depth, (users, 1)))
        pair.append(np.where(taken, -1, order).astype(np.int32))
    return pair[0], pair[1], sp.csr_array(held.astype(np.float32)), sp.csr_array(seen.astype(np.float32))


def write_csv(path: Path, header: str, rows: list[tuple[object, ...]]) -> Path:
    """A table for the script."""
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return path


def listed(items: np.ndarray) -> list[tuple[object, ...]]:
    """Lists as rows of user, rank, item; places may be empty, ranks keep their number."""
    return [(row, place + 1, item) for row, line in enumerate(items) for place, item in enumerate(line) if item >= 0]


@pytest.mark.skipif(not SCRIPT.exists(), reason="../shared/evaluation is not here")
def test_the_scoring_script_prints_the_same_numbers(tmp_path: Path) -> None:
    """Metrics, intervals and the paired comparison agree with the script to its six digits."""
    first, second, held_out, seen = random_case(5)
    held, known = held_out.tocoo(), seen.tocoo()
    paths = [
        write_csv(tmp_path / "first.csv", "user_id,rank,item_id", listed(first)),
        write_csv(
            tmp_path / "held.csv",
            "user_id,item_id,weight",
            list(zip(held.row, held.col, held.data, strict=True)),
        ),
        write_csv(tmp_path / "train.csv", "user_id,item_id", list(zip(known.row, known.col, strict=True))),
        write_csv(tmp_path / "items.csv", "item_id", [(item,) for item in range(held_out.shape[1])]),
        write_csv(tmp_path / "second.csv", "user_id,rank,item_id", listed(second)),
    ]
    flags = ["", "--heldout", "--train", "--catalogue", "--compare"]
    arguments = [part for pair in zip(flags, map(str, paths), strict=True) for part in pair if part]
    done = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    ours = [user_metrics(items, held_out) for items in (first, second)]
    for name, items, users in zip(("first", "second"), (first, second), ours, strict=True):
        check_report(report[name], items, users, seen)
    for name, expected in report["first_minus_second"].items():
        metric, k = name.split("@")
        result = compare(*ours, metric, int(k))
        assert result.difference == pytest.approx(expected["difference"], abs=1e-6)
        assert [result.ci_low, result.ci_high] == pytest.approx(expected["ci95"], abs=1e-6)
        assert result.p_value == pytest.approx(expected["p_value"], abs=1e-4)
        assert result.relative_percent == pytest.approx(expected["relative_percent"], abs=1e-3)
        assert (result.users_better, result.users_worse) == (
            expected["users_better"],
            expected["users_worse"],
        )


def check_report(expected: dict, items: np.ndarray, users: object, seen: sp.csr_array) -> None:
    """One model's part of the script's report."""
    spread = dict(zip(users.names, means(list(users.values.T)), strict=True))
    others = list_metrics(items, seen, seen.shape[1])
    assert len(expected["metrics"]) == 13
    for name, value in expected["metrics"].items():
        metric, k = name.split("@")
        mine = others[metric] if metric in others else users.mean(metric, int(k))
        assert mine == pytest.approx(value, abs=1e-6), name
    for name, ends in expected["ci95"].items():
        metric, k = name.split("@")
        mean = spread[metric, int(k)]
        assert [mean.low, mean.high] == pytest.approx(ends, abs=1e-6), name
