"""What is learned from: candidate pairs of records whose works are known, with evidence, labels and folds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.assignment import assign
from matching.blocking import candidate_pairs, unique_pairs
from matching.corpus import Corpus, build_corpus
from matching.crossids import claim_relation
from matching.dimming import Dimming, dimmed, unevenly_kept
from matching.errors import TrainingError
from matching.features import Evidence, gather_evidence
from matching.learning import folds_of, franchises
from matching.measure import SAME, Figures, Truth, Work
from matching.rarity import Rarity, learn_rarity
from matching.records import AnimeRecord

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: takes one line of progress
Progress = Callable[[str], None]

#: fewer known pairs teach nothing
FEWEST_PAIRS = 100


@dataclass(frozen=True)
class Recipe:
    """How to learn; each value was chosen by cross-validation over franchises on 32,000 records.

    Pairs the truth is silent about are taken as different: most are, and links to them are not free. `dimmings` are
    further tellings of the same records that say less. `replicas` extra passes each take away the share `dropped`
    of all records; `shuffled` is the share of cross ids that is wrong while their worth is learned. `accept` and
    `review` are log-odds: two in five, and one in ten.
    """

    seed: int = 42
    folds: int = 5
    first_rounds: int = 75
    second_rounds: int = 75
    dimmings: tuple[Dimming, ...] = (Dimming(1.0, 0.0), Dimming(0.7, 0.35))
    replicas: int = 4
    dropped: float = 0.3
    shuffled: float = 0.02
    passing: float = -6.5
    accept: float = -0.5
    review: float = -2.2


@dataclass(frozen=True)
class View:
    """One telling of the records, and what it says about each candidate pair."""

    corpus: Corpus
    evidence: Evidence


@dataclass(frozen=True)
class Lesson:
    """Everything learning needs about the candidate pairs: labels as in `measure`, folds of both records.

    The first view is the records as they are, without cross ids. Pairs that are not `taught` are judged but not
    learned from.
    `claim` is what cross ids would say of each pair, a few of them wrong; the pairs that wrong ones would name are
    among the candidates.
    """

    views: tuple[View, ...]
    truth: Truth
    pairs: Ints
    label: Ints
    taught: NDArray[np.bool_]
    fold: Ints
    claim: Ints
    rarity: Rarity

    @property
    def corpus(self) -> Corpus:
        """The records as they are."""
        return self.views[0].corpus

    @property
    def evidence(self) -> Evidence:
        """The evidence of the records as they are."""
        return self.views[0].evidence

    @property
    def same(self) -> NDArray[np.bool_]:
        """Which pairs are known to be one work."""
        return np.asarray(self.label == SAME)

    def figures(self, gain: Floats) -> Figures:
        """How right the assignment by the `gain` of each pair is."""
        label = assign(self.corpus.source, self.pairs, gain)
        clusters: dict[int, list[tuple[str, str]]] = {}
        for record, number in zip(self.corpus.records, label.tolist(), strict=True):
            clusters.setdefault(number, []).append(record.name)
        return self.truth.measure(clusters.values())


def prepare(records: Iterable[AnimeRecord], works: Iterable[Work], recipe: Recipe, say: Progress = print) -> Lesson:
    """The candidate pairs of labelled records with their evidence.

    Pairs of sources between which no work is known are not learned from: silence does not tell them apart.

    Raises:
        TrainingError: fewer than a hundred known pairs; nothing can be learned from that.
    """
    blind = [replace(record, claimed=()) for record in records]
    corpus, truth = build_corpus(blind), Truth(works)
    rarity = learn_rarity(corpus.titles.base, corpus.titles.spaced)
    claiming = _claiming(corpus, truth, recipe)
    wrong = _wrong_claims(claiming, truth)
    pairs = unique_pairs(np.concatenate([candidate_pairs(corpus, rarity), wrong]))
    names = [record.name for record in corpus.records]
    label = np.fromiter((truth.relation(names[a], names[b]) for a, b in pairs.tolist()), dtype=np.int64)
    known = int((label == SAME).sum())
    if known < FEWEST_PAIRS:
        raise TrainingError(f"only {known} known pairs among the candidates; {FEWEST_PAIRS} are needed")
    say(f"{len(names):,} records, {len(pairs):,} candidate pairs, {known:,} of them known to be one work")
    views = [View(corpus, gather_evidence(corpus, pairs, rarity))]
    views += [_dimmed_view(corpus, pairs, rarity, *item, recipe.seed) for item in enumerate(recipe.dimmings, start=1)]
    say(f"evidence gathered, and {len(views) - 1} times more with details hidden")
    fold = folds_of(franchises(corpus, pairs[label == SAME]), recipe.folds, recipe.seed)
    taught = _taught(corpus, pairs, label)
    claim = claim_relation(claiming, pairs)
    return Lesson(tuple(views), truth, pairs, label, taught, fold[pairs], claim, rarity)


def _claiming(corpus: Corpus, truth: Truth, recipe: Recipe) -> Corpus:
    """The records naming the ids of their works' records in later sources, some of the ids shuffled."""
    named: list[tuple[int, str, str]] = []
    for at, record in enumerate(corpus.records):
        work = truth.works[truth.row[record.name]] if record.name in truth.row else {}
        named += [(at, source, ident) for source, ident in sorted(work.items()) if source > record.source]
    random = np.random.default_rng(recipe.seed)
    wrong = np.flatnonzero(random.random(len(named)) < recipe.shuffled)
    ident = [one for _, _, one in named]
    for source in corpus.sources:
        places = [at for at in wrong.tolist() if named[at][1] == source]
        for at, other in zip(places, random.permutation(places).tolist(), strict=True):
            ident[at] = named[int(other)][2]
    claims: dict[int, list[tuple[str, str]]] = {}
    for (at, source, _), one in zip(named, ident, strict=True):
        claims.setdefault(at, []).append((source, one))
    told = tuple(replace(one, claimed=tuple(claims.get(at, ()))) for at, one in enumerate(corpus.records))
    return replace(corpus, records=told)


def _wrong_claims(claiming: Corpus, truth: Truth) -> Ints:
    """Pairs that only a wrong id names."""
    place = {record.name: at for at, record in enumerate(claiming.records)}
    pairs = [
        (at, place[claim])
        for at, record in enumerate(claiming.records)
        for claim in record.claimed
        if claim in place and truth.relation(record.name, claim) != SAME
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _dimmed_view(corpus: Corpus, pairs: Ints, rarity: Rarity, number: int, dimming: Dimming, seed: int) -> View:
    """The same pairs of records that say less."""
    told = dimmed(corpus.records, dimming, unevenly_kept(corpus.records), seed + number)
    other = build_corpus(told)
    return View(other, gather_evidence(other, pairs, rarity))


def _taught(corpus: Corpus, pairs: Ints, label: Ints) -> NDArray[np.bool_]:
    """Which pairs are of two sources between which works are known."""
    between = np.sort(corpus.source[pairs], axis=1) @ np.array([len(corpus.sources), 1])
    return np.isin(between, between[label == SAME])
