"""What a backfill is likely to cost, partition by partition, before anybody is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from orchestration.cli.console import Console, counted
from orchestration.cli.writing import writable_warehouse
from orchestration.crawling import crawling_for
from orchestration.settings import Settings
from warehouse.home import Home
from warehouse.partitions import landed_partitions

if TYPE_CHECKING:
    from datetime import datetime

_GUESS, _KNOWN = "nothing is known yet, so this is a guess", "from what is known of these years"


def forecast_parts(
    settings: Settings, console: Console, source: str, years: tuple[int, int], keys: Sequence[str]
) -> Iterator[str]:
    """The lines that tell what the partitions of some years cost together and one by one.

    Args:
        settings: those in force.
        console: told while another process writes.
        source: whose titles.
        years: first and last.
        keys: the partitions.
    """
    from assets.partitions import PARTED
    from assets.plans import plan_parts

    today = crawling_for(settings).now().date()
    with _known(settings, console, source) as connection:
        planned = plan_parts(connection, source, keys, today)
        basis = _GUESS if connection is None else _KNOWN
    requests = {key: planned[key].forecast for key in keys}
    yield from _total(settings, source, years, sum(requests.values()), basis)
    if not PARTED[source].is_by_year:
        yield f"{source} cannot be asked by year: whichever years are wanted, they cost a full crawl."
    landed = landed_partitions(Home(settings.home), source, "anime")
    pace = _pace(settings, source)
    yield ""
    yield f"{'partition':<20} {'requests':>8} {'minutes':>8}  landed last"
    for key in keys:
        yield f"{key:<20} {requests[key]:>8,} {requests[key] / pace:>8.1f}  {_moment(landed.get(key))}"
    yield ""


def forecast_whole(settings: Settings, console: Console, source: str, years: tuple[int, int]) -> Iterator[str]:
    """The lines that tell what one crawl of some years costs, for a source that is not read in partitions."""
    from assets.plans import forecast_years

    with _known(settings, console, source) as connection:
        _, requests = forecast_years(connection, source, years, crawling_for(settings).now().date())
        basis = _GUESS if connection is None else _KNOWN
    yield from _total(settings, source, years, requests, basis)


def _total(settings: Settings, source: str, years: tuple[int, int], requests: int, basis: str) -> Iterator[str]:
    """Requests and minutes altogether."""
    pace = _pace(settings, source)
    span = f"{years[0]}" if years[0] == years[1] else f"{years[0]} to {years[1]}"
    yield (
        f"{source}, titles that started in {span}: about {counted(requests, 'request')}, {requests / pace:.1f} minutes"
    )
    yield f"at {pace:g} requests a minute ({basis})."


@contextmanager
def _known(settings: Settings, console: Console, source: str) -> Iterator[Any | None]:
    """A connection to what is known of the source; None where there is no warehouse yet."""
    warehouse = writable_warehouse(settings, console)
    if not warehouse.home.warehouse_file.is_file():
        yield None
        return
    with warehouse.writer(f"forecast of a backfill of {source}") as connection:
        yield connection


def _pace(settings: Settings, source: str) -> float:
    """Requests a minute that the source is asked."""
    from adapters.services import SERVICES

    return settings.rate_of(source) or SERVICES[source].manners.per_minute


def _moment(landed: datetime | None) -> str:
    """When a partition was landed, in words."""
    return "never" if landed is None else f"{landed:%Y-%m-%d %H:%M} UTC"
