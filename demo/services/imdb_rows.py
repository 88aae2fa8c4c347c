"""The rows of IMDb's files: titles, ratings and other names as tab-separated text without any quoting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

#: What a missing value looks like.
MISSING = "\\N"
#: Stands between several values of one column, where a comma does not.
JOINT = "\x02"
COLUMNS = {
    "title.basics": (
        "tconst",
        "titleType",
        "primaryTitle",
        "originalTitle",
        "isAdult",
        "startYear",
        "endYear",
        "runtimeMinutes",
        "genres",
    ),
    "title.ratings": ("tconst", "averageRating", "numVotes"),
    "title.akas": (
        "titleId",
        "ordering",
        "title",
        "region",
        "language",
        "types",
        "attributes",
        "isOriginalTitle",
    ),
}


@dataclass(frozen=True)
class Aka:
    """One name of a title; None = missing."""

    text: str
    region: str | None
    language: str | None
    types: str | None
    attributes: str | None
    is_original: bool = False


@dataclass(frozen=True)
class Title:
    """One title; None = missing.

    Attributes:
        kind: the type, camel case; no closed list.
        primary: the name it is sold under.
        original: the name in the language it was made in, romaji or Japanese script.
        is_adult: whether it is marked so.
        start: year.
        end: year, of series that are over.
        minutes: of one episode.
        genres: at most three.
        rating: 1.0-10.0; None below a few votes.
        votes: 0 where there is no rating.
        akas: the other names.
        rows: the anime of the world that it tells of; () for titles that are no anime.
    """

    kind: str
    primary: str
    original: str
    is_adult: bool
    start: int | None
    end: int | None
    minutes: int | None
    genres: tuple[str, ...]
    rating: float | None
    votes: int
    akas: tuple[Aka, ...] = ()
    rows: tuple[int, ...] = ()


def text_of(name: str, titles: Mapping[str, Title], *, day: int = 0) -> str:
    """One file as text, its header first.

    Args:
        name: a key of `COLUMNS`.
        titles: by `tconst`, in the order of the file.
        day: votes grow from day to day.
    """
    rows = {"title.basics": _basics, "title.ratings": _ratings, "title.akas": _akas}[name](titles, day)
    lines = ["\t".join(COLUMNS[name])]
    lines += ["\t".join([MISSING if value is None else str(value) for value in row]) for row in rows]
    return "\n".join(lines) + "\n"


def _basics(titles: Mapping[str, Title], _day: int) -> Iterator[tuple[object, ...]]:
    for tconst, title in titles.items():
        genres = ",".join(title.genres) or None
        names = title.kind, title.primary, title.original
        yield tconst, *names, int(title.is_adult), title.start, title.end, title.minutes, genres


def _ratings(titles: Mapping[str, Title], day: int) -> Iterator[tuple[object, ...]]:
    for tconst, title in titles.items():
        if title.rating is not None:
            yield tconst, f"{title.rating:.1f}", title.votes + day * (1 + title.votes // 500)


def _akas(titles: Mapping[str, Title], _day: int) -> Iterator[tuple[object, ...]]:
    for tconst, title in titles.items():
        # the file is sorted as text, 10 before 2
        for place, aka in sorted(enumerate(title.akas, start=1), key=lambda numbered: str(numbered[0])):
            kinds = aka.region, aka.language, aka.types, aka.attributes
            yield tconst, place, aka.text, *kinds, int(aka.is_original)
