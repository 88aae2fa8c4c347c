"""The parts in which MyAnimeList's anime can be read: pages of its rankings, seasons, and what only ids lead to.

The one rule: a part is what one listing shows. Titles move in rankings, so only seasons are answerable for a known
title: one that its season does not show any more is asked for by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from adapters.base import KnownTitle, Parts, Plan
from adapters.spans import rows_of, spans

#: The most complete first; none of the others is known to be a part of it.
RANKINGS = ("bypopularity", "all", "upcoming", "tv", "movie", "ova", "special")
FIRST_YEAR = 1917
SEASONS = ("winter", "spring", "summer", "fall")
UNLISTED = "unlisted"
#: Rows of a part of the rankings that hold nearly everything: ten pages. The last of so many parts has no end.
_ROWS, _BLOCKS = 5000, 7
_WHOLE = RANKINGS[2:]
#: Ids asked for one by one in one crawl.
_MOST_IDS = 2000


@dataclass(frozen=True)
class RankingPages:
    """Some pages of a ranking: rows from `start` on, up to and without `end` (None = to the end)."""

    ranking: str
    start: int
    end: int | None


def keys(today: date) -> tuple[str, ...]:
    """All parts: rankings, seasons in the order of time, and last what is in none of them."""
    spanned = [ranking for ranking in RANKINGS if ranking not in _WHOLE]
    pages = [f"{ranking}-{span}" for ranking in spanned for span in spans(_ROWS, _BLOCKS)]
    return (*pages, *_WHOLE, *of_years(FIRST_YEAR, today.year + 1, today), UNLISTED)


def of_years(first: int, last: int, today: date) -> tuple[str, ...]:
    """The seasons of some years, as far as MyAnimeList has any."""
    years = range(max(first, FIRST_YEAR), min(last, today.year + 1) + 1)
    return tuple(f"{year}-{season}" for year in years for season in SEASONS)


def season_of(key: str) -> tuple[int, str] | None:
    """The season that a part is; None for another part."""
    year, _, season = key.partition("-")
    return (int(year), season) if season in SEASONS else None


def ranking_of(key: str) -> RankingPages | None:
    """The pages of a ranking that a part is; None for another part."""
    ranking, _, span = key.partition("-")
    if ranking not in RANKINGS:
        return None
    return RankingPages(ranking, *(rows_of(span) if span else (0, None)))


def plan(key: str, today: date, known: Sequence[KnownTitle], claimed: Sequence[str]) -> Plan:
    """The crawl of one part. What no list shows are ids that others name, and titles without a season that are due."""
    season = season_of(key)
    years = None if season is None else (season[0], season[0])
    inside = tuple(one.source_id for one in known if season is not None and one.season == key)
    due = [one.source_id for one in known if one.is_due and one.season is None]
    ids = tuple(dict.fromkeys([*claimed, *due]))[:_MOST_IDS] if key == UNLISTED else ()
    return Plan("range", today, years=years, ids=ids, known=inside, partition=key)


def watermark(since: datetime) -> str:
    """The day of the sweep: there are no update times that could be asked for."""
    return since.date().isoformat()


PARTS = Parts(keys, of_years, True, plan, watermark, UNLISTED)
