"""The resource types that assets name in their signatures; `orchestration.resources` makes the instances."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import dagster as dg
from pydantic import Field

from adapters.recordings import Recording, read_recordings
from assets.liveruns import close_killed_runs
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.keeping import kept_open
from warehouse.liveruns import alive
from warehouse.lock import still_waiting


class WarehouseResource(dg.ConfigurableResource["WarehouseResource"]):
    """The warehouse of one HOME: who writes queues for it, nobody holds it across training or the network."""

    home: str
    lock_timeout_s: float = 600.0
    memory_limit: str = "1500MB"
    threads: int | None = None
    keep_snapshots: int = 3

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:
        """The same resource, for the length of a run, which is known to be alive as long as its process is.

        Between steps that follow at once the file stays open. Runs of processes that were killed are closed.
        """
        home = Home(Path(self.home))
        with ExitStack() as length_of_run:
            if context.run is not None and context.instance is not None:
                length_of_run.enter_context(alive(home, context.run.run_id))
                close_killed_runs(context.instance, home)
            length_of_run.enter_context(kept_open(home))
            yield self

    def open(self) -> Warehouse:
        """The warehouse; opening a connection is up to its `writer` and `reader`."""
        return Warehouse(
            home=Home(Path(self.home)),
            lock_timeout_s=self.lock_timeout_s,
            memory_limit=self.memory_limit,
            threads=self.threads,
            keep_snapshots=self.keep_snapshots,
            on_wait=_say_who_is_waited_for,
        )


def _say_who_is_waited_for(seconds: float, holder: str) -> None:
    """One line in the run's log, so that a waiting step does not look like a hanging one."""
    dg.get_dagster_logger("warehouse").warning(still_waiting(seconds, holder))


class RecordingsInput(dg.ConfigurableResource[None]):
    """The recordings directory to land from; without one, tables are rebuilt from what was landed."""

    directory: str | None = None

    def recordings(self, source: str, stream: str) -> list[Recording]:
        """The recordings of one stream of a source, oldest first; empty where the directory has none.

        Raises:
            RecordingError: the directory is missing or a file in it cannot be read to its end.
        """
        if self.directory is None:
            return []
        return read_recordings(Path(self.directory), source, stream)


class RunSettings(dg.ConfigurableResource[None]):
    """What a run's results depend on beside its input.

    Attributes:
        seed: of every random choice.
        experiment: whether cohorts get different lists.
        fingerprint: the hash of code, libraries and settings, which a snapshot's stamp begins with; '' = the
            run is a part, whose snapshot counts as made from no one input.
        models: names of the models that are evaluated; [] = all there are.
        retrain_percent: models are taught again once so many of a hundred entries, or anime, have changed; 0 = at
            every change.
    """

    seed: int = 42
    experiment: bool = False
    fingerprint: str = ""
    models: list[str] = Field(default_factory=list)
    retrain_percent: float = 5.0

    def chosen(self, known: Collection[str]) -> frozenset[str]:
        """The models to evaluate, of those that are known."""
        return frozenset(self.models or known)


@dataclass(frozen=True)
class Tracking:
    """Where model versions are tracked; a plain object, since the UI shows the values of Dagster's own resources.

    Attributes:
        uri: of MLflow, which may hold a password; off = nowhere, '' = under HOME.
    """

    uri: str = field(default="off", repr=False)
