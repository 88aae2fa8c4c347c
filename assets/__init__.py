"""The Dagster assets: thin wiring in which the rooms meet; no SQL, no HTTP, no model code."""

from __future__ import annotations

import dagster as dg

from assets.evaluation import EVALUATION_ASSETS
from assets.franchises import FRANCHISE_ASSETS
from assets.held_out_users import held_out_user_metric
from assets.history import HISTORY_ASSETS
from assets.identity import IDENTITY_ASSETS
from assets.ingest import RAW_ASSETS
from assets.landing import LANDING_ASSETS
from assets.models import MODEL_ASSETS
from assets.months import MONTH_ASSETS
from assets.promotion import PROMOTION_ASSETS
from assets.recommendations import RECOMMENDATION_ASSETS
from assets.report import quality_report
from assets.snapshot import published_snapshot
from assets.tables import SQL_ASSETS
from assets.tracking import model_tracking
from assets.training import training_data
from assets.tuning import TUNING_ASSETS

ALL_ASSETS: list[dg.AssetsDefinition] = [
    *LANDING_ASSETS,
    *MONTH_ASSETS,
    *RAW_ASSETS,
    *SQL_ASSETS,
    *IDENTITY_ASSETS,
    *HISTORY_ASSETS,
    *FRANCHISE_ASSETS,
    training_data,
    *EVALUATION_ASSETS,
    held_out_user_metric,
    *MODEL_ASSETS,
    *PROMOTION_ASSETS,
    *TUNING_ASSETS,
    *RECOMMENDATION_ASSETS,
    published_snapshot,
    quality_report,
    model_tracking,
]
