"""Verdicts as probabilities, and what cross ids change about them."""

import numpy as np
import pytest

from matching.calibration import Calibration, calibration_from_json, fit_calibration
from matching.crossids import ABSENT, AGREES, CONTRADICTS
from matching.errors import WeightsError


def drawn(line, count=20_000, seed=5):
    """Raw verdicts, and which pairs are the same when the line (slope, offset) tells the log-odds."""
    random = np.random.default_rng(seed)
    raw = random.uniform(-5, 5, count)
    return raw, random.random(count) < 1 / (1 + np.exp(-(line[0] * raw + line[1])))


def test_the_line_that_made_the_labels_is_found_for_each_relation():
    """Slope and offset, within what 20,000 draws allow."""
    true = {ABSENT: (1.5, 1.0), AGREES: (0.8, 4.0), CONTRADICTS: (1.2, -1.0)}
    parts = {code: drawn(line, seed=code) for code, line in true.items()}
    raw, same = (np.concatenate([part[at] for part in parts.values()]) for at in (0, 1))
    found = fit_calibration(raw, same, np.repeat(list(true), 20_000)).lines
    for code, line in true.items():
        assert found[code] == pytest.approx(line, abs=0.15)


def test_a_relation_never_met_has_the_line_of_all():
    """Nothing is learned from nothing."""
    raw, same = drawn((1.5, 1.0))
    absent, agrees, contradicts = fit_calibration(raw, same, np.zeros(len(raw), dtype=np.int64)).lines
    assert agrees == contradicts == pytest.approx(absent, abs=0.01)


def test_certain_labels_give_a_line_and_not_infinity():
    """Pairs that a verdict parts without error still leave some doubt."""
    raw = np.array([-2.0, -1.0, 1.0, 2.0])
    lines = fit_calibration(raw, raw > 0, np.zeros(4, dtype=np.int64)).lines
    assert all(0 < slope < 10 and abs(offset) < 1 for slope, offset in lines)


def test_pairs_without_a_relation_are_judged_as_if_no_id_were_known():
    """The first line counts, and verdicts beyond the cut say no more than the cut."""
    calibration = Calibration(((2.0, 1.0), (1.0, 5.0), (1.0, -5.0)))
    raw = np.array([0.0, 1.0, 100.0])
    assert calibration.log_odds(raw).tolist() == [1, 3, 25]
    assert calibration.log_odds(raw, np.array([ABSENT, AGREES, CONTRADICTS])).tolist() == [1, 6, 7]


@pytest.mark.parametrize("damage", [{"agrees": [1]}, {"agrees": None}, {"absent": [-1.0, 0.0]}])
def test_damaged_lines_are_refused(damage):
    """A number is missing, all are, or the line falls."""
    good = {"absent": [1.0, 0.0], "agrees": [1.0, 3.0], "contradicts": [1.0, -3.0]}
    assert calibration_from_json(good).as_json() == good
    with pytest.raises(WeightsError, match="train again"):
        calibration_from_json(good | damage)
