"""Steps that make tables, and check them before anything is made of them.

The one rule: what a step has made is checked in the same step, in the same writer's turn where that can be.
"""

# No `from __future__ import annotations`: Dagster looks at the annotations of steps.

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, TypeAlias

import dagster as dg

from assets.checks.asset_checks import check_specs
from assets.checks.outcomes import check_result, check_table, outcomes_now
from assets.checks.tables import CheckedTable, table_named
from assets.resources import WarehouseResource
from warehouse.connection import Warehouse

Made: TypeAlias = dg.MaterializeResult[None]


def table_step(name: str, specs: Sequence[dg.AssetSpec]) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """As `dg.multi_asset`, for a function that returns or yields the result of each table it makes.

    A result that does not bring the outcomes of the table's checks (`with_checks`) gets them here, in a writer's turn
    of their own. A failed check of severity error fails the step, once all of its tables are told of: these stand as
    they were made, and nothing is made of them.

    Args:
        name: the step's.
        specs: of its tables.
    """
    tables = [table for spec in specs if (table := _table(spec.key))]

    def decorate(make: Callable[..., Any]) -> dg.AssetsDefinition:
        @dg.multi_asset(name=name, specs=specs, check_specs=[one for table in tables for one in check_specs(table)])
        @wraps(make)
        def step(context: dg.AssetExecutionContext, warehouse: WarehouseResource, **others: Any) -> Iterator[Made]:
            made = make(context=context, warehouse=warehouse, **others)
            for result in (made,) if isinstance(made, dg.MaterializeResult) else made:
                yield _checked(warehouse.open(), result, context, specs)

        return step

    return decorate


def with_checks(connection: Any, warehouse: Warehouse, result: Made, run_id: str) -> Made:
    """The result of a table that was just made, with what its checks say in the same turn.

    Without them where they have to wait for a library that is not loaded yet.

    Args:
        connection: the writer's.
        warehouse: whose.
        result: names its asset.
        run_id: of the run.
    """
    table = _table(result.asset_key) if result.asset_key else None
    if table is None:
        return result
    outcomes = outcomes_now(connection, warehouse.home, table, run_id) or []
    return _replaced(result, check_results=[check_result(table, one) for one in outcomes])


def telling(result: Made, more: Mapping[str, Any]) -> Made:
    """The same result, telling the UI more."""
    return _replaced(result, metadata={**(result.metadata or {}), **more})


def _checked(
    warehouse: Warehouse, result: Made, context: dg.AssetExecutionContext, specs: Sequence[dg.AssetSpec]
) -> Made:
    """The result with its checks, which are run now where it does not bring them."""
    key = result.asset_key or specs[0].key
    table = _table(key)
    if table is None or result.check_results:
        return result
    outcomes = check_table(warehouse, table, context.run_id)
    return _replaced(result, asset_key=key, check_results=[check_result(table, one) for one in outcomes])


def _table(key: dg.AssetKey) -> CheckedTable | None:
    return table_named(key.to_user_string())


def _replaced(result: Made, **changed: Any) -> Made:
    """The result with some of its parts replaced."""
    parts = {name: getattr(result, name) for name in ("asset_key", "metadata", "check_results", "data_version", "tags")}
    return dg.MaterializeResult(**parts | changed)
