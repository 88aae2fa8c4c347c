"""Rules of sql/checks: each selects the rows that break it, over all rows of the tables it reads.

Most rules belong to one table, `<table>__<what_holds>.sql`. Families of tables share rules,
`each_table__<what_holds>.sql`, which are told the table (`$checked_table`) and what they need to know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from assets.checks.tables import CheckedTable, Connection, checked_tables
from warehouse.build import fetch, table_exists
from warehouse.checks import SAMPLE_ROWS, run_rules
from warehouse.sqlfiles import SqlFile, check_files

#: Between the sentence of a header and what to do when it does not hold.
PARAGRAPH = "\n\n"


@dataclass(frozen=True)
class RuleResult:
    """What one rule said about one table.

    Attributes:
        table: the table's name.
        check_name: the rule, written as what should hold.
        severity: `error` or `warn`.
        failing_rows: how many rows break it; 0 = it holds.
        sample: up to SAMPLE_ROWS of these rows.
    """

    table: str
    check_name: str
    severity: str
    failing_rows: int
    sample: pa.Table


def rules_of(table: CheckedTable) -> list[SqlFile]:
    """The rules that hold for the table: its own by name, then those of its families."""
    return [file for group in (table.name, *table.families) for file in check_files(group)]


def check_name(rule: SqlFile) -> str:
    """The rule's name without the table it is about."""
    return rule.name.rpartition("__")[2]


def sentence(rule: SqlFile) -> str:
    """What should hold, in one sentence: the first paragraph of the rule's header."""
    return rule.description.partition(PARAGRAPH)[0]


def remedy(rule: SqlFile) -> str:
    """What to do when the rule is broken: the rest of its header; '' when it says nothing."""
    return rule.description.partition(PARAGRAPH)[2]


def check_rules(connection: Connection, table: CheckedTable, facts: Mapping[str, Any]) -> list[RuleResult]:
    """What each rule of the table says, in the order of `rules_of`.

    Args:
        connection: a writer's or a reader's connection.
        table: the table, which must exist.
        facts: what only the caller knows and rules may ask for by name. A shared rule that asks for
            something else is left out.

    Raises:
        WarehouseError: when a rule cannot be run, naming its file.
    """
    results = [
        RuleResult(table.name, one.check_name, one.severity, one.failing_rows, one.sample)
        for one in run_rules(connection, table.name)
    ]
    known = {"checked_table": table.table, "keys": list(table.file.keys), **facts}
    for file in (rule for family in table.families for rule in check_files(family)):
        if asked_for(file) <= set(known):
            broken = fetch(connection, f"checks/{file.name}", {name: known[name] for name in asked_for(file)})
            results.append(
                RuleResult(table.name, check_name(file), file.severity, broken.num_rows, broken.slice(0, SAMPLE_ROWS))
            )
    return results


def asked_for(rule: SqlFile) -> set[str]:
    """The names of the parameters that a shared rule takes."""
    return {name for name in ("checked_table", "keys", "landed_paths") if f"${name}" in rule.body}


def failing_rules(connection: Connection) -> list[RuleResult]:
    """The rules of severity error that are broken now, over everything built from staging on; [] = none.

    Each check has run when its table was refreshed. A partial refresh can still leave tables that contradict
    each other, which only shows when all rules are looked at together: right before publishing.
    """
    built = [one for one in checked_tables() if one.schema != "raw" and table_exists(connection, one.table)]
    results = [result for table in built for result in check_rules(connection, table, {})]
    return [one for one in results if one.severity == "error" and one.failing_rows]
