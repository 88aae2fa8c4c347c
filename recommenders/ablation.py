"""What each kind of information adds to the second stage: it is taught again without one kind at a time.

The one rule: all are measured on the same users by the same resamples, and differences are taken user by user.
"""

from collections.abc import Callable
from dataclasses import replace

from recommenders.candidates import KINDS
from recommenders.features import ItemFeatures
from recommenders.measuring import BEST_SINGLE, PAIRED, Known, MetricRow, measure_all
from recommenders.ranking import Recommendations, recommend
from recommenders.rerank import Rerank
from recommenders.segments import DISCOVERY
from recommenders.splitting import Split

COMPLETE = ""
"""In place of a kind: nothing is left out."""
MINUS_COMPLETE = "minus_complete"
"""How the name of a difference to the complete model ends."""
DEPTH = 100
SEGMENTS = ("", DISCOVERY)
"""Where it is looked at: everybody with all targets, and what shares no franchise with anything known."""


def ablate(
    model: Rerank,
    split: Split,
    items: ItemFeatures,
    known: Known,
    told: Callable[[str], None] = lambda _: None,
) -> dict[str, tuple[MetricRow, ...]]:
    """NDCG@10 and recall@20 of the model without each kind of information, and what they are less than with it.

    Args:
        model: complete, not fitted yet; it stays fitted on the split's training part, which the others share parts of.
        split: what models may see, and what is hidden.
        items: descriptions.
        known: of the items, for what may be recommended and for the segments.
        told: hears which kind is left out next.

    Returns:
        By kind, the complete model as '' first: rows of SEGMENTS, whose protocols end in what is left out. Those named
        `<metric>_minus_complete` are paired differences, negative where the kind adds something.

    Raises:
        NotEnoughDataError: the model cannot learn from this input.
    """
    lists = {COMPLETE: _lists(model, split, items, known)}
    for kind in KINDS:
        told(f"{model.name} without {kind}")
        lists[kind] = _lists(model.without(kind), split, items, known)
    found = measure_all(lists, split, known, single=[COMPLETE])
    return {kind: tuple(_named(row, kind) for row in rows if _is_told(row)) for kind, rows in found.items()}


def _lists(model: Rerank, split: Split, items: ItemFeatures, known: Known) -> Recommendations:
    model.fit(split.train, items)
    return recommend(model, split.rows.take(split.evaluated), DEPTH, known.allowed)


def _is_told(row: MetricRow) -> bool:
    """Whether it is one of the figures that are compared user by user, where it is looked at."""
    return row.segment in SEGMENTS and (row.metric.removesuffix(f"_minus_{BEST_SINGLE}"), row.k) in PAIRED


def _named(row: MetricRow, kind: str) -> MetricRow:
    """The row under its protocol and metric; the complete model is what counts as the best single one here."""
    protocol = f"{row.protocol}, without {kind}" if kind else row.protocol
    return replace(row, protocol=protocol, metric=row.metric.replace(f"minus_{BEST_SINGLE}", MINUS_COMPLETE))
