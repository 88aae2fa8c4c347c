"""Everything that must never be lost: payloads as they came, and our own events.

The functions lie in `intake`, `payloads`, `responses` and `events`; this is the name under which other rooms use them.
"""

from warehouse.errors import LandingError
from warehouse.events import adopt_log, append_events, event_files, event_logs, read_events, refuse_contradiction
from warehouse.home import Home
from warehouse.intake import adopt_payloads, digest_to_land, is_known, land_file
from warehouse.payloads import (
    OWN_STATE,
    LandedFile,
    landed_files,
    landed_of_part,
    landed_streams,
    newest_file,
    payload_name,
    verify,
)
from warehouse.responses import ResponseLog, open_log
from warehouse.tombstones import FORGOTTEN_LOG, adopt_forgotten, is_forgotten

__all__ = [
    "OWN_STATE",
    "LandedFile",
    "ResponseLog",
    "adopt",
    "append_events",
    "digest_to_land",
    "event_files",
    "event_logs",
    "is_forgotten",
    "is_known",
    "land_file",
    "landed_files",
    "landed_of_part",
    "landed_streams",
    "newest_file",
    "open_log",
    "payload_name",
    "read_events",
    "verify",
]


def adopt(home: Home, other: Home) -> int:
    """Take over another HOME's landing, payloads and own state, verbatim; returns how many files were new.

    What is already here is left alone, so that an interrupted adoption is simply repeated.

    Raises:
        LandingError: when the other has no landing, either is broken, or their events contradict.
    """
    if not other.landing.is_dir():
        raise LandingError(f"{other.root} is no HOME of an earlier run: it has no landing/")
    if home.landing.resolve() == other.landing.resolve():
        return 0
    logs = event_logs(other)
    # Contradicting events are found before anything is copied, so that a refusal changes nothing.
    for log in logs:
        if log != FORGOTTEN_LOG:
            refuse_contradiction(home, other, log)
    # Who is forgotten is known before any payload comes over.
    taken = adopt_forgotten(home, other) if FORGOTTEN_LOG in logs else 0
    taken += adopt_payloads(home, other)
    return taken + sum(adopt_log(home, other, log) for log in logs if log != FORGOTTEN_LOG)
