"""The command that adds an extra is the same wherever it is told, and keeps the installation as it is."""

import re
from pathlib import Path

from orchestration.cli.helptexts import TUNE
from recommenders.extras import installing
from recommenders.minilm import REMEDY

ROOT = Path(__file__).parents[2]
TOLD = [*ROOT.glob("docs/*.md"), *ROOT.glob("*.md"), *ROOT.glob("deploy/*.md")]
ROOMS = ("adapters", "assets", "matching", "orchestration", "recommenders", "serving", "warehouse")


def test_an_extra_is_added_to_the_editable_installation() -> None:
    """With the tested versions, in the environment that `make install` has made; help and errors say the same."""
    assert installing("ml") == ".venv/bin/pip install -c constraints.txt -e '.[ml]'"
    assert installing("ml") in TUNE
    assert installing("embed") in REMEDY


def test_nowhere_is_it_told_in_a_way_that_would_replace_the_installation() -> None:
    """`pip install .[ml]` makes a copy of the project, which lacks what lies at its root."""
    files = [*TOLD, *(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))]
    wrong = [file for file in files if re.search(r"pip install '?\.\[", file.read_text(encoding="utf-8"))]
    assert not [file for file in wrong if file.name != "CHANGELOG.md"]
