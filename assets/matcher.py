"""The numbers that matching decides with: the shipped ones, or those last trained on the data at hand."""

from __future__ import annotations

from matching.adopted import LOG, weights_in_force
from matching.weights import Weights
from warehouse.home import Home
from warehouse.landing import read_events


def current_weights(home: Home) -> Weights:
    """The weights that the last training landed in this HOME; the shipped ones when there was none.

    Raises:
        WeightsError: they are damaged, or of another version of matching; the message says what to do.
        LandingError: the log of trainings is damaged.
    """
    return weights_in_force(read_events(home, LOG))
