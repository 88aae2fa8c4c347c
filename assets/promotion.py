"""Which version is active: decided by rules on today's figures unless a person has, and landed with its reasons."""

from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg

from assets import registry
from assets.artifacts import cost_of, kept_versions, prune
from assets.decisions import decision_table
from assets.model_inputs import TrainingInputs, read_training
from assets.models import LISTS, as_lists
from assets.resources import RunSettings, WarehouseResource
from assets.results import code_of_assets, markdown_table
from assets.steps import Made, table_step, telling
from assets.tables import as_before, table_spec, write
from assets.teaching import MODELS, version_of
from assets.tuned import tuned_config
from recommenders.deciding import deciding_split
from recommenders.metrics import BASELINE, HEADLINE, user_metrics
from recommenders.promotion import Candidate, Cost, Decision, Figure, choose
from recommenders.versions import code_version
from warehouse.build import fetch
from warehouse.catalogue import table_exists
from warehouse.checks import column_frame
from warehouse.home import Home
from warehouse.made import Besides
from warehouse.sqlfiles import sql_file

FILE = sql_file("core/dim_recommendation_model")


@table_step(FILE.name, [table_spec(FILE, ["fact_model_metric"])])
def dim_recommendation_model(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> Made:
    """Every version there ever was, with the active one: the champion, unless another is better beyond chance."""
    opened = warehouse.open()
    home, seed = opened.home, run_settings.seed
    with opened.writer("read model metrics") as connection:
        if unchanged := as_before(context, connection, FILE, made_from(home, warehouse.keep_snapshots, seed)):
            return unchanged
        inputs = read_training(connection)
        candidates = measured_today(connection, inputs, seed)

    def cost(one: Candidate) -> Cost:
        return cost_of(home, one.model, one.version_id, inputs, seed)

    active, because, decisions = decide(home, candidates, cost) if candidates else undecided(home, inputs, seed)
    if registry.record(home, registry.Kind.PROMOTED, active, because=because):
        context.log.info("%s is active: %s", active, because)
    for gone in prune(home, kept_versions(home, warehouse.keep_snapshots)):
        context.log.info("removed the stored model %s, which nothing published asks for", gone)
    rows = registry.registry_table(home)
    besides = made_from(home, warehouse.keep_snapshots, seed)
    result = write(warehouse, "core/dim_recommendation_model", rows, context.run_id, besides=besides)
    return telling(result, {"active": active, "because": because} | shown(decisions))


def made_from(home: Home, keep_snapshots: int, seed: int) -> Besides:
    """What is decided follows from: figures, the lists they are of, what was landed of versions, and our code."""
    tables = ("main.fact_model_metric", "ml.training_data", *(f"ml.evaluation_{name}" for name in MODELS))
    words = (str(seed), str(keep_snapshots), code_version(), code_of_assets(), registry.log_hash(home))
    return Besides(tables, words)


CUTOFFS = (HEADLINE[1], 20)


def measured_today(connection: Any, inputs: TrainingInputs, seed: int) -> list[Candidate]:
    """The versions that fact_model_metric has figures of, with each user's, from the lists they were measured on."""
    figures = fetch(connection, "inputs/promotion_figures").to_pylist()
    split = deciding_split(inputs.interactions, seed)
    hidden = split.held_out[split.evaluated]
    found: dict[str, dict[tuple[str, str, int], Figure]] = {}
    for row in figures:
        key = (row["segment"], row["metric"], row["k"])
        found.setdefault(row["model_version_id"], {})[key] = Figure(row["value"], row["ci_low"], row["ci_high"])
    candidates = []
    for name in MODELS:
        if not table_exists(connection, f"ml.evaluation_{name}"):
            continue
        table = column_frame(connection, f"ml.evaluation_{name}", LISTS)
        version_id = table.column("model_version_id")[0].as_py() if table.num_rows else None
        if version_id in found:
            users = user_metrics(as_lists(table, inputs, split).items, hidden, CUTOFFS)
            candidates.append(Candidate(version_id, name, users, found[version_id]))
    return candidates


def decide(
    home: Home, candidates: Sequence[Candidate], cost: Callable[[Candidate], Cost]
) -> tuple[str, str, list[Decision]]:
    """The version that is to be active, why, and the comparisons it rests on, which are landed."""
    held = registry.hold(home)
    serving = held.model_type if held else registry.active_model(home)
    measured = {one.model for one in candidates}
    stays = str(held) if held and held.model_type in measured else None
    present = next((one.version_id for one in candidates if one.model == serving), "")
    winner, decisions = choose(candidates, serving, cost, stays, registry.before(home, present))
    registry.record_decisions(home, map(_landed, decisions))
    came = [one for one in decisions if one.is_promoted]
    if came:
        return winner.version_id, "; ".join(came[-1].reasons), decisions
    if serving not in measured:
        return winner.version_id, "nothing is better than popularity beyond chance", decisions
    return winner.version_id, stays or f"{winner.model} stays: no other is better beyond chance and holds", decisions


def undecided(home: Home, inputs: TrainingInputs, seed: int) -> tuple[str, str, list[Decision]]:
    """What serves where nothing could be measured: popularity, or without any list what anime are about."""
    name = BASELINE if inputs.interactions.seen.nnz else "content_tfidf"
    return version_of(name, inputs.versions, tuned_config(home, name, seed)), "nothing could be measured", []


def shown(decisions: Sequence[Decision]) -> dict[str, Any]:
    """The comparisons as a table for people; nothing where there were none."""
    lines = [
        {
            "challenger": one.challenger.version_id,
            "champion": one.champion.version_id,
            "NDCG@10": f"{one.challenger.headline:.4f} against {one.champion.headline:.4f}",
            "difference": f"{one.difference:+.4f} ({one.ci_low:+.4f} to {one.ci_high:+.4f})",
            "decision": "promoted" if one.is_promoted else "kept",
            "because": "; ".join(one.reasons),
        }
        for one in decisions
    ]
    return {"decisions": dg.MetadataValue.md(markdown_table(lines))} if lines else {}


def _landed(one: Decision) -> dict[str, Any]:
    """A comparison as an event; figures rounded, so that equal ones are equal on every machine."""
    return {
        "model_version_id": one.challenger.version_id,
        "model_type": one.challenger.model,
        "champion_version_id": one.champion.version_id,
        "champion_type": one.champion.model,
        "is_promoted": one.is_promoted,
        "difference": round(one.difference, 6),
        "ci_low": round(one.ci_low, 6),
        "ci_high": round(one.ci_high, 6),
        "because": "; ".join(one.reasons),
    }


@table_step(
    "fact_promotion_decision", [table_spec(sql_file("core/fact_promotion_decision"), ["dim_recommendation_model"])]
)
def fact_promotion_decision(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Made:
    """Why each version did, or did not, become active, by rule or by a person's word."""
    rows = decision_table(warehouse.open().home)
    return write(warehouse, "core/fact_promotion_decision", rows, context.run_id)


PROMOTION_ASSETS = [dim_recommendation_model, fact_promotion_decision]
