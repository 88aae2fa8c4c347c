"""Titles that are no anime, some with an anime's name: what a matcher must not fall for.

The one rule: nothing here tells of an anime of the world (`rows` is empty).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from demo.randomness import Draws
from demo.schedule import TODAY
from demo.services.imdb_rows import Aka, Title
from demo.words import ADJECTIVES, NOUNS
from demo.world import World

#: Titles that are no anime for each that is one.
SHARE = 0.6


def noise(world: World, titles: Sequence[Title]) -> list[Title]:
    """Namesakes, episodes, games and strangers, in a fixed mixture.

    Args:
        world: gives the seed.
        titles: the anime whose names and years are borrowed.
    """
    draws = Draws(world.seed, "imdb noise", int(SHARE * len(titles)))
    luck = draws.integer("luck", 0, 999_999).tolist()
    return [_MAKERS[place % len(_MAKERS)](titles[chance % len(titles)], chance) for place, chance in enumerate(luck)]


def _live_action(title: Title, chance: int) -> Title:
    """A film with actors after the anime, a few years later."""
    akas = (Aka(title.original, "JP", "ja", "imdbDisplay", "live-action"),)
    year = None if title.start is None else min(TODAY.year, title.start + 2 + chance % 9)
    return _made("movie", title.primary, title.original, year, ("Drama", "Fantasy"), chance, akas)


def _episode(title: Title, chance: int) -> Title:
    """An episode of the series."""
    name = f"Episode #1.{1 + chance % 24}"
    return _made("tvEpisode", name, name, title.start, title.genres, chance, minutes=24)


def _game(title: Title, chance: int) -> Title:
    """A game of the same name and year, marked as animation."""
    akas = (Aka(title.primary, "JP", None, None, None),)
    return _made("videoGame", title.primary, title.primary, title.start, ("Action", "Animation"), chance, akas)


def _cartoon(_title: Title, chance: int) -> Title:
    """Animation from elsewhere: no Japanese name."""
    name = f"The {ADJECTIVES[chance % len(ADJECTIVES)].english} {NOUNS[chance % len(NOUNS)].english} Show"
    akas = (Aka(name, None, None, "original", None, is_original=True), Aka(name, "US", None, "imdbDisplay", None))
    return _made("tvSeries", name, name, 1980 + chance % 45, ("Animation", "Comedy", "Family"), chance, akas)


def _unknown_kind(title: Title, chance: int) -> Title:
    """A type that no list has."""
    return _made("holoSeries", title.primary, title.original, title.start, ("Animation",), chance)


def _nothing_known(_title: Title, chance: int) -> Title:
    """A title of which hardly anything is known."""
    name = NOUNS[chance % len(NOUNS)].english
    return Title("short", name, name, False, None, None, None, (), None, 0)


def _lone_quote(_title: Title, chance: int) -> Title:
    """One quote, at the start or within: no sign of quoting."""
    noun = NOUNS[chance % len(NOUNS)].english
    name = f'"{noun} at Noon' if chance % 2 else f'The "{noun} Affair'
    akas = (Aka(f'{noun}", They Said', "US", "en", "alternative", 'so-called "working" title'),)
    return _made("tvMovie", name, name, 1950 + chance % 70, ("Crime",), chance, akas)


def _made(
    kind: str,
    primary: str,
    original: str,
    year: int | None,
    genres: tuple[str, ...],
    chance: int,
    akas: tuple[Aka, ...] = (),
    minutes: int | None = None,
) -> Title:
    votes = chance % 4_000 if chance % 3 else 0
    rating = 3.0 + chance % 60 / 10 if votes >= 5 and (year or 0) <= TODAY.year else None
    votes = votes if rating is not None else 0
    length = minutes or (90 if chance % 5 else None)
    return Title(kind, primary, original, False, year, None, length, genres, rating, votes, akas)


_MAKERS: tuple[Callable[[Title, int], Title], ...] = (
    _live_action,
    _episode,
    _game,
    _cartoon,
    _episode,
    _nothing_known,
    _lone_quote,
    _unknown_kind,
)
