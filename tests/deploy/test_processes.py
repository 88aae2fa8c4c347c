"""The three processes as the units start them, on loopback, over a real PostgreSQL server."""

import gzip
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.devapi import Api
from tests.deploy.server import Server, free_port

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
#: Generous, since it is a limit for a loaded machine and no measure.
WITHIN_S = 180
ASSETS = "{ assetNodes { assetKey { path } } }"
STATUS = "query($id: ID!) { runOrError(runId: $id) { __typename ... on Run { status } } }"
LAUNCH = """mutation($selector: JobOrPipelineSelector!) {
  launchRun(executionParams: {selector: $selector, runConfigData: {}}) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}"""
RELOAD = """mutation {
  reloadRepositoryLocation(repositoryLocationName: "osusume") {
    __typename ... on WorkspaceLocationEntry { locationOrLoadError { __typename } }
  }
}"""


@dataclass
class Installation:
    """A HOME with its environment file, and the units' commands made to fit this machine."""

    home: Path
    environment: dict[str, str]
    logs: Path
    ui: int = field(default_factory=free_port)

    def command(self, unit: str, key: str = "ExecStart") -> list[str]:
        """What the unit starts, with the paths of this checkout, and variables as systemd replaces them."""
        line = re.search(rf"^{key}=(.*)$", (UNITS / unit).read_text(), re.MULTILINE)
        assert line is not None
        words = shlex.split(line[1].replace("/opt/osusume/.venv/bin", str(Path(sys.executable).parent)))
        filled = [re.sub(r"\$\{(\w+)\}", lambda name: self.environment[name[1]], word) for word in words]
        return [word.replace("/opt/osusume", str(ROOT)).replace("3000", str(self.ui)) for word in filled]

    @contextmanager
    def started(self, unit: str) -> Iterator[subprocess.Popen[bytes]]:
        """The unit's process in a group of its own, which is ended with it as systemd ends a unit."""
        with (self.logs / f"{unit}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command(unit), env=self.environment, cwd=self.home, stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield process
        finally:
            kill(process)

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """The data that the webserver answers; {} while it does not."""
        return Api(self.ui).ask(query, **variables)

    def wait(self, for_what: str, found: Callable[[], bool]) -> None:
        """Come back when it is so; else fail with the ends of the logs."""
        deadline = time.monotonic() + WITHIN_S
        while not found():
            if time.monotonic() > deadline:
                ends = [f"{log.name}:\n{log.read_text()[-2000:]}" for log in sorted(self.logs.iterdir())]
                pytest.fail(f"not within {WITHIN_S} s: {for_what}\n" + "\n".join(ends))
            time.sleep(0.5)


def kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9` for the process and whatever it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def recordings(root: Path) -> Path:
    """A directory of recordings with two anime of AniList."""
    file = root / "catalogue" / "anilist" / "anime.jsonl.gz"
    file.parent.mkdir(parents=True)
    lines = [json.dumps({"id": number, "title": {"romaji": f"Title {number}"}}) for number in (1, 2)]
    file.write_bytes(gzip.compress("\n".join([*lines, ""]).encode()))
    return root


@pytest.fixture
def installation(server: Server, tmp_path: Path) -> Installation:
    """Prepared by the command that the code location's unit runs first, with the variables of the example file."""
    home, logs = tmp_path / "home", tmp_path / "logs"
    home.mkdir()
    logs.mkdir()
    example = (ROOT / "deploy" / "osusume.env.example").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in example if line and not line.startswith("#"))
    variables |= {
        "OSUSUME_DAGSTER_POSTGRES_URL": server.create("production"),
        "OSUSUME_HOME": str(home),
        "DAGSTER_HOME": str(home / "dagster"),
        "DAGSTER_CODE_PORT": str(free_port()),
        "OSUSUME_INPUT": str(recordings(tmp_path / "recordings")),
        "PYTHONPATH": str(ROOT),
    }
    made = Installation(home, {**os.environ, **variables}, logs)
    prepare = made.command("osusume-code.service", "ExecStartPre")
    done = subprocess.run(prepare, env=made.environment, cwd=home, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"DAGSTER_HOME={home / 'dagster'}\n"), done.stderr
    return made


def test_three_processes_run_an_asset_and_heal_after_the_code_location_was_killed(
    installation: Installation, server: Server
) -> None:
    """Webserver → PostgreSQL → daemon → code location → run → PostgreSQL; and `kill -9` costs a restart, no more."""
    with ExitStack() as processes:
        code = processes.enter_context(installation.started("osusume-code.service"))
        processes.enter_context(installation.started("osusume-webserver.service"))
        processes.enter_context(installation.started("osusume-daemon.service"))
        installation.wait("the webserver lists the assets", lambda: "dim_anime" in listed(installation))
        run_id = launched(installation, "raw_anilist__anime")
        installation.wait("the run succeeds", lambda: status_of(installation, run_id) == "SUCCESS")
        assert server.ask("production", f"select status from runs where run_id = '{run_id}'") == [("SUCCESS",)]
        made = "select asset_key from event_logs where dagster_event_type = 'ASSET_MATERIALIZATION'"
        assert server.ask("production", made) == [('["raw_anilist__anime"]',)]
        assert len(list((installation.home / "landing" / "anilist" / "anime").glob("*.jsonl.gz"))) == 1
        kill(code)
        installation.wait("the webserver sees that it is gone", lambda: reloaded(installation) == "PythonError")
        processes.enter_context(installation.started("osusume-code.service"))
        installation.wait("the webserver has it again", lambda: reloaded(installation) == "RepositoryLocation")
        assert status_of(installation, run_id) == "SUCCESS"


def listed(installation: Installation) -> set[str]:
    """The names of the assets that the webserver shows."""
    nodes = installation.ask(ASSETS).get("assetNodes", [])
    return {node["assetKey"]["path"][-1] for node in nodes}


def launched(installation: Installation, asset: str) -> str:
    """A run of one asset, asked for as the UI asks; its id."""
    selector = {
        "pipelineName": "__ASSET_JOB",
        "repositoryName": "__repository__",
        "repositoryLocationName": "osusume",
        "assetSelection": [{"path": [asset]}],
    }
    answer = installation.ask(LAUNCH, selector=selector)
    assert answer.get("launchRun", {}).get("__typename") == "LaunchRunSuccess", answer
    return str(answer["launchRun"]["run"]["runId"])


def status_of(installation: Installation, run_id: str) -> str:
    """How far a run is."""
    status = str(installation.ask(STATUS, id=run_id).get("runOrError", {}).get("status"))
    assert status not in ("FAILURE", "CANCELED"), (installation.logs / "osusume-code.service.log").read_text()[-3000:]
    return status


def reloaded(installation: Installation) -> str:
    """What the webserver gets when it asks for the code location anew."""
    entry = installation.ask(RELOAD).get("reloadRepositoryLocation", {})
    return str((entry.get("locationOrLoadError") or {}).get("__typename"))
