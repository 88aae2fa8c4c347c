"""When a daemon has nothing left to do, and who asked for a run."""

from benchmarks.daemonapi import BY_HAND, Ran, Tick, is_settled, ran

DONE = Ran("1", "refresh_catalogue", "refresh_after_landing", "SUCCESS", 10.0, 20.0, 3)
AT_WORK = Ran("2", "publish", BY_HAND, "STARTED", 21.0, None, 0)


def test_a_run_says_which_sensor_or_schedule_asked_for_it() -> None:
    """Where its tags name none, somebody did."""
    told = {"runId": "1", "jobName": "publish", "status": "QUEUED", "creationTime": 1.0, "endTime": None}
    told |= {"stats": None, "assetSelection": None}
    assert ran(told | {"tags": [{"key": "dagster/sensor_name", "value": "tell"}]}).by == "tell"
    assert ran(told | {"tags": [{"key": "dagster/schedule_name", "value": "daily"}]}).by == "daily"
    assert ran(told | {"tags": []}) == Ran("1", "publish", BY_HAND, "QUEUED", 1.0, None, 0)
    assert ran(told | {"tags": [], "assetSelection": [{"path": ["dim_anime"]}]}).assets == {"dim_anime"}


def test_a_scene_is_over_when_every_sensor_has_looked_since_the_last_run_and_wants_nothing() -> None:
    """Neither a look before the end nor one that asked for something will do, and nothing may still run."""
    before, asked, quiet = Tick(19.0, True), Tick(21.0, False), Tick(22.0, True)
    assert is_settled([DONE], [[before, quiet], [quiet]])
    assert not is_settled([DONE], [[before, quiet], [before]])
    assert not is_settled([DONE], [[quiet], [asked]])
    assert not is_settled([DONE], [[quiet], []])
    assert not is_settled([DONE, AT_WORK], [[quiet], [quiet]])
    assert not is_settled([], [[quiet]]), "nobody answers"
