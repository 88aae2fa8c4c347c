"""Whose lists are shown."""

from demo.people import SOURCE_SHARES
from demo.services.users import PRIVATE_EVERY, entries_of, list_users, users_of
from demo.world import World


def test_everybody_is_shown_where_they_keep_their_list(small_world: World) -> None:
    """Each handle on one source, with a number of its own."""
    users = [user for source in SOURCE_SHARES for user in users_of(small_world, source).values()]
    assert sorted(user.name for user in users) == sorted(small_world.people.handles)
    assert len({user.number for user in users}) == len(users)


def test_one_in_seventeen_is_private_on_every_source(small_world: World) -> None:
    """So that even short lists of users have some."""
    for source in SOURCE_SHARES:
        users = list(users_of(small_world, source).values())
        private = sum(user.is_private for user in users)
        assert len(users) // PRIVATE_EVERY <= private <= len(users) // PRIVATE_EVERY + 1


def test_fewer_users_are_the_first_of_more(small_world: World) -> None:
    """And asking for too many gives everybody."""
    few, many = list_users(small_world, 40), list_users(small_world, 120)
    assert sum(len(handles) for handles in few.values()) == 40
    assert sum(len(handles) for handles in many.values()) == 120
    for source in SOURCE_SHARES:
        assert many[source][: len(few[source])] == few[source]
        assert few[source]
    assert sum(len(handles) for handles in list_users(small_world, 10_000).values()) == len(small_world.people)


def test_the_lists_together_are_the_worlds_ratings(small_world: World) -> None:
    """Every entry once, with the score of the ratings file."""
    for source, ratings in small_world.ratings.items():
        entries = [
            entry for user in users_of(small_world, source).values() for entry in entries_of(small_world, source, user)
        ]
        assert sorted(entry.number for entry in entries) == list(range(1, len(ratings) + 1))
        by_number = sorted(entries, key=lambda entry: entry.number)
        assert [entry.score for entry in by_number] == ratings.score.tolist()
        assert [entry.row for entry in by_number] == ratings.row.tolist()
