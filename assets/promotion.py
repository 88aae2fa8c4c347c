"""Which version is active: a measured decision, landed as an event."""

import dagster as dg

from assets import registry
from assets.evaluation import version_of, write
from assets.model_inputs import read_inputs
from assets.models import BASELINE
from assets.resources import RunSettings, WarehouseResource
from assets.results import markdown_table
from assets.tables import table_spec
from warehouse.build import fetch
from warehouse.sqlfiles import sql_file


@dg.multi_asset(
    name="dim_recommendation_model",
    specs=[table_spec(sql_file("core/dim_recommendation_model"), ["fact_model_metric"])],
)
def dim_recommendation_model(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> dg.MaterializeResult[None]:
    """Every version there ever was; the best of those measured on today's data is made the active one."""
    opened = warehouse.open()
    with opened.writer("read model metrics") as connection:
        inputs = read_inputs(connection)
        ranking = fetch(connection, "inputs/model_ranking").to_pylist()
    if ranking:
        best, facts = ranking[0]["model_version_id"], {"because": f"ndcg@10 of {ranking[0]['value']:.6f}"}
    else:
        name = BASELINE if inputs.interactions.seen.nnz else "content_tfidf"
        best, facts = version_of(name, inputs, run_settings.seed), {"because": "nothing could be measured"}
    if registry.record(opened.home, "promoted", best, **facts):
        context.log.info("promoted %s: %s", best, facts["because"])
    rows = registry.registry_table(opened.home)
    metadata = write(warehouse, "core/dim_recommendation_model", rows, context.run_id)
    shown = [{"version": one["model_version_id"], "NDCG@10": f"{one['value']:.4f}"} for one in ranking]
    metadata["active"] = best
    return dg.MaterializeResult(
        metadata=metadata | ({"leaderboard": dg.MetadataValue.md(markdown_table(shown))} if shown else {})
    )


PROMOTION_ASSETS = [dim_recommendation_model]
