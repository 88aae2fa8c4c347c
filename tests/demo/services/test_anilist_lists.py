"""AniList's stand-in: users, their lists and scores."""

import pytest

from demo.services.anilist_lists import converted
from demo.services.users import ListUser, entries_of, users_of

from .conftest import AniList

COLLECTION = """
query($name: String, $id: Int, $chunk: Int, $size: Int, $one: Boolean) {
  MediaListCollection(userName: $name, userId: $id, type: ANIME, chunk: $chunk, perChunk: $size,
                      forceSingleCompletedList: $one) {
    hasNextChunk
    user { id name mediaListOptions { scoreFormat } }
    lists { name isCustomList isSplitCompletedList status
      entries { id userId mediaId status score100: score(format: POINT_100) score progress repeat private
                hiddenFromStatusLists startedAt { year } completedAt { year month day } updatedAt createdAt
                media { id idMal } } }
  }
}
"""


def everybody(anilist: AniList) -> list[ListUser]:
    """All users whose lists can be seen, the longest list first."""
    users = [user for user in users_of(anilist.world, "anilist").values() if not user.is_private]
    return sorted(users, key=lambda user: -len(entries_of(anilist.world, "anilist", user)))


def entries_in(collection: dict) -> dict[int, dict]:
    """The entries of a collection by id, each once."""
    return {entry["id"]: entry for part in collection["lists"] for entry in part["entries"]}


def test_a_list_holds_what_the_world_says_of_its_owner(anilist: AniList) -> None:
    """Title, status, score of 0-100 and time of every entry."""
    statuses = {"watching": "CURRENT", "completed": "COMPLETED", "on_hold": "PAUSED", "dropped": "DROPPED",
                "planned": "PLANNING", "": None}  # fmt: skip
    for user in everybody(anilist)[:12]:
        collection = anilist.ask(COLLECTION, name=user.name).data["MediaListCollection"]
        assert collection["hasNextChunk"] is False
        assert (collection["user"]["id"], collection["user"]["name"]) == (user.number, user.name)
        told = {
            entry["mediaId"]: (entry["status"], entry["score100"], entry["updatedAt"] or 0)
            for entry in entries_in(collection).values()
        }
        assert told == {
            entry.anime_id: (statuses[entry.status], entry.score, entry.updated)
            for entry in entries_of(anilist.world, "anilist", user)
        }


def test_entries_stand_in_every_list_they_belong_to(anilist: AniList) -> None:
    """Some twice, and the hidden ones in custom lists alone."""
    twice = hidden = 0
    for user in everybody(anilist)[:20]:
        lists = anilist.ask(COLLECTION, name=user.name, one=True).data["MediaListCollection"]["lists"]
        places: dict[int, list[bool]] = {}
        for part in lists:
            assert part["entries"]
            for entry in part["entries"]:
                places.setdefault(entry["id"], []).append(part["isCustomList"])
                assert part["isCustomList"] or entry["status"] == part["status"]
                hidden += entry["hiddenFromStatusLists"]
                assert part["isCustomList"] or not entry["hiddenFromStatusLists"]
        twice += sum(sorted(where) == [False, True] for where in places.values())
        assert all(sorted(where) in ([False], [True], [False, True]) for where in places.values())
    assert twice
    assert hidden


def test_completed_titles_are_split_by_format_where_the_owner_likes_that(anilist: AniList) -> None:
    """Unless one list is asked for; the entries are the same."""
    user = next(user for user in everybody(anilist) if user.number % 4 == 0)
    split = anilist.ask(COLLECTION, name=user.name).data["MediaListCollection"]
    single = anilist.ask(COLLECTION, name=user.name, one=True).data["MediaListCollection"]
    names = [part["name"] for part in split["lists"] if part["isSplitCompletedList"]]
    assert "Completed TV" in names
    assert not any(part["isSplitCompletedList"] for part in single["lists"])
    assert entries_in(split) == entries_in(single)


def test_chunks_together_are_the_list_newest_first(anilist: AniList) -> None:
    """HasNextChunk is true until the last one."""
    user = everybody(anilist)[0]
    whole = entries_in(anilist.ask(COLLECTION, name=user.name).data["MediaListCollection"])
    found: dict[int, dict] = {}
    chunk, more, oldest = 1, True, None
    while more:
        part = anilist.ask(COLLECTION, id=user.number, chunk=chunk, size=10).data["MediaListCollection"]
        entries = entries_in(part)
        assert len(entries) == min(10, len(whole) - len(found))
        times = [entry["updatedAt"] or 0 for entry in entries.values()]
        assert oldest is None or max(times) <= oldest
        oldest = min(times)
        assert not entries.keys() & found.keys()
        found |= entries
        chunk, more = chunk + 1, part["hasNextChunk"]
    assert found == whole
    assert chunk - 1 == -(-len(whole) // 10) > 1


def test_a_private_list_is_a_404_and_so_is_nobodys(anilist: AniList) -> None:
    """The messages tell them apart, everywhere a user can be named."""
    private = next(user for user in users_of(anilist.world, "anilist").values() if user.is_private)
    for name, number, message in (
        (private.name, private.number, "Private User"),
        ("nobody-of-that-name", 99_999_999, "User not found"),
    ):
        for field in (
            f'MediaListCollection(userName: "{name}", type: ANIME) {{hasNextChunk}}',
            f"MediaListCollection(userId: {number}, type: ANIME) {{hasNextChunk}}",
            f'MediaList(userName: "{name}", mediaId: 1) {{id}}',
        ):
            told = anilist.ask(f"{{found: {field}}}")
            assert (told.status, told.message, told.document["data"]) == (404, message, {"found": None})
        told = anilist.ask(f"{{Page {{mediaList(userId: {number}) {{id}}}}}}")
        assert (told.status, told.message) == (404, message)
        assert anilist.ask(f'{{User(name: "{name}") {{id}}}}').status == 404


def test_a_collection_needs_a_user_and_a_type(anilist: AniList) -> None:
    """And no more than 500 entries in a chunk."""
    name = everybody(anilist)[0].name
    for args in ("type: ANIME", f'userName: "{name}"', f'userName: "{name}", type: ANIME, perChunk: 501'):
        assert anilist.ask(f"{{MediaListCollection({args}) {{hasNextChunk}}}}").status == 400
    empty = anilist.ask(f'{{MediaListCollection(userName: "{name}", type: MANGA) {{lists {{name}}}}}}')
    assert empty.data["MediaListCollection"]["lists"] == []


def test_pages_of_entries_come_newest_first(anilist: AniList) -> None:
    """Of one user, by number or by name in any case, or of everybody for one title."""
    user = everybody(anilist)[0]
    query = """{Page(perPage: 50) {pageInfo {hasNextPage}
      mediaList(userName: "%s", sort: [UPDATED_TIME_DESC]) {id mediaId updatedAt}}}"""
    page = anilist.ask(query % user.name.upper()).data["Page"]
    entries = sorted(entries_of(anilist.world, "anilist", user), key=lambda entry: -entry.updated)
    assert [one["updatedAt"] or 0 for one in page["mediaList"]] == [entry.updated for entry in entries[:50]]
    assert page["pageInfo"]["hasNextPage"] is (len(entries) > 50)
    title = page["mediaList"][0]["mediaId"]
    of_title = anilist.ask(f"{{Page(perPage: 50) {{mediaList(mediaId: {title}) {{userId mediaId user {{id}}}}}}}}")
    found = of_title.data["Page"]["mediaList"]
    assert user.number in {one["userId"] for one in found}
    assert all(one["mediaId"] == title and one["user"]["id"] == one["userId"] for one in found)
    one = anilist.ask(f"{{MediaList(userId: {user.number}, mediaId: {title}) {{id}}}}").data["MediaList"]
    assert one["id"] == page["mediaList"][0]["id"]
    assert anilist.ask("{Page {mediaList(type: ANIME) {id}}}").status == 400


def test_scores_come_in_the_owners_way_unless_another_is_asked_for(anilist: AniList) -> None:
    """Every way of scoring is in use, and 0 is unrated in each."""
    formats = set()
    for user in everybody(anilist):
        collection = anilist.ask(COLLECTION, name=user.name).data["MediaListCollection"]
        way = collection["user"]["mediaListOptions"]["scoreFormat"]
        formats.add(way)
        for entry in entries_in(collection).values():
            assert entry["score"] == converted(entry["score100"], way)
    assert formats == {"POINT_100", "POINT_10_DECIMAL", "POINT_10", "POINT_5"}


@pytest.mark.parametrize(
    ("points", "decimal", "ten", "stars", "smileys"),
    [(0, 0, 0, 0, 0), (1, 0.1, 1, 1, 1), (35, 3.5, 3, 2, 1), (60, 6, 6, 3, 2), (73, 7.3, 7, 4, 3), (100, 10, 10, 5, 3)],
)
def test_points_in_other_ways_of_scoring(points: int, decimal: float, ten: int, stars: int, smileys: int) -> None:
    """As in the table."""
    ways = ("POINT_100", "POINT_10_DECIMAL", "POINT_10", "POINT_5", "POINT_3")
    assert tuple(converted(points, way) for way in ways) == (points, decimal, ten, stars, smileys)


def test_a_title_that_the_catalogue_lacks_is_null_in_the_list(own_anilist: AniList) -> None:
    """The entry names it all the same."""
    user = everybody(own_anilist)[0]
    lists = own_anilist.ask(COLLECTION, name=user.name).data["MediaListCollection"]
    entry = next(entry for entry in entries_in(lists).values() if entry["media"])
    assert entry["media"]["id"] == entry["mediaId"]
    own_anilist.overlay.remove("anilist", str(entry["mediaId"]))
    after = entries_in(own_anilist.ask(COLLECTION, name=user.name).data["MediaListCollection"])[entry["id"]]
    assert after == {**entry, "media": None}
