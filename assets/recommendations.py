"""From the active model to what people are shown: bare scores, similar anime, lists with reasons."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import dagster as dg
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assets.artifacts import taught_model
from assets.checks.suites.values import COHORTS
from assets.conversions import list_columns
from assets.model_inputs import ServingInputs, read_serving, read_versions
from assets.resources import RunSettings, WarehouseResource
from assets.results import code_of_assets
from assets.serving import Group, Serving, active_model, learned, serve
from assets.steps import Made, table_step, telling
from assets.tables import as_before, table_spec, write
from assets.teaching import LIST_LENGTH, version_of
from assets.tuned import tuned_config
from recommenders.errors import RecommenderError
from recommenders.explain import Explanation, explain
from recommenders.ranking import recommend
from recommenders.versions import code_version
from warehouse.made import Besides
from warehouse.sqlfiles import sql_file

#: Who is served, with what they have.
SERVED = ["dim_anime", "dim_user", "fact_user_rating"]
SIMILAR = 20
ANIME_LIKE = {"content_tfidf": "what they are about", "item_knn": "who rated them"}


@table_step(
    "fact_collaborative_scores",
    [table_spec(sql_file("core/fact_collaborative_scores"), ["dim_recommendation_model", *SERVED])],
)
def fact_collaborative_scores(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> Made:
    """The active model, taught on everything, asked for every user."""
    active = active_model(warehouse, run_settings.seed)
    everybody = Group(active, np.arange(active.inputs.interactions.n_users), active.inputs.recommendable)
    file = sql_file("core/fact_collaborative_scores")
    result = serve(warehouse, file, [everybody], scored_rows, context.run_id)
    return telling(result, {"active_model": active.version_id})


SCORES = pa.schema(
    [
        ("user_key", pa.int64()),
        ("rank", pa.int64()),
        ("anime_key", pa.int64()),
        ("score", pa.float32()),
        ("model_version_id", pa.string()),
    ]
)


def scored_rows(group: Group) -> pa.Table:
    """The group's bare lists as rows."""
    serving = group.serving
    rows = serving.inputs.interactions.take(group.users)
    lists = recommend(serving.model, rows, LIST_LENGTH, group.allowed)
    return pa.table(list_columns(lists, serving.model.item_keys, serving.version_id), schema=SCORES)


ALIKE = sql_file("core/fact_anime_similarity")


@table_step(ALIKE.name, [table_spec(ALIKE, ["training_data", *SERVED])])
def fact_anime_similarity(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> Made:
    """What each anime is most like, by each way of telling; a way that has nothing to go by is left out."""
    home, seed, parts = warehouse.open().home, run_settings.seed, []
    with warehouse.open().writer("read for similarity") as connection:
        today, versions = read_serving(connection), read_versions(connection)
        names = sorted(run_settings.chosen(ANIME_LIKE) & ANIME_LIKE.keys())
        version_ids = {name: version_of(name, versions, tuned_config(home, name, seed)) for name in names}
        besides = compared_from(version_ids.values(), today)
        if unchanged := as_before(context, connection, ALIKE, besides):
            return unchanged
    for name, version_id in version_ids.items():
        try:
            model = taught_model(home, name, version_id, lambda: learned(warehouse), seed)
        except RecommenderError as problem:
            context.log.warning("%s compares nothing: %s", name, problem)
            continue
        parts.append(similar_rows(Serving(model, version_id, today.for_items(model.item_keys))))
    table = pa.concat_tables(parts) if parts else SIMILARITIES.empty_table()
    return write(warehouse, "core/fact_anime_similarity", table, context.run_id, besides=besides)


def compared_from(version_ids: Iterable[str], today: ServingInputs) -> Besides:
    """What similar anime follow from: the models, which anime there are, which may be recommended, and our code."""
    there = today.interactions.item_keys.tobytes() + np.packbits(today.recommendable).tobytes()
    return Besides(words=(*version_ids, sha256(there).hexdigest(), code_version(), code_of_assets()))


SIMILARITIES = pa.schema(
    [
        ("anime_key", pa.int64()),
        ("similar_anime_key", pa.int64()),
        ("score", pa.float32()),
        ("rank", pa.int64()),
        ("method", pa.string()),
        ("model_version_id", pa.string()),
    ]
)


def similar_rows(serving: Serving) -> pa.Table:
    """The similarity lists of one model as rows; stub anime, and those of the past, stand in nobody's list."""
    keys, inputs = serving.model.item_keys, serving.inputs
    found = serving.model.similar(SIMILAR, inputs.recommendable)
    if found is None:
        return SIMILARITIES.empty_table()
    items, places = np.nonzero((found.items >= 0) & inputs.exists[:, None])
    return pa.table(
        {
            "anime_key": keys[items],
            "similar_anime_key": keys[found.items[items, places]],
            "score": found.scores[items, places],
            "rank": places + 1,
            "method": pa.repeat(serving.model.name, len(items)),
            "model_version_id": pa.repeat(serving.version_id, len(items)),
        },
        schema=SIMILARITIES,
    )


@table_step(
    "int_explained_list",
    [table_spec(sql_file("intermediate/int_explained_list"), ["fact_collaborative_scores", *SERVED])],
)
def int_explained_list(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, run_settings: RunSettings
) -> Made:
    """Everybody's list after all rules, with what carried each title."""
    file, groups = sql_file("intermediate/int_explained_list"), list(served_alike(warehouse, run_settings))
    return serve(warehouse, file, groups, explained_rows, context.run_id)


RECOMMENDATIONS = pa.schema(
    [
        *SCORES,
        ("share_collaborative", pa.float64()),
        ("share_content", pa.float64()),
        ("share_popularity", pa.float64()),
        ("because_anime_keys", pa.list_(pa.int64())),
        ("because_ratings", pa.list_(pa.float32())),
        ("because_shares", pa.list_(pa.float64())),
        ("list_length", pa.int64()),
    ]
)


def served_alike(warehouse: WarehouseResource, settings: RunSettings) -> Iterator[Group]:
    """All users by who is served alike: by one model, or with the experiment on by one for each cohort.

    In an experiment the control group has the active model, the treatments the next best two. Adult titles are only
    for those who want them.
    """
    for place, cohort in enumerate(COHORTS):
        serving = active_model(warehouse, settings.seed, place)
        inputs = serving.inputs
        member = inputs.cohorts == cohort if settings.experiment else np.ones(len(inputs.cohorts), dtype=bool)
        for wants_adult in (False, True):
            allowed = inputs.recommendable if wants_adult else inputs.recommendable & ~inputs.adult
            yield Group(serving, np.flatnonzero(member & (inputs.wants_adult == wants_adult)), allowed)
        if not settings.experiment:
            return


def explained_rows(group: Group) -> pa.Table:
    """The group's lists as rows, each title with its shares and the titles that carried it."""
    serving = group.serving
    rows = serving.inputs.interactions.take(group.users)
    lists = recommend(serving.model, rows, LIST_LENGTH, group.allowed)
    causes = explain(serving.model, rows, lists)
    listed = np.nonzero(lists.items >= 0)
    keys = serving.model.item_keys
    columns = list_columns(lists, keys, serving.version_id)
    for share in ("share_collaborative", "share_content", "share_popularity"):
        columns[share] = getattr(causes, share)[listed]
    columns["list_length"] = np.diff(rows.seen.indptr)[listed[0]]
    return pa.table(columns | _because(causes, listed, keys), schema=RECOMMENDATIONS)


def _because(causes: Explanation, listed: tuple[Any, ...], keys: NDArray[np.int64]) -> dict[str, pa.Array]:
    """What carried each listed title, as list columns; no titles where popularity alone did."""
    carriers = causes.because[listed]
    real = carriers >= 0
    offsets = pa.array(np.concatenate([[0], np.cumsum(real.sum(axis=1))]), pa.int32())
    ratings = causes.because_rating[listed][real]
    values = {
        "because_anime_keys": pa.array(keys[carriers[real]]),
        "because_ratings": pa.array(ratings, from_pandas=True),
        "because_shares": pa.array(causes.because_share[listed][real]),
    }
    return {name: pa.ListArray.from_arrays(offsets, flat) for name, flat in values.items()}


RECOMMENDATION_ASSETS = [fact_collaborative_scores, fact_anime_similarity, int_explained_list]
