"""What a run came to, in plain values; no Dagster is needed to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestration.cli.console import counted


@dataclass(frozen=True)
class CheckOutcome:
    """What one check said.

    Attributes:
        asset: the checked table.
        name: the rule, written as what should hold.
        passed: whether it held.
        is_error: whether a failure counts as an error; otherwise it is a warning.
        blocks: whether a failure keeps what comes after from running.
        said: the description of the result; '' when it has none.
        facts: the result's numbers and texts, by name.
    """

    asset: str
    name: str
    passed: bool
    is_error: bool
    blocks: bool
    said: str
    facts: dict[str, str]

    @property
    def finding(self) -> str:
        """What did not hold, and for how many rows where the check counts them; or why nobody knows."""
        if unknown := self.facts.get("not_checked", ""):
            return f"{self.name}: not checked, {unknown}"
        rows = int(self.facts.get("failing_rows", 0))
        broken = f" ({counted(rows, 'row breaks', 'rows break')} it)" if rows else ""
        return f"{self.name}: {self.said or 'did not hold'}{broken}"

    @property
    def stops(self) -> bool:
        """Whether the line stops here."""
        return self.blocks and self.is_error and not self.passed


@dataclass
class AssetOutcome:
    """One materialised asset: its rows (None where it does not count any), seconds and checks."""

    name: str
    rows: int | None
    seconds: float
    checks: list[CheckOutcome] = field(default_factory=list)


@dataclass(frozen=True)
class Failure:
    """A step that ended with an error: its name, the assets it did not make, what it said, and the traceback."""

    step: str
    assets: Sequence[str]
    message: str
    trace: str


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes:
        run_id: the id under which the UI shows it.
        succeeded: whether every asset was made and no blocking check failed.
        assets: what was materialised, in the order of finishing.
        checks: every check that was made, in order.
        failures: the steps that raised an error; blocking checks are not among them.
        skipped: planned assets that were neither made nor tried, sorted.
        seconds: from start to end.
    """

    run_id: str
    succeeded: bool
    assets: Sequence[AssetOutcome]
    checks: Sequence[CheckOutcome]
    failures: Sequence[Failure]
    skipped: Sequence[str]
    seconds: float

    @property
    def materialised(self) -> frozenset[str]:
        """The names of the assets that were made."""
        return frozenset(asset.name for asset in self.assets)
