"""One title taken apart: the name, its place in a series (season, part, year), and what kind of thing it says it is.

The parser never decides whether two titles mean one work; it only makes "2nd Season", "Season II", "S2" and a
trailing "2" comparable.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from matching.normalise import SEPARATOR

_ORDINALS = {
    word: value
    for value, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), start=1
    )
}
_CARDINALS = {
    word: value
    for value, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
#: "di san ji" is 第三季, the third season, in Chinese letters
_CHINESE = {"yi": 1, "er": 2, "san": 3, "si": 4, "wu": 5, "liu": 6, "qi": 7, "ba": 8, "jiu": 9, "shi": 10}
_CHINESE_COUNTERS = frozenset(("ji", "bu", "zhang", "pian"))
_JAPANESE = {"ichi": 1, "ni": 2, "san": 3, "yon": 4, "shi": 4, "go": 5, "roku": 6, "nana": 7, "shichi": 7, "hachi": 8}
_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi"
_ROMAN = {word: value for value, word in enumerate(_NUMERALS.split(), start=1)}
#: single letters are names more often than numbers ("X", "V", "I"), "xi" is a Chinese syllable: they count only
#: after "season" or "part"
_PLAIN_ROMAN = {word: value for word, value in _ROMAN.items() if len(word) > 1 and word != "xi"}
#: these are no words of any language met in titles ("ii" is one in Japanese), so they count in mid-title too
_SURE_ROMAN = frozenset(("iii", "iv", "vii", "viii", "xii", "xiii"))

SEASON_WORDS = frozenset(("season", "seasons", "series", "saison", "temporada", "staffel", "shiriizu", "stage", "ki"))
PART_WORDS = frozenset((
    "part", "cour", "cours", "kuuru", "pt", "half", "bu", "chapter", "shou", "maku", "act", "arc",
    "volume", "vol", "book",
))  # fmt: skip
#: words that say what kind of thing it is, not what it is called
KINDS = {
    "movie": 1, "gekijouban": 1, "gekijoban": 1, "eiga": 1, "film": 1, "movies": 1, "films": 1,
    "special": 2, "specials": 2, "sp": 2, "sps": 2, "tokubetsuhen": 2, "bangaihen": 2, "supesharu": 2,
    "ova": 4, "oav": 4, "oad": 4, "ovas": 4,
    "tv": 8, "anime": 8, "animation": 8,
    "ona": 16, "web": 16, "net": 16,
    "recap": 32, "soushuuhen": 32, "recaps": 32, "compilation": 32,
    "pv": 64, "cm": 64, "pilot": 64, "trailer": 64, "teaser": 64, "promo": 64,
    "final": 128, "kanketsuhen": 128, "last": 128,
    "mini": 256, "short": 256, "shorts": 256, "petit": 256, "chibi": 256,
}  # fmt: skip
#: of these, the ones a title may carry or not without being another work
_DROPPED_KINDS = 1 | 4 | 8 | 16
_SHORT_HALVES = {"zenpen": 1, "zenhen": 1, "kouhen": 2, "kohen": 2}
#: upper and lower volume, former and latter half: only as the last word, in brackets of its own
_LONE_HALVES = {"jou": 1, "joukan": 1, "zen": 1, "ge": 2, "gekan": 2, "go": 2}
_LETTERS = {"a": 1, "b": 2, "c": 3}
_SKIPPED = frozenset(("the", "a", "an"))
#: 之, "of", which Chinese titles set between name and subtitle and others write as a colon
_CHINESE_OF = "zhi"

_ORDINAL = re.compile(r"([0-9]{1,3})(?:st|nd|rd|th)")
_SEASON_GLUED = re.compile(r"(?:s|season|series)([0-9]{1,2})")
_PART_GLUED = re.compile(r"(?:part|cour|pt)([0-9]{1,2})")
_YEAR = re.compile(r"(?:19[0-9]{2}|20[0-9]{2})")


_DIGIT = re.compile("[0-9]")
#: without any of these words, and without digits, a title is nothing but a name
_TELLING = (
    frozenset(KINDS) | SEASON_WORDS | PART_WORDS | frozenset(_SHORT_HALVES) | frozenset(_ROMAN) | _SKIPPED
    | frozenset(_ORDINALS) | frozenset((SEPARATOR, _CHINESE_OF, "dai", "di", "ni", "san", "yon"))
)  # fmt: skip
#: a word of letters only that is none of these is part of the name
_ANY_TELLING = _TELLING | frozenset(_LONE_HALVES) | frozenset(_CARDINALS)


class ParsedTitle(NamedTuple):
    """A title's name and its place in a series; 0 stands for "does not say" in every number.

    `base` is the name without series words, `season` counts seasons or bare trailing numbers, `part` counts
    parts, cours and chapters, `year` is a year in the title, `kinds` is a bit set of KINDS, and `head` the base
    words before the first subtitle.
    """

    base: tuple[str, ...]
    season: int
    part: int
    year: int
    kinds: int
    head: int


def parse(normalised: str) -> ParsedTitle:
    """The parts of a title that `normalise_all` wrote; a title of series words only keeps them as its base."""
    words = normalised.split()
    if _TELLING.isdisjoint(words) and not _DIGIT.search(normalised):
        return ParsedTitle(tuple(words), 0, 0, 0, 0, len(words))
    reader = _Reader(words)
    while reader.at < len(words):
        reader.step()
    reader.close()
    base = tuple(reader.base)
    if not base:
        base = tuple(word for word in words if word != SEPARATOR)
    head = reader.head if 0 < reader.head < len(base) else len(base)
    return ParsedTitle(base, reader.season, reader.part, reader.year, reader.kinds, head)


class _Reader:
    """Walks over the words of one title once, filling in what it recognises."""

    __slots__ = ("at", "bare", "base", "head", "kinds", "part", "season", "words", "year")

    def __init__(self, words: list[str]) -> None:
        self.words, self.at = words, 0
        self.base: list[str] = []
        self.season = self.part = self.year = self.kinds = self.head = 0
        self.bare: list[tuple[int, str, int]] = []

    def step(self) -> None:
        """Take one recognised phrase, or one word of the name."""
        word = self.words[self.at]
        if word.isalpha() and word not in _ANY_TELLING:
            self.base.append(word)
            self.at += 1
        elif word == SEPARATOR or (word == _CHINESE_OF and self.base and self._word(1)):
            self.head = self.head or len(self.base)
            self.at += 1
        elif not (self._counted(word) or self._glued(word) or self._kind(word) or self._bare_number(word)):
            if word not in _SKIPPED:
                self.base.append(word)
            self.at += 1

    def close(self) -> None:
        """Let the last bare number count unless a season was named; the other numbers are part of the name."""
        if self.bare and not self.season:
            self.season = self.bare.pop()[2]
        for place, word, _ in reversed(self.bare):
            self.base.insert(place, word)
            self.head += bool(self.head) and place <= self.head

    def _word(self, offset: int) -> str:
        place = self.at + offset
        return self.words[place] if place < len(self.words) else ""

    def _set(self, word: str, value: int, used: int) -> bool:
        """Book `value` as season or part, whichever `word` counts."""
        if word in SEASON_WORDS:
            self.season = self.season or value
        else:
            self.part = self.part or value
        self.at += used
        return True

    def _counted(self, word: str) -> bool:
        """Phrases of a number and a counter: "2nd season", "season 2", "part ii", "dai 2 ki", "second half"."""
        after = self._word(1)
        if _counts(word):
            value = _number(after) or (_LETTERS.get(after, 0) if word == "part" else 0)
            if value and word != "ki":
                return self._set(word, value, 2)
            return False
        if word == "dai" and (value := _number(after) or _JAPANESE.get(after, 0)):
            counter = self._word(2)
            if _counts(counter):
                return self._set(counter, value, 3)
        if word == "di" and after in _CHINESE and self._word(2) in _CHINESE_COUNTERS:
            return self._set("season" if self._word(2) == "ji" else "part", _CHINESE[after], 3)
        value = _ordinal(word)
        if value and _counts(after) and (not _number(self._word(2)) or _counts(self._word(3))):
            return self._set(after, value, 2)
        if word in ("ni", "san", "yon") and after == "no" and self._word(2) in ("shou", "maku", "bu"):
            return self._set("part", _JAPANESE[word], 3)
        return False

    def _glued(self, word: str) -> bool:
        """Phrases written as one word: "s2", "season2", "part2", "kouhen"."""
        if match := _SEASON_GLUED.fullmatch(word):
            return self._set("season", int(match.group(1)), 1)
        if match := _PART_GLUED.fullmatch(word):
            return self._set("part", int(match.group(1)), 1)
        if word in _SHORT_HALVES:
            return self._set("part", _SHORT_HALVES[word], 1)
        if word in _LONE_HALVES and self.at and self.at == len(self.words) - 1 and self.words[self.at - 1] == SEPARATOR:
            return self._set("part", _LONE_HALVES[word], 1)
        return False

    def _kind(self, word: str) -> bool:
        """Words such as movie, TV, special; only those that name no work leave the base."""
        bit = KINDS.get(word, 0)
        if not bit:
            return False
        self.kinds |= bit
        if not bit & _DROPPED_KINDS or word in ("anime", "animation", "web", "net"):
            return False
        self.at += 1
        return True

    def _bare_number(self, word: str) -> bool:
        """A year, or a number that ends the title or stands before its subtitle or a further number ("2 Part 2")."""
        if _YEAR.fullmatch(word) and self.base:
            self.year = self.year or int(word)
            self.at += 1
            return True
        value = int(word) if word.isdigit() and len(word) < 4 else _PLAIN_ROMAN.get(word, 0) or _ordinal(word)
        after = self._word(1)
        ends = not after or after == SEPARATOR or after in KINDS or bool(_YEAR.fullmatch(after))
        # a written ordinal before a part is a name: Lupin the Third Part 4
        ends = ends or word in _SURE_ROMAN or (word not in _ORDINALS and self._place_follows())
        if value and self.base and ends:
            self.bare.append((len(self.base), word, value))
            self.at += 1
            return True
        return False

    def _place_follows(self) -> bool:
        """Whether a number and what it counts come next: "part 2", "2nd part"."""
        after, then = self._word(1), self._word(2)
        return (_counts(after) and _number(then) > 0) or (_digits(after) > 0 and _counts(then))


def _counts(word: str) -> bool:
    """Whether a number beside the word is that of a season or a part."""
    return word in SEASON_WORDS or word in PART_WORDS


def _digits(word: str) -> int:
    """The number of an ordinal written in digits ("2nd"); 0 otherwise."""
    match = _ORDINAL.fullmatch(word)
    return int(match.group(1)) if match else 0


def _ordinal(word: str) -> int:
    """The value of "2nd" or "second"; 0 otherwise."""
    return _ORDINALS.get(word, 0) or _digits(word)


def _number(word: str) -> int:
    """The value of "2", "ii", "two" or "2nd"; 0 otherwise."""
    if word.isdigit() and len(word) < 4:
        return int(word)
    return _ROMAN.get(word, 0) or _CARDINALS.get(word, 0) or _digits(word)
