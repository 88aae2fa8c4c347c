"""The words of which the demo world's titles, names and stories are made (``words.csv``).

Every noun and adjective is given as romaji, Japanese script and English, so that one title can be told in
three languages the way real catalogues do. Proper names are built from the syllables and mean nothing;
every title holds one, which keeps the world fictional.
"""

from __future__ import annotations

import csv
from importlib import resources
from typing import NamedTuple


class Word(NamedTuple):
    """One meaning in romaji, Japanese script and English ("" for a syllable)."""

    romaji: str
    native: str
    english: str


def _read() -> dict[str, tuple[Word, ...]]:
    """The words of the file by kind, in its order: the order is part of what a seed means."""
    kinds: dict[str, list[Word]] = {}
    with resources.files("demo").joinpath("words.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            kinds.setdefault(row["kind"], []).append(Word(row["romaji"], row["native"], row["english"]))
    return {kind: tuple(words) for kind, words in kinds.items()}


_WORDS = _read()
PEOPLE, PLACES, THINGS = _WORDS["person"], _WORDS["place"], _WORDS["thing"]
NOUNS = _WORDS["noun"] + PEOPLE + PLACES + THINGS
ADJECTIVES = _WORDS["adjective"]
SYLLABLES = _WORDS["syllable"]
