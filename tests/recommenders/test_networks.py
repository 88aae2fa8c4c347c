"""Networks: what they learn, which lists they learn from, and that their slopes are those of their loss."""

import copy
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recommenders.candidatelists import CandidateLists
from recommenders.encoding import Encoding
from recommenders.networks import Networks, NetworkShape, _forward, _gradients, _Lesson, _new_layers

from .judgekit import LESSONS, JudgeKit, lists

SHAPE = NetworkShape(networks=2, width=16, passes=30, learning_rate=0.01, lists_at_once=8)


class TestNetworks(JudgeKit):
    """Two of them together."""

    def taught(self) -> Networks:
        """Thirty passes of two networks."""
        return Networks.learn(LESSONS, SHAPE, seed=1)

    def restored(self, arrays: dict[str, NDArray[Any]]) -> Networks:
        """From weights and biases."""
        return Networks.from_arrays(arrays)


def loss(layers: list[Any], rows: Any, wanted: Any, lengths: Any) -> float:
    """The mean over lists of -sum(wanted * log softmax) / sqrt(what is wanted), in the layers' precision."""
    answers = _forward(layers, rows)[-1][:, 0]
    total = 0.0
    for start, length in zip(np.cumsum(lengths) - lengths, lengths, strict=True):
        said, hidden = answers[start : start + length], wanted[start : start + length]
        total -= float(hidden @ (said - np.log(np.exp(said).sum()))) / np.sqrt(hidden.sum())
    return total / len(lengths)


def test_the_slopes_are_those_of_the_loss() -> None:
    """Of each weight and bias: how much the loss changes when it is moved a little, by central differences."""
    rng = np.random.default_rng(3)
    rows, lengths = rng.standard_normal((9, 4)), np.array([2, 4, 3])
    wanted = np.array([1, 0, 1, 1, 0, 0, 0, 0, 1], dtype=np.float64)
    layers: list[Any] = [values + rng.normal(size=values.shape) / 4 for values in _new_layers((4, 5, 5, 1), rng)]
    for place, slopes in enumerate(_gradients(layers, rows, wanted, lengths)):
        assert slopes.shape == layers[place].shape
        for at in np.ndindex(slopes.shape):
            higher, lower = copy.deepcopy(layers), copy.deepcopy(layers)
            higher[place][at] += 1e-6
            lower[place][at] -= 1e-6
            steep = (loss(higher, rows, wanted, lengths) - loss(lower, rows, wanted, lengths)) / 2e-6
            assert slopes[at] == pytest.approx(steep, rel=1e-4, abs=1e-6)


def test_candidates_of_whom_nothing_tells_one_from_another_stay_level() -> None:
    """No feature is an input then, and no error is raised."""
    one = lists(1, users=3)
    alike = CandidateLists(np.full_like(one.table, np.nan), one.lengths, one.wanted, one.names)
    answers = Networks.learn([alike], SHAPE, seed=1).answers(alike.table, alike.lengths)
    assert answers.tolist() == [0.0] * 30


def test_lists_of_which_nothing_is_wanted_are_left_out() -> None:
    """They have no order to learn; the others stay where they were."""
    one = lists(1, users=3)
    some = CandidateLists(one.table, one.lengths, one.wanted & (np.arange(30) // 10 != 1), one.names)
    lesson = _Lesson.of([some, one], Encoding.learn([one.table], np.random.default_rng(0)))
    assert lesson.lengths.tolist() == [10] * 5
    assert lesson.begins.tolist() == [0, 20, 30, 40, 50]
    batches = list(lesson.batches(2, np.random.default_rng(0)))
    assert [len(lengths) for _, _, lengths in batches] == [2, 2, 1]
    assert sum(float(wanted.sum()) for _, wanted, _ in batches) == 5
