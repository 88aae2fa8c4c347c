"""What the commands about sources refuse, forecast and start, before and beside any run."""

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from orchestration.cli.run import last_failure
from tests.orchestration.cli.conftest import heed_ctrl_c
from tests.orchestration.test_inputs import small_demo
from tests.warehouse.conftest import DAY
from warehouse.forget import is_forgotten
from warehouse.home import Home
from warehouse.landing import land_file
from warehouse.liveruns import alive

Call = Callable[..., Any]


def test_myanimelist_without_a_client_id_is_refused_before_anything(
    osusume: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 2, one message with the setting and the ways out, and no HOME."""
    monkeypatch.setenv("OSUSUME_SOURCES", "anilist,myanimelist")
    called = osusume("run", "--home", tmp_path / "home", "--input", "live")
    assert (called.status, called.out) == (2, "")
    assert "OSUSUME_MYANIMELIST_CLIENT_ID" in called.err
    assert not (tmp_path / "home").exists()


def test_a_backfill_is_forecast_without_asking_anybody(osusume: Call, tmp_path: Path) -> None:
    """Requests and minutes, and that this is a guess as long as nothing is known."""
    called = osusume("backfill", "kitsu", "--from", 2001, "--to", 2003, "--dry-run", "--home", tmp_path / "home")
    assert called.status == 0
    assert "kitsu, titles that started in 2001 to 2003: about" in called.out
    assert "at 60 requests a minute (nothing is known yet, so this is a guess)" in called.out
    assert "dry run" in called.out
    assert not (tmp_path / "home" / "landing").exists()


@pytest.mark.parametrize("years", [(2005, 2004), (1812, 2004)])
def test_years_that_cannot_be_are_refused(osusume: Call, tmp_path: Path, years: tuple[int, int]) -> None:
    """The earlier one comes first, and there was no anime in 1812."""
    called = osusume("backfill", "anilist", "--from", years[0], "--to", years[1], "--home", tmp_path / "home")
    assert called.status == 2
    assert f"--from {years[0]} --to {years[1]}" in called.err


def test_what_is_no_year_is_refused_by_its_value(osusume: Call, tmp_path: Path) -> None:
    """Two digits are no year: 12 could be 1912 or 2012."""
    called = osusume("backfill", "anilist", "--from", 12, "--to", 2004, "--home", tmp_path / "home")
    assert called.status == 2
    assert "'12' is neither a year such as 2024" in called.err


def test_a_backfill_of_recordings_is_refused_with_the_way_to_ask(osusume: Call, tmp_path: Path) -> None:
    """A backfill asks the source itself; that has to be said."""
    words = ("backfill", "anilist", "--from", 1990, "--to", 1990, "--home", tmp_path / "home")
    called = osusume(*words, "--input", tmp_path)
    assert called.status == 2
    assert "--input live" in called.err


def test_a_backfill_reads_the_one_source_and_says_so(
    osusume: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever other services a live run would ask."""
    told: list[str] = []

    def landed(*given: Any) -> int:
        told.append(given[2].label)
        return 0

    monkeypatch.setattr("orchestration.cli.backfill._backfill", landed)
    monkeypatch.setenv("OSUSUME_SOURCES", "anilist,kitsu")
    words = ("backfill", "anilist", "--from", 2010, "--to", 2010, "--input", "live", "--home", tmp_path / "home")
    assert osusume(*words).status == 0
    assert told == ["the live services anilist"]


def test_a_backfill_of_what_the_demo_lacks_is_refused(osusume: Call, tmp_path: Path) -> None:
    """With what it has."""
    called = osusume("backfill", "jikan", "--from", 1990, "--to", 1990, "--home", tmp_path / "home")
    assert called.status == 2
    assert "anilist, kitsu, myanimelist" in called.err


@pytest.mark.parametrize("user", ["Mika", "imdb:Mika", "anilist:"])
def test_a_user_who_is_not_named_by_source_is_refused(osusume: Call, tmp_path: Path, user: str) -> None:
    """The message shows how."""
    called = osusume("forget-user", user, "--home", tmp_path)
    assert called.status == 2
    assert "SOURCE:USER" in called.err


def test_where_nothing_was_landed_there_is_nobody_to_forget(osusume: Call, tmp_path: Path) -> None:
    """The HOME is named, in case it was the wrong one."""
    called = osusume("forget-user", "anilist:Mika", "--home", tmp_path / "elsewhere")
    assert called.status == 2
    assert str(tmp_path / "elsewhere") in called.err


def test_somebody_who_was_never_landed_costs_nothing(osusume: Call, tmp_path: Path) -> None:
    """A misspelt name takes away no models, versions or output of runs; should the name ever come, it is not landed."""
    home = Home(tmp_path / "home")
    file = tmp_path / "anilist_ratings.csv.gz"
    file.write_bytes(gzip.compress(b"user_id,anilist_id,score\nmika,1,50\n"))
    land_file(home, "anilist", "ratings", file, DAY)
    home.models.mkdir()
    output = home.dagster / "storage" / "a-run" / "compute_logs" / "step.out"
    output.parent.mkdir(parents=True)
    output.write_text("mika")
    last_failure(home).write_text("a check: its failing rows name mika")
    called = osusume("forget-user", "anilist:Mikka", "--home", home.root)
    assert called.status == 0
    assert "is of anilist:Mikka, so that nothing else is changed; is the name right?" in called.out
    assert home.models.is_dir()
    assert output.is_file()
    assert last_failure(home).is_file()
    assert is_forgotten(home, "anilist", "Mikka")
    again = osusume("forget-user", "anilist:mika", "--home", home.root)
    assert "Landing: 1 row removed" in again.out
    assert not home.models.exists()
    assert not output.exists()
    assert not last_failure(home).exists()


def test_nobody_is_forgotten_beside_a_run_that_may_have_read_them(
    osusume: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of the UI would write what it has read afterwards: it is waited for, and nothing is changed before."""
    monkeypatch.setenv("OSUSUME_LOCK_TIMEOUT", "0.2")
    home = Home(tmp_path / "home")
    file = tmp_path / "anilist_ratings.csv.gz"
    file.write_bytes(gzip.compress(b"user_id,anilist_id,score\nmika,1,50\n"))
    land_file(home, "anilist", "ratings", file, DAY)
    with alive(home, "0123456789"):
        called = osusume("forget-user", "anilist:mika", "--home", home.root)
        assert called.status == 1
        assert "run 01234567 is still under way" in called.err
        assert not is_forgotten(home, "anilist", "mika")
    assert "Landing: 1 row removed" in osusume("forget-user", "anilist:mika", "--home", home.root).out


@pytest.mark.parametrize(
    ("variable", "value", "decisions", "said"),
    [
        ("OSUSUME_MODELS", "slimm", "", "OSUSUME_MODELS names 'slimm'"),
        ("OSUSUME_SEED", "42", "no decision", "people's decisions cannot be used"),
        # Port 9 of this machine answers nobody.
        (
            "OSUSUME_DAGSTER_POSTGRES_URL",
            "postgresql+psycopg2://osusume:geheim@127.0.0.1:9/history",
            "",
            "OSUSUME_DAGSTER_POSTGRES_URL",
        ),
    ],
)
def test_nobody_is_forgotten_with_settings_that_the_rebuild_would_refuse(
    osusume: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, decisions: str, said: str
) -> None:
    """The models and the landing are as before: found out afterwards, they would be gone for nothing."""
    home = Home(tmp_path / "home")
    file = tmp_path / "anilist_ratings.csv.gz"
    file.write_bytes(gzip.compress(b"user_id,anilist_id,score\nmika,1,50\n"))
    land_file(home, "anilist", "ratings", file, DAY)
    home.models.mkdir()
    if decisions:
        home.decisions.write_text(decisions)
    monkeypatch.setenv(variable, value)
    called = osusume("forget-user", "anilist:mika", "--home", home.root)
    assert called.status == 2
    assert said in called.err
    assert home.models.is_dir()
    assert not is_forgotten(home, "anilist", "mika")


def test_stand_ins_beside_another_command_give_no_advice(osusume: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sees the lines that were to be copied: they are read by the command that started them.

    They end when that command is gone, also where another process has its number by now, here this very one.
    """
    for name, value in {"ANIME": 80, "USERS": 60, "RATINGS": 350}.items():
        monkeypatch.setenv(f"OSUSUME_DEMO_{name}", str(value))
    called = osusume("demo-services", "--until-gone", os.getpid())
    assert called.status == 0
    assert "OSUSUME_ANILIST_URL=" in called.out
    assert "Copy these lines" not in called.err


def test_the_stand_ins_print_the_settings_that_lead_to_them(tmp_path: Path) -> None:
    """They answer at these addresses until Ctrl-C, which is a proper end."""
    sizes = {f"OSUSUME_{name.upper()}": str(value) for name, value in small_demo(tmp_path).model_dump().items()}
    environment = dict(os.environ) | {name: value for name, value in sizes.items() if "DEMO" in name}
    command = [sys.executable, "-m", "orchestration", "demo-services", "--rate-scale", "1000"]
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=heed_ctrl_c,
    ) as one:
        assert one.stdout is not None
        printed = dict(one.stdout.readline().strip().split("=", 1) for _ in range(11))
        assert printed["OSUSUME_KITSU_RATE"] == "60000"
        assert requests.get(printed["OSUSUME_KITSU_URL"] + "/anime", timeout=10).status_code == 200
        key = {"X-MAL-CLIENT-ID": printed["OSUSUME_MYANIMELIST_CLIENT_ID"]}
        ranked = printed["OSUSUME_MYANIMELIST_URL"] + "/anime/ranking?ranking_type=all"
        assert requests.get(ranked, headers=key, timeout=10).status_code == 200
        one.send_signal(signal.SIGINT)
        assert one.wait(20) == 0
