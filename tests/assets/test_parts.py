"""What a run of partitions says when it has none."""

import dagster as dg
import pytest

from assets.parts import land_partitions

FIRST, LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
PARTS = dg.StaticPartitionsDefinition(["2012", "2013", "2014"])


@dg.asset(partitions_def=PARTS)
def landing_anilist__anime(context: dg.AssetExecutionContext) -> None:
    """Three years."""
    land_partitions(context, "landing_anilist__anime", lambda _: {})


@pytest.mark.parametrize(
    ("tags", "said"),
    [({}, "this run names none"), ({FIRST: "2014", LAST: "2012"}, f"no partition lies between {FIRST}=2014")],
)
def test_a_run_of_no_partition_fails_with_the_way_to_choose_some(tags: dict[str, str], said: str) -> None:
    """Its success would say that something was landed."""
    with dg.instance_for_test() as instance:
        job = dg.define_asset_job("backfill_anilist", selection=[landing_anilist__anime])
        defs = dg.Definitions(assets=[landing_anilist__anime], jobs=[job])
        ran = defs.resolve_job_def("backfill_anilist").execute_in_process(
            instance=instance, tags=tags, raise_on_error=False
        )
        failures = [event.step_failure_data for event in ran.all_events if event.is_step_failure]
    (failure,) = failures
    told = failure.user_failure_data
    assert told is not None
    assert said in str(told.description)
    assert "osusume backfill" in str(told.description)
