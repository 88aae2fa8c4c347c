"""The world as MyAnimeList tells it: v2 nodes, in which a value that does not exist is left out, not null.

Titles are romaji with English and Japanese alternatives ("" where missing), dates may be a month or a year
only, an unknown number of episodes is 0 and lengths are seconds. Winter is January to March here, unlike
the other two.
"""

from __future__ import annotations

from demo.anime import Anime
from demo.sources.base import FuzzyDate, Habits, Source
from demo.vocabulary import ADULT_GENRE, GENRES, MATERIALS, TAGS

MEDIA_TYPE = {
    "TV": "tv",
    "TV_SHORT": "tv",
    "MOVIE": "movie",
    "OVA": "ova",
    "ONA": "ona",
    "SPECIAL": "special",
    "MUSIC": "music",
}
OTHER_MEDIA_TYPE = {
    "TV": "ona",
    "TV_SHORT": "ona",
    "MOVIE": "special",
    "OVA": "special",
    "ONA": "tv",
    "SPECIAL": "tv_special",
    "MUSIC": "pv",
}
STATUS = {
    "FINISHED": "finished_airing",
    "AIRING": "currently_airing",
    "UPCOMING": "not_yet_aired",
    "CANCELLED": "finished_airing",
    "HIATUS": "currently_airing",
}
RELATION = {
    "prequel": "Prequel",
    "sequel": "Sequel",
    "parent": "Parent story",
    "full_story": "Full story",
    "side_story": "Side story",
    "summary": "Summary",
    "spin_off": "Spin-off",
    "alternative": "Alternative version",
}
SEASONS = ("winter", "spring", "summer", "fall")
# MyAnimeList lists genres and themes together; these tags of the world are themes there
THEMES = tuple(
    name for name in TAGS if TAGS[name][0].startswith(("Theme-Action", "Theme-Other", "Setting", "Theme-Game"))
)
GENRE_NAMES = {"Mahou Shoujo": "Magical Girl", "Thriller": "Suspense"}
NAME_IDS = {name: place for place, name in enumerate((*GENRES, ADULT_GENRE, *THEMES), start=1)}
DETAIL_SHARE = 5  # of 10 records come from the detail endpoint, which alone gives relations


class MyAnimeList(Source):
    """MyAnimeList's catalogue, adult titles included (`nsfw=true`)."""

    name = "myanimelist"
    habits = Habits(
        known_least=0.66,
        known_most=0.99,
        later_entries=1.0,
        uncatalogued=0.05,
        own_style=0.28,
        respelled=0.28,
        rephrased=0.18,
        english_missing=0.35,
        native_missing=0.12,
        synonyms=0.32,
        date_days_off=0.06,
        date_weeks_off=0.02,
        date_year_off=0.006,
        date_month_only=0.08,
        date_year_only=0.2,
        date_missing=0.02,
        other_format=0.04,
        other_episodes=0.025,
        unknown_episodes=0.06,
        user_share=1.0,
    )

    def record(self, row: int) -> dict[str, object]:
        """One v2 node with the fields that exist for it."""
        anime = self.anime(row)
        number = int(self.ids[row])
        title = self.title(row).romaji
        names = {"synonyms": self.synonyms(row), "en": self.english(row) or "", "ja": self.native(row) or ""}
        node: dict[str, object] = {
            "id": number,
            "title": title,
            "main_picture": {"medium": f"https://img.myanimelist.example/anime/{number}.jpg"},
            "alternative_titles": names,
            "start_date": _date(self.start(row)),
            "end_date": _date(self.end(row)),
            "synopsis": anime.synopsis if self._extra[row] % 18 else None,
            **self._scores(row, anime),
            "nsfw": "black" if anime.is_adult else ("gray" if "Ecchi" in anime.genres else "white"),
            "genres": self._genres(anime),
            "created_at": f"{2006 + self._extra[row] % 20}-03-11T08:12:40+00:00",
            "updated_at": f"2026-0{1 + self._extra[row] % 6}-1{self._extra[row] % 10}T04:31:08+00:00",
            **self._shape(row, anime),
            "rating": self._age_rating(row, anime),
            "studios": self._studios(row, anime),
        }
        if self._is_detail(row):
            node["related_anime"] = self._related(anime)
        return {key: value for key, value in node.items() if value is not None}

    def _is_detail(self, row: int) -> bool:
        return bool(self._extra[row] // 10 % 10 < DETAIL_SHARE)

    def _scores(self, row: int, anime: Anime) -> dict[str, object]:
        users = self.users[row]
        votes = 0 if anime.status == "UPCOMING" else int(users * 0.55)
        mean = min(9.3, max(2.0, 6.8 + 0.75 * self._quality[row]))
        return {
            "mean": round(mean, 2) if votes >= 20 else None,
            "rank": self.popularity_rank[row] if votes >= 50 and not anime.is_adult else None,
            "popularity": self.popularity_rank[row],
            "num_list_users": users,
            "num_scoring_users": votes,
        }

    def _genres(self, anime: Anime) -> list[dict[str, object]]:
        themes = [name for name, rank in anime.tags if name in THEMES and rank >= 75]
        names = [*anime.genres, *themes[:2]]
        return [{"id": NAME_IDS[name], "name": GENRE_NAMES.get(name, name)} for name in names]

    def _shape(self, row: int, anime: Anime) -> dict[str, object]:
        start = self.start(row)
        season = None
        if start is not None and start.month is not None and anime.format in ("TV", "TV_SHORT", "ONA"):
            season = {"year": start.year, "season": SEASONS[(start.month - 1) // 3]}
        kind = OTHER_MEDIA_TYPE[anime.format] if self._other_format[row] else MEDIA_TYPE[anime.format]
        if anime.status == "UPCOMING" and self._extra[row] % 8 == 0:
            kind = "unknown"
        known = self._extra[row] % 11
        return {
            "media_type": kind,
            "status": STATUS[anime.status],
            "num_episodes": self.episodes(row) or 0,
            "start_season": season,
            "source": MATERIALS[anime.material][2] if known else None,
            "average_episode_duration": 60 * anime.minutes if known != 1 else 0,
        }

    def _age_rating(self, row: int, anime: Anime) -> str | None:
        if anime.is_adult:
            return "rx"
        if self._extra[row] % 9 == 0:
            return None
        if "Ecchi" in anime.genres:
            return "r+"
        return "r" if "Horror" in anime.genres else ("g" if "Mahou Shoujo" in anime.genres else "pg_13")

    def _studios(self, row: int, anime: Anime) -> list[dict[str, object]]:
        if self._extra[row] % 7 == 0:
            return []
        return [{"id": 3 * studio + 2, "name": self.catalogue.studios[studio]} for studio in anime.studios]

    def _related(self, anime: Anime) -> list[dict[str, object]]:
        return [
            {
                "node": {"id": int(self.ids[other]), "title": self.title(other).romaji},
                "relation_type": RELATION[relation].lower().replace(" ", "_").replace("-", "_"),
                "relation_type_formatted": RELATION[relation],
            }
            for other, relation in anime.relations
            if self.catalogued[other]
        ]


def _date(when: FuzzyDate | None) -> str | None:
    """YYYY-MM-DD, YYYY-MM or YYYY, as much as is known."""
    if when is None:
        return None
    parts = [f"{when.year:04d}"] + [f"{part:02d}" for part in (when.month, when.day) if part is not None]
    return "-".join(parts)
