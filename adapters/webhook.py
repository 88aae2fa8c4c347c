"""Telling one address of the operator's about something; the only request of ours that is no question.

The one rule: the address is a secret (whoever knows it can post there), so no message of ours names more of it than
the host.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from adapters.errors import Fatal, Unavailable
from adapters.http import plain_session

#: Seconds for connecting, and for each part of the answer.
TIMEOUT_S = 5.0
_TRIES = 2
_PAUSE_S = 1.0
_SERVER_FAULT = 500
_TOO_MANY = 429


def post(
    address: str,
    document: Mapping[str, Any],
    *,
    contact: str = "",
    timeout_s: float = TIMEOUT_S,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Post the document as JSON; a passing fault is met with a second try.

    Redirects are not followed: what is posted is for the configured host alone.

    Raises:
        Unavailable: there was no answer in time, or a server's fault, twice; a later try may well succeed.
        Fatal: the host refuses the document or sends us elsewhere; the address has to be corrected.
    """
    host = urlsplit(address).hostname
    for attempt in range(1, _TRIES + 1):
        problem = _attempt(address, document, contact, timeout_s)
        if not problem:
            return
        if attempt < _TRIES:
            sleep(_PAUSE_S)
    raise Unavailable(f"the webhook at {host} did not take the message: {problem}")


def _attempt(address: str, document: Mapping[str, Any], contact: str, timeout_s: float) -> str:
    """What stood in the way this time, if it may pass; '' when the message was taken.

    Raises:
        Fatal: for what will not pass by itself.
    """
    try:
        with plain_session(contact) as session:
            # Of the answer only the status matters: its body is not waited for.
            reply = session.post(address, json=document, timeout=timeout_s, allow_redirects=False, stream=True)
            status = reply.status_code
    except requests.RequestException as problem:
        # The message of the exception would name the whole address.
        return type(problem).__name__
    if status < 300:
        return ""
    if status >= _SERVER_FAULT or status == _TOO_MANY:
        return f"it answered {status}"
    host = urlsplit(address).hostname
    elsewhere = " (redirects are not followed)" if status < 400 else ""
    raise Fatal(f"the webhook at {host} answered {status}{elsewhere}: correct OSUSUME_ALERT_WEBHOOK")
