"""The checks of a table as Dagster knows them before they run."""

import dagster as dg

from assets.checks.outcomes import described_checks
from assets.checks.rules import rules_of
from assets.checks.tables import CheckedTable

#: Schemas whose tables exist in every warehouse, without being assets.
_ALWAYS_THERE = ("quality",)
_NO_ASSET = ("loaded_file", "crawl")


def check_specs(table: CheckedTable) -> list[dg.AssetCheckSpec]:
    """The table's checks.

    Those of severity error block: a failed one keeps what is downstream from running, and automation from asking for
    it.
    """
    return [
        dg.AssetCheckSpec(name=name, asset=table.name, description=text, blocking=severity == "error")
        for name, severity, text in described_checks(table)
    ]


def also_read(table: CheckedTable) -> list[str]:
    """The assets that the table's rules read besides: the table is made after them."""
    read = {name for rule in rules_of(table) for name in rule.depends_on}
    pairs = sorted(tuple(name.split(".")) for name in read)
    others = [name for schema, name in pairs if schema not in _ALWAYS_THERE and name not in _NO_ASSET]
    return [name for name in others if name != table.name]
