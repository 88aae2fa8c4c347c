"""The command line."""

import subprocess
import sys
from pathlib import Path

import pytest

from demo.__main__ import main

ROOT = Path(__file__).parents[2]
SMALL = ["--anime", "60", "--users", "12", "--ratings", "40"]


def test_the_command_writes_a_world_and_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0; the summary on stdout names the seed, the counts and the bad rows; progress goes to stderr."""
    assert main([str(tmp_path / "world"), "--seed", "5", *SMALL]) == 0
    output = capsys.readouterr()
    assert "seed 5" in output.out
    assert "60 true anime" in output.out
    assert "40 ratings of 12 viewers" in output.out
    assert "42 deliberately bad rows, listed in identity/defects.csv" in output.out
    assert "invented" in output.out
    assert "wrote the ratings of kitsu" in output.err
    assert (tmp_path / "world" / "identity" / "truth.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--ratings", "0"], "ratings 0: with 4,000 anime"),
        (["--anime", "3"], "anime 3: a world needs at least 50 anime"),
        (["--seed", "-4"], "seed -4"),
    ],
)
def test_a_bad_number_is_one_message_and_exit_status_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """The message names the number; nothing is written."""
    assert main([str(tmp_path / "world"), *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_existing_directory_is_refused_before_any_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 with the remedy, and no progress before it."""
    assert main([str(tmp_path)]) == 2
    assert (
        capsys.readouterr().err
        == f"python -m demo: {tmp_path} exists already: name another directory, or remove it first\n"
    )


def test_a_word_where_a_number_belongs_is_exit_status_two(tmp_path: Path) -> None:
    """The message names the option; as a module the command behaves the same."""
    command = [sys.executable, "-m", "demo", str(tmp_path / "world"), "--anime", "many"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--anime" in done.stderr
    assert "many" in done.stderr
