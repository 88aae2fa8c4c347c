"""Rules of sql/checks: each selects the rows that break it, over all rows of the tables it reads.

Most rules belong to one table, `<table>__<what_holds>.sql`. Families of tables share rules,
`each_table__<what_holds>.sql`, which are told the table (`$checked_table`) and what they need to know of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.checks.tables import CheckedTable, Connection, checked_tables
from warehouse.build import fetch
from warehouse.catalogue import built_tables
from warehouse.checks import SAMPLE_ROWS, RuleResult, absent_tables, check_name, run_rules
from warehouse.errors import CheckError
from warehouse.made import is_sound
from warehouse.sqlfiles import SqlFile, check_files

#: Between the sentence of a header and what to do when it does not hold.
PARAGRAPH = "\n\n"


def rules_of(table: CheckedTable) -> list[SqlFile]:
    """The rules that hold for the table: its own by name, then those of its families."""
    return [file for group in (table.name, *table.families) for file in check_files(group)]


def sentence(rule: SqlFile) -> str:
    """What should hold, in one sentence: the first paragraph of the rule's header."""
    return rule.description.partition(PARAGRAPH)[0]


def remedy(rule: SqlFile) -> str:
    """What to do when the rule is broken: the rest of its header; '' when it says nothing."""
    return rule.description.partition(PARAGRAPH)[2]


def check_rules(
    connection: Connection, table: CheckedTable, facts: Mapping[str, Any], built: Collection[str] | None = None
) -> list[RuleResult]:
    """What each rule of the table says, in the order of `rules_of`.

    Args:
        connection: a writer's or a reader's connection.
        table: the table.
        facts: what only the caller knows and rules may ask for by name. A shared rule that asks for
            something else is left out.
        built: what `built_tables` says now; None = it is asked.

    Raises:
        CheckError: when the table was never built.
        WarehouseError: when a rule cannot be run, naming its file.
    """
    built = built_tables(connection) if built is None else built
    if table.table not in built:
        raise CheckError(f"{table.table} cannot be checked: it was never built")
    own = run_rules(connection, table.name, check_files(table.name), built)
    known = {"checked_table": table.table, "keys": list(table.file.keys), **facts}
    shared = [rule for family in table.families for rule in check_files(family) if asked_for(rule) <= set(known)]
    absent = absent_tables(built, shared)
    return own + [_shared_result(connection, table.name, rule, known, absent.get(rule.name, ())) for rule in shared]


def _shared_result(
    connection: Connection, table: str, rule: SqlFile, known: Mapping[str, Any], absent: tuple[str, ...]
) -> RuleResult:
    """What a rule of a family says about one of its tables."""
    if absent:
        return RuleResult(table, check_name(rule), rule.severity, 0, pa.table({}), absent)
    broken = fetch(connection, f"checks/{rule.name}", {name: known[name] for name in asked_for(rule)})
    return RuleResult(table, check_name(rule), rule.severity, broken.num_rows, broken.slice(0, SAMPLE_ROWS))


def asked_for(rule: SqlFile) -> set[str]:
    """The names of the parameters that a shared rule takes."""
    return {name for name in ("checked_table", "keys", "landed_paths") if f"${name}" in rule.body}


def failing_rules(connection: Connection) -> list[RuleResult]:
    """The rules of severity error that do not hold now, over everything built from staging on; [] = all do.

    Each check has run when its table was refreshed. A partial refresh can still leave tables that contradict
    each other, which only shows when all rules are looked at together: right before publishing. Rules of tables that
    were found sound with just what stands in the warehouse now are not run again.
    """
    built = built_tables(connection)
    tables = [one for one in checked_tables() if one.schema != "raw" and one.table in built]
    doubtful = [one for one in tables if not is_sound(connection, *dependencies(one, {}))]
    results = [result for table in doubtful for result in check_rules(connection, table, {}, built)]
    return [one for one in results if one.severity == "error" and (one.failing_rows or one.absent)]


def dependencies(table: CheckedTable, facts: Mapping[str, Any]) -> tuple[str, list[str], str]:
    """What the outcomes of a table's checks depend on: the table, the others that its rules read, and a hash.

    The hash is that of the rules, this room's code, Great Expectations' version and the facts that rules ask for.
    """
    rules = rules_of(table)
    reads = sorted({name for rule in rules for name in rule.depends_on} - {table.table})
    words = [_code(), *(f"{rule.name} {rule.body}" for rule in rules), repr(sorted(facts.items()))]
    return table.table, reads, sha256("\0".join(words).encode()).hexdigest()


@cache
def _code() -> str:
    """Great Expectations' version, and a hash of this room's code."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    texts = "\0".join(file.read_text(encoding="utf-8") for file in files)
    return f"{version('great-expectations')} {sha256(texts.encode()).hexdigest()}"
