"""Catalogues of any size for the identity benchmark, with the works that their records are.

The one rule: growing a catalogue must not copy names. A catalogue is made of blocks (worlds of the demo generator, or
real records once more), and each block after the first is respelled by a cipher of its own: vowels become other
vowels, consonants other consonants of like frequency, East Asian characters others of their script. Words that many
titles of a block carry, and whatever tells a season, stay: so words are shared as in one large catalogue, and names
are not.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from demo.anime import make_catalogue
from demo.naming import slug_of
from demo.randomness import Draws
from demo.sources import make_sources
from demo.sources.anilist import OTHER_FORMAT
from demo.sources.base import Source
from matching.labelled import read_labelled
from matching.records import SEASON_MONTHS, AnimeRecord

Work = dict[str, str]

#: true anime in one block of the generated catalogue, some 1,070 records: a block has one
#: vocabulary, and with larger ones titles resemble each other more often than real ones do
BLOCK_ANIME = 500
#: words that a larger share of a block's titles carry are the same in every block
SHARED_GENERATED, SHARED_REAL = 0.02, 0.003
#: letters of one group stand for each other; frequent ones stay frequent
GROUPS = ("aiueo", "kstnhmr", "gdbzpjyw", "fvclxq")
#: words that tell a place in a series or a kind, and so stay even where they are rare
TELLING_WORDS = frozenset(
    ("i", "ii", "iii", "iv", "v", "vi", "season", "series", "part", "cour", "movie", "gekijouban", "ova", "oav", "ona",
     "special", "specials", "tokubetsu", "bangaihen", "hen", "recap", "soushuuhen", "gaiden", "mini", "shin", "final")
)  # fmt: skip
#: East Asian characters that tell a place in a series or a kind, and so stay
TELLING = frozenset("第期季部章編篇幕巻一二三四五六七八九十零劇場版映画特別総集番外前後完結新")
#: hiragana, katakana, kanji, hangul
SCRIPTS = (range(0x3042, 0x3094), range(0x30A2, 0x30F4), range(0x4E00, 0x9FA0), range(0xAC00, 0xD7A4))
WORD = re.compile(r"\w+")
#: more than any id in a catalogue, so that ids of blocks do not meet
ID_STEP = 10_000_000


@dataclass(frozen=True)
class World:
    """Records of three sources, and the works they are as {source: id} (every record's, where that is known)."""

    records: list[AnimeRecord]
    works: list[Work]


def generated(count: int, *, cross_ids: bool = False, seed: int = 42) -> World:
    """So many records as three sources would tell them of an invented world.

    Two in five works stand in all three sources, two in five in two of them; Kitsu's dates are exact only to the
    season. Without `cross_ids` no record claims to be another.
    """
    return _take(count, _generated_units(seed), cross_ids)


def recorded(directory: Path, count: int, *, cross_ids: bool = False, seed: int = 42) -> World:
    """So many records of a recordings directory with known works, whole works at random.

    Beyond the number at hand they come once more under other names, every further time a year later.

    Raises:
        TrainingError: no truth, no catalogue, or a line that is not as the layout says.
    """
    return _take(count, _recorded_units(directory, seed), cross_ids)


Unit = tuple[list[AnimeRecord], bool]


def _take(count: int, units: Iterator[Unit], cross_ids: bool) -> World:
    """The first units with `count` records in all; a unit is a work's records and whether they are known to be one."""
    records: list[AnimeRecord] = []
    works: list[Work] = []
    while len(records) < count:
        members, is_known = next(units)
        members = members[: count - len(records)]
        records += members if cross_ids else [replace(record, claimed=()) for record in members]
        if is_known:
            works.append({record.source: record.source_id for record in members})
    return World(records, works)


def _generated_units(seed: int) -> Iterator[Unit]:
    """The works of one demo world after the other, without end."""
    block = 0
    while True:
        catalogue = make_catalogue(seed + block, BLOCK_ANIME)
        sources = make_sources(seed + block, catalogue)
        draws = Draws(seed + block, "formats", BLOCK_ANIME)
        other = {name: draws.chance(name, source.habits.other_format) for name, source in sources.items()}
        works = [
            [_told(one, row, other_format=other[one.name][row]) for one in sources.values() if one.catalogued[row]]
            for row in range(BLOCK_ANIME)
        ]
        cipher = Cipher(block, works, SHARED_GENERATED)
        yield from (([cipher.record(record) for record in members], True) for members in works if members)
        block += 1


def _recorded_units(directory: Path, seed: int) -> Iterator[Unit]:
    """The works of the recordings in random order, then once more respelled, without end."""
    records, truth = read_labelled(directory)
    place = {record.name: record for record in records}
    units: list[Unit] = []
    for work in truth:
        members = [place.pop(name) for name in work.items() if name in place]
        if members:
            units.append((members, True))
    units += [([record], False) for record in place.values()]
    random.Random(seed).shuffle(units)  # noqa: S311 (a sample, no secret)
    works = [members for members, _ in units]
    block = 0
    while True:
        cipher = Cipher(block, works, SHARED_REAL)
        yield from (([_years_later(cipher.record(one), block) for one in members], known) for members, known in units)
        block += 1


def _told(source: Source, row: int, *, other_format: bool) -> AnimeRecord:
    """What matching would be given of a demo source's record."""
    anime, title, english, native = source.anime(row), source.title(row), source.english(row), source.native(row)
    names = (title.romaji, english, native, *source.synonyms(row))
    start = source.start(row)
    precision = None if start is None else "day" if start.day else "month" if start.month else "year"
    day = None if start is None else date(start.year, start.month or 1, start.day or 1)
    if source.name == "kitsu" and day is not None and precision != "year":
        day, precision = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1), "season"
    claims = getattr(source, "claims", None)
    return AnimeRecord(
        source.name,
        str(source.ids[row]),
        titles=tuple(name for name in names if name),
        native_titles=(native,) if native else (),
        slug=slug_of(title.romaji) if source.name == "kitsu" else None,
        format=OTHER_FORMAT[anime.format] if other_format else anime.format,
        episodes=source.episodes(row),
        duration_minutes=anime.minutes,
        start_year=start.year if start else None,
        start_date=day,
        start_date_precision=precision,
        season=_season(day) if source.name == "anilist" and precision == "day" else None,
        source_material=anime.material if source.name == "myanimelist" else None,
        claimed=(("myanimelist", str(claims[row])),) if claims and claims[row] else (),
        related=tuple(
            (kind.upper(), str(source.ids[other])) for other, kind in anime.relations if source.catalogued[other]
        ),
        popularity=source.users[row],
    )


def _season(day: date | None) -> str | None:
    """The season in which a day lies."""
    return None if day is None else tuple(SEASON_MONTHS)[(day.month - 1) // 3]


def _years_later(record: AnimeRecord, years: int) -> AnimeRecord:
    """The same record some years later, lest every copy begin on the day of its original."""
    day = record.start_date
    if not years or day is None:
        return record
    later = day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)
    return replace(record, start_date=later, start_year=later.year)


class Cipher:
    """Respells what is rare in the titles of one block; block 0 stays as it is."""

    def __init__(self, block: int, works: Iterable[Sequence[AnimeRecord]], shared: float) -> None:
        self.block = block
        titles = [title for members in works for record in members for title in record.titles]
        counts = Counter(word for title in titles for word in set(WORD.findall(title.lower())))
        self.kept = TELLING_WORDS.union(word for word, count in counts.items() if count > shared * len(titles))
        self.letters = _letters(block)

    def record(self, record: AnimeRecord) -> AnimeRecord:
        """The record under its name in this block, with ids of its own."""
        if not self.block:
            return record
        return replace(
            record,
            source_id=self._ident(record.source_id),
            titles=tuple(map(self.text, record.titles)),
            native_titles=tuple(map(self.text, record.native_titles)),
            synonyms=tuple(map(self.text, record.synonyms)),
            slug=self.text(record.slug) if record.slug else None,
            claimed=tuple((source, self._ident(ident)) for source, ident in record.claimed),
            related=tuple((kind, self._ident(ident)) for kind, ident in record.related),
        )

    def text(self, text: str) -> str:
        """The text with every rare word respelled; where it holds none, with every word that tells nothing."""
        words = WORD.findall(text)
        kept = TELLING_WORDS if all(word.lower() in self.kept or _counts(word) for word in words) else self.kept
        return WORD.sub(lambda found: self._word(found[0], kept), text)

    def _word(self, word: str, kept: frozenset[str]) -> str:
        return word if word.lower() in kept or _counts(word) else word.translate(self.letters)

    def _ident(self, ident: str) -> str:
        return str(int(ident) + self.block * ID_STEP)


def _counts(word: str) -> bool:
    """Whether a word is a number or holds one, as "2nd" and "s2" do."""
    return word.isascii() and any(map(str.isdigit, word))


def _letters(block: int) -> dict[int, int]:
    """What each character becomes in this block."""
    dice = random.Random(block)  # noqa: S311 (a spelling, no secret)
    table: dict[int, int] = {}
    for group in GROUPS:
        others = "".join(dice.sample(group, len(group)))
        table |= str.maketrans(group + group.upper(), others + others.upper())
    for script in SCRIPTS:
        free = [code for code in script if chr(code) not in TELLING]
        table |= dict(zip(free, dice.sample(free, len(free)), strict=True))
    return table


def write_records(records: Iterable[AnimeRecord], path: Path) -> None:
    """The records as lines of JSON, for the measured process to load."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(record), default=str, ensure_ascii=False) + "\n" for record in records)


def read_records(path: Path) -> list[AnimeRecord]:
    """The records that `write_records` wrote."""
    with path.open(encoding="utf-8") as lines:
        return [_loaded(json.loads(line)) for line in lines]


def _loaded(row: dict[str, Any]) -> AnimeRecord:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    for pairs in ("claimed", "related"):
        values[pairs] = tuple((first, ident) for first, ident in row[pairs])
    if row["start_date"]:
        values["start_date"] = date.fromisoformat(row["start_date"])
    return AnimeRecord(**values)
