"""Why checks could not be run at all, which is another thing than a check that fails.

::

    ChecksError
    └── ExpectationError   Great Expectations could not evaluate an expectation: correct the suite
"""


class ChecksError(Exception):
    """Checks could not be run; the message names the table, the check and the cause."""


class ExpectationError(ChecksError):
    """Great Expectations met a problem of its own, which it would otherwise report as a failed check."""
