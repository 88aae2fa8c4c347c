"""Kitsu's people: users, the public entries of their libraries, and their reviews.

The one rule: what is private, or about an anime that cannot be seen, is left out without a word, of counts too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape

import numpy as np

from demo.randomness import Draws, Flags, Ints
from demo.scoring import STATUSES
from demo.services.kitsu_catalogue import Catalogue, moment
from demo.services.kitsu_query import Query, Shape
from demo.services.kitsu_resources import Resource
from demo.services.opinions import Review, reviews_of
from demo.services.users import ListUser, users_of
from demo.world import World

USERS = Shape(
    "users", 20, frozenset({"id", "name", "slug"}), frozenset({"id", "name", "slug"}), frozenset({"libraryEntries"})
)
ENTRIES = Shape(
    "libraryEntries",
    500,
    frozenset({"id", "updatedAt", "ratingTwenty"}),
    frozenset({"id", "userId", "kind", "status", "since", "animeId", "mediaId"}),
    frozenset({"user", "anime", "media"}),
)
REVIEWS = Shape(
    "reviews",
    20,
    frozenset({"id", "createdAt", "updatedAt"}),
    frozenset({"id", "userId", "mediaId", "mediaType"}),
    frozenset({"user", "media", "libraryEntry"}),
)
STATES = {"watching": "current", "completed": "completed", "on_hold": "on_hold", "dropped": "dropped"}
PRIVATE = 0.02
UNKNOWN_DAY = 1_400_000_000  # an entry always has an update time: what the world does not know is old


def private_entries(world: World) -> Flags:
    """Which entries of the world's Kitsu ratings their owners hide, in the order of the ratings."""
    hidden = [user.person for user in users_of(world, "kitsu").values() if user.is_private]
    ratings = world.ratings["kitsu"]
    some = Draws(world.seed, "kitsu library", len(ratings)).chance("private", PRIVATE)
    flags: Flags = some | np.isin(ratings.person, hidden)
    return flags


def _stamp(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.000Z"


class Library:
    """Who is there and what they show."""

    def __init__(self, world: World, catalogue: Catalogue) -> None:
        self._ratings, self._catalogue = world.ratings["kitsu"], catalogue
        self._public = ~private_entries(world)
        self._anime_ids: Ints = world.sources["kitsu"].ids[self._ratings.row]
        self._updated: Ints = np.where(self._ratings.updated > 0, self._ratings.updated, UNKNOWN_DAY)
        self._episodes = [anime.episodes for anime in world.catalogue.anime]
        people = users_of(world, "kitsu").values()
        self._users = {str(user.number): user for user in people}
        self._by_name = {user.name.casefold(): str(user.number) for user in people}
        self._owners = {user.person: user for user in people}
        self._reviews = {str(review.number): review for review in reviews_of(world, "kitsu")}

    def select_users(self, query: Query) -> Sequence[str]:
        """The ids of users by name or slug; nobody is an empty list."""
        numbers = list(self._users)
        for name, value in query.filters.items():
            if name == "id":
                wanted = set(value.split(","))
            else:
                wanted = {self._by_name.get(word.casefold(), "") for word in value.split(",")}
            numbers = [number for number in numbers if number in wanted]
        return _ordered(numbers, query, lambda number: (0, self._users[number].name))

    def user(self, number: str) -> Resource | None:
        """One user; None where there is none of this id."""
        return self._user(self._users[number]) if number in self._users else None

    def _user(self, user: ListUser) -> Resource:
        attributes = {
            "createdAt": "2015-03-02T10:00:00.000Z",
            "updatedAt": "2026-06-01T10:00:00.000Z",
            "name": user.name,
            "slug": user.name,
            "about": None,
            "avatar": None,
            "followersCount": user.number % 13,
        }
        return Resource("users", str(user.number), attributes, many=("libraryEntries",))

    def select_entries(self, query: Query) -> Sequence[str]:
        """The ids of public entries that pass the filters, in the order asked for; by id where none was."""
        keep = self._public & ~np.isin(self._anime_ids, list(self._catalogue.hidden()))
        for name, value in query.filters.items():
            keep &= self._passes(name, value)
        places = np.flatnonzero(keep)
        for name, descending in reversed(query.sort):
            keys = {"id": np.arange(len(keep)), "updatedAt": self._updated, "ratingTwenty": self._ratings.score}
            order = keys[name][places]
            places = places[np.argsort(-order if descending else order, kind="stable")]
        return [str(place + 1) for place in places.tolist()]

    def _passes(self, name: str, value: str) -> Flags:
        words = value.split(",")
        numbers = [int(word) for word in words if word.isdecimal()]
        if name == "userId":
            people = [self._users[word].person for word in words if word in self._users]
            return np.isin(self._ratings.person, people)
        if name in ("animeId", "mediaId"):
            return np.isin(self._anime_ids, numbers)
        if name == "since":
            newer: Flags = self._updated >= moment(value).timestamp()
            return newer
        count = len(self._ratings)
        if name == "kind":
            return np.full(count, "anime" in words)
        if name == "status":
            return np.fromiter((self._state(place) in words for place in range(count)), np.bool_, count)
        return np.isin(np.arange(1, count + 1), numbers)

    def _state(self, place: int) -> str:
        status = STATUSES[int(self._ratings.status[place])]
        if status:
            return STATES.get(status, "planned")
        return "completed" if self._ratings.score[place] else "planned"

    def status_counts(self, numbers: Sequence[str]) -> dict[str, int]:
        """How many of these entries have each status."""
        counts = Counter(self._state(int(number) - 1) for number in numbers)
        return {state.replace("_h", "H"): count for state, count in sorted(counts.items())}

    def entry(self, number: str) -> Resource | None:
        """One public entry; None where there is none of this id."""
        place = int(number) - 1 if number.isdecimal() else -1
        if not 0 <= place < len(self._ratings) or not self._public[place]:
            return None
        if int(self._anime_ids[place]) in self._catalogue.hidden():
            return None
        score, updated, state = int(self._ratings.score[place]), _stamp(int(self._updated[place])), self._state(place)
        episodes = self._episodes[int(self._ratings.row[place])]
        done = state == "completed"
        attributes = {
            "createdAt": updated,
            "updatedAt": updated,
            "status": state,
            "progress": episodes if done else (0 if state == "planned" else episodes // 2),
            "volumesOwned": 0,
            "reconsuming": False,
            "reconsumeCount": 0,
            "notes": None,
            "private": False,
            "reactionSkipped": "unskipped",
            "progressedAt": updated,
            "startedAt": None,
            "finishedAt": updated if done else None,
            "rating": f"{score // 2 / 2:.1f}",
            "ratingTwenty": score or None,
        }
        owner = self._owners[int(self._ratings.person[place])]
        related = self._ends(owner, int(self._anime_ids[place]))
        return Resource("libraryEntries", number, attributes, one=("user", "anime", "media"), related=related)

    def _ends(self, owner: ListUser, anime_id: int) -> Callable[[str], Sequence[Resource]]:
        """Leads from an entry or a review to its owner and its anime, which may only be pointed at."""
        number = str(anime_id)

        def related(name: str) -> Sequence[Resource]:
            if name == "user":
                return [self._user(owner)]
            if name in ("anime", "media"):
                return [self._catalogue.resource(number) or Resource("anime", number, None)]
            return ()

        return related

    def select_reviews(self, query: Query) -> Sequence[str]:
        """The ids of reviews that pass the filters, in the order asked for; by id where none was."""
        hidden = self._catalogue.hidden()
        reviews = [review for review in self._reviews.values() if review.anime_id not in hidden]
        for name, value in query.filters.items():
            words = value.split(",")
            reviews = [review for review in reviews if _said(review, name) in words]
        numbers = [str(review.number) for review in reviews]
        return _ordered(numbers, query, lambda number: (self._reviews[number].written, ""))

    def review(self, number: str) -> Resource | None:
        """One review; None where there is none of this id."""
        found = self._reviews.get(number)
        if found is None:
            return None
        attributes = {
            "createdAt": _stamp(found.written),
            "updatedAt": _stamp(found.written),
            "content": found.text,
            "contentFormatted": f"<p>{escape(found.text)}</p>",
            "likesCount": found.likes,
            "progress": self._episodes[found.row],
            "rating": found.score,
            "source": "hummingbird" if found.number % 5 == 0 else "kitsu",
            "spoiler": found.is_spoiler,
        }
        related = self._ends(found.author, found.anime_id)
        return Resource("reviews", number, attributes, one=("user", "media", "libraryEntry"), related=related)


def _said(review: Review, name: str) -> str:
    """What a review has under the name of a filter."""
    values = {"id": review.number, "userId": review.author.number, "mediaId": review.anime_id, "mediaType": "Anime"}
    return str(values[name])


def _ordered(numbers: list[str], query: Query, key: Callable[[str], tuple[int, str]]) -> list[str]:
    """Ids in the query's order, by number or by the one key that the collection has beside it; stable."""
    for name, descending in reversed(query.sort):
        numbers = sorted(numbers, key=_by_number if name == "id" else key, reverse=descending)
    return numbers


def _by_number(number: str) -> tuple[int, str]:
    return int(number), ""
