"""Jobs are selections by group, not lists: a new table joins the job of its group by itself."""

from __future__ import annotations

import dagster as dg

from adapters.recordings import SOURCES
from assets.partitions import PARTED, landing_name

#: What users told: their rating files and lists. (IMDb's `__title_ratings` is a part of its catalogue.)
RATINGS_STREAMS = (
    dg.AssetSelection.key_substring("__ratings")
    | dg.AssetSelection.key_substring("__lists")
    | dg.AssetSelection.key_substring("__list_entries")
)
#: Landed partition by partition: no job of whole tables can hold them.
PARTITIONED = dg.AssetSelection.assets(
    *(landing_name(source) for source in PARTED), *(landing_name(source, "ratings") for source in SOURCES)
)
INTAKE = dg.AssetSelection.groups("ingestion", "staging") - PARTITIONED
#: The catalogue's tables need what was loaded of ratings before: ratings mention anime that no catalogue knows.
RATINGS_AT_HAND = dg.AssetSelection.groups("staging") | dg.AssetSelection.assets("int_ratings_unioned")
IDENTITY_AND_CORE = dg.AssetSelection.groups("identity", "core")

refresh_all = dg.define_asset_job(
    "refresh_all",
    selection=dg.AssetSelection.all() - PARTITIONED,
    description="Everything: catalogues, identity, ratings, models, recommendations, publishing.",
)
refresh_catalogue = dg.define_asset_job(
    "refresh_catalogue",
    selection=(INTAKE - RATINGS_STREAMS) | RATINGS_AT_HAND | IDENTITY_AND_CORE,
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
    config={"ops": {"training_data": {"config": {"always": True}}}},
    description="Models taught on all that is new and evaluated on held-out ratings, the best one's recommendations, "
    "publishing.",
)
publish = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.groups("monitoring"),
    description="The warehouse as it stands, checked and put before the readers.",
)

#: One for each source that is read in partitions: `osusume backfill` runs it, and so does whoever asks the API.
BACKFILL_JOBS = [
    dg.define_asset_job(
        f"backfill_{source}",
        selection=dg.AssetSelection.assets(landing_name(source)),
        description=f"Partitions of {source}'s catalogue, read from the service again and landed; "
        "refresh_catalogue loads them.",
    )
    for source in PARTED
]
#: The same for the sources whose ratings are recorded by month.
MONTH_JOBS = [
    dg.define_asset_job(
        f"backfill_{source}_ratings",
        selection=dg.AssetSelection.assets(landing_name(source, "ratings")),
        description=f"Months of {source}'s ratings, landed as the recordings directory has them now; "
        "refresh_ratings loads them.",
    )
    for source in SOURCES
]

ALL_JOBS = [*BACKFILL_JOBS, *MONTH_JOBS, refresh_all, refresh_catalogue, refresh_ratings, train_models, publish]
