"""What the checks of one table found: judged by Great Expectations, recorded, and told to Dagster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from assets.checks.columns import ColumnResult, check_columns
from assets.checks.expectations import Severity
from assets.checks.rules import check_rules, dependencies, remedy, rules_of, sentence
from assets.checks.suites import suite
from assets.checks.tables import CheckedTable, Connection
from assets.checks.validation import batch_definition, is_ready
from assets.results import markdown_table
from warehouse.checks import CheckResult, RuleResult, check_name, record_results
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import landed_files
from warehouse.made import is_sound, note_sound
from warehouse.sqlfiles import SqlFile

SHOWN_ROWS = 10


@dataclass(frozen=True)
class Outcome:
    """One check of one table in one run.

    Attributes:
        check_name: the truth it states.
        severity: `error` or `warn`.
        description: the same in a sentence.
        passed: whether it holds.
        failing_rows: how many rows break it.
        sample: some of these rows.
        remedy: what to do about them.
        notes: what else helps, by name.
    """

    check_name: str
    severity: Severity
    description: str
    passed: bool
    failing_rows: int
    sample: list[dict[str, Any]]
    remedy: str
    notes: dict[str, Any]


def check_table(warehouse: Warehouse, table: CheckedTable, run_id: str) -> list[Outcome]:
    """Every outcome of the table's checks, also written to `quality.check_result`.

    Where all of them held before and nothing that they depend on was changed since, they hold without being run.

    Raises:
        ChecksError: when an expectation cannot be evaluated.
        WarehouseError: when the table does not exist or a rule cannot be run.
    """
    with warehouse.writer(f"checks of {table.name}") as connection:
        outcomes = outcomes_now(connection, warehouse.home, table, run_id)
    if outcomes is None:
        batch_definition()  # Importing Great Expectations takes seconds: not while others wait for the file.
        with warehouse.writer(f"checks of {table.name}") as connection:
            outcomes = outcomes_now(connection, warehouse.home, table, run_id)
    return outcomes or []


def outcomes_now(connection: Connection, home: Home, table: CheckedTable, run_id: str) -> list[Outcome] | None:
    """As `check_table`, in a writer's turn; None when checks have to run that wait for Great Expectations."""
    facts = _facts(home, table)
    depends = dependencies(table, facts)
    if is_sound(connection, *depends):
        outcomes = [_still_holds(*one) for one in described_checks(table)]
    elif suite(table) and not is_ready():
        return None
    else:
        outcomes = [
            *rule_outcomes(table, check_rules(connection, table, facts)),
            *column_outcomes(connection, table),
        ]
        note_sound(connection, *depends, holds=all(one.passed for one in outcomes))
    checked_at = datetime.now(UTC)
    record_results(
        connection,
        [
            CheckResult(run_id, table.name, one.check_name, one.severity, one.passed, one.failing_rows, checked_at)
            for one in outcomes
        ],
    )
    return outcomes


def described_checks(table: CheckedTable) -> list[tuple[str, Severity, str]]:
    """Name, severity and sentence of each check of a table, rules first."""
    rules = [(check_name(rule), _severity(rule.severity), sentence(rule)) for rule in rules_of(table)]
    return [*rules, *((check.name, check.severity, check.description) for check in suite(table))]


def _still_holds(name: str, severity: Severity, description: str) -> Outcome:
    """The outcome of a check that held before, where nothing has changed."""
    notes = {"unchanged": "It held before, and nothing that it reads has changed since."}
    return Outcome(name, severity, description, True, 0, [], "", notes)


def rule_outcomes(table: CheckedTable, results: list[RuleResult]) -> list[Outcome]:
    """The rules' outcomes, in their order: no row may break any of them."""
    files = {check_name(rule): rule for rule in rules_of(table)}
    return [_rule_outcome(table, result, files[result.check_name]) for result in results]


def _rule_outcome(table: CheckedTable, result: RuleResult, rule: SqlFile) -> Outcome:
    """One rule's outcome; a rule that could not be run warns, since a part of the pipeline may go on without it."""
    notes = {"rule": f"sql/checks/{rule.name}.sql"}
    if result.absent:
        notes["not_checked"] = f"not built yet: {', '.join(result.absent)}"
    missing = ", ".join(name.partition(".")[2] for name in result.absent)
    unknown = f"Nobody knows yet whether it holds: make {missing} too." if missing else ""
    return Outcome(
        check_name=result.check_name,
        severity="warn" if result.absent else _severity(result.severity),
        description=sentence(rule),
        passed=not result.failing_rows and not result.absent,
        failing_rows=result.failing_rows,
        sample=result.sample.to_pylist(),
        remedy=unknown or remedy(rule) or usual_remedy(table),
        notes=notes,
    )


def column_outcomes(connection: Connection, table: CheckedTable) -> list[Outcome]:
    """The outcomes of the table's suite, in the suite's order."""
    return [_column_outcome(table, one) for one in check_columns(connection, table, suite(table))]


def _column_outcome(table: CheckedTable, result: ColumnResult) -> Outcome:
    notes: dict[str, Any] = {"judged_rows": result.judged_rows}
    if result.observed:
        notes["observed"] = result.observed
    return Outcome(
        check_name=result.check.name,
        severity=result.check.severity,
        description=result.check.description,
        passed=not result.failing_rows,
        failing_rows=result.failing_rows,
        sample=result.sample,
        remedy=result.check.remedy or usual_remedy(table),
        notes=notes,
    )


def usual_remedy(table: CheckedTable) -> str:
    """Where rows of this table come from, for checks that know nothing better to say."""
    made_by = f"sql/{table.file.folder}/{table.file.name}.sql"
    if "payload_path" in table.file.columns:
        return (
            "The sample names the landed line of each row (payload_path under HOME/landing, payload_line; "
            "payload_item within a response). "
            f"If the source is wrong, reject the line in {made_by}; if it is read wrongly, correct that."
        )
    if table.file.needs_computed:
        return f"The rows are computed in Python and handed to {made_by}: look at the asset {table.name}."
    return f"The rows are made by {made_by} from {', '.join(table.file.depends_on)}: look there."


def check_result(table: CheckedTable, outcome: Outcome) -> dg.AssetCheckResult:
    """The table's outcome as Dagster shows it: counts always; sample and remedy where the check does not hold."""
    metadata: dict[str, Any] = {"failing_rows": outcome.failing_rows, **outcome.notes}
    if not outcome.passed:
        metadata["what_to_do"] = outcome.remedy
        if outcome.sample:
            metadata["sample"] = dg.MetadataValue.md(markdown_table(outcome.sample[:SHOWN_ROWS]))
    warns = outcome.severity == "warn"
    return dg.AssetCheckResult(
        asset_key=table.name,
        check_name=outcome.check_name,
        passed=outcome.passed,
        severity=dg.AssetCheckSeverity.WARN if warns else dg.AssetCheckSeverity.ERROR,
        description=outcome.description,
        metadata=metadata,
    )


def _facts(home: Home, table: CheckedTable) -> dict[str, Any]:
    """What rules of raw tables ask for: the files that are landed."""
    if table.schema != "raw":
        return {}
    return {"landed_paths": [one.path for one in landed_files(home, table.source, table.stream)]}


def _severity(text: str) -> Severity:
    return "warn" if text == "warn" else "error"
