"""Follows the events of one run: a line for each asset as it finishes, and the outcome at the end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from dagster import DagsterEventType, EventLogEntry

from orchestration.cli.console import Console, counted, seconds
from orchestration.cli.outcome import AssetOutcome, CheckOutcome, Failure, Outcome
from orchestration.steperrors import CHECK_FAILED, message_of

if TYPE_CHECKING:
    from dagster import AssetCheckEvaluation, DagsterEvent
    from dagster_shared.error import SerializableErrorInfo

#: The metadata key under which Dagster expects row counts.
ROW_COUNT = "dagster/row_count"
_INTERRUPTS = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")


class RunObserver:
    """The listener of one in-process run.

    Args:
        console: where the lines go.
        steps: the assets of the run by the step that makes them; lines are numbered against the assets.
        expected_checks: for each asset how many checks it will have; its line waits for them.

    Attributes:
        was_asked_to_end: tells of signals that no step heard of; asked before a step begins.
    """

    def __init__(
        self, console: Console, steps: Mapping[str, Sequence[str]], expected_checks: Mapping[str, int]
    ) -> None:
        self.console = console
        self.steps = steps
        self.planned = frozenset(name for names in steps.values() for name in names)
        self.expected_checks = expected_checks
        self.assets: dict[str, AssetOutcome] = {}
        self.checks: list[CheckOutcome] = []
        self.failures: list[Failure] = []
        self.interrupted = False
        self.was_asked_to_end: Callable[[], bool] = lambda: False
        self._started: dict[str, float] = {}
        self._reported: set[str] = set()
        self._width = max((len(name) for name in self.planned), default=0)

    def __call__(self, entry: EventLogEntry) -> None:
        """Take in one event or log line, as Dagster stores it.

        Raises:
            KeyboardInterrupt: when a step ended by an interrupt, or went on in spite of one.
        """
        event = entry.dagster_event
        if event is None:
            self._log_line(entry)
        elif event.event_type == DagsterEventType.STEP_START:
            self._refuse_to_go_on()
            self._started[event.step_key or ""] = entry.timestamp
            self.console.now(f"{self._place(0)} {event.step_key} ...")
        elif event.event_type == DagsterEventType.ASSET_MATERIALIZATION:
            self._materialised(event, entry.timestamp)
        elif event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
            self._checked(event.asset_check_evaluation_data)
        elif event.event_type == DagsterEventType.STEP_FAILURE:
            self._failed(event)

    def _refuse_to_go_on(self) -> None:
        """Raise KeyboardInterrupt when the step before lost one."""
        if self.was_asked_to_end():
            self.interrupted = True
            raise KeyboardInterrupt

    def finish(self) -> None:
        """Print the lines of assets whose checks did not all come."""
        for name in self.assets:
            self._report(name)

    def outcome(self, run_id: str, *, succeeded: bool, took: float) -> Outcome:
        """Everything that was seen; planned assets that were neither made nor tried count as skipped."""
        tried = {name for failure in self.failures for name in failure.assets}
        return Outcome(
            run_id=run_id,
            succeeded=succeeded,
            assets=list(self.assets.values()),
            checks=self.checks,
            failures=self.failures,
            skipped=sorted(self.planned - set(self.assets) - tried),
            seconds=took,
        )

    def _materialised(self, event: DagsterEvent, timestamp: float) -> None:
        """Note the asset; a step that makes several assets shares its time out among them."""
        materialization = event.step_materialization_data.materialization
        name = materialization.asset_key.to_user_string()
        counted = materialization.metadata.get(ROW_COUNT)
        step = event.step_key or ""
        took = timestamp - self._started.get(step, timestamp)
        self._started[step] = timestamp
        rows = counted.value if counted is not None and isinstance(counted.value, int) else None
        self.assets[name] = AssetOutcome(name, rows, took)
        if not self.expected_checks.get(name):
            self._report(name)

    def _checked(self, evaluation: AssetCheckEvaluation) -> None:
        """Note what a check said; the asset's line is due with its last check."""
        check = _outcome(evaluation)
        self.checks.append(check)
        asset = self.assets.get(check.asset)
        if asset is None:
            return
        asset.checks.append(check)
        if len(asset.checks) >= self.expected_checks.get(check.asset, 0):
            self._report(check.asset)

    def _failed(self, event: DagsterEvent) -> None:
        """Note the error of a step, unless it only repeats that a blocking check failed."""
        error = event.step_failure_data.error
        if error is None or error.cls_name == CHECK_FAILED:
            return
        if _is_interrupt(error):
            self.interrupted = True
            # To Dagster an interrupt that some library has wrapped is an error: it would go on with other steps.
            raise KeyboardInterrupt
        step = event.step_key or "the run"
        unmade = [name for name in self.steps.get(step, ()) if name not in self.assets]
        failure = Failure(step, unmade, message_of(error), error.to_string())
        self.failures.append(failure)
        self.console.say(f"{self._place(0)} {step.ljust(self._width)}  FAILED")

    def _log_line(self, entry: EventLogEntry) -> None:
        """Pass on what assets warn about; that steps were skipped stands in the summary."""
        told_by_dagster = entry.user_message.startswith("Dependencies for step")
        # What raw assets say while they ask services is progress: it may take an hour, and so may teaching a model.
        # And what crawls changed is told at the end.
        is_progress = (entry.step_key or "").startswith(("landing_", "raw_", "evaluation_", "held_out_", "published_"))
        level = logging.INFO if self.console.verbose or is_progress else logging.WARNING
        if int(entry.level) >= level and not told_by_dagster:
            step = f"{entry.step_key}: " if entry.step_key else ""
            self.console.say(f"{'':>{len(self._place(0))}} {step}{entry.user_message}")

    def _report(self, name: str) -> None:
        """Print the asset's line, once, and what its checks found below it."""
        if name in self._reported:
            return
        self._reported.add(name)
        asset = self.assets[name]
        rows = "" if asset.rows is None else counted(asset.rows, "row")
        broken = [check for check in asset.checks if not check.passed]
        place = self._place(len(self._reported))
        line = f"{place} {name.ljust(self._width)} {rows:>16} {seconds(asset.seconds):>12}"
        self.console.say(f"{line}  {_verdict(asset.checks)}".rstrip())
        for check in broken:
            kind = "error" if check.is_error else "warning"
            self.console.say(f"{'':>{len(self._place(0))}} {kind}: {check.finding}")

    def _place(self, number: int) -> str:
        """`[ 7/63]`, or blanks of that width for lines that do not count."""
        width = len(str(len(self.planned)))
        return f"[{number:>{width}}/{len(self.planned)}]" if number else " " * (2 * width + 3)


def _is_interrupt(error: SerializableErrorInfo | None) -> bool:
    """Whether an interrupt is the error, or what caused it."""
    while error is not None and error.cls_name not in _INTERRUPTS:
        error = error.cause
    return error is not None


def _outcome(evaluation: AssetCheckEvaluation) -> CheckOutcome:
    """Dagster's evaluation in plain values; pictures and tables stay behind."""
    facts = {
        name: str(value.value)
        for name, value in evaluation.metadata.items()
        if isinstance(value.value, str | int | float)
    }
    return CheckOutcome(
        asset=evaluation.asset_key.to_user_string(),
        name=evaluation.check_name,
        passed=evaluation.passed,
        is_error=evaluation.severity.value == "ERROR",
        blocks=bool(evaluation.blocking),
        said=(evaluation.description or "").strip(),
        facts=facts,
    )


def _verdict(checks: list[CheckOutcome]) -> str:
    """The checks of one asset in a word."""
    broken = sum(not check.passed for check in checks)
    if not checks:
        return ""
    checks_made = counted(len(checks), "check")
    return f"{checks_made} ok" if not broken else f"{broken} of {checks_made} failed"
