"""When the jobs run by themselves. Every schedule is stopped until the user starts it in the UI."""

from __future__ import annotations

import dagster as dg

from orchestration.jobs import refresh_catalogue, refresh_ratings, train_models


def _stopped(job_name: str, cadence: str, cron: str, why: str) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=f"{job_name}_{cadence}",
        job_name=job_name,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"{why} Stopped until you start it.",
    )


ALL_SCHEDULES = [
    _stopped(refresh_catalogue.name, "daily", "0 3 * * *", "Every day at 03:00 UTC: new and changed anime."),
    _stopped(refresh_ratings.name, "daily", "0 4 * * *", "Every day at 04:00 UTC: new ratings."),
    _stopped(train_models.name, "weekly", "0 5 * * 1", "Mondays at 05:00 UTC: models, recommendations, publishing."),
]
