"""Why a source could not be read, split by what the caller should do.

::

    AdapterError
    ├── RecordingError        a recordings directory is not as it must be: correct the file that is named
    ├── Retriable             ask again: the fault is passing
    │   ├── Throttled         asked too fast: wait as long as the source says (429; 403 where that means it)
    │   ├── Unavailable       no answer or a server's fault: 5xx, a page of HTML, a timeout, a reset
    │   └── Garbled           an answer that is not whole or not believable: cut off, an error in a 200
    ├── Skippable             leave this one out and count it
    │   ├── NotFound          the source has no such thing (404)
    │   └── Private           the owner does not show it
    └── Fatal                 stop: asking again gives the same
        ├── Refused           a key is missing or wrong, or the service has switched itself off
        ├── Misunderstood     the source does not accept the request (400), or answers in another shape
        ├── LoopDetected      a page leads to a page that was read already
        └── Outage            still failing after every retry: run again later, the crawl goes on where it stopped
"""


class AdapterError(Exception):
    """Anything a source did not deliver; the message names source or file, the line, and the remedy."""


class RecordingError(AdapterError):
    """A recordings directory, or a file in it, is missing, incomplete or of another layout."""


class Retriable(AdapterError):  # noqa: N818 - named by what the caller does
    """The same request may well succeed a little later."""


class Throttled(Retriable):
    """The source asks for fewer requests.

    Attributes:
        wait_s: seconds that it wants no request for; None where it does not say.
        may_be_refusal: whether it may as well mean that the source does not know our key; never so for 429.
    """

    def __init__(self, message: str, wait_s: float | None = None, *, may_be_refusal: bool = False) -> None:
        super().__init__(message)
        self.wait_s, self.may_be_refusal = wait_s, may_be_refusal


class Unavailable(Retriable):
    """The source, or something between, did not answer as a source does."""


class Garbled(Retriable):
    """The answer is not whole, or cannot be the whole truth."""


class Skippable(AdapterError):  # noqa: N818 - named by what the caller does
    """There is nothing to be had here, and that is an answer."""


class NotFound(Skippable):
    """The source has no such thing."""


class Private(Skippable):
    """It is there, but its owner does not show it."""


class Fatal(AdapterError):  # noqa: N818 - named by what the caller does
    """Asking again gives the same; a person has to act."""


class Refused(Fatal):
    """The source does not serve this client."""


class Misunderstood(Fatal):
    """Client and source do not speak the same protocol (any more)."""


class LoopDetected(Fatal):
    """Paging would go on for ever."""


class Outage(Fatal):
    """The source was asked often enough; what was read so far is kept, and the next run goes on from there."""
