"""The services that can be asked, by name. A new source is one file here and one line in this table."""

from __future__ import annotations

from collections.abc import Mapping

from adapters import anilist, jikan, kitsu, myanimelist
from adapters.base import Source

SERVICES: Mapping[str, Source] = {
    source.name: source for source in (anilist.SOURCE, kitsu.SOURCE, myanimelist.SOURCE, jikan.SOURCE)
}
