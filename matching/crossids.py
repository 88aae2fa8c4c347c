"""Cross ids as evidence: what a record's own claim says about a pair.

A claim is a statement of one source about another, often right and sometimes stale. Equality of the ids of two
records is no claim and is never looked at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.corpus import Corpus

ABSENT, AGREES, CONTRADICTS = 0, 1, 2
NAMES = ("absent", "agrees", "contradicts")


def claim_relation(corpus: Corpus, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each pair ABSENT, AGREES or CONTRADICTS.

    AGREES when one record claims the other; CONTRADICTS when one claims another record of the other's source, or
    when another record of the same source claims what this pair would take.
    """
    claims = [dict(record.claimed) for record in corpus.records]
    claimed_by: dict[tuple[str, str], set[str]] = {}
    for record in corpus.records:
        for target in record.claimed:
            claimed_by.setdefault(target, set()).add(record.source)
    return np.fromiter(
        (_relation(corpus, claims, claimed_by, left, right) for left, right in pairs.tolist()), dtype=np.int64
    )


def _relation(
    corpus: Corpus,
    claims: list[dict[str, str]],
    claimed_by: dict[tuple[str, str], set[str]],
    left: int,
    right: int,
) -> int:
    """The relation of one pair, looked at from both sides."""
    contradicted = False
    for one, two in ((left, right), (right, left)):
        here, there = corpus.records[one], corpus.records[two]
        if there.name in here.claimed:
            return AGREES
        contradicted |= there.source in claims[one] or here.source in claimed_by.get(there.name, ())
    return CONTRADICTS if contradicted else ABSENT
