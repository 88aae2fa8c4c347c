"""The one Definitions object: what the UI, the daemon and `osusume run` see."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from assets import ALL_ASSETS
from orchestration.automation import automated
from orchestration.inputs import recordings_directory
from orchestration.jobs import ALL_JOBS
from orchestration.resources import resources_for
from orchestration.schedules import ALL_SCHEDULES
from orchestration.sensors import sensors_for
from orchestration.settings import Settings, load_settings


def build_definitions(settings: Settings, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """The project's assets with their checks, jobs and schedules.

    Args:
        settings: whose.
        resources: by key; default: those of the settings.
    """
    given = resources if resources is not None else resources_for(settings, recordings_directory(settings))
    return dg.Definitions(
        assets=automated(ALL_ASSETS),
        jobs=ALL_JOBS,
        schedules=ALL_SCHEDULES,
        sensors=sensors_for(ALL_ASSETS, settings.alert_webhook),
        # A run is one process: a hundred short steps would each pay seconds for a process of their own.
        executor=dg.in_process_executor,
        resources=given,
    )


defs = build_definitions(load_settings())
