"""`--select`: asset names and Dagster's selection syntax, with the nearest names for a wrong one."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence

import dagster as dg
from dagster._core.definitions.asset_selection import DagsterInvalidAssetSelectionError
from dagster._core.errors import DagsterInvalidSubsetError
from rapidfuzz import fuzz, process

from orchestration.errors import UsageError

#: One name, with what is above and below it: dim_anime, +dim_anime, dim_anime+, or only so many layers: 2+dim_anime.
#: A star is a plus, as it was in Dagster's selections of old, where a plus alone was one layer.
_CLAUSE = re.compile(r"(?P<above>\*|(?:\d*\+)?)(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<below>\*|(?:\+\d*)?)")
_TOKEN = re.compile(r'[a-z_]+:(?:"[^"]*"|[^\s()]+)|"[^"]*"|[A-Za-z_][A-Za-z0-9_]*')
_NEAR_ENOUGH = 60


def select_assets(defs: dg.Definitions, expressions: Sequence[str]) -> list[dg.AssetKey]:
    """The asset keys that the expressions select together, sorted.

    Assets that are made by one step come together, even if only one of them was named. Assets that are read in
    partitions are left out, since nobody said which ones.

    Raises:
        UsageError: when a name or the syntax is wrong, or nothing is selected but partitioned assets.
    """
    graph = defs.resolve_asset_graph()
    names = sorted(key.to_user_string() for key in graph.get_all_asset_keys())
    selected: set[dg.AssetKey] = set()
    for expression in expressions:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.BetaWarning)
            selection = _parse(expression, names).required_multi_asset_neighbors()
            found = selection.resolve(graph)
        if not found:
            raise UsageError(f"--select {expression!r} matches no asset. {_known(names)}")
        whole = {key for key in found if not graph.get(key).is_partitioned}
        if not whole:
            raise UsageError(
                f"--select {expression!r}: this is read partition by partition, by `osusume backfill` or in the UI"
            )
        selected |= whole
    return sorted(selected)


def _parse(expression: str, names: list[str]) -> dg.AssetSelection:
    """One expression as a Dagster selection."""
    clause = _CLAUSE.fullmatch(expression)
    if clause is not None:
        _refuse_unknown(clause["name"], names)
        above, below = (clause[side].replace("*", "+") for side in ("above", "below"))
        return dg.AssetSelection.from_string(f'{above}key:"{clause["name"]}"{below}')
    try:
        return dg.AssetSelection.from_string(_TOKEN.sub(lambda found: _keyed(found[0], names), expression))
    except (DagsterInvalidAssetSelectionError, DagsterInvalidSubsetError) as problem:
        raise UsageError(
            f"--select {expression!r} is not a selection. Examples: dim_anime, +dim_anime (with what it is "
            "made of), dim_anime+ (with what is made of it), group:core, 'group:core and not dim_anime'"
        ) from problem


def _keyed(token: str, names: list[str]) -> str:
    """A bare asset name as Dagster's `key:"name"`; all else as it is."""
    return f'key:"{token}"' if token in names else token


def _refuse_unknown(name: str, names: list[str]) -> None:
    """Raise UsageError with the nearest names unless the name is an asset's."""
    if name in names:
        return
    near = process.extract(name, names, scorer=fuzz.WRatio, limit=3, score_cutoff=_NEAR_ENOUGH)
    hint = f"Nearest: {', '.join(match[0] for match in near)}" if near else _known(names)
    raise UsageError(f"--select {name}: there is no asset of this name. {hint}")


def _known(names: Sequence[str]) -> str:
    """How to find the names."""
    return f"There are {len(names)} assets, e.g. {', '.join(names[:5])}; `osusume dev` shows them all"
