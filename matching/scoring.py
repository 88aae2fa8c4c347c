"""From evidence to confidence: vetoes first, then two looks at each candidate, then what cross ids add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.context import gather_context
from matching.corpus import Corpus
from matching.crossids import ABSENT, AGREES, CONTRADICTS, claim_relation
from matching.features import Evidence, gather_evidence
from matching.relations import WORTH, Candidates, Relatives, relation_evidence, relations_of
from matching.thin import thin_evidence
from matching.unbegun import began_long_before
from matching.unrivalled import WORTH as WORTH_UNRIVALLED
from matching.unrivalled import strong_evidence, unrivalled
from matching.vetoes import apply_vetoes
from matching.weights import Weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: log-odds of a pair that a veto rules out
VETOED = -20.0


@dataclass(frozen=True)
class ScoredPairs:
    """Candidates with everything that was found out about them; row i is one pair.

    `first` is the first look's log-odds, `passing` tells which pairs were worth a second (a pair that is not stays
    with its first look and shares no anime); `context` (passing pairs, CONTEXT_FEATURES) and `second` are what the
    second look saw and said. `claim` is the relation of `crossids`, `relation` that of `relations`, and `relative` the
    record by which relations say it (-1 for none); `strong` is the strong evidence of `unrivalled`, `alone` tells the
    pairs that it finds, `thin` what thin evidence costs each. `log_odds` is the final verdict, cross ids and vetoes
    included, `blind` the verdict without cross ids.
    """

    pairs: Ints
    evidence: Evidence
    first: Floats
    vetoes: NDArray[np.bool_]
    passing: NDArray[np.bool_]
    context: NDArray[np.float32]
    second: Floats
    claim: Ints
    relation: Ints
    relative: Ints
    strong: NDArray[np.bool_]
    thin: Floats
    alone: NDArray[np.bool_]
    blind: Floats
    log_odds: Floats

    @property
    def probability(self) -> Floats:
        """The verdict as a probability, 0-1, rounded to six digits."""
        return probability(self.log_odds)

    def rows(self, chosen: Ints) -> ScoredPairs:
        """Some pairs only, given as ascending rows."""
        looked = np.isin(np.flatnonzero(self.passing), chosen)
        return ScoredPairs(
            pairs=self.pairs[chosen],
            evidence=self.evidence.rows(chosen),
            first=self.first[chosen],
            vetoes=self.vetoes[chosen],
            passing=self.passing[chosen],
            context=self.context[looked],
            second=self.second[looked],
            claim=self.claim[chosen],
            relation=self.relation[chosen],
            relative=self.relative[chosen],
            strong=self.strong[chosen],
            thin=self.thin[chosen],
            alone=self.alone[chosen],
            blind=self.blind[chosen],
            log_odds=self.log_odds[chosen],
        )


@dataclass(frozen=True)
class FirstLook:
    """Candidate pairs with their evidence, what cross ids say about each, and the first look's log-odds.

    `vetoes`, `strong` (of `unrivalled`) and `thin` follow from the evidence. `source` is the source code, `relatives`
    the relatives of every record.
    """

    source: Ints
    pairs: Ints
    evidence: Evidence
    vetoes: NDArray[np.bool_]
    strong: NDArray[np.bool_]
    thin: Floats
    claim: Ints
    log_odds: Floats
    relatives: Relatives


#: what the second look saw of some pairs (rows, CONTEXT_FEATURES), and the log-odds it gives them
Looked = tuple[NDArray[np.float32], Floats]
#: the second look at some rows of the candidates, given the log-odds of these rows at first, vetoes heeded
SecondLook = Callable[[FirstLook, Ints, Floats], Looked]


def probability(log_odds: Floats) -> Floats:
    """Log-odds as probabilities, 0-1, rounded to six digits."""
    return np.round(1 / (1 + np.exp(-np.clip(log_odds, -40, 40))), 6)


def score_pairs(corpus: Corpus, pairs: Ints, weights: Weights, kept: Ints | None = None) -> ScoredPairs:
    """All candidates, scored.

    Args:
        corpus: the records.
        pairs: candidate pairs, each once, in ascending order.
        weights: the learned numbers.
        kept: rows of `pairs` that get a second look whatever the first one says (a person named them).
    """
    evidence = gather_evidence(corpus, pairs, weights.rarity)
    relatives = relations_of(corpus.records).relatives(corpus.name)
    log_odds = weights.first.log_odds(evidence.values)
    looked = first_look(corpus, pairs, evidence, claim_relation(corpus, pairs), log_odds, relatives)
    return judge(looked, weights, _second_look(corpus, weights), kept)


def first_look(
    corpus: Corpus, pairs: Ints, evidence: Evidence, claim: Ints, log_odds: Floats, relatives: Relatives
) -> FirstLook:
    """The pairs with what follows from their evidence."""
    return FirstLook(
        source=corpus.source,
        pairs=pairs,
        evidence=evidence,
        vetoes=apply_vetoes(evidence),
        strong=strong_evidence(evidence),
        thin=thin_evidence(evidence) + began_long_before(corpus, pairs),
        claim=claim,
        log_odds=log_odds,
        relatives=relatives,
    )


def judge(looked: FirstLook, weights: Weights, look: SecondLook, kept: Ints | None = None) -> ScoredPairs:
    """The verdicts on pairs that had their first look, with a second look at those that deserve one."""
    evidence, first, claim = looked.evidence, looked.log_odds, looked.claim
    vetoed = looked.vetoes.any(axis=1)
    passing = (first >= weights.passing) | (evidence.column("names_equal") > 0) | (claim == AGREES)
    if kept is not None:
        passing[kept] = True
    rows = np.flatnonzero(passing)
    context, second = look(looked, rows, np.where(vetoed, VETOED, first)[rows])
    raw = first.copy()
    raw[rows] = second
    verdict: Floats = np.where(vetoed, VETOED, weights.calibration.log_odds(raw, claim))
    blind: Floats = np.where(vetoed, VETOED, weights.calibration.log_odds(raw))
    verdict, relation, relative = _with_relations(looked, rows, verdict, claim == AGREES)
    verdict, alone = _with_room(looked, rows, verdict, claim)
    nobody = np.zeros(len(claim), dtype=np.int64)
    if (claim != ABSENT).any():
        blind = _with_room(looked, rows, _with_relations(looked, rows, blind, nobody > 0)[0], nobody)[0]
    else:
        blind = verdict
    return ScoredPairs(
        pairs=looked.pairs,
        evidence=evidence,
        first=first,
        vetoes=looked.vetoes,
        passing=passing,
        context=context,
        second=second,
        claim=claim,
        relation=relation,
        relative=relative,
        strong=looked.strong,
        thin=looked.thin,
        alone=alone,
        blind=np.round(blind, 9),
        log_odds=np.round(verdict, 9),
    )


def _with_relations(
    looked: FirstLook, rows: Ints, log_odds: Floats, named: NDArray[np.bool_]
) -> tuple[Floats, Ints, Ints]:
    """Verdicts after what relations say about some rows of them, what that is, and by which record; see `relations`."""
    code, witness = np.zeros(len(log_odds), dtype=np.int64), np.full(len(log_odds), -1)
    titles = np.nan_to_num(looked.evidence.column("full_best")).astype(np.float64) + named
    known = Candidates(looked.pairs, log_odds, titles, len(looked.relatives.begins) - 1)
    code[rows], witness[rows] = relation_evidence(looked.relatives, known, rows)
    return np.where(log_odds > VETOED, log_odds + WORTH[code], log_odds), code, witness


def _with_room(looked: FirstLook, rows: Ints, log_odds: Floats, claim: Ints) -> tuple[Floats, NDArray[np.bool_]]:
    """Verdicts after what `unrivalled` pairs among some rows gain and thin evidence costs; which pairs gained.

    Where a cross id agrees, evidence is not thin.
    """
    alone = np.zeros(len(log_odds), dtype=np.bool_)
    alone[rows] = unrivalled(looked.source, looked.pairs[rows], looked.strong[rows], log_odds[rows])
    alone &= (log_odds > VETOED) & (claim != CONTRADICTS)
    return log_odds + WORTH_UNRIVALLED * alone - looked.thin * ((log_odds > VETOED) & (claim != AGREES)), alone


def _second_look(corpus: Corpus, weights: Weights) -> SecondLook:
    """The second look at all that it is asked."""

    def look(looked: FirstLook, rows: Ints, first: Floats) -> Looked:
        context = gather_context(corpus, looked.pairs[rows], first)
        return context, weights.second.log_odds(np.hstack([looked.evidence.values[rows], context]))

    return look
