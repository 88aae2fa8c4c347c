"""The split by which models are compared and promoted: by time where ratings say when they were made.

Where they do not, people who were never trained on are asked besides.

The one rule: it follows from the ratings alone, so that everything that asks for it is given the same.
"""

import numpy as np

from recommenders.interactions import LIKED, Csr, Interactions
from recommenders.protocols import held_out_users, moment_of, time_split
from recommenders.splitting import Split, holdout

HIDDEN_SHARE = 0.2
KNOWN_SHARE = 0.9
"""So many of the positives must say when they were made: those that do not are left out of a split by time."""
MOST_HIDDEN = 0.5
"""No more of the positives may lie at or after the moment, as many would where most were made at one time."""


def deciding_split(interactions: Interactions, seed: int = 42) -> Split:
    """One moment for everybody where there are times, else a share of each user's own positives.

    Args:
        interactions: everything known.
        seed: of the draw where there are no times; a moment is not drawn.
    """
    times = _dividing_times(interactions)
    if times is None:
        return holdout(interactions, HIDDEN_SHARE, seed=seed)
    return time_split(interactions, times, HIDDEN_SHARE)


def users_apart(interactions: Interactions, seed: int = 42) -> Split | None:
    """A fifth of the users kept out of teaching; None where the split is by time, which asks for new users as well.

    Args:
        interactions: everything known.
        seed: of the draw.
    """
    if _dividing_times(interactions) is not None:
        return None
    return held_out_users(interactions, HIDDEN_SHARE, seed=seed, folds=1).parts[0]


def _dividing_times(interactions: Interactions) -> Csr | None:
    """When entries were made, where a moment divides them; None where none does."""
    times = interactions.rated_at
    return times if times is not None and divides(times, interactions.liked(LIKED)) else None


def divides(rated_at: Csr, liked: Csr) -> bool:
    """Whether a moment divides these ratings: nearly all positives have a time, and they differ in it.

    Args:
        rated_at: csr (n_users, n_items) float64, when entries were made, as `Interactions` has it.
        liked: csr (n_users, n_items), an entry for each positive.
    """
    times = rated_at.multiply(liked).tocsr().data
    times = times[times > 0]
    if not len(times) or len(times) < KNOWN_SHARE * liked.nnz:
        return False
    return bool(np.count_nonzero(times >= moment_of(times, HIDDEN_SHARE)) <= MOST_HIDDEN * len(times))
