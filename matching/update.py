"""Matching anew after some records changed: what a full run would say, for the work that the change is worth.

The one rule: nothing is decided otherwise here. The steps are those of `match`; an answer of the run before is taken
over where everything it rests on is the same, and the cheap steps are simply done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.blocking import Blocking, all_ways
from matching.catalogue import Catalogue, catalogue_of, changes, merged
from matching.collecting import no_garbage_search
from matching.context import CONTEXT_FEATURES
from matching.corpus import Corpus, build_corpus
from matching.match import feature_columns, tell, with_decided
from matching.nearest import Links
from matching.overrides import Decisions, Name, Override, decide
from matching.records import AnimeRecord
from matching.recordtexts import record_of
from matching.remembered import Remembered
from matching.report import pair_columns
from matching.rereading import first_look, for_telling
from matching.scoring import ScoredPairs, judge
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
    given = tuple(overrides)
    place = {name: at for at, name in enumerate(catalogue.names)} if given else {}
    decisions = decide(given, frozenset(place), on=on)
    ruling = rulings(decisions, place)
    lists = seen.lists(Blocking())
    pairs, named = _candidates(catalogue, lists, ruling)
    known = seen.rows(pairs)
    looked, read = first_look(seen, fresh, pairs, known, weights)
    scored = judge(looked, weights, seen.second_look(known, weights), named)
    verdicts = settle(catalogue.source, scored, ruling, weights)
    told = verdict_rows(catalogue.name, scored, verdicts)
    rows = _to_tell(seen, known, told, verdicts.ruled)
    local = for_telling(seen, fresh, read, tell(scored, verdicts, catalogue.names, rows))
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
    decided: list[object] = list(map(DECISIONS.__getitem__, verdicts.decision.tolist()))
    return Update(
        pairs=told,
        features=feature_columns(scored.rows(rows)),
        removed=[_pair_name(seen.state, row) for row in seen.removed(scored.pairs).tolist()],
        everything={"score": verdicts.score.tolist(), "decision": decided},
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
        vetoes=scored.vetoes,
        strong=scored.strong,
        thin=scored.thin,
        first=scored.first,
        second=second,
        context=scored.context if len(scored.context) else np.empty((0, len(CONTEXT_FEATURES)), dtype=np.float32),
        verdict=told,
    )
