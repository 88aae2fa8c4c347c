"""Thin evidence: what is left of it when two records say little that could contradict them.

Probabilities are learned from pairs of which somebody knows what they are, and nobody looks after records that say
little: links between them are wrong more often than the known ones tell. Of 62 links of the first kind below with less
than 6.5 log-odds, judged out of fold, 46 were known to be right, 3 by AniList's ids, 3 to be wrong, and of 10 nobody
knew; of all links with less, 223, 18, 4 and 31.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.features import Evidence

Mask = NDArray[np.bool_]

#: what it costs in log-odds
COST = 1.0
#: a start known no better than this is a year; no better than to the season, say
_YEAR_DAYS, _MONTH_DAYS = 360, 31


def thin_evidence(evidence: Evidence) -> Mask:
    """Which pairs (bool) have little that speaks for them besides likeness.

    Either no name of the one equals one of the other, of at least one no more than the year is known, and of at least
    one no number of episodes; or they have different numbers of episodes, and of at least one no month is known.
    """
    width, gap = evidence.column("date_width_more"), evidence.column("episodes_gap")
    undated = np.isnan(width) | (width >= _YEAR_DAYS)
    likeness = undated & np.isnan(gap) & (evidence.column("names_equal") == 0)
    return np.asarray(likeness | ((gap > 0) & (width > _MONTH_DAYS)))
