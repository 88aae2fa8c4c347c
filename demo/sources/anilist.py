"""The world as AniList tells it: GraphQL `Media` objects with the fields of the catalogue query.

It prefers romaji, knows native titles, tags with weights and relations, and carries `idMal`, which is
sometimes missing and sometimes wrong. Links use the reserved host `anilist.example`, so that none leads to
a real page.
"""

from __future__ import annotations

import numpy as np

from demo.anime import Anime, Catalogue
from demo.naming import slug_of
from demo.randomness import Ints
from demo.schedule import TODAY_DAY
from demo.sources.base import FuzzyDate, Habits, Source
from demo.sources.numbers import distribution
from demo.vocabulary import MATERIALS, SPOILER_TAGS, TAGS

STATUS = {
    "FINISHED": "FINISHED",
    "AIRING": "RELEASING",
    "UPCOMING": "NOT_YET_RELEASED",
    "CANCELLED": "CANCELLED",
    "HIATUS": "HIATUS",
}
OTHER_FORMAT = {
    "TV": "ONA",
    "TV_SHORT": "TV",
    "ONA": "TV",
    "OVA": "SPECIAL",
    "SPECIAL": "OVA",
    "MOVIE": "SPECIAL",
    "MUSIC": "ONA",
}
RELATION = {
    "prequel": "PREQUEL",
    "sequel": "SEQUEL",
    "parent": "PARENT",
    "full_story": "PARENT",
    "side_story": "SIDE_STORY",
    "summary": "SUMMARY",
    "spin_off": "SPIN_OFF",
    "alternative": "ALTERNATIVE",
}
SEASONS = ("WINTER", "SPRING", "SUMMER", "FALL")
ID_MAL_MISSING = 0.07
ID_MAL_WRONG = 0.025
TAG_IDS = {name: 101 + place for place, name in enumerate(TAGS)}


class AniList(Source):
    """AniList's catalogue; needs MyAnimeList's ids to point at them."""

    name = "anilist"
    habits = Habits(
        known_least=0.52,
        known_most=0.96,
        later_entries=0.97,
        uncatalogued=0.04,
        own_style=0.3,
        respelled=0.3,
        rephrased=0.15,
        english_missing=0.3,
        native_missing=0.45,
        synonyms=0.3,
        date_days_off=0.1,
        date_weeks_off=0.03,
        date_year_off=0.008,
        date_month_only=0.03,
        date_year_only=0.02,
        date_missing=0.008,
        other_format=0.03,
        other_episodes=0.025,
        unknown_episodes=0.015,
        user_share=0.38,
    )

    def __init__(self, seed: int, catalogue: Catalogue, myanimelist: Source) -> None:
        super().__init__(seed, catalogue)
        self.claims = self._claims(myanimelist).tolist()

    def _claims(self, myanimelist: Source) -> Ints:
        """What `idMal` says for each anime, 0 = nothing; a wrong one mostly names a sibling."""
        draws, plan = self.draws, self.catalogue.plan
        rows = np.arange(plan.count)
        sibling = plan.first_row + (rows - plan.first_row + 1) % plan.size
        stranger = (draws.uniform("stranger") * plan.count).astype(np.int64)
        other = np.where((plan.size > 1) & draws.chance("sibling", 0.7), sibling, stranger)
        wrong = draws.chance("wrong idMal", ID_MAL_WRONG)
        claims = np.where(wrong, myanimelist.ids[other], myanimelist.ids)
        return np.where(draws.chance("no idMal", ID_MAL_MISSING), 0, claims)

    def record(self, row: int) -> dict[str, object]:
        """One `Media` object with every field of the catalogue query; null where AniList has nothing."""
        anime = self.anime(row)
        number = int(self.ids[row])
        return {
            "id": number,
            "idMal": self.claims[row] or None,
            "type": "ANIME",
            "format": self._format(row, anime),
            "status": STATUS[anime.status],
            "title": {
                "romaji": self.title(row).romaji,
                "english": self.english(row),
                "native": self.native(row),
            },
            "synonyms": self.synonyms(row),
            "description": self._description(row, anime),
            "startDate": _date(self.start(row)),
            "endDate": _date(self.end(row)),
            **self._season(row, anime),
            "episodes": self.episodes(row),
            "duration": anime.minutes if self._extra[row] % 25 else None,
            "countryOfOrigin": "JP",
            "isLicensed": True,
            "source": MATERIALS[anime.material][1] if self._extra[row] % 17 else None,
            "genres": list(anime.genres),
            "tags": self._tags(row, anime),
            **self._scores(row, anime),
            "isAdult": anime.is_adult,
            "isLocked": False,
            "hashtag": None,
            "siteUrl": f"https://anilist.example/anime/{number}",
            "updatedAt": TODAY_DAY * 86_400 - self._extra[row] * 5,
            **self._pictures(number),
            "studios": {"edges": self._studios(row, anime)},
            "relations": {"edges": self._relations(row, anime)},
            "externalLinks": self._links(row),
        }

    def _format(self, row: int, anime: Anime) -> str | None:
        if anime.status == "UPCOMING" and self._extra[row] % 10 == 0:
            return None
        return OTHER_FORMAT[anime.format] if self._other_format[row] else anime.format

    def _description(self, row: int, anime: Anime) -> str | None:
        if self._extra[row] % 16 == 0:
            return None
        first, *rest = anime.synopsis.split(". ")
        text = f"{first}.<br><br>\n{'. '.join(rest)}"
        if self._extra[row] % 3 == 0:
            text += f"<br><br>\n<i>Note: follows &quot;{anime.base.romaji}&quot;.</i>"
        return text + "<br><br>\n\n(Source: Demo &amp; Daughters)" if self._extra[row] % 2 else text

    def _season(self, row: int, anime: Anime) -> dict[str, object]:
        """Winter is December to February of the year in which it ends; films and the like often have none."""
        start = self.start(row)
        series = anime.format in ("TV", "TV_SHORT", "ONA")
        if start is None or start.month is None or not (series or self._extra[row] % 4 == 0):
            return {"season": None, "seasonYear": None}
        return {"season": SEASONS[start.month % 12 // 3], "seasonYear": start.year + (start.month == 12)}

    def _tags(self, row: int, anime: Anime) -> list[dict[str, object]]:
        shown = anime.tags if self.users[row] > 400 else anime.tags[:2]
        return [
            {
                "id": TAG_IDS[name],
                "name": name,
                "category": TAGS[name][0],
                "rank": rank,
                "isGeneralSpoiler": name in SPOILER_TAGS,
                "isMediaSpoiler": name in SPOILER_TAGS,
                "isAdult": False,
            }
            for name, rank in shown
        ]

    def _scores(self, row: int, anime: Anime) -> dict[str, object]:
        users = self.users[row]
        upcoming = anime.status == "UPCOMING"
        mean = min(97, max(25, round(67.5 + 8.0 * self._quality[row])))
        votes = 0 if upcoming else int(users * 0.45)
        planning = users if upcoming else int(users * 0.3)
        states = {"PLANNING": planning, "COMPLETED": 0 if upcoming else int(users * 0.55)}
        return {
            "averageScore": mean - (votes < 3000) if votes >= 60 else None,
            "meanScore": mean if votes >= 30 else None,
            "popularity": users,
            "favourites": int(users * 0.004 * 2.2 ** self._quality[row]),
            "trending": self._extra[row] % 7 if anime.status == "AIRING" else 0,
            "stats": {
                "scoreDistribution": [
                    {"score": 10 * place, "amount": amount}
                    for place, amount in enumerate(distribution(mean / 100, votes, 10), start=1)
                ],
                "statusDistribution": [{"status": state, "amount": amount} for state, amount in states.items()],
            },
        }

    def _pictures(self, number: int) -> dict[str, object]:
        place = f"https://img.anilist.example/cover/{{}}/{number}.png"
        sizes = {size: place.format(size) for size in ("extraLarge", "large", "medium")}
        return {"coverImage": {**sizes, "color": None}, "bannerImage": None}

    def _studios(self, row: int, anime: Anime) -> list[dict[str, object]]:
        """The studios as main, and on some records a producer, which is no studio, beside them."""
        names = self.catalogue.studios
        edges: list[dict[str, object]] = [
            {"isMain": True, "node": {"id": studio + 1, "name": names[studio], "isAnimationStudio": True}}
            for studio in anime.studios
        ]
        if self._extra[row] % 5 < 2:
            producer = self._extra[row] % len(names)
            node = {"id": 5001 + producer, "name": f"{names[producer]} Committee", "isAnimationStudio": False}
            edges.append({"isMain": False, "node": node})
        return edges if self._extra[row] % 13 else []

    def _relations(self, row: int, anime: Anime) -> list[dict[str, object]]:
        edges: list[dict[str, object]] = []
        for other, relation in anime.relations:
            if self.catalogued[other]:
                there = self.anime(other)
                node = {
                    "id": int(self.ids[other]),
                    "idMal": self.claims[other] or None,
                    "type": "ANIME",
                    "format": self._format(other, there),
                }
                edges.append({"id": 16 * row + len(edges) + 1, "relationType": RELATION[relation], "node": node})
        return edges

    def _links(self, row: int) -> list[dict[str, object]]:
        if self._extra[row] % 3:
            return []
        url = f"https://{slug_of(self.anime(row).base.romaji)}.example/"
        return [
            {
                "site": "Official Site",
                "siteId": 1,
                "url": url,
                "type": "INFO",
                "language": "Japanese",
                "isDisabled": False,
            }
        ]


def _date(when: FuzzyDate | None) -> dict[str, int | None]:
    """AniList's fuzzy date: the object is always there, its members may be null."""
    if when is None:
        return {"year": None, "month": None, "day": None}
    return {"year": when.year, "month": when.month, "day": when.day}
