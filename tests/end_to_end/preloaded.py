"""What a run imports and finds out sooner or later, for the process that runs are forked from."""

import alembic.context
import great_expectations.expectations
import implicit.als
import lightfm
import matplotlib.backends.backend_svg
import matplotlib.pyplot
import pandas
import scipy.linalg
import scipy.optimize
import scipy.sparse.csgraph
import sklearn.feature_extraction.text

import assets.checks.validation
import orchestration.cli.execute
import orchestration.cli.run
import orchestration.cli.storage
import orchestration.definitions
from assets.checks.validation import batch_definition
from warehouse.lineage import column_lineage
from warehouse.sqlfiles import all_sql_files

__all__ = [
    "alembic",
    "assets",
    "great_expectations",
    "implicit",
    "lightfm",
    "matplotlib",
    "orchestration",
    "pandas",
    "scipy",
    "sklearn",
]

batch_definition()
for file in all_sql_files():
    column_lineage(file)
