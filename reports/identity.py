"""Pictures of identity: how sure matching is, and whether that can be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reports.style import BLUE, GREEN, GREY, ORANGE, log_scale, named, new_axes, percent
from reports.words import counted, percentage

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DECISIONS = {"no_match": GREY, "review": ORANGE, "match": GREEN}
STEPS = 20


def match_scores(found: pd.DataFrame) -> tuple[Axes, str]:
    """The compared pairs by score, one colour a decision; the counts are logarithmic."""
    axes = new_axes()
    width = 1 / STEPS / len(DECISIONS)
    counts = {}
    for at, (decision, colour) in enumerate(DECISIONS.items()):
        own = found[found["decision"] == decision]
        counts[decision] = int(own["pairs"].sum())
        place = (own["step"] + 0.5) / STEPS + (at - 1) * width
        axes.bar(place, own["pairs"], width, color=colour, label=f"{decision} (n = {counts[decision]:,})")
    log_scale(axes.yaxis)
    axes.grid(axis="x", visible=False)
    axes.legend(loc="upper center")
    total = int(found["pairs"].sum())
    named(axes, f"Compared pairs by score and decision (n = {total:,})", "probability of being one anime", "pairs")
    middle = found.loc[found["step"].between(STEPS * 0.1, STEPS * 0.9 - 1), "pairs"].sum()
    return axes, (
        f"{counted(counts['match'], 'pair')} of {total:,} are matches and {counts['review']:,} wait for a person; "
        f"only {percentage(middle / total)} of the pairs score between 0.1 and 0.9."
    )


def match_calibration(found: pd.DataFrame) -> tuple[Axes, str]:
    """Scores against the share of pairs that a cross id calls one anime; on the diagonal a score means what it says."""
    axes = new_axes()
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="a score that means what it says")
    size = 20 + 25 * np.log10(found["pairs"])
    axes.plot(found["mean_score"], found["agreeing"], color=BLUE, alpha=0.5)
    axes.scatter(found["mean_score"], found["agreeing"], s=size, color=BLUE, label="pairs, more of them = larger")
    total = int(found["pairs"].sum())
    named(
        axes,
        f"Calibration against cross ids (n = {total:,} pairs)",
        "mean score, without knowing any cross id",
        "pairs that the cross id confirms",
    )
    percent(axes.yaxis)
    axes.legend(loc="upper left")
    gap = (found["pairs"] * (found["mean_score"] - found["agreeing"]).abs()).sum() / total
    return axes, (
        f"Weighted by pairs, scores and confirmed shares are {gap:.4f} apart (expected calibration error); cross ids "
        "are themselves wrong now and then."
    )
