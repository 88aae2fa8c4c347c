"""The demo world: true anime, what three sources know of them, viewers and ratings, all from one seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from demo.anime import Catalogue, make_catalogue
from demo.errors import WorldError
from demo.people import RATES, People, make_people
from demo.scoring import Ratings, can_be_scored, rate
from demo.sources import make_sources
from demo.sources.base import Source
from demo.viewing import Audience, Entries, join_entries

DEFAULT_SEED = 42
DEFAULT_ANIME = 4_000
DEFAULT_USERS = 5_000
DEFAULT_RATINGS = 560_000
FEWEST_ANIME = 50
FEWEST_USERS = 10
# of all pairs of viewers and anime: more could not be drawn from tastes
DENSEST = 0.08
# entries aimed at for each rating, since some entries stay without a score
SPARE = 1.17
ATTEMPTS = 6


def silent(message: str) -> None:
    """Takes a progress message and tells nobody."""


@dataclass(frozen=True)
class World:
    """Everything that is true of the demo world, and how each source tells it (`sources`, by name)."""

    seed: int
    catalogue: Catalogue
    sources: dict[str, Source]
    people: People
    ratings: dict[str, Ratings]


def make_world(
    seed: int = DEFAULT_SEED,
    *,
    anime: int = DEFAULT_ANIME,
    users: int = DEFAULT_USERS,
    ratings: int = DEFAULT_RATINGS,
    progress: Callable[[str], None] = silent,
) -> World:
    """A world of so many true anime, viewers and scored ratings; equal arguments make an equal world.

    Args:
        seed: any whole number from 0.
        anime: true anime in all; each source knows most, none knows all.
        users: viewers over the three sources.
        ratings: entries with a score; lists hold further entries without one.
        progress: told, in a few words, what has been done.

    Raises:
        WorldError: a number is too small, or more ratings are wanted than tastes can give.
    """
    _check(seed, anime, users, ratings)
    catalogue = make_catalogue(seed, anime)
    progress(f"{anime:,} anime in {catalogue.plan.franchises:,} franchises")
    sources = make_sources(seed, catalogue)
    told = ", ".join(f"{name} {int(source.catalogued.sum()):,}" for name, source in sources.items())
    progress(f"told by {told}")
    people = make_people(seed, users)
    entries = _entries(seed, catalogue, sources, people, ratings)
    progress(f"{sum(len(part) for part in entries.values()):,} list entries of {users:,} viewers")
    return World(seed, catalogue, sources, people, rate(seed, catalogue, people, entries, ratings))


def _check(seed: int, anime: int, users: int, ratings: int) -> None:
    if seed < 0:
        raise WorldError(f"seed {seed}: give a whole number from 0")
    if anime < FEWEST_ANIME:
        raise WorldError(f"anime {anime}: a world needs at least {FEWEST_ANIME} anime")
    if users < FEWEST_USERS:
        raise WorldError(f"users {users}: a world needs at least {FEWEST_USERS} viewers")
    most = int(DENSEST * anime * users)
    if not 1 <= ratings <= most:
        raise WorldError(
            f"ratings {ratings:,}: with {anime:,} anime and {users:,} users give a number from 1 to {most:,} "
            "(or more anime or users)"
        )


def _entries(
    seed: int, catalogue: Catalogue, sources: dict[str, Source], people: People, ratings: int
) -> dict[str, Entries]:
    """The lists on each source, long enough in all for the ratings wanted.

    In a small, crowded world many choices fall on the same few titles; then everybody is sent out for more.
    """
    audiences = {name: Audience(seed, catalogue, source, people) for name, source in sources.items()}
    wanted = ratings * SPARE * people.appetite / people.appetite[people.habit == RATES].sum()
    for _ in range(ATTEMPTS):
        entries = {name: join_entries(list(audience.entries(wanted))) for name, audience in audiences.items()}
        possible = sum(int(can_be_scored(people, part).sum()) for part in entries.values())
        if possible >= ratings:
            return entries
        wanted = wanted * min(2.0, 1.1 * ratings / max(1, possible))
    raise WorldError(
        f"ratings {ratings:,}: {len(people):,} users find only {possible:,} to their taste among "
        f"{len(catalogue):,} anime; ask for fewer ratings, or for more anime or users"
    )


def scored_ratings(world: World) -> int:
    """How many entries carry a score."""
    return int(sum(np.count_nonzero(part.score) for part in world.ratings.values()))
