"""What stands in a published snapshot, and whether two of them say the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from assets.checks.rules import asked_for, rules_of
from assets.checks.tables import checked_tables
from tests.end_to_end.runs import Tables, published_tables
from warehouse.build import fetch
from warehouse.catalogue import built_tables, columns_of, entries
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.snapshotcopy import PUBLISHED

#: Columns of the warehouse that say when and by which run something was written.
OF_THE_RUN = ("loaded_at", "landed_at", "run_id", "published_at", "snapshot_id", "checked_at", "occurred_at")

__all__ = ["Tables", "broken_rules", "differing", "published_tables", "warehouse_tables"]


def broken_rules(home: Path) -> list[str]:
    """The rules of severity error that the snapshot breaks, of those that read nothing but what is published."""
    broken = []
    with Warehouse(Home(home)).reader() as connection:
        there = built_tables(connection)  # models that OSUSUME_MODELS leaves out have none
        for table in (one for one in checked_tables() if one.schema in PUBLISHED and one.table in there):
            known = {"checked_table": table.table, "keys": list(table.file.keys)}
            for rule in rules_of(table):
                published = all(name.split(".")[0] in PUBLISHED and name in there for name in rule.depends_on)
                if rule.severity == "error" and published and asked_for(rule) <= set(known):
                    given = {name: known[name] for name in asked_for(rule)}
                    if fetch(connection, f"checks/{rule.name}", given).num_rows:
                        broken.append(f"{table.name}: {rule.name}")
    return broken


def differing(one: Tables, other: Tables) -> dict[str, tuple[int, int]]:
    """The tables that are not the same in both, with how many rows only the one and only the other has."""
    found = {}
    for name in sorted(one | other):
        left, right = Counter(map(repr, one.get(name, []))), Counter(map(repr, other.get(name, [])))
        if left != right:
            found[name] = ((left - right).total(), (right - left).total())
    return found


def warehouse_tables(home: Path) -> dict[str, str]:
    """A hash of the rows of each table of the writers' file, columns that tell of the run left out."""
    with Warehouse(Home(home)).writer("compare") as connection:
        found = {}
        for entry in (one for one in entries(connection) if one.kind == "table"):
            told = [name for name, _, _ in columns_of(connection, entry.relation) if name not in OF_THE_RUN]
            kept = ", ".join(f'"{name}"' for name in told)
            statement = f"select count(*), sum(hash(held)) from (select {kept} from {entry.relation.sql}) as held"  # noqa: S608
            found[str(entry.relation)] = str(connection.execute(statement).fetchall()[0])
        return found
