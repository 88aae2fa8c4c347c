"""From evidence to confidence: vetoes first, then two looks at each candidate, then what cross ids add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.context import gather_context
from matching.corpus import Corpus
from matching.crossids import AGREES, CONTRADICTS, claim_relation
from matching.features import Evidence, gather_evidence
from matching.vetoes import apply_vetoes
from matching.weights import Weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: log-odds of a pair that a veto rules out
VETOED = -20.0


@dataclass(frozen=True)
class ScoredPairs:
    """Candidates that passed the first look, with everything that was found out about them; row i is one pair.

    `log_odds` is the final verdict, cross ids and vetoes included; `claim` is the relation of `crossids`.
    """

    pairs: Ints
    evidence: Evidence
    vetoes: NDArray[np.bool_]
    claim: Ints
    log_odds: Floats

    @property
    def probability(self) -> Floats:
        """The verdict as a probability, 0-1, rounded to six digits."""
        return np.round(1 / (1 + np.exp(-np.clip(self.log_odds, -40, 40))), 6)


def score_pairs(corpus: Corpus, pairs: Ints, weights: Weights, kept: Ints | None = None) -> ScoredPairs:
    """The candidates worth keeping, scored.

    Args:
        corpus: the records.
        pairs: candidate pairs, each once, in ascending order.
        weights: the learned numbers.
        kept: rows of `pairs` that stay whatever the first look says (a person or a cross id named them).
    """
    evidence = gather_evidence(corpus, pairs)
    first = weights.first.log_odds(evidence.values)
    claim = claim_relation(corpus, pairs)
    passing = (first >= weights.passing) | (evidence.column("names_equal") > 0) | (claim == AGREES)
    if kept is not None:
        passing[kept] = True
    pairs, evidence, claim = pairs[passing], evidence.rows(passing), claim[passing]
    vetoes = apply_vetoes(evidence)
    vetoed = vetoes.any(axis=1)
    context = gather_context(corpus, pairs, np.where(vetoed, VETOED, first[passing]))
    second = weights.second.log_odds(np.hstack([evidence.values, context]))
    verdict: Floats = np.where(vetoed, VETOED, second + _claim_weight(claim, weights))
    return ScoredPairs(pairs, evidence, vetoes, claim, np.round(verdict, 9))


def _claim_weight(claim: Ints, weights: Weights) -> Floats:
    """What the cross ids add to the log-odds of each pair."""
    return np.select([claim == AGREES, claim == CONTRADICTS], [weights.claim_agrees, weights.claim_contradicts], 0.0)
