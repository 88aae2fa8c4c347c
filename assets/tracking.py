"""Each measured version as a run of MLflow, where experiments are compared over months; once, wherever MLflow is."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.resources import Tracking, WarehouseResource
from assets.results import OWNERS
from recommenders.errors import StoreError
from recommenders.extras import installing
from recommenders.store import read_header
from warehouse.build import fetch
from warehouse.files import write_whole
from warehouse.home import Home

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

EXPERIMENT = "osusume"
VERSION, ACTIVE, CHECKSUM = "osusume.model_version_id", "osusume.is_active", "osusume.model_sha256"
OFF = "off"
#: Under HOME/mlflow: the database, and a hash of what it was told last.
DATABASE, TOLD = "mlflow.db", "told"
NOT_INSTALLED = f"off: MLflow is not installed. `{installing('ml')}` in the project's directory switches it on"
SWITCHED_OFF = "off: OSUSUME_MLFLOW_URI says so. Leave it empty to keep runs under HOME/mlflow, or name a server"
#: What MLflow takes in one call.
BATCH = 1000
#: A server that is down is not waited for as long as MLflow would by itself, which is minutes.
RETRIES, TIMEOUT_S = 2, 20

Row = Mapping[str, Any]


@dg.asset(
    name="model_tracking",
    deps=["fact_model_metric", "dim_recommendation_model", "fact_collaborative_scores"],
    group_name="monitoring",
    kinds={"mlflow"},
    owners=OWNERS,
    description="A run of MLflow for each measured model version: parameters, figures with intervals, data and code "
    "version, the stored model's checksum, and which one is active. Grain: one version, logged once. Source: "
    "fact_model_metric and dim_recommendation_model. Off where the extra ml is not installed.",
)
def model_tracking(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, tracking: dg.ResourceParam[Tracking]
) -> dg.MaterializeResult[None]:
    """How many versions were logged now, and where; nothing where tracking is off, which is said."""
    if why := why_off(tracking.uri):
        context.log.info("tracking is %s", why)
        return dg.MaterializeResult(metadata={"tracking": why})
    opened = warehouse.open()
    with opened.writer("read what is tracked") as connection:
        rows = fetch(connection, "inputs/tracked_figures").to_pylist()
    logged = track_news(opened.home, tracking.uri, rows)
    where = "HOME/mlflow" if not tracking.uri else "the server of OSUSUME_MLFLOW_URI"
    return dg.MaterializeResult(metadata={"tracking": where, "logged": len(logged)})


def track_news(home: Home, uri: str, rows: Sequence[Row]) -> list[str]:
    """As `track`; where MLflow is under HOME and was told just this before, nothing, and it is not even loaded."""
    told = sha256(json.dumps([dict(row) for row in rows], default=str).encode() + Path(__file__).read_bytes())
    note = home.mlflow / TOLD
    there = not uri and (home.mlflow / DATABASE).is_file() and note.is_file()
    if there and note.read_text(encoding="utf-8") == told.hexdigest():
        return []
    logged = track(home, uri, rows)
    if not uri:
        write_whole(note, told.hexdigest().encode())
    return logged


def why_off(uri: str) -> str | None:
    """Why nothing is tracked, and how to switch it on; None where it is on."""
    if uri == OFF:
        return SWITCHED_OFF
    return NOT_INSTALLED if find_spec("mlflow") is None else None


def track(home: Home, uri: str, rows: Iterable[Row]) -> list[str]:
    """The versions logged now; those that MLflow knows already are only told whether they are active.

    Args:
        home: whose models and, without an address, whose folder of runs.
        uri: of a server; '' = HOME/mlflow.
        rows: one for each figure, those of a version together (sql/inputs/tracked_figures).

    Raises:
        Failure: MLflow cannot be reached or refuses.
    """
    from mlflow.exceptions import MlflowException

    try:
        client = client_of(home, uri)
        experiment = _experiment(client, home, uri)
        versions = {name: list(group) for name, group in groupby(rows, lambda row: str(row["model_version_id"]))}
        logged = [name for name, figures in versions.items() if _log(client, experiment, home, figures)]
        _mark_active(client, experiment, home, {name for name, figures in versions.items() if figures[0]["is_active"]})
    except MlflowException as problem:
        where = "the address of OSUSUME_MLFLOW_URI" if uri else "HOME/mlflow"
        # The address may hold a password: it stands neither in the message nor in a cause.
        said = str(problem).replace(uri.rstrip("/"), "…") if uri else str(problem)
        raise dg.Failure(
            f"MLflow at {where} cannot be used: {said}. Mend it, or set OSUSUME_MLFLOW_URI=off; published data does "
            "not depend on it"
        ) from None
    return logged


def client_of(home: Home, uri: str) -> "MlflowClient":
    """MLflow at the address, or on a SQLite file under HOME."""
    from mlflow import MlflowClient
    from mlflow.environment_variables import MLFLOW_HTTP_REQUEST_MAX_RETRIES, MLFLOW_HTTP_REQUEST_TIMEOUT

    # It tells of every migration of its database on stderr.
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    MLFLOW_HTTP_REQUEST_MAX_RETRIES.set(RETRIES)  # type: ignore[no-untyped-call]
    MLFLOW_HTTP_REQUEST_TIMEOUT.set(TIMEOUT_S)  # type: ignore[no-untyped-call]
    if not uri:
        home.mlflow.mkdir(parents=True, exist_ok=True)
        uri = f"sqlite:///{(home.mlflow / DATABASE).absolute()}"
    return MlflowClient(tracking_uri=uri)


def _experiment(client: "MlflowClient", home: Home, uri: str) -> str:
    """The id of the project's experiment."""
    known = client.get_experiment_by_name(EXPERIMENT)
    if known is not None:
        return str(known.experiment_id)
    place = None if uri else (home.mlflow / "artifacts").absolute().as_uri()
    return str(client.create_experiment(EXPERIMENT, artifact_location=place))


def _log(client: "MlflowClient", experiment: str, home: Home, figures: Sequence[Row]) -> bool:
    """Log one version, unless it is there; one that a kill left half logged is logged anew."""
    from mlflow.entities import Metric, Param

    first = figures[0]
    for run in _runs(client, experiment, VERSION, first["model_version_id"]):
        if run.info.status == "FINISHED":
            return False
        client.delete_run(run.info.run_id)
    at = int(first["trained_at"].timestamp() * 1000)
    run = client.create_run(experiment, start_time=at, tags=_tags(home, first), run_name=first["model_version_id"])
    parameters = [Param(name, str(value)) for name, value in json.loads(first["parameters"]).items()]
    client.log_batch(run.info.run_id, params=parameters)
    metrics = [Metric(name, value, at, 0) for name, value in _metrics(figures).items()]
    for start in range(0, len(metrics), BATCH):
        client.log_batch(run.info.run_id, metrics=metrics[start : start + BATCH])
    client.set_terminated(run.info.run_id)
    return True


def _tags(home: Home, first: Row) -> dict[str, str]:
    """What a version is found by."""
    tags = {VERSION: first["model_version_id"], ACTIVE: str(first["is_active"]).lower()}
    for name in ("model_type", "data_version", "code_version", "protocol", "seed"):
        tags[f"osusume.{name}"] = str(first[name])
    return tags | _checksum(home, first["model_version_id"])


def _checksum(home: Home, version_id: str) -> dict[str, str]:
    """The checksum of the stored model's manifest, which holds those of its files; nothing where none is stored."""
    try:
        return {CHECKSUM: str(read_header(home.models / version_id)["sha256"])}
    except StoreError:
        return {}


def _metrics(figures: Sequence[Row]) -> dict[str, float]:
    """Figures by name, each interval's ends beside it; those of a segment under the segment's name."""
    found: dict[str, float] = {}
    for row in figures:
        name = f"{row['segment']}/{row['metric']}_at_{row['k']}".lstrip("/")
        ends = {name: row["value"], f"{name}.ci_low": row["ci_low"], f"{name}.ci_high": row["ci_high"]}
        found |= {key: value for key, value in ends.items() if value is not None}
    return found


def _mark_active(client: "MlflowClient", experiment: str, home: Home, active: set[str]) -> None:
    """Say of every run whether its version is active; an active one is stored by now, and has a checksum."""
    stale = [run for run in _runs(client, experiment, ACTIVE, "true") if run.data.tags[VERSION] not in active]
    for run in stale:
        client.set_tag(run.info.run_id, ACTIVE, "false")
    for version_id in active:
        for run in _runs(client, experiment, VERSION, version_id):
            for name, value in ({ACTIVE: "true"} | _checksum(home, version_id)).items():
                client.set_tag(run.info.run_id, name, value)


def _runs(client: "MlflowClient", experiment: str, tag: str, value: str) -> list["Run"]:
    """The runs that carry this tag."""
    return list(client.search_runs([experiment], filter_string=f"tags.`{tag}` = '{value}'"))
