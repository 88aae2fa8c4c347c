"""`osusume models promote` and `rollback`: a person's word on which version is active, landed with who and why."""

from __future__ import annotations

import argparse
import getpass

from assets import registry
from orchestration.cli.console import out
from orchestration.errors import UsageError
from serving.reader import open_reader
from warehouse.connection import Warehouse
from warehouse.errors import NothingPublished
from warehouse.home import Home


def run_promote(args: argparse.Namespace, warehouse: Warehouse) -> int:
    """Land that this version is wanted, or that the rules decide again; returns 0.

    Raises:
        UsageError: the version is unknown, or could not be taught.
    """
    home = warehouse.home
    if args.auto:
        if registry.release(home, _name(args.by), args.because):
            out(f"The rules decide again. Next: osusume run --home {home.root}")
        else:
            out("Nothing to release: nobody has promoted anything, so the rules decide.")
        return 0
    return _promote(warehouse, version_named(warehouse, args.version), args)


def run_rollback(args: argparse.Namespace, warehouse: Warehouse) -> int:
    """Land that the version before is wanted; returns 0.

    Raises:
        UsageError: there is none of another model or with other parameters.
    """
    before = registry.version_before(warehouse.home)
    if before is None:
        raise UsageError(
            "there is nothing to go back to: no other model, and no other parameters, were active in "
            f"{warehouse.home.root}. `osusume models promote VERSION` takes any version of `osusume models list`"
        )
    args.because = args.because or "rollback"
    return _promote(warehouse, before, args)


def version_named(warehouse: Warehouse, name: str) -> str:
    """The version of that id, or of that model: the one measured for the published snapshot, else the newest.

    Raises:
        UsageError: nothing is named so, or it could not be taught.
    """
    known = registry.versions(warehouse.home)
    of_model = [version_id for version_id, version in known.items() if version["model_type"] == name]
    measured = measured_versions(warehouse)
    found = name if name in known else next((one for one in of_model if one in measured), (of_model or [""])[-1])
    if not found:
        models = sorted({str(version["model_type"]) for version in known.values()})
        there = f"the models are {', '.join(models)}; `osusume models list` has their versions"
        raise UsageError(
            f"{name!r} is no version of {warehouse.home.root}; {there if models else '`osusume run` first'}"
        )
    if why := known[found].get("skipped_because"):
        raise UsageError(f"{found} cannot be used: it could not be taught ({why})")
    return found


def measured_versions(warehouse: Warehouse) -> set[str]:
    """The versions whose figures stand in the published snapshot; none without a snapshot."""
    try:
        with open_reader(warehouse) as reader:
            return {one.model_version_id for one in reader.models() if one.ndcg_at_10 is not None}
    except NothingPublished:
        return set()


def _promote(warehouse: Warehouse, version_id: str, args: argparse.Namespace) -> int:
    home = warehouse.home
    before = registry.active_version(home)
    registry.promote(home, version_id, _name(args.by), args.because)
    out(f"{version_id} is promoted{f' in place of {before}' if before not in (None, version_id) else ''}.")
    next_run = _next_run(home, version_id in measured_versions(warehouse))
    out(f"It stays until `osusume models promote --auto`. Next: {next_run}")
    return 0


def _next_run(home: Home, is_measured: bool) -> str:
    """The run that makes recommendations of it: of a version that is measured only what comes after the choice."""
    if is_measured:
        return f"osusume run --select dim_recommendation_model+ --home {home.root}"
    return f"osusume run --home {home.root} (its model is taught and measured on today's data first)"


def _name(given: str | None) -> str:
    """Who decides, as said or as logged in; in a container without users `somebody`."""
    if given:
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
