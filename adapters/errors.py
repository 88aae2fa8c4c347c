"""Why a source could not be read, split by what the caller should do.

::

    AdapterError
    └── RecordingError     a recordings directory is not as it must be: correct the file that is named
"""


class AdapterError(Exception):
    """Anything a source did not deliver; the message names source or file, the line, and the remedy."""


class RecordingError(AdapterError):
    """A recordings directory, or a file in it, is missing, incomplete or of another layout."""
