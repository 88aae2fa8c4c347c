"""What a run may ask, from its settings: the live services, the demo's stand-ins on loopback, or nobody.

The one rule: nothing but `live` ever asks a service that is not on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from adapters.errors import AdapterError
from adapters.imdb import require_place
from adapters.privacy import read_users
from assets.crawling import LIST_SOURCES, Crawling, ServiceAccess
from orchestration.demoworld import DEMO_CLIENT_ID, DEMO_HURRY, DEMO_SOURCES, DEMO_TODAY
from orchestration.errors import InputError, SettingsError
from orchestration.inputs import resolve_input
from orchestration.settings import Settings
from orchestration.sourcesettings import is_loopback
from warehouse.home import Home

Years = tuple[int, int]


def crawling_for(settings: Settings, ranges: Mapping[str, Years] | None = None) -> Crawling:
    """What a run with these settings may ask.

    Args:
        settings: those in force; a demo whose sources have no loopback address asks nobody.
        ranges: the years to read, by source, of a backfill.
    """
    chosen = resolve_input(settings)
    if chosen.kind == "live":
        return Crawling(
            services={name: _access(settings, name, settings.myanimelist_client_id) for name in settings.live_sources},
            contact=settings.contact,
            users_file=settings.users.absolute() if settings.users else None,
            hash_users=settings.hash_users,
            salt_file=Home(settings.home).salt.absolute(),
            ranges=dict(ranges or {}),
            queue_timeout_s=settings.queue_timeout,
        )
    if chosen.kind == "demo" and chosen.directory is not None:
        names = [name for name in DEMO_SOURCES if is_loopback(settings.url_of(name))]
        return Crawling(
            services={name: _access(settings, name, DEMO_CLIENT_ID) for name in names},
            users_file=users_file(chosen.directory).absolute(),
            hash_users=settings.hash_users,
            salt_file=Home(settings.home).salt.absolute(),
            once=True,
            hurry=DEMO_HURRY,
            ranges=dict(ranges or {}),
            queue_timeout_s=settings.queue_timeout,
            today=DEMO_TODAY,
        )
    return Crawling(salt_file=Home(settings.home).salt.absolute())


def refuse_unready(settings: Settings) -> None:
    """Raise unless the live services can be asked as the settings want it; nothing was asked yet then.

    Raises:
        SettingsError: when MyAnimeList is named without a client id, or IMDb with a place where its files are not.
        InputError: when the file of users cannot be read.
    """
    if not settings.is_live:
        return
    if "myanimelist" in settings.live_sources and not settings.myanimelist_client_id:
        raise SettingsError(
            "OSUSUME_SOURCES names myanimelist, which answers only to a client id of yours: register at "
            "https://myanimelist.net/apiconfig and set OSUSUME_MYANIMELIST_CLIENT_ID, or leave it out "
            "(jikan offers the same catalogue without a key, slower)"
        )
    if "imdb" in settings.live_sources:
        try:
            require_place(settings.url_of("imdb"))
        except AdapterError as problem:
            raise SettingsError(str(problem)) from problem
    if settings.users is not None:
        try:
            read_users(settings.users, LIST_SOURCES)
        except AdapterError as problem:
            raise InputError(f"OSUSUME_USERS={settings.users} cannot be used: {problem}") from problem


def users_file(directory: Path) -> Path:
    """Where a demo world lists the users whose lists are read."""
    return directory / "users.csv"


def _access(settings: Settings, source: str, client_id: str) -> ServiceAccess:
    """How one service is reached."""
    key = client_id if source == "myanimelist" else None
    return ServiceAccess(settings.url_of(source), settings.rate_of(source), key)
