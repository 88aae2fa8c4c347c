"""What can go wrong in the demo room.

DemoError
├── WorldError        the numbers asked for make no world (too few anime, more ratings than pairs, ...)
└── RecordingsError   the recordings cannot be written where they were wanted
"""

from __future__ import annotations


class DemoError(Exception):
    """Anything the demo room refuses; the message names the value and the remedy."""


class WorldError(DemoError):
    """The sizes asked for cannot be met."""


class RecordingsError(DemoError):
    """The directory cannot take the recordings."""
