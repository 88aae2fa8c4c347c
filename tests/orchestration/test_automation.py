"""What follows by itself: after a change exactly what is made from it, once, and nothing while nothing changed."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import dagster as dg
import pytest
from dagster._core.definitions.automation_tick_evaluation_context import build_run_requests

from orchestration.automation import FRESHNESS, RESULTS, TABLES
from orchestration.definitions import build_definitions
from orchestration.settings import Settings

GROUPS = {"tables_follow_raw": TABLES, "recommendations_follow_tables": RESULTS}
#: Made by one step with tables of the identities, which they are asked for together with.
BESIDE = {"int_published_record", "int_published_metric"}


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    """The code location."""
    return build_definitions(Settings(home=tmp_path_factory.mktemp("home")))


@dataclasses.dataclass
class Ticks:
    """A sensor's ticks on an instance in which every asset has been made once."""

    definitions: dg.Definitions
    instance: dg.DagsterInstance
    sensor: str
    cursor: object = None
    runs: Sequence[dg.RunRequest] = ()

    def make(self, names: Iterable[str], content: str = "the first") -> None:
        """Let the assets be made with this content."""
        for name in names:
            event = dg.AssetMaterialization(name, tags={"dagster/data_version": content})
            self.instance.report_runless_asset_event(event)

    def tick(self) -> set[str]:
        """What one tick asks for."""
        selection = dg.AssetSelection.groups(*GROUPS[self.sensor])
        found = dg.evaluate_automation_conditions(
            self.definitions,
            self.instance,
            asset_selection=selection,
            cursor=self.cursor,  # type: ignore[arg-type]
        )
        self.cursor = found.cursor
        graph = self.definitions.resolve_asset_graph()
        self.runs = build_run_requests(found._requested_subsets, graph, {}, emit_backfills=True)
        return {result.key.to_user_string() for result in found.results if result.true_subset.size}


@pytest.fixture(params=list(GROUPS))
def ticks(request: pytest.FixtureRequest, definitions: dg.Definitions) -> Iterator[Ticks]:
    """A sensor's ticks, after everything was made and a first tick has seen it."""
    with dg.DagsterInstance.ephemeral() as instance:
        found = Ticks(definitions, instance, request.param)
        found.make(spec.key.to_user_string() for spec in definitions.resolve_all_asset_specs())
        assert found.tick() == set()
        yield found


def downstream(definitions: dg.Definitions, name: str, groups: Iterable[str]) -> set[str]:
    """What is made from an asset, directly or through other assets of the groups."""
    graph = definitions.resolve_asset_graph()
    found: set[str] = set()
    rest = [dg.AssetKey(name)]
    while rest:
        for key in graph.get(rest.pop()).child_keys:
            if graph.get(key).group_name in groups and key.to_user_string() not in found:
                found.add(key.to_user_string())
                # One step makes all of them.
                found |= {one.to_user_string() for one in graph.get(key).execution_set_asset_keys}
                rest += [key, *graph.get(key).execution_set_asset_keys]
    return found


tables = pytest.mark.parametrize("ticks", ["tables_follow_raw"], indirect=True)
results = pytest.mark.parametrize("ticks", ["recommendations_follow_tables"], indirect=True)


@tables
def test_a_new_raw_table_is_followed_by_exactly_what_is_made_from_it_and_once(ticks: Ticks) -> None:
    """One tick asks for the whole chain, which is one run; the next asks for nothing, made or not."""
    ticks.make(["raw_anilist__anime"])
    asked = ticks.tick()
    assert asked | BESIDE == downstream(ticks.definitions, "raw_anilist__anime", TABLES)
    assert {"stg_anilist__anime", "anime_key_history", "dim_anime", "fact_user_rating"} <= asked
    (run,) = ticks.runs
    assert {key.to_user_string() for key in run.asset_selection or ()} == asked | BESIDE
    checks = ticks.definitions.resolve_asset_graph().get_check_keys_for_assets(set(run.asset_selection or ()))
    assert set(run.asset_check_keys or ()) == checks, "all checks of the tables run with them"
    assert ticks.tick() == set()
    ticks.make(asked)
    assert ticks.tick() == set()


@tables
def test_nothing_is_asked_for_while_a_run_is_making_it(ticks: Ticks, definitions: dg.Definitions) -> None:
    """What a run is still going to make is left to it; when the run ends without having made it, it is asked for."""
    job = definitions.resolve_job_def("refresh_catalogue")
    run = ticks.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    ticks.make(["raw_kitsu__lists"])
    assert ticks.tick() == set()
    ticks.instance.report_run_canceled(run)
    assert {"stg_kitsu__list_entries", "fact_user_rating"} <= ticks.tick()
    assert ticks.tick() == set()


@results
def test_tables_made_again_with_the_same_content_change_no_recommendation(ticks: Ticks) -> None:
    """Models are trained when what they learn from holds something else, not whenever it was written."""
    ticks.make(["fact_user_rating", "dim_anime", "fact_match_candidate"])
    ticks.make(["anime_key_history"], content="other event times")
    assert ticks.tick() == set()


@results
def test_changed_ratings_reach_the_published_snapshot_in_one_run(ticks: Ticks) -> None:
    """Other ratings ask for models, recommendations and publishing together, and once."""
    ticks.make(["fact_user_rating"], content="one more")
    asked = ticks.tick()
    assert asked == downstream(ticks.definitions, "fact_user_rating", RESULTS)
    assert len(ticks.runs) == 1
    assert {"evaluation_ease", "fact_recommendation", "vw_recommendations", "published_snapshot"} <= asked
    assert ticks.tick() == set()


@tables
def test_nothing_is_made_from_what_a_check_found_broken(ticks: Ticks) -> None:
    """An error stops what reads the table until it is made anew and holds; a warning does not."""
    rule = "at_most_1_in_5_rows_is_rejected"

    def check(severity: dg.AssetCheckSeverity, name: str, *, passed: bool) -> None:
        ticks.instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                dg.AssetKey("stg_kitsu__ratings"), name, passed, {}, severity=severity, blocking=passed
            )
        )

    ticks.make(["stg_kitsu__ratings"], content="broken")
    check(dg.AssetCheckSeverity.ERROR, rule, passed=False)
    assert ticks.tick() == set()
    assert ticks.tick() == set()
    ticks.make(["stg_kitsu__ratings"], content="put right")
    check(dg.AssetCheckSeverity.ERROR, rule, passed=True)
    check(dg.AssetCheckSeverity.WARN, "at_most_1_in_100_rows_is_rejected", passed=False)
    assert {"int_ratings_unioned", "fact_user_rating"} <= ticks.tick()
    assert ticks.tick() == set()


@results
def test_what_failed_is_made_once_what_it_reads_was_made_again(ticks: Ticks) -> None:
    """As a snapshot that a broken table kept back: put right, the table may hold what it held before."""
    run = ticks.instance.create_run_for_job(
        ticks.definitions.resolve_job_def("publish"), status=dg.DagsterRunStatus.STARTED
    )
    assert ticks.tick() == set()
    ticks.instance.report_run_failed(run)
    assert ticks.tick() == set()
    ticks.make(["stg_kitsu__ratings", "dim_anime_record"])
    assert "published_snapshot" in ticks.tick()
    assert ticks.tick() == set()
    ticks.make(["published_snapshot", "quality_report"])
    ticks.make(["dim_anime_record"])
    assert ticks.tick() == set()


def test_models_that_are_left_out_keep_nothing_from_being_published(definitions: dg.Definitions) -> None:
    """What OSUSUME_MODELS does not name is never evaluated, and the snapshot does not wait for it."""
    with dg.DagsterInstance.ephemeral() as instance:
        ticks = Ticks(definitions, instance, "recommendations_follow_tables")
        names = {spec.key.to_user_string() for spec in definitions.resolve_all_asset_specs()}
        ticks.make(names - {"evaluation_als", "evaluation_bpr"})
        ticks.tick()
        ticks.make(["dim_anime_record"], content="another day")
        assert "published_snapshot" in ticks.tick()


def test_what_users_read_says_how_old_it_may_be(definitions: dg.Definitions) -> None:
    """Tables of the daily jobs may be a day old and some hours, what is made weekly a week and some days."""
    specs = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}
    found = {name: spec.freshness_policy for name, spec in specs.items() if spec.freshness_policy}
    assert found == FRESHNESS
    daily = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=26))
    assert found["dim_anime"] == found["fact_user_rating"] == daily
    assert set(found) - {"dim_anime", "fact_user_rating"} == {
        "fact_recommendation",
        "vw_recommendations",
        "published_snapshot",
    }


def test_what_takes_in_from_outside_follows_schedules_alone(definitions: dg.Definitions) -> None:
    """No raw asset has a condition: a service is asked when somebody or a schedule says so."""
    for spec in definitions.resolve_all_asset_specs():
        assert (spec.automation_condition is None) == (spec.group_name == "ingestion"), spec.key


@pytest.mark.parametrize(
    ("landing", "partition", "sensor", "job"),
    [
        ("landing_kitsu__anime", "00000-00999", "refresh_after_landing", "refresh_catalogue"),
        ("landing_kitsu__ratings", "2024-04", "refresh_ratings_after_landing", "refresh_ratings"),
    ],
)
def test_a_landing_is_followed_by_the_job_that_loads_it(
    definitions: dg.Definitions, landing: str, partition: str, sensor: str, job: str
) -> None:
    """Parts of a catalogue by one, months of ratings by the other, and by nothing else."""
    sensors = [one for one in definitions.sensors or [] if one.name.endswith("after_landing")]
    assert {one.name for one in sensors} == {"refresh_after_landing", "refresh_ratings_after_landing"}
    event = dg.AssetMaterialization(landing, partition=partition)
    asked = {}
    with dg.DagsterInstance.ephemeral() as instance:
        instance.report_runless_asset_event(event)
        for one in sensors:
            assert isinstance(one, dg.SensorDefinition)
            with dg.build_sensor_context(instance, cursor="0") as context:
                result = one(context)
            assert isinstance(result, dg.SensorResult)
            if result.run_requests:
                asked[one.name] = one.job_name
    assert asked == {sensor: job}


def test_every_sensor_waits_for_the_user(definitions: dg.Definitions) -> None:
    """Every sensor is stopped by default and says what it is for; the two followers cover all conditions."""
    sensors = {one.name: one for one in definitions.sensors or []}
    assert set(sensors) == {*GROUPS, "refresh_after_landing", "refresh_ratings_after_landing", "tell_failures"}
    for sensor in sensors.values():
        assert isinstance(sensor, dg.SensorDefinition)
        assert sensor.default_status == dg.DefaultSensorStatus.STOPPED
        assert "Stopped until you start it" in (sensor.description or "")
