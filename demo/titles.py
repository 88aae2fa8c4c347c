"""Invented titles: the name of a franchise, an arc or a studio, told in romaji, English and Japanese script.

Nothing here knows about sources or sequels; `demo.naming` builds the titles of sequels from these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from demo.randomness import weighted
from demo.words import ADJECTIVES, NOUNS, SYLLABLES, Word

STUDIO_KINDS = (
    "Pictures",
    "Works",
    "Animation",
    "Films",
    "House",
    "Atelier",
    "Graphics",
    "Line",
    "Motion",
    "Arts",
)


@dataclass(frozen=True, slots=True)
class Title:
    """One name in three languages; ``english`` is what a licensee would print, not a transliteration."""

    romaji: str
    english: str
    native: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What a title pattern may use: an invented name, two nouns and an adjective."""

    name: str
    kana: str
    first: Word
    second: Word
    adjective: Word


def _possessive(p: Parts) -> Title:
    english = f"The {p.first.english} of {p.name}"
    return Title(f"{p.name} no {p.first.romaji}", english, f"{p.kana}の{p.first.native}")


def _described(p: Parts) -> Title:
    return Title(
        f"{p.adjective.romaji} {p.first.romaji} {p.name}",
        f"{p.name}: The {p.adjective.english} {p.first.english}",
        f"{p.adjective.native}{p.first.native} {p.kana}",
    )


def _pair(p: Parts) -> Title:
    return Title(
        f"{p.first.romaji} to {p.second.romaji} no {p.name}",
        f"{p.name}'s {p.first.english} and {p.second.english}",
        f"{p.first.native}と{p.second.native}の{p.kana}",
    )


def _name_alone(p: Parts) -> Title:
    return Title(p.name, p.name, p.kana)


def _beloved(p: Parts) -> Title:
    return Title(
        f"{p.first.romaji} no {p.name}-chan",
        f"Little {p.name} and the {p.first.english}",
        f"{p.first.native}の{p.kana}ちゃん",
    )


def _compound(p: Parts) -> Title:
    return Title(
        f"{p.first.romaji}{p.second.romaji.lower()} {p.name}",
        f"{p.first.english} {p.second.english} {p.name}",
        f"{p.first.native}{p.second.native}{p.kana}",
    )


def _sentence(p: Parts) -> Title:
    return Title(
        f"{p.first.romaji} ni Natta {p.name} wa {p.second.romaji} wo Mamoritai",
        f"{p.name} Became a {p.first.english} and Wants to Protect the {p.second.english}",
        f"{p.first.native}になった{p.kana}は{p.second.native}を守りたい",
    )


def _foreign(p: Parts) -> Title:
    words = f"{p.first.english} {p.second.english}"
    return Title(f"{words.upper()} {p.name}", f"{words} {p.name}", f"{words.upper()} {p.kana}")


def _exclaimed(p: Parts) -> Title:
    return Title(f"{p.name} {p.first.romaji}!", f"{p.name} {p.first.english}!", f"{p.kana}{p.first.native}！")


PATTERNS: tuple[tuple[float, Callable[[Parts], Title]], ...] = (
    (0.22, _possessive),
    (0.14, _described),
    (0.14, _pair),
    (0.12, _name_alone),
    (0.08, _beloved),
    (0.12, _compound),
    (0.07, _sentence),
    (0.06, _foreign),
    (0.05, _exclaimed),
)


def name_from(syllables: np.ndarray) -> tuple[str, str]:
    """An invented proper name in Latin letters and in katakana from positions in the syllable table."""
    chosen = [SYLLABLES[int(position)] for position in syllables]
    return "".join(part.romaji for part in chosen).capitalize(), "".join(part.native for part in chosen)


def _two(positions: np.ndarray) -> tuple[Word, Word]:
    """Two different nouns from two positions that may be equal."""
    first, second = int(positions[0]), int(positions[1])
    return NOUNS[first], NOUNS[second if second != first else first - 1]


def make_titles(rng: np.random.Generator, count: int) -> list[Title]:
    """``count`` titles, no two with the same romaji: a name that is taken grows by a syllable."""
    patterns = weighted(rng.random(count), tuple(weight for weight, _ in PATTERNS))
    lengths = 2 + weighted(rng.random(count), (0.25, 0.5, 0.25))
    syllables = rng.integers(0, len(SYLLABLES), (count, 8))
    nouns = rng.integers(0, len(NOUNS), (count, 2))
    adjectives = rng.integers(0, len(ADJECTIVES), count)
    taken: set[str] = set()
    titles: list[Title] = []
    for row in range(count):
        # a name that stands alone is longer, lest it be a word or somebody's real title
        length = int(lengths[row]) + 2 * (PATTERNS[patterns[row]][1] is _name_alone)
        while True:
            name, kana = name_from(syllables[row, :length])
            words = *_two(nouns[row]), ADJECTIVES[adjectives[row]]
            title = PATTERNS[patterns[row]][1](Parts(name, kana, *words))
            if title.romaji.lower() not in taken or length == syllables.shape[1]:
                break
            length += 1
        taken.add(title.romaji.lower())
        titles.append(title)
    return titles


def make_arcs(rng: np.random.Generator, count: int) -> list[Title]:
    """``count`` subtitles of sequels and films, such as an arc's name; they repeat between franchises."""
    nouns = rng.integers(0, len(NOUNS), (count, 2))
    adjectives = rng.integers(0, len(ADJECTIVES), count)
    kinds = rng.integers(0, 3, count)
    arcs: list[Title] = []
    for row in range(count):
        first, second = _two(nouns[row])
        adjective = ADJECTIVES[adjectives[row]]
        arcs.append(
            (
                Title(f"{first.romaji}-hen", f"{first.english} Arc", f"{first.native}編"),
                Title(
                    f"{first.romaji} no {second.romaji}",
                    f"{second.english} of the {first.english}",
                    f"{first.native}の{second.native}",
                ),
                Title(
                    f"{adjective.romaji} {first.romaji}",
                    f"The {adjective.english} {first.english}",
                    f"{adjective.native}{first.native}",
                ),
            )[int(kinds[row])]
        )
    return arcs


def make_studios(rng: np.random.Generator, count: int) -> list[str]:
    """``count`` studio names, all different, in Latin letters."""
    syllables = rng.integers(0, len(SYLLABLES), (count, 4))
    names = []
    for row in range(count):
        name, _ = name_from(syllables[row, : 2 + row % 2])
        names.append(f"{name} {STUDIO_KINDS[row % len(STUDIO_KINDS)]}")
    return [name if names.index(name) == row else f"{name} {row}" for row, name in enumerate(names)]


def make_handles(rng: np.random.Generator, count: int) -> list[str]:
    """``count`` viewer names such as ``miraku17``, all different (each ends with its own number)."""
    syllables = rng.integers(0, len(SYLLABLES), (count, 3))
    return [f"{name_from(syllables[row, : 2 + row % 2])[0].lower()}{row + 1}" for row in range(count)]
