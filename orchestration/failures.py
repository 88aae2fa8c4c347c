"""Failed checks and failed runs, told once: a line each in the sensor's log, and a message to a webhook.

The one rule: telling never fails anything. What could not be posted stays to be told, and is tried again at the next
tick, together with what has come up since.
"""

# No `from __future__ import annotations`: Dagster looks at the annotations of sensors.

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import dagster as dg
from dagster._core.event_api import EventLogCursor

from adapters.errors import AdapterError
from assets.telling import counted
from orchestration.settings import secret_values
from orchestration.steperrors import StepError, step_errors

RUNBOOK = "docs/runbook.md"
_EVERY_S = 30
#: So many ended runs are looked at in one tick; the rest waits for the next.
_MOST = 100


@dataclass(frozen=True)
class Failure:
    """One failed check or run.

    Attributes:
        kind: `check` or `run`.
        name: the table, or the job.
        check: the check; '' for a run.
        severity: `error` or `warn`.
        rows: how many rows break the check; None where it does not say, and for a run.
        what_to_do: the remedy.
        run_id: the run it happened in.
        at: seconds since the epoch.
        runbook: the page that helps further.
        why: for a run: the error of each step that failed by itself, not behind a check.
    """

    kind: str
    name: str
    check: str
    severity: str
    rows: int | None
    what_to_do: str
    run_id: str
    at: float
    runbook: str = RUNBOOK
    why: tuple[StepError, ...] = ()

    def __str__(self) -> str:
        """The failure in a line."""
        if self.kind == "run":
            said = " ".join([self.what_to_do, *map(str, self.why)])
            stop = "" if said.endswith(".") else "."
            return f"run {self.run_id} of {self.name} failed: {said}{stop} See {self.runbook}"
        rows = "" if self.rows is None else f", {counted(self.rows, 'row')}"
        return (
            f"{self.name}: {self.check} does not hold ({self.severity}{rows}; run {self.run_id}). "
            f"{self.what_to_do} See {self.runbook}"
        )


@dataclass(frozen=True)
class Told:
    """How far the log of ended runs has been read.

    Attributes:
        failed: the cursor behind the last failed run that was told; None = none yet.
        succeeded: the same for runs that came to their end, in which checks may have failed.
        logged: the runs behind these whose failures are in the sensor's log already, but could not be posted.
        failed_at: when the last failed run that was told ended, in seconds since the epoch.
        succeeded_at: the same for `succeeded`.
    """

    failed: str | None = None
    succeeded: str | None = None
    logged: Collection[str] = ()
    failed_at: float = 0.0
    succeeded_at: float = 0.0


def send_to_webhook(address: str, document: dict[str, Any]) -> None:
    """Post the document; the HTTP library is imported only now, since loading the code location should not pay for it.

    Raises:
        AdapterError: as `adapters.webhook.post`.
    """
    from adapters.webhook import post

    post(address, document)


def failure_sensor(
    webhook: str,
    send: Callable[[str, dict[str, Any]], None] = send_to_webhook,
    secrets: Callable[[], Collection[str]] = secret_values,
) -> dg.SensorDefinition:
    """The sensor that tells of failures; with '' as the webhook in its log alone.

    Args:
        webhook: the address.
        send: how a message gets there; it raises AdapterError when it did not.
        secrets: gives what no message must hold; the webhook's address is one in any case.
    """
    # Those that the code location was loaded with: settings that were broken since must not keep it from telling.
    hidden = {webhook, *secrets()}

    @dg.sensor(
        name="tell_failures",
        minimum_interval_seconds=_EVERY_S,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Every failed check and every failed run: a line in this sensor's log, and a message in JSON to "
        "OSUSUME_ALERT_WEBHOOK where that is set. What happened before it was started is not told. Stopped until you "
        "start it.",
    )
    def tell_failures(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        if context.cursor is None:
            return _result(_from_now_on(context.instance), "telling what fails from now on")
        before = _read(context.cursor)
        failures, after = _since(context.instance, before, hidden)
        for failure in failures:
            if failure.run_id not in before.logged:
                context.log.error(str(failure))
        if not failures:
            return _result(after, "nothing has failed since")
        try:
            if webhook:
                send(webhook, message(failures))
        except AdapterError as problem:
            context.log.warning(f"{problem}. Trying again at the next tick")
            return _result(replace(before, logged=_runs(failures)), f"{len(failures)} failures not posted yet")
        return _result(after, f"told {len(failures)} failures")

    return tell_failures


def message(failures: Sequence[Failure]) -> dict[str, Any]:
    """What is posted: `text`, which chat services show as it is, and every failure in fields."""
    return {"text": "\n".join(map(str, failures)), "failures": [asdict(one) for one in failures]}


def _result(told: Told, reason: str) -> dg.SensorResult:
    """The end of a tick; the reason is what the UI shows of it."""
    return dg.SensorResult(skip_reason=reason, cursor=json.dumps(asdict(told)))


def _read(cursor: str) -> Told:
    """How far was read, as a cursor holds it; earlier versions counted what was logged instead of naming runs."""
    words = json.loads(cursor)
    return Told(**words | {"logged": words["logged"] if isinstance(words["logged"], list) else ()})


def _runs(failures: Iterable[Failure]) -> list[str]:
    """The runs of the failures, each once. A run that has ended gets no more of them."""
    return sorted({one.run_id for one in failures})


def _from_now_on(instance: dg.DagsterInstance) -> Told:
    """The present end of the log."""
    failed = instance.fetch_run_status_changes(dg.DagsterEventType.RUN_FAILURE, limit=1)
    succeeded = instance.fetch_run_status_changes(dg.DagsterEventType.RUN_SUCCESS, limit=1)
    return _behind(failed, succeeded, Told())


def _since(instance: dg.DagsterInstance, told: Told, secrets: Collection[str]) -> tuple[list[Failure], Told]:
    """What has failed in runs that ended since, run by run, and the end of what was read for it."""
    failed = _ended(instance, dg.DagsterEventType.RUN_FAILURE, told.failed, told.failed_at)
    succeeded = _ended(instance, dg.DagsterEventType.RUN_SUCCESS, told.succeeded, told.succeeded_at)
    failures: list[Failure] = []
    for end in sorted([*failed.records, *succeeded.records], key=lambda record: record.timestamp):
        checks = instance.get_records_for_run(end.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
        failures += _failed_checks(checks.records)
    failures += _failed_runs(instance, failed.records, secrets)
    return failures, _behind(failed, succeeded, told)


def _ended(instance: dg.DagsterInstance, how: Any, cursor: str | None, at: float) -> dg.EventRecordsResult:
    """The runs that ended so after the cursor, whose run ended at that moment; oldest first."""
    if cursor is not None:
        last = dg.RunStatusChangeRecordsFilter(how, storage_ids=[EventLogCursor.parse(cursor).storage_id()])
        found = instance.fetch_run_status_changes(last, limit=1).records
        if not found or found[0].timestamp != at > 0:
            # Its run was deleted (all are by `osusume forget-user`), and its number may be given anew.
            later = dg.RunStatusChangeRecordsFilter(how, after_timestamp=at)
            return instance.fetch_run_status_changes(later, limit=_MOST, ascending=True)
    return instance.fetch_run_status_changes(how, limit=_MOST, cursor=cursor, ascending=True)


def _behind(failed: dg.EventRecordsResult, succeeded: dg.EventRecordsResult, before: Told) -> Told:
    """The place behind what was found; as before where nothing was."""
    told = replace(before, logged=())
    if failed.records:
        told = replace(told, failed=failed.cursor, failed_at=failed.records[-1].timestamp)
    if succeeded.records:
        told = replace(told, succeeded=succeeded.cursor, succeeded_at=succeeded.records[-1].timestamp)
    return told


def _failed_checks(records: Iterable[dg.EventLogRecord]) -> Iterable[Failure]:
    """The checks among the events that do not hold."""
    for record in records:
        event = record.event_log_entry.dagster_event
        found = event.asset_check_evaluation_data if event is not None else None
        if found is None or found.passed:
            continue
        rows = found.metadata.get("failing_rows")
        remedy = found.metadata.get("what_to_do")
        yield Failure(
            kind="check",
            name=found.asset_key.to_user_string(),
            check=found.check_name,
            severity=found.severity.value.lower(),
            rows=rows.value if isinstance(rows, dg.IntMetadataValue) else None,
            what_to_do=" ".join(str(remedy.value).split()) if remedy is not None else "",
            run_id=record.run_id,
            at=record.timestamp,
        )


def _failed_runs(
    instance: dg.DagsterInstance, records: Iterable[dg.EventLogRecord], secrets: Collection[str]
) -> Iterator[Failure]:
    """The runs that failed, with what their steps said."""
    for record in records:
        event = record.event_log_entry.dagster_event
        # A run that was closed from outside has no data.
        error = getattr(event.event_specific_data, "error", None) if event is not None else None
        yield Failure(
            kind="run",
            name=record.event_log_entry.job_name or "",
            check="",
            severity="error",
            rows=None,
            what_to_do=" ".join((event.message or "").split()) if event is not None else "",
            run_id=record.run_id,
            at=record.timestamp,
            why=tuple(step_errors(instance, record.run_id, error, secrets)),
        )
