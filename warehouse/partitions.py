"""Which partitions of a stream have been landed, and when: read from the landed files alone.

The one rule: what a landed file is a part of stands in its own first line.
"""

from datetime import datetime

from warehouse.home import Home
from warehouse.payloads import landed_files
from warehouse.segments import SEGMENT_EXTENSION, read_segment


def landed_crawls(home: Home, source: str, stream: str) -> list[tuple[str | None, datetime]]:
    """The finished crawls of a stream, oldest first: the partition each has read (None = no certain one), and its end.

    Raises:
        LandingError: when a landed file is missing or damaged.
    """
    found: list[tuple[str | None, datetime]] = []
    for landed in landed_files(home, source, stream):
        if landed.path.endswith(SEGMENT_EXTENSION):
            _, header = next(read_segment(landed.file(home)))
            found.append((header.get("plan", {}).get("partition"), landed.landed_at))
    return found


def landed_partitions(home: Home, source: str, stream: str) -> dict[str, datetime]:
    """When each partition of a stream was landed last, by its name; partitions that never were are not in it."""
    found = [(partition, ended) for partition, ended in landed_crawls(home, source, stream) if partition is not None]
    return dict(sorted(found, key=lambda one: one[1]))
