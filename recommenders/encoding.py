"""Features of any measure brought to one that networks can learn from: where a value stands among all, as a bell curve.

Source:
    Qin et al., "Are neural rankers still outperformed by gradient boosted decision trees?", ICLR 2021: without such a
    transformation networks fall far behind trees.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from recommenders.contributions import Floats

STEPS = 201
"""A feature's values are known by so many of their quantiles, fewer where many values are the same."""
ROWS = 60_000
"""Quantiles are those of about so many rows, drawn at random."""
EDGE = 0.01
"""The lowest known value stands where a hundredth of a bell curve lies below, the highest where it lies above."""
CONSTANT = 1e-3
"""What spreads less than this, in units of the bell curve, tells nothing and is left out."""


class Encoding:
    """How features are encoded.

    A known value goes to the place of its quantile on a bell curve, between quantiles on a straight line; quantiles
    that are the same number count as one. An unknown value goes to 0, and a further number says that it is unknown.
    What was the same in all rows is left out.

    Args:
        grids: for each feature its quantiles, float32, ascending; fewer than two = the feature is no input.
        kept: bool (2 * features,), which of the values, and behind them of the marks of unknown ones, are inputs.
    """

    def __init__(self, grids: Sequence[Floats], kept: NDArray[np.bool_]) -> None:
        self._grids, self._kept = grids, kept
        self._places = [ndtri(np.linspace(EDGE, 1 - EDGE, len(grid))) for grid in grids]

    @classmethod
    def learn(cls, tables: Sequence[Floats], rng: np.random.Generator) -> Self:
        """The encoding that suits these rows; each table float32 (rows, features), nan = not known."""
        # every n-th row would be the same few places of all lists, wherever their length is a multiple of n
        share = ROWS / sum(map(len, tables))
        rows = np.concatenate([table[rng.random(len(table)) < share] for table in tables])
        grids = [_grid(column) for column in rows.T]
        everything = cls(grids, np.ones(2 * len(grids), dtype=np.bool_))
        return cls(grids, everything.of(rows).std(axis=0) > CONSTANT)

    def of(self, table: Floats) -> Floats:
        """The rows encoded: float32 (rows, inputs), C order."""
        features = len(self._grids)
        known = np.flatnonzero(self._kept[:features])
        marked = np.flatnonzero(self._kept[features:])
        out = np.empty((len(table), len(known) + len(marked)), dtype=np.float32)
        for place, feature in enumerate(known):
            out[:, place] = self._encoded(int(feature), table[:, feature])
        out[:, len(known) :] = np.isnan(table[:, marked])
        return out

    def _encoded(self, feature: int, values: Floats) -> NDArray[Any]:
        grid = self._grids[feature]
        if len(grid) < 2:
            return np.zeros(len(values))
        return np.nan_to_num(np.interp(values, grid, self._places[feature]))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The encoding by name, for storing."""
        lengths = np.array([len(grid) for grid in self._grids], dtype=np.int32)
        return {"grids": np.concatenate(self._grids), "lengths": lengths, "kept": self._kept}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The encoding that `arrays` gave."""
        grids = np.split(arrays["grids"], np.cumsum(arrays["lengths"])[:-1])
        return cls(grids, arrays["kept"].astype(np.bool_))


def _grid(column: Floats) -> Floats:
    """The quantiles of what is known of a feature, float32, each value once; empty where nothing is."""
    known = column[~np.isnan(column)]
    if not len(known):
        return known
    return np.unique(np.quantile(known, np.linspace(0, 1, STEPS)).astype(np.float32))
