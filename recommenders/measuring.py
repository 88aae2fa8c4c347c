"""Lists and what was hidden to the rows of `fact_model_metric`: every model, every segment, with intervals.

The one rule: all models are measured on the same users with the same resamples, so that any two can be
compared user by user.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommenders.beyond_accuracy import Subjects, calibration_kl, intra_list_diversity, tastes
from recommenders.errors import InvalidInputError, LeakageError
from recommenders.interactions import Keys
from recommenders.intervals import means
from recommenders.metrics import BASELINE, CUTOFFS, HEADLINE, Doubles, UserMetrics, list_metrics, user_metrics
from recommenders.ranking import Recommendations
from recommenders.segments import DISCOVERY, Segment, segments
from recommenders.splitting import Split

BEST_SINGLE = "best_single"
PAIRED = (HEADLINE, ("recall", 20))
"""What is compared user by user."""


@dataclass(frozen=True)
class MetricRow:
    """One row of `fact_model_metric`, without the model's id; ci is None where there is no interval."""

    protocol: str
    segment: str
    metric: str
    k: int
    value: float
    ci_low: float | None
    ci_high: float | None
    users: int


@dataclass(frozen=True)
class Known:
    """What is known of the items, for the segments and metrics that need it; None = that is left out.

    Attributes:
        allowed: bool (n_items,), what could be recommended; None = everything.
        franchise: int64 (n_items,), the franchise of each item, -1 = in none.
        about: genres and tags of the items.
    """

    allowed: NDArray[np.bool_] | None = None
    franchise: Keys | None = None
    about: Subjects | None = None


def measure(
    lists: Recommendations,
    split: Split,
    allowed: NDArray[np.bool_] | None = None,
    franchise: Keys | None = None,
    *,
    samples: int = 1000,
) -> tuple[UserMetrics, tuple[MetricRow, ...]]:
    """Each evaluated user's metrics and the table rows of one model's lists: everybody with all targets, and discovery.

    Args:
        lists: one for each user of `split.evaluated`, in that order.
        split: what was hidden.
        allowed: bool (n_items,); items that could be recommended.
        franchise: int64 (n_items,), the franchise of each item, -1 = in none; None = not known, and no discovery.
        samples: bootstrap resamples of the intervals.

    Raises:
        LeakageError: a list holds what the model was given.
    """
    require_unseen(lists.items, split)
    users = user_metrics(lists.items, split.held_out[split.evaluated])
    if not len(split.evaluated):
        return users, ()
    wanted = [one for one in segments(split, franchise) if one.name in ("", DISCOVERY)]
    found = [_rows(one, split, {"": lists.items}, Known(allowed), samples, None)[""] for one in wanted]
    return users, tuple(row for rows in found for row in rows)


def measure_all(
    lists: Mapping[str, Recommendations],
    split: Split,
    known: Known,
    *,
    single: Iterable[str],
    samples: int = 1000,
) -> dict[str, tuple[MetricRow, ...]]:
    """The table rows of every model, in all segments; popularity is the yardstick wherever it was measured.

    Rows named `<metric>_minus_popularity` and `<metric>_minus_best_single` are paired differences on the same
    users. The best single model is the one with the highest NDCG@10 over everybody; it is not compared with
    itself.

    Args:
        lists: by model, one list for each user of `split.evaluated`, in that order.
        split: what was hidden.
        known: of the items.
        single: models that may be the best single one: not those that are made of others.
        samples: bootstrap resamples of the intervals.

    Raises:
        LeakageError: a list holds what its model was given.
    """
    for one in lists.values():
        require_unseen(one.items, split)
    items = {name: one.items for name, one in lists.items()}
    found: dict[str, tuple[MetricRow, ...]] = dict.fromkeys(lists, ())
    if not len(split.evaluated) or not lists:
        return found
    best = best_single(items, split, single)
    for segment in segments(split, known.franchise):
        for name, rows in _rows(segment, split, items, known, samples, best).items():
            found[name] += tuple(rows)
    return found


def best_single(items: Mapping[str, NDArray[np.int32]], split: Split, names: Iterable[str]) -> str | None:
    """The model of these names with the highest NDCG@10; a tie goes to the first name; None without any."""
    hidden = split.held_out[split.evaluated]
    reached = {
        name: user_metrics(items[name], hidden, (HEADLINE[1],)).mean(*HEADLINE)
        for name in sorted(names)
        if name in items
    }
    return max(reached, key=lambda name: reached[name]) if reached else None


def require_unseen(items: NDArray[np.int32], split: Split) -> None:
    """Nothing, when no list holds what its user is known to have.

    Raises:
        InvalidInputError: there is not one list for each evaluated user.
        LeakageError: a list holds a known entry.
    """
    if len(items) != len(split.evaluated):
        raise InvalidInputError(
            f"{len(items)} lists for {len(split.evaluated)} evaluated users: one for each is needed"
        )
    known = split.rows.seen[split.evaluated]
    width = known.shape[1]
    has = np.repeat(np.arange(len(items), dtype=np.int64), np.diff(known.indptr)) * width + known.indices
    has.sort()
    listed = np.arange(len(items), dtype=np.int64)[:, None] * width + items
    listed = listed[items >= 0]
    found = np.minimum(np.searchsorted(has, listed), max(len(has) - 1, 0))
    repeated = int(np.count_nonzero(has[found] == listed)) if len(has) else 0
    if repeated:
        raise LeakageError(f"{repeated} recommended entries are known to the model: leave out `split.rows.seen`")


def _rows(
    segment: Segment,
    split: Split,
    items: Mapping[str, NDArray[np.int32]],
    known: Known,
    samples: int,
    best: str | None,
) -> dict[str, list[MetricRow]]:
    """The rows of every model in one segment; one draw of resamples serves all of them."""
    lists = {name: segment.lists(one) for name, one in items.items()}
    users = {name: user_metrics(one, segment.targets) for name, one in lists.items()}
    about = None if segment.same_lists else known.about
    taste = None if about is None else tastes(split.rows.seen[split.evaluated[segment.users]], about)
    columns: list[tuple[str, str, int, NDArray[np.float64]]] = []
    for name, one in lists.items():
        columns += [(name, metric, k, users[name].column(metric, k)) for metric, k in users[name].names]
        if about is not None and taste is not None:
            columns += [(name, *rest) for rest in _about(one, taste, about)]
        columns += [(name, *rest) for rest in _paired(name, users, best)]
    found: dict[str, list[MetricRow]] = {name: [] for name in items}
    for (name, metric, k, _), mean in zip(columns, means([column for *_, column in columns], samples), strict=True):
        if mean.users:
            row = MetricRow(segment.protocol, segment.name, metric, k, mean.value, mean.low, mean.high, mean.users)
            found[name].append(row)
    for name, one in lists.items() if not segment.same_lists else ():
        found[name] += _list_rows(one, segment, split, known)
    return found


def _about(items: NDArray[np.int32], taste: Doubles, about: Subjects) -> Iterator[tuple[str, int, NDArray[np.float64]]]:
    """Diversity and calibration of each list, from what items are about."""
    for k in CUTOFFS:
        yield "intra_list_diversity", k, intra_list_diversity(items, about, k)
        yield "calibration_kl", k, calibration_kl(items, taste, about, k)


def _paired(
    name: str, users: Mapping[str, UserMetrics], best: str | None
) -> Iterator[tuple[str, int, NDArray[np.float64]]]:
    """Each user's difference to the baseline and to the best single model."""
    own = users[name]
    for other, word in ((BASELINE, BASELINE), (best, BEST_SINGLE)):
        theirs = users.get(other) if other is not None else None
        if theirs is None or (word == BEST_SINGLE and other == name):
            continue
        for metric, k in PAIRED:
            yield f"{metric}_minus_{word}", k, np.subtract(own.column(metric, k), theirs.column(metric, k))


def _list_rows(items: NDArray[np.int32], segment: Segment, split: Split, known: Known) -> Iterator[MetricRow]:
    """Coverage, Gini and novelty of the lists at every cutoff."""
    catalogue = split.train.n_items if known.allowed is None else int(np.count_nonzero(known.allowed))
    for k in CUTOFFS:
        for metric, value in list_metrics(items, split.train.seen, catalogue, k).items():
            if value is not None:
                yield MetricRow(segment.protocol, segment.name, metric, k, value, None, None, len(items))
