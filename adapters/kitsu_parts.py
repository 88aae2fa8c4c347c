"""The parts in which Kitsu's anime can be read: blocks of rows of the list by id.

The one rule: a block begins a page early, so that some deletions between the readings of two blocks hide nothing.

Kitsu can be asked neither for one year (its search has another backend and an end of its own) nor for what lies in
a range of ids, so titles of a year are spread over all blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from adapters.base import KnownTitle, Parts, Plan
from adapters.spans import spans

#: Rows of a block; and blocks, of which the last has no end. Kitsu had 22,000 anime in 2026.
_ROWS, _BLOCKS = 1000, 30


def keys(today: date) -> tuple[str, ...]:  # noqa: ARG001 - they do not change with time
    """All blocks, from the first row on."""
    return spans(_ROWS, _BLOCKS)


def of_years(first: int, last: int, today: date) -> tuple[str, ...]:  # noqa: ARG001 - not by year
    """All blocks: a year's titles may stand in any of them."""
    return keys(today)


def plan(key: str, today: date, known: Sequence[KnownTitle], claimed: Sequence[str]) -> Plan:  # noqa: ARG001
    """The crawl of one block. Which known titles belong to it, only the ids that it shows can tell."""
    return Plan("range", today, known=tuple(one.source_id for one in known), partition=key)


def watermark(since: datetime) -> str:
    """The moment as Kitsu writes update times."""
    return f"{since:%Y-%m-%dT%H:%M:%S}.000Z"


PARTS = Parts(keys, of_years, False, plan, watermark)
