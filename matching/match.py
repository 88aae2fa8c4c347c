"""The room's one question: which of these records are one anime, how sure is that, and why.

`match` is pure: the same records, decisions and weights give the same answer, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.blocking import candidate_pairs, unique_pairs
from matching.collecting import no_garbage_search
from matching.corpus import build_corpus
from matching.features import FEATURES
from matching.overrides import Name, Override, decide
from matching.records import AnimeRecord
from matching.report import Told, pair_columns
from matching.scoring import ScoredPairs, score_pairs
from matching.verdicts import NO_MATCH, Rulings, Verdicts, clusters_of, rulings, settle
from matching.weights import Weights, load_weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class MatchResult:
    """Which records are one anime.

    `pairs` maps column name to a list, one entry per candidate pair (see `report.PAIR_COLUMNS`), ordered by left and
    right record; `features` maps the name of each number the verdict rests on to float32 values for the same pairs,
    NaN where a side does not say. `clusters` holds every record exactly once, members and clusters in ascending
    order. `confidence` (0-1) and `method` ('title_and_date', 'cross_id', 'override', 'single') are per record.
    `stale_overrides` are decisions on records that are not at hand.
    """

    pairs: dict[str, list[object]]
    clusters: list[tuple[Name, ...]]
    confidence: dict[Name, float]
    method: dict[Name, str]
    rule_version: str
    stale_overrides: tuple[Override, ...] = ()
    features: dict[str, Floats] = field(default_factory=dict, compare=False, repr=False)


@no_garbage_search()
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
        RecordError: a record twice, or one without source or id.
        WeightsError: the weights file is damaged.
    """
    weights = weights or load_weights()
    corpus = build_corpus(records)
    names = [record.name for record in corpus.records]
    decisions = decide(tuple(overrides), frozenset(names), on=on)
    ruling = rulings(decisions, {name: at for at, name in enumerate(names)})
    pairs, named = with_decided(candidate_pairs(corpus, weights.rarity), ruling)
    scored = score_pairs(corpus, pairs, weights, named)
    verdicts = settle(corpus.source, scored, ruling, weights)
    told, corpus = tell(scored, verdicts, names), corpus.as_written()
    return MatchResult(
        pairs=pair_columns(corpus, told, decisions, weights.rule_version),
        clusters=clusters_of(names, verdicts.label),
        confidence=dict(zip(names, verdicts.confidence.tolist(), strict=True)),
        method=dict(zip(names, verdicts.method, strict=True)),
        rule_version=weights.rule_version,
        stale_overrides=decisions.stale,
        features=feature_columns(scored),
    )


def compare(left: AnimeRecord, right: AnimeRecord, weights: Weights | None = None) -> dict[str, object]:
    """One row of evidence and reason for any two records, also such that were never candidates.

    The two are looked at alone: rivals and third sources, which a full run would weigh, are not there. Two records
    of one source are never one anime, which the row says.
    """
    weights = weights or load_weights()
    corpus = build_corpus([left, right])
    pairs = np.array([[0, 1]], dtype=np.int64)
    scored = score_pairs(corpus, pairs, weights, np.array([0], dtype=np.int64))
    nobody = Rulings(pairs[:0], pairs[:0])
    told = tell(scored, settle(corpus.source, scored, nobody, weights), [record.name for record in corpus.records])
    same_source = left.source == right.source
    if same_source:
        told = replace(told, decision=np.array([NO_MATCH]), blind_together=np.array([False]))
    columns = pair_columns(corpus, told, decide((), frozenset()), weights.rule_version)
    row = {name: values[0] for name, values in columns.items()}
    if same_source:
        row["reason"] = f"Not one anime: {left.source} itself lists them as two."
    return row


def with_decided(pairs: Ints, ruling: Rulings) -> tuple[Ints, Ints]:
    """The candidates with every pair people decided on, and the rows of the latter."""
    named = ruling.pairs
    if not len(named):
        return pairs, np.empty(0, dtype=np.int64)
    every = unique_pairs(np.concatenate([pairs, named]))
    span = int(every.max()) + 1
    rows = np.searchsorted(every[:, 0] * span + every[:, 1], named[:, 0] * span + named[:, 1])
    return every, rows.astype(np.int64)


def tell(scored: ScoredPairs, verdicts: Verdicts, names: Sequence[Name], rows: Ints | None = None) -> Told:
    """What is told of the pairs, or of some rows of them."""
    chosen = np.arange(len(scored.pairs)) if rows is None else rows
    return Told(
        scored=scored if rows is None else scored.rows(chosen),
        ruled=verdicts.ruled[chosen],
        decision=verdicts.decision[chosen],
        better=_called(names, verdicts.better[chosen]),
        relative=_called(names, scored.relative[chosen]),
        score=verdicts.score[chosen],
        blind_score=verdicts.blind_score[chosen],
        blind_together=verdicts.blind_together[chosen],
    )


def _called(names: Sequence[Name], positions: Ints) -> list[str | None]:
    """The records at these positions as "source id"; None for -1."""
    return [" ".join(names[at]) if at >= 0 else None for at in positions.tolist()]


def feature_columns(scored: ScoredPairs) -> dict[str, Floats]:
    """The evidence as one column for each feature."""
    return {name: scored.evidence.values[:, at] for at, name in enumerate(FEATURES)}
