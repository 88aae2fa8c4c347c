"""Records without a start: what a source knows no start of had hardly begun when it was asked, unless it says so.

So a work that began years before is another one, the first season of a sequel that is announced, say. Of 31,743 real
records 809 state no start. 26 of their counterparts that are known state one: 24 began in the last two years of which
the sources know, and none more than three years before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.corpus import MISSING, Corpus
from matching.records import AnimeRecord

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: what it costs in log-odds that the one began so many years before the other had begun
COST, YEARS = 9.0, 3
#: one in so many starts is later than the year of asking: announcements, and slips of the pen
_ANNOUNCED = 100


def with_year_of_asking(records: Sequence[AnimeRecord]) -> list[AnimeRecord]:
    """The records in their order; those that may not have begun tell the year in which their source was asked.

    As far as the starts of its records tell that year: nobody says when a recording was made.
    """
    years: dict[str, list[int]] = defaultdict(list)
    for record in records:
        if (year := record.year) is not None:
            years[record.source].append(year)
    asked = {source: sorted(known)[-1 - len(known) // _ANNOUNCED] for source, known in years.items()}
    return [replace(one, unbegun_in=asked.get(one.source)) if _may_be_unbegun(one) else one for one in records]


def began_long_before(corpus: Corpus, pairs: Ints) -> Floats:
    """What each pair loses in log-odds because the one began years before the year in which the other had not."""
    first_days = [one.unbegun_in and date(one.unbegun_in - YEARS, 1, 1).toordinal() for one in corpus.records]
    limit = np.array([day or MISSING for day in first_days], dtype=np.int64)
    left, right = pairs[:, 0], pairs[:, 1]
    before = np.zeros(len(pairs), dtype=np.bool_)
    for one, other in ((left, right), (right, left)):
        before |= (corpus.high[other] != MISSING) & (corpus.high[other] < limit[one])
    return np.asarray(COST * before, dtype=np.float64)


def _may_be_unbegun(record: AnimeRecord) -> bool:
    """Whether the source names neither a start nor a status that has one."""
    return record.year is None and not record.has_begun
