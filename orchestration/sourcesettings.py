"""The settings that only matter where services are asked: which, as whom, how fast, and where they live."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

#: In the order in which they are asked: MyAnimeList looks for ids that the others name.
LIVE_SOURCES = ("anilist", "kitsu", "myanimelist", "jikan", "imdb")
#: Asked when no setting says otherwise; MyAnimeList joins them when there is a client id.
DEFAULT_SOURCES = ("anilist", "kitsu")
#: The highest pace that can be chosen, in requests a minute.
MOST_PER_MINUTE = 100_000
_RATE = "requests a minute, e.g. 30; empty = the pace that the source asks for"


class SourceSettings(BaseSettings):
    """Settings of `--input live`; the demo's stand-ins heed the rates too."""

    sources: str = Field(
        "", description=f"sources with commas between them, of {', '.join(LIVE_SOURCES)}; empty = anilist,kitsu"
    )
    users: Path | None = Field(None, description="a file of `source,user` lines: the users whose lists are read")
    contact: str = Field(
        "", pattern=r"^[ -~]*$", description="an e-mail address or page that goes into the User-Agent, in ASCII"
    )
    hash_users: bool = Field(True, description="true or false (false: users' names are kept as they are)")
    myanimelist_client_id: str = Field(
        "", repr=False, pattern=r"^[!-~]*$", description="your client id from myanimelist.net/apiconfig"
    )
    queue_timeout: float = Field(
        21_600.0, gt=0, description="seconds to wait for other runs that ask the same service, e.g. 21600"
    )
    anilist_rate: float | None = Field(None, gt=0, le=MOST_PER_MINUTE, description=_RATE)
    kitsu_rate: float | None = Field(None, gt=0, le=MOST_PER_MINUTE, description=_RATE)
    myanimelist_rate: float | None = Field(None, gt=0, le=MOST_PER_MINUTE, description=_RATE)
    jikan_rate: float | None = Field(None, gt=0, le=MOST_PER_MINUTE, description=_RATE)
    imdb_rate: float | None = Field(None, gt=0, le=MOST_PER_MINUTE, description=_RATE)
    anilist_url: str = Field(
        "https://graphql.anilist.co", description="an address that begins with https:// or http://"
    )
    kitsu_url: str = Field("https://kitsu.app/api/edge", description="an address that begins with https:// or http://")
    myanimelist_url: str = Field(
        "https://api.myanimelist.net/v2", description="an address that begins with https:// or http://"
    )
    jikan_url: str = Field("https://api.jikan.moe/v4", description="an address that begins with https:// or http://")
    imdb_url: str = Field(
        "https://datasets.imdbws.com", description="an address that begins with https:// or http://, or a directory"
    )

    @field_validator("users", *(f"{source}_rate" for source in LIVE_SOURCES), mode="before")
    @classmethod
    def _empty(cls, given: object) -> object:
        """An empty text is no choice."""
        return None if given == "" else given

    @field_validator("sources")
    @classmethod
    def _known(cls, sources: str) -> str:
        """Only sources that can be asked."""
        unknown = [name for name in split_names(sources) if name not in LIVE_SOURCES]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no source")
        return sources

    @field_validator("anilist_url", "kitsu_url", "myanimelist_url", "jikan_url")
    @classmethod
    def _addressed(cls, url: str) -> str:
        """Only addresses of HTTP."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("no address")
        return url

    @field_validator(*(f"{source}_url" for source in LIVE_SOURCES))
    @classmethod
    def _nameless(cls, url: str) -> str:
        """No name and password in an address, which would end in messages and landed files."""
        if "@" in urlsplit(url).netloc:
            raise ValueError("a name or password in an address")
        return url

    @property
    def live_sources(self) -> tuple[str, ...]:
        """The sources that `--input live` asks, in that order."""
        named = split_names(self.sources)
        if named:
            return tuple(name for name in LIVE_SOURCES if name in named)
        return DEFAULT_SOURCES + (("myanimelist",) if self.myanimelist_client_id else ())

    def url_of(self, source: str) -> str:
        """Where a source is asked."""
        return str(getattr(self, f"{source}_url"))

    def rate_of(self, source: str) -> float | None:
        """Requests a minute that somebody chose for a source; None = its own pace."""
        chosen: float | None = getattr(self, f"{source}_rate")
        return chosen


def expanded(place: Path) -> Path:
    """The place with `~` as the home directory that it means.

    Raises:
        ValueError: when it is that of a user whom this machine does not know.
    """
    try:
        return place.expanduser()
    except RuntimeError as problem:
        raise ValueError(f"{place}: there is no such user here; write the directory out") from problem


def split_names(text: str) -> list[str]:
    """The names in a comma list, in lower case."""
    return [name.strip().lower() for name in text.split(",") if name.strip()]


def is_loopback(url: str) -> bool:
    """Whether an address leads nowhere but to this machine."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
