"""Puts stand-in services for some of the world's sources on one server, with their limits and faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from demo.services import users
from demo.services.base import Service
from demo.services.faults import Faults
from demo.services.limits import limiter_of
from demo.services.overlay import Overlay
from demo.services.server import Services
from demo.world import World

#: The key that the stand-in for MyAnimeList knows, unless another one is given.
CLIENT_ID = "demo"
#: A stalled answer is silent for so long at the real pace, longer than a client waits.
STALL_S = 40.0
_SHORTEST_STALL_S = 0.1

#: Module and class of each source's service. Imported when asked for: a demo of one source needs no other.
_KINDS = {
    "anilist": ("demo.services.anilist", "AniListService"),
    "kitsu": ("demo.services.kitsu", "KitsuService"),
    "myanimelist": ("demo.services.myanimelist", "MyAnimeListService"),
    "jikan": ("demo.services.jikan", "JikanService"),
    "imdb": ("demo.services.imdb", "ImdbService"),
}
SOURCES = tuple(_KINDS)


def make_services(
    world: World,
    sources: Sequence[str] = SOURCES,
    *,
    rate_scale: float = 1.0,
    fault_share: float = 0.0,
    seed: int = 42,
    list_users: int = 200,
    port: int = 0,
    overlay: Overlay | None = None,
    client_id: str = CLIENT_ID,
) -> Services:
    """A server for these sources, to be used as a context manager; its `users` are the lists to read.

    Args:
        world: what there is to tell.
        sources: some of `SOURCES`.
        rate_scale: how many times as high all rate limits are as the real ones, and as short all waits.
        fault_share: the share (0-1) of requests that fail in one way or another.
        seed: of the faults.
        list_users: of how many of the world's viewers the lists are to be read.
        port: 0 = any free one.
        overlay: what has happened to the catalogues; None = nothing so far.
        client_id: the key that MyAnimeList asks for.

    Raises:
        KeyError: an unknown source.
        ValueError: a scale or a share that makes no sense.
    """
    if rate_scale <= 0 or not 0 <= fault_share <= 1:
        raise ValueError(f"rate_scale {rate_scale} must be above 0, and fault_share {fault_share} from 0 to 1")
    shown = overlay or Overlay(world)
    return Services(
        [_service(source, world, shown, client_id) for source in sources],
        limiters={source: limiter_of(source, rate_scale) for source in sources},
        faults=Faults(fault_share, seed),
        stall_s=max(_SHORTEST_STALL_S, STALL_S / rate_scale),
        users={name: handles for name, handles in users.list_users(world, list_users).items() if name in sources},
        port=port,
    )


def _service(source: str, world: World, overlay: Overlay, client_id: str) -> Service:
    module, name = _KINDS[source]
    kind: Callable[..., Service] = getattr(import_module(module), name)
    return kind(world, overlay, client_id) if source == "myanimelist" else kind(world, overlay)
