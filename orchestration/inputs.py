"""What a run reads: the demo world, the live services, a recordings directory, or the HOME of an earlier run.

The one rule: an input is found good before anything is written, and a HOME keeps to one kind of world:
made-up anime never mix with real ones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from adapters.errors import AdapterError
from adapters.recordings import LAYOUT, Recording, read_recordings
from orchestration.errors import InputError
from orchestration.settings import DEMO, Settings
from orchestration.sourcesettings import expanded
from warehouse.files import part_path, put_in_place, write_whole
from warehouse.home import Home

Kind = Literal["demo", "live", "recordings", "home"]
#: What lies in a HOME that lost its marker or has none yet; anything else in a directory without one is not ours.
_OURS = frozenset(
    (
        "dagster",
        "demo",
        "downloads",
        "landing",
        "lock",
        "match_overrides.csv",
        "matching",
        "mlflow",
        "models",
        "published",
        "reports",
        "salt",
        "warehouse.duckdb",
    )
)


@dataclass(frozen=True)
class RunInput:
    """One input, found on the disk but not yet read.

    Attributes:
        kind: what it is.
        directory: the recordings directory, which for the demo may have to be made first; None for a HOME and
            for live services.
        other: the HOME to take over; None for the others.
        world: what the HOME's marker says about it: `{"world": "recordings"}`, which live answers are as well,
            or the demo's parameters.
        sources: the live services that are asked.
    """

    kind: Kind
    directory: Path | None
    other: Home | None
    world: dict[str, Any]
    sources: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The input in words."""
        if self.kind == "demo":
            return f"the demo world (generated, seed {self.world['seed']})"
        if self.kind == "live":
            return f"the live services {', '.join(self.sources)}"
        return str(self.directory) if self.other is None else f"what was landed in {self.other.root}"

    @property
    def setting(self) -> str:
        """The input as a setting that names it to a process which works in another directory."""
        place = self.directory if self.other is None else self.other.root
        return self.kind if self.kind == "demo" or place is None else str(place.absolute())


def recordings_directory(settings: Settings) -> Path | None:
    """The directory that runs land from; None where everything is rebuilt from what was landed."""
    return resolve_input(settings).directory


def resolve_input(settings: Settings) -> RunInput:
    """The input that the settings name; nothing is opened, and a missing path is found later.

    Raises:
        InputError: when a HOME's marker cannot be read.
    """
    home = Home(settings.home)
    if settings.is_live:
        return RunInput("live", None, None, {"world": "recordings"}, settings.live_sources)
    if settings.is_demo:
        world = demo_world(settings)
        name = "served-seed{seed}-{anime}x{users}x{ratings}".format_map(world)
        return RunInput("demo", home.root / "demo" / name, None, world)
    try:
        path = expanded(Path(settings.input))
    except ValueError as problem:
        raise InputError(f"the input {problem}") from problem
    if (path / "landing").is_dir():
        other = Home(path)
        return RunInput("home", None, other, read_marker(other) or {"world": "recordings"})
    return RunInput("recordings", path, None, {"world": "recordings"})


def resolve_own_input(settings: Settings) -> RunInput:
    """The input that the settings name; for a HOME of recordings, when none was named, what was landed in it.

    For commands that look at a HOME as it is, so that they need not be told again what it was made from.

    Raises:
        InputError: as `resolve_input`, and for a HOME whose marker cannot be read.
    """
    chosen = resolve_input(settings)
    home = Home(settings.home)
    held = read_marker(home)
    if "input" in settings.model_fields_set or held is None or held["world"] == chosen.world["world"]:
        return chosen
    return RunInput("home", None, home, held)


def demo_world(settings: Settings) -> dict[str, Any]:
    """What makes one demo world another."""
    return {
        "world": DEMO,
        "seed": settings.seed,
        "anime": settings.demo_anime,
        "users": settings.demo_users,
        "ratings": settings.demo_ratings,
    }


def read_input(chosen: RunInput) -> list[Recording]:
    """The recordings of the input, every file read to its end; [] for a HOME and for live services.

    Raises:
        InputError: naming the file (and line) that cannot be used, and what to do.
    """
    if chosen.directory is None:
        return []
    try:
        return read_recordings(chosen.directory)
    except AdapterError as problem:
        hint = "" if LAYOUT in str(problem) else f"\nExpected in a recordings directory: {LAYOUT}"
        raise InputError(f"the input cannot be used: {problem}{hint}") from problem


def inherit(home: Home, chosen: RunInput) -> None:
    """Give a HOME that takes another one over what people and chance put into that one, unless it has its own.

    That is the salt, so that users keep their hashes, and the decisions about identity.
    """
    if chosen.other is None:
        return
    for own, theirs in ((home.salt, chosen.other.salt), (home.decisions, chosen.other.decisions)):
        if theirs.is_file() and not own.exists():
            home.root.mkdir(parents=True, exist_ok=True)
            part = part_path(own)
            part.touch(mode=0o600)
            part.write_bytes(theirs.read_bytes())
            put_in_place(part, own)


def read_marker(home: Home) -> dict[str, Any] | None:
    """What HOME's marker says about its world; None when it has none.

    Raises:
        InputError: when the marker cannot be read.
    """
    if not home.marker.is_file():
        return None
    try:
        marker = json.loads(home.marker.read_text(encoding="utf-8"))
        return dict(marker) | {"world": str(marker["world"])}
    except (ValueError, KeyError, TypeError, OSError) as problem:
        raise InputError(
            f"{home.marker} is not a marker of ours ({problem!r}); restore it, or choose another --home"
        ) from problem


def refuse_other_world(home: Home, chosen: RunInput) -> None:
    """Raise InputError when the input is not there, the HOME holds another world, or is no HOME of ours."""
    _refuse_missing_input(chosen)
    held = read_marker(home)
    if held is None:
        _refuse_foreign_directory(home)
        return
    differing = [name for name in chosen.world if held.get(name) != chosen.world[name]]
    if not differing:
        return
    if held["world"] != chosen.world["world"]:
        holds, wants = (_kind_in_words(one["world"]) for one in (held, chosen.world))
        raise InputError(
            f"{home.root} holds {holds}, this run reads {wants}: {chosen.label}. The two never share a HOME. "
            f"Choose another, e.g. --home {home.root}-{chosen.world['world']}, or delete {home.root} first. To "
            f"work on what was landed in it, say so: --input {home.root}"
        )
    raise InputError(
        f"{home.root} holds another demo world: "
        + ", ".join(f"{name} {held.get(name)} instead of {chosen.world[name]}" for name in differing)
        + f". Choose another HOME, e.g. --home {home.root}-2, or delete {home.root} first"
    )


def write_marker(home: Home, chosen: RunInput) -> None:
    """Say in the HOME which world it holds."""
    home.root.mkdir(parents=True, exist_ok=True)
    if read_marker(home) is None:
        write_whole(home.marker, (json.dumps(chosen.world, indent=2, sort_keys=True) + "\n").encode())


def _refuse_missing_input(chosen: RunInput) -> None:
    """Raise InputError when the input names a place that is no directory: nobody knows what it would hold."""
    if chosen.kind != "recordings" or chosen.directory is None or chosen.directory.is_dir():
        return
    problem = "is not a directory" if chosen.directory.exists() else "does not exist"
    raise InputError(
        f"the input {chosen.directory.absolute()} {problem}. Name demo, live, the HOME of an earlier run or a "
        f"recordings directory (--input, OSUSUME_INPUT).\nExpected in a recordings directory: {LAYOUT}"
    )


def _refuse_foreign_directory(home: Home) -> None:
    """Raise InputError when HOME is no directory, or a directory that holds something else."""
    if home.root.exists() and not home.root.is_dir():
        raise InputError(f"--home {home.root} is a file; name a directory, which is made if it does not exist")
    present = home.root.iterdir() if home.root.is_dir() else ()
    foreign = sorted(
        path.name for path in present if path.name not in _OURS and not path.name.startswith((".", "warehouse."))
    )
    if foreign:
        raise InputError(
            f"--home {home.root} is no HOME of osusume, and not empty: it holds {', '.join(foreign[:5])}. "
            "Name a new or an empty directory"
        )


def _kind_in_words(world: str) -> str:
    """A world for a sentence."""
    return "the generated demo world" if world == DEMO else "real recordings"
