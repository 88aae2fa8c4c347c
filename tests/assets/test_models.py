"""What the UI is told of the models, and what is landed with a version."""

import pyarrow as pa

from assets.models import METRICS, fit_seconds, headline, leaderboard_metadata
from recommenders.measuring import MetricRow


def row(model: str, protocol: str, value: float) -> dict[str, object]:
    """NDCG@10 of a model."""
    figures = {"metric": "ndcg", "k": 10, "value": value, "ci_low": value - 0.1, "ci_high": value + 0.1, "users": 6}
    return {"model_version_id": f"{model}-1", "model_type": model, "protocol": protocol, **figures}


def test_the_ui_shows_the_tables_of_the_report() -> None:
    """One line for each model, best first, its segments in columns; skipped ones with their reason."""
    rows = [row("popularity", "p", 0.2), row("ease", "p", 0.4), row("ease", "p, discovery", 0.15)]
    assert pa.Table.from_pylist(rows, METRICS).num_rows == 3
    versions = {
        "ease-1": {"model_type": "ease", "fit_seconds": 2.5},
        "content-1": {"model_type": "content_tfidf", "skipped_because": "no word is known"},
    }
    shown = leaderboard_metadata(rows, versions, "ease-1")
    assert shown["leaderboard"].value.splitlines()[2:] == [
        "| ease | 0.400 (0.300 to 0.500) |  | 0.150 |  |  |  | 2.5 | active |",
        "| popularity | 0.200 (0.100 to 0.300) |  |  |  |  |  |  | the yardstick |",
        "| content_tfidf |  |  |  |  |  |  |  | skipped: no word is known |",
    ]
    assert set(shown) == {"leaderboard", "models_side_by_side"}
    assert leaderboard_metadata([], {}, None) == {}


def test_only_figures_over_everybody_are_landed_with_a_version() -> None:
    """Of a segment nothing; seconds where they were noted."""
    metrics = [MetricRow(protocol, "ndcg", 10, value, 0.0, 1.0, 6) for protocol, value in (("p", 0.4), ("p, x", 0.1))]
    assert headline(metrics, "p") == {"ndcg@10": 0.4}
    assert fit_seconds({"fit_seconds": 2}) == {"fit_seconds": 2.0}
    assert fit_seconds({}) == {}
