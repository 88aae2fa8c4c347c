"""IMDb's daily files: fetched at most once a day, landed whole."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from adapters import imdb
from adapters.downloading import Validators
from adapters.errors import Fatal
from adapters.gzipped import read_to_end
from adapters.headers import http_date
from assets.crawling import Crawling, Say, ServiceAccess
from assets.telling import Waiting
from warehouse.home import Home
from warehouse.landing import LandedFile, land_file, landed_files, newest_file
from warehouse.servicelock import service_turn

#: The file of each stream.
FILES = {name.replace(".", "_"): name for name in imdb.FILES}
#: The files are made once a day; nobody needs to look more often.
_EVERY = timedelta(hours=20)
_TOLD_EVERY_BYTES = 50_000_000


def download(home: Home, crawling: Crawling, stream: str, say: Say) -> str | None:
    """Fetch and land the newest file of a stream; returns its landed path, None when there is nothing new.

    Args:
        home: where it lands.
        crawling: whether, and where, IMDb may be asked.
        stream: which file.
        say: told how far it is.

    Where it cannot be had, whatever the reason, the file that was landed before stays in use.

    Raises:
        Fatal: when it cannot be had, and none was landed before.
        RecordingError: when the file that was landed before is damaged.
        LockTimeout: when other runs did not finish asking IMDb in time.
    """
    access = crawling.services.get(imdb.NAME)
    if access is None or crawling.ranges or not crawling.refreshes:
        return None
    if not _is_due(home, crawling, stream, newest_file(landed_files(home, imdb.NAME, stream))):
        return None
    purpose = f"download of {FILES[stream]}"
    with service_turn(home, imdb.NAME, purpose, crawling.queue_timeout_s, Waiting(say)):
        # Whoever was waited for may have landed it.
        earlier = newest_file(landed_files(home, imdb.NAME, stream))
        is_due = _is_due(home, crawling, stream, earlier)
        return _fetch(home, crawling, access, stream, earlier, say) if is_due else None


def _is_due(home: Home, crawling: Crawling, stream: str, earlier: LandedFile | None) -> bool:
    """Whether there may be a newer file than the one landed last."""
    if earlier is None:
        return True
    looked_at, mark = earlier.landed_at, _mark(home, stream)
    if mark.exists():
        looked_at = max(looked_at, datetime.fromtimestamp(mark.stat().st_mtime, UTC))
    return not (crawling.once or datetime.now(UTC) - looked_at < _EVERY)


def _mark(home: Home, stream: str) -> Path:
    """The file whose time says when nothing new was found last: a file may be made anew with nothing new in it."""
    return home.downloads / f".{FILES[stream]}.looked"


def _fetch(
    home: Home, crawling: Crawling, access: ServiceAccess, stream: str, earlier: LandedFile | None, say: Say
) -> str | None:
    """Fetch and land the file; it must be this process's turn, since a part of it may lie there to go on with."""
    home.downloads.mkdir(parents=True, exist_ok=True)
    target = home.downloads / f"{FILES[stream]}.tsv.gz"
    known = _known(home, earlier)
    try:
        place = imdb.open_place(access.base_url, **_how(crawling, access.per_minute))
        with nullcontext() if isinstance(place, Path) else place:
            fetched = imdb.fetch(place, FILES[stream], target, known=known, on_progress=_Bytes(say))
    except Fatal as problem:
        if earlier is None:
            raise
        say(f"{problem}. Going on with the file of {earlier.had_since:%Y-%m-%d}")
        return None
    landed = None
    if fetched is not None:
        origin = f"{access.base_url}/{target.name}"
        landed = land_file(home, imdb.NAME, stream, target, _made_at(fetched), origin=origin)
        target.unlink()
    if landed is None:
        _mark(home, stream).touch()
    return landed.path if landed else None


def _how(crawling: Crawling, per_minute: float | None) -> dict[str, object]:
    """As whom and how fast an address is asked; a directory needs neither."""
    return {"contact": crawling.contact, "per_minute": per_minute}


def _known(home: Home, earlier: LandedFile | None) -> imdb.Known:
    """What to say of the file landed last: when it was made, and how many rows it has, are what the landing tells."""
    if earlier is None:
        return imdb.NOTHING
    rows = read_to_end(earlier.file(home)).lines - 1
    # Where its server had stated a time to come, everything up to that would be nothing new to it.
    return imdb.Known(Validators(last_modified=format_datetime(earlier.had_since, usegmt=True)), rows)


def _made_at(fetched: imdb.Fetched) -> datetime:
    """When the file was made, as its server says; when it was fetched, where it does not or names a later time."""
    stated = http_date(fetched.known.version.last_modified)
    return fetched.fetched_at if stated is None else min(stated, fetched.fetched_at)


class _Bytes:
    """Says now and then how much of a file has come."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._told = 0

    def __call__(self, done: int, total: int | None) -> None:
        """Take in how many bytes there are, and how many there will be."""
        if done - self._told >= _TOLD_EVERY_BYTES:
            self._told = done
            self._say(f"{done / 1e6:,.0f} MB" + (f" of {total / 1e6:,.0f} MB" if total else ""))
