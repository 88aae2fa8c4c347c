"""Data-quality checks of every table as Dagster asset checks; the only place that knows Great Expectations.

What should hold is said in two ways and judged in one: expectations about columns (`suites`), and rules in
SQL that select the rows breaking them (`sql/checks`, run by `rules`). Checks of one table share a step.
"""

from assets.checks.asset_checks import table_checks
from assets.checks.tables import checked_tables

ALL_CHECKS = [table_checks(table) for table in checked_tables()]

__all__ = ["ALL_CHECKS"]
