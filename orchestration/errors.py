"""Why the orchestration room could not do what it was asked, split by exit status.

::

    OrchestrationError
    ├── UsageError             exit 2: wrong usage, input or setting; the message names it and the remedy
    │   ├── SettingsError      an environment variable or a line of .env
    │   └── InputError         the input cannot be used, or not for this HOME
    └── RunError               exit 1: a run could not be started or finished
"""

from __future__ import annotations


class OrchestrationError(Exception):
    """Anything the command line refuses or cannot finish; the message is meant for the user as it stands."""


class UsageError(OrchestrationError):
    """The user can put it right: an argument, an input or a setting."""


class SettingsError(UsageError):
    """A setting has a value that cannot be."""


class InputError(UsageError):
    """The input is missing or unusable, or does not belong into this HOME."""


class RunError(OrchestrationError):
    """A run did not come to its end, for a reason that lies outside its assets."""
