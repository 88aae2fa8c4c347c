"""The warehouse of a run: its file stays open between steps that follow one another at once."""

from pathlib import Path

import dagster as dg

from assets.resources import WarehouseResource
from warehouse.home import Home
from warehouse.keeping import keeper_of


def test_the_file_is_kept_open_for_the_length_of_a_run_and_no_longer(tmp_path: Path) -> None:
    """Two steps see it kept and one another's rows; after the run nobody keeps it, and no ticket is left."""
    home = Home(tmp_path)
    kept: list[bool] = []

    @dg.asset
    def one(warehouse: WarehouseResource) -> None:
        with warehouse.open().writer("one") as con:
            con.execute("create table written as select 1 as a")
        kept.append(keeper_of(home) is not None)

    @dg.asset(deps=[one])
    def two(warehouse: WarehouseResource) -> None:
        kept.append(keeper_of(home) is not None)
        with warehouse.open().writer("two") as con:
            assert con.execute("select a from written").fetchall() == [(1,)]

    assert dg.materialize([one, two], resources={"warehouse": WarehouseResource(home=str(tmp_path))}).success
    assert kept == [True, True]
    assert keeper_of(home) is None
    assert not list(home.lock_dir.glob("*.ticket"))
