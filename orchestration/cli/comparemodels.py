"""`osusume models compare`: two versions side by side, from the published snapshot and the registry."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assets import registry
from orchestration.cli.console import out
from orchestration.cli.formats import table_lines
from orchestration.cli.promote import version_named
from recommenders.intervals import compare
from recommenders.promotion import Candidate
from warehouse.connection import Warehouse

#: Figures of which every user has one, so that two models can be compared user by user.
_PAIRED = (("ndcg", 10), ("ndcg", 20), ("recall", 10), ("recall", 20), ("map", 10), ("mrr", 10), ("hit_rate", 10))
_RIGHT = (False, True, True, True)


def run_compare(args: argparse.Namespace, warehouse: Warehouse, seed: int) -> int:
    """Print what is known of both; returns 0.

    Raises:
        UsageError: one of them is unknown.
        NothingPublished: there is no snapshot.
    """
    chosen = [version_named(warehouse, name) for name in (args.one, args.other)]
    measured = {one.version_id: one for one in _measured(warehouse, seed)}
    known = registry.versions(warehouse.home)
    versions = [known[version_id] for version_id in chosen]
    active = registry.active_version(warehouse.home)
    facts = [
        ("chosen", *("yes" if version_id == active else "no" for version_id in chosen), ""),
        *((name, *(str(one[name]) for one in versions), "") for name in ("data_version", "code_version")),
        *_parameters(versions),
    ]
    both = [measured.get(version_id) for version_id in chosen]
    first, second = both
    if first is not None and second is not None:
        rows, note = list(_figures(first, second)), f"on the same {len(first.users.values):,} users"
    else:
        rows = list(_recorded(versions))
        missing = " and ".join(version_id for version_id, one in zip(chosen, both, strict=True) if one is None)
        note = f"no interval: {missing} was not measured for the published snapshot, so its lists are gone"
    for line in table_lines(("", *chosen, "difference (95 %)"), _RIGHT, [*facts, *rows]):
        out(line)
    out()
    out(note)
    return 0


def _measured(warehouse: Warehouse, seed: int) -> list[Candidate]:
    """The versions whose lists stand in the published snapshot."""
    from assets.model_inputs import read_training
    from assets.promotion import measured_today

    with warehouse.reader() as connection:
        return measured_today(connection, read_training(connection), seed)


def _parameters(versions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """The parameters in which the two differ; a model has those of its own."""
    one, other = (dict(version["parameters"]) for version in versions)
    for name in sorted({*one, *other}):
        if one.get(name) != other.get(name):
            yield (name, *(_short(part[name]) if name in part else "" for part in (one, other)), "")


def _figures(one: Candidate, other: Candidate) -> Iterator[tuple[str, ...]]:
    """Figures of both: those of users with their paired interval, then those of lists and segments."""
    for metric, k in _PAIRED:
        found = compare(one.users, other.users, metric, k)
        interval = f"{found.difference:+.4f} ({found.ci_low:+.4f} to {found.ci_high:+.4f})"
        yield f"{metric}@{k}", f"{one.users.mean(metric, k):.4f}", f"{other.users.mean(metric, k):.4f}", interval
    for key in sorted({*one.figures, *other.figures} - {("", "ndcg", 10)}):
        values = [found[key].value if key in found else None for found in (one.figures, other.figures)]
        yield (f"{key[0]} {key[1]}@{key[2]}".strip(), *_two(*values))


def _recorded(versions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Figures as they were when each was measured."""
    one, other = (dict(version.get("metrics") or {}) for version in versions)
    for name in sorted({*one, *other}):
        yield (name, *_two(one.get(name), other.get(name))[:2], "")


def _two(one: float | None, other: float | None) -> tuple[str, str, str]:
    """Two values and their difference, as far as there are two."""
    difference = f"{one - other:+.4f}" if one is not None and other is not None else ""
    return _figure(one), _figure(other), difference


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else value if isinstance(value, str) else json.dumps(value)
