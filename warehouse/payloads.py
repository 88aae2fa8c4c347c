"""Payloads exactly as they came, append-only, each with a manifest; any table can be rebuilt from them.

The one rule: a landed file counts from the moment its manifest exists, and the manifest is written last.
Whatever a killed process leaves before that is ignored, and removed by the next landing of the same stream.
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path, PurePosixPath

from warehouse.errors import LandingError
from warehouse.files import copy_whole, directory_lock, remove_parts, write_whole
from warehouse.home import Home

#: The folder of landing/ that holds our own state instead of a source's payloads.
OWN_STATE = "osusume"
_SEGMENT = re.compile(r"[a-z0-9][a-z0-9_-]*")
_EXTENSIONS = (".jsonl.gz", ".csv.gz")
_MANIFEST = ".manifest.json"


@dataclass(frozen=True)
class LandedFile:
    """One payload file in the landing, as its manifest describes it.

    Attributes:
        source: the source it came from, e.g. `anilist`.
        stream: what it holds, `anime` or `ratings`.
        path: where it lies, relative to HOME/landing, with forward slashes.
        sha256: the hash of the file's bytes, in hexadecimal.
        bytes: the file's size.
        captured_at: when the content was read at the source, UTC; the landing time when nobody knows.
        landed_at: when it was landed, UTC.
        origin: where it was taken from, in words or as a relative name.
    """

    source: str
    stream: str
    path: str
    sha256: str
    bytes: int
    captured_at: datetime
    landed_at: datetime
    origin: str

    def file(self, home: Home) -> Path:
        """The payload file itself."""
        return home.landing / self.path


def land_file(
    home: Home,
    source: str,
    stream: str,
    file: Path,
    captured_at: datetime | None,
    *,
    origin: str | None = None,
    landed_at: datetime | None = None,
) -> LandedFile | None:
    """The landed copy of the file, or None when there is nothing new to land.

    Nothing is new when the landed file that was captured last before this one has the same content (the
    source had not changed), or when this very content was landed as captured at this very time. An undated
    file is nothing new either when it equals the newest landed file or the last undated one. So the same
    directory landed twice adds nothing, and A, B, A from one source lands three times.

    Args:
        home: where to land it.
        source: the source it comes from.
        stream: what it holds.
        file: a whole `.jsonl.gz` or `.csv.gz` file; it is copied byte for byte and stays where it is.
        captured_at: when its content was read at the source; None for an undated file = the landing time.
        origin: where it came from; default is the file's name.
        landed_at: the landing time; default is now.

    Raises:
        LandingError: when the file cannot be read or is of another kind, or a manifest is broken.
    """
    extension = _extension(file)
    directory = _stream_directory(home, source, stream)
    with directory_lock(directory):
        _clean(directory)
        sha256, size = _measure(file)
        earlier = landed_files(home, source, stream)
        landed_at = _utc(landed_at or datetime.now(UTC))
        captured_at = _utc(captured_at or landed_at)
        name = f"{captured_at:%Y%m%dT%H%M%SZ}-{sha256[:12]}{extension}"
        path = str(PurePosixPath(source, stream, name))
        if any(one.path == path for one in earlier) or _known(earlier, sha256, captured_at, captured_at == landed_at):
            return None
        landed = LandedFile(
            source,
            stream,
            path,
            sha256,
            size,
            captured_at,
            landed_at,
            file.name if origin is None else origin,
        )
        copy_whole(file, directory / name)
        if _measure(directory / name) != (sha256, size):
            (directory / name).unlink()
            raise LandingError(f"{file} changed while it was copied; land it again when nobody writes it")
        _write_manifest(directory / f"{name}{_MANIFEST}", landed)
    return landed


def landed_files(home: Home, source: str, stream: str) -> list[LandedFile]:
    """Every landed file of one stream, oldest first by (captured_at, landed_at, path); [] when none.

    Raises:
        LandingError: when a manifest is broken, or a file it describes is missing or of another size.
    """
    directory = _stream_directory(home, source, stream)
    manifests = sorted(directory.glob(f"*{_MANIFEST}")) if directory.is_dir() else []
    found = [_read_manifest(home, manifest) for manifest in manifests]
    return sorted(found, key=lambda one: (one.captured_at, one.landed_at, one.path))


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
    sha256, _ = _measure(landed.file(home))
    if sha256 != landed.sha256:
        raise LandingError(
            f"{landed.file(home)} is not what was landed: its sha256 is {sha256[:12]}..., its manifest says "
            f"{landed.sha256[:12]}.... Restore it from a copy, or delete it together with its manifest"
        )


def adopt_payloads(home: Home, other: Home) -> int:
    """Take over every landed payload of another HOME, manifests and all; returns how many were new.

    Raises:
        LandingError: when the other HOME's landing is broken.
    """
    taken = 0
    for source, stream in landed_streams(other):
        directory = _stream_directory(home, source, stream)
        with directory_lock(directory):
            _clean(directory)
            present = {one.path for one in landed_files(home, source, stream)}
            for landed in landed_files(other, source, stream):
                if landed.path in present:
                    continue
                verify(other, landed)
                copy_whole(landed.file(other), landed.file(home))
                name = PurePosixPath(landed.path).name
                _write_manifest(directory / f"{name}{_MANIFEST}", landed)
                taken += 1
    return taken


def segment(value: str, what: str) -> str:
    """The value, when it is fit to be one folder's name.

    Raises:
        LandingError: when it is not.
    """
    if not _SEGMENT.fullmatch(value):
        raise LandingError(f"{what} {value!r} cannot name a landing folder; use a-z, 0-9, _ and -")
    return value


def _known(earlier: list[LandedFile], sha256: str, captured_at: datetime, is_undated: bool) -> bool:
    """Whether this content says nothing that the landed files (oldest first) do not say already."""
    before = [one for one in earlier if one.captured_at <= captured_at]
    lists = [before]
    if is_undated:
        lists += [earlier, [one for one in earlier if one.captured_at == one.landed_at]]
    return any(one[-1].sha256 == sha256 for one in lists if one)


def _stream_directory(home: Home, source: str, stream: str) -> Path:
    """Where one stream lands."""
    if source == OWN_STATE:
        raise LandingError(f"{OWN_STATE!r} is no source: the folder holds our own events")
    return home.stream(segment(source, "source"), segment(stream, "stream"))


def _extension(file: Path) -> str:
    """The extension under which a payload file lands."""
    for extension in _EXTENSIONS:
        if file.name.endswith(extension):
            return extension
    raise LandingError(f"{file}: only {' and '.join(_EXTENSIONS)} files can be landed")


def _measure(file: Path) -> tuple[str, int]:
    """The sha256 and size of a file."""
    try:
        with file.open("rb") as content:
            return file_digest(content, "sha256").hexdigest(), content.tell()
    except OSError as problem:
        raise LandingError(f"{file} cannot be read: {problem.strerror or problem}") from problem


def _utc(moment: datetime) -> datetime:
    """The moment in UTC; a moment without zone is refused, since nobody could tell what it means."""
    if moment.tzinfo is None:
        raise LandingError(f"the time {moment.isoformat()} has no time zone; give it in UTC")
    return moment.astimezone(UTC)


def _clean(directory: Path) -> None:
    """Remove what a killed landing left: parts, and payloads without a manifest."""
    remove_parts(directory)
    for payload in directory.iterdir():
        manifest = payload.with_name(f"{payload.name}{_MANIFEST}")
        if payload.name.endswith(_EXTENSIONS) and not manifest.exists():
            payload.unlink()


def _write_manifest(target: Path, landed: LandedFile) -> None:
    """Write the sidecar that makes a landed file count."""
    words = asdict(landed) | {
        "captured_at": landed.captured_at.isoformat(),
        "landed_at": landed.landed_at.isoformat(),
    }
    write_whole(target, (json.dumps(words, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())


def _read_manifest(home: Home, manifest: Path) -> LandedFile:
    """The landed file that a manifest describes, present and of the right size."""
    try:
        words = json.loads(manifest.read_text(encoding="utf-8"))
        times = {name: _utc(datetime.fromisoformat(words[name])) for name in ("captured_at", "landed_at")}
        landed = LandedFile(**(words | times))
    except (ValueError, KeyError, TypeError) as problem:
        raise LandingError(
            f"{manifest} is not a manifest we wrote ({problem}); restore it, or delete it with its payload"
        ) from problem
    payload = manifest.with_name(manifest.name.removesuffix(_MANIFEST))
    if landed.path != payload.relative_to(home.landing).as_posix():
        raise LandingError(f"{manifest} describes {landed.path}, not the file beside it; restore both")
    if not payload.is_file():
        raise LandingError(f"{payload} is missing though its manifest is there; restore it from a copy")
    if payload.stat().st_size != landed.bytes:
        raise LandingError(
            f"{payload} has {payload.stat().st_size} bytes, its manifest says {landed.bytes}; restore it"
        )
    return landed
