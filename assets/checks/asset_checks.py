"""One Dagster step for each table, in which all of its checks run."""

from collections.abc import Iterator

import dagster as dg

from assets.checks.outcomes import check_result, check_table, described_checks
from assets.checks.rules import rules_of
from assets.checks.tables import CheckedTable
from assets.resources import WarehouseResource

#: Schemas whose tables exist in every warehouse, without being assets.
_ALWAYS_THERE = ("quality",)
_NO_ASSET = ("loaded_file", "crawl")


def table_checks(table: CheckedTable) -> dg.AssetChecksDefinition:
    """The checks of one table as one step: what stands downstream, the publishing too, waits for it."""

    @dg.multi_asset_check(name=f"{table.name}_checks", specs=check_specs(table), can_subset=True)
    def checks(context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.AssetCheckResult]:
        wanted = {key.name for key in context.selected_asset_check_keys}
        for outcome in check_table(warehouse.open(), table, context.run.run_id):
            if outcome.check_name in wanted:
                yield check_result(outcome)

    return checks


def check_specs(table: CheckedTable) -> list[dg.AssetCheckSpec]:
    """The table's checks as Dagster knows them before they run.

    Those of severity error block: a failed one keeps what is downstream from running, and automation from asking for
    it. All checks of a table are one step and every table has one that blocks, so that even the publishing waits for
    warnings, and a snapshot holds all outcomes of its run.
    """
    described = {name: (severity, text) for name, severity, text in described_checks(table)}
    also_read = _also_read(table)
    return [
        dg.AssetCheckSpec(
            name=name,
            asset=table.name,
            description=text,
            blocking=severity == "error",
            additional_deps=also_read,
        )
        for name, (severity, text) in described.items()
    ]


def _also_read(table: CheckedTable) -> list[str]:
    """The assets that the table's rules read besides: they must be up to date before the rules run."""
    read = {name for rule in rules_of(table) for name in rule.depends_on}
    pairs = sorted(tuple(name.split(".")) for name in read)
    others = [name for schema, name in pairs if schema not in _ALWAYS_THERE and name not in _NO_ASSET]
    return [name for name in others if name != table.name]
