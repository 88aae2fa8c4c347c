"""The parts in which AniList's anime can be read: years of start dates, and what has no date.

The one rule: every start date is in exactly one part, and what is in none of them is looked for by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from adapters.anilist_cells import FOR_EVER
from adapters.base import KnownTitle, Parts, Plan

#: From this year on each year is a part; before, a few hundred titles started in all.
_FIRST_YEAR = 1960
UNTIL, LATER, UNDATED = f"until-{_FIRST_YEAR - 1}", "later", "undated"


def keys(today: date) -> tuple[str, ...]:
    """All parts: what has no date comes last, since it is what the other parts did not show."""
    return (UNTIL, *map(str, range(_FIRST_YEAR, today.year + 2)), LATER, UNDATED)


def years_of(key: str, today: date) -> tuple[int, int]:
    """The first and last start year of a part, as plans write them."""
    fixed = {UNTIL: (0, _FIRST_YEAR - 1), LATER: (today.year + 2, FOR_EVER), UNDATED: (0, 0)}
    return fixed[key] if key in fixed else (int(key), int(key))


def of_years(first: int, last: int, today: date) -> tuple[str, ...]:
    """The parts that hold what started in some years."""
    spans = {key: years_of(key, today) for key in keys(today) if key != UNDATED}
    return tuple(key for key, span in spans.items() if span[0] <= last and first <= span[1])


def plan(key: str, today: date, known: Sequence[KnownTitle], claimed: Sequence[str]) -> Plan:  # noqa: ARG001
    """The crawl of one part: its known titles are asked for by id where its windows do not show them any more."""
    years = years_of(key, today)
    inside = tuple(one.source_id for one in known if _holds(key, years, one.start_year))
    everything = tuple(one.source_id for one in known) if key == UNDATED else ()
    return Plan("range", today, years=years, ids=inside, known=everything, partition=key)


def _holds(key: str, years: tuple[int, int], start_year: int | None) -> bool:
    """Whether a title that started in a year belongs to a part."""
    if not start_year:
        return key == UNDATED
    return years[0] <= start_year <= years[1]


def watermark(since: datetime) -> str:
    """The moment as AniList writes update times: in Unix seconds."""
    return str(int(since.timestamp()))


PARTS = Parts(keys, of_years, True, plan, watermark, UNDATED)
