"""Two forests: what they learn, what they say together, and that they come back from their text as they were."""

import numpy as np
import pytest

from recommenders.forests import CandidateLists, Forests

PARAMETERS = {"learning_rate": 0.1, "num_leaves": 7, "min_data_in_leaf": 5, "seed": 1}


def lists(seed: int, users: int = 60, k: int = 10) -> CandidateLists:
    """Lists in which the candidate with the highest first feature was hidden; the second feature is noise."""
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(users * k, 2)).astype(np.float32)
    best = table[:, 0].reshape(users, k).argmax(axis=1) + np.arange(users) * k
    return CandidateLists(table, np.full(users, k), np.isin(np.arange(users * k), best), ("first", "second"))


@pytest.fixture(scope="module")
def forests() -> Forests:
    """Forests that learned from two hidings."""
    return Forests.learn([lists(1), lists(2)], 40, PARAMETERS)


def test_what_was_hidden_is_put_first(forests: Forests) -> None:
    """Of lists that they have not seen, the first place is right for four users of five (one of ten by chance)."""
    new = lists(3)
    order = forests.order(new.table, new.lengths).reshape(60, 10)
    assert (order.argmax(axis=1) == new.wanted.reshape(60, 10).argmax(axis=1)).mean() >= 0.8


def test_answers_lie_about_the_middle_of_each_list(forests: Forests) -> None:
    """Between 0 and 1, and the answers of one list do not depend on which other lists are asked about."""
    new = lists(4, users=3)
    together = forests.order(new.table, new.lengths)
    assert ((together > 0) & (together < 1)).all()
    np.testing.assert_array_equal(together[10:20], forests.order(new.table[10:20], np.array([10])))
    uneven = forests.order(new.table, np.array([1, 9, 20]))
    assert uneven[0] == 0.5, "a list of one has no order"


def test_they_come_back_as_they_were(forests: Forests) -> None:
    """The same answers from the stored text, and the same text from learning once more."""
    new = lists(5)
    arrays = forests.arrays()
    np.testing.assert_array_equal(
        Forests.from_arrays(arrays).order(new.table, new.lengths), forests.order(new.table, new.lengths)
    )
    again = Forests.learn([lists(1), lists(2)], 40, PARAMETERS).arrays()
    assert {name: text.tobytes() for name, text in again.items()} == {
        name: text.tobytes() for name, text in arrays.items()
    }
