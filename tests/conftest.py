"""What all tests share."""

import os

# Its pytest plugin imports it after the last test otherwise, which CPython 3.11 can fail in when much was parsed before
# ("AST constructor recursion depth mismatch", github.com/python/cpython/issues/106905).
import hypothesis
import pytest

# How long an example takes on a busy machine says nothing about the code; timing belongs in benchmarks.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# Read once by each library when it is imported, so set before any is. The suite has a worker for each core: threads of
# linear algebra beside them would only wait for one another, each of them burning a core meanwhile.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")


# Making MLflow's database takes five seconds of every HOME; tests/assets/test_tracking.py makes one.
os.environ.setdefault("OSUSUME_MLFLOW_URI", "off")


#: Files of whole runs, each as long as fifty others.
LONG = ("test_end_to_end.py", "test_live.py", "test_processes.py", "test_contention.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first: begun at the end, one of them would keep everybody waiting beside an idle core."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-graph` rewrites the snapshot of the asset graph."""
    parser.addoption("--update-graph", action="store_true", help="rewrite tests/orchestration/asset_graph.json")
