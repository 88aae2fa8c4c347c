"""Candidates of some users in numbers, list after list, and what is said of them brought to one measure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommenders.contributions import Floats


@dataclass(frozen=True)
class CandidateLists:
    """Candidates of some users, list after list.

    Attributes:
        table: float32 (candidates, features); nan = not known.
        lengths: int64 (users,), candidates of each user, at least 1.
        wanted: bool (candidates,), whether it was hidden; what is learned.
        names: of the features.
    """

    table: Floats
    lengths: NDArray[np.int64]
    wanted: NDArray[np.bool_]
    names: Sequence[str]


def standardised(answers: NDArray[np.float64], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each list less its mean, in units of its spread: float64 (candidates,); a list of equals is 0.

    Args:
        answers: float64 (candidates,), list after list.
        lengths: int64 (users,), candidates of each list, at least 1.
    """
    begins = np.cumsum(lengths) - lengths
    centred = answers - np.repeat(np.add.reduceat(answers, begins) / lengths, lengths)
    spread = np.repeat(np.sqrt(np.add.reduceat(centred**2, begins) / lengths), lengths)
    measured: NDArray[np.float64] = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return measured
