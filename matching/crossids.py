"""Cross ids as evidence: what a record's own claim says about a pair.

A claim is a statement of one source about another, often right and sometimes stale. Equality of the ids of two
records is no claim and is never looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matching.digests import digests, name_digests, places
from matching.records import AnimeRecord

if TYPE_CHECKING:
    from matching.corpus import Corpus

Ints = NDArray[np.int64]

ABSENT, AGREES, CONTRADICTS = 0, 1, 2
NAMES = ("absent", "agrees", "contradicts")


@dataclass(frozen=True)
class Claims:
    """What records say they are: the claimer's position, and digests of the claimed name and of its source."""

    claimer: Ints
    target: Ints
    target_source: Ints

    def pairs(self, name: Ints, source: Ints) -> Ints:
        """Pairs (claimer, claimed) of records at hand and of different sources, given each record's name digest."""
        found = np.stack([self.claimer, places(self.target, name)], axis=1)
        found = found[found[:, 1] >= 0]
        across: Ints = found[source[found[:, 0]] != source[found[:, 1]]]
        return across

    def relation(self, name: Ints, source: Ints, source_name: Ints, pairs: Ints) -> Ints:
        """ABSENT, AGREES or CONTRADICTS for each of `pairs`; see `claim_relation`."""
        count, (left, right) = len(name), pairs.T
        claims = np.zeros((count, len(source_name)), dtype=bool)
        claimed = np.zeros((count, len(source_name)), dtype=bool)
        code, at = places(self.target_source, source_name), places(self.target, name)
        claims[self.claimer[code >= 0], code[code >= 0]] = True
        claimed[at[at >= 0], source[self.claimer[at >= 0]]] = True
        told = np.r_[self.claimer * count + at, at * count + self.claimer][np.r_[at >= 0, at >= 0]]
        agrees = np.isin(left * count + right, told)
        elsewhere = claims[left, source[right]] | claimed[left, source[right]]
        elsewhere |= claims[right, source[left]] | claimed[right, source[left]]
        found: Ints = np.select([agrees, elsewhere], [AGREES, CONTRADICTS], ABSENT).astype(np.int64)
        return found


def claims_of(records: Sequence[AnimeRecord]) -> Claims:
    """The claims of records, which are known by their position."""
    told = [(at, target) for at, record in enumerate(records) for target in record.claimed]
    return Claims(
        claimer=np.array([at for at, _ in told], dtype=np.int64),
        target=name_digests(target for _, target in told),
        target_source=digests(source for _, (source, _) in told),
    )


def claim_relation(corpus: Corpus, pairs: Ints) -> Ints:
    """For each pair ABSENT, AGREES or CONTRADICTS.

    AGREES when one record claims the other; CONTRADICTS when one claims another record of the other's source, or
    when another record of the same source claims what this pair would take.
    """
    return corpus.claims.relation(corpus.name, corpus.source, digests(corpus.sources), pairs)
