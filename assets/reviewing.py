"""What the UI shows of matching: how the pairs were decided. Those that wait for a person stand in vw_match_review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from assets.results import markdown_table

#: How finely the picture draws the scores.
BINS = 10
#: The widest bar of the picture, in characters.
_BAR = 30


def review_metadata(pairs: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Counts of each decision and the scores as a picture, given those columns of fact_match_candidate."""
    counts = {f"pairs_{decision}": count for decision, count in sorted(Counter(pairs["decision"]).items())}
    return counts | {"scores": dg.MetadataValue.md(score_picture(pairs["score"], pairs["decision"]))}


def score_picture(scores: Sequence[float], decisions: Sequence[str]) -> str:
    """The scores (0-1) in BINS steps as a Markdown table: pairs of each decision, and a bar for all of them.

    The longest bar is that of the fullest step; a step with any pair has a bar.
    """
    steps = Counter(
        (min(int(score * BINS), BINS - 1), decision) for score, decision in zip(scores, decisions, strict=True)
    )
    names = ("no_match", "review", "match")
    totals = [sum(steps[step, name] for name in names) for step in range(BINS)]
    fullest = max(totals) or 1
    rows = [
        {
            "score": f"{step / BINS:.1f}-{(step + 1) / BINS:.1f}",
            **{name: steps[step, name] for name in names},
            "pairs": "█" * -(-totals[step] * _BAR // fullest),
        }
        for step in range(BINS)
    ]
    return markdown_table(rows)
