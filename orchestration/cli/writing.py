"""The warehouse for commands that write in it, outside of any run."""

from __future__ import annotations

from orchestration.cli.console import Console
from orchestration.settings import Settings
from warehouse.connection import Warehouse
from warehouse.home import Home


def writable_warehouse(settings: Settings, console: Console) -> Warehouse:
    """The warehouse as the settings have it; while another process writes, the user is told for whom they wait."""
    return Warehouse(
        Home(settings.home),
        lock_timeout_s=settings.lock_timeout,
        memory_limit=settings.memory_limit,
        keep_snapshots=settings.keep_snapshots,
        on_wait=console.waiting,
    )
