"""The world as Kitsu tells it: JSON:API resources of type "anime", read with sparse fields.

There are no relationships in such an answer. Titles by locale, a slug that is often all that is left of the
romaji, dates that are always whole (an unknown month or day is 01), many later seasons missing, and split
seasons counted as one. Adult titles are hidden from anonymous readers, as the real service does. Links use
the reserved host `kitsu.example`.
"""

from __future__ import annotations

import numpy as np

from demo.anime import Anime, Catalogue
from demo.franchises import PART
from demo.naming import slug_of
from demo.schedule import TODAY_DAY
from demo.sources.base import FuzzyDate, Habits, Source
from demo.sources.numbers import distribution

SUBTYPE = {
    "TV": "TV",
    "TV_SHORT": "TV",
    "MOVIE": "movie",
    "OVA": "OVA",
    "ONA": "ONA",
    "SPECIAL": "special",
    "MUSIC": "music",
}
OTHER_SUBTYPE = {
    "TV": "ONA",
    "TV_SHORT": "ONA",
    "MOVIE": "special",
    "OVA": "special",
    "ONA": "TV",
    "SPECIAL": "OVA",
    "MUSIC": "special",
}
STATUS = {"FINISHED": "finished", "AIRING": "current", "CANCELLED": "finished", "HIATUS": "current"}
BARE_SEQUELS = 0.09  # later seasons whose canonical title has no number at all; the slug may still have it
PARTS_MERGED = 0.5  # of the seasons whose second part is missing: counted with the first


class Kitsu(Source):
    """Kitsu's catalogue as an anonymous reader sees it."""

    name = "kitsu"
    hides_adult = True
    habits = Habits(
        known_least=0.52,
        known_most=0.97,
        later_entries=0.84,
        uncatalogued=0.05,
        own_style=0.36,
        respelled=0.36,
        rephrased=0.25,
        english_missing=0.25,
        native_missing=0.6,
        synonyms=0.24,
        date_days_off=0.1,
        date_weeks_off=0.03,
        date_year_off=0.012,
        date_month_only=0.45,
        date_year_only=0.06,
        date_missing=0.02,
        other_format=0.05,
        other_episodes=0.03,
        unknown_episodes=0.03,
        user_share=0.16,
    )

    def __init__(self, seed: int, catalogue: Catalogue) -> None:
        super().__init__(seed, catalogue)
        draws, plan = self.draws, catalogue.plan
        self._merge_parts()
        self._english_first = draws.chance("english canonical", 0.55).tolist()
        self._romaji_given = (~draws.chance("romaji given", 0.45)).tolist()
        self._bare = (draws.chance("bare", BARE_SEQUELS) & (plan.depth > 0)).tolist()
        self._slugs = self._all_slugs()

    def _merge_parts(self) -> None:
        """Count the episodes of some missing second parts with the season's first part."""
        plan = self.catalogue.plan
        second = (plan.role == PART) & (plan.part == 2) & ~self.known
        merged = second & self.draws.chance("merged", PARTS_MERGED)
        episodes = np.array(self._episodes)
        season = plan.predecessor[merged]
        added = np.where(episodes[season] > 0, self.catalogue.schedule.episodes[merged], 0)
        episodes[season] += added
        self._episodes = episodes.tolist()

    def _all_slugs(self) -> dict[int, str]:
        """One slug for each catalogued row, mostly from the romaji; a taken one gets the next free number."""
        taken: set[str] = set()
        slugs: dict[int, str] = {}
        for row in self.rows():
            title = self.title(row)
            plain = slug_of(title.english if self._extra[row] % 7 < 3 else title.romaji)
            slug, number = plain, 1
            while slug in taken:
                number += 1
                slug = f"{plain}-{number}"
            taken.add(slug)
            slugs[row] = slug
        return slugs

    def record(self, row: int) -> dict[str, object]:
        """One JSON:API resource with every attribute; null where Kitsu has nothing."""
        number = str(self.ids[row])
        link = f"https://kitsu.example/api/edge/anime/{number}"
        anime = self.anime(row)
        attributes = {
            "createdAt": f"{2012 + self._extra[row] % 13}-02-20T16:24:13.528Z",
            "updatedAt": "2026-06-29T12:00:04.037Z",
            "slug": self._slugs[row],
            **self._texts(row, anime),
            "coverImageTopOffset": 0,
            **self._titles(row, anime),
            **self._votes(row, anime),
            "startDate": _date(self.start(row)),
            "endDate": _date(self.end(row)),
            "nextRelease": None,
            **self._rating(row, anime),
            **self._shape(row, anime),
            "posterImage": {"original": f"https://media.kitsu.example/anime/{number}/original.jpg"},
            "coverImage": None,
            "youtubeVideoId": None,
            "nsfw": False,
        }
        return {"id": number, "type": "anime", "links": {"self": link}, "attributes": attributes}

    def _texts(self, row: int, anime: Anime) -> dict[str, object]:
        text = None if self._extra[row] % 20 == 0 else anime.synopsis.replace(". ", ".\n", 1)
        if text and self._extra[row] % 2:
            text += "\n\n(Source: Demo Rewrite)"
        return {"synopsis": text, "description": text}

    def _titles(self, row: int, anime: Anime) -> dict[str, object]:
        title, english, native = self.title(row), self.english(row), self.native(row)
        romaji = anime.base.romaji if self._bare[row] else title.romaji
        canonical = english if english and self._english_first[row] else romaji
        titles: dict[str, str | None] = {}
        if english:
            titles["en"] = english
        if self._romaji_given[row] or canonical == romaji:
            titles["en_jp"] = romaji
        if english and self._extra[row] % 3 == 0:
            titles["en_us"] = english
        if native or self._extra[row] % 4 == 0:
            titles["ja_jp"] = native
        others: list[str | None] = [*self.synonyms(row)]
        if self._extra[row] % 50 == 0:
            others.insert(0, None)
        abbreviated = others if others or self._extra[row] % 6 else None
        return {"titles": titles, "canonicalTitle": canonical, "abbreviatedTitles": abbreviated}

    def _votes(self, row: int, anime: Anime) -> dict[str, object]:
        users = self.users[row]
        votes = 0 if anime.status == "UPCOMING" else int(users * 0.3)
        mean = min(95.0, max(20.0, 69.0 + 6.0 * self._quality[row]))
        counts = distribution(mean / 100, votes, 20)[1:]
        return {
            "averageRating": f"{mean:.2f}" if votes >= 50 else None,
            "ratingFrequencies": {str(step): str(count) for step, count in enumerate(counts, start=2) if count},
            "userCount": users,
            "favoritesCount": int(users * 0.01) if self._extra[row] % 40 else None,
            "popularityRank": self.popularity_rank[row],
            "ratingRank": self.popularity_rank[row] if votes >= 50 else None,
        }

    def _rating(self, row: int, anime: Anime) -> dict[str, object]:
        rough = bool({"Ecchi", "Horror"} & set(anime.genres))
        rating = "R" if rough else ("G" if "Mahou Shoujo" in anime.genres else "PG")
        if self._extra[row] % 16 == 1:
            return {"ageRating": None, "ageRatingGuide": None}
        guide = {"R": "17+ (violence & profanity)", "G": "All Ages", "PG": "Teens 13 or older"}[rating]
        return {"ageRating": rating, "ageRatingGuide": guide if self._extra[row] % 5 else None}

    def _shape(self, row: int, anime: Anime) -> dict[str, object]:
        episodes = self.episodes(row)
        minutes = anime.minutes if self._extra[row] % 20 else None
        subtype = OTHER_SUBTYPE[anime.format] if self._other_format[row] else SUBTYPE[anime.format]
        return {
            "subtype": subtype,
            "showType": subtype,
            "status": self._status(row, anime),
            "tba": "TBA" if self.start(row) is None else None,
            "episodeCount": episodes,
            "episodeLength": minutes,
            "totalLength": (episodes or 0) * (minutes or 0),
        }

    def _status(self, row: int, anime: Anime) -> str | None:
        """Kitsu works it out from its own dates: no date is "tba", three months ahead are "upcoming"."""
        if self._extra[row] % 60 == 0:
            return None
        if anime.status != "UPCOMING":
            return STATUS[anime.status]
        if self.start(row) is None:
            return "tba"
        return "upcoming" if anime.start <= TODAY_DAY + 92 else "unreleased"


def _date(when: FuzzyDate | None) -> str | None:
    """Always a whole date: Kitsu stores an unknown month or day as 01."""
    return None if when is None else f"{when.year:04d}-{when.month or 1:02d}-{when.day or 1:02d}"
