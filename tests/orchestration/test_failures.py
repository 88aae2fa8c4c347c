"""Failed checks and runs are told once, whatever the webhook does."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from adapters.webhook import post
from orchestration.failures import Failure, failure_sensor
from orchestration.settings import secret_values
from tests.adapters.loopback import FakeTime, Loopback, Step, script
from tests.assets.month_world import Recorder
from warehouse.errors import LandingError

WEBHOOK = "http://localhost/hooks/very-long-token"
CLIENT_ID = "0123456789abcdef"
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
    one = Failure("check", "dim_anime", "titles_are_known", "warn", 1, REMEDY, "a-run", 0.0)
    assert "(warn, 1 row; run a-run)" in str(one)
    assert check.endswith("Look at the sample; mend the source. See docs/runbook.md")
    assert run.startswith("run ")
    assert run.endswith(
        "failed. Steps failed: ['raw_kitsu__anime']. raw_kitsu__anime: Failure: the service refuses us."
        " See docs/runbook.md"
    )
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
    assert run["why"] == [{"step": "raw_kitsu__anime", "error": "Failure: the service refuses us"}]


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


def test_while_nothing_can_be_posted_every_line_is_logged_once(instance: dg.DagsterInstance) -> None:
    """Of checks and runs alike, in whatever order they come up."""
    with Loopback(lambda _: wrong()) as server:
        ticker = Ticker(instance, server.url)
        ticker.tick()
        for told in (2, 4, 6):
            fail(instance)
            assert ticker.tick() == f"{told} failures not posted yet"
    lines = [line for line in ticker.logged if "See docs/runbook.md" in line]
    assert len(lines) == len(set(lines)) == 6
    assert sum(line.startswith("dim_anime: ") for line in lines) == 3


def test_a_history_that_was_deleted_does_not_silence_it(instance: dg.DagsterInstance) -> None:
    """Numbers begin anew then; a failure since is told, whatever number it has, and once."""
    ticker = Ticker(instance)
    ticker.tick()
    for _ in range(3):
        fail(instance)
    assert ticker.tick() == "told 6 failures"
    for _ in range(2):
        for run in instance.get_runs():
            instance.delete_run(run.run_id)
        instance.event_log_storage.wipe()
        assert ticker.tick() == "nothing has failed since"
        fail(instance)
        assert ticker.tick() == "told 2 failures"
        assert ticker.tick() == "nothing has failed since"
    assert len(set(ticker.logged)) == len(ticker.logged) == 10


def test_a_run_that_a_person_deleted_brings_up_no_old_news(instance: dg.DagsterInstance) -> None:
    """What was told stays told, and the next failure, which may get the number of the deleted one, is told."""
    ticker = Ticker(instance)
    ticker.tick()
    fail(instance)
    fail(instance)
    assert ticker.tick() == "told 4 failures"
    instance.delete_run(instance.get_runs()[0].run_id)
    assert ticker.tick() == "nothing has failed since"
    fail(instance)
    assert ticker.tick() == "told 2 failures"


def test_a_cursor_of_an_earlier_version_is_understood(instance: dg.DagsterInstance) -> None:
    """It counted what was logged, and had no moments."""
    ticker = Ticker(instance)
    fail(instance)
    ticker.tick()
    words = json.loads(ticker.cursor or "")
    ticker.cursor = json.dumps({"failed": words["failed"], "succeeded": words["succeeded"], "logged": 0})
    assert ticker.tick() == "nothing has failed since"
    fail(instance)
    assert ticker.tick() == "told 2 failures"


def why(instance: dg.DagsterInstance, *assets: Any, resources: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    """What is told of a run of these that fails: steps and errors."""
    return why_of(
        instance, lambda: dg.materialize(assets, instance=instance, resources=resources, raise_on_error=False)
    )


def why_of(instance: dg.DagsterInstance, run: Callable[[], object]) -> list[tuple[str, str]]:
    """What is told of a run that fails: steps and errors."""
    posted: list[dict[str, Any]] = []
    sensor = failure_sensor(WEBHOOK, lambda _, document: posted.append(document), lambda: [CLIENT_ID])
    cursor = None
    for begins in (True, False):
        if not begins:
            run()
        with dg.build_sensor_context(instance, cursor=cursor) as context:
            result: Any = sensor(context)
        cursor = result.cursor
    (run,) = [one for one in posted[0]["failures"] if one["kind"] == "run"]
    return [(one["step"], one["error"]) for one in run["why"]]


def test_a_run_says_which_file_broke_it_and_not_what_broke_the_file(instance: dg.DagsterInstance) -> None:
    """Of a chain of errors the one is told that names file and remedy: the first that is not Dagster's."""

    @dg.asset
    def raw_kitsu__ratings() -> None:
        try:
            raise EOFError("the stream ended")
        except EOFError as problem:
            raise LandingError("kitsu/202401.csv.gz:7: cut off.\n  Copy it again") from problem

    told = why(instance, raw_kitsu__ratings)
    assert told == [("raw_kitsu__ratings", "LandingError: kitsu/202401.csv.gz:7: cut off. Copy it again")]


def test_a_damaged_file_is_named_by_the_message_of_its_landing(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    """With partition, line and remedy, as the asset that lands it says them."""
    recorder = Recorder(tmp_path, instance)
    recorder.record("kitsu", "2024-03", "ann")
    file = recorder.file("kitsu", "2024-03")
    file.write_bytes(file.read_bytes()[:-12])
    ((step, error),) = why_of(instance, lambda: recorder.land("kitsu", "2024-03"))
    assert step == "landing_kitsu__ratings"
    assert error.startswith(f"Failure: 1 of 1 partitions were not landed. 2024-03: {file}:")
    assert "the file is cut off or damaged" in error
    assert "Copy or record it again" in error


def test_a_step_behind_its_own_check_has_been_told_by_the_check(instance: dg.DagsterInstance) -> None:
    """A blocking check that does not hold fails the run, whose message repeats nothing."""

    @dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="dim_user", blocking=True)])
    def dim_user() -> Iterator[Any]:
        yield dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=False, check_name="holds")])

    assert why(instance, dim_user) == []


def test_a_run_that_fails_outside_its_steps_says_why(instance: dg.DagsterInstance) -> None:
    """A resource that cannot be made is told without a step."""

    @dg.resource
    def store() -> None:
        raise ValueError("no such directory")

    @dg.asset(required_resource_keys={"store"})
    def dim_user() -> None:
        """Never begins."""

    assert why(instance, dim_user, resources={"store": store}) == [("", "ValueError: no such directory")]


def test_no_secret_is_told(instance: dg.DagsterInstance) -> None:
    """Values of secret settings, the webhook's address and what stands before the host of an address are hidden."""

    @dg.asset
    def model_tracking() -> None:
        raise RuntimeError(f"{WEBHOOK} and http://me:word@localhost:5000/api refuse {CLIENT_ID}")

    ((_, error),) = why(instance, model_tracking)
    assert error == "RuntimeError: *** and http://***@localhost:5000/api refuse ***"


def test_a_message_stays_short(instance: dg.DagsterInstance) -> None:
    """Of each error the first thousand characters, and five steps; how many more there are is said."""

    def failing(name: str) -> dg.AssetsDefinition:
        @dg.asset(name=name)
        def one() -> None:
            raise RuntimeError("x" * 5_000)

        return one

    told = why(instance, *(failing(f"raw_{letter}") for letter in "abcdefg"))
    assert len(told) == 6
    assert all(len(error) == 1_001 and error.endswith("x…") for _, error in told[:5])
    assert told[5] == ("", "and 2 more steps, see the run")


def test_secrets_are_those_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read from the settings, passwords inside addresses too."""
    monkeypatch.setenv("OSUSUME_ALERT_WEBHOOK", WEBHOOK)
    monkeypatch.setenv("OSUSUME_MLFLOW_URI", "http://me:long-word@localhost:5000")
    assert secret_values() == {WEBHOOK, "http://me:long-word@localhost:5000", "long-word"}


def test_a_password_is_a_secret_however_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands in the address, with its signs as %XX, and as the server is told it, which is what drivers quote."""
    address = "postgresql+psycopg2://osusume:s%40cret-w%2Ford@db/history"
    monkeypatch.setenv("OSUSUME_DAGSTER_POSTGRES_URL", address)
    assert secret_values() == {address, "s%40cret-w%2Ford", "s@cret-w/ord"}
    monkeypatch.setenv("OSUSUME_DAGSTER_POSTGRES_URL", "")
    monkeypatch.setenv("OSUSUME_MLFLOW_URI", "http://me:s@cret-word@host")
    assert "s@cret-word" in secret_values()
