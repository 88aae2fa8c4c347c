"""What starts runs, or tells people, when something has happened. Every sensor is stopped until the user starts it."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from assets.partitions import MONTHS
from orchestration.automation import RESULTS, TABLES
from orchestration.failures import failure_sensor
from orchestration.jobs import refresh_catalogue, refresh_ratings
from orchestration.landings import landing_sensor

_EVERY_S = 30


def _follower(name: str, groups: Sequence[str], description: str) -> dg.AutomationConditionSensorDefinition:
    """A sensor that asks for what the automation conditions of these groups want, in one run."""
    return dg.AutomationConditionSensorDefinition(
        name=name,
        target=dg.AssetSelection.groups(*groups),
        default_status=dg.DefaultSensorStatus.STOPPED,
        minimum_interval_seconds=_EVERY_S,
        description=f"{description} Stopped until you start it.",
    )


def sensors_for(assets: Sequence[dg.AssetsDefinition], alert_webhook: str) -> list[dg.SensorDefinition]:
    """The project's sensors.

    Args:
        assets: the project's, among which those that land partitions are looked for.
        alert_webhook: where failures are posted; '' = nowhere.
    """
    months = [one for one in assets if one.partitions_def == MONTHS]
    catalogues = [one for one in assets if one.partitions_def != MONTHS]
    return [
        _follower(
            "tables_follow_raw",
            TABLES,
            "When a raw table or anything else that they read was made again, staging, identity, core and rating "
            "tables are made again in one run.",
        ),
        _follower(
            "recommendations_follow_tables",
            RESULTS,
            "When a table that models, recommendations or the snapshot are made from holds something else than before, "
            "they are made again in one run, publishing included. Without it they wait for train_models_weekly.",
        ),
        landing_sensor(catalogues, refresh_catalogue.name),
        landing_sensor(months, refresh_ratings.name, "refresh_ratings_after_landing"),
        failure_sensor(alert_webhook),
    ]
