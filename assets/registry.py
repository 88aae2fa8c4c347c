"""Model versions as a log of landed events, of the kinds that `Kind` names; tables fold it.

The one rule: what a person promoted stays until a person says otherwise. Rules decide only where nobody has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

import pyarrow as pa

from warehouse.events import PROMOTIONS
from warehouse.home import Home
from warehouse.landing import append_events, read_events

LOG = PROMOTIONS
Event = Mapping[str, Any]


class Kind(StrEnum):
    """What an event of the log is about.

    Attributes:
        EVALUATED: a version was taught and its lists were made, or it was skipped.
        MEASURED: what it scored under the protocol that decides.
        ASKED: what it scored under another one, which somebody asked for.
        DECIDED: the rules compared it with the active one.
        PROMOTED: it became active.
        RELEASED: a person lets the rules decide again.
    """

    EVALUATED = "evaluated"
    MEASURED = "measured"
    ASKED = "asked"
    DECIDED = "decided"
    PROMOTED = "promoted"
    RELEASED = "released"


#: What an event says of the version itself; the others say what was done with it.
_OF_THE_VERSION = (Kind.EVALUATED, Kind.MEASURED)
#: What an event says of the run that landed it; said again by another run, the rest is nothing new.
_OF_THE_RUN = ("occurred_at", "fit_seconds", "rank_seconds")


@dataclass(frozen=True)
class Hold:
    """A person's promotion that is in force.

    Attributes:
        model_version_id: the version that was named.
        model_type: its model.
        parameters: its configuration.
        by: who promoted it.
        because: why, in that person's words; '' when nothing was said.
    """

    model_version_id: str
    model_type: str
    parameters: Mapping[str, Any]
    by: str
    because: str

    def __str__(self) -> str:
        """The hold in a sentence that does not change while it lasts."""
        said = f" ({self.because})" if self.because else ""
        return f"{self.by} promoted {self.model_version_id}{said}, until `osusume models promote --auto`"


def record(home: Home, kind: Kind, model_version_id: str, **facts: Any) -> bool:
    """Land one event unless the log already says the same of this version; returns whether it did."""
    wanted = {"event": kind, "model_version_id": model_version_id, **json.loads(json.dumps(facts))}
    known = [_without_time(one) for one in read_events(home, LOG)]
    repeated = active_version(home) == model_version_id if kind == Kind.PROMOTED else _without_time(wanted) in known
    if not repeated:
        append_events(home, LOG, [{**wanted, "occurred_at": datetime.now(UTC)}])
    return not repeated


def record_decisions(home: Home, decisions: Iterable[Event]) -> int:
    """Land those comparisons that the log does not hold yet, in one file; returns how many those were."""
    known = [_without_time(one) for one in read_events(home, LOG) if one["event"] == Kind.DECIDED]
    wanted = [{"event": Kind.DECIDED, **json.loads(json.dumps(dict(one)))} for one in decisions]
    now = datetime.now(UTC)
    new = [{**one, "occurred_at": now} for one in wanted if one not in known]
    append_events(home, LOG, new)
    return len(new)


def log_hash(home: Home) -> str:
    """16 hex digits for all that was ever landed of versions."""
    return sha256(json.dumps(read_events(home, LOG), sort_keys=True, default=str).encode()).hexdigest()[:16]


def promote(home: Home, model_version_id: str, by: str, because: str) -> None:
    """Land that a person wants this version, whatever the rules say, until a person says otherwise."""
    _by_person(home, Kind.PROMOTED, model_version_id, by, because)


def release(home: Home, by: str, because: str) -> bool:
    """Land that the rules decide again; returns whether anything was held."""
    held = hold(home)
    if held is not None:
        _by_person(home, Kind.RELEASED, held.model_version_id, by, because)
    return held is not None


def active_version(home: Home) -> str | None:
    """The version that was promoted last; None when none ever was."""
    promoted = promotions(home)
    return promoted[-1] if promoted else None


def active_model(home: Home) -> str | None:
    """The model of the active version; None when none ever was, or nobody evaluated it."""
    active = active_version(home)
    version = versions(home).get(active) if active is not None else None
    return str(version["model_type"]) if version is not None else None


def promotions(home: Home) -> list[str]:
    """Every version that became active, in that order; one that came back stands there again."""
    return [str(one["model_version_id"]) for one in read_events(home, LOG) if one["event"] == Kind.PROMOTED]


def hold(home: Home) -> Hold | None:
    """What a person promoted and nobody released; None when the rules decide."""
    said = [one for one in read_events(home, LOG) if one["event"] == Kind.RELEASED or one.get("by")]
    if not said or said[-1]["event"] == Kind.RELEASED:
        return None
    last = said[-1]
    version_id = str(last["model_version_id"])
    version = versions(home)[version_id]
    return Hold(version_id, version["model_type"], version["parameters"], str(last["by"]), str(last["because"]))


def held_parameters(home: Home, model_type: str) -> Mapping[str, Any] | None:
    """The configuration of the version that a person promoted, if it is of this model; None otherwise."""
    held = hold(home)
    return held.parameters if held is not None and held.model_type == model_type else None


def version_before(home: Home) -> str | None:
    """The version to go back to: the last active one of another model or other parameters; None = there is none."""
    known, active = versions(home), promotions(home)
    for version_id in reversed(active):
        if any(known[version_id][name] != known[active[-1]][name] for name in ("model_type", "parameters")):
            return version_id
    return None


def before(home: Home, model_version_id: str) -> list[str]:
    """The versions whose place this one took by the rules, one after the other, the last first; [] = none."""
    decided = [one for one in read_events(home, LOG) if one["event"] == Kind.DECIDED and one["is_promoted"]]
    replaced = {str(one["model_version_id"]): str(one["champion_version_id"]) for one in decided}
    found: list[str] = []
    while (model_version_id := replaced.get(model_version_id, "")) and model_version_id not in found:
        found.append(model_version_id)
    return found


def versions(home: Home) -> dict[str, dict[str, Any]]:
    """Every version ever evaluated, by id in order of first evaluation, with what was last said of it."""
    found: dict[str, dict[str, Any]] = {}
    for one in read_events(home, LOG):
        if one["event"] not in _OF_THE_VERSION:
            continue
        facts = {name: value for name, value in one.items() if name not in ("event", "occurred_at")}
        version = found.setdefault(str(one["model_version_id"]), {"trained_at": one["occurred_at"]})
        version.update(facts)
    # figures without what they are of say nothing: that version is evaluated again
    return {version_id: version for version_id, version in found.items() if "model_type" in version}


def keep_figures(home: Home, model_version_id: str, protocol: str, figures: Iterable[Mapping[str, Any]]) -> bool:
    """Land what a version scored under another protocol than the one that decides; returns whether that was new.

    Args:
        home: where.
        model_version_id: the version.
        protocol: split, positives, candidates and seed in words.
        figures: segment, metric, k, value, ci_low, ci_high and users of each.
    """
    return record(home, Kind.ASKED, model_version_id, protocol=protocol, figures=[dict(one) for one in figures])


def kept_figures(home: Home) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What versions scored under other protocols, last said, by version and protocol."""
    asked: list[Mapping[str, Any]] = [one for one in read_events(home, LOG) if one["event"] == Kind.ASKED]
    return {(str(one["model_version_id"]), str(one["protocol"])): one["figures"] for one in asked}


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
            "fit_seconds": version.get("fit_seconds"),
            "rank_seconds": version.get("rank_seconds"),
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
        ("fit_seconds", pa.float64()),
        ("rank_seconds", pa.float64()),
        ("skipped_because", pa.string()),
        ("is_active", pa.bool_()),
    ]
)


def _by_person(home: Home, kind: Kind, model_version_id: str, by: str, because: str) -> None:
    facts = {"event": kind, "model_version_id": model_version_id, "by": by, "because": because}
    append_events(home, LOG, [{**facts, "occurred_at": datetime.now(UTC)}])


def _without_time(event: Event) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in _OF_THE_RUN}
