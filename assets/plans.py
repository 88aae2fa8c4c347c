"""What a raw asset's crawl is to read, from what the warehouse knows of the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from adapters.base import Parts, Plan, User
from adapters.planning import KnownTitle, PastCrawl, plan_catalogue, plan_lists, plan_reviews
from adapters.services import SERVICES
from assets.crawling import Crawling, Planned
from warehouse.build import fetch
from warehouse.home import Home
from warehouse.tombstones import forgotten


def plan_crawl(connection: Any, home: Home, crawling: Crawling, source: str, stream: str) -> Planned:
    """The next crawl of a stream, or the years of a backfill."""
    if source in crawling.ranges:
        return Planned(*forecast_years(connection, source, crawling.ranges[source], crawling.now().date()))
    users = wanted_users(home, crawling, source) if stream == "lists" else ()
    past = _past(connection, source, stream, crawling.now().date())
    # Parts that were read by themselves are not the whole.
    if crawling.once and any(one.kind != "range" for one in past):
        return Planned()
    known = known_titles(connection, source) if stream == "anime" else []
    plan = _next_plan(connection, crawling, source, stream, past, known, users)
    if plan is None:
        return Planned(users=users)
    # A full crawl asks by id only for what its lists do not give, and nobody knows yet how much that is.
    expected = replace(plan, ids=()) if plan.kind == "full" else plan
    forecast = SERVICES[source].streams[stream].forecast(expected, len(known), _by_year(known))
    return Planned(plan, forecast, users)


def _next_plan(
    connection: Any,
    crawling: Crawling,
    source: str,
    stream: str,
    past: Sequence[PastCrawl],
    known: Sequence[Mapping[str, Any]],
    users: Sequence[User],
) -> Plan | None:
    """What is due of a stream; None when nothing is."""
    now = crawling.now()
    if stream == "lists":
        return plan_lists(now, users, _last_reads(connection, source))
    if stream == "reviews":
        return plan_reviews(now, past)
    return plan_catalogue(source, now, past, _titles(known), _claimed(connection))


def plan_parts(connection: Any | None, source: str, keys: Sequence[str], today: date) -> Mapping[str, Planned]:
    """The crawls of some partitions of a source's catalogue, in order, from one look at what is known.

    Args:
        connection: to the warehouse; None where there is none yet: then nothing is known.
        source: whose catalogue.
        keys: the partitions.
        today: the day of the crawls.
    """
    stream = SERVICES[source].streams["anime"]
    if stream.parts is None:
        raise ValueError(f"{source} is not read in parts")
    known = [] if connection is None else known_titles(connection, source)
    claimed = [] if connection is None else _claimed(connection)
    titles, by_year = _titles(known), _by_year(known)
    planned: dict[str, Planned] = {}
    for key in keys:
        plan = stream.parts.plan(key, today, titles, claimed)
        # Most of what is asked for by id is in the listing: nobody knows yet how much is not.
        expected = replace(plan, ids=()) if plan.years else plan
        planned[key] = Planned(plan, stream.forecast(expected, len(known), by_year))
    return planned


def known_titles(connection: Any, source: str) -> list[dict[str, Any]]:
    """The records that a source has ever given, those first that are due longest, as sql/inputs/known_titles.sql says.

    Each source states years, status and what it is about in words of its own, and the rule is the same for all.
    """
    rows: list[dict[str, Any]] = fetch(
        connection, "inputs/known_titles", computed=fetch(connection, f"inputs/known_{source}")
    ).to_pylist()
    return rows


def _titles(known: Sequence[Mapping[str, Any]]) -> list[KnownTitle]:
    """The records we have, those first whose turn it is."""
    return [KnownTitle(row["source_id"], bool(row["is_due"]), row["start_year"], row["season"]) for row in known]


def _claimed(connection: Any) -> list[str]:
    """MyAnimeList ids that others name and nobody has given, the longest unasked first."""
    return [str(one) for one in fetch(connection, "inputs/claimed_myanimelist_ids").column("source_id").to_pylist()]


def forecast_years(connection: Any | None, source: str, years: tuple[int, int], today: date) -> tuple[Plan, int]:
    """The crawl of the titles that started in these years, and how many requests it is likely to take.

    Args:
        connection: to the warehouse; None where there is none yet, which leaves the adapter to guess.
        source: whose titles.
        years: first and last.
        today: the day of the crawl.
    """
    known = [] if connection is None else known_titles(connection, source)
    plan = Plan(kind="range", today=today, years=years)
    return plan, SERVICES[source].streams["anime"].forecast(plan, len(known), _by_year(known))


def _by_year(known: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """How many of the known records started in each year; 0 = nobody knows when."""
    return dict(Counter(row["start_year"] or 0 for row in known))


def _past(connection: Any, source: str, stream: str, today: date) -> list[PastCrawl]:
    """The complete crawls of a stream, and what its parts amount to."""
    history = fetch(connection, "inputs/crawl_history").to_pylist()
    rows = [row for row in history if (row["source"], row["stream"]) == (source, stream)]
    past = [PastCrawl(row["kind"], row["started_at"], row["watermark"]) for row in rows]
    parts = SERVICES[source].streams[stream].parts
    return past if parts is None else [*past, *_in_parts(parts, rows, today)]


def _in_parts(parts: Parts, rows: Sequence[Mapping[str, Any]], today: date) -> list[PastCrawl]:
    """The full crawl that all parts together are, as old as the oldest of them; none where one was never read."""
    newest: dict[str, datetime] = {}
    for row in rows:
        # The newest come first.
        newest.setdefault(row["partition"], row["started_at"])
    if not all(key in newest for key in parts.keys(today)):
        return []
    since = min(newest[key] for key in parts.keys(today))
    return [PastCrawl("full", since, parts.watermark(since))]


def _last_reads(connection: Any, source: str) -> dict[str, datetime]:
    """When each user's list was read last, by subject."""
    rows = fetch(connection, "inputs/list_reads").to_pylist()
    return {row["subject"]: row["read_at"] for row in rows if row["source"] == source}


def wanted_users(home: Home, crawling: Crawling, source: str) -> tuple[User, ...]:
    """The users whose lists are read at this source, but for those who were forgotten."""
    is_gone = forgotten(home, source)
    return tuple(user for user in crawling.users(source) if not (is_gone(user.subject) or is_gone(user.name)))
