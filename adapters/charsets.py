"""Answers as UTF-8, which is what everything after this reads and keeps.

The one rule: a character is never replaced. What is no text in any way that it may be meant is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message

from adapters.base import Reply
from adapters.errors import Garbled


def in_utf8(reply: Reply) -> Reply:
    """The reply with its body in UTF-8: bytes that are UTF-8 stay as they are, other texts become it.

    How JSON begins shows which Unicode it is in. Only where it is none does the charset of the header count: JSON has
    no such parameter (RFC 8259, section 11), and many a server states one that is not true.

    Raises:
        Garbled: when a reply of status 200 is no text; others are told by their status.
    """
    meant = list(dict.fromkeys(_meant(reply)))
    for charset in meant:
        try:
            text = reply.body.decode(charset)
            return reply if charset in ("utf-8", "utf-8-sig") else replace(reply, body=text.encode())
        except (LookupError, ValueError):
            # Not that one, or no charset at all.
            continue
    if reply.status != 200:
        return reply
    raise Garbled(f"the answer is no text: its {len(reply.body):,} bytes are not in {' or '.join(meant)}")


def _meant(reply: Reply) -> Iterator[str]:
    """The charsets that a body may be in, the likeliest first."""
    yield json.detect_encoding(reply.body)
    header = Message()
    header["content-type"] = reply.headers.get("content-type", "")
    if stated := header.get_content_charset(""):
        yield stated
