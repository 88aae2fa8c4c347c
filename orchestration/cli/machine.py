"""What `osusume doctor` looks at on the machine: Python, packages, disk, memory, settings."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from orchestration.cli.console import size
from orchestration.cli.findings import Finding, fail, ok, warn
from orchestration.settings import SECRETS, Settings, unknown_variables, where_set

_PYTHON = ((3, 11), (3, 14))
_GB = 1_000_000_000
#: A run on 32,000 records and 255,000 ratings, with all the models, stays below this.
_MEMORY_WANTED = 4 * _GB
_MEMORY_NEEDED = 2 * _GB
_DISK_WANTED = 5 * _GB
_DISK_NEEDED = _GB // 2


def machine_findings(settings: Settings, given: Collection[str]) -> Iterator[Finding]:
    """What was found on the machine; `given` names the settings that stood on the command line."""
    yield python_version(sys.version_info[:2])
    yield from packages(requires("osusume") or [])
    yield disk(settings.home)
    yield memory(available_memory())
    yield from settings_in_force(settings, given)


def python_version(found: tuple[int, int]) -> Finding:
    """Whether this Python is one the project is tested with."""
    lowest, beyond = _PYTHON
    said = f"{found[0]}.{found[1]} at {sys.executable}"
    if lowest <= found < beyond:
        return ok("python", said)
    wanted = f"{lowest[0]}.{lowest[1]} to {beyond[0]}.{beyond[1] - 1}"
    return fail("python", said, f"install Python {wanted}, delete .venv, and run `make install`")


def packages(requirements: list[str]) -> Iterator[Finding]:
    """Whether what the project needs is installed in the versions it asks for; extras are left out.

    Args:
        requirements: as a package's metadata lists them.
    """
    wanted = [Requirement(one) for one in requirements]
    needed = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = list(_wrong_packages(needed))
    yield from wrong
    if not wrong:
        yield ok("packages", f"all {len(needed)} as pyproject.toml asks for")


def _wrong_packages(needed: list[Requirement]) -> Iterator[Finding]:
    """One finding for each package that is absent or of another version."""
    for requirement in needed:
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            yield fail("packages", f"{requirement} is not installed", "run `make install`")
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            yield fail("packages", f"{requirement} is wanted, {found} is installed", "run `make install`")


def disk(home: Path) -> Finding:
    """Whether there is room for a run where HOME is or would be."""
    place = next(path for path in (home.absolute(), *home.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    said = f"{size(free)} free at {place}"
    if free < _DISK_NEEDED:
        return fail("disk", said, "make room, or choose a HOME on another disk with --home")
    if free < _DISK_WANTED:
        return warn("disk", said, f"enough for the demo; large inputs want {size(_DISK_WANTED)}")
    return ok("disk", said)


def memory(available: int | None) -> Finding:
    """Whether there is memory for training; None = this system does not tell."""
    if available is None:
        return ok("memory", "this system does not say how much is available")
    said = f"{size(available)} available"
    if available < _MEMORY_NEEDED:
        return fail("memory", said, f"free some: a run needs about {size(_MEMORY_NEEDED)}")
    if available < _MEMORY_WANTED:
        return warn("memory", said, "enough for the demo; set OSUSUME_MEMORY_LIMIT=500MB if runs are killed")
    return ok("memory", said)


def available_memory(root: Path = Path("/")) -> int | None:
    """Bytes that this process may still use, by the kernel and the container; None where neither tells."""
    known = []
    meminfo = root / "proc/meminfo"
    if meminfo.is_file():
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
        if "MemAvailable" in lines:
            known.append(int(lines["MemAvailable"].split()[0]) * 1024)
    limit, used = (root / "sys/fs/cgroup" / name for name in ("memory.max", "memory.current"))
    if limit.is_file() and used.is_file() and limit.read_text().strip().isdigit():
        known.append(int(limit.read_text()) - int(used.read_text()))
    return min(known) if known else None


def settings_in_force(settings: Settings, given: Collection[str]) -> Iterator[Finding]:
    """Each setting with its value and where it comes from, and variables that mean nothing."""
    for name, value in settings.model_dump().items():
        place = f"--{name}" if name in given else where_set(name)
        shown = "***" if name in SECRETS and value else "" if value is None else value
        yield ok("setting", f"OSUSUME_{name.upper()}={shown} ({place})")
    for warning in unknown_variables():
        yield warn("setting", warning, "correct its name, or remove it")
