"""How far a table that is kept for a while has fallen behind what its SELECT would give now."""

from dataclasses import dataclass

import duckdb

from warehouse.build import explained
from warehouse.names import Relation, quote_identifier
from warehouse.sqlfiles import SqlFile


@dataclass(frozen=True)
class Drift:
    """The rows that a table has, against those that it would have.

    Attributes:
        rows: how many it would have.
        differing: rows that it lacks, that it would no longer have, or that hold something else.
    """

    rows: int
    differing: int

    @property
    def share(self) -> float:
        """The differing rows for each row that it would have; 0 where it would be empty and is."""
        return self.differing / self.rows if self.rows else float(self.differing > 0)


def drift(con: duckdb.DuckDBPyConnection, file: SqlFile) -> Drift:
    """The table of a file, which must be there, against what the file's SELECT gives now, row by row by its keys.

    Nothing is written. A table whose columns are no longer those of the SELECT differs in every row.

    Raises:
        BuildError: when the SELECT fails, naming the file.
    """
    keys = ", ".join(quote_identifier(key) for key in file.keys)
    table = Relation(file.schema, file.name).sql
    statement = (
        f"with now as ({file.body}) "  # noqa: S608 - a file of ours, and quoted names
        f"select count(now.{quote_identifier(file.keys[0])}), count(*) filter (where hash(now) <> hash(kept)) "
        f"from now full outer join {table} as kept using ({keys})"
    )
    with explained(file):
        rows, differing = con.execute(statement).fetchall()[0]
    return Drift(int(rows), int(differing))
