"""What a published snapshot was made from, as one hash: if it would be the same again, a run can end early.

The one rule: everything that can change a table goes in (landed content in its order, settings, our own code,
the libraries that calculate, the trained matcher, tuned and promoted models, people's decisions), and nothing else
(no path, no time, no memory limit). A decision that has run out is such a change as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Protocol

import orchestration
from assets.registry import hold, kept_figures
from assets.tuned import LOG as TUNINGS
from assets.tuned import adopted
from matching.adopted import LOG, training_in_force
from matching.decisionfiles import FILE, decisions_at_hand
from matching.errors import OverrideError
from matching.overrides import Override, in_force
from orchestration.errors import InputError
from orchestration.inputs import resolve_input
from orchestration.settings import Settings
from recommenders.versions import OPTIONAL_LIBRARIES, installed_version
from warehouse.events import PROMOTIONS
from warehouse.home import Home
from warehouse.landing import (
    digest_to_land,
    event_files,
    is_known,
    landed_files,
    landed_streams,
    payload_name,
    read_events,
)
from warehouse.sqlfiles import sql_root
from warehouse.stamp import content_word, stamp

#: The rooms whose files make tables. The command line and what only reads the snapshot are left out.
_ROOMS = ("adapters", "assets", "matching", "orchestration", "recommenders", "sql", "warehouse")
_NO_TABLES = (
    ("orchestration", "cli"),
    ("sql", "serving"),
    ("sql", "queries"),
    ("sql", "reports"),
    ("recommenders", "benchmark"),
)
_SUFFIXES = (".py", ".sql", ".csv", ".json", ".graphql")
#: Libraries whose arithmetic stands in the tables.
_LIBRARIES = (
    "duckdb", "implicit", "lightgbm", "numba", "numpy", "rapidfuzz", "rectools-lightfm", "scikit-learn", "scipy",
)  # fmt: skip

StreamName = tuple[str, str]


class RecordingLike(Protocol):
    """What is needed of a recording: whose it is, where it lies and when it was made."""

    @property
    def source(self) -> str:
        """Who speaks."""

    @property
    def stream(self) -> str:
        """`anime` or `ratings`."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def month(self) -> str | None:
        """Of ratings, the month that the file is of; None for what is whole."""

    @property
    def captured_at(self) -> datetime | None:
        """When it was recorded; None when nobody knows."""


@dataclass(frozen=True, order=True)
class _Landed:
    """A landed file, or one that would be landed, in the order in which later ones win."""

    captured_at: datetime
    landed_at: datetime
    path: str
    sha256: str
    partition: str | None = None


def fingerprint(settings: Settings, landing: Mapping[StreamName, list[str]]) -> str:
    """The hash (64 hexadecimal digits) of everything that the tables of a run depend on.

    Args:
        settings: those in force; seed, models and experiment count, and what HOME holds for matching.
        landing: what stands for the files of each stream, oldest first, as `landing_after` foresees them.
    """
    return stamp(base_fingerprint(settings), landing)


def base_fingerprint(settings: Settings, today: date | None = None) -> str:
    """The part of the fingerprint that is known before anything is landed: code, libraries, settings, matching.

    Args:
        settings: as for `fingerprint`.
        today: the day on which decisions must be in force; default is today, UTC.

    Raises:
        InputError: when a line of people's decisions cannot be understood.
    """
    home, other = Home(settings.home), resolve_input(settings).other
    words = {
        "code": code_version(),
        "libraries": {name: version(name) for name in _LIBRARIES}
        | {name: installed_version(name) for name in OPTIONAL_LIBRARIES},
        "matching": {
            "decisions": _decisions(home, other, today or datetime.now(UTC).date()),
            "matcher": _trained_matcher(home, other),
        },
        "models": _chosen_models(home, other),
        "settings": {
            "experiment": settings.experiment,
            "models": settings.models.split(","),
            "quick": settings.is_demo and settings.models == "auto",
            "retrain_percent": settings.retrain_percent,
            "seed": settings.seed,
        },
    }
    return sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


def landing_after(
    home: Home,
    recordings: Iterable[RecordingLike] = (),
    other: Home | None = None,
    now: datetime | None = None,
) -> dict[StreamName, list[str]]:
    """What stands for the files that each stream of the landing will have once the input is landed, oldest first.

    It follows the rule of `warehouse.landing.land_file` without copying anything.

    Args:
        home: whose landing.
        recordings: what a recordings directory would add, in the order of landing.
        other: another HOME whose landing would be adopted.
        now: the landing time; default is now.
    """
    moment = now or datetime.now(UTC)
    streams = _landed(home)
    for name, landed in (_landed(other) if other else {}).items():
        present = streams.get(name, [])
        paths = {one.path for one in present}
        streams[name] = sorted([*present, *(one for one in landed if one.path not in paths)])
    for recording in recordings:
        landed = streams.setdefault((recording.source, recording.stream), [])
        _foresee(landed, recording, digest_to_land(home, recording.source, recording.stream, recording.path), moment)
    return {
        name: [content_word(one.sha256, one.partition) for one in landed]
        for name, landed in sorted(streams.items())
        if landed
    }


def code_version() -> str:
    """The hash of the project's own files that make tables; names and contents, in the order of names."""
    root = Path(orchestration.__file__).parent.parent
    digest = sha256()
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*")):
            inside = path.relative_to(root)
            if path.suffix in _SUFFIXES and inside.parts[:2] not in _NO_TABLES:
                content = sha256(path.read_bytes()).hexdigest()
                digest.update(f"{inside.as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def decisions_of_people(home: Home, other: Home | None = None) -> list[Override]:
    """People's decisions on identity, once the other HOME is taken over.

    Raises:
        InputError: when a line of theirs cannot be understood.
    """
    own = home.decisions if other is None or home.decisions.is_file() else other.decisions
    try:
        return list(decisions_at_hand(sql_root() / "seeds" / FILE, own))
    except OverrideError as problem:
        raise InputError(f"people's decisions cannot be used: {problem}") from problem


def _decisions(home: Home, other: Home | None, today: date) -> list[str]:
    """The same, each with whether its time has run out."""
    found = decisions_of_people(home, other)
    in_time = set(in_force(found, today))
    return [f"{one!r} {'in time' if one in in_time else 'expired'}" for one in found]


def _trained_matcher(home: Home, other: Home | None) -> str:
    """The rule version of the matcher trained last, once the other HOME is taken over; '' for the shipped one."""
    training = training_in_force(read_events(_whose(home, other, LOG), LOG))
    return str(training["rule_version"]) if training else ""


def _chosen_models(home: Home, other: Home | None) -> dict[str, object]:
    """What a person promoted or measured besides, and what tuning found, once the other HOME is taken over.

    What the rules promote is not in it: they say the same again on an equal input.
    """
    held = hold(_whose(home, other, PROMOTIONS))
    return {
        "asked": sorted(f"{key} {figures}" for key, figures in kept_figures(_whose(home, other, PROMOTIONS)).items()),
        "held": {"model": held.model_type, "parameters": dict(held.parameters)} if held else None,
        "tuned": adopted(_whose(home, other, TUNINGS)),
    }


def _whose(home: Home, other: Home | None, log: str) -> Home:
    """The HOME whose log will be the one at hand once the other HOME is taken over: that with more events."""
    logs = [home] if other is None else [home, other]
    return max(logs, key=lambda one: len(event_files(one, log)))


def _landed(home: Home) -> dict[StreamName, list[_Landed]]:
    """What is landed now, by stream, oldest first."""
    return {
        (source, stream): [
            _Landed(one.captured_at, one.landed_at, one.path, one.sha256, one.partition)
            for one in landed_files(home, source, stream)
        ]
        for source, stream in landed_streams(home)
    }


def _foresee(landed: list[_Landed], recording: RecordingLike, digest: str, now: datetime) -> None:
    """Add the recording to the stream unless landing would find nothing new in it."""
    captured_at = recording.captured_at or now
    name = payload_name(captured_at, digest, recording.month, "".join(recording.path.suffixes[-2:]))
    path = str(PurePosixPath(recording.source, recording.stream, name))
    same = [one for one in landed if one.partition == recording.month]
    if is_known(same, digest, captured_at, captured_at == now) or any(one.path == path for one in same):
        return
    landed.append(_Landed(captured_at, now, path, digest, recording.month))
    landed.sort()
