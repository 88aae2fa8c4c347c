"""Names become hashes that only this installation can make; files of users are read strictly."""

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.errors import RecordingError
from adapters.privacy import Hasher, installation_salt, read_salt, read_users

SALT = bytes(range(32))


@given(st.text(min_size=1))
@example("half a pair \ud83d")
def test_a_subject_says_nothing_of_the_name(name: str) -> None:
    """It has always the same length and alphabet, whatever the name."""
    subject = Hasher("anilist", SALT).subject(name)
    assert len(subject) == 20
    assert set(subject) <= set("0123456789abcdef")


def test_source_salt_and_name_make_the_subject() -> None:
    """Another source, salt or name is another subject; upper and lower case are one user."""
    one = Hasher("anilist", SALT).subject("Mika")
    assert one == Hasher("anilist", SALT).subject("mika ")
    assert len({one, Hasher("kitsu", SALT).subject("Mika"), Hasher("anilist", bytes(32)).subject("Mika")}) == 3
    assert one != Hasher("anilist", SALT).subject("Mikan")


def test_names_are_kept_where_the_settings_ask_for_it() -> None:
    """Then the subject is the name as it is."""
    assert Hasher("anilist", SALT, is_on=False).subject("Mika") == "Mika"


def test_no_secret_is_shown_by_accident() -> None:
    """Neither the salt nor a user's name stands in the text of the objects that hold them."""
    hasher = Hasher("anilist", SALT)
    assert repr(SALT) not in repr(hasher)
    assert "Mika" not in repr(hasher.user("Mika"))


def test_the_salt_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """Many at once get the same one; the file is private and nothing is left beside it."""
    file = tmp_path / "home" / "salt"
    with ThreadPoolExecutor(8) as pool:
        salts = set(pool.map(lambda _: installation_salt(file), range(16)))
    assert len(salts) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["salt"]


def test_a_file_system_without_links_has_one_salt_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole from its first moment, private, and the secret lies nowhere else."""
    monkeypatch.setattr(os, "link", Mock(side_effect=PermissionError(errno.EPERM, "Operation not permitted")))
    file = tmp_path / "home" / "salt"
    with ThreadPoolExecutor(8) as pool:
        salts = set(pool.map(lambda _: installation_salt(file), range(16)))
    assert len(salts) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {path.name: path.stat().st_size for path in file.parent.iterdir() if path != file} == {".salt.lock": 0}


def test_a_salt_that_cannot_be_made_leaves_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written so far is removed."""
    monkeypatch.setattr(os, "fsync", Mock(side_effect=OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        installation_salt(tmp_path / "salt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "not hexadecimal", "abcd"])
def test_a_damaged_salt_is_refused(tmp_path: Path, content: str) -> None:
    """A new one would silently make every known user a stranger."""
    (tmp_path / "salt").write_text(content)
    with pytest.raises(RecordingError, match="salt"):
        read_salt(tmp_path / "salt")


def test_users_are_read_by_source_and_once(tmp_path: Path) -> None:
    """Header, comments and blank lines are passed over; the same name twice is one user."""
    file = tmp_path / "users.csv"
    file.write_text(
        "source,user\n# friends\nanilist,Mika\n\nkitsu, Haru \nanilist,mika\nanilist,Ren\n", encoding="utf-8"
    )
    assert read_users(file, ("anilist", "kitsu")) == {"anilist": ("Mika", "Ren"), "kitsu": ("Haru",)}


@pytest.mark.parametrize("line", ["anilist", "anilist,", "imdb,Mika", "Mika"])
def test_a_line_that_names_no_user_is_refused_by_number(tmp_path: Path, line: str) -> None:
    """The message names file and line, and no name of a user."""
    file = tmp_path / "users.csv"
    file.write_text(f"source,user\n{line}\n", encoding="utf-8")
    with pytest.raises(RecordingError, match=r"users\.csv:2: expected `source,user`"):
        read_users(file, ("anilist", "kitsu"))


def test_a_missing_file_of_users_is_named(tmp_path: Path) -> None:
    """With what should stand in it."""
    with pytest.raises(RecordingError, match=r"nobody\.csv cannot be read"):
        read_users(tmp_path / "nobody.csv", ("anilist",))
