"""The handful of bad rows that the recordings hold on purpose, so that the demo shows what quarantine is for.

All are extra lines: without them the files tell the whole world. `identity/defects.csv` lists each with its
file, line and reason. No handle of a viewer ends up only in bad rows, and no bad record has an id that
`truth.csv` names, except the repeated ones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.world import World


@dataclass(frozen=True)
class Defect:
    """One deliberate bad row: where it stands, whose it pretends to be and what is wrong with it."""

    path: str  # relative to the recordings directory
    line: int  # 1-based
    record_id: str
    problem: str


@dataclass(frozen=True)
class BadLine:
    """The text of a bad row before its place is known."""

    text: str
    record_id: str
    problem: str


# per source: the field of the format (a path), and a value that no contract knows
FORMAT_FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "anilist": (("format",), ("episodes",)),
    "kitsu": (("attributes", "subtype"), ("attributes", "episodeCount")),
    "myanimelist": (("media_type",), ("num_episodes",)),
}
UNKNOWN_FORMAT = "hologram"


def bad_records(world: World, source: str) -> list[BadLine]:
    """Six bad catalogue lines of this source, for the middle of its file."""
    teller = world.sources[source]
    rows = teller.rows()
    model = teller.record(rows[0])
    spare = int(teller.ids.max()) + 1000
    format_field, episodes_field = FORMAT_FIELDS[source]
    new_id: list[object] = [spare + step if source != "kitsu" else str(spare + step) for step in range(4)]
    whole = _json(model)
    return [
        BadLine(whole[: len(whole) // 2], str(model["id"]), "the line is cut off: not JSON"),
        BadLine(_json({key: value for key, value in model.items() if key != "id"}), "", "no id"),
        BadLine(_json({**model, "id": "abc"}), "abc", "the id is not a positive number"),
        BadLine(whole, str(model["id"]), "the id stands in this file twice"),
        BadLine(_changed(model, new_id[0], format_field, UNKNOWN_FORMAT), str(new_id[0]), "an unknown format"),
        BadLine(_changed(model, new_id[1], episodes_field, "twelve"), str(new_id[1]), "the episodes are no number"),
    ]


def bad_ratings(world: World, source: str, kept: NDArray[np.int64]) -> list[BadLine]:
    """Eight bad lines for the end of this source's ratings file, which holds these of the world's entries."""
    ratings, teller = world.ratings[source], world.sources[source]
    place = int(kept[np.argmax(ratings.updated[kept] > 0)])  # the first entry with a time
    user = world.people.handles[int(ratings.person[place])]
    anime = int(teller.ids[ratings.row[place]])
    free = int(teller.ids.max())  # the user's own anime comes first; these bad rows name others
    when = "2026-06-01T12:00:00Z"
    too_high = {"anilist": 101, "kitsu": 21, "myanimelist": 11}[source]
    rows: list[tuple[str, str, str]] = [
        (f"{user},{free + 1},{too_high},completed,{when}", str(free + 1), "the score is above the scale"),
        (f"{user},{free + 2},-1,completed,{when}", str(free + 2), "the score is below the scale"),
        (f"{user},{free + 3},ten,completed,{when}", str(free + 3), "the score is not a number"),
        (f"{user},abc,7,completed,{when}", "abc", "the id is not a positive number"),
        (f",{anime},8,completed,{when}", str(anime), "the user is blank"),
        (f"{user},{free + 4},8,enjoyed,{when}", str(free + 4), "an unknown status"),
        (f"{user},{free + 5},8", str(free + 5), "fields are missing"),
        (f"{user},{anime},2,completed,2001-01-01T00:00:00Z", str(anime), "an older entry for the same anime"),
    ]
    return [BadLine(text, record_id, problem) for text, record_id, problem in rows]


def _json(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _changed(record: dict[str, object], new_id: object, field: tuple[str, ...], value: str) -> str:
    """The record under another id with one field (a path of keys) set to the value."""
    changed = json.loads(_json({**record, "id": new_id}))
    inner = changed
    for key in field[:-1]:
        inner = inner[key]
    inner[field[-1]] = value
    return _json(changed)
