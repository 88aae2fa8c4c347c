"""The values for Dagster's chart: its own keys, one pod with the volume, and the same instance as dagster.yaml."""

from pathlib import Path

import yaml

from tests.deploy.test_files import values

ROOT = Path(__file__).parents[2]
#: Keys of the chart's own schema (helm/dagster/schema of dagster-io/dagster), of the sections used here.
CHART = {
    "": {"global", "generatePostgresqlPasswordSecret", "postgresql", "dagsterWebserver", "dagsterDaemon"}
    | {"runLauncher", "computeLogManager", "telemetry", "retention", "additionalInstanceConfig"}
    | {
        "dagster-user-deployments",
        "ingress",
        "migrate",
        "pythonLogs",
        "scheduler",
        "serviceAccount",
        "imagePullSecrets",
    },
    "global": {"postgresqlSecretName", "dagsterHome", "serviceAccountName", "celeryConfigSecretName"},
    "postgresql": {"image", "enabled", "postgresqlHost", "postgresqlUsername", "postgresqlPassword"}
    | {"postgresqlDatabase", "postgresqlParams", "postgresqlScheme", "service"},
    "dagsterWebserver": {"replicaCount", "image", "nameOverride", "pathPrefix", "service", "workspace", "env"}
    | {"envConfigMaps", "envSecrets", "deploymentLabels", "labels", "nodeSelector", "affinity", "tolerations"}
    | {"podSecurityContext", "securityContext", "resources", "readinessProbe", "livenessProbe", "startupProbe"}
    | {"annotations", "enableReadOnly", "volumeMounts", "volumes"},
    "dagsterDaemon": {"enabled", "image", "runCoordinator", "heartbeatTolerance", "env", "envConfigMaps", "envSecrets"}
    | {"labels", "nodeSelector", "affinity", "tolerations", "podSecurityContext", "securityContext", "resources"}
    | {"livenessProbe", "readinessProbe", "startupProbe", "annotations", "runMonitoring", "runRetries", "sensors"}
    | {"schedules", "volumeMounts", "volumes"},
    "runLauncher": {"type", "config"},
    "computeLogManager": {"type", "config"},
    "telemetry": {"enabled"},
    "retention": {"enabled", "sensor", "schedule", "autoMaterialize"},
    "dagster-user-deployments": {"enabled", "enableSubchart", "imagePullSecrets", "deployments"},
}
DEPLOYMENT = {"name", "image", "port", "dagsterApiGrpcArgs", "codeServerArgs", "includeConfigInLaunchedRuns", "env"} | {
    *("envConfigMaps", "envSecrets", "annotations", "nodeSelector", "affinity", "tolerations", "podSecurityContext"),
    *("securityContext", "resources", "livenessProbe", "readinessProbe", "startupProbe", "labels", "volumeMounts"),
    *("volumes", "schedulerName", "initContainers", "sidecarContainers", "deploymentStrategy", "serviceAccount"),
}


#: What the chart's template writes of runMonitoring, by its name in dagster.yaml.
MONITORING = {
    "enabled": "enabled",
    "start_timeout_seconds": "startTimeoutSeconds",
    "cancel_timeout_seconds": "cancelTimeoutSeconds",
    "poll_interval_seconds": "pollIntervalSeconds",
    "free_slots_after_run_end_seconds": "freeSlotsAfterRunEndSeconds",
}


def test_helm_values_are_keys_of_the_chart() -> None:
    """A key that the chart does not know has no effect, or is refused."""
    given = values()
    assert set(given) <= CHART[""]
    for section, known in CHART.items():
        assert set(given.get(section, {})) <= known or section == "", section
    (deployment,) = given["dagster-user-deployments"]["deployments"]
    assert set(deployment) <= DEPLOYMENT


def test_on_kubernetes_one_pod_holds_the_volume_and_starts_the_runs() -> None:
    """Runs are children of the code location; a second pod, for an update, comes when the first has gone."""
    given = values()
    launcher = given["runLauncher"]["config"]["customRunLauncher"]
    assert given["runLauncher"]["type"] == "CustomRunLauncher"
    assert (launcher["module"], launcher["class"]) == ("dagster", "DefaultRunLauncher")
    (deployment,) = given["dagster-user-deployments"]["deployments"]
    assert deployment["deploymentStrategy"] == {"type": "Recreate"}
    assert deployment["volumeMounts"] == [{"name": "home", "mountPath": deployment["env"]["OSUSUME_HOME"]}]
    mounting = [section for section in ("dagsterWebserver", "dagsterDaemon") if given[section].get("volumes")]
    assert not mounting


def test_the_chart_gets_what_dagster_yaml_says() -> None:
    """The chart writes a dagster.yaml of its own; each part of ours has its place in the values."""
    ours, given = yaml.safe_load((ROOT / "dagster.yaml").read_text()), values()
    daemon = given["dagsterDaemon"]
    queued = daemon["runCoordinator"]["config"]["queuedRunCoordinator"]
    assert queued["maxConcurrentRuns"] == ours.pop("concurrency")["runs"]["max_concurrent_runs"]
    monitoring = ours.pop("run_monitoring")
    # The chart's template has no place for max_runtime_seconds.
    for ours_name, chart_name in MONITORING.items():
        assert daemon["runMonitoring"][chart_name] == monitoring[ours_name], chart_name
    assert given["telemetry"] == ours.pop("telemetry")
    retention = ours.pop("retention")
    for ticks, section in (("sensor", "sensor"), ("auto_materialize", "autoMaterialize")):
        purging = retention.get(ticks, {}).get("purge_after_days", {})
        assert purging.items() <= given["retention"][section]["purgeAfterDays"].items()
    assert given["retention"]["schedule"]["purgeAfterDays"] == retention["schedule"]["purge_after_days"]
    retries = ours.pop("run_retries", {"enabled": True})
    assert daemon["runRetries"]["enabled"] == retries["enabled"]
    assert daemon["runRetries"]["maxRetries"] == retries.get("max_retries", 2)
    assert set(ours) <= set(given["additionalInstanceConfig"]), "say it in deploy/helm/values.yaml as well"
