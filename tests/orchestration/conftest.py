"""What the tests of this room share: no setting of the developer's own reaches them."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty working directory, and no OSUSUME_ variable."""
    for name in os.environ:
        if name.startswith(("OSUSUME_", "DAGSTER_")):
            monkeypatch.delenv(name)
    empty = tmp_path / "cwd"
    empty.mkdir()
    monkeypatch.chdir(empty)
