"""Failed checks and runs are told once, whatever the webhook does."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import dagster as dg
import pytest

from adapters.webhook import post
from orchestration.failures import failure_sensor
from tests.adapters.loopback import FakeTime, Loopback, Step, script

REMEDY = "Look at the sample;\n  mend the source."


@dg.asset
def dim_anime() -> None:
    """A table."""


@dg.asset_check(asset=dim_anime)
def titles_are_known() -> dg.AssetCheckResult:
    """A check that does not hold."""
    metadata = {"failing_rows": 3, "what_to_do": REMEDY}
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN, metadata=metadata)


@dg.asset_check(asset=dim_anime)
def keys_are_unique() -> dg.AssetCheckResult:
    """A check that holds."""
    return dg.AssetCheckResult(passed=True)


@dg.asset
def raw_kitsu__anime() -> None:
    """A table that cannot be made."""
    raise dg.Failure(description="the service refuses us", allow_retries=False)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """An instance of its own."""
    with dg.instance_for_test() as found:
        yield found


impatiently = partial(post, timeout_s=0.2, sleep=FakeTime().sleep)


class Ticker:
    """The sensor's ticks, one after the other."""

    def __init__(self, instance: dg.DagsterInstance, address: str = "") -> None:
        self.instance, self.sensor = instance, failure_sensor(address, impatiently)
        self.cursor: str | None = None
        self.logged: list[str] = []

    def tick(self) -> str:
        """What the UI shows of one tick."""
        with dg.build_sensor_context(self.instance, cursor=self.cursor) as context:
            context.log.error = self.logged.append  # type: ignore[method-assign,assignment]
            context.log.warning = self.logged.append  # type: ignore[method-assign,assignment]
            result: Any = self.sensor(context)
        self.cursor = result.cursor
        assert not result.run_requests
        return str(result.skip_reason.skip_message)


def fail(instance: dg.DagsterInstance) -> None:
    """A failed check in one run, and a failed run."""
    dg.materialize([dim_anime, titles_are_known, keys_are_unique], instance=instance)
    dg.materialize([raw_kitsu__anime], instance=instance, raise_on_error=False)


def test_a_failure_is_a_line_in_the_log_and_once(instance: dg.DagsterInstance) -> None:
    """Table, check, severity, rows, remedy and where to read on; what holds is not mentioned."""
    ticker = Ticker(instance)
    assert ticker.tick() == "telling what fails from now on"
    fail(instance)
    assert ticker.tick() == "told 2 failures"
    check, run = ticker.logged
    assert check.startswith("dim_anime: titles_are_known does not hold (warn, 3 rows; run ")
    assert check.endswith("Look at the sample; mend the source. See docs/runbook.md")
    assert run.startswith("run ")
    assert "failed" in run
    assert ticker.tick() == "nothing has failed since"
    assert len(ticker.logged) == 2


def test_what_failed_before_it_was_started_is_not_told(instance: dg.DagsterInstance) -> None:
    """Starting the sensor does not bring up old news."""
    fail(instance)
    ticker = Ticker(instance)
    ticker.tick()
    assert ticker.tick() == "nothing has failed since"
    assert not ticker.logged


def test_the_webhook_is_told_in_words_and_in_fields(instance: dg.DagsterInstance) -> None:
    """One message with a text that people read and every failure in fields."""
    with Loopback(script(Step(200))) as server:
        ticker = Ticker(instance, server.url)
        ticker.tick()
        fail(instance)
        ticker.tick()
    (seen,) = server.seen
    told = json.loads(seen.body)
    assert told["text"].splitlines() == ticker.logged
    check, run = told["failures"]
    assert (check["kind"], check["name"], check["check"]) == ("check", "dim_anime", "titles_are_known")
    assert (check["severity"], check["rows"]) == ("warn", 3)
    assert run["kind"] == "run"


def hanging() -> Step:
    """No answer for longer than is waited."""
    return Step(fault="hang", seconds=0.6)


def broken() -> Step:
    """A server's fault."""
    return Step(500)


def wrong() -> Step:
    """A refusal."""
    return Step(404)


@pytest.mark.parametrize("fault", [hanging, broken, wrong])
def test_what_could_not_be_posted_is_posted_with_the_next_tick(
    instance: dg.DagsterInstance, fault: Callable[[], Step]
) -> None:
    """A webhook that hangs, breaks or refuses kills nothing; nothing is lost, and no line is logged twice."""
    state = {"works": False}
    with Loopback(lambda _: Step(200) if state["works"] else fault()) as server:
        ticker = Ticker(instance, server.url)
        ticker.tick()
        fail(instance)
        assert ticker.tick() == "2 failures not posted yet"
        assert "Trying again at the next tick" in ticker.logged[-1]
        assert len(ticker.logged) == 3
        dg.materialize([raw_kitsu__anime], instance=instance, raise_on_error=False)
        state["works"] = True
        assert ticker.tick() == "told 3 failures"
        assert len(ticker.logged) == 4
        assert len(json.loads(server.seen[-1].body)["failures"]) == 3
        assert ticker.tick() == "nothing has failed since"
