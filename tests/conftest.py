"""What all tests share."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-graph` rewrites the snapshot of the asset graph."""
    parser.addoption("--update-graph", action="store_true", help="rewrite tests/orchestration/asset_graph.json")
