"""Thin evidence: pairs of which so little is known, or so little agrees, that a verdict of likeness is too sure.

Probabilities are learned from pairs of which somebody knows what they are, and nobody looks after records that say
little: links between them are wrong more often than the known ones tell. Judged out of fold, of 62 links without an
equal name, a month and a number of episodes, with less than 6.5 log-odds, 46 were known to be right, 3 by AniList's
ids, 3 to be wrong, and of 10 nobody knew; of all links with less, 223, 18, 4 and 31. Of 38 links between strangers'
names in five drawings of the folds, with less than 5, none was known to be right, 3 to be wrong, and of 35 nobody knew.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.features import Evidence

Floats = NDArray[np.float64]

#: what it costs in log-odds; and what strangers' names cost, as much as relations that contradict
COST, COST_OF_STRANGERS = 1.0, 3.0
#: a start known no better than this is a year; no better than to the season, say
_YEAR_DAYS, _MONTH_DAYS = 360, 31
#: names of which the letter triples, weighed by rarity, are less alike than this (cosine) are strangers
_STRANGERS = 0.35


def thin_evidence(evidence: Evidence) -> Floats:
    """What each pair loses in log-odds because hardly more than likeness, or not even that, speaks for it; mostly 0.

    `COST` where no name of the one equals one of the other, of at least one no more than the year is known, and of at
    least one no number of episodes; or where they have different numbers of episodes, and of at least one no month is
    known. `COST_OF_STRANGERS` besides where even the most alike names have hardly anything in common, unless both
    starts and numbers of episodes are known and agree.
    """
    width, gap = evidence.column("date_width_more"), evidence.column("episodes_gap")
    another_name = evidence.column("names_equal") == 0
    undated = np.isnan(width) | (width >= _YEAR_DAYS)
    likeness = undated & np.isnan(gap) & another_name
    strangers = another_name & ~(evidence.column("witness_cosine") >= _STRANGERS)
    strangers &= ~((evidence.column("date_gap") == 0) & (gap == 0))
    thin = likeness | ((gap > 0) & (width > _MONTH_DAYS))
    return np.asarray(COST * thin + COST_OF_STRANGERS * strangers, dtype=np.float64)
