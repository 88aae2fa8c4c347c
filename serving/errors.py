"""What serving cannot answer, split by what the asker can do.

::

    ServingError
    ├── UnknownUserError        no user, or more than one, goes by this id
    ├── UnknownTitleError       no anime goes by this title
    ├── UnknownRecordError      no catalogue record goes by this source and id, or several by this id
    ├── OldSnapshotError        the snapshot was published by a version that did not keep what is asked
    └── ModelUnavailableError   the snapshot names a model whose files are not there or do not fit
"""

from __future__ import annotations


class ServingError(Exception):
    """A question that has no answer; the message says why and what to ask instead."""


class UnknownUserError(ServingError):
    """The id names no user, or several."""


class UnknownTitleError(ServingError):
    """The words name no anime."""


class UnknownRecordError(ServingError):
    """The source and id name no catalogue record, or an id alone names several."""


class OldSnapshotError(ServingError):
    """The snapshot lacks a table that this version publishes."""


class ModelUnavailableError(ServingError):
    """The active model cannot be loaded, so nobody new can be scored."""
