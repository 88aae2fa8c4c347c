"""The room's one question: which of these records are one anime, how sure is that, and why.

`match` is pure: the same records, decisions and weights give the same answer, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.assignment import assign
from matching.blocking import candidate_pairs, unique_pairs
from matching.corpus import Corpus, build_corpus
from matching.crossids import AGREES
from matching.overrides import Decisions, Name, Override, decide, in_force
from matching.records import AnimeRecord
from matching.report import MATCH, REVIEW, pair_columns
from matching.scoring import ScoredPairs, score_pairs
from matching.weights import Weights, load_weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: a person's word against any sum of log-odds a group can reach
DECIDED = 10_000.0
#: log-odds by which a rival must be ahead for the loser to be no question for a person
_CLEARLY = 1.0


@dataclass(frozen=True)
class MatchResult:
    """Which records are one anime.

    `pairs` maps column name to a list, one entry per candidate pair (see `report.PAIR_COLUMNS`), ordered by left and
    right record. `clusters` holds every record exactly once, members and clusters in ascending order. `confidence`
    (0-1) and `method` ('title_and_date', 'cross_id', 'override', 'single') are per record. `stale_overrides` are
    decisions on records that are not at hand.
    """

    pairs: dict[str, list[object]]
    clusters: list[tuple[Name, ...]]
    confidence: dict[Name, float]
    method: dict[Name, str]
    rule_version: str
    stale_overrides: tuple[Override, ...] = ()


def match(
    records: Iterable[AnimeRecord],
    overrides: Iterable[Override] = (),
    *,
    on: date | None = None,
    weights: Weights | None = None,
) -> MatchResult:
    """The anime that the records make up.

    Args:
        records: of any number of sources; none, one source, and records without titles are fine.
        overrides: human decisions; they outrank everything.
        on: the day on which decisions must be in force; None takes them all.
        weights: learned numbers; None takes the shipped ones.

    Raises:
        RecordError: a record twice, or without source or id.
        OverrideError: decisions that contradict each other.
        WeightsError: the weights file is damaged.
    """
    weights = weights or load_weights()
    corpus = build_corpus(records)
    names = [record.name for record in corpus.records]
    decisions = decide(in_force(overrides, on), frozenset(names))
    place = {name: at for at, name in enumerate(names)}
    pairs, named = _with_decided(candidate_pairs(corpus), decisions, place)
    scored = score_pairs(corpus, pairs, weights, named)
    gain, ruled = _gains(scored, decisions, names, weights)
    label = assign(corpus.source, scored.pairs, gain)
    decision = _decisions(scored, label, ruled, weights)
    columns = pair_columns(corpus, scored, decision, ruled, _better(scored, label, names), weights, decisions)
    confidence, method = _per_record(corpus, scored, label, ruled)
    return MatchResult(
        pairs=columns,
        clusters=_clusters(names, label),
        confidence=dict(zip(names, confidence, strict=True)),
        method=dict(zip(names, method, strict=True)),
        rule_version=weights.rule_version,
        stale_overrides=decisions.stale,
    )


def compare(left: AnimeRecord, right: AnimeRecord, weights: Weights | None = None) -> dict[str, object]:
    """One row of evidence and reason for any two records, also such that were never candidates.

    The two are looked at alone: rivals and third sources, which a full run would weigh, are not there. Two records
    of one source are never one anime, which the row says.
    """
    weights = weights or load_weights()
    corpus = build_corpus([left, right])
    scored = score_pairs(corpus, np.array([[0, 1]], dtype=np.int64), weights, np.array([0], dtype=np.int64))
    same_source = left.source == right.source
    together = bool(scored.log_odds[0] > weights.accept) and not same_source
    label = np.array([0, 0 if together else 1])
    nothing = np.zeros(1, dtype=np.int64)
    decision = _decisions(scored, label, nothing, weights) if not same_source else ["no_match"]
    none = decide([], frozenset())
    columns = pair_columns(corpus, scored, decision, nothing, [None], weights, none)
    row = {name: values[0] for name, values in columns.items()}
    if same_source:
        row["reason"] = f"Not one anime: {left.source} itself lists them as two."
    return row


def _with_decided(pairs: Ints, decisions: Decisions, place: dict[Name, int]) -> tuple[Ints, Ints]:
    """The candidates with every pair people decided on, and the rows of the latter."""
    decided = [(place[one], place[two]) for one, two in sorted(decisions.apart)]
    decided += [(place[group[0]], place[name]) for group in decisions.together for name in group[1:]]
    decided += [(place[a], place[b]) for group in decisions.together for a in group for b in group if a < b]
    if not decided:
        return pairs, np.empty(0, dtype=np.int64)
    named = unique_pairs(np.array(decided, dtype=np.int64))
    every = unique_pairs(np.concatenate([pairs, named]))
    span = len(place)
    rows = np.searchsorted(every[:, 0] * span + every[:, 1], named[:, 0] * span + named[:, 1])
    return every, rows.astype(np.int64)


def _gains(scored: ScoredPairs, decisions: Decisions, names: Sequence[Name], weights: Weights) -> tuple[Floats, Ints]:
    """What each pair adds to an anime, and how people ruled on it: 1 same, -1 different, 0 nothing said."""
    member = {name: number for number, group in enumerate(decisions.together) for name in group}
    ruled = np.zeros(len(scored.pairs), dtype=np.int64)
    if decisions.together or decisions.apart:
        for at, (left, right) in enumerate(scored.pairs.tolist()):
            one, two = names[left], names[right]
            if (min(one, two), max(one, two)) in decisions.apart:
                ruled[at] = -1
            elif one in member and member[one] == member.get(two):
                ruled[at] = 1
    return np.where(ruled != 0, ruled * DECIDED, scored.log_odds - weights.accept), ruled


def _best_log_odds(scored: ScoredPairs, label: Ints) -> dict[tuple[int, int], tuple[float, int]]:
    """For each record and source of its partner in the same anime: the log-odds of that pair and the partner."""
    best: dict[tuple[int, int], tuple[float, int]] = {}
    together = label[scored.pairs[:, 0]] == label[scored.pairs[:, 1]]
    for (left, right), value in zip(scored.pairs[together].tolist(), scored.log_odds[together].tolist(), strict=True):
        best[(left, right)] = (value, right)
    return best


def _decisions(scored: ScoredPairs, label: Ints, ruled: Ints, weights: Weights) -> list[str]:
    """'match', 'review' or 'no_match' for each pair.

    A person is asked about pairs that nothing rules out, that come near or reach the demanded confidence, and of
    which neither record clearly belongs elsewhere.
    """
    left, right = scored.pairs[:, 0], scored.pairs[:, 1]
    together = label[left] == label[right]
    open_question = ~together & (scored.log_odds >= weights.review) & (ruled == 0) & ~scored.vetoes.any(axis=1)
    taken = _strongest_tie(scored, label)
    open_question &= np.maximum(taken[left], taken[right]) < scored.log_odds + _CLEARLY
    return np.select([together, open_question], [MATCH, REVIEW], default="no_match").tolist()  # type: ignore[no-any-return]


def _strongest_tie(scored: ScoredPairs, label: Ints) -> Floats:
    """For each record the greatest log-odds of a pair within its anime; minus infinity when it stands alone."""
    out = np.full(len(label), -np.inf)
    together = label[scored.pairs[:, 0]] == label[scored.pairs[:, 1]]
    for side in (0, 1):
        np.maximum.at(out, scored.pairs[together, side], scored.log_odds[together])
    return out


def _better(scored: ScoredPairs, label: Ints, names: Sequence[Name]) -> list[str | None]:
    """For each pair that was not taken the record that stands in its place, as "source id"; None without one."""
    members: dict[int, list[int]] = {}
    for at, number in enumerate(label.tolist()):
        members.setdefault(number, []).append(at)
    found: list[str | None] = []
    for left, right in scored.pairs.tolist():
        rival = None
        for one, two in ((left, right), (right, left)):
            for mate in members[label[one]]:
                if rival is None and mate != two and names[mate][0] == names[two][0] and label[one] != label[two]:
                    rival = " ".join(names[mate])
        found.append(rival)
    return found


def _per_record(corpus: Corpus, scored: ScoredPairs, label: Ints, ruled: Ints) -> tuple[list[float], list[str]]:
    """How sure each record's place is, and what put it there.

    In an anime: the best probability among the record's pairs in it. Alone: one minus the best probability among
    its candidates.
    """
    count = len(corpus.records)
    together = label[scored.pairs[:, 0]] == label[scored.pairs[:, 1]]
    inside, outside = np.zeros(count), np.zeros(count)
    by_id, by_person = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    probability = np.where(ruled == 1, 1.0, np.where(ruled == -1, 0.0, scored.probability))
    for side in (0, 1):
        np.maximum.at(inside, scored.pairs[together, side], probability[together])
        np.maximum.at(outside, scored.pairs[~together, side], probability[~together])
        by_id[scored.pairs[together & (scored.claim == AGREES), side]] = True
        by_person[scored.pairs[together & (ruled == 1), side]] = True
    alone = np.bincount(label, minlength=count)[label] == 1 if count else np.empty(0, dtype=bool)
    confidence = np.round(np.where(alone, 1 - outside, inside), 6)
    method = np.select([alone, by_person, by_id], ["single", "override", "cross_id"], default="title_and_date")
    return confidence.tolist(), method.tolist()


def _clusters(names: Sequence[Name], label: Ints) -> list[tuple[Name, ...]]:
    """The records of each anime, in ascending order."""
    members: dict[int, list[Name]] = {}
    for name, number in zip(names, label.tolist(), strict=True):
        members.setdefault(number, []).append(name)
    return sorted(tuple(sorted(group)) for group in members.values())
