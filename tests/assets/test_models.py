"""What the UI is told of the models, what is landed with a version, and when figures are worked out again."""

from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa

from assets import registry
from assets.model_inputs import read_training
from assets.models import LISTS, METRICS, headline, leaderboard_metadata, measured_rows
from recommenders.measuring import MetricRow
from tests.assets.model_world import EVALUATED, make_model_world, materialize
from warehouse.checks import column_frame
from warehouse.landing import append_events, event_files, read_events


def row(model: str, protocol: str, value: float) -> dict[str, object]:
    """NDCG@10 of a model."""
    figures = {"metric": "ndcg", "k": 10, "value": value, "ci_low": value - 0.1, "ci_high": value + 0.1, "users": 6}
    about = {"segment": protocol.removeprefix("p").strip(", "), "decides": protocol.startswith("p")}
    return {"model_version_id": f"{model}-1", "model_type": model, "protocol": protocol, **about, **figures}


def test_the_ui_shows_the_tables_of_the_report() -> None:
    """One line for each model, best first, its segments in columns; skipped ones with their reason."""
    rows = [row("popularity", "p", 0.2), row("ease", "p", 0.4), row("ease", "p, discovery", 0.15)]
    rows.append(row("popularity", "another protocol", 0.9))
    assert pa.Table.from_pylist(rows, METRICS).num_rows == 4
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
    """Of a segment nothing."""
    metrics = [
        MetricRow(protocol, "", "ndcg", 10, value, 0.0, 1.0, 6) for protocol, value in (("p", 0.4), ("p, x", 0.1))
    ]
    assert headline(metrics, "p") == {"ndcg@10": 0.4}


def test_a_model_made_of_others_is_compared_with_the_best_that_is_not(tmp_path: Path) -> None:
    """The best lists under the name of a two-stage model have a difference to the best single model, which has none."""
    warehouse = make_model_world(tmp_path / "home", users=30)
    materialize(warehouse, EVALUATED)
    with warehouse.writer("test") as connection:
        inputs = read_training(connection)
        best, other = (column_frame(connection, f"ml.evaluation_{name}", LISTS) for name in ("ease", "popularity"))
    rows = measured_rows(warehouse.home, inputs, {"rerank": best, "popularity": other}, seed=42)
    compared = {row["model_type"] for row in rows if row["metric"] == "ndcg_minus_best_single"}
    assert compared == {"rerank"}


def test_figures_of_the_same_lists_are_not_worked_out_again(tmp_path: Path) -> None:
    """They stand, with who is active now; unless the log of versions does not know them."""
    warehouse = make_model_world(tmp_path / "home")

    def made(instance: dg.DagsterInstance) -> list[dict[str, Any]]:
        result = materialize(warehouse, (*EVALUATED, "dim_recommendation_model"), instance)
        told = ("fact_model_metric", "evaluation_holdout", "dim_recommendation_model")
        events = [result.asset_materializations_for_node(name)[0] for name in told]
        return [{word: value.value for word, value in event.metadata.items()} for event in events]

    with dg.DagsterInstance.ephemeral() as instance:
        first, _, _ = made(instance)
        second, hidden, decided = made(instance)
        assert "unchanged" not in first
        assert "unchanged" in second
        assert "active" not in first["leaderboard"]
        assert "active" in second["leaderboard"]
        assert first["dagster/row_count"] == second["dagster/row_count"] > 100
        assert "unchanged" in hidden
        assert "unchanged" in decided
        registry.promote(
            warehouse.home, next(one for one in registry.versions(warehouse.home) if "knn" in one), "ann", ""
        )
        _, _, promoted = made(instance)
        assert promoted["active"] != decided["active"]
        log = list(read_events(warehouse.home, registry.LOG))
        for file in event_files(warehouse.home, registry.LOG):
            file.unlink()
        append_events(warehouse.home, registry.LOG, [one for one in log if one["event"] == "evaluated"])
        again, _, _ = made(instance)
        assert "unchanged" not in again
        assert all(version["metrics"] for version in registry.versions(warehouse.home).values())
