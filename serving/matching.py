"""Why two anime or records are, or are not, one: what matching made of them, or makes of them now.

The one rule: what the published run decided is told as it decided it; only a pair that it never compared is
compared here, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import combinations, product
from typing import Any

from matching.adopted import LOG, weights_in_force
from matching.arguments import Arguments, arguments
from matching.match import compare
from matching.weights import Weights
from serving.errors import UnknownRecordError, UnknownTitleError
from serving.identities import CatalogueRecord, IdentityReader, offer
from serving.reader import source_and_id
from serving.titles import TitleIndex
from warehouse.home import Home
from warehouse.landing import read_events


@dataclass(frozen=True)
class Named:
    """What somebody's words name: one record, or all records of an anime.

    Attributes:
        words: as given.
        records: one for `source:id`, those of the anime for a title.
        taken: how a title was understood, in words; '' for `source:id`.
    """

    words: str
    records: tuple[CatalogueRecord, ...]
    taken: str = ""

    @property
    def anime_key(self) -> int:
        """The anime that the records are."""
        return self.records[0].anime_key

    @property
    def label(self) -> str:
        """The record's name and title, or the anime's title with format and year."""
        one = self.records[0]
        return one.anime if self.taken else f"{one.name} “{one.title}”"


@dataclass(frozen=True)
class Pair:
    """Two records with what matching made of them.

    Attributes:
        left: the one, as the row means it.
        right: the other.
        row: evidence, score, decision, reason and rule version.
        was_compared: whether the published run compared them; otherwise they were compared just now, alone.
    """

    left: CatalogueRecord
    right: CatalogueRecord
    row: dict[str, Any]
    was_compared: bool

    @property
    def are_one(self) -> bool:
        """Whether they share an anime."""
        return self.left.anime_key == self.right.anime_key

    @property
    def score(self) -> float:
        """The probability that the two are one anime, 0-1."""
        return float(self.row["score"])

    @property
    def arguments(self) -> Arguments:
        """What speaks for and against."""
        return arguments(self.row, self.left.record, self.right.record)


@dataclass
class Comparison:
    """The answer to one question.

    Attributes:
        left: what the first words name.
        right: what the second words name.
        pairs: the record pairs between them, the strongest first, and of equally strong ones those that the published
            run compared; of one anime, those that hold it together;
            [] when both are the same single record.
    """

    left: Named
    right: Named
    pairs: list[Pair] = field(default_factory=list)

    @property
    def are_one(self) -> bool:
        """Whether both words lead to one anime."""
        return self.left.anime_key == self.right.anime_key

    @property
    def records(self) -> list[CatalogueRecord]:
        """What to show side by side: the records of the one anime, or those of the strongest pair."""
        if self.are_one and not self.is_about_two_records:
            return _distinct([*self.left.records, *self.right.records])
        pair = self.pairs[0] if self.pairs else None
        return [pair.left, pair.right] if pair else [self.left.records[0]]

    @property
    def is_about_two_records(self) -> bool:
        """Whether both words name single records rather than anime."""
        return not (self.left.taken or self.right.taken)


class Finder:
    """Finds what words name; the titles are read only when a title is asked for.

    Args:
        reader: the snapshot.
    """

    def __init__(self, reader: IdentityReader) -> None:
        self._reader = reader

    @cached_property
    def _index(self) -> TitleIndex:
        return TitleIndex(self._reader.titles())

    def find(self, words: str, *, not_key: int | None = None) -> Named:
        """The record that `source:id` names, or the records of the anime that goes by the title.

        Args:
            words: `source:id` or a title.
            not_key: the anime that a namesake is wanted of; None = the best known one will do.

        Raises:
            UnknownRecordError: the source has no such id, or a number alone names records of several sources.
            UnknownTitleError: no anime goes by the title, with the nearest ones.
        """
        if called := source_and_id(words):
            return Named(words, (self._reader.named(*called),))
        try:
            match = self._index.find(words)
        except UnknownTitleError:
            self._refuse_bare_id(words)
            raise
        namesakes = [title for title in (match.title, *match.others) if title.anime_key != not_key]
        chosen = namesakes[0] if match.how == "exactly" and namesakes else match.title
        others = "; ".join(title.label for title in (match.title, *match.others) if title != chosen)
        taken = f"{words!r} taken {match.how}: {chosen.label}{f' (not: {others})' if others else ''}"
        records = self._reader.records(chosen.anime_key)
        if not records:
            raise UnknownTitleError(f"{words!r} is {chosen.label}, of which no catalogue record is published")
        return Named(words, records, taken)

    def _refuse_bare_id(self, words: str) -> None:
        """Raise UnknownRecordError when the words are an id that needs its source."""
        if found := self._reader.records_of_id(words.strip()):
            raise UnknownRecordError(
                f"no anime is called {words!r}; if it is an id, say whose.{offer('It may be', found)}"
            )


def compare_named(reader: IdentityReader, home: Home, one: str, other: str) -> Comparison:
    """What matching says about two records, two anime, or a record and an anime.

    The same title twice means two anime of that name, where there are two.

    Args:
        reader: the snapshot.
        home: where a trained matcher lies, for pairs that have to be compared now.
        one: `source:id` or a title.
        other: the same.

    Raises:
        UnknownRecordError: as `Finder.find`.
        UnknownTitleError: as `Finder.find`.
        WeightsError: the trained matcher cannot be used.
    """
    finder = Finder(reader)
    left = finder.find(one)
    is_repeated = one.strip().casefold() == other.strip().casefold()
    right = finder.find(other, not_key=left.anime_key if is_repeated else None)
    weights = cache(lambda: weights_in_force(read_events(home, LOG)))
    pairs = [pair_of(reader, a, b, weights) for a, b in _record_pairs(left, right)]
    strongest_first = sorted(pairs, key=lambda one: (-one.score, not one.was_compared, one.left.name, one.right.name))
    return Comparison(left, right, strongest_first)


def pair_of(
    reader: IdentityReader, one: CatalogueRecord, other: CatalogueRecord, weights: Callable[[], Weights]
) -> Pair:
    """The two with the row of the run that compared them; compared now, by the weights, where none did."""
    row = reader.candidate(one.record, other.record)
    was_compared = row is not None
    if row is None:
        row = compare(one.record, other.record, weights())
    else:
        # The table's left_title is the main title; the evidence is about the titles that were compared.
        row |= {"left_title": row["left_compared_title"], "right_title": row["right_compared_title"]}
    is_turned = (row["left_source"], row["left_source_id"]) != one.record.name
    left, right = (other, one) if is_turned else (one, other)
    return Pair(left, right, row, was_compared)


def _record_pairs(left: Named, right: Named) -> Sequence[tuple[CatalogueRecord, CatalogueRecord]]:
    """Which records to look at: of different sources if there are such, else what there is."""
    if left.anime_key == right.anime_key and (left.taken or right.taken):
        return list(combinations(_distinct([*left.records, *right.records]), 2))
    every = [(a, b) for a, b in product(left.records, right.records) if a.name != b.name]
    return [(a, b) for a, b in every if a.record.source != b.record.source] or every


def _distinct(records: Sequence[CatalogueRecord]) -> list[CatalogueRecord]:
    """The records, each once, by name."""
    return sorted({record.name: record for record in records}.values(), key=lambda record: record.name)
