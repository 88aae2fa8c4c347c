"""Records whose titles an update takes apart again, as far as the state does not tell what it needs of them.

That are the records of pairs with other evidence than before, and those of pairs that are told otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.corpus import Corpus, build_corpus
from matching.digests import digests
from matching.features import Evidence, gather_evidence
from matching.recordtexts import record_of
from matching.remembered import Remembered, of_before
from matching.report import Told
from matching.scoring import FirstLook
from matching.thin import thin_evidence
from matching.unbegun import began_long_before
from matching.unrivalled import strong_evidence
from matching.vetoes import apply_vetoes
from matching.weights import Weights

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Read:
    """Records that were read in this run: their positions among today's, and themselves in that order."""

    members: Ints
    corpus: Corpus


def first_look(seen: Remembered, fresh: Corpus, pairs: Ints, known: Ints, weights: Weights) -> tuple[FirstLook, Read]:
    """The evidence and first look of all pairs, titles counted from their record's first; what was read for that.

    Args:
        seen: the state beside today's records.
        fresh: those of them that are new to it.
        pairs: today's candidates.
        known: their rows in the state; -1 for pairs whose evidence has to be gathered.
        weights: the learned numbers.
    """
    catalogue, state, new = seen.catalogue, seen.state, known < 0
    values, first = of_before(state.values, known), of_before(state.first, known)
    left, right = of_before(state.left_title, known), of_before(state.right_title, known)
    vetoes, strong, thin = (of_before(column, known) for column in (state.vetoes, state.strong, state.thin))
    members, place = np.unique(pairs[new], return_inverse=True)
    part, local = _part(seen, fresh, members), place.reshape(-1, 2).astype(np.int64)
    if len(local):
        evidence = gather_evidence(part, local, weights.rarity)
        values[new], first[new] = evidence.values, weights.first.log_odds(evidence.values)
        vetoes[new], strong[new] = apply_vetoes(evidence), strong_evidence(evidence)
        thin[new] = thin_evidence(evidence) + began_long_before(part, local)
        for side, titles, into in ((0, evidence.left_title, left), (1, evidence.right_title, right)):
            into[new] = np.where(titles >= 0, titles - part.first[local[:, side]], -1)
    looked = FirstLook(
        source=catalogue.source,
        pairs=pairs,
        evidence=Evidence(values, left, right),
        vetoes=vetoes,
        strong=strong,
        thin=thin,
        claim=catalogue.claims.relation(catalogue.name, catalogue.source, digests(catalogue.sources), pairs),
        log_odds=first,
        relatives=catalogue.relations.relatives(catalogue.name),
    )
    return looked, Read(members, part)


def for_telling(seen: Remembered, fresh: Corpus, read: Read, told: Told) -> tuple[Corpus, Told]:
    """A corpus that holds the records that are told of, and what is told, by positions in that."""
    more = np.setdiff1d(told.scored.pairs, read.members)
    part = read.corpus.beside(_part(seen, fresh, more)) if len(more) else read.corpus
    place = np.empty(len(seen.catalogue.names), dtype=np.int64)
    place[np.r_[read.members, more]] = np.arange(len(part.records))
    pairs = place[told.scored.pairs]
    evidence = told.scored.evidence
    left, right = (
        np.where(titles >= 0, titles + part.first[pairs[:, side]], -1)
        for side, titles in enumerate((evidence.left_title, evidence.right_title))
    )
    scored = replace(told.scored, pairs=pairs, evidence=Evidence(evidence.values, left, right))
    return part, replace(told, scored=scored)


def _part(seen: Remembered, fresh: Corpus, members: Ints) -> Corpus:
    """Some of today's records (ascending positions) with their titles, which count what all records share."""
    catalogue = seen.catalogue
    if len(fresh.records) == len(catalogue.names):
        return fresh.part(members)[0]
    records = [record_of(text) for text in catalogue.texts.read(members.tolist())]
    part = build_corpus(records, catalogue.coarse)
    rows = catalogue.title_rows(members)
    titles = replace(part.titles, shared=catalogue.shared[rows], shared_base=catalogue.shared_base[rows])
    return replace(part, titles=titles)
