"""What should hold of columns, table by table; a table without an entry has only rules of sql/checks."""

from assets.checks.expectations import ColumnCheck
from assets.checks.suites.catalogue import CATALOGUE
from assets.checks.suites.history import HISTORY
from assets.checks.suites.identity import IDENTITY
from assets.checks.suites.models import MODELS
from assets.checks.suites.ratings import RATINGS
from assets.checks.suites.staging import STAGING
from assets.checks.tables import CheckedTable

SUITES: dict[str, tuple[ColumnCheck, ...]] = {**STAGING, **CATALOGUE, **HISTORY, **IDENTITY, **RATINGS, **MODELS}


def suite(table: CheckedTable) -> tuple[ColumnCheck, ...]:
    """The column checks of one table; () where nothing is said about its columns.

    Tables made from one template (ml.evaluation_<model>) share the template's suite.
    """
    return SUITES.get(table.name) or SUITES.get(table.file.name, ())
