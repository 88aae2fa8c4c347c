"""What Kitsu knows around an anime: mappings to other sites, categories, productions and related media."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from demo.anime import Anime
from demo.naming import slug_of
from demo.randomness import Draws
from demo.services.kitsu_resources import Resource
from demo.vocabulary import GENRES, TAGS
from demo.world import World

RELATIONSHIPS = (
    "genres",
    "categories",
    "castings",
    "installments",
    "mappings",
    "reviews",
    "mediaRelationships",
    "characters",
    "staff",
    "productions",
    "quotes",
    "episodes",
    "streamingLinks",
    "animeProductions",
    "animeCharacters",
    "animeStaff",
)
ROLES = {
    "prequel": "prequel",
    "sequel": "sequel",
    "parent": "parent_story",
    "full_story": "full_story",
    "side_story": "side_story",
    "summary": "summary",
    "spin_off": "spinoff",
    "alternative": "alternative_version",
}
STAMPS: dict[str, object] = {"createdAt": "2017-05-31T06:38:34.881Z", "updatedAt": "2024-10-02T01:31:01.397Z"}
MAPPING_MISSING = {"myanimelist": 0.10, "anilist": 0.18}
MAPPING_STALE = 0.02
BARE_ANILIST = 0.05  # mappings from before the site's name was split by kind
CATEGORY_RANK = 60  # tags that weigh less are no categories
CATEGORY_IDS = {name: str(place) for place, name in enumerate((*GENRES, *TAGS), start=1)}
PER_ANIME = 32  # ids kept free for what belongs to one anime


class Mapping(NamedTuple):
    """Where an anime is said to be elsewhere."""

    site: str
    external_id: str


class Surroundings:
    """Answers for the relationships of an anime; another anime is looked up among what can be seen."""

    def __init__(self, world: World, look_up: Callable[[str], Resource | None]) -> None:
        self._world, self._teller, self._look_up = world, world.sources["kitsu"], look_up
        draws = Draws(world.seed, "kitsu service", len(world.catalogue))
        self._missing = {name: draws.chance(f"no {name}", share).tolist() for name, share in MAPPING_MISSING.items()}
        self._stale = draws.chance("stale", MAPPING_STALE).tolist()
        self._bare = draws.chance("bare anilist", BARE_ANILIST).tolist()
        self._other = draws.integer("other ids", 1, 99_999).tolist()
        rows = self._teller.rows()
        self._media_counts = Counter(name for row in rows for name in _categories(self._teller.anime(row)))
        self._told: dict[tuple[int, str], list[Resource]] = {}

    def of(self, row: int, name: str) -> Sequence[Resource]:
        """The resources behind one relationship of the anime of this row; empty where there are none."""
        tellers: dict[str, Callable[[int], list[Resource]]] = {
            "mappings": self._mappings,
            "categories": self._categories,
            "genres": self._genres,
            "animeProductions": self._productions,
            "mediaRelationships": self._media_relationships,
        }
        if name not in tellers:
            return ()
        if (row, name) not in self._told:
            self._told[row, name] = tellers[name](row)
        return self._told[row, name]

    def mappings(self, row: int) -> list[Mapping]:
        """The mappings of the anime of this row, at most one for a site; a few are stale."""
        plan = self._world.catalogue.plan
        first = int(plan.first_row[row])
        sibling = first + (row - first + 1) % int(plan.size[row])
        found = []
        for source in ("myanimelist", "anilist"):
            number = int(self._world.sources[source].ids[sibling if self._stale[row] else row])
            if number and not self._missing[source][row]:
                bare = source == "anilist" and self._bare[row]
                found.append(Mapping(source if bare else f"{source}/anime", str(number)))
        other = self._other[row]
        if other % 3 == 0:
            found.append(Mapping("anidb", str(other)))
        if other % 5 == 0:
            season = self._teller.anime(row).season
            found.append(Mapping("thetvdb", f"{70_000 + first}/{season}"))
        return found

    def _mappings(self, row: int) -> list[Resource]:
        return [
            Resource(
                "mappings",
                str(PER_ANIME * row + place),
                {**STAMPS, "externalSite": mapping.site, "externalId": mapping.external_id},
                one=("item",),
                related=self._pointer(row),
            )
            for place, mapping in enumerate(self.mappings(row), start=1)
        ]

    def _pointer(self, row: int) -> Callable[[str], Sequence[Resource]]:
        """Leads back to the anime itself."""
        number = str(self._teller.ids[row])
        return lambda name: self._anime(number) if name in ("item", "anime", "source") else ()

    def _anime(self, number: str) -> list[Resource]:
        found = self._look_up(number)
        return [] if found is None else [found]

    def _categories(self, row: int) -> list[Resource]:
        return [self._category(name) for name in _categories(self._teller.anime(row))]

    def _category(self, name: str) -> Resource:
        attributes = {
            **STAMPS,
            "title": name,
            "description": None if name in GENRES else f"Stories with {name.lower()} in them.",
            "totalMediaCount": self._media_counts[name],
            "slug": slug_of(name),
            "nsfw": False,
            "childCount": 0,
        }
        return Resource("categories", CATEGORY_IDS[name], attributes, many=("anime",), one=("parent",))

    def _genres(self, row: int) -> list[Resource]:
        names = [name for name in self._teller.anime(row).genres if name in GENRES]
        return [
            Resource("genres", CATEGORY_IDS[name], {**STAMPS, "name": name, "slug": slug_of(name)}) for name in names
        ]

    def _productions(self, row: int) -> list[Resource]:
        """The studios, and on some anime the committee that paid for it and a licensor."""
        names = self._world.catalogue.studios
        studios = self._teller.anime(row).studios
        makers = [("studio", 1 + studio, names[studio]) for studio in studios]
        if self._other[row] % 4 == 0:
            makers.append(("producer", 5001 + studios[0], f"{names[studios[0]]} Committee"))
        if self._teller.anime(row).is_licensed and self._other[row] % 6 == 0:
            makers.append(("licensor", 9001, "Demo Releasing"))
        return [
            self._production(row, place, role, Resource("producers", str(number), _producer(name)))
            for place, (role, number, name) in enumerate(makers, start=1)
        ]

    def _production(self, row: int, place: int, role: str, producer: Resource) -> Resource:
        back = self._pointer(row)
        return Resource(
            "animeProductions",
            str(PER_ANIME * row + place),
            {**STAMPS, "role": role},
            one=("anime", "producer"),
            related=lambda name: [producer] if name == "producer" else back(name),
        )

    def _media_relationships(self, row: int) -> list[Resource]:
        """Related anime that Kitsu has, and the manga behind the story, which is only pointed at."""
        anime = self._teller.anime(row)
        ends = [
            (ROLES[relation], "anime", str(self._teller.ids[other]))
            for other, relation in anime.relations
            if self._teller.catalogued[other]
        ]
        if anime.material == "MANGA" and anime.role == "first":
            ends.append(("adaptation", "manga", str(20_000 + row)))
        return [
            self._media_relationship(row, place, role, kind, number)
            for place, (role, kind, number) in enumerate(ends, start=1)
        ]

    def _media_relationship(self, row: int, place: int, role: str, kind: str, number: str) -> Resource:
        back = self._pointer(row)

        def related(name: str) -> Sequence[Resource]:
            if name != "destination":
                return back(name)
            return self._anime(number) if kind == "anime" else [Resource(kind, number, None)]

        attributes = {"createdAt": None, "updatedAt": None, "role": role}
        number_of_its_own = str(PER_ANIME * row + place)
        return Resource(
            "mediaRelationships", number_of_its_own, attributes, one=("source", "destination"), related=related
        )


def _categories(anime: Anime) -> list[str]:
    """Genres, then the tags that matter, each once."""
    tags = [name for name, rank in anime.tags if rank >= CATEGORY_RANK]
    return list(dict.fromkeys([name for name in anime.genres if name in GENRES] + tags))


def _producer(name: str) -> dict[str, object]:
    return {**STAMPS, "slug": slug_of(name), "name": name}
