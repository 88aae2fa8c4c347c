"""The candidate pairs as plain columns: what was compared, what came of it, and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.corpus import MISSING, Corpus
from matching.crossids import NAMES
from matching.explain import sentence
from matching.overrides import Decisions
from matching.scoring import ScoredPairs
from matching.vetoes import VETOES
from matching.weights import Weights

Ints = NDArray[np.int64]

MATCH, REVIEW = "match", "review"
#: days between a month's first and last day, at most
_LONGEST_MONTH = 30

#: the columns of `MatchResult.pairs` and what each entry is
PAIR_COLUMNS: dict[str, str] = {
    "left_source": "varchar",
    "left_source_id": "varchar",
    "right_source": "varchar",
    "right_source_id": "varchar",
    "score": "double, probability 0-1",
    "decision": "varchar: match, review, no_match",
    "reason": "varchar, one sentence",
    "vetoes": "varchar[]",
    "rule_version": "varchar",
    "left_title": "varchar, the title of the left record that is most like one of the right; null without titles",
    "right_title": "varchar, its counterpart",
    "title_similarity": "double 0-1, of these two; null without titles",
    "title_exact": "boolean, equal but for spelling variants, season and part included",
    "season_left": "bigint, season or sequel number these titles state; null when they do not",
    "season_right": "bigint",
    "format_compatible": "boolean; null when a format is unknown",
    "year_difference": "bigint, right start year minus left; null when one is unknown",
    "date_difference_days": "bigint, right start minus left; null when one is not known to the day or month",
    "episodes_difference": "bigint, right minus left; null when one is unknown",
    "cross_id": "varchar: agrees, contradicts, absent",
}


def pair_columns(
    corpus: Corpus,
    scored: ScoredPairs,
    decision: Sequence[str],
    ruled: Ints,
    better: Sequence[str | None],
    weights: Weights,
    decisions: Decisions,
) -> dict[str, list[object]]:
    """One entry per scored pair in every column of PAIR_COLUMNS, with its reason."""
    columns = _evidence_columns(corpus, scored)
    columns["decision"] = list(decision)
    columns["rule_version"] = [weights.rule_version] * len(decision)
    score = np.where(ruled == 1, 1.0, np.where(ruled == -1, 0.0, scored.probability))
    columns["score"] = score.tolist()
    vetoes = [[veto for veto, holds in zip(VETOES, row, strict=True) if holds] for row in scored.vetoes.tolist()]
    columns["vetoes"] = [[veto.name for veto in held] for held in vetoes]
    columns["veto_sentences"] = [[veto.sentence for veto in held] for held in vetoes]
    reasons: list[object] = []
    for at in range(len(decision)):
        row = {name: values[at] for name, values in columns.items()}
        reasons.append(_ruling(row, decisions) if ruled[at] else sentence(row, better[at]))
    columns["reason"] = reasons
    return {name: columns[name] for name in PAIR_COLUMNS}


def _evidence_columns(corpus: Corpus, scored: ScoredPairs) -> dict[str, list[object]]:
    """Who was compared, and the facts."""
    left, right = scored.pairs[:, 0], scored.pairs[:, 1]
    evidence, titles = scored.evidence, corpus.titles
    one, two = evidence.left_title, evidence.right_title
    records = corpus.records
    columns: dict[str, list[object]] = {
        "left_source": [records[at].source for at in left.tolist()],
        "left_source_id": [records[at].source_id for at in left.tolist()],
        "right_source": [records[at].source for at in right.tolist()],
        "right_source_id": [records[at].source_id for at in right.tolist()],
        "left_title": [titles.text[at] if at >= 0 else None for at in one.tolist()],
        "right_title": [titles.text[at] if at >= 0 else None for at in two.tolist()],
        "title_similarity": _known(np.round(evidence.column("witness_full").astype(np.float64), 4)),
        "title_exact": (evidence.column("keys_equal") > 0).tolist(),
        "season_left": _stated(titles.season, one),
        "season_right": _stated(titles.season, two),
        "format_compatible": _flags(evidence.column("format_same")),
        "year_difference": _difference(corpus.year, left, right),
        "date_difference_days": _difference(_exact_starts(corpus), left, right),
        "episodes_difference": _difference(corpus.episodes, left, right),
        "cross_id": [NAMES[code] for code in scored.claim.tolist()],
        "days_apart": _whole(evidence.column("date_gap")),
        "episodes_left": _present(corpus.episodes[left]),
        "episodes_right": _present(corpus.episodes[right]),
    }
    return columns


def _ruling(row: dict[str, object], decisions: Decisions) -> str:
    """The reason of a pair that people decided, directly or through other records."""
    one = (str(row["left_source"]), str(row["left_source_id"]))
    two = (str(row["right_source"]), str(row["right_source_id"]))
    decision = decisions.decided.get((min(one, two), max(one, two)))
    verdict = "One anime" if row["decision"] == MATCH else "Not one anime"
    if decision is None:
        return f"{verdict}: it follows from what people decided about other records."
    by = f" by {decision.decided_by}" if decision.decided_by else ""
    because = f": {decision.reason.rstrip('.')}" if decision.reason else ""
    return f"{verdict}, decided{by}{because}."


def _known(values: NDArray[np.floating]) -> list[object]:
    return [None if value != value else value for value in values.tolist()]


def _whole(values: NDArray[np.float32]) -> list[object]:
    return [None if value != value else int(value) for value in values.tolist()]


def _flags(values: NDArray[np.float32]) -> list[object]:
    return [None if value != value else value > 0 for value in values.tolist()]


def _present(values: Ints) -> list[object]:
    return [None if value == MISSING else value for value in values.tolist()]


def _difference(values: Ints, left: Ints, right: Ints) -> list[object]:
    """Right minus left; None where one is MISSING."""
    one, two = values[left], values[right]
    known = ((one != MISSING) & (two != MISSING)).tolist()
    return [value if is_known else None for value, is_known in zip((two - one).tolist(), known, strict=True)]


def _exact_starts(corpus: Corpus) -> Ints:
    """The first day of each record's start when it is known to the month at least; MISSING otherwise."""
    return np.where(corpus.high - corpus.low <= _LONGEST_MONTH, corpus.low, MISSING)


def _stated(values: Ints, rows: Ints) -> list[object]:
    return [(int(values[at]) or None) if at >= 0 else None for at in rows.tolist()]
