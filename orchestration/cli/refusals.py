"""What the operating system refuses a command, in words: no right, no room, a file where a directory should be."""

from __future__ import annotations

import errno
import os

from warehouse.lock import no_room

#: What to do about files that belong to somebody else.
OWNERS_REMEDY = (
    "call it as the user who owns HOME (in production that of the processes: deploy/README.md), or name another "
    "directory with --home"
)
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)


def refused(problem: OSError) -> str:
    """What was refused: the file, why, and to whom."""
    reason = os.strerror(problem.errno) if problem.errno else str(problem)
    return f"{problem.filename or 'a file'}: {reason} (user {os.geteuid()})"


def advice(problem: Exception) -> tuple[bool, str] | None:
    """Whether the user's words were wrong, and what to say; None for what is no refusal of the system.

    Such a refusal says where; without one it is a mistake of ours, and is told as that.
    """
    if not isinstance(problem, OSError) or problem.filename is None:
        return None
    if problem.errno in _NO_RIGHT:
        return True, f"{refused(problem)}. To mend it, {OWNERS_REMEDY}"
    if problem.errno == errno.ENAMETOOLONG:
        return True, f"{refused(problem)}. Name another one with --home, --input or --output"
    if problem.errno == errno.ENOTDIR:
        return True, f"{refused(problem)}: there is a file where a directory should be. Name another one with --home"
    if problem.errno == errno.ENOSPC:
        return False, no_room(str(problem.filename))
    return None
