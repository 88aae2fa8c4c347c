"""What the tests of checks share: a real warehouse in a temporary folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.checks.tables import CheckedTable, checked_tables
from tests.assets.checks.world import make_world
from warehouse.connection import Warehouse
from warehouse.home import Home


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """The warehouse of an empty HOME."""
    return Warehouse(Home(tmp_path / "home"), lock_timeout_s=30, memory_limit="500MB", threads=2)


@pytest.fixture
def con(warehouse: Warehouse) -> Iterator[Any]:
    """A writer's connection to a real warehouse file without any of the pipeline's tables."""
    with warehouse.writer("test") as connection:
        yield connection


@pytest.fixture(scope="session")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A writer's connection to the tiny world in which every check passes, made once."""
    home = Home(tmp_path_factory.mktemp("world"))
    with Warehouse(home, memory_limit="500MB", threads=2).writer("test") as connection:
        make_world(connection)
        yield connection


@pytest.fixture
def world(shared_world: Any) -> Iterator[Any]:
    """The tiny world, which is sound again after the test whatever the test did to it."""
    shared_world.execute("begin transaction")
    yield shared_world
    shared_world.execute("rollback")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME with the tiny world in it, for copies."""
    home = Home(tmp_path_factory.mktemp("made"))
    with Warehouse(home, memory_limit="500MB", threads=2).writer("world") as connection:
        make_world(connection)
    return home.root


@pytest.fixture
def made(warehouse: Warehouse, made_once: Path) -> Warehouse:
    """The warehouse with the tiny world in it, and nobody connected."""
    shutil.copytree(made_once, warehouse.home.root)
    return warehouse


def change(warehouse: Warehouse, *statements: str) -> None:
    """Run statements on the warehouse."""
    with warehouse.writer("change") as connection:
        for statement in statements:
            connection.execute(statement)


def table_named(name: str) -> CheckedTable:
    """The checked table of this name."""
    return next(table for table in checked_tables() if table.name == name)
