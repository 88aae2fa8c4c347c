"""What everything that puts candidates in order has to do: the kit of forests and networks."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recommenders.candidatelists import CandidateLists


def lists(seed: int, users: int = 60, k: int = 10) -> CandidateLists:
    """Lists in which the candidate with the highest first feature was hidden; the second feature is noise."""
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(users * k, 2)).astype(np.float32)
    best = table[:, 0].reshape(users, k).argmax(axis=1) + np.arange(users) * k
    return CandidateLists(table, np.full(users, k), np.isin(np.arange(users * k), best), ("first", "second"))


LESSONS = [lists(seed) for seed in (1, 2, 6, 7)]
"""What is learned from."""


class JudgeKit:
    """Inherited by the tests of each kind, which say how one is taught and taken up again."""

    def taught(self) -> Any:
        """One that learned from LESSONS."""
        raise NotImplementedError

    def restored(self, arrays: dict[str, NDArray[Any]]) -> Any:
        """One made of stored arrays."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    def judge(self) -> Any:
        """One that has learned."""
        return self.taught()

    def test_what_was_hidden_is_put_first(self, judge: Any) -> None:
        """Of lists it has not seen the first place is right for four users of five (one of ten by chance)."""
        new = lists(3)
        answers = judge.answers(new.table, new.lengths).reshape(60, 10)
        assert (answers.argmax(axis=1) == new.wanted.reshape(60, 10).argmax(axis=1)).mean() >= 0.8

    def test_each_list_is_measured_by_itself(self, judge: Any) -> None:
        """Its mean is 0; not a bit of it depends on which other lists are asked about; a list of one has no order."""
        new = lists(4, users=3)
        together = judge.answers(new.table, new.lengths)
        np.testing.assert_allclose(together.reshape(3, 10).mean(axis=1), 0, atol=1e-9)
        np.testing.assert_array_equal(together[10:20], judge.answers(new.table[10:20], np.array([10])))
        assert judge.answers(new.table, np.array([1, 9, 20]))[0] == 0

    def test_it_comes_back_as_it_was(self, judge: Any) -> None:
        """The same answers from what is stored, and the same to store from learning once more."""
        new, arrays = lists(5), judge.arrays()
        np.testing.assert_array_equal(
            self.restored(arrays).answers(new.table, new.lengths), judge.answers(new.table, new.lengths)
        )
        again = self.taught().arrays()
        assert {name: values.tobytes() for name, values in again.items()} == {
            name: values.tobytes() for name, values in arrays.items()
        }
