"""`osusume dev`: what is started, and with which environment."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.orchestration.test_inputs import small_demo
from warehouse.home import Home

Call = Callable[..., Any]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What would have been started, since a real UI takes twenty seconds and five processes."""
    found: dict[str, Any] = {}

    def execve(program: str, command: list[str], environment: dict[str, str]) -> None:
        found.update(program=program, command=command, environment=environment)
        raise SystemExit(0)

    monkeypatch.setattr(os, "execve", execve)
    return found


@pytest.fixture
def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_ui_gets_this_homes_instance_and_input(
    osusume: Call,
    started: dict[str, Any],
    free_port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DAGSTER_HOME and the settings are absolute, and the demo's files and services are ready for the UI's runs."""
    for name, value in small_demo(Path("unused")).model_dump().items():
        if name.startswith("demo_"):
            monkeypatch.setenv(f"OSUSUME_{name.upper()}", str(value))
    called = osusume("dev", "--home", "relative", "--port", str(free_port))
    home = Home(Path.cwd() / "relative")
    assert called.status == 0
    assert f"http://127.0.0.1:{free_port}" in called.err
    assert started["environment"]["DAGSTER_HOME"] == str(home.dagster)
    assert started["environment"]["OSUSUME_HOME"] == str(home.root)
    assert started["environment"]["OSUSUME_INPUT"] == "demo"
    assert started["command"][3:6] == ["-m", "dagster", "dev"]
    assert started["command"][6] == "--workspace"
    assert started["environment"]["PYTHONSAFEPATH"] == "1"
    assert str(free_port) in started["command"]
    assert (home.dagster / "dagster.yaml").is_file()
    assert list((home.root / "demo").glob("*/ratings/kitsu_ratings.csv.gz"))
    with urlopen(started["environment"]["OSUSUME_KITSU_URL"] + "/anime?page%5Blimit%5D=1") as answer:  # noqa: S310
        assert len(json.load(answer)["data"]) == 1


def test_a_taken_port_is_named_before_anything_starts(osusume: Call, started: dict[str, Any], tmp_path: Path) -> None:
    """The message proposes another one, and nothing was made."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        called = osusume("dev", "--home", tmp_path / "home", "--port", str(port))
    assert called.status == 2
    assert f"--port {port}" in called.err
    assert f"--port {port % 65535 + 1}" in called.err
    assert not started
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("port", ["0", "70000"])
def test_a_port_that_is_none_is_refused(osusume: Call, started: dict[str, Any], port: str) -> None:
    """Ports end at 65535."""
    assert osusume("dev", "--port", port).status == 2
    assert not started


def test_an_input_that_cannot_be_read_is_found_before_the_ui_starts(
    osusume: Call, started: dict[str, Any], free_port: int, tmp_path: Path
) -> None:
    """As for `osusume run`."""
    called = osusume("dev", "--input", tmp_path / "missing", "--port", str(free_port))
    assert called.status == 2
    assert "does not exist" in called.err
    assert not started


def test_the_ui_of_a_home_of_recordings_needs_no_input(
    osusume: Call, started: dict[str, Any], free_port: int, tmp_path: Path
) -> None:
    """Its runs then read what was landed; an input that was named is still refused where it does not belong."""
    home = Home(tmp_path / "home")
    home.landing.mkdir(parents=True)
    home.marker.write_text('{"world": "recordings"}', encoding="utf-8")
    called = osusume("dev", "--home", home.root, "--port", str(free_port))
    assert called.status == 0
    assert f"what was landed in {home.root}" in called.err
    assert started["environment"]["OSUSUME_INPUT"] == str(home.root)
    assert osusume("dev", "--home", home.root, "--port", str(free_port), "--input", "demo").status == 2
