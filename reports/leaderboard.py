"""The models in tables: how good, for whom, how varied, and what could not be measured."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

from reports.facts import Listing
from reports.models import BASELINE, at
from reports.words import listed

if TYPE_CHECKING:
    import pandas as pd

_HEADLINE = ("ndcg", 10)
_DIFFERENCE = "ndcg_minus_complete"
#: Of the leaderboard: heading, metric, depth, segment, and whether its interval is shown.
_LEADERBOARD = (
    ("NDCG@10 (95 %)", "ndcg", 10, "", True),
    ("recall@20", "recall", 20, "", False),
    ("discovery NDCG@10", "ndcg", 10, "discovery", False),
    ("long tail NDCG@10", "ndcg", 10, "long tail", False),
    ("coverage@10", "coverage", 10, "", False),
    ("novelty@10, bits", "novelty", 10, "", False),
)
#: Of the table beside it.
_COMPARISON = (
    (f"NDCG@10 minus {BASELINE} (95 %)", f"ndcg_minus_{BASELINE}", 10, "", True),
    ("minus the best single model (95 %)", "ndcg_minus_best_single", 10, "", True),
    ("cold start NDCG@10", "ndcg", 10, "cold start", False),
    ("hit rate@10", "hit_rate", 10, "", False),
    ("diversity@10", "intra_list_diversity", 10, "", False),
    ("calibration@10, nats", "calibration_kl", 10, "", False),
    ("Gini@10", "gini", 10, "", False),
)
#: Of the table of people who were never trained on.
_HELD_OUT_USERS = (
    _LEADERBOARD[0],
    _COMPARISON[0],
    *_LEADERBOARD[1:4],
    _COMPARISON[2],
)


def leaderboard(metrics: pd.DataFrame, versions: pd.DataFrame) -> Listing:
    """One line for each model, best NDCG@10 first, then those that were skipped, each with its reason.

    Args:
        metrics: the rows of `reports/model_metrics`.
        versions: model_type, is_active, skipped_because and fit_seconds of each version that is measured, active or
            skipped.
    """
    header = ("model", *(heading for heading, *_ in _LEADERBOARD), "taught in, s", "note")
    is_skipped = versions["skipped_because"].notna()
    # what was skipped tells nothing of a version that is measured
    by_model = {str(row["model_type"]): row for row in versions[~is_skipped].to_dict("records")}
    rows = []
    for model, *figures in _figures(metrics, _LEADERBOARD):
        version = by_model.get(model, {})
        seconds = version.get("fit_seconds")
        taught = "" if seconds is None or isnan(seconds) else f"{seconds:.1f}"
        rows.append((model, *figures, taught, _note(model, bool(version.get("is_active")))))
    measured = {row[0] for row in rows}
    for row in versions[is_skipped].to_dict("records"):
        if row["model_type"] not in measured:
            blank = [""] * (len(header) - 2)
            rows.append((str(row["model_type"]), *blank, f"skipped: {row['skipped_because']}"))
    if not any(row[-2] for row in rows):
        # nobody said how long teaching took
        header, rows = (*header[:-2], header[-1]), [(*row[:-2], row[-1]) for row in rows]
    return Listing("Leaderboard", header, rows, folds=False)


def comparison(metrics: pd.DataFrame) -> Listing:
    """One line for each model, in the same order: paired differences, and what its lists are like."""
    header = ("model", *(heading for heading, *_ in _COMPARISON))
    return Listing("Models side by side", header, _figures(metrics, _COMPARISON))


def held_out_users(metrics: pd.DataFrame) -> Listing:
    """One line for each model, best first: what it finds of people it was never trained on.

    Args:
        metrics: rows of `reports/held_out_user_metrics`.
    """
    header = ("model", *(heading for heading, *_ in _HELD_OUT_USERS))
    return Listing("People no model was trained on", header, _figures(metrics, _HELD_OUT_USERS), folds=False)


def ablation(rows: pd.DataFrame) -> Listing:
    """One line for each kind of information, that which adds most first; none where nobody has measured it.

    Args:
        rows: of `reports/ablation`.
    """
    header = ("without", "NDCG@10", "it adds (95 %)", "discovery NDCG@10", "it adds there (95 %)")
    of = {(row["left_out"], row["segment"], row["metric"]): row for row in rows.to_dict("records")}
    first = rows[(rows["segment"] == "") & (rows["metric"] == _DIFFERENCE)].sort_values("value")
    lines = [
        (kind, *(word for segment in ("", "discovery") for word in _adds(of, kind, segment)))
        for kind in map(str, first["left_out"])
    ]
    return Listing("What each kind of information adds to the two-stage model", header, lines, folds=False)


def _adds(of: Mapping[tuple[str, str, str], Any], kind: str, segment: str) -> tuple[str, str]:
    """The figure without the kind, and what the kind adds to it; blanks where it was not measured."""
    own, less = of.get((kind, segment, "ndcg")), of.get((kind, segment, _DIFFERENCE))
    if own is None or less is None:
        return "", ""
    return f"{own['value']:.3f}", f"{0 - less['value']:+.4f} ({0 - less['ci_high']:+.4f} to {0 - less['ci_low']:+.4f})"


def protocol_words(metrics: pd.DataFrame) -> str:
    """How the models were measured, and in which segments; '' where none was."""
    found = dict.fromkeys(zip(metrics["protocol"], metrics["segment"], strict=True)) if len(metrics) else {}
    parts = dict.fromkeys(_segment_words(protocol, segment) for protocol, segment in found if segment)
    told = [f"Protocol: {protocol}." for protocol, segment in found if not segment]
    told += [f"Measured apart as well: {listed(list(parts))}."] if parts else []
    return " ".join(told)


def held_out_words(metrics: pd.DataFrame) -> str:
    """Who was kept out of teaching, and asked for what; '' where nobody was."""
    everybody = metrics[metrics["segment"] == ""] if len(metrics) else metrics
    if not len(everybody):
        return ""
    users, protocol = everybody["users"].max(), everybody["protocol"].iloc[0]
    return f"{users:,} people no model was trained on are asked besides: {protocol}."


def _segment_words(protocol: str, segment: str) -> str:
    """What the protocol says of its segment, which stands at its end."""
    return protocol[protocol.rindex(f", {segment}") + 2 :]


def _figures(metrics: pd.DataFrame, columns: tuple[tuple[str, str, int, str, bool], ...]) -> list[tuple[str, ...]]:
    """The models, best first, with their figures as words; blank where one was not measured."""
    if metrics.empty:
        return []
    found = [(at(metrics, metric, k, segment), whole) for _, metric, k, segment, whole in columns]
    models = [str(model) for model in at(metrics, *_HEADLINE).index]
    return [(model, *(_cell(rows, model, whole) for rows, whole in found)) for model in models]


def _cell(rows: pd.DataFrame, model: str, whole: bool) -> str:
    """A figure with three digits, with its interval if that is wanted and known."""
    if model not in rows.index:
        return ""
    value, low, high = (float(rows[name].loc[model]) for name in ("value", "ci_low", "ci_high"))
    return f"{value:.3f} ({low:.3f} to {high:.3f})" if whole and not isnan(low) else f"{value:.3f}"


def _note(model: str, active: bool) -> str:
    """What sets the model apart."""
    return ", ".join([*(["active"] if active else []), *(["the yardstick"] if model == BASELINE else [])])
