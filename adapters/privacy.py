"""Who may be named: users are called by a salted hash in everything that is kept, and by name only to their source.

The one rule: the salt never leaves its installation; without it a hash cannot be followed back to a name by
trying all names.
"""

from __future__ import annotations

import fcntl
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from adapters.base import User
from adapters.errors import RecordingError

SALT_BYTES = 32
_SUBJECT_DIGITS = 20


@dataclass(frozen=True)
class Hasher:
    """Turns names of one source's users into what may be kept.

    Attributes:
        source: whose users; the same name at two sources gives two hashes.
        salt: of the installation.
        is_on: whether names are hashed; False keeps them, for installations that may.
    """

    source: str
    salt: bytes = field(repr=False)
    is_on: bool = True

    def subject(self, name: str) -> str:
        """The user as they are called in landing files and tables: 20 hexadecimal digits, or the name itself.

        Upper and lower case make no difference: the sources take both for the same user.
        """
        if not self.is_on:
            return name
        text = f"{self.source}:{name.strip().lower()}".encode("utf-8", "surrogatepass")
        return hmac.new(self.salt, text, sha256).hexdigest()[:_SUBJECT_DIGITS]

    def user(self, name: str) -> User:
        """The user with both names."""
        return User(name, self.subject(name))


def without_name(text: str, name: str, stand_in: str) -> str:
    """The text with a user's name replaced, wherever it stands as a word of its own, in upper or lower case."""
    return stand_in.join(re.split(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags=re.IGNORECASE))


def installation_salt(file: Path) -> bytes:
    """The salt of this installation, made at its first use; only its owner can read the file.

    Raises:
        RecordingError: when the file holds something else.
    """
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
                opened.write(secrets.token_hex(SALT_BYTES) + "\n")
                opened.flush()
                os.fsync(opened.fileno())
            _put_in_place_once(part, file)
        finally:
            part.unlink(missing_ok=True)
    return read_salt(file)


def _put_in_place_once(part: Path, file: Path) -> None:
    """Give the finished part its name, unless another process has been first; whoever reads the file finds it whole."""
    try:
        # A link is made by one process only; another one then reads the salt of the first.
        with suppress(FileExistsError):
            os.link(part, file)
    except OSError:
        # A file system without hard links: the first one to get the lock.
        with file.with_name(f".{file.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                part.replace(file)


def read_salt(file: Path) -> bytes:
    """The salt in a file.

    Raises:
        RecordingError: when the file is missing or holds something else.
    """
    try:
        salt = bytes.fromhex(file.read_text(encoding="utf-8").strip())
    except (OSError, ValueError) as problem:
        raise RecordingError(f"{file} cannot be read as a salt ({problem}); restore it from a copy") from problem
    if len(salt) != SALT_BYTES:
        raise RecordingError(
            f"{file} holds {len(salt)} bytes instead of a salt of {SALT_BYTES}; restore it from a copy"
        )
    return salt


def read_users(file: Path, sources: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """The users whose lists are read, by source, each once, in the order of the file.

    Lines are `source,user`; blank lines, lines that begin with `#` and a header `source,user` are passed over.

    Args:
        file: where they are listed.
        sources: the sources that have lists.

    Raises:
        RecordingError: naming file and line, when it cannot be read, or a line is none.
    """
    found: dict[str, dict[str, str]] = {}
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise RecordingError(
            f"{file} cannot be read ({problem}); it lists users, one `source,user` a line"
        ) from problem
    for number, line in enumerate(lines, start=1):
        source, comma, name = (part.strip() for part in line.partition(","))
        if not line.strip() or line.lstrip().startswith("#") or (source, name) == ("source", "user"):
            continue
        if not comma or not name or source not in sources:
            raise RecordingError(
                f"{file}:{number}: expected `source,user` with one of the sources {', '.join(sources)}; "
                f"found {source[:40]!r} before the comma"
            )
        found.setdefault(source, {}).setdefault(name.lower(), name)
    return {source: tuple(names.values()) for source, names in found.items()}
