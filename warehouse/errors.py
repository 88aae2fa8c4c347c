"""Why the warehouse room could not do what it was asked, split by what the caller should do.

::

    WarehouseError
    ├── LockError
    │   ├── LockTimeout        somebody else writes: wait, or stop them
    │   └── LockMisuse         a programming error: the same thread asked twice, or a fork inside a writer
    ├── DiskFull               no room to write: make some, nothing is damaged
    ├── WarehouseFileError     the warehouse file cannot be opened: see the message
    ├── NothingPublished       no snapshot yet: run the pipeline first
    ├── PublishError           there is nothing whole to publish
    ├── UnknownVersion         no snapshot of that name is kept: name one that is
    ├── LandingError           a landed file, manifest or event file is missing or broken
    ├── SqlFileError           a file in sql/ breaks the house rules: correct the file
    ├── BuildError             a statement failed on this data; the old table still stands
    └── CheckError             a rule in sql/checks could not be run
"""


class WarehouseError(Exception):
    """Anything this room refuses or cannot finish; the message names file, value and remedy."""


class LockError(WarehouseError):
    """The writers' queue could not be passed."""


class LockTimeout(LockError):  # noqa: N818 - says what happened
    """Another writer kept the warehouse longer than this one was told to wait."""


class LockMisuse(LockError):  # noqa: N818 - says what happened
    """The same thread asked for the writers' lock while it already held it, or a process forked inside a writer did."""


class DiskFull(WarehouseError):  # noqa: N818 - says what happened
    """The file system has no room for what has to be written; what was there before is whole."""


class WarehouseFileError(WarehouseError):
    """The warehouse file is there but DuckDB cannot open it."""


class NothingPublished(WarehouseError):  # noqa: N818 - says what happened
    """No snapshot has been published under this HOME."""


class PublishError(WarehouseError):
    """The warehouse holds nothing whole that could be published."""


class UnknownVersion(WarehouseError):  # noqa: N818 - says what happened
    """No snapshot of that name is kept, or none that is older."""


class LandingError(WarehouseError):
    """A landed payload, its manifest or an event file is missing, changed or unreadable."""


class SqlFileError(WarehouseError):
    """A file in sql/ has no proper header, more than one statement, or takes part in a cycle."""


class BuildError(WarehouseError):
    """A table could not be built or a query not be run; what was there before is unchanged."""


class CheckError(WarehouseError):
    """A rule of sql/checks could not be run, or its outcome not be recorded."""
