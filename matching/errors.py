"""What can go wrong in the matching room, by what the caller should do about it.

MatchingError
├── RecordError      the records handed over cannot be matched (a record twice, no source): fix the input
├── WeightsError     the weights file is damaged or of another version: train again or restore it
├── OverrideError    a line of people's decisions cannot be understood: correct the named line
├── RegistryError    the history of keys is damaged or does not fit the clusters
└── TrainingError    the labelled recordings do not suffice to learn from
"""

from __future__ import annotations


class MatchingError(Exception):
    """Root of every error this room raises on purpose."""


class RecordError(MatchingError):
    """The records handed over cannot be matched: a record stands there twice or names no source."""


class WeightsError(MatchingError):
    """The weights file is missing, damaged or made for other features."""


class OverrideError(MatchingError):
    """A line of people's decisions that cannot be understood, with file, line and value."""


class RegistryError(MatchingError):
    """A history of keys that no sequence of runs could have written, or clusters that share a record."""


class TrainingError(MatchingError):
    """A recordings directory without the truth or the pairs that training needs."""
