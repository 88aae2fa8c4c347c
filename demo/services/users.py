"""Whose lists the stand-in services show: the world's viewers, some of them private.

The one rule: everything here follows from the world alone, so that every service, and whoever checks what was
read from them, names the same people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.people import SOURCE_SHARES
from demo.scoring import STATUSES
from demo.world import World

#: One viewer in so many keeps the list private, on each source.
PRIVATE_EVERY = 17
_FIRST_PRIVATE = 5
_FIRST_NUMBER = 1001


@dataclass(frozen=True)
class ListUser:
    """One viewer with a list.

    Attributes:
        name: the handle.
        number: the id of the account, unique in the world.
        person: the row in `World.people`.
        is_private: whether nobody else may see the list.
    """

    name: str
    number: int
    person: int
    is_private: bool


@dataclass(frozen=True)
class ListEntry:
    """One entry of a list.

    Attributes:
        number: unique within the source, the same in every run.
        row: the anime's row in the world.
        anime_id: the source's id; 0 does not occur. The catalogue may lack it.
        score: on the source's own scale; 0 = unrated.
        status: one of `demo.scoring.STATUSES`; '' where the viewer gave none.
        updated: seconds since 1970-01-01 UTC; 0 = unknown.
    """

    number: int
    row: int
    anime_id: int
    score: int
    status: str
    updated: int


def users_of(world: World, source: str) -> dict[str, ListUser]:
    """Everybody who keeps a list on this source, by handle, in the order of the world's viewers."""
    people = world.people.on(source).tolist()
    users = [
        ListUser(
            world.people.handles[person],
            _FIRST_NUMBER + person,
            person,
            place % PRIVATE_EVERY == _FIRST_PRIVATE,
        )
        for place, person in enumerate(people)
    ]
    return {user.name: user for user in users}


def list_users(world: World, count: int) -> dict[str, list[str]]:
    """The handles whose lists a demo reads: the world's first ``count`` viewers, by source.

    So a smaller count gives the first ones of a larger count. Private users are among them.
    """
    return {
        source: [user.name for user in users_of(world, source).values() if user.person < count]
        for source in SOURCE_SHARES
    }


def entries_of(world: World, source: str, user: ListUser) -> list[ListEntry]:
    """The list of a user, in the order of the world's rows."""
    ratings = world.ratings[source]
    first, last = np.searchsorted(ratings.person, [user.person, user.person + 1]).tolist()
    part = slice(first, last)
    columns = zip(
        range(first + 1, last + 1),
        ratings.row[part].tolist(),
        world.sources[source].ids[ratings.row[part]].tolist(),
        ratings.score[part].tolist(),
        [STATUSES[status] for status in ratings.status[part].tolist()],
        ratings.updated[part].tolist(),
        strict=True,
    )
    return [ListEntry(*column) for column in columns]
