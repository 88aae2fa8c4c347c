"""What a snapshot was made from, in one hash over the landed content that its tables were built from.

The one rule: a hash stands for content only when everything that is landed was loaded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

import duckdb

from warehouse.home import Home
from warehouse.payloads import landed_files, landed_streams


def stamp(base: str, landing: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """The hash of what tables are made from; '' when `base` is ''.

    Args:
        base: the hash of everything else: code, libraries, settings; '' = the tables are not of one run.
        landing: what stands for each stream's landed files (`content_word`), oldest first; streams without files
            do not count.
    """
    if not base:
        return ""
    words = {f"{source}/{stream}": list(hashes) for (source, stream), hashes in landing.items() if hashes}
    return sha256(json.dumps({"base": base, "landing": words}, sort_keys=True).encode()).hexdigest()


def content_word(sha256: str, partition: str | None) -> str:
    """What stands for a landed file in a stamp: its content and, of a part of a stream, which part it is."""
    return sha256 if partition is None else f"{partition} {sha256}"


def loaded_stamp(con: duckdb.DuckDBPyConnection, home: Home, base: str) -> str:
    """The stamp of the warehouse as it stands; '' when something landed was not loaded, or `base` is ''."""
    loaded = {row[0] for row in con.execute("select path from raw.loaded_file").fetchall()}
    landing: dict[tuple[str, str], list[str]] = {}
    for source, stream in landed_streams(home):
        files = landed_files(home, source, stream)
        if any(one.path not in loaded for one in files):
            return ""
        landing[source, stream] = [content_word(one.sha256, one.partition) for one in files]
    return stamp(base, landing)
