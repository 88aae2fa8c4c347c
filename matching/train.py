"""Learning the weights from known works, reproducibly: `python -m matching.train RECORDINGS [--output FILE]`.

Steps: candidate pairs and their evidence; a first look learned on all pairs; its out-of-fold verdicts give every
pair's rivals; a second look learned on evidence and rivals, also with random records taken away so that it meets
records whose counterpart is missing; the worth of cross ids, learned with some of them shuffled. Franchises are
never split between learning and judging. Same input and seed, same weights.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.assignment import assign
from matching.blocking import candidate_pairs
from matching.context import gather_context
from matching.corpus import Corpus, build_corpus
from matching.errors import MatchingError, TrainingError
from matching.features import FEATURES, Evidence, gather_evidence
from matching.labelled import read_labelled
from matching.learning import fit_trees, folds_of, franchises, out_of_fold
from matching.measure import SAME, UNKNOWN, Figures, Truth, Work
from matching.records import AnimeRecord
from matching.scoring import VETOED
from matching.vetoes import apply_vetoes
from matching.weights import SECOND_FEATURES, Weights, rule_version, save_weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """How to learn; each value was chosen by cross-validation over franchises on 32,000 records.

    `unknown` is the weight of pairs the truth is silent about, taken as different: most are, and links to them
    are not free. `replicas` extra passes each take away the share `dropped` of all records.
    """

    seed: int = 42
    folds: int = 5
    first_rounds: int = 150
    second_rounds: int = 150
    unknown: float = 1.0
    replicas: int = 6
    dropped: float = 0.3
    passing: float = -6.5
    accept: float = -1.75
    review: float = -4.0
    claim_agrees: float = 6.0
    claim_contradicts: float = -3.0


@dataclass(frozen=True)
class Lesson:
    """Everything learning needs about the candidate pairs: labels as in `measure`, folds of both records."""

    corpus: Corpus
    truth: Truth
    pairs: Ints
    evidence: Evidence
    label: Ints
    weight: Floats
    fold: Ints


def prepare(records: Iterable[AnimeRecord], works: Iterable[Work], recipe: Recipe) -> Lesson:
    """The candidate pairs of labelled records with their evidence.

    Raises:
        TrainingError: fewer than a hundred known pairs; nothing can be learned from that.
    """
    corpus = build_corpus(records)
    pairs, truth = candidate_pairs(corpus), Truth(works)
    names = [record.name for record in corpus.records]
    label = np.fromiter((truth.relation(names[a], names[b]) for a, b in pairs.tolist()), dtype=np.int64)
    if int((label == SAME).sum()) < 100:
        raise TrainingError(f"only {int((label == SAME).sum())} known pairs among the candidates; 100 are needed")
    fold = folds_of(franchises(corpus, pairs[label == SAME]), recipe.folds, recipe.seed)
    weight = np.where(label == UNKNOWN, recipe.unknown, 1.0)
    return Lesson(corpus, truth, pairs, gather_evidence(corpus, pairs), label, weight, fold[pairs])


def train(lesson: Lesson, recipe: Recipe) -> tuple[Weights, Figures]:
    """The weights learned from everything, and the figures of the same recipe out of fold."""
    values, same = lesson.evidence.values, np.asarray(lesson.label == SAME)
    first_look, _ = out_of_fold(values, same, lesson.weight, lesson.fold, FEATURES, recipe.first_rounds, recipe.seed)
    first = fit_trees(values, same, lesson.weight, FEATURES, recipe.first_rounds, recipe.seed)
    kept = np.flatnonzero((first_look >= recipe.passing) | (lesson.evidence.column("names_equal") > 0))
    vetoed = np.asarray(apply_vetoes(lesson.evidence).any(axis=1))
    first_look = np.where(vetoed, VETOED, first_look)
    rows, context = _with_replicas(lesson, kept, first_look, recipe)
    seen = np.hstack([values[rows], context])
    second = fit_trees(seen, same[rows], lesson.weight[rows], SECOND_FEATURES, recipe.second_rounds, recipe.seed)
    verdict = _judge(lesson, recipe, rows, seen, len(kept))
    verdict = np.where(vetoed[kept], VETOED, verdict)
    weights = Weights(
        first=first,
        second=second,
        claim_agrees=recipe.claim_agrees,
        claim_contradicts=recipe.claim_contradicts,
        passing=recipe.passing,
        accept=recipe.accept,
        review=recipe.review,
    )
    return weights, figures(lesson, kept, verdict - recipe.accept)


def _with_replicas(lesson: Lesson, kept: Ints, first_look: Floats, recipe: Recipe) -> tuple[Ints, NDArray[np.float32]]:
    """Rows of the kept pairs with their context: as they are first, then with random records taken away."""
    random = np.random.default_rng(recipe.seed)
    rows, contexts = [kept], [gather_context(lesson.corpus, lesson.pairs[kept], first_look[kept])]
    for _ in range(recipe.replicas):
        present = random.random(len(lesson.corpus.records)) >= recipe.dropped
        left = kept[present[lesson.pairs[kept]].all(axis=1)]
        rows.append(left)
        contexts.append(gather_context(lesson.corpus, lesson.pairs[left], first_look[left]))
    return np.concatenate(rows), np.concatenate(contexts)


def _judge(lesson: Lesson, recipe: Recipe, rows: Ints, seen: NDArray[np.float32], count: int) -> Floats:
    """Out-of-fold verdicts of the second look for the first `count` rows, those without anything taken away."""
    verdict, _ = out_of_fold(
        seen,
        np.asarray(lesson.label[rows] == SAME),
        lesson.weight[rows],
        lesson.fold[rows],
        SECOND_FEATURES,
        recipe.second_rounds,
        recipe.seed,
    )
    return verdict[:count]


def figures(lesson: Lesson, kept: Ints, gain: Floats) -> Figures:
    """How right the assignment by `gain` of the kept pairs is; pairs that never were candidates count as missed."""
    label = assign(lesson.corpus.source, lesson.pairs[kept], gain)
    clusters: dict[int, list[tuple[str, str]]] = {}
    for record, number in zip(lesson.corpus.records, label.tolist(), strict=True):
        clusters.setdefault(number, []).append(record.name)
    return lesson.truth.measure(clusters.values())


def main(arguments: Sequence[str] | None = None, recipe: Recipe | None = None) -> int:
    """Train from a recordings directory and write the weights; exit status 0, or 2 with a message on wrong input."""
    parser = argparse.ArgumentParser(prog="python -m matching.train", description=__doc__)
    parser.add_argument("recordings", type=Path, help="a recordings directory with identity/truth.csv")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("weights.json"))
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    chosen = parser.parse_args(arguments)
    recipe = replace(recipe or Recipe(), seed=chosen.seed)
    try:
        lesson = prepare(*read_labelled(chosen.recordings), recipe)
        weights, result = train(lesson, recipe)
        save_weights(weights, chosen.output)
    except (MatchingError, OSError) as problem:
        print(f"train: {problem}", file=sys.stderr)
        return 2
    print(f"rule version {rule_version(weights.as_json())} written to {chosen.output}")
    print(f"out of fold: F1 {result.f1:.5f}, strict precision {result.strict_precision:.4f}, {result}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
