"""When an anime starts and ends, how long it is, and what state it is in on the world's day `TODAY`.

Days are counted from 1970-01-01. `TODAY` is fixed: a world must not change with the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.franchises import (
    FIRST,
    MOVIE,
    OVA,
    PART,
    REMAKE,
    SEASON,
    SPECIAL,
    SPIN_OFF,
    SUMMARY,
    Plan,
)
from demo.randomness import Draws, Floats, Ints, weighted

EPOCH = date(1970, 1, 1).toordinal()
TODAY = date(2026, 6, 30)
TODAY_DAY = TODAY.toordinal() - EPOCH
OLDEST_DAY = date(1963, 1, 1).toordinal() - EPOCH

FORMATS = ("TV", "TV_SHORT", "MOVIE", "OVA", "ONA", "SPECIAL", "MUSIC")
TV, TV_SHORT, FILM, VIDEO, NET, SHOW, CLIP = range(len(FORMATS))
STATUSES = ("FINISHED", "AIRING", "UPCOMING", "CANCELLED", "HIATUS")
FINISHED, AIRING, UPCOMING, CANCELLED, HIATUS = range(len(STATUSES))
KNOWN_DAY, KNOWN_YEAR, KNOWN_NOTHING = range(3)  # what has been announced of the start

# format weights (in the order of FORMATS) by role; a franchise of one entry differs from a longer one's first
SINGLE_FORMATS = (0.42, 0.06, 0.15, 0.16, 0.12, 0.06, 0.03)
SERIES_FORMATS = (0.82, 0.03, 0.05, 0.05, 0.05, 0.0, 0.0)
ROLE_FORMATS = {
    MOVIE: (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0),
    OVA: (0.0, 0.0, 0.0, 0.9, 0.1, 0.0, 0.0),
    SPECIAL: (0.0, 0.0, 0.0, 0.1, 0.15, 0.75, 0.0),
    SUMMARY: (0.0, 0.0, 0.3, 0.0, 0.0, 0.7, 0.0),
    SPIN_OFF: (0.35, 0.3, 0.0, 0.1, 0.25, 0.0, 0.0),
    REMAKE: (0.85, 0.0, 0.1, 0.0, 0.05, 0.0, 0.0),
}
# days after the entry before it in the franchise
GAPS = {
    FIRST: (0, 0),
    SEASON: (300, 1100),
    PART: (150, 200),
    MOVIE: (200, 600),
    OVA: (120, 400),
    SPECIAL: (60, 300),
    SUMMARY: (90, 250),
    SPIN_OFF: (250, 800),
    REMAKE: (2500, 6500),
}
EPISODES = {
    TV: (
        (12, 0.38),
        (13, 0.18),
        (11, 0.06),
        (10, 0.05),
        (24, 0.12),
        (25, 0.07),
        (26, 0.08),
        (39, 0.03),
        (51, 0.03),
    ),
    TV_SHORT: ((12, 0.55), (13, 0.2), (24, 0.15), (8, 0.1)),
    FILM: ((1, 0.97), (3, 0.03)),
    VIDEO: ((1, 0.45), (2, 0.22), (3, 0.12), (4, 0.11), (6, 0.1)),
    NET: ((12, 0.4), (10, 0.1), (13, 0.1), (24, 0.12), (6, 0.1), (1, 0.18)),
    SHOW: ((1, 0.62), (2, 0.16), (3, 0.08), (6, 0.14)),
    CLIP: ((1, 1.0),),
}
MINUTES = {
    TV: (23, 25),
    TV_SHORT: (3, 12),
    FILM: (62, 125),
    VIDEO: (24, 45),
    NET: (8, 25),
    SHOW: (5, 30),
    CLIP: (3, 6),
}


@dataclass(frozen=True)
class Schedule:
    """One row per anime: format, days, size and state. ``end`` is the day of the last episode."""

    format: Ints
    start: Ints
    end: Ints
    known: Ints  # KNOWN_DAY, KNOWN_YEAR or KNOWN_NOTHING of the start
    status: Ints
    episodes: Ints
    minutes: Ints

    @property
    def age_years(self) -> Floats:
        """Years since the start on the world's day; negative while upcoming."""
        return (TODAY_DAY - self.start) / 365.25


def make_schedule(seed: int, plan: Plan) -> Schedule:
    """The schedule of every anime of the plan."""
    draws = Draws(seed, "schedule", plan.count)
    formats = _formats(plan, draws)
    start = _season_starts(_starts(plan, draws), formats, draws)
    episodes, minutes = _lengths(formats, draws)
    weekly = np.isin(formats, (TV, TV_SHORT, NET))
    end = start + np.where(weekly, 7 * (episodes - 1), np.where(formats == VIDEO, 60 * (episodes - 1), 0))
    status = np.where(start > TODAY_DAY, UPCOMING, np.where(end >= TODAY_DAY, AIRING, FINISHED))
    odd = draws.uniform("odd status")
    status = np.where((status == FINISHED) & (odd < 0.003), CANCELLED, status)
    status = np.where((status == FINISHED) & (odd > 0.998), HIATUS, status)
    return Schedule(formats, start, end, _known(start, draws), status, episodes, minutes)


def _formats(plan: Plan, draws: Draws) -> Ints:
    uniform = draws.uniform("format")
    formats = np.where(plan.size == 1, weighted(uniform, SINGLE_FORMATS), weighted(uniform, SERIES_FORMATS))
    formats = formats[plan.first_row]  # a season keeps the format of the first entry
    for role, weights in ROLE_FORMATS.items():
        formats = np.where(plan.role == role, weighted(uniform, weights), formats)
    # a later season is a series even where the franchise began as a film
    return np.where(np.isin(plan.role, (SEASON, PART)) & (formats == FILM), TV, formats).astype(np.int64)


def _starts(plan: Plan, draws: Draws) -> Ints:
    """Counted back from each franchise's last entry: long franchises are old and few entries are upcoming."""
    bounds = np.array([GAPS[role] for role in range(len(GAPS))])[plan.role]
    gaps = (bounds[:, 0] + draws.uniform("gap") * (bounds[:, 1] - bounds[:, 0])).astype(np.int64)
    elapsed = np.cumsum(gaps)
    elapsed = elapsed - elapsed[plan.first_row]
    last_row = plan.first_row + plan.size - 1
    idle = (draws.rng("idle").exponential(8.5, plan.count) * 365.25).astype(np.int64)
    start = TODAY_DAY + 240 - idle[plan.first_row] - (elapsed[last_row] - elapsed)
    latest_of_both: Ints = np.maximum(start, OLDEST_DAY + elapsed)
    return latest_of_both


def _season_starts(start: Ints, formats: Ints, draws: Draws) -> Ints:
    """Series begin in the first fortnight of a quarter, which is why dates alone identify little."""
    months = (start.astype("datetime64[D]").astype("datetime64[M]")).astype(np.int64)
    quarter = (months // 3 * 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    in_season = np.isin(formats, (TV, TV_SHORT)) & draws.chance("in season", 0.94)
    return np.where(in_season, quarter + draws.integer("fortnight", 0, 13), start)


def _lengths(formats: Ints, draws: Draws) -> tuple[Ints, Ints]:
    uniform = draws.uniform("episodes")
    episodes = np.ones(len(formats), dtype=np.int64)
    minutes = np.ones(len(formats), dtype=np.int64)
    share = draws.uniform("minutes")
    for kind in range(len(FORMATS)):
        numbers = np.array([number for number, _ in EPISODES[kind]])
        drawn = numbers[weighted(uniform, tuple(weight for _, weight in EPISODES[kind]))]
        episodes = np.where(formats == kind, drawn, episodes)
        low, high = MINUTES[kind]
        minutes = np.where(formats == kind, low + (share * (high + 1 - low)).astype(np.int64), minutes)
    return episodes, minutes


def _known(start: Ints, draws: Draws) -> Ints:
    """What is known of the start: far-off titles have a year or nothing, a few old ones only a year."""
    vague = draws.uniform("vague")
    far = start > TODAY_DAY + 45
    old = start < TODAY_DAY - 30 * 365
    known = np.where(
        far, np.where(vague < 0.45, KNOWN_NOTHING, np.where(vague < 0.7, KNOWN_YEAR, KNOWN_DAY)), KNOWN_DAY
    )
    return np.where(old & (vague < 0.05), KNOWN_YEAR, known).astype(np.int64)
