"""All pictures by name: which rows each is drawn from, and what is said where there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from reports import catalogue, identity, models, ratings
from reports.style import as_svg, in_style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Tables: TypeAlias = "Mapping[str, pd.DataFrame]"


@dataclass(frozen=True)
class Picture:
    """One kind of picture.

    Attributes:
        queries: the files of sql/reports whose rows it is drawn from.
        draw: makes the plot, and a sentence about what is seen, from these rows.
        absent: what is said where one of the queries gives no row.
    """

    queries: tuple[str, ...]
    draw: Callable[..., tuple[Any, str]]
    absent: str


_NO_RATINGS = "There are no ratings."
_NO_TIMES = "The list entries of this input bear no times, so there are no patterns in time to show."
_NO_MODELS = "No model could be measured on these ratings."
_NO_PAIRS = "No two records were compared."

PICTURES: dict[str, Picture] = {
    "source_overlap": Picture(("source_overlap",), catalogue.source_overlap, "There are no catalogue records."),
    "formats_by_year": Picture(("formats_by_year",), catalogue.formats_by_year, "There are no catalogue records."),
    "genre_frequency": Picture(("genres",), catalogue.genre_frequency, "No genre is known."),
    "genre_pairs": Picture(("genre_pairs",), catalogue.genre_pairs, "No two genres are known."),
    "field_winners": Picture(("field_winners",), catalogue.field_winners, "No record states any field."),
    "field_coverage": Picture(("field_coverage",), catalogue.field_coverage, "No record states any field."),
    "match_scores": Picture(("match_scores",), identity.match_scores, _NO_PAIRS),
    "match_calibration": Picture(
        ("match_calibration",), identity.match_calibration, "No compared pair has a cross id to judge its score by."
    ),
    "rating_distribution": Picture(("rating_distribution",), ratings.rating_distribution, _NO_RATINGS),
    "user_activity": Picture(("user_activity",), ratings.user_activity, _NO_RATINGS),
    "long_tail": Picture(("long_tail", "rating_concentration"), ratings.long_tail, _NO_RATINGS),
    "lorenz": Picture(("long_tail", "rating_concentration"), ratings.lorenz, _NO_RATINGS),
    "rating_density": Picture(("rating_density",), ratings.rating_density, _NO_RATINGS),
    "ratings_by_month": Picture(("ratings_by_month",), ratings.ratings_by_month, _NO_TIMES),
    "ratings_by_weekday": Picture(("ratings_by_weekday",), ratings.ratings_by_weekday, _NO_TIMES),
    "ratings_by_start_year": Picture(
        ("ratings_by_start_year",), ratings.ratings_by_start_year, "No rated anime has a known start year."
    ),
    "score_agreement": Picture(
        ("score_agreement",), ratings.score_agreement, "No anime has both ten ratings here and a score elsewhere."
    ),
    "leaderboard": Picture(("model_metrics",), models.leaderboard, _NO_MODELS),
    "ndcg_by_depth": Picture(("model_metrics",), models.ndcg_by_depth, _NO_MODELS),
    "recall_by_depth": Picture(("model_metrics",), models.recall_by_depth, _NO_MODELS),
    "accuracy_and_coverage": Picture(("model_metrics",), models.coverage, _NO_MODELS),
    "training_passes": Picture(("training_passes",), models.training_passes, "No measured model learns in passes."),
    "recommended_popularity": Picture(
        ("recommended_popularity",), models.recommended_popularity, "Nothing is recommended."
    ),
    "recommendation_shares": Picture(
        ("recommendation_shares",), models.recommendation_shares, "Nothing is recommended."
    ),
}


@dataclass(frozen=True)
class Shown:
    """A picture as SVG ('' where there was nothing to draw), and its sentence."""

    name: str
    svg: str
    sentence: str


#: What was drawn last by each name, and of what: a run shows most pictures twice, at an asset and in the report.
_LAST: dict[str, tuple[str, Shown]] = {}


def shown(name: str, tables: Tables) -> Shown:
    """The picture with its sentence.

    Args:
        name: of PICTURES.
        tables: rows by query, at least those of the picture.
    """
    picture = PICTURES[name]
    frames = [tables[query] for query in picture.queries]
    if any(frame.empty for frame in frames):
        return Shown(name, "", picture.absent)
    rows = "\n".join(frame.to_csv(index=False) for frame in frames)
    if name not in _LAST or _LAST[name][0] != rows:
        with in_style():
            axes, sentence = picture.draw(*frames)
            _LAST[name] = (rows, Shown(name, as_svg(cast("Figure", axes.figure), name), sentence))
    return _LAST[name][1]
