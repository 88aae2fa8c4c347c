"""What a run imports sooner or later, for the process that runs are forked from."""

import great_expectations.expectations
import implicit.als
import lightfm
import pandas
import scipy.linalg
import scipy.optimize
import scipy.sparse.csgraph
import sklearn.feature_extraction.text

import assets.checks.validation
import orchestration.cli.run
import orchestration.definitions

__all__ = [
    "assets",
    "great_expectations",
    "implicit",
    "lightfm",
    "orchestration",
    "pandas",
    "scipy",
    "sklearn",
]
