"""The demo's world on this machine: what a run takes in of it as files, and the stand-in services that tell the rest.

The one rule: services run only as long as something has not been read from them; what was read stays landed,
and the world of a HOME never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from adapters import imdb
from adapters.services import SERVICES
from orchestration.errors import InputError
from orchestration.inputs import RunInput
from orchestration.settings import Settings
from warehouse.home import Home
from warehouse.landing import landed_files
from warehouse.partitions import landed_crawls

if TYPE_CHECKING:
    from demo.world import World

Progress = Callable[[str], None]
#: The stand-ins that a demo run asks, the key that the one for MyAnimeList takes, and the day in their world.
DEMO_SOURCES = ("anilist", "kitsu", "myanimelist", "imdb")
DEMO_CLIENT_ID = "demo"
DEMO_TODAY = date(2026, 6, 30)
#: The stand-ins' limits are so many times those of the services, and our patience so many times smaller.
DEMO_HURRY = 1000.0
#: So many viewers' lists come from the services, but never more than a quarter; the others' are a recording.
LIST_USERS = 200
#: Of so many requests the stand-ins spoil one, so that a demo run meets what real ones meet.
FAULT_SHARE = 0.004
#: The world made last, while it may be needed again; it is large.
_WORLDS: dict[str, World] = {}


def make_demo(chosen: RunInput, progress: Progress) -> Path:
    """What a run takes in of the demo world as files, made once for each HOME and set of parameters.

    Returns:
        The directory: ratings, the users whose lists are read from the services, and the truth.

    Raises:
        InputError: when a world of these sizes cannot be made.
    """
    directory = chosen.directory
    if directory is None:
        raise InputError(f"{chosen.label} is not the demo world")
    if not directory.is_dir():
        from demo.recordings import write_intake
        from demo.services.users import list_users

        world = make_world_of(chosen, progress)
        directory.parent.mkdir(parents=True, exist_ok=True)
        write_intake(directory, world, list_users(world, listed(chosen)), progress=progress)
    return directory


def make_world_of(chosen: RunInput, progress: Progress) -> World:
    """The demo world of an input, made at most once in a process.

    Raises:
        InputError: when a world of these sizes cannot be made.
    """
    from demo.errors import DemoError
    from demo.world import make_world

    sizes = {name: chosen.world[name] for name in ("anime", "users", "ratings")}
    name = str(chosen.world)
    try:
        if name not in _WORLDS:
            _WORLDS.clear()
            _WORLDS[name] = make_world(chosen.world["seed"], **sizes, progress=progress)
        return _WORLDS[name]
    except DemoError as problem:
        raise InputError(
            f"the demo world cannot be made: {problem}. Its sizes are the settings OSUSUME_DEMO_ANIME, "
            "OSUSUME_DEMO_USERS and OSUSUME_DEMO_RATINGS"
        ) from problem


def listed(chosen: RunInput) -> int:
    """Of how many viewers the lists come from the services."""
    return min(LIST_USERS, int(chosen.world["users"]) // 4)


def is_read(home: Home) -> bool:
    """Whether everything that the stand-in services tell was read into this HOME."""
    crawled = [(source, stream) for source in DEMO_SOURCES if source in SERVICES for stream in SERVICES[source].streams]
    fetched = [(imdb.NAME, name.replace(".", "_")) for name in imdb.FILES]
    return all(any(part is None for part, _ in landed_crawls(home, *pair)) for pair in crawled) and all(
        landed_files(home, *pair) for pair in fetched
    )


@contextmanager
def serving(settings: Settings, chosen: RunInput, progress: Progress, *, always: bool = False) -> Iterator[Settings]:
    """Settings with which a run reads its input: for a demo that was not read yet, those of running stand-ins.

    Args:
        settings: those in force.
        chosen: the input.
        progress: told what is done.
        always: whether a demo's stand-ins run even if everything was read.
    """
    if chosen.kind != "demo" or (not always and is_read(Home(settings.home))):
        yield settings
        return
    from demo.services.make import make_services

    progress("starting the stand-in services of the demo world on 127.0.0.1")
    with make_services(
        make_world_of(chosen, progress),
        DEMO_SOURCES,
        rate_scale=DEMO_HURRY,
        fault_share=FAULT_SHARE,
        seed=settings.seed,
        list_users=listed(chosen),
    ) as services:
        yield settings.model_copy(update={f"{name}_url": url for name, url in services.urls.items()})
    _WORLDS.clear()
