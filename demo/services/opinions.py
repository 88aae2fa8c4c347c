"""Reviews that the world's viewers wrote of anime they scored, the same for every service that shows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.randomness import Draws
from demo.services.users import ListUser, users_of
from demo.world import World

#: The share of scored entries whose viewer wrote a review.
WRITTEN = 0.02
_VERDICTS = (
    "I wanted to like this more than I did.",
    "It does what it sets out to do and little else.",
    "A quiet pleasure from the first episode to the last.",
    "I have told everybody about it, and I am not done.",
)
_REMARKS = (
    "The middle drags, and the music does not help.",
    "The backgrounds alone are worth an evening.",
    "Nobody in it talks like a person, yet it works.",
    "Watch it before somebody tells you the ending.",
    "The second half is a different, better story.",
)


@dataclass(frozen=True)
class Review:
    """One review.

    Attributes:
        number: the number of the list entry it belongs to, unique within the source.
        author: who wrote it.
        row: the anime's row in the world.
        anime_id: the source's id; the catalogue may lack it.
        score: on the source's own scale, never 0.
        written: seconds since 1970-01-01 UTC.
        text: a few sentences, with line breaks and ordinary quotes.
        likes: how many readers agreed.
        is_spoiler: whether it gives the story away.
    """

    number: int
    author: ListUser
    row: int
    anime_id: int
    score: int
    written: int
    text: str
    likes: int
    is_spoiler: bool


def reviews_of(world: World, source: str) -> list[Review]:
    """All reviews on a source, in the order of their numbers; private viewers write none."""
    ratings, ids = world.ratings[source], world.sources[source].ids
    draws = Draws(world.seed, f"reviews on {source}", len(ratings))
    top = {"anilist": 100, "kitsu": 20, "myanimelist": 10}[source]
    authors = {user.person: user for user in users_of(world, source).values() if not user.is_private}
    written = draws.chance("written", WRITTEN) & (ratings.score > 0) & (ratings.updated > 0)
    luck = draws.integer("luck", 0, 999_999)
    reviews = []
    for place in np.flatnonzero(written).tolist():
        author = authors.get(int(ratings.person[place]))
        if author is None:
            continue
        row, score, chance = int(ratings.row[place]), int(ratings.score[place]), int(luck[place])
        text = _text(world.catalogue.anime[row].base.english, score / top, chance)
        moment = int(ratings.updated[place]) + 3600 + chance % 7200
        likes, spoils = chance % 41, chance % 9 == 0
        reviews.append(Review(place + 1, author, row, int(ids[row]), score, moment, text, likes, spoils))
    return reviews


def _text(title: str, liking: float, chance: int) -> str:
    verdict = _VERDICTS[min(3, max(0, int(8 * (liking - 0.5))))]
    return f'"{title}": {verdict}\n\n{_REMARKS[chance % 5]} {_REMARKS[(chance // 5) % 5]}'
