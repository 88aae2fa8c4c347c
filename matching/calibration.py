"""From a learned verdict to a probability that means what it says, and what a cross id changes about it.

A straight line in log-odds for each thing cross ids can say (Platt scaling; Platt 1999), learned on out-of-fold
verdicts of known pairs. A record's claim moves the line, it never overrules titles and dates that speak clearly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.crossids import ABSENT, NAMES
from matching.errors import WeightsError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: raw verdicts are cut to this before the line is applied: beyond it trees only repeat themselves
_CUT = 12.0
#: how strongly each line is drawn towards what it would be without data, and the steps of Newton's method
_PENALTY, _STEPS = 1.0, 50


@dataclass(frozen=True)
class Calibration:
    """Slope and offset of the line for each relation of `crossids`, in the order of its NAMES: (3, 2) numbers."""

    lines: tuple[tuple[float, float], ...]

    def log_odds(self, raw: Floats, relation: Ints | None = None) -> Floats:
        """Calibrated log-odds of raw verdicts, one per pair; without `relation` as if no cross id were known."""
        lines = np.array(self.lines)
        code = np.full(len(raw), ABSENT) if relation is None else relation
        calibrated: Floats = lines[code, 0] * np.clip(raw, -_CUT, _CUT) + lines[code, 1]
        return calibrated

    def as_json(self) -> dict[str, list[float]]:
        """The lines by the name of their relation."""
        return {name: [float(f"{value:.6g}") for value in line] for name, line in zip(NAMES, self.lines, strict=True)}


def calibration_from_json(data: Mapping[str, Any]) -> Calibration:
    """The calibration that `as_json` wrote.

    Raises:
        WeightsError: a line is missing, is no pair of numbers, or falls where it must rise.
    """
    try:
        lines = tuple((float(data[name][0]), float(data[name][1])) for name in NAMES)
    except (KeyError, TypeError, ValueError, IndexError) as problem:
        raise WeightsError(f"the weights' calibration is damaged ({problem}); restore the file or train again") from (
            problem
        )
    if any(slope <= 0 for slope, _ in lines):
        raise WeightsError("the weights' calibration falls with the verdict; restore the file or train again")
    return Calibration(lines)


def fit_calibration(raw: Floats, same: NDArray[np.bool_], relation: Ints) -> Calibration:
    """The lines that make `raw` verdicts the likeliest, given which pairs are the same and what cross ids say.

    A relation met with pairs of one kind only, or not at all, keeps the line of pairs without cross ids, moved as
    far as the pairs it was met with allow.
    """
    start = _line(np.clip(raw, -_CUT, _CUT), same, np.array([1.0, 0.0]))
    lines = []
    for code in range(len(NAMES)):
        rows = relation == code
        lines.append(_line(np.clip(raw[rows], -_CUT, _CUT), same[rows], start))
    return Calibration(tuple((max(float(slope), 0.05), float(offset)) for slope, offset in lines))


def _line(raw: Floats, same: NDArray[np.bool_], prior: Floats) -> Floats:
    """Slope and offset by penalised logistic regression (Newton's method), drawn towards `prior`."""
    line = prior.copy()
    design = np.stack([raw, np.ones(len(raw))], axis=1)
    for _ in range(_STEPS):
        expected = 1 / (1 + np.exp(-np.clip(design @ line, -40, 40)))
        slope = design.T @ (same - expected) - _PENALTY * (line - prior)
        curve = (design * (expected * (1 - expected))[:, None]).T @ design + _PENALTY * np.eye(2)
        step = np.linalg.solve(curve, slope)
        line = line + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return line
