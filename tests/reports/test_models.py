"""Pictures of models: twenty of them can still be told apart."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from recommenders.metrics import BASELINE
from reports import models as pictures
from reports.models import coverage, ndcg_by_depth
from reports.pictures import shown
from reports.style import in_style

DEPTHS = (5, 10, 20, 50, 100)


def many(models: int) -> pd.DataFrame:
    """Models whose figures lie close together, and popularity."""
    names = [*(f"model_{number:02}" for number in range(models - 1)), "popularity"]
    rows = []
    for place, name in enumerate(names):
        for k in DEPTHS:
            for metric, value in (("ndcg", 0.4 - place / 200), ("recall", k / 200), ("coverage", 0.1 + place / 300)):
                rows.append((name, "p", "", metric, k, value + k / 1000, value, value + k / 500))
                rows.append((name, "p, discovery", "discovery", metric, k, 0.9, 0.8, 1.0))
    names = ["model_type", "protocol", "segment", "metric", "k", "value", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=names).assign(users=100)


@pytest.mark.parametrize("name", ["leaderboard", "ndcg_by_depth", "recall_by_depth", "accuracy_and_coverage"])
def test_twenty_models_are_drawn_by_name(name: str) -> None:
    """All in the dot plots; in pictures of lines the six best and popularity."""
    svg = shown(name, {"model_metrics": many(20)}).svg
    named = {f"model_{number:02}" for number in range(19) if f"model_{number:02}" in svg}
    assert "popularity" in svg
    assert len(named) == (6 if name.endswith("by_depth") else 19)


@pytest.mark.parametrize("picture", [coverage, ndcg_by_depth])
def test_names_cover_neither_each_other_nor_dots_and_stay_in_the_picture(picture: Callable[..., Any]) -> None:
    """By the space that they really take; at the ends of lines in the order of the models."""
    with in_style():
        axes, _ = picture(many(20))
        figure = axes.figure
        renderer = FigureCanvasAgg(figure).get_renderer()
        for text in axes.texts:
            text.update_positions(renderer)
        # a line's height holds room above and below its letters
        boxes = [Text.get_window_extent(text, renderer).expanded(1, 0.75) for text in axes.texts]
    for at, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:at])
        assert box.y1 <= axes.bbox.y1
    dots = [axes.transData.transform(line.get_xydata()[-1]) for line in axes.lines if line.get_marker() != "None"]
    assert not any(box.contains(*dot) for box in boxes for dot in dots)
    if picture is not coverage:
        heights = [box.y0 for box in boxes]
        assert heights == sorted(heights, reverse=True)


def test_the_sentence_names_the_best_of_everybody() -> None:
    """Segments do not speak in it."""
    with in_style():
        _, sentence = ndcg_by_depth(many(3))
    assert sentence == "In the first 5 titles model_00 is best with 0.405, in the first 100 model_00 with 0.500."


def test_reports_call_the_model_to_beat_as_the_models_do() -> None:
    """The rooms do not see each other, so each has the name."""
    assert pictures.BASELINE == BASELINE
