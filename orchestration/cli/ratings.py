"""What commands ask of a HOME that are about ratings."""

from __future__ import annotations

from orchestration.errors import UsageError
from warehouse.catalogue import table_exists
from warehouse.connection import Warehouse


def require_ratings(warehouse: Warehouse, purpose: str) -> None:
    """Nothing, where HOME holds ratings that models were given.

    Args:
        warehouse: of the HOME.
        purpose: what they are wanted for, as in "to tune on".

    Raises:
        UsageError: it holds none, or none were made ready for models; the message names the remedy.
    """
    home = warehouse.home
    rated = False
    if home.warehouse_file.is_file():
        with warehouse.writer(f"look for ratings {purpose}") as connection:
            if table_exists(connection, "ml.training_data"):
                return
            rated = table_exists(connection, "main.fact_user_rating")
    if rated:
        raise UsageError(
            f"{home.root} holds ratings, but none that were made ready {purpose}: its last run was of an earlier "
            f"version, or stopped before that. `osusume run --home {home.root}` once makes them ready"
        )
    raise UsageError(
        f"{home.root} holds no ratings {purpose}; `osusume run --home {home.root}` first, or name another HOME "
        "with --home"
    )
