"""The registry of model versions is a fold over landed events: nothing twice, one active, nothing forgotten."""

from pathlib import Path

from assets import registry
from assets.decisions import decision_table
from warehouse.home import Home
from warehouse.landing import read_events

FACTS = {
    "model_type": "ease",
    "data_version": "d",
    "code_version": "c",
    "seed": 42,
    "parameters": {"reg": 1.0},
    "skipped_because": None,
}


def test_the_same_version_is_landed_once(tmp_path: Path) -> None:
    """Evaluating and promoting the same version again adds no event and no row, however long it took this time."""
    home = Home(tmp_path)
    for seconds in (2.5, 3.5):
        registry.record(home, registry.Kind.EVALUATED, "ease-1", **FACTS, fit_seconds=seconds, rank_seconds=1.0)
        registry.record(home, registry.Kind.MEASURED, "ease-1", metrics={"ndcg@10": 0.4})
        registry.record(home, registry.Kind.PROMOTED, "ease-1", because="best")
    assert [event["event"] for event in read_events(home, registry.LOG)] == ["evaluated", "measured", "promoted"]
    (row,) = registry.registry_table(home).to_pylist()
    assert (row["fit_seconds"], row["rank_seconds"]) == (2.5, 1.0)


def test_exactly_the_last_promoted_version_is_active(tmp_path: Path) -> None:
    """Going back to an earlier version is an event of its own; older versions stay in the table."""
    home = Home(tmp_path)
    for version in ("ease-1", "ease-2"):
        registry.record(home, registry.Kind.EVALUATED, version, **FACTS)
        registry.record(home, registry.Kind.PROMOTED, version, because="best")
    assert registry.record(home, registry.Kind.PROMOTED, "ease-1", because="back")
    rows = registry.registry_table(home).to_pylist()
    assert {row["model_version_id"]: row["is_active"] for row in rows} == {"ease-1": True, "ease-2": False}


def test_whose_place_a_version_took_is_known_from_the_decisions(tmp_path: Path) -> None:
    """Step by step, the last first; what a person promoted took nobody's place by the rules."""
    home = Home(tmp_path)
    steps = (("ease-1", "als-1", True), ("slim-1", "als-1", False), ("slim-1", "ease-1", True))
    registry.record_decisions(
        home,
        [
            {"model_version_id": new, "champion_version_id": old, "is_promoted": is_promoted}
            for new, old, is_promoted in steps
        ],
    )
    registry.promote(home, "bpr-1", "ann", "")
    assert registry.before(home, "slim-1") == ["ease-1", "als-1"]
    assert registry.before(home, "bpr-1") == registry.before(home, "als-1") == []


def test_every_return_of_a_version_is_in_the_table(tmp_path: Path) -> None:
    """A comparison explains the promotion that follows it, and none after that."""
    home = Home(tmp_path)
    for version in ("ease-1", "als-1"):
        registry.record(home, "evaluated", version, **FACTS)
    came = {"model_version_id": "ease-1", "champion_version_id": "als-1", "is_promoted": True, "because": "better"}
    for _ in range(2):
        registry.record_decisions(home, [came])
        registry.record(home, "promoted", "ease-1", because="better")
        registry.promote(home, "als-1", "ann", "")
        registry.release(home, "ann", "")
    rows = [(row["model_version_id"], row["decision"], row["decided_by"]) for row in decision_table(home).to_pylist()]
    by_hand = [("als-1", "promoted", "ann"), ("als-1", "released", "ann")]
    assert rows == [
        ("ease-1", "promoted", "rules"),
        *by_hand,
        ("ease-1", "continued", "rules"),
        *by_hand,
    ]


def test_an_empty_home_has_an_empty_registry(tmp_path: Path) -> None:
    """Nothing was promoted, so nothing is active."""
    assert registry.active_version(Home(tmp_path)) is None
    assert registry.registry_table(Home(tmp_path)).num_rows == 0
