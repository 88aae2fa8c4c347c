"""What the Makefile removes, and what it never does."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def clean(place: Path) -> subprocess.CompletedProcess[str]:
    """`make clean` in a directory that holds nothing of ours but the Makefile, a cache and ./data."""
    shutil.copy(ROOT / "Makefile", place)
    (place / ".mypy_cache").mkdir()
    return subprocess.run(["make", "clean"], cwd=place, capture_output=True, text=True, check=False)


def test_clean_removes_a_demo_world(tmp_path: Path) -> None:
    """It is generated, and the next run makes the same again."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "home.json").write_text('{\n  "anime": 4000,\n  "world": "demo"\n}\n')
    done = clean(tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / ".mypy_cache").exists()


@pytest.mark.parametrize("marker", ['{"world": "recordings"}', "damaged", None])
def test_clean_leaves_whatever_may_be_real_data(tmp_path: Path, marker: str | None) -> None:
    """It says why and what to do; the caches go all the same."""
    (tmp_path / "data" / "landing").mkdir(parents=True)
    if marker is not None:
        (tmp_path / "data" / "home.json").write_text(marker)
    done = clean(tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "landing").is_dir()
    assert "data stays" in done.stderr
    assert "delete it by hand" in done.stderr
    assert not (tmp_path / ".mypy_cache").exists()


def test_clean_has_nothing_to_say_where_there_is_no_data(tmp_path: Path) -> None:
    """On a fresh checkout it is no mistake to call it."""
    done = clean(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
