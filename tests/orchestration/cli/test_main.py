"""The command line as a whole: help, options, exit statuses, what happens when things go wrong."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.cli.parser import build_parser
from tests.orchestration.cli.conftest import heed_ctrl_c
from warehouse.connection import Warehouse

Call = Callable[..., object]
COMMANDS = (
    "run",
    "backfill",
    "dev",
    "sql",
    "publish",
    "recommend",
    "match",
    "models",
    "forget-user",
    "demo-services",
    "benchmark",
    "prepare",
    "doctor",
)


def start(*words: object, **options: object) -> subprocess.Popen:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "orchestration", *map(str, words)]
    root = Path(__file__).parents[3]
    return subprocess.Popen(command, cwd=root, text=True, stderr=subprocess.PIPE, preexec_fn=heed_ctrl_c, **options)


def test_without_a_command_the_help_is_shown(osusume: Call) -> None:
    """It is wrong usage, so stdout stays empty."""
    called = osusume()
    assert called.status == 2
    assert called.out == ""
    assert all(command in called.err for command in COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        [],
        *([command] for command in COMMANDS),
        ["models", "list"],
        ["models", "train-matcher"],
        ["benchmark", "movielens"],
    ],
)
def test_every_command_explains_itself(osusume: Call, words: list[str]) -> None:
    """`--help` goes to stdout and names --home."""
    called = osusume(*words, "--help")
    assert called.status == 0
    assert "--home DIR" in called.out
    assert called.err == ""


def test_every_exit_status_of_the_runbook_is_in_the_help(osusume: Call) -> None:
    """Whoever writes a script reads one of the two."""
    page = (Path(__file__).parents[3] / "docs" / "runbook.md").read_text(encoding="utf-8")
    rows = page.partition("### Exit status")[2].partition("###")[0]
    for status in re.findall(r"^\| (\d+) \|", rows, re.MULTILINE):
        assert re.search(rf"^  {status} ", osusume("--help").out, re.MULTILINE), status


def test_commands_of_later_versions_are_not_there(osusume: Call) -> None:
    """Nothing is promised that does not work."""
    for command in ("why", "backfill", "serve", "app", "forget-user"):
        assert osusume(command).status == 2


@pytest.mark.parametrize("words", [("--home", "X", "doctor"), ("doctor", "--home", "X")])
def test_home_may_stand_before_or_after_the_command(words: tuple[str, ...]) -> None:
    """Both are the same."""
    assert build_parser().parse_args(words).home == "X"
    assert build_parser().parse_args(["models", "list", "--home", "X"]).home == "X"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rum"], "invalid choice: 'rum'"),
        (["recommend"], "--user --like is required"),
        (["recommend", "--user", "1", "--like", "x"], "not allowed with"),
        (["recommend", "--user", "1", "-n", "0"], "not between 1 and 100"),
        (
            ["backfill", "kitsu", "--from", "2001", "--to", "2001", "--parallel", "0"],
            "'0' is not a whole number from 1",
        ),
        (["benchmark", "movielens", "DIR", "--splits", "-1"], "'-1' is not a whole number from 1"),
        (["sql"], "QUERY"),
        (["sql", "select 1", "--limit", "9" * 23], "is not a whole number from 0 to"),
        (["sql", "select 1", "--format", "xml"], "invalid choice: 'xml'"),
        (["run", "--select"], "expected at least one argument"),
        (["run", "--select", ""], "argument --select: '' names no asset"),
        (["run", "--select", ","], "argument --select: ',' names no asset"),
        (["doctor", "--home", ""], "argument --home: '' is empty"),
        (["--home", " ", "doctor"], "argument --home: ' ' is empty"),
        (["run", "--input", ""], "argument --input: '' is empty"),
        (["sql", "select 1", "--output", ""], "argument --output: '' is empty"),
        (["sql", "select '\udcff'"], "is not UTF-8"),
        (["recommend", "--like", "Pok\udce9"], "'Pok?' is not UTF-8"),
        (["models"], "ACTION"),
        (["match", "one title"], "B"),
    ],
)
def test_wrong_usage_is_one_message_with_status_2(osusume: Call, words: list[str], said: str) -> None:
    """It says what is wrong and where the help is."""
    called = osusume(*words)
    assert called.status == 2
    assert said in called.err
    assert "--help" in called.err
    assert len(called.err.strip().splitlines()) == 1


def test_a_wrong_setting_is_wrong_usage(osusume: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable, its value and what it may be."""
    monkeypatch.setenv("OSUSUME_SEED", "abc")
    called = osusume("doctor")
    assert called.status == 2
    assert "OSUSUME_SEED=abc" in called.err


def test_a_misspelt_setting_is_warned_about(osusume: Call, small_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command goes on, with the warning on stderr."""
    monkeypatch.setenv("OSUSUME_SEEED", "1")
    called = osusume("sql", "select 1", "--home", small_home)
    assert called.status == 0
    assert "did you mean OSUSUME_SEED?" in called.err


@pytest.mark.parametrize(
    "words", [["sql", "select 1"], ["recommend", "--user", "1"], ["models", "list"], ["match", "a", "b"]]
)
def test_reading_before_anything_is_published_has_status_3(osusume: Call, tmp_path: Path, words: list[str]) -> None:
    """The message says what to do first."""
    called = osusume(*words, "--home", tmp_path / "empty")
    assert (called.status, called.out) == (3, "")
    assert "osusume run" in called.err


def test_a_mistake_of_ours_is_one_line_and_a_file(
    osusume: Call, small_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback on the screen, unless it is asked for."""

    def broken(self: Warehouse, *_: object) -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr(Warehouse, "reader", broken)
    (small_home / "dagster").mkdir(exist_ok=True)
    called = osusume("sql", "select 1", "--home", small_home)
    assert called.status == 1
    assert "unexpected ZeroDivisionError: nobody thought of this" in called.err
    assert "Traceback" not in called.err
    log = small_home / "dagster" / "last-error.txt"
    assert str(log) in called.err
    assert "Traceback" in log.read_text()
    assert "Traceback" in osusume("--debug", "sql", "select 1", "--home", small_home).err


@pytest.mark.parametrize(
    ("number", "status", "remedy"),
    [
        (errno.EACCES, 2, "the user who owns HOME"),
        (errno.EROFS, 2, "--home"),
        (errno.ENOTDIR, 2, "a file where a directory should be"),
        (errno.ENOSPC, 1, "Make room and run again"),
    ],
)
def test_what_the_system_refuses_is_told_with_file_and_remedy(
    osusume: Call, small_home: Path, monkeypatch: pytest.MonkeyPatch, number: int, status: int, remedy: str
) -> None:
    """A HOME of somebody else, a read-only disk, a full one: no mistake of ours."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(small_home / "lock"))

    monkeypatch.setattr("orchestration.cli.publish.rollback", refuse)
    called = osusume("publish", "--rollback", "--home", small_home)
    assert called.status == status
    assert str(small_home / "lock") in called.err
    assert remedy in called.err
    assert "unexpected" not in called.err


@pytest.mark.parametrize("option", ["--home", "--input", "--output"])
def test_a_name_that_is_too_long_is_wrong_usage(osusume: Call, small_home: Path, tmp_path: Path, option: str) -> None:
    """The file system's limit is named, and the options that may have met it."""
    words = ["sql", "select 1", "--home", small_home] if option == "--output" else ["run", "--home", tmp_path / "home"]
    called = osusume(*words, option, "x" * 300)
    assert called.status == 2
    assert "name too long" in called.err
    assert "unexpected" not in called.err


@pytest.mark.parametrize(("option", "said"), [("--home", "OSUSUME_HOME=~nosuchuser/x"), ("--input", "no such user")])
def test_the_directory_of_a_user_whom_nobody_knows_is_wrong_usage(osusume: Call, option: str, said: str) -> None:
    """It is repeated as it was given."""
    called = osusume("run", option, "~nosuchuser/x")
    assert called.status == 2
    assert said in called.err
    assert "unexpected" not in called.err


def test_a_reader_that_has_enough_ends_the_command_quietly(small_home: Path) -> None:
    """`osusume sql ... | head` neither fails nor complains."""
    query = "select * from range(1000000)"
    process = start("sql", query, "--format", "csv", "--home", small_home, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "range\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0


def test_ctrl_c_ends_a_command_with_one_line(small_home: Path) -> None:
    """No traceback, and the usual status of an interrupted program."""
    read, write = os.pipe()
    process = start("sql", "-", "--home", small_home, stdin=read, stdout=subprocess.DEVNULL)
    os.close(read)
    assert process.stderr is not None
    time.sleep(2)  # by then it waits for its query; were it earlier, Python itself would be interrupted
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    os.close(write)
    assert process.wait(timeout=60) == 130
    assert re.fullmatch(r"interrupted\. .* the same command goes on\.\n", said)
    assert len(said.splitlines()) == 1


def test_start_up_imports_nothing_heavy() -> None:
    """Help, settings and the command line itself need neither Dagster nor pandas nor DuckDB."""
    check = (
        "import sys; import orchestration.cli, orchestration.settings, orchestration.cli.parser; "
        "print([name for name in ('dagster', 'pandas', 'duckdb', 'numpy', 'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("commands", "unneeded"),
    [(("sql", "recommend", "models"), ("dagster", "pandas", "scipy")), (("match",), ("dagster", "pandas"))],
)
def test_what_people_ask_often_is_answered_without_dagster(
    commands: tuple[str, ...], unneeded: tuple[str, ...]
) -> None:
    """Nobody waits for the import of what they do not use; comparing records needs SciPy."""
    modules = ", ".join(f"orchestration.cli.{command}" for command in commands)
    check = f"import sys; import {modules}; print([name for name in {unneeded!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_input_that_is_not_there_is_what_is_told_of(osusume: Call, tmp_path: Path) -> None:
    """A HOME of the demo world gets no blame for a path that was mistyped; nothing is touched."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "home.json").write_text('{"world": "demo"}')
    called = osusume("run", "--input", tmp_path / "recordngs", "--home", home)
    assert called.status == 2
    assert f"the input {tmp_path / 'recordngs'} does not exist. Name demo, live" in called.err
    assert str(home) not in called.err
    assert [path.name for path in home.iterdir()] == ["home.json"]
