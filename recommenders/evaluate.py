"""Models measured on a split: fit on what is shown, rank the whole catalogue, compare with what is hidden.

The one rule: a model sees `split.train` and `split.rows` and nothing else; the hidden part is opened after its
lists exist.
"""

import copy
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommenders.base import Recommender
from recommenders.errors import LeakageError, NotEnoughDataError, RecommenderError
from recommenders.features import ItemFeatures
from recommenders.interactions import Keys
from recommenders.measuring import MetricRow, measure
from recommenders.metrics import BASELINE, CUTOFFS, UserMetrics
from recommenders.progress import Progress
from recommenders.protocols import Turns
from recommenders.ranking import Recommendations, recommend
from recommenders.splitting import Split


@dataclass(frozen=True)
class Evaluation:
    """What one model did on one split.

    Attributes:
        name: the model's.
        lists: top lists of the evaluated users, in the order of `split.evaluated`.
        users: each evaluated user's metrics, for paired comparisons.
        metrics: the table rows; empty when nobody had anything hidden.
        fit_seconds: training time on the split.
        rank_seconds: time for scoring and ranking all lists.
    """

    name: str
    lists: Recommendations
    users: UserMetrics
    metrics: tuple[MetricRow, ...]
    fit_seconds: float
    rank_seconds: float


def evaluate(
    model: Recommender,
    split: Split,
    items: ItemFeatures | None = None,
    allowed: NDArray[np.bool_] | None = None,
    *,
    depth: int = 100,
    samples: int = 1000,
    clock: Callable[[], float] = time.perf_counter,
) -> Evaluation:
    """The model's metrics on the split; the model stays fitted on the split's training part.

    Args:
        model: not fitted yet.
        split: what it may see, and what is hidden.
        items: descriptions, for the models that read them.
        allowed: bool (n_items,); items that may be recommended. What is hidden among the others still
            counts as missed.
        depth: length of the lists, at least the largest cutoff.
        samples: bootstrap resamples of the intervals.
        clock: gives seconds.

    Raises:
        NotEnoughDataError: the model cannot learn from this input.
        LeakageError: its lists hold what it was given.
    """
    lists, fit_seconds, rank_seconds = _asked(model, split, items, allowed, depth, clock)
    users, metrics = measure(lists, split, allowed, _franchise(items), samples=samples)
    return Evaluation(model.name, lists, users, metrics, fit_seconds, rank_seconds)


def evaluate_in_turns(
    model: Recommender,
    turns: Turns,
    items: ItemFeatures | None = None,
    allowed: NDArray[np.bool_] | None = None,
    *,
    depth: int = 100,
    samples: int = 1000,
    clock: Callable[[], float] = time.perf_counter,
    say: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """The model's metrics over the users of all parts; it is taught anew for each, and stays as it was.

    Args:
        model: not fitted yet.
        turns: what it may see each time, and what is hidden.
        items: descriptions, for the models that read them.
        allowed: bool (n_items,); items that may be recommended.
        depth: length of the lists, at least the largest cutoff.
        samples: bootstrap resamples of the intervals.
        clock: gives seconds, which are added up.
        say: hears how many parts are done, now and then.

    Raises:
        NotEnoughDataError: the model cannot learn from a part.
        LeakageError: a list holds what the model was given of its user.
    """
    told = Progress(f"groups of users have asked {model.name}", say, clock)
    parts: list[tuple[Recommendations, float, float]] = []
    told(0, len(turns.parts))
    for part in turns.parts:
        parts.append(_asked(copy.copy(model), part, items, allowed, depth, clock))
        told(len(parts), len(turns.parts))
    order = np.argsort(np.concatenate([part.evaluated for part in turns.parts]))
    keys, listed, scores = (
        np.concatenate([getattr(lists, side) for lists, _, _ in parts])[order]
        for side in ("user_keys", "items", "scores")
    )
    lists = Recommendations(keys, listed, scores)
    users, metrics = measure(lists, turns.whole, allowed, _franchise(items), samples=samples)
    return Evaluation(model.name, lists, users, metrics, sum(part[1] for part in parts), sum(part[2] for part in parts))


def _franchise(items: ItemFeatures | None) -> Keys | None:
    """The franchise of each item; None where none is known."""
    return items.franchise if items is not None and np.any(items.franchise >= 0) else None


def _asked(
    model: Recommender,
    split: Split,
    items: ItemFeatures | None,
    allowed: NDArray[np.bool_] | None,
    depth: int,
    clock: Callable[[], float],
) -> tuple[Recommendations, float, float]:
    """The lists of the evaluated users by the model, taught here, and the seconds of teaching and of ranking."""
    started = clock()
    model.fit(split.train, items)
    fitted = clock()
    lists = recommend(model, split.rows.take(split.evaluated), max(depth, *CUTOFFS), allowed)
    return lists, fitted - started, clock() - fitted


def evaluate_all(
    models: Iterable[Recommender],
    split: Split | Turns,
    items: ItemFeatures | None = None,
    allowed: NDArray[np.bool_] | None = None,
    *,
    samples: int = 1000,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[list[Evaluation], dict[str, str]]:
    """The evaluations of all models that could learn, and of the others name -> reason.

    `say` hears of each model that is taught in turns how many are done; the rest is as for `evaluate`.

    Raises:
        LeakageError: as `evaluate`; it is nothing about one model.
    """
    done, skipped = [], {}
    for model in models:
        try:
            if isinstance(split, Turns):
                done.append(evaluate_in_turns(model, split, items, allowed, samples=samples, say=say))
            else:
                done.append(evaluate(model, split, items, allowed, samples=samples))
        except LeakageError:
            raise
        except RecommenderError as error:
            skipped[model.name] = str(error)
    return done, skipped


def best(evaluations: Iterable[Evaluation], metric: str = "ndcg", k: int = 10) -> Evaluation:
    """The evaluation with the highest mean; a tie goes to popularity, then to the first name.

    So popularity is also what remains where nobody could be evaluated.

    Raises:
        NotEnoughDataError: there is no evaluation at all.
    """
    order = sorted(evaluations, key=lambda one: (one.name != BASELINE, one.name))
    if not order:
        raise NotEnoughDataError("no model could be trained on this input")
    return max(order, key=lambda one: one.users.mean(metric, k))
