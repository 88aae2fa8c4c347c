"""The world as IMDb has it: a franchise's series is one title, films stand alone, and most titles are no anime.

The one rule: a title knows which anime it tells of (`rows`), so that whoever matches can be judged; files do not say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from demo.anime import Anime
from demo.naming import rephrase, respell
from demo.randomness import Draws
from demo.services.imdb_noise import noise
from demo.services.imdb_rows import JOINT, Aka, Title
from demo.world import World

MAIN_LINE = ("first", "season", "part")
KINDS = {"MOVIE": "movie", "OVA": "video", "SPECIAL": "tvSpecial", "MUSIC": "musicVideo"}
#: IMDb's genres by the world's; the others have no word there.
GENRES = {
    "Action": "Action",
    "Adventure": "Adventure",
    "Comedy": "Comedy",
    "Drama": "Drama",
    "Fantasy": "Fantasy",
    "Horror": "Horror",
    "Mahou Shoujo": "Fantasy",
    "Mecha": "Sci-Fi",
    "Music": "Music",
    "Mystery": "Mystery",
    "Psychological": "Thriller",
    "Romance": "Romance",
    "Sci-Fi": "Sci-Fi",
    "Sports": "Sport",
    "Supernatural": "Fantasy",
    "Thriller": "Thriller",
}
KNOWN = (0.5, 0.97)  # of the least and the best known main titles
BESIDE = 0.7  # factor for films, specials and the like
YEAR_OFF, UNRATED, RESPELLED, REPHRASED, JAPANESE_ORIGINAL = 0.06, 0.15, 0.25, 0.2, 0.3
FEWEST_VOTES = 5
LAST_OF_SEVEN_DIGITS = 0.6  # the share of titles, the oldest, whose number has seven digits


@dataclass(frozen=True)
class _Group:
    """The anime that are one title: the entries of a series, or a single film."""

    kind: str
    members: tuple[Anime, ...]


def make_titles(world: World) -> dict[str, Title]:
    """All titles by `tconst`, in its order; the same for equal worlds."""
    draws = _Decisions(world)
    titles = [_title(group, draws) for group in _groups(world) if draws.knows(group)]
    titles += noise(world, titles)
    titles.sort(key=lambda title: title.start or 2030)
    gaps = np.cumsum(Draws(world.seed, "imdb numbers", len(titles)).integer("gap", 1, 40)).tolist()
    bound = int(LAST_OF_SEVEN_DIGITS * len(titles))
    numbers = [(200_000 if place < bound else 10_000_000) + gap for place, gap in enumerate(gaps)]
    return {f"tt{number:07d}": title for number, title in zip(numbers, titles, strict=True)}


class _Decisions:
    """What is drawn once for every anime; a title goes by its first one."""

    def __init__(self, world: World) -> None:
        draws = Draws(world.seed, "imdb", len(world.catalogue))
        fame = np.argsort(np.argsort(world.catalogue.features.fame, kind="stable")) / len(world.catalogue)
        self._known = draws.chance("known", KNOWN[0] + (KNOWN[1] - KNOWN[0]) * fame).tolist()
        self._beside = draws.chance("beside", BESIDE).tolist()
        self.year_off = draws.chance("year", YEAR_OFF).tolist()
        self.unrated = draws.chance("unrated", UNRATED).tolist()
        self.respelled = draws.chance("respelled", RESPELLED).tolist()
        self.rephrased = draws.chance("rephrased", REPHRASED).tolist()
        self.japanese = draws.chance("japanese", JAPANESE_ORIGINAL).tolist()
        self.luck = draws.integer("luck", 0, 999_999).tolist()
        self.noise = draws.normal("score").tolist()

    def knows(self, group: _Group) -> bool:
        """Whether IMDb has a title for these."""
        first = group.members[0]
        return bool(self._known[first.row] and (first.role in MAIN_LINE or self._beside[first.row]))


def _groups(world: World) -> Iterator[_Group]:
    """One group for each series (all seasons and parts), remake, film, special and the like."""
    franchises: dict[int, list[Anime]] = {}
    for anime in world.catalogue.anime:
        franchises.setdefault(anime.franchise, []).append(anime)
    for members in franchises.values():
        line = tuple(one for one in members if one.role in MAIN_LINE and one.format not in KINDS)
        if line:
            is_short = len(line) == 1 and line[0].episodes <= 6 and line[0].status == "FINISHED"
            yield _Group("tvMiniSeries" if is_short else "tvSeries", line)
        for one in members:
            if one not in line:
                yield _Group(_kind(one), (one,))


def _kind(anime: Anime) -> str:
    kind = KINDS.get(anime.format, "tvSeries")
    if kind in ("movie", "tvSpecial") and anime.minutes < 15:
        return "short" if kind == "movie" else "tvShort"
    return kind


def _title(group: _Group, draws: _Decisions) -> Title:
    first, last = group.members[0], group.members[-1]
    row = first.row
    is_series = group.kind in ("tvSeries", "tvMiniSeries")
    name = first.base if is_series and first.role in MAIN_LINE else first.title(first.style, first.part_style)
    luck = draws.luck[row]
    romaji = respell(name.romaji, 1 + luck % 9) if draws.respelled[row] else name.romaji
    english = rephrase(name.english, 1 + luck % 5) if draws.rephrased[row] else name.english
    is_over = last.status in ("FINISHED", "CANCELLED")
    year = _year(first.start) + draws.year_off[row] if first.known < 2 else None
    quality = sum(one.quality for one in group.members) / len(group.members)
    votes = (
        0 if first.status == "UPCOMING" or draws.unrated[row] else int(0.02 * sum(one.users for one in group.members))
    )
    title = Title(
        kind=group.kind,
        primary=english if first.is_licensed else romaji,
        original=name.native if draws.japanese[row] else romaji,
        is_adult=first.is_adult,
        start=year,
        end=max(_year(last.end), year or 0) if is_series and is_over else None,
        minutes=first.minutes if luck % 9 else None,
        genres=_genres(first),
        rating=round(min(9.6, max(1.2, 6.7 + 0.8 * quality + 0.2 * draws.noise[row])), 1) if votes >= 5 else None,
        votes=votes if votes >= FEWEST_VOTES else 0,
        rows=tuple(one.row for one in group.members),
    )
    return replace(title, akas=_akas(title, romaji, english if first.is_licensed else None, name.native, luck))


def _akas(title: Title, romaji: str, english: str | None, native: str, luck: int) -> tuple[Aka, ...]:
    """The names elsewhere: Japanese in both scripts, English where it is licensed, and always the original one."""
    language = "ja" if luck % 3 == 0 else None
    akas = [Aka(title.original, None, None, "original", None, is_original=True)]
    akas.append(Aka(native, "JP", language, "imdbDisplay", None))
    if luck % 8:
        akas.append(Aka(romaji, "JP", "en" if luck % 4 == 0 else None, "alternative", "transliterated title"))
    if english is not None:
        kinds = f"imdbDisplay{JOINT}tv" if luck % 10 == 0 else "imdbDisplay"
        akas.append(Aka(english, "US", None, kinds, None))
        akas.append(Aka(english, "XWW", "en", "imdbDisplay", None))
        if luck % 12 == 0:
            akas.append(Aka(f'"{english}"', "GB", None, "dvd", f"complete title{JOINT}dubbed version"))
    elif luck % 5 == 0:
        akas.append(Aka(romaji, "DE", None, None, "informal title"))
    return tuple(akas)


def _genres(anime: Anime) -> tuple[str, ...]:
    """Animation and at most two more, in the order of the alphabet."""
    others = list(dict.fromkeys(GENRES[name] for name in anime.genres if name in GENRES))
    return tuple(sorted(["Animation", *others[:2]]))


def _year(day: int) -> int:
    return int(np.datetime64(day, "D").astype("datetime64[Y]").astype(np.int64)) + 1970
