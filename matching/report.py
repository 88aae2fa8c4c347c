"""The candidate pairs as plain columns: what was compared, what came of it, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from matching.corpus import MISSING, Corpus
from matching.crossids import NAMES
from matching.explain import percent_alike, sentence
from matching.overrides import Decisions
from matching.relations import NAMES as RELATION_NAMES
from matching.scoring import ScoredPairs
from matching.unbegun import began_long_before
from matching.unrivalled import WORTH
from matching.verdicts import DECISIONS
from matching.vetoes import held_vetoes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

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
    "score_without_cross_id": "double, probability 0-1, as if no cross id were known",
    "matched_without_cross_id": "boolean, whether the two would share an anime if no cross id were known",
    "left_main_title": "varchar, the left record's first title; null without titles",
    "right_main_title": "varchar, the right record's",
    "left_title": "varchar, the title of the left record that is most like one of the right; null without titles",
    "right_title": "varchar, its counterpart",
    "title_similarity": "double 0-1, of these two; null without titles",
    "title_exact": "boolean, equal but for spelling variants, season and part included",
    "season_left": "bigint, season, sequel or other last number that these titles carry; null when they do not",
    "season_right": "bigint",
    "format_compatible": "boolean; null when a format is unknown",
    "year_difference": "bigint, right start year minus left; null when one is unknown",
    "date_difference_days": "bigint, right start minus left; null when one is not known to the day or month",
    "episodes_difference": "bigint, right minus left; null when one is unknown",
    "cross_id": "varchar: agrees, contradicts, absent",
    "relation": "varchar, what the sources' relations say: better_relative, other_side, same_side, absent",
    "relative": 'varchar, the record by which they say so, as "source id"; null without',
}


@dataclass(frozen=True)
class Told:
    """What is told of some pairs: their scores and verdicts, row by row.

    `better` names, as "source id", the record that keeps the two apart, `relative` the one by which relations say
    something of the pair; None where none does.
    """

    scored: ScoredPairs
    ruled: Ints
    decision: Ints
    better: Sequence[str | None]
    relative: Sequence[str | None]
    score: Floats
    blind_score: Floats
    blind_together: Mask


def pair_columns(corpus: Corpus, told: Told, decisions: Decisions, rule_version: str) -> dict[str, list[object]]:
    """One entry per pair in every column of PAIR_COLUMNS, with its reason."""
    columns = _evidence_columns(corpus, told.scored)
    count = len(told.scored.pairs)
    columns["decision"] = _picked(DECISIONS, told.decision)
    columns["rule_version"] = [rule_version] * count
    columns["score"] = told.score.tolist()
    columns["score_without_cross_id"] = told.blind_score.tolist()
    columns["matched_without_cross_id"] = told.blind_together.tolist()
    columns["relative"] = list(told.relative)
    held = held_vetoes(told.scored.vetoes)
    columns["vetoes"] = [[veto.name for veto in vetoes] for vetoes in held]
    columns["veto_sentences"] = [tuple(veto.sentence for veto in vetoes) for vetoes in held]
    columns["reason"] = _reasons(columns, told, decisions)
    return {name: columns[name] for name in PAIR_COLUMNS}


def _reasons(columns: dict[str, list[object]], told: Told, decisions: Decisions) -> list[object]:
    """A sentence for each pair; those that were no match at the first look get a short one."""
    reasons: list[object] = []
    full = (told.scored.passing | (told.decision > 0)).tolist()
    names, rows = tuple(columns), zip(*columns.values(), strict=True)
    for is_full, ruled, better, values in zip(full, told.ruled.tolist(), told.better, rows, strict=True):
        row = dict(zip(names, values, strict=True))
        if not is_full:
            reasons.append(_at_first_look(row["veto_sentences"], row["title_similarity"]))
        else:
            reasons.append(_ruling(row, decisions) if ruled else sentence(row, better))
    return reasons


def _at_first_look(vetoes: object, similarity: object) -> str:
    """Why two records that share little were not looked at twice."""
    percent = None if similarity is None else percent_alike(float(cast("float", similarity)))
    return _short_reason(cast("tuple[str, ...]", vetoes), percent)


@cache
def _short_reason(vetoes: tuple[str, ...], percent: int | None) -> str:
    if vetoes:
        return f"Not one anime: {'; '.join(vetoes)}."
    if percent is None:
        return "Not one anime: no titles to compare."
    return f"Not one anime at first sight: the titles are at most {percent} % alike."


def _evidence_columns(corpus: Corpus, scored: ScoredPairs) -> dict[str, list[object]]:
    """Who was compared, and the facts."""
    left, right = scored.pairs[:, 0], scored.pairs[:, 1]
    evidence, titles = scored.evidence, corpus.titles
    one, two = evidence.left_title, evidence.right_title
    source, ident = ([getattr(record, name) for record in corpus.records] for name in ("source", "source_id"))
    main = [next(iter(record.titles), None) for record in corpus.records]
    columns: dict[str, list[object]] = {
        "left_source": _picked(source, left),
        "left_source_id": _picked(ident, left),
        "right_source": _picked(source, right),
        "right_source_id": _picked(ident, right),
        "left_main_title": _picked(main, left),
        "right_main_title": _picked(main, right),
        "left_title": _picked(titles.text, one),
        "right_title": _picked(titles.text, two),
        "title_similarity": _known(np.round(evidence.column("witness_full").astype(np.float64), 4)),
        "title_exact": (evidence.column("keys_equal") > 0).tolist(),
        "season_left": _stated(titles.season, one),
        "season_right": _stated(titles.season, two),
        "format_compatible": _flags(evidence.column("format_same")),
        "year_difference": _difference(corpus.year, left, right),
        "date_difference_days": _difference(_exact_starts(corpus), left, right),
        "episodes_difference": _difference(corpus.episodes, left, right),
        "cross_id": _picked(NAMES, scored.claim),
        "relation": _picked(RELATION_NAMES, scored.relation),
        "studios_shared": _flags(evidence.column("studios_shared")),
        "duration_difference": _known(evidence.column("duration_gap")),
        "days_apart": _whole(evidence.column("date_gap")),
        "began_long_before": (began_long_before(corpus, scored.pairs) > 0).tolist(),
        "alone": (scored.alone & (scored.log_odds < WORTH)).tolist(),
        "episodes_left": _present(corpus.episodes[left]),
        "episodes_right": _present(corpus.episodes[right]),
    }
    return columns


def _ruling(row: dict[str, object], decisions: Decisions) -> str:
    """The reason of a pair that people decided, directly or through other records."""
    one = (str(row["left_source"]), str(row["left_source_id"]))
    two = (str(row["right_source"]), str(row["right_source_id"]))
    pair = (min(one, two), max(one, two))
    decision = decisions.decided.get(pair)
    verdict = "One anime" if row["decision"] == "match" else "Not one anime"
    if decision is None:
        lines = " and ".join(f"{item.file}:{item.line}" for item in decisions.leading_to(pair))
        return f"{verdict}: it follows from what people decided about other records ({lines})."
    by = f" by {decision.decided_by}" if decision.decided_by else ""
    because = f": {decision.reason.rstrip('.')}" if decision.reason else ""
    return f"{verdict}, decided{by}{because}."


def _picked(values: Sequence[object], rows: Ints) -> list[object]:
    """The value at each row; None at -1."""
    given = np.empty(len(values) + 1, dtype=object)
    given[:-1] = values
    return given[rows].tolist()  # type: ignore[no-any-return]


def _unless(unknown: Mask, values: NDArray[np.generic]) -> list[object]:
    """The values; None where unknown."""
    given = values.astype(object)
    given[unknown] = None
    return given.tolist()  # type: ignore[no-any-return]


def _known(values: NDArray[np.floating]) -> list[object]:
    return _unless(np.isnan(values), values)


def _whole(values: NDArray[np.float32]) -> list[object]:
    return _unless(np.isnan(values), np.nan_to_num(values).astype(np.int64))


def _flags(values: NDArray[np.float32]) -> list[object]:
    return _unless(np.isnan(values), values > 0)


def _present(values: Ints) -> list[object]:
    return _unless(values == MISSING, values)


def _difference(values: Ints, left: Ints, right: Ints) -> list[object]:
    """Right minus left; None where one is MISSING."""
    one, two = values[left], values[right]
    return _unless((one == MISSING) | (two == MISSING), two - one)


def _exact_starts(corpus: Corpus) -> Ints:
    """The first day of each record's start when it is known to the month at least; MISSING otherwise."""
    return np.where(corpus.high - corpus.low <= _LONGEST_MONTH, corpus.low, MISSING)


def _stated(values: Ints, rows: Ints) -> list[object]:
    stated = np.append(values, 0)[rows]
    return _unless(stated == 0, stated)
