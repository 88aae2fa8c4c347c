"""Finds the anime that somebody means by a few words: exactly, by the beginning, or nearly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import fuzz, process

from matching.normalise import SEPARATOR, normalise_all
from serving.errors import UnknownTitleError

How = Literal["exactly", "by its beginning", "as the nearest title"]

_NAMES = ("title", "title_english", "title_romaji", "title_native")
#: Below this similarity (0-100) a title is only suggested, never taken: one letter in ten may be wrong.
_TAKEN = 85.0
#: Below this it is not even suggested.
_SUGGESTED = 55.0
_SUGGESTIONS = 5


@dataclass(frozen=True)
class Title:
    """One anime by its names.

    Attributes:
        anime_key: which anime.
        title: its title for display.
        names: all its titles, the one for display first, no two alike.
        format: TV, MOVIE, ...; None when unknown.
        start_year: when it began; None when unknown.
        popularity: how many people have it on their lists.
        is_adult: whether it is for adults only.
    """

    anime_key: int
    title: str
    names: tuple[str, ...]
    format: str | None
    start_year: int | None
    popularity: int
    is_adult: bool

    @property
    def label(self) -> str:
        """The title with what tells it from its namesakes: `Monster (TV, 2004)`."""
        details = ", ".join(str(one) for one in (self.format, self.start_year) if one)
        return f"{self.title} ({details})" if details else self.title


@dataclass(frozen=True)
class Match:
    """What was found for some words: the title taken, how, and the others that might have been meant."""

    words: str
    title: Title
    how: How
    others: tuple[Title, ...]


class TitleIndex:
    """Every title of the catalogue, ready to be searched.

    Args:
        rows: as `Reader.titles` gives them.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.titles = [_title(row) for row in rows]
        self.by_key = {title.anime_key: title for title in self.titles}
        owners = [(at, name) for at, title in enumerate(self.titles) for name in title.names]
        self._owner = [at for at, _ in owners]
        self._names = _words([name for _, name in owners])
        self._exact: dict[str, list[int]] = {}
        for place, name in enumerate(self._names):
            self._exact.setdefault(name, []).append(place)

    def find(self, words: str) -> Match:
        """The anime that the words mean: an equal title before one that begins so, before a similar one.

        Among equals the spelling decides, then popularity, then the older key.

        Raises:
            UnknownTitleError: when nothing is near enough to be taken; the nearest titles are in the message.
        """
        wanted = _words([words])[0]
        if not wanted:
            raise UnknownTitleError(f"{words!r} has no letter or digit to search for; give a title")
        if places := self._exact.get(wanted):
            return self._match(words, places, "exactly")
        if places := [at for at, name in enumerate(self._names) if name.startswith(f"{wanted} ")]:
            return self._match(words, places, "by its beginning")
        near = process.extract(wanted, self._names, scorer=fuzz.token_sort_ratio, limit=20, score_cutoff=_TAKEN)
        if near:
            best = near[0][1]
            return self._match(words, [at for _, score, at in near if score == best], "as the nearest title")
        raise UnknownTitleError(self._nothing_near(words, wanted))

    def _match(self, words: str, places: list[int], how: How) -> Match:
        """The best of the titles that own these names, and the others after it."""
        found = {self._owner[place]: self.titles[self._owner[place]] for place in places}
        spelt = words.strip().casefold()
        ranked = sorted(
            found.values(),
            key=lambda title: (
                spelt not in (name.casefold() for name in title.names),
                -title.popularity,
                title.anime_key,
            ),
        )
        return Match(words, ranked[0], how, tuple(ranked[1 : 1 + _SUGGESTIONS]))

    def _nothing_near(self, words: str, wanted: str) -> str:
        """The message for words that name nothing, with the titles that come nearest."""
        near = process.extract(wanted, self._names, scorer=fuzz.WRatio, limit=20, score_cutoff=_SUGGESTED)
        titles = dict.fromkeys(self.titles[self._owner[at]].label for _, _, at in near)
        hint = f"Nearest: {'; '.join(list(titles)[:_SUGGESTIONS])}" if titles else "Nothing comes near it"
        return f"no anime is called {words!r}. {hint}"


def _title(row: Mapping[str, Any]) -> Title:
    """One row of the catalogue with its names, no two alike."""
    names = dict.fromkeys(row[name] for name in _NAMES if row[name])
    return Title(
        anime_key=row["anime_key"],
        title=row["title"],
        names=tuple(names),
        format=row["format"],
        start_year=row["start_year"],
        popularity=row["popularity"],
        is_adult=row["is_adult"],
    )


def _words(names: list[str]) -> list[str]:
    """The names as plain lower-case words, as matching compares them; subtitles are not told apart."""
    return [" ".join(name.replace(SEPARATOR, " ").split()) for name in normalise_all(names)]
