"""Relations as evidence: a source that lists two records as sequel and original says that they are two works.

A record says of records of its own source that they are its sequel, its prequel, its side story. That moves a verdict
about records of other sources, as a cross id does; it is no order, since relations are sometimes wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.corpus import runs
from matching.digests import distinct, name_digests, places
from matching.records import AnimeRecord

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: what relations say of a pair: nothing; a relative of the one fits the other better; the two stand on different
#: sides of one work; the two stand on the same side of one work, alone
ABSENT, BETTER_RELATIVE, OTHER_SIDE, SAME_SIDE = range(4)
NAMES = ("absent", "better_relative", "other_side", "same_side")

#: kinds of relations; each is told from both ends, and the end of `_FROM_THERE` is what the other one would say
RELATED, LATER, EARLIER, WHOLE, BESIDE = range(5)
_KINDS = {
    "SEQUEL": LATER,
    "PREQUEL": EARLIER,
    "PARENT": WHOLE,
    "FULL_STORY": WHOLE,
    "SIDE_STORY": BESIDE,
    "SUMMARY": BESIDE,
    "SPIN_OFF": BESIDE,
}
_FROM_THERE = np.array([RELATED, EARLIER, LATER, BESIDE, WHOLE])
_MANY_KINDS = len(_FROM_THERE)

#: what each is worth in log-odds: speaking against, about as much as a cross id that points elsewhere
WORTH = np.array([0.0, -3.0, -3.0, 3.0])
#: log-odds from which on two records count as one work in passing
_CLEAR = 3.0


@dataclass(frozen=True)
class Relations:
    """Who calls whom related: the teller's position, the digest of the other's name, and what the other is to it."""

    teller: Ints
    target: Ints
    kind: Ints

    def relatives(self, name: Ints) -> Relatives:
        """The relatives of each record, those at hand, given each record's name digest; told by either of the two."""
        there = places(self.target, name)
        at = np.flatnonzero((there >= 0) & (there != self.teller))
        one, two, kind = self.teller[at], there[at], self.kind[at]
        codes = np.r_[one * len(name) + two, two * len(name) + one] * _MANY_KINDS + np.r_[kind, _FROM_THERE[kind]]
        codes = distinct(codes)
        record = codes // (_MANY_KINDS * max(len(name), 1))
        begins = np.searchsorted(record, np.arange(len(name) + 1)).astype(np.int64)
        return Relatives(begins, codes // _MANY_KINDS % max(len(name), 1), codes % _MANY_KINDS)


@dataclass(frozen=True)
class Relatives:
    """The relatives of record i are rows begins[i]:begins[i + 1] of `other`; `kind` is what they are to it."""

    begins: Ints
    other: Ints
    kind: Ints

    def of(self, records: Ints) -> tuple[Ints, Ints]:
        """Every relative of each of `records`: the place in `records`, and the row in `other` and `kind`."""
        many = self.begins[records + 1] - self.begins[records]
        return np.repeat(np.arange(len(records)), many), runs(self.begins[records], many)

    @property
    def is_only(self) -> NDArray[np.bool_]:
        """Whether a row's relative has no other relative to which it is what it is to this record."""
        seen = self.other * _MANY_KINDS + self.kind
        _, group, count = np.unique(seen, return_inverse=True, return_counts=True)
        return np.asarray(count[group] == 1)


def relations_of(records: Sequence[AnimeRecord]) -> Relations:
    """The relations that records state, which are known by their position."""
    told = [(at, record.source, *one) for at, record in enumerate(records) for one in record.related]
    return Relations(
        teller=np.array([at for at, *_ in told], dtype=np.int64),
        target=name_digests((source, ident) for _, source, _, ident in told),
        kind=np.array([_KINDS.get(kind, RELATED) for _, _, kind, _ in told], dtype=np.int64),
    )


@dataclass(frozen=True)
class Candidates:
    """Pairs in ascending order with what is known of each; `count` is the number of records.

    `log_odds` are those of being one anime, `titles` how alike the most alike titles are (0-1; more than that when a
    cross id names one of the two).
    """

    pairs: Ints
    log_odds: Floats
    titles: Floats
    count: int

    @cached_property
    def _likely(self) -> tuple[Ints, Ints]:
        """The rows that are one anime rather than not, and their pairs as numbers, in ascending order."""
        rows = np.flatnonzero(self.log_odds > 0)
        return rows, self.pairs[rows, 0] * self.count + self.pairs[rows, 1]

    def likely(self, one: Ints, two: Ints) -> Ints:
        """The rows of some pairs of records, whichever comes first; -1 where they are not likely one anime."""
        rows, codes = self._likely
        if not len(rows):
            return np.full(len(one), -1)
        asked = np.minimum(one, two) * self.count + np.maximum(one, two)
        at = np.searchsorted(codes, asked).clip(max=len(codes) - 1)
        return np.where(codes[at] == asked, rows[at], -1)


def relation_evidence(relatives: Relatives, known: Candidates, rows: Ints) -> tuple[Ints, Ints]:
    """What relations say about some rows of the candidates (a code), and by which record (its position, or -1)."""
    code, witness = np.full(len(rows), ABSENT), np.full(len(rows), -1)
    if not len(relatives.other) or not len(rows):
        return code, witness
    pairs = known.pairs[rows]
    for found, same in ((SAME_SIDE, True), (OTHER_SIDE, False)):
        sides = _sides(relatives, known, pairs, same)
        code[sides >= 0], witness[sides >= 0] = found, sides[sides >= 0]
    better = _better_relative(relatives, known, rows)
    code[better >= 0], witness[better >= 0] = BETTER_RELATIVE, better[better >= 0]
    return code, witness


def _better_relative(relatives: Relatives, known: Candidates, rows: Ints) -> Ints:
    """For each row the relative of the one that, in titles too, fits the other better, the best such; else -1."""
    best, value = np.full(len(rows), -1), np.full(len(rows), -np.inf)
    for here, there in ((0, 1), (1, 0)):
        place, at = relatives.of(known.pairs[rows, here])
        rival = known.likely(relatives.other[at], known.pairs[rows[place], there])
        own, fits = rows[place], known.log_odds[rival]
        better = (rival >= 0) & (fits > known.log_odds[own])
        better &= known.titles[rival] > known.titles[own]
        for pair, relative, odds in zip(place[better], relatives.other[at[better]], fits[better], strict=True):
            if odds > value[pair]:
                best[pair], value[pair] = relative, odds
    return best


def _sides(relatives: Relatives, known: Candidates, pairs: Ints, same: bool) -> Ints:
    """For each pair a relative of the left one that is clearly one of the right one too; -1 without any.

    With `same` both are the only ones that are to it what they are; else they are to it what excludes each other.
    """
    found = np.full(len(pairs), -1)
    left_place, left_row = relatives.of(pairs[:, 0])
    place, right_row = relatives.of(pairs[left_place, 1])
    left_row, pair = left_row[place], left_place[place]
    one, two = relatives.kind[left_row], relatives.kind[right_row]
    if same:
        only = relatives.is_only
        fits = (one == two) & (one != RELATED) & only[left_row] & only[right_row]
    else:
        fits = (one != RELATED) & (one == _FROM_THERE[two])
    pair, left_row, right_row = pair[fits], left_row[fits], right_row[fits]
    anchor = known.likely(relatives.other[left_row], relatives.other[right_row])
    clear = (anchor >= 0) & (known.log_odds[anchor] >= _CLEAR)
    found[pair[clear][::-1]] = relatives.other[left_row[clear]][::-1]
    return found
