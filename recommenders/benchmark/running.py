"""Our models under the published protocol: several splits, each model taught and measured on each.

The one rule: formulas are those of the published benchmark, which names them; where they differ from
`recommenders.metrics` this file says how.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from recommenders.base import Recommender
from recommenders.benchmark.published import Figures, configured
from recommenders.errors import RecommenderError
from recommenders.interactions import Interactions
from recommenders.metrics import user_metrics
from recommenders.protocols import stratified_by_item
from recommenders.ranking import recommend
from recommenders.splitting import Split

K = 10


@dataclass(frozen=True)
class Result:
    """What one model reached.

    Attributes:
        model: its name.
        splits: the figures of each split, in the order of the seeds.
        fit_seconds: mean training time of a split.
        skipped: why it could not be taught; '' = it was.
    """

    model: str
    splits: tuple[Figures, ...]
    fit_seconds: float
    skipped: str = ""

    def mean(self, metric: str) -> float:
        """The mean over the splits of map, ndcg, precision or recall."""
        return float(np.mean([getattr(one, metric) for one in self.splits]))

    def spread(self, metric: str) -> float:
        """The standard deviation over the splits."""
        return float(np.std([getattr(one, metric) for one in self.splits]))


def run_published(
    interactions: Interactions,
    models: Iterable[type[Recommender]],
    seeds: Iterable[int],
    told: Callable[[str], None] = lambda _: None,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Result]:
    """The results of the models on splits that know 75 % of each item's ratings, best mean NDCG first.

    Args:
        interactions: every rating of the data set.
        models: those to measure; one that cannot learn from ratings alone is skipped, and says why.
        seeds: one for each split.
        told: hears what is going on.
        clock: gives seconds.
    """
    splits = {seed: stratified_by_item(interactions, 0.75, seed) for seed in seeds}
    results = [_run(model, splits, told, clock) for model in models]
    return sorted(results, key=lambda one: (bool(one.skipped), -one.mean("ndcg") if one.splits else 0.0, one.model))


def figures(model: Recommender, split: Split) -> Figures:
    """The published figures of a fitted model at 10, over every user with a hidden rating.

    Relevance is binary: DCG with any logarithm over the ideal DCG of min(10, |R|) hits, precision by 10,
    recall by |R|, as in `recommenders.metrics`. MAP is Spark's: the precisions at the hits are divided by |R|,
    not by min(10, |R|). Only items known in training are recommended.

    Source:
        `recommenders/evaluation/python_evaluation.py` of github.com/recommenders-team/recommenders:
        ndcg_at_k (score_type "binary"), map, precision_at_k, recall_at_k.
    """
    rows = split.evaluated
    known = np.asarray(split.train.seen.sum(axis=0)).ravel() > 0
    lists = recommend(model, split.rows.take(rows), K, known)
    hidden = split.held_out[rows]
    users, relevant = user_metrics(lists.items, hidden, (K,)), np.diff(hidden.indptr)
    by_all = users.column("map", K) * np.minimum(K, relevant) / relevant
    ndcg, precision, recall = (users.mean(metric, K) for metric in ("ndcg", "precision", "recall"))
    return Figures(float(by_all.mean()), ndcg, precision, recall)


def _run(
    model: type[Recommender], splits: dict[int, Split], told: Callable[[str], None], clock: Callable[[], float]
) -> Result:
    """One model on every split."""
    found, seconds = [], []
    for seed, split in splits.items():
        told(f"{model.name}, split {seed}")
        started = clock()
        try:
            fitted = configured(model, seed).fit(split.train)
        except RecommenderError as problem:
            return Result(model.name, (), 0.0, str(problem))
        seconds.append(clock() - started)
        found.append(figures(fitted, split))
    return Result(model.name, tuple(found), float(np.mean(seconds)) if seconds else 0.0)
