"""Partitions landed one after the other in one run: what all landing assets do, whatever it is that they land.

The one rule: what was landed of a partition stays landed, whatever becomes of the others of its run; a partition
that failed is landed alone later.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dagster as dg

from adapters.errors import AdapterError
from warehouse.errors import WarehouseError

#: How a run is told of a range.
_RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")

#: Lands a partition; gives what the UI shows of it.
Land = Callable[[str], Mapping[str, Any]]


def land_partitions(
    context: dg.AssetExecutionContext,
    name: str,
    land: Land,
    ends_the_run: tuple[type[Exception], ...] = (),
    resumes: str = "",
) -> None:
    """Land every partition of the run, one after the other.

    Args:
        context: of the run.
        name: the asset.
        land: lands one of its partitions, or raises AdapterError or WarehouseError.
        ends_the_run: after these the next partition would not land either.
        resumes: what becomes of a partition that was begun, as the end of a sentence; '' where none is.

    Raises:
        dg.Failure: naming the partitions that were not landed, when there are any; the others count as landed. Also for
            a run of no partition, whose success would say that something was landed.
    """
    landed: dict[str, Mapping[str, Any]] = {}
    failed: dict[str, str] = {}
    keys = _partitions(context, name)
    for key in keys:
        try:
            landed[key] = land(key)
            if len(keys) > 1:
                # Dagster notes at the end of a run what it made; a kill before that must not make this one missing.
                context.log_event(dg.AssetMaterialization(name, partition=key, metadata=landed[key]))
        except (AdapterError, WarehouseError) as problem:
            failed[key] = str(problem)
            if isinstance(problem, ends_the_run):
                break
    if failed:
        raise dg.Failure(description=_told(keys, landed, failed) + resumes, allow_retries=False)
    for key, facts in landed.items():
        context.add_asset_metadata(facts, asset_key=name, partition_key=key)


def _partitions(context: dg.AssetExecutionContext, name: str) -> Sequence[str]:
    """The partitions of the run, of which there is at least one.

    Raises:
        dg.Failure: when it was started without any, or with a range whose end comes before its beginning.
    """
    keys: Sequence[str] = context.partition_keys if context.has_partition_key or context.has_partition_key_range else ()
    if keys:
        return keys
    tags = [f"{tag}={context.run.tags[tag]}" for tag in _RANGE if tag in context.run.tags]
    given = f"no partition lies between {' and '.join(tags)}" if tags else "this run names none"
    raise dg.Failure(
        description=f"{name} is landed in partitions, and {given}. Choose them in the UI, by `osusume backfill`, or "
        f"with the tags {' and '.join(_RANGE)} of the run, the earlier one first",
        allow_retries=False,
    )


def _told(keys: Sequence[str], landed: Mapping[str, Any], failed: Mapping[str, str]) -> str:
    """Which partitions were not landed, and what to do."""
    rest = [key for key in keys if key not in landed and key not in failed]
    reasons = "; ".join(f"{key}: {why}" for key, why in failed.items())
    unread = f". Not tried after that: {', '.join(rest)}" if rest else ""
    remedy = "Materialise these alone: the others are landed" if landed else "Put it right and try again"
    return f"{len(failed) + len(rest)} of {len(keys)} partitions were not landed. {reasons}{unread}. {remedy}"
