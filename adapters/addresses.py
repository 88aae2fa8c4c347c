"""Addresses that a source gives: where they lead, and whether that is where it was asked.

The one rule: what is no address leads nowhere.
"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

_PORTS = {"http": 80, "https": 443}


def joined(base: str, link: str) -> str:
    """The whole address of a link on a page; '' where it is none."""
    try:
        return urljoin(base, link)
    except ValueError:
        # Brackets that do not match.
        return ""


def host_in(address: str) -> str:
    """Host and port of an address as they stand there; '' where there are none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        # As above.
        return ""


def is_same_host(base_url: str, target: str) -> bool:
    """Whether an address is on the host of another one; the change from http to https is none of hosts."""
    try:
        ours, theirs = urlsplit(base_url), urlsplit(target)
        ports = [part.port or _PORTS.get(part.scheme) for part in (ours, theirs)]
    except ValueError:
        # A port that is no number, brackets that do not match: no host at all.
        return False
    if ours.hostname != theirs.hostname or theirs.scheme not in _PORTS:
        return False
    is_upgrade = (ours.scheme, theirs.scheme, ports) == ("http", "https", [80, 443])
    return is_upgrade or (ours.scheme == theirs.scheme and ports[0] == ports[1])
