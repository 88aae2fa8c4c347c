"""How each source tells the true anime: its ids, gaps, spellings and mistakes, in its own record shape."""

from __future__ import annotations

from demo.anime import Catalogue
from demo.sources.anilist import AniList
from demo.sources.base import Source
from demo.sources.kitsu import Kitsu
from demo.sources.myanimelist import MyAnimeList

SOURCE_NAMES = ("anilist", "kitsu", "myanimelist")


def make_sources(seed: int, catalogue: Catalogue) -> dict[str, Source]:
    """The three sources by name, in the order of `SOURCE_NAMES`."""
    myanimelist = MyAnimeList(seed, catalogue)
    return {
        "anilist": AniList(seed, catalogue, myanimelist),
        "kitsu": Kitsu(seed, catalogue),
        "myanimelist": myanimelist,
    }
