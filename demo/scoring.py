"""Scores, statuses and times: the columns of a ratings file, on each source's own scale.

How the same liking becomes a number differs by viewer: a mean and a spread of their own, and coarser or
finer scales (AniList's stars arrive as a few values out of 100, Kitsu's as a few out of 20).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.anime import Catalogue
from demo.people import NEVER_SCORES, People
from demo.randomness import Flags, Floats, Ints, generator
from demo.schedule import AIRING
from demo.viewing import Entries

STATUSES = ("", "watching", "completed", "on_hold", "dropped", "planned")
BLANK, WATCHING, COMPLETED, ON_HOLD, DROPPED, PLANNED = range(len(STATUSES))
USUAL_LIKING = 0.6  # of what people chose for themselves; scores are given relative to it
NOISE = 0.75


@dataclass(frozen=True)
class Ratings:
    """One source's ratings file as columns, sorted by viewer and anime."""

    person: Ints
    row: Ints
    score: Ints  # on the source's scale; 0 = unrated
    status: Ints  # position in STATUSES
    updated: Ints  # seconds since 1970-01-01 UTC; 0 = blank

    def __len__(self) -> int:
        return len(self.person)


def rate(
    seed: int, catalogue: Catalogue, people: People, entries: dict[str, Entries], ratings: int
) -> dict[str, Ratings]:
    """Ratings by source; ``ratings`` entries in all have a score, where there are so many to choose from."""
    scored = _who_gets_a_score(seed, people, entries, ratings)
    return {name: _columns(seed, name, catalogue, people, part, scored[name]) for name, part in entries.items()}


def can_be_scored(people: People, entries: Entries) -> Flags:
    """The entries that may carry a score: watched, by a viewer who gives scores at all."""
    scorable: Flags = ~entries.planned & (people.habit[entries.person] != NEVER_SCORES)
    return scorable


def _who_gets_a_score(seed: int, people: People, entries: dict[str, Entries], ratings: int) -> dict[str, Flags]:
    """The entries that are scored: exactly the number asked for, likelier for viewers who score readily."""
    eager = generator(seed, "eager").random(len(people))
    keys: list[Floats] = []
    for name, part in entries.items():
        wish = generator(seed, "scored", name).random(len(part)) + 0.6 * eager[part.person]
        keys.append(np.where(can_be_scored(people, part), wish, -1.0))
    together = np.concatenate(keys)
    possible = int((together >= 0).sum())
    bar = 0.0
    if possible > ratings:
        bar = float(np.partition(together, len(together) - ratings)[len(together) - ratings])
    return {name: key >= bar for name, key in zip(entries, keys, strict=True)}


def _columns(seed: int, name: str, catalogue: Catalogue, people: People, part: Entries, scored: Flags) -> Ratings:
    rng = generator(seed, "scores", name)
    order = np.lexsort((part.row, part.person))
    person, row, scored = part.person[order], part.row[order], scored[order]
    liking = part.liking[order] + NOISE * rng.standard_normal(len(order))
    points = people.mean_score[person] + people.spread[person] * (liking - USUAL_LIKING)
    score = np.where(scored, SCALES[name](np.clip(points, 1.0, 10.0), people.scale[person]), 0)
    status = _statuses(rng, catalogue, row, part.planned[order], liking - USUAL_LIKING)
    updated = (part.day[order] * 86_400).astype(np.int64)
    updated = np.where(rng.random(len(order)) < 0.015, 0, updated)
    return Ratings(person, row, score, status, updated)


def _statuses(rng: np.random.Generator, catalogue: Catalogue, row: Ints, planned: Flags, liking: Floats) -> Ints:
    """Mostly completed; what airs is being watched, what disappointed was sometimes dropped."""
    luck = rng.random(len(row))
    status = np.where(luck < 0.03, WATCHING, np.where(luck < 0.06, ON_HOLD, COMPLETED))
    status = np.where((liking < -1.4) & (luck > 0.6), DROPPED, status)
    status = np.where((catalogue.schedule.status[row] == AIRING) & (status == COMPLETED), WATCHING, status)
    status = np.where(planned, PLANNED, status)
    return np.where(rng.random(len(row)) < 0.008, BLANK, status).astype(np.int64)


def _myanimelist(points: Floats, scale: Ints) -> Ints:
    """Whole numbers from 1 to 10; the coarsest viewers use every second one."""
    return np.where(scale == 2, 2 * np.rint(np.maximum(points, 2) / 2), np.rint(points)).astype(np.int64)


def _anilist(points: Floats, scale: Ints) -> Ints:
    """0-100 as `score(format: POINT_100)` gives it: points, whole tens, or stars (10, 30, 50, 70, 90)."""
    stars = 20 * np.clip(np.rint((points + 1) / 2), 1, 5) - 10
    return np.where(scale == 0, np.rint(10 * points), np.where(scale == 1, 10 * np.rint(points), stars)).astype(
        np.int64
    )


def _kitsu(points: Floats, scale: Ints) -> Ints:
    """`ratingTwenty`, 2-20: half points, whole points, or four faces."""
    faces = np.where(points < 4, 2, np.where(points < 6.5, 8, np.where(points < 8.5, 14, 20)))
    fine = np.rint(2 * points)
    return np.where(scale == 0, fine, np.where(scale == 1, 2 * np.rint(points), faces)).astype(np.int64)


SCALES = {"myanimelist": _myanimelist, "anilist": _anilist, "kitsu": _kitsu}
