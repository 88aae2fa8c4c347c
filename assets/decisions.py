"""Decisions about promotions as rows: what rules compared, and what people said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

from assets import registry
from assets.registry import Kind
from warehouse.home import Home
from warehouse.landing import read_events

RULES = "rules"


def decision_table(home: Home) -> pa.Table:
    """The rows of fact_promotion_decision, in the order of deciding.

    A promotion that the comparison before it explains is no row of its own.
    """
    known = registry.versions(home)
    rows: list[dict[str, Any]] = []
    compared: set[str] = set()
    for event in read_events(home, registry.LOG):
        version_id = str(event["model_version_id"])
        decision = _decision(event, version_id in compared)
        if event.get("is_promoted"):
            compared.add(version_id)
        elif event["event"] == Kind.PROMOTED:
            # what comes back later was compared before, and is not explained by that
            compared.discard(version_id)
        if decision is not None:
            model = event.get("model_type") or known.get(version_id, {}).get("model_type")
            rows.append(_row(event, len(rows) + 1, decision) | {"model_type": model})
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _decision(event: Mapping[str, Any], is_explained: bool) -> str | None:
    """What was decided, in the word of the table; None for an event that decides nothing by itself."""
    match event["event"]:
        case Kind.DECIDED:
            return "promoted" if event["is_promoted"] else "kept"
        case Kind.PROMOTED if event.get("by"):
            return "promoted"
        case Kind.PROMOTED if not is_explained:
            return "continued"
        case Kind.RELEASED:
            return "released"
    return None


def _row(event: Mapping[str, Any], number: int, decision: str) -> dict[str, Any]:
    names = ("model_version_id", "champion_version_id", "champion_type", "difference", "ci_low", "ci_high")
    return {
        **{name: event.get(name) for name in names},
        "decision_number": number,
        "decided_at": datetime.fromisoformat(event["occurred_at"]),
        "decision": decision,
        "decided_by": event.get("by") or RULES,
        "reason": event.get("because") or "no reason was given",
    }


_SCHEMA = pa.schema(
    [
        ("decision_number", pa.int64()),
        ("decided_at", pa.timestamp("us", tz="UTC")),
        ("model_version_id", pa.string()),
        ("model_type", pa.string()),
        ("champion_version_id", pa.string()),
        ("champion_type", pa.string()),
        ("decision", pa.string()),
        ("decided_by", pa.string()),
        ("difference", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("reason", pa.string()),
    ]
)
