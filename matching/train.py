"""Learning the weights from known works, reproducibly: `python -m matching.train RECORDINGS [--output FILE]`.

Steps: candidate pairs and their evidence, also with details of the records hidden; a first look learned on all
pairs; its out-of-fold verdicts give every pair's rivals; a second look learned on evidence and rivals, also with
random records taken away so that it meets records whose counterpart is missing; what the verdicts and cross ids are
worth as probabilities, learned out of fold with some of the ids shuffled. Franchises are never split between
learning and judging. Same input and seed, same weights.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.blindtest import works_of_claims
from matching.calibration import Calibration, fit_calibration
from matching.context import gather_context
from matching.crossids import ABSENT, AGREES
from matching.errors import MatchingError
from matching.features import FEATURES
from matching.labelled import read_labelled
from matching.learning import fit_trees, out_of_fold
from matching.lesson import Lesson, Progress, Recipe, View, prepare
from matching.measure import UNKNOWN, Bin, Figures, reliability
from matching.records import AnimeRecord
from matching.relations import relations_of
from matching.scoring import VETOED, FirstLook, Looked, ScoredPairs, first_look, judge
from matching.trees import Ensemble
from matching.verdicts import gain
from matching.vetoes import apply_vetoes
from matching.weights import SECOND_FEATURES, Weights, rule_version, save_weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Values = NDArray[np.float32]


@dataclass(frozen=True)
class Training:
    """What was learned, and how right it is where it was not learned from.

    `figures` are out of fold and without cross ids; `reliability` compares predicted and observed shares of known
    pairs; `labelled_pairs` counts the known pairs, `source_pairs` the same by the two sources. Of the pairs of sources
    in `unjudged` no works are known: of them nothing was learned, and the figures say nothing.
    """

    weights: Weights
    figures: Figures
    reliability: tuple[Bin, ...]
    labelled_pairs: int
    source_pairs: dict[tuple[str, str], int]
    unjudged: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Rows:
    """Pairs to learn the second look from: row numbers of the candidates and what is seen of each."""

    rows: Ints
    seen: Values


def train(lesson: Lesson, recipe: Recipe, say: Progress = print) -> Training:
    """The weights learned from everything, and the figures of the same recipe out of fold."""
    judged, first = _first_look(lesson, recipe)
    say("first look learned")
    views = zip(lesson.views, judged, strict=True)
    parts = [_second_rows(lesson, view, look, recipe, number) for number, (view, look) in enumerate(views)]
    told = _Rows(np.concatenate([part.rows for part in parts]), np.concatenate([part.seen for part in parts]))
    kept = _kept(lesson.views[0], judged[0], recipe)
    raw, second = _second_look(lesson, told, len(kept), recipe)
    say("second look learned")
    calibration = _calibrate(lesson, kept, raw, judged[0])
    weights = Weights(
        first=first,
        second=second,
        rarity=lesson.rarity,
        calibration=calibration,
        passing=recipe.passing,
        accept=recipe.accept,
        review=recipe.review,
    )
    weights = replace(weights, rule_version=rule_version(weights.as_json()))
    found = _verdicts(lesson, weights, raw, judged[0])
    known = kept[lesson.label[kept] != UNKNOWN]
    bins = reliability(1 / (1 + np.exp(-found.log_odds[known])), lesson.same[known])
    figures = lesson.figures(gain(found.log_odds, found.passing, recipe.accept))
    pairs = lesson.truth.pairs()
    counts = _by_sources(pairs)
    unjudged = tuple(pair for pair in combinations(sorted(lesson.corpus.sources), 2) if pair not in counts)
    return Training(weights, figures, bins, len(pairs), counts, unjudged)


def train_on_claims(
    records: Iterable[AnimeRecord], *, seed: int = 42, progress: Progress = print, recipe: Recipe | None = None
) -> Training:
    """Weights learned from the ids that records name of their counterparts, a few of which may be wrong.

    The ids are labels only and hidden from the evidence. Pairs of sources between which nobody names ids are judged
    by what the others teach.

    Raises:
        TrainingError: fewer than a hundred records name a counterpart that is at hand.
    """
    given = list(records)
    recipe = replace(recipe or Recipe(), seed=seed)
    return train(prepare(given, works_of_claims(given), recipe, progress), recipe, progress)


def _first_look(lesson: Lesson, recipe: Recipe) -> tuple[list[Floats], Ensemble]:
    """Out-of-fold verdicts on the pairs alone, one array per view, and the trees learned from all of them."""
    many = len(lesson.views)
    values = np.concatenate([view.evidence.values for view in lesson.views])
    same, taught = np.tile(lesson.same, many), np.tile(lesson.taught, many)
    fold = np.tile(lesson.fold, (many, 1))
    judged, _ = out_of_fold(values, same, taught, fold, FEATURES, recipe.first_rounds, recipe.seed)
    trees = fit_trees(values[taught], same[taught], FEATURES, recipe.first_rounds, recipe.seed)
    return np.split(judged, many), trees


def _kept(view: View, first: Floats, recipe: Recipe) -> Ints:
    """Rows of the candidates that get a second look."""
    return np.flatnonzero((first >= recipe.passing) | (view.evidence.column("names_equal") > 0))


def _second_rows(lesson: Lesson, view: View, first: Floats, recipe: Recipe, number: int) -> _Rows:
    """The kept pairs of a view with their context: as they are first, then with random records taken away."""
    random = np.random.default_rng([recipe.seed, number])
    kept = _kept(view, first, recipe)
    first = np.where(apply_vetoes(view.evidence).any(axis=1), VETOED, first)
    rows = [kept]
    for _ in range(recipe.replicas):
        present = random.random(len(view.corpus.records)) >= recipe.dropped
        rows.append(kept[present[lesson.pairs[kept]].all(axis=1)])
    contexts = [gather_context(view.corpus, lesson.pairs[left], first[left]) for left in rows]
    every = np.concatenate(rows)
    return _Rows(every, np.hstack([view.evidence.values[every], np.concatenate(contexts)]))


def _second_look(lesson: Lesson, told: _Rows, count: int, recipe: Recipe) -> tuple[Floats, Ensemble]:
    """Out-of-fold verdicts of the second look for the first `count` rows, and the trees learned from all."""
    same, taught, rounds = lesson.same[told.rows], lesson.taught[told.rows], recipe.second_rounds
    fold = lesson.fold[told.rows]
    judged, _ = out_of_fold(told.seen, same, taught, fold, SECOND_FEATURES, rounds, recipe.seed)
    return judged[:count], fit_trees(told.seen[taught], same[taught], SECOND_FEATURES, rounds, recipe.seed)


def _calibrate(lesson: Lesson, kept: Ints, raw: Floats, first: Floats) -> Calibration:
    """The lines of known pairs: without cross ids, and with what the ids say of which a few are wrong.

    Pairs that only an id names had no second look; their first one stands for it.
    """
    judged = first.copy()
    judged[kept] = raw
    looked = np.zeros(len(first), dtype=bool)
    looked[kept] = True
    known = lesson.label != UNKNOWN
    blind, told = known & looked, known & (looked | (lesson.claim == AGREES)) & (lesson.claim != ABSENT)
    chosen = np.concatenate([np.flatnonzero(blind), np.flatnonzero(told)])
    relation = np.concatenate([np.full(int(blind.sum()), ABSENT), lesson.claim[told]])
    return fit_calibration(judged[chosen], lesson.same[chosen], relation)


def _verdicts(lesson: Lesson, weights: Weights, raw: Floats, first: Floats) -> ScoredPairs:
    """The candidates as they are judged without ids and relations, by looks out of fold: `raw` are the second ones."""
    nobody, alone = np.full(len(first), ABSENT), relations_of(()).relatives(lesson.corpus.name)
    looked = first_look(lesson.corpus, lesson.pairs, lesson.evidence, nobody, first, alone)

    def look(_: FirstLook, rows: Ints, __: Floats) -> Looked:
        return np.empty((len(rows), 0), dtype=np.float32), raw

    return judge(looked, weights, look)


def _by_sources(pairs: Sequence[tuple[tuple[str, str], tuple[str, str]]]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for one, two in pairs:
        key = (one[0], two[0])
        counts[key] = counts.get(key, 0) + 1
    return counts


def main(arguments: Sequence[str] | None = None, recipe: Recipe | None = None) -> int:
    """Train from a recordings directory and write the weights; exit status 0, or 2 with a message on wrong input."""
    parser = argparse.ArgumentParser(prog="python -m matching.train", description=__doc__)
    parser.add_argument("recordings", type=Path, help="a recordings directory with identity/truth.csv")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("weights.json"))
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    chosen = parser.parse_args(arguments)
    recipe = replace(recipe or Recipe(), seed=chosen.seed)
    try:
        training = train(prepare(*read_labelled(chosen.recordings), recipe), recipe)
        save_weights(training.weights, chosen.output)
    except (MatchingError, OSError) as problem:
        print(f"train: {problem}", file=sys.stderr)
        return 2
    result = training.figures
    print(f"rule version {training.weights.rule_version} written to {chosen.output}")
    print(f"out of fold: F1 {result.f1:.5f}, strict precision {result.strict_precision:.4f}, {result}")
    for one in training.reliability:
        print(f"{one.low:.0%}-{one.high:.0%}: {one.pairs} pairs, {one.predicted:.3f} said, {one.observed:.3f} true")
    return 0


if __name__ == "__main__":
    sys.exit(main())
