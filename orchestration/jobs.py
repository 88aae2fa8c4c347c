"""Jobs are selections by group, not lists: a new table joins the job of its group by itself."""

from __future__ import annotations

import dagster as dg

RATINGS_STREAMS = dg.AssetSelection.key_substring("__ratings")
INTAKE = dg.AssetSelection.groups("ingestion", "staging")
IDENTITY_AND_CORE = dg.AssetSelection.groups("identity", "core")

refresh_all = dg.define_asset_job(
    "refresh_all",
    selection=dg.AssetSelection.all(),
    description="Everything: catalogues, identity, ratings, models, recommendations, publishing.",
)
refresh_catalogue = dg.define_asset_job(
    "refresh_catalogue",
    selection=(INTAKE - RATINGS_STREAMS) | IDENTITY_AND_CORE,
    description="New catalogue records, who is who among them, and the canonical tables.",
)
refresh_ratings = dg.define_asset_job(
    "refresh_ratings",
    selection=(INTAKE & RATINGS_STREAMS) | IDENTITY_AND_CORE | dg.AssetSelection.groups("ratings"),
    description="New ratings, stub anime for those of no catalogue, and the users' facts.",
)
train_models = dg.define_asset_job(
    "train_models",
    selection=dg.AssetSelection.groups("models", "recommendations", "monitoring"),
    description="Models evaluated on held-out ratings, the best one's recommendations, publishing.",
)
publish = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.groups("monitoring"),
    description="The warehouse as it stands, checked and put before the readers.",
)

ALL_JOBS = [refresh_all, refresh_catalogue, refresh_ratings, train_models, publish]
