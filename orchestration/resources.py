"""The resource instances for given settings: the only place where settings meet assets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assets.crawling import Crawling
from assets.resources import RecordingsInput, RunSettings, Tracking, WarehouseResource
from orchestration.chosenmodels import chosen_models
from orchestration.crawling import Years, crawling_for
from orchestration.settings import Settings, forbid_telemetry


def resources_for(
    settings: Settings, recordings: Path | None, fingerprint: str = "", ranges: Mapping[str, Years] | None = None
) -> dict[str, WarehouseResource | RecordingsInput | RunSettings | Tracking | Crawling]:
    """The resources of a run, by the names that assets use.

    Args:
        settings: where HOME is, the seed, and the limits.
        recordings: the directory to land from; None = rebuild from what was landed.
        fingerprint: what the published snapshot's stamp begins with, so that an equal input ends early.
        ranges: the years that a backfill reads, by source; None for every other run.
    """
    forbid_telemetry()
    return {
        "warehouse": WarehouseResource(
            home=str(settings.home.absolute()),
            lock_timeout_s=settings.lock_timeout,
            memory_limit=settings.memory_limit,
            keep_snapshots=settings.keep_snapshots,
        ),
        "recordings_input": RecordingsInput(directory=str(recordings.absolute()) if recordings else None),
        "run_settings": RunSettings(
            seed=settings.seed,
            experiment=settings.experiment == "on",
            fingerprint=fingerprint,
            models=chosen_models(settings),
            retrain_percent=settings.retrain_percent,
        ),
        "tracking": Tracking(settings.mlflow_uri),
        "crawling": crawling_for(settings, ranges),
    }
