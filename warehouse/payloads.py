"""Payloads exactly as they came, append-only, each with a manifest; any table can be rebuilt from them.

The one rule: a landed file counts from the moment its manifest exists, and the manifest is written last.
Whatever a killed process leaves before that is ignored, and removed by the next landing of the same stream.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path

from warehouse.errors import LandingError
from warehouse.files import remove_parts, write_whole
from warehouse.home import Home
from warehouse.segments import SEGMENT_EXTENSION

#: The folder of landing/ that holds our own state instead of a source's payloads.
OWN_STATE = "osusume"
_SEGMENT = re.compile(r"[a-z0-9][a-z0-9_-]*")
#: The longer ones first: a file is of the first kind that fits its name.
EXTENSIONS = (SEGMENT_EXTENSION, ".jsonl.gz", ".csv.gz", ".tsv.gz")
#: What the sidecar of a landed file is called beside the file's own name.
MANIFEST = ".manifest.json"


@dataclass(frozen=True)
class LandedFile:
    """One payload file in the landing, as its manifest describes it.

    Attributes:
        source: the source it came from, e.g. `anilist`.
        stream: what it holds, e.g. `anime` or `ratings`.
        path: where it lies, relative to HOME/landing, with forward slashes.
        sha256: the hash of the file's bytes, in hexadecimal.
        bytes: the file's size.
        captured_at: when the content was read at the source, UTC; the landing time when nobody knows.
        landed_at: when it was landed, UTC.
        origin: where it was taken from, in words or as a relative name.
        partition: which part of the stream it is, e.g. the month `2024-04` of ratings; a newer file of the same part
            replaces it. None for whole lists and catalogues, and for crawls, which say it in their own first line.
    """

    source: str
    stream: str
    path: str
    sha256: str
    bytes: int
    captured_at: datetime
    landed_at: datetime
    origin: str
    partition: str | None = None

    @property
    def had_since(self) -> datetime:
        """From when on its content was had: a time that is stated later than it was landed is a wrong one."""
        return min(self.captured_at, self.landed_at)

    def file(self, home: Home) -> Path:
        """The payload file itself."""
        return home.landing / self.path


def landed_files(home: Home, source: str, stream: str) -> list[LandedFile]:
    """Every landed file of one stream, oldest first by (captured_at, landed_at, path); [] when none.

    Raises:
        LandingError: when a manifest is broken, or a file it describes is missing or of another size.
    """
    return _described(home, source, stream, f"*{MANIFEST}")


def newest_file(landed: Iterable[LandedFile]) -> LandedFile | None:
    """The file that replaces the others of a stream of which one is held; a date to come keeps none in front."""
    return max(landed, key=lambda one: (one.had_since, one.landed_at, one.path), default=None)


def landed_of_part(home: Home, source: str, stream: str, partition: str | None) -> list[LandedFile]:
    """The landed files of one part of a stream (None = those that are no part), oldest first; [] when none.

    Raises:
        LandingError: as `landed_files`, for the files of this part.
    """
    # By name, so that landing years of months does not read the manifests of all for each.
    pattern = "*" if partition is None else f"*-{segment(partition, 'partition')}.*"
    found = _described(home, source, stream, f"{pattern}{MANIFEST}")
    return [one for one in found if one.partition == partition]


def payload_name(captured_at: datetime, sha256: str, partition: str | None, extension: str) -> str:
    """What the file of such a payload is called in its stream's directory."""
    part = "" if partition is None else f"-{segment(partition, 'partition')}"
    return f"{captured_at:%Y%m%dT%H%M%SZ}-{sha256[:12]}{part}{extension}"


def landed_streams(home: Home) -> list[tuple[str, str]]:
    """The (source, stream) pairs that have a landing directory, sorted; our own state is not among them."""
    directories = home.landing.glob("*/*/") if home.landing.is_dir() else ()
    pairs = {(directory.parent.name, directory.name) for directory in directories if directory.is_dir()}
    return sorted(pair for pair in pairs if pair[0] != OWN_STATE)


def verify(home: Home, landed: LandedFile) -> None:
    """Make sure that the landed file still has the content its manifest vouches for.

    Raises:
        LandingError: when it has not.
    """
    sha256, _ = measure(landed.file(home))
    if sha256 != landed.sha256:
        raise LandingError(
            f"{landed.file(home)} is not what was landed: its sha256 is {sha256[:12]}..., its manifest says "
            f"{landed.sha256[:12]}.... Restore it from a copy, or delete it together with its manifest"
        )


def segment(value: str, what: str) -> str:
    """The value, when it is fit to be one folder's name.

    Raises:
        LandingError: when it is not.
    """
    if not _SEGMENT.fullmatch(value):
        raise LandingError(f"{what} {value!r} cannot name a landing folder; use a-z, 0-9, _ and -")
    return value


def stream_directory(home: Home, source: str, stream: str) -> Path:
    """Where one stream lands."""
    if source == OWN_STATE:
        raise LandingError(f"{OWN_STATE!r} is no source: the folder holds our own events")
    return home.stream(segment(source, "source"), segment(stream, "stream"))


def measure(file: Path) -> tuple[str, int]:
    """The sha256 and size of a file."""
    try:
        with file.open("rb") as content:
            return file_digest(content, "sha256").hexdigest(), content.tell()
    except OSError as problem:
        raise LandingError(f"{file} cannot be read: {problem.strerror or problem}") from problem


def utc(moment: datetime) -> datetime:
    """The moment in UTC; a moment without zone is refused, since nobody could tell what it means."""
    if moment.tzinfo is None:
        raise LandingError(f"the time {moment.isoformat()} has no time zone; give it in UTC")
    return moment.astimezone(UTC)


def clean(directory: Path) -> None:
    """Remove what a killed landing left: parts, and payloads without a manifest."""
    remove_parts(directory)
    for payload in directory.iterdir():
        manifest = payload.with_name(f"{payload.name}{MANIFEST}")
        if payload.name.endswith(EXTENSIONS) and not manifest.exists():
            payload.unlink()


def write_manifest(target: Path, landed: LandedFile) -> None:
    """Write the sidecar that makes a landed file count."""
    words = asdict(landed) | {
        "captured_at": landed.captured_at.isoformat(),
        "landed_at": landed.landed_at.isoformat(),
    }
    if landed.partition is None:
        # What is no part is described as it was before there were parts, byte for byte.
        del words["partition"]
    write_whole(target, (json.dumps(words, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())


def _described(home: Home, source: str, stream: str, pattern: str) -> list[LandedFile]:
    """The landed files of a stream whose manifests have such names, oldest first."""
    directory = stream_directory(home, source, stream)
    manifests = sorted(directory.glob(pattern)) if directory.is_dir() else []
    found = [_read_manifest(home, manifest) for manifest in manifests]
    return sorted(found, key=lambda one: (one.captured_at, one.landed_at, one.path))


def _read_manifest(home: Home, manifest: Path) -> LandedFile:
    """The landed file that a manifest describes, present and of the right size."""
    try:
        words = json.loads(manifest.read_text(encoding="utf-8"))
        times = {name: utc(datetime.fromisoformat(words[name])) for name in ("captured_at", "landed_at")}
        landed = LandedFile(**(words | times))
    except (ValueError, KeyError, TypeError) as problem:
        raise LandingError(
            f"{manifest} is not a manifest we wrote ({problem}); restore it, or delete it with its payload"
        ) from problem
    payload = manifest.with_name(manifest.name.removesuffix(MANIFEST))
    if landed.path != payload.relative_to(home.landing).as_posix():
        raise LandingError(f"{manifest} describes {landed.path}, not the file beside it; restore both")
    if not payload.is_file():
        raise LandingError(f"{payload} is missing though its manifest is there; restore it from a copy")
    if payload.stat().st_size != landed.bytes:
        raise LandingError(
            f"{payload} has {payload.stat().st_size} bytes, its manifest says {landed.bytes}; restore it"
        )
    return landed
