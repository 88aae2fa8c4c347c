"""From scored pairs to anime: what people ruled, who belongs together, what is left for a person to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from matching.assignment import UNCOMPARED, assign
from matching.blocking import unique_pairs
from matching.crossids import ABSENT, AGREES
from matching.overrides import Decisions, Name
from matching.scoring import ScoredPairs, probability
from matching.weights import Weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: a person's word against any sum of log-odds a group can reach
DECIDED = 10_000.0
#: log-odds by which a rival must be ahead for the loser to be no question for a person
_CLEARLY = 1.0
#: what becomes of a pair, as the codes of `Verdicts.decision`
DECISIONS = ("no_match", "review", "match")
NO_MATCH, REVIEW, MATCH = range(3)


@dataclass(frozen=True)
class Rulings:
    """What people decided, as rows (left, right) of record positions, left < right, in order."""

    same: Ints
    different: Ints

    @property
    def pairs(self) -> Ints:
        """All pairs that people decided on."""
        return unique_pairs(np.concatenate([self.same, self.different]))

    def of(self, pairs: Ints, count: int) -> Ints:
        """For each of `pairs` 1 same, -1 different, 0 nothing said; `count` is the number of records."""
        codes = pairs[:, 0] * count + pairs[:, 1]
        same, different = (np.isin(codes, told[:, 0] * count + told[:, 1]) for told in (self.same, self.different))
        return np.where(different, -1, np.where(same, 1, 0))


def rulings(decisions: Decisions, place: dict[Name, int]) -> Rulings:
    """The decisions at hand with positions in place of names; that two of one source differ need not be ruled."""
    same = [(place[one], place[two]) for group in decisions.together for one, two in combinations(group, 2)]
    different = [(place[one], place[two]) for one, two in decisions.apart if one[0] != two[0]]
    both = [np.array(told, dtype=np.int64).reshape(-1, 2) for told in (same, different)]
    return Rulings(unique_pairs(both[0]), unique_pairs(both[1]))


@dataclass(frozen=True)
class Verdicts:
    """What becomes of each pair and each record.

    Per pair: `ruled` as in `Rulings.of`, `decision` (a code of DECISIONS), `better` the position of the record that
    keeps the two apart as `_better` tells (-1 for none), `score` the probability, `blind_score` and `blind_together`
    probability and verdict as if no cross id were known. Per record: `label` the number of its anime, `confidence`
    (0-1), `method`.
    """

    ruled: Ints
    decision: Ints
    better: Ints
    score: Floats
    blind_score: Floats
    blind_together: Mask
    label: Ints
    confidence: Floats
    method: list[str]


def settle(source: Ints, scored: ScoredPairs, ruling: Rulings, weights: Weights) -> Verdicts:
    """Assign the records to anime and say what that means for every pair."""
    pairs, ruled = scored.pairs, ruling.of(scored.pairs, len(source))
    label = _assigned(source, scored, scored.log_odds, ruled, weights)
    blind = label
    if (scored.claim != ABSENT).any():
        blind = _assigned(source, scored, scored.blind, ruled, weights)
    score = np.where(ruled == 1, 1.0, np.where(ruled == -1, 0.0, scored.probability))
    confidence, method = _per_record(scored, label, ruled, score)
    return Verdicts(
        ruled=ruled,
        decision=_decisions(scored, label, ruled, weights),
        better=_better(source, pairs, label, gain(scored.log_odds, scored.passing, weights.accept) > 0),
        score=score,
        blind_score=probability(scored.blind),
        blind_together=blind[pairs[:, 0]] == blind[pairs[:, 1]],
        label=label,
        confidence=confidence,
        method=method,
    )


def _assigned(source: Ints, scored: ScoredPairs, log_odds: Floats, ruled: Ints, weights: Weights) -> Ints:
    """The anime of each record."""
    won = gain(log_odds, scored.passing, weights.accept)
    return assign(source, scored.pairs, np.where(ruled != 0, ruled * DECIDED, won))


def gain(log_odds: Floats, passing: Mask, accept: float) -> Floats:
    """What is won by taking the two of each pair for one anime; never anything where the first look said no.

    Two that the first look has told apart are not two that nobody has compared: a third record that is like both does
    not make them one.
    """
    return np.where(passing, log_odds - accept, np.minimum(log_odds - accept, UNCOMPARED))


def _decisions(scored: ScoredPairs, label: Ints, ruled: Ints, weights: Weights) -> Ints:
    """The decision on each pair.

    A person is asked about pairs that nothing rules out, that come near or reach the demanded confidence, and of
    which neither record clearly belongs elsewhere.
    """
    left, right = scored.pairs[:, 0], scored.pairs[:, 1]
    together = label[left] == label[right]
    open_question = ~together & (scored.log_odds >= weights.review) & (ruled == 0) & ~scored.vetoes.any(axis=1)
    taken = _strongest_tie(scored, label)
    open_question &= np.maximum(taken[left], taken[right]) < scored.log_odds + _CLEARLY
    return np.select([together, open_question], [MATCH, REVIEW], NO_MATCH).astype(np.int64)


def _strongest_tie(scored: ScoredPairs, label: Ints) -> Floats:
    """For each record the greatest log-odds of a pair within its anime; minus infinity when it stands alone."""
    out = np.full(len(label), -np.inf)
    together = label[scored.pairs[:, 0]] == label[scored.pairs[:, 1]]
    for side in (0, 1):
        np.maximum.at(out, scored.pairs[together, side], scored.log_odds[together])
    return out


def _better(source: Ints, pairs: Ints, label: Ints, wanted: Mask) -> Ints:
    """For each pair that was not taken the record that stands in the place of one of the two; -1 without one.

    Of pairs that the two alone would be `wanted` for it is else a third source's record, which is the same as one of
    the two and not as the other.
    """
    if not len(pairs):
        return np.empty(0, dtype=np.int64)
    member = np.full((int(label.max()) + 1, int(source.max()) + 1), -1, dtype=np.int64)
    member[label, source] = np.arange(len(source))
    left, right = pairs.T
    of_left, of_right = member[label[left], source[right]], member[label[right], source[left]]
    rival = np.where(of_left >= 0, of_left, of_right)
    lacking = np.flatnonzero(wanted & (rival < 0))
    for side in (right[lacking], left[lacking]):
        held = member[label[side]]
        beside = np.where(held == side[:, None], -1, held).max(axis=1)
        rival[lacking] = np.where(beside >= 0, beside, rival[lacking])
    return np.where(label[left] == label[right], -1, rival)


def _per_record(scored: ScoredPairs, label: Ints, ruled: Ints, score: Floats) -> tuple[Floats, list[str]]:
    """How sure each record's place is, and what put it there.

    In an anime: the best probability among the record's pairs in it. Alone: one minus the best probability among
    its candidates.
    """
    count = len(label)
    together = label[scored.pairs[:, 0]] == label[scored.pairs[:, 1]]
    inside, outside = np.zeros(count), np.zeros(count)
    by_id, by_person = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    for side in (0, 1):
        np.maximum.at(inside, scored.pairs[together, side], score[together])
        np.maximum.at(outside, scored.pairs[~together, side], score[~together])
        by_id[scored.pairs[together & (scored.claim == AGREES), side]] = True
        by_person[scored.pairs[together & (ruled == 1), side]] = True
    alone = np.bincount(label, minlength=count)[label] == 1 if count else np.empty(0, dtype=bool)
    confidence = np.round(np.where(alone, 1 - outside, inside), 6).astype(np.float64)
    method = np.select([alone, by_person, by_id], ["single", "override", "cross_id"], default="title_and_date")
    return confidence, method.tolist()


def clusters_of(names: Sequence[Name], label: Ints) -> list[tuple[Name, ...]]:
    """The records of each anime, in ascending order, as `names` are."""
    order = np.argsort(label, kind="stable")
    ends = np.cumsum(np.bincount(label)).tolist()
    ordered = list(map(names.__getitem__, order.tolist()))
    return [tuple(ordered[begin:end]) for begin, end in pairwise([0, *ends])]


def verdict_rows(name: Ints, scored: ScoredPairs, verdicts: Verdicts) -> Ints:
    """Whatever is told of each pair besides its evidence, as whole numbers: equal rows are told alike.

    `name` holds the digests of the records' names.
    """
    columns = [
        scored.log_odds.view(np.int64),
        scored.blind.view(np.int64),
        scored.claim,
        scored.relation,
        np.where(scored.relative >= 0, np.append(name, 0)[scored.relative], 0),
        scored.passing.astype(np.int64),
        scored.alone.astype(np.int64),
        verdicts.ruled,
        verdicts.decision,
        np.where(verdicts.better >= 0, np.append(name, 0)[verdicts.better], 0),
        verdicts.blind_together.astype(np.int64),
    ]
    return np.stack(columns, axis=1)
