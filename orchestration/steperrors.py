"""Why the steps of a run failed, in the words of the error that says most.

The one rule: nothing that is secret leaves here: settings that are never shown, and names and passwords in addresses.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dagster import DagsterEventType

if TYPE_CHECKING:
    from dagster import DagsterInstance
    from dagster_shared.error import SerializableErrorInfo

#: What a step says that stopped behind a check of its own; the check has told it better.
CHECK_FAILED = "DagsterAssetCheckFailedError"
#: So much of an error is told, and of so many steps; the rest stands in the run.
MOST_CHARACTERS = 1_000
MOST_STEPS = 5
#: Shorter values are words that stand in other messages too (`off`, `demo`), and no secrets.
_LEAST_SECRET = 6
_HIDDEN = "***"
#: The module before a class name in an error's first line; it says nothing to a reader.
_QUALIFIED = re.compile(r"^(?:[a-z_][a-z0-9_]*\.)+(?=[A-Z])")
#: `user:password@` in an address.
_LOGIN = re.compile(r"(?<=://)[^\s/]*@")


@dataclass(frozen=True)
class StepError:
    """Why one step failed.

    Attributes:
        step: its name; '' where the run failed outside its steps.
        error: the class of the error and its message, in one line.
    """

    step: str
    error: str

    def __str__(self) -> str:
        """Both."""
        return f"{self.step}: {self.error}" if self.step else self.error


def message_of(error: SerializableErrorInfo) -> str:
    """What the first error that is not Dagster's own says, without the module's name.

    Errors of ours name file, value and remedy; what caused them (the end of a gzip stream, say) knows none of these.
    """
    while error.cause is not None and (error.cls_name or "").startswith("Dagster"):
        error = error.cause
    return _QUALIFIED.sub("", error.message.strip())


def step_errors(instance: DagsterInstance, run_id: str, run_error: Any, secrets: Collection[str]) -> list[StepError]:
    """Why a failed run failed, for each of its steps that did, in order.

    Args:
        instance: where the run is recorded.
        run_id: the run.
        run_error: what its last event says, for runs that failed outside their steps; None where it says nothing.
        secrets: what must not be told.
    """
    records = instance.get_records_for_run(run_id, of_type=DagsterEventType.STEP_FAILURE).records
    events = [event for record in records if (event := record.event_log_entry.dagster_event) is not None]
    found = [(event.step_key or "", event.step_failure_data.error) for event in events]
    return list(_told(found or [("", run_error)], secrets))


def without_secrets(text: str, secrets: Collection[str]) -> str:
    """The text without these values, and without names and passwords in addresses."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _LEAST_SECRET:
            text = text.replace(secret, _HIDDEN)
    return _LOGIN.sub(f"{_HIDDEN}@", text)


def _told(found: list[tuple[str, SerializableErrorInfo | None]], secrets: Collection[str]) -> Iterator[StepError]:
    """The errors that say something, each shortened; how many more there are takes the place of the last."""
    told = [(step, error) for step, error in found if error is not None and error.cls_name != CHECK_FAILED]
    for step, error in told[:MOST_STEPS]:
        # Hidden before it is cut, so that no half of a secret is left at the end.
        text = " ".join(without_secrets(message_of(error), secrets).split())
        yield StepError(step, text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…")
    if len(told) > MOST_STEPS:
        yield StepError("", f"and {len(told) - MOST_STEPS} more steps, see the run")
