"""The reports under HOME/reports: a folder for each run, and `latest`, which always leads to a whole one."""

import os
import re
import secrets
import shutil
from pathlib import Path

from warehouse.errors import WarehouseError
from warehouse.files import directory_lock, sync_directory, write_whole
from warehouse.home import Home

#: How many reports are kept beside the newest.
KEEP_OLDER = 4
PAGE = "index.html"
_ASIDE = ".latest-"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def latest_report(home: Home) -> Path:
    """Where the newest report is found, whether there is one or not."""
    return home.reports / "latest" / PAGE


def keep_report(home: Home, name: str, page: str) -> Path:
    """Write the page to reports/<name>/index.html, lead `latest` to it, and return its path under `latest`.

    A kill at any moment leaves the earlier report under `latest`. Of older reports the newest KEEP_OLDER stay.

    Args:
        home: whose report it is.
        name: the run's id; the same name again replaces its page.
        page: the HTML.

    Raises:
        WarehouseError: when the name cannot be that of a folder.
    """
    if not _NAME.fullmatch(name) or name == "latest":
        raise WarehouseError(f"{name!r} cannot be the name of a report: use letters, digits, - and _")
    with directory_lock(home.reports):
        folder = home.reports / name
        folder.mkdir(exist_ok=True)
        write_whole(folder / PAGE, page.encode())
        os.utime(folder)
        _lead_to(home.reports, name)
        _prune(home.reports, name)
    return latest_report(home)


def _lead_to(reports: Path, name: str) -> None:
    """Make `latest` a link to the report, in one step.

    A copied HOME has a folder in the link's place; that one is moved aside first.
    """
    link, latest = reports / f"{_ASIDE}{secrets.token_hex(4)}", reports / "latest"
    link.symlink_to(name, target_is_directory=True)
    if latest.is_dir() and not latest.is_symlink():
        latest.rename(reports / f"{_ASIDE}{secrets.token_hex(4)}")
    link.replace(latest)
    sync_directory(reports)


def _prune(reports: Path, newest: str) -> None:
    """Remove all but the newest few reports, and what killed writers left."""
    for leftover in reports.glob(f"{_ASIDE}*"):
        leftover.unlink() if leftover.is_symlink() else shutil.rmtree(leftover)
    kept = [path for path in reports.iterdir() if path.is_dir() and not path.is_symlink() and path.name != newest]
    for path in sorted(kept, key=lambda one: one.stat().st_mtime_ns, reverse=True)[KEEP_OLDER:]:
        shutil.rmtree(path)
