"""Model versions as a log of landed events (evaluated, measured, promoted); the registry table folds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from warehouse.home import Home
from warehouse.landing import append_events, read_events

LOG = "promotions"
Event = Mapping[str, Any]


def record(home: Home, event: str, model_version_id: str, **facts: Any) -> bool:
    """Land one event unless the log already says the same of this version; returns whether it did."""
    wanted = {"event": event, "model_version_id": model_version_id, **json.loads(json.dumps(facts))}
    known = [_without_time(one) for one in read_events(home, LOG)]
    repeated = active_version(home) == model_version_id if event == "promoted" else _without_time(wanted) in known
    if not repeated:
        append_events(home, LOG, [{**wanted, "occurred_at": datetime.now(UTC)}])
    return not repeated


def active_version(home: Home) -> str | None:
    """The version that was promoted last; None when none ever was."""
    promoted = [one["model_version_id"] for one in read_events(home, LOG) if one["event"] == "promoted"]
    return str(promoted[-1]) if promoted else None


def versions(home: Home) -> dict[str, dict[str, Any]]:
    """Every version ever evaluated, by id in order of first evaluation, with what was last said of it."""
    found: dict[str, dict[str, Any]] = {}
    for one in read_events(home, LOG):
        facts = {name: value for name, value in one.items() if name not in ("event", "occurred_at")}
        version = found.setdefault(str(one["model_version_id"]), {"trained_at": one["occurred_at"]})
        version.update(facts)
    return found


def registry_table(home: Home) -> pa.Table:
    """The rows of dim_recommendation_model: one for each version, exactly one of them active (or none)."""
    active = active_version(home)
    rows = [
        {
            "model_version_id": version_id,
            "model_type": version["model_type"],
            "trained_at": datetime.fromisoformat(version["trained_at"]),
            "data_version": version["data_version"],
            "code_version": version["code_version"],
            "seed": version["seed"],
            "parameters": json.dumps(version["parameters"], sort_keys=True),
            "metrics": json.dumps(version["metrics"], sort_keys=True) if version.get("metrics") else None,
            "training": json.dumps(version["training"]) if version.get("training") else None,
            "skipped_because": version.get("skipped_because"),
            "is_active": version_id == active,
        }
        for version_id, version in versions(home).items()
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


_SCHEMA = pa.schema(
    [
        ("model_version_id", pa.string()),
        ("model_type", pa.string()),
        ("trained_at", pa.timestamp("us", tz="UTC")),
        ("data_version", pa.string()),
        ("code_version", pa.string()),
        ("seed", pa.int64()),
        ("parameters", pa.string()),
        ("metrics", pa.string()),
        ("training", pa.string()),
        ("skipped_because", pa.string()),
        ("is_active", pa.bool_()),
    ]
)


def _without_time(event: Event) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "occurred_at"}
