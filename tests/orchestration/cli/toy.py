"""A code location of a few toy assets, to run without the pipeline."""

import os
import signal
import sys
import time
from collections.abc import Callable

import dagster as dg
import duckdb

from tests.warehouse.interrupting import LONG_QUERY, interrupt_soon


def toy_asset(name: str, deps: list[str], act: Callable[[dg.AssetExecutionContext], None]) -> dg.AssetsDefinition:
    """An asset that does what it is told and says that it has three rows."""

    @dg.asset(name=name, deps=deps, group_name="core")
    def made(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        act(context)
        return dg.MaterializeResult(metadata={"dagster/row_count": 3})

    return made


def toy_checks(name: str, outcomes: dict[str, bool], *, is_error: bool = True) -> dg.AssetChecksDefinition:
    """Blocking checks of one asset, each with the outcome it is told."""
    specs = [dg.AssetCheckSpec(check, asset=name, blocking=True) for check in outcomes]
    severity = dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN

    @dg.multi_asset_check(name=f"{name}_checks", specs=specs, op_tags={"dagster/priority": "10"})
    def checked():
        for check, passed in outcomes.items():
            yield dg.AssetCheckResult(
                check_name=check,
                passed=passed,
                severity=severity,
                description="" if passed else "Every row is whole.",
                metadata={"failing_rows": 0}
                if passed
                else {
                    "failing_rows": 3,
                    "sample": dg.MetadataValue.md("| line |\n|---|\n| 4 |"),
                    "what_to_do": "Look at line 4.",
                },
            )

    return checked


def nothing(_: dg.AssetExecutionContext) -> None:
    """An asset's work when there is none."""


def fails(_: dg.AssetExecutionContext) -> None:
    """An asset's work that cannot be done."""
    raise ValueError("file one.csv, line 3: no number")


def is_interrupted(_: dg.AssetExecutionContext) -> None:
    """An asset's work during which somebody presses Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(30)


def loses_an_interrupt(_: dg.AssetExecutionContext) -> None:
    """An asset's work during whose finalizers somebody presses Ctrl-C: Python prints that and goes on."""

    class Finalized:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)

    Finalized()


def is_interrupted_in_a_query(_: dg.AssetExecutionContext) -> None:
    """An asset's work during whose query somebody presses Ctrl-C; nothing here knows of interrupts."""
    # With other threads, closing would wait until they are through with the query.
    with duckdb.connect(config={"threads": "1"}) as con:
        interrupt_soon()
        con.execute(LONG_QUERY)


def prints(_: dg.AssetExecutionContext) -> None:
    """An asset's work that talks."""
    sys.stdout.write("printed by an asset\n")
    sys.stdout.flush()


def waits(context: dg.AssetExecutionContext) -> None:
    """An asset's work that has something to tell the user."""
    context.log.info("quietly at work")
    context.log.warning("waiting for another writer")


def twin_assets(act: Callable[[dg.AssetExecutionContext], None]) -> dg.AssetsDefinition:
    """Two assets of one step, which cannot be made apart; the second only if the work can be done."""

    @dg.multi_asset(
        name="twins", specs=[dg.AssetSpec("twin_one", deps=["first"]), dg.AssetSpec("twin_two", deps=["first"])]
    )
    def twins(context: dg.AssetExecutionContext):
        yield dg.MaterializeResult(asset_key="twin_one")
        act(context)
        yield dg.MaterializeResult(asset_key="twin_two")

    return twins


def toy_definitions(*, broken: str = "") -> dg.Definitions:
    """Assets first -> second -> third, and the twins; `broken` names what fails."""
    work = {"first": prints, "second": waits, "third": nothing, "twins": nothing} | {broken: fails}
    if broken == "interrupt":
        work["first"] = is_interrupted
    assets = [
        toy_asset("first", [], work["first"]),
        toy_asset("second", ["first"], work["second"]),
        toy_asset("third", ["second"], work["third"]),
        twin_assets(work["twins"]),
    ]
    holds = broken not in ("check", "warning")
    checks = [
        toy_checks("first", {"keys_are_unique": True, "rows_are_whole": holds}, is_error=broken == "check"),
        toy_checks("third", {"nothing_is_lost": True}),
    ]
    everything = dg.define_asset_job("refresh_all", selection=dg.AssetSelection.all())
    return dg.Definitions(assets=assets, asset_checks=checks, jobs=[everything])
