"""Matching anew after some records changed: what a full run would say, for the work that the change is worth.

The one rule: nothing is decided otherwise here. The steps are those of `match`; an answer of the run before is taken
over where everything it rests on is the same, and the cheap steps are simply done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.blocking import Blocking, all_ways
from matching.catalogue import Catalogue, catalogue_of, changes, merged
from matching.collecting import no_garbage_search
from matching.context import CONTEXT_FEATURES
from matching.corpus import Corpus, build_corpus
from matching.digests import digests
from matching.features import Evidence, gather_evidence
from matching.match import feature_columns, tell, with_decided
from matching.nearest import Links
from matching.overrides import Decisions, Name, Override, decide
from matching.records import AnimeRecord
from matching.recordtexts import record_of
from matching.remembered import Remembered, of_before
from matching.report import Told, pair_columns
from matching.scoring import FirstLook, ScoredPairs, judge
from matching.state import MatchState, empty_state
from matching.verdicts import DECISIONS, Rulings, Verdicts, clusters_of, rulings, settle, verdict_rows
from matching.weights import Weights, load_weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
PairName = tuple[str, str, str, str]


@dataclass(frozen=True)
class Update:
    """What a run found that differs from the run before, and who is one anime now.

    `pairs` and `features` are as in `MatchResult`, but hold only pairs that are new or told otherwise than before;
    `removed` names the pairs (left source, left id, right source, right id) that are no candidates any more.
    `everything` holds scores (0-1) and decisions of all pairs. `is_full` tells that nothing could be taken over from
    before: then `pairs` are all pairs. The rest is as in `MatchResult`, of all records.
    """

    pairs: dict[str, list[object]]
    features: dict[str, Floats] = field(repr=False)
    removed: list[PairName]
    everything: dict[str, list[object]] = field(repr=False)
    is_full: bool
    clusters: list[tuple[Name, ...]]
    confidence: dict[Name, float]
    method: dict[Name, str]
    rule_version: str
    stale_overrides: tuple[Override, ...] = ()


def diff(state: MatchState, records: Sequence[AnimeRecord]) -> tuple[list[AnimeRecord], list[Name]]:
    """Which of all of today's records are new or say something else than in the state, and which names are gone."""
    return changes(state.catalogue, records)


@no_garbage_search()
def rematch(
    state: MatchState,
    changed: Iterable[AnimeRecord],
    gone: Iterable[Name] = (),
    overrides: Iterable[Override] = (),
    *,
    on: date | None = None,
    weights: Weights | None = None,
) -> tuple[Update, MatchState]:
    """The anime after some records changed, and the state to begin with next time.

    From the empty state, or from one that other weights made, everything is done anew.

    Args:
        state: what the run before left behind.
        changed: records that are new or say something else than in the state.
        gone: names of records that are in no catalogue any more.
        overrides: all human decisions, as for `match`.
        on: the day on which decisions must be in force; None takes them all.
        weights: learned numbers; None takes the shipped ones.

    Raises:
        RecordError: a record twice, or one without source or id.
        WeightsError: the weights file is damaged.
    """
    weights = weights or load_weights()
    seen, fresh = _up_to_date(state, list(changed), list(gone), weights)
    catalogue = seen.catalogue
    decisions = decide(tuple(overrides), frozenset(catalogue.names), on=on)
    ruling = rulings(decisions, {name: at for at, name in enumerate(catalogue.names)})
    lists = seen.lists(Blocking())
    pairs, named = _candidates(catalogue, lists, ruling)
    known = seen.rows(pairs)
    looked, read = _first_look(seen, fresh, pairs, known, weights)
    scored = judge(looked, weights, seen.second_look(known, weights), named)
    verdicts = settle(catalogue.source, scored, ruling, weights)
    told = verdict_rows(catalogue.name, scored, verdicts)
    rows = _to_tell(seen, known, told, verdicts.ruled)
    local = _local(seen, fresh, read, tell(scored, verdicts, catalogue.names, rows))
    update = _update(seen, pair_columns(*local, decisions, weights.rule_version), decisions, scored, verdicts, rows)
    return update, _state_after(catalogue, lists, scored, told, weights)


def _to_tell(seen: Remembered, known: Ints, told: Ints, ruled: Ints) -> Ints:
    """Rows of the pairs that are new, that people decided on, or that are told otherwise than before."""
    differs = (known < 0) | (ruled != 0)
    differs[~differs] = (told[~differs] != seen.state.verdict[known[~differs]]).any(axis=1)
    return np.flatnonzero(differs)


def _update(
    seen: Remembered,
    told: dict[str, list[object]],
    decisions: Decisions,
    scored: ScoredPairs,
    verdicts: Verdicts,
    rows: Ints,
) -> Update:
    """What is told of today: some rows of the pairs in full, and who is one anime."""
    names = seen.catalogue.names
    return Update(
        pairs=told,
        features=feature_columns(scored.rows(rows)),
        removed=[_pair_name(seen.state, row) for row in seen.removed(scored.pairs).tolist()],
        everything={"score": verdicts.score.tolist(), "decision": [DECISIONS[at] for at in verdicts.decision.tolist()]},
        is_full=not seen.state.catalogue.names,
        clusters=clusters_of(names, verdicts.label),
        confidence=dict(zip(names, verdicts.confidence.tolist(), strict=True)),
        method=dict(zip(names, verdicts.method, strict=True)),
        rule_version=seen.state.rule_version,
        stale_overrides=decisions.stale,
    )


def _up_to_date(
    state: MatchState, changed: list[AnimeRecord], gone: list[Name], weights: Weights
) -> tuple[Remembered, Corpus]:
    """Today's records beside the state, and those of them that are new to it as a corpus.

    When other weights made the state, or when a source turns out to give seasons for days, or no longer does, every
    record is new.
    """
    before = state.catalogue
    if state.rule_version == weights.rule_version:
        corpus = build_corpus(changed, before.coarse if before.names else None)
        new = catalogue_of(corpus, weights.rarity)
        if not before.names:
            return Remembered(state, new, np.full(len(new.names), -1)), corpus
        today, came_from = merged(before, new, gone)
        if today.coarse == before.coarse:
            return Remembered(state, today, came_from), corpus
    leaving = {*gone, *(record.name for record in changed)}
    staying = [at for at, name in enumerate(before.names) if name not in leaving]
    everyone = [*map(record_of, before.texts.read(staying)), *changed]
    return _up_to_date(empty_state(weights.rule_version), everyone, [], weights)


def _candidates(catalogue: Catalogue, lists: Links, ruling: Rulings) -> tuple[Ints, Ints]:
    """The candidate pairs and those people decided on, and the rows of the latter."""
    names = (catalogue.base, catalogue.key, catalogue.title_record)
    claimed = catalogue.claims.pairs(catalogue.name, catalogue.source)
    return with_decided(all_ways(catalogue, names, lists, claimed, Blocking()), ruling)


@dataclass(frozen=True)
class _Read:
    """Records whose titles were taken apart in this run: their positions, and themselves in that order."""

    members: Ints
    corpus: Corpus


def _first_look(seen: Remembered, fresh: Corpus, pairs: Ints, known: Ints, weights: Weights) -> tuple[FirstLook, _Read]:
    """The evidence and first look of all pairs, titles counted from their record's first; what was read for that."""
    catalogue, state, old = seen.catalogue, seen.state, known >= 0
    claim = catalogue.claims.relation(catalogue.name, catalogue.source, digests(catalogue.sources), pairs)
    values, first = of_before(state.values, known), of_before(state.first, known)
    left, right = of_before(state.left_title, known), of_before(state.right_title, known)
    members, place = np.unique(pairs[~old], return_inverse=True)
    part, local = _part(seen, fresh, members), place.reshape(-1, 2).astype(np.int64)
    if len(local):
        evidence = gather_evidence(part, local, weights.rarity)
        values[~old], first[~old] = evidence.values, weights.first.log_odds(evidence.values)
        for side, titles, into in ((0, evidence.left_title, left), (1, evidence.right_title, right)):
            into[~old] = np.where(titles >= 0, titles - part.first[local[:, side]], -1)
    relatives = catalogue.relations.relatives(catalogue.name)
    return FirstLook(catalogue.source, pairs, Evidence(values, left, right), claim, first, relatives), _Read(
        members, part
    )


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


def _local(seen: Remembered, fresh: Corpus, read: _Read, told: Told) -> tuple[Corpus, Told]:
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


def _pair_name(state: MatchState, row: int) -> PairName:
    left, right = state.pairs[row].tolist()
    return (*state.catalogue.names[left], *state.catalogue.names[right])


def _state_after(catalogue: Catalogue, lists: Links, scored: ScoredPairs, told: Ints, weights: Weights) -> MatchState:
    """What is kept of a run."""
    second = np.full(len(scored.pairs), np.nan)
    second[scored.passing] = scored.second
    return MatchState(
        rule_version=weights.rule_version,
        catalogue=catalogue,
        lists=lists,
        pairs=scored.pairs,
        values=scored.evidence.values,
        left_title=scored.evidence.left_title,
        right_title=scored.evidence.right_title,
        first=scored.first,
        second=second,
        context=scored.context if len(scored.context) else np.empty((0, len(CONTEXT_FEATURES)), dtype=np.float32),
        verdict=told,
    )
