"""Trees as plain numbers."""

import json

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from matching.errors import WeightsError
from matching.learning import fit_trees
from matching.trees import Ensemble, Tree, ensemble_from_json

NAMES = ("one", "two", "three")


def lesson(rows=600, seed=1):
    """Random values with some missing, and labels that depend on them."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, 3)).astype(np.float32)
    values[random.random(values.shape) < 0.1] = np.nan
    same = np.nan_to_num(values[:, 0]) + np.nan_to_num(values[:, 1]) ** 2 > 0.7
    return values, same


def test_the_numbers_say_what_the_library_says():
    """Every row gets the log-odds of scikit-learn's own model."""
    values, same = lesson()
    library = HistGradientBoostingClassifier(
        max_iter=30, max_leaf_nodes=15, learning_rate=0.1, min_samples_leaf=20, l2_regularization=1.0,
        early_stopping=False, random_state=3,
    ).fit(values, same)  # fmt: skip
    ours = fit_trees(values, same, NAMES, 30, 3)
    assert ours.log_odds(values) == pytest.approx(library.decision_function(values), abs=1e-9)


def test_an_ensemble_survives_its_file():
    """Written and read back, it judges alike to six digits."""
    values, same = lesson()
    ours = fit_trees(values, same, NAMES, 10, 3)
    again = ensemble_from_json(json.loads(json.dumps(ours.as_json())), NAMES)
    assert again.log_odds(values) == pytest.approx(ours.log_odds(values), abs=1e-4)
    assert again.as_json() == ours.as_json()


def test_a_row_is_judged_alike_in_any_company():
    """Alone, among others, and beyond the size of a block."""
    values, same = lesson(9000)
    ours = fit_trees(values, same, NAMES, 5, 3)
    assert ours.log_odds(values)[8500] == ours.log_odds(values[8500:8501])[0]
    assert len(ours.log_odds(values[:0])) == 0


def test_a_tree_by_hand():
    """Two splits, three leaves, missing values to the left of the first."""
    tree = Tree((0, 1), (0.5, 2.0), (True, False), (0b001, 0b011), (0b110, 0b101), (1.0, 2.0, 3.0))
    values = np.array([[0, 9], [1, 1], [1, 3], [np.nan, 0], [1, np.nan]], dtype=np.float32)
    assert Ensemble(("x", "y"), 10.0, (tree,)).log_odds(values).tolist() == [11, 12, 13, 11, 13]


@pytest.mark.parametrize("damage", [{"features": ["other"]}, {"trees": [[1]]}, {"baseline": "x"}])
def test_damaged_numbers_are_refused(damage):
    """Other features, broken trees, no number."""
    good = {"features": ["x"], "baseline": 0.0, "trees": [[[0], [0.5], [0], [1], [2], [1.0, 2.0]]]}
    assert ensemble_from_json(good, ["x"]).baseline == 0
    with pytest.raises(WeightsError):
        ensemble_from_json(good | damage, ["x"])
    with pytest.raises(WeightsError):
        Tree((0,), (0.5,), (True,), (1,), (2,), (1.0,))
