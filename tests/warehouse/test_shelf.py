"""Reports: the newest is always whole under `latest`, and only a few are kept."""

import os
import shutil
from pathlib import Path

import pytest

from tests.warehouse.conftest import killed_before
from warehouse.errors import WarehouseError
from warehouse.home import Home
from warehouse.shelf import KEEP_OLDER, keep_report, latest_report


def test_latest_leads_to_the_newest_report(home: Home) -> None:
    """Each report has a folder of its own; `latest` is a relative link, so that a HOME can be moved."""
    keep_report(home, "first", "<p>1</p>")
    path = keep_report(home, "second", "<p>2</p>")
    assert path == latest_report(home)
    assert path.read_text(encoding="utf-8") == "<p>2</p>"
    assert (home.reports / "latest").readlink() == Path("second")
    assert (home.reports / "first" / "index.html").read_text(encoding="utf-8") == "<p>1</p>"


def test_the_same_run_replaces_its_page(home: Home) -> None:
    """A step that is tried again does not add a report."""
    keep_report(home, "run", "once")
    assert keep_report(home, "run", "twice").read_text(encoding="utf-8") == "twice"


def test_only_the_newest_few_are_kept(home: Home) -> None:
    """Older ones go, the newest first to stay."""
    for number in range(KEEP_OLDER + 3):
        keep_report(home, f"run-{number}", str(number))
        os.utime(home.reports / f"run-{number}", (number, number))
    folders = {path.name for path in home.reports.iterdir() if path.is_dir() and not path.is_symlink()}
    assert folders == {f"run-{number}" for number in range(2, KEEP_OLDER + 3)}


def test_a_copied_home_gets_its_link_back(home: Home, tmp_path: Path) -> None:
    """Copying turns the link into a folder, which the next report replaces."""
    keep_report(home, "first", "1")
    copied = Home(tmp_path / "copy")
    shutil.copytree(home.root, copied.root)
    assert not (copied.reports / "latest").is_symlink()
    assert keep_report(copied, "second", "2").read_text(encoding="utf-8") == "2"
    assert (copied.reports / "latest").is_symlink()
    assert not list(copied.reports.glob(".latest-*"))


@pytest.mark.parametrize("step", range(1, 12))
def test_a_kill_leaves_the_old_report_or_the_new_one(home: Home, step: int) -> None:
    """At whichever file operation the process dies, `latest` is whole, and the next report goes through."""
    keep_report(home, "old", "old page")
    killed_before(step, lambda: keep_report(home, "new", "new page"), under=home.root)
    assert latest_report(home).read_text(encoding="utf-8") in ("old page", "new page")
    assert keep_report(home, "next", "next page").read_text(encoding="utf-8") == "next page"


@pytest.mark.parametrize("name", ["", "latest", "../out", "a/b", ".hidden"])
def test_a_name_that_leads_elsewhere_is_refused(home: Home, name: str) -> None:
    """A report never leaves its folder."""
    with pytest.raises(WarehouseError, match="cannot be the name of a report"):
        keep_report(home, name, "page")
