"""One refresh when a landing has come to its end, however many partitions it had."""

# No `from __future__ import annotations`: Dagster looks at the annotations of sensors.

from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_START_TAG, PARTITION_NAME_TAG

_EVERY_S = 60
_BACKFILLS = [BulkActionStatus.REQUESTED, BulkActionStatus.CANCELING]


@dataclass(frozen=True)
class Landing:
    """The newest landing that is known; written `number@moment`, as the sensor's cursor holds it.

    Attributes:
        number: in the event log; 0 = none.
        at: seconds since the epoch. Where the log was emptied (`osusume forget-user`), numbers begin anew and only
            this tells what is newer; numbers are what counts otherwise, since clocks of two machines differ.
    """

    number: int = 0
    at: float = 0.0

    def __str__(self) -> str:
        """As the cursor holds it."""
        return f"{self.number}@{self.at}"

    def is_newer(self, before: "Landing") -> bool:
        """Whether something has landed since."""
        return self.number > before.number or self.at > before.at


def landing_sensor(
    assets: Sequence[dg.AssetsDefinition], job_name: str, name: str = "refresh_after_landing"
) -> dg.SensorDefinition:
    """The sensor that asks for the job once after partitions were landed and no more of them are on their way.

    Args:
        assets: those among which what is in partitions, and so lands and does nothing else, is watched.
        job_name: the job, which loads what was landed and goes on from there.
        name: of the sensor.
    """
    watched = sorted(key for one in assets if one.partitions_def is not None for key in one.keys)

    @dg.sensor(
        name=name,
        job_name=job_name,
        minimum_interval_seconds=_EVERY_S,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"When partitions have been landed and no more are on their way, {job_name} runs once. What was "
        "landed before it was started is not its business. Stopped until you start it.",
    )
    def refresh_after_landing(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        newest = _newest(context.instance, watched)
        if context.cursor is None:
            return dg.SensorResult(skip_reason="waiting for the next landing", cursor=str(newest))
        if not newest.is_newer(_read(context.cursor)):
            return dg.SensorResult(skip_reason="nothing has landed since", cursor=context.cursor)
        if under_way := _under_way(context.instance, watched, job_name):
            return dg.SensorResult(skip_reason=f"not yet: {under_way}", cursor=context.cursor)
        request = dg.RunRequest(run_key=f"landed-{newest}")
        return dg.SensorResult(run_requests=[request], cursor=str(newest))

    return refresh_after_landing


def _newest(instance: dg.DagsterInstance, keys: Sequence[dg.AssetKey]) -> Landing:
    """The newest landing in the event log."""
    found = [instance.fetch_materializations(key, limit=1).records for key in keys]
    landings = [Landing(records[0].storage_id, records[0].timestamp) for records in found if records]
    return max(landings, key=lambda one: one.number, default=Landing())


def _read(cursor: str) -> Landing:
    """The landing that a cursor holds; earlier versions wrote the number alone."""
    number, _, at = cursor.partition("@")
    return Landing(int(number), float(at or 0))


def _under_way(instance: dg.DagsterInstance, keys: Sequence[dg.AssetKey], job_name: str) -> str:
    """What still lands, or refreshes already, in words; '' when nothing does."""
    watched = set(keys)
    backfills = instance.get_backfills(filters=BulkActionsFilter(statuses=_BACKFILLS))
    landing = [one for one in backfills if watched & set(one.asset_selection or ())]
    if landing:
        return f"backfill {landing[0].backfill_id} still lands"
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=NOT_FINISHED_STATUSES)):
        # Nothing but landings has partitions.
        lands = PARTITION_NAME_TAG in run.tags or ASSET_PARTITION_RANGE_START_TAG in run.tags
        if lands or run.job_name == job_name:
            return f"run {run.run_id} ({run.job_name}) is {run.status.value.lower().replace('_', ' ')}"
    return ""
