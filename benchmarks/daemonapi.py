"""What a running daemon does, as its API tells: runs with who asked for them, and the ticks of sensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.backfills import LAUNCH, REPOSITORY
from benchmarks.devapi import Api

ENDED = ("SUCCESS", "FAILURE", "CANCELED")
BY_HAND = "by hand"
_RUNS = """{
  runsOrError(limit: 100) { ... on Runs { results {
    runId jobName status creationTime endTime assetSelection { path } tags { key value }
    stats { ... on RunStatsSnapshot { stepsSucceeded } }
  } } }
}"""
_TICKS = """query($selector: SensorSelector!) {
  sensorOrError(sensorSelector: $selector) { ... on Sensor { sensorState { ticks(limit: 5) {
    timestamp endTimestamp status runIds skipReason requestedAssetMaterializationCount
  } } } }
}"""
_START = """mutation($selector: SensorSelector!) {
  startSensor(sensorSelector: $selector) { __typename ... on PythonError { message } }
}"""


@dataclass(frozen=True)
class Ran:
    """A run.

    Attributes:
        run_id: its number.
        job: the job.
        by: the sensor or schedule that asked for it, or that it was asked for by hand.
        status: how it is.
        created: when it was asked for, in seconds since the epoch.
        ended: when it ended; None = not yet.
        steps: how many have succeeded.
        assets: what was asked for; empty = all of the job.
    """

    run_id: str
    job: str
    by: str
    status: str
    created: float
    ended: float | None
    steps: int
    assets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Tick:
    """A tick of a sensor: when it began, and whether it came to its end without asking for anything."""

    at: float
    asked_nothing: bool


def switch_on(api: Api, sensors: Sequence[str]) -> None:
    """Start the sensors; comes back when each has ticked once, before which they see nothing.

    Raises:
        RuntimeError: when one cannot be started.
    """
    for name in sensors:
        answer = api.ask(_START, selector=REPOSITORY | {"sensorName": name}).get("startSensor", {})
        if answer.get("__typename") != "Sensor":
            raise RuntimeError(f"{name} cannot be started: {answer}")
    api.wait(lambda: all(ticks(api, name) for name in sensors))


def launch(api: Api, job: str, partition: str = "", asset: str = "") -> None:
    """Ask for a run by hand: of a job on a partition, or of one of its assets.

    Raises:
        RuntimeError: when it was not launched.
    """
    selector: dict[str, Any] = REPOSITORY | {"pipelineName": job}
    if asset:
        selector["assetSelection"] = [{"path": [asset]}]
    tags = [{"key": f"dagster/asset_partition_range_{end}", "value": partition} for end in ("start", "end")]
    params = {"selector": selector, "runConfigData": {}, "executionMetadata": {"tags": tags if partition else []}}
    answer = api.ask(LAUNCH, params=params).get("launchRun", {})
    if "run" not in answer:
        raise RuntimeError(f"{job} was not launched: {answer}")


def runs(api: Api) -> list[Ran]:
    """The last hundred runs, oldest first; [] while nobody answers."""
    found = api.ask(_RUNS).get("runsOrError", {}).get("results", [])
    return sorted(map(ran, found), key=lambda one: one.created)


def ran(told: Mapping[str, Any]) -> Ran:
    """A run as the API tells it."""
    tags = {one["key"]: one["value"] for one in told["tags"]}
    by = next((tags[key] for key in ("dagster/sensor_name", "dagster/schedule_name") if key in tags), BY_HAND)
    steps = (told.get("stats") or {}).get("stepsSucceeded") or 0
    assets = frozenset(key["path"][-1] for key in told["assetSelection"] or ())
    return Ran(told["runId"], told["jobName"], by, told["status"], told["creationTime"], told["endTime"], steps, assets)


def ticks(api: Api, sensor: str) -> list[Tick]:
    """The last ticks of a sensor that came to their end; [] while nobody answers."""
    answer = api.ask(_TICKS, selector=REPOSITORY | {"sensorName": sensor}).get("sensorOrError", {})
    return [
        Tick(
            one["timestamp"],
            one["status"] in ("SKIPPED", "SUCCESS")
            and not one["runIds"]
            and not one["requestedAssetMaterializationCount"],
        )
        for one in answer.get("sensorState", {}).get("ticks", [])
        if one["status"] != "STARTED"
    ]


def is_settled(found: Sequence[Ran], newest: Iterable[Sequence[Tick]]) -> bool:
    """Whether all runs have ended and each sensor has looked since and asked for nothing.

    Args:
        found: the runs.
        newest: the last ticks of each sensor.
    """
    if not found or any(one.status not in ENDED or one.ended is None for one in found):
        return False
    end = max(one.ended or 0.0 for one in found)
    last = [max(of_one, key=lambda tick: tick.at, default=Tick(0.0, False)) for of_one in newest]
    return all(tick.at > end and tick.asked_nothing for tick in last)


def settle(api: Api, sensors: Sequence[str]) -> None:
    """Wait until nothing runs and no sensor wants anything."""
    api.wait(lambda: is_settled(runs(api), [ticks(api, name) for name in sensors]))
