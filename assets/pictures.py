"""Pictures in the metadata of the assets they tell about; the same that the report shows."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import dagster as dg

from reports.pictures import PICTURES, shown
from reports.style import for_image
from warehouse.build import fetch

#: The pictures of each asset; each is drawn from the asset and what lies before it.
PICTURES_OF: Mapping[str, tuple[str, ...]] = {
    "bridge_anime_source": ("source_overlap",),
    "bridge_anime_genre": ("genre_pairs",),
    "dim_anime": ("formats_by_year",),
    "fact_anime_field": ("field_winners",),
    "fact_match_candidate": ("match_scores", "match_calibration"),
    "fact_user_rating": ("rating_distribution", "user_activity", "long_tail", "lorenz", "rating_density"),
    "vw_anime_rating_stats": ("score_agreement",),
    "fact_model_metric": ("leaderboard", "accuracy_and_coverage", "ndcg_by_depth", "recall_by_depth"),
    "dim_recommendation_model": ("training_passes",),
    "fact_recommendation": ("recommended_popularity", "recommendation_shares"),
}


def picture_rows(connection: Any, table: str) -> dict[str, Any]:
    """What the pictures of a table are drawn from, as frames by query; {} for a table without pictures."""
    queries = {query for name in PICTURES_OF.get(table, ()) for query in PICTURES[name].queries}
    return {query: fetch(connection, f"reports/{query}").to_pandas() for query in sorted(queries)}


def picture_metadata(table: str, rows: Mapping[str, Any]) -> dict[str, Any]:
    """The table's pictures with their sentences, as Dagster metadata; draw them when the warehouse is closed again."""
    return {name: dg.MetadataValue.md(_drawn(name, rows)) for name in PICTURES_OF.get(table, ())}


def _drawn(name: str, rows: Mapping[str, Any]) -> str:
    """One picture as Markdown, its sentence below it; or why there is none."""
    try:
        picture = shown(name, rows)
    except Exception as problem:  # noqa: BLE001 - a table that was built well must not be lost for its picture
        dg.get_dagster_logger("pictures").warning("%s could not be drawn: %r", name, problem)
        return f"Could not be drawn: {problem!r}"
    if not picture.svg:
        return picture.sentence
    encoded = base64.b64encode(for_image(picture.svg).encode()).decode()
    return f"![{name.replace('_', ' ')}](data:image/svg+xml;base64,{encoded})\n\n{picture.sentence}"
