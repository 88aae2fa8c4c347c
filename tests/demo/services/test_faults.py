"""Which requests fail, how, and that a client which asks again gets everything."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.services.base import Call, Reply
from demo.services.faults import FOR_ALL, FOR_PAGES, MOST_IN_A_ROW, Faults, Sending, spoil
from demo.services.spoiling import SPOILERS, STRANGE_WORD, previous_call

JSON = {"Content-Type": "application/json"}


def call(method: str = "GET", body: bytes = b"", **query: str) -> Call:
    """A request with this query."""
    pairs = tuple(
        (name.replace("_from_", "[") + ("]" if "_from_" in name else ""), text) for name, text in query.items()
    )
    return Call(method, "/anime", pairs, {}, body, "http://127.0.0.1:1/toy")


def graphql(query: str, **variables: object) -> Call:
    """A posted query."""
    return call("POST", json.dumps({"query": query, "variables": variables}).encode())


def draws(faults: Faults, source: str, asked: Call, times: int) -> list[str | None]:
    """What so many attempts at one request meet."""
    return [faults.draw(source, asked) for _ in range(times)]


def test_no_share_means_no_faults() -> None:
    """And nobody spoils a HEAD, which has no body."""
    assert draws(Faults(0.0), "kitsu", call(), 200) == [None] * 200
    assert draws(Faults(1.0), "kitsu", call("HEAD"), 200) == [None] * 200


def test_every_kind_comes_up_and_only_transport_faults_for_files() -> None:
    """IMDb has no pages to spoil."""
    faults = Faults(0.9, 3)
    seen = {kind for page in range(200) for kind in draws(faults, "kitsu", call(page=str(page)), 3)}
    assert seen == {None, *FOR_PAGES}
    files = {kind for page in range(200) for kind in draws(faults, "imdb", call(page=str(page)), 3)}
    assert files == {None, *FOR_ALL}


@given(share=st.floats(0, 1), seed=st.integers(0, 2**32), times=st.integers(1, 40))
def test_a_request_fails_at_most_twice_in_a_row_and_equal_seeds_agree(share: float, seed: int, times: int) -> None:
    """Whatever else was asked in between."""
    alone, among = Faults(share, seed), Faults(share, seed)
    kinds = draws(alone, "jikan", call(page="1"), times)
    for start in range(times - MOST_IN_A_ROW):
        assert None in kinds[start : start + MOST_IN_A_ROW + 1]
    for kind in kinds:
        among.draw("jikan", call(page="2"))
        assert among.draw("jikan", call(page="1")) == kind


def test_about_the_share_of_first_attempts_fails() -> None:
    """One in twenty, over two thousand requests."""
    faults = Faults(0.05)
    failed = sum(faults.draw("anilist", call(page=str(page))) is not None for page in range(2000))
    assert 60 <= failed <= 140


def test_throttling_comes_in_bursts_of_two() -> None:
    """The next attempt is throttled in the same way, the third one is not."""
    faults, bursts = Faults(0.5, 11), 0
    for page in range(400):
        kinds = draws(faults, "kitsu", call(page=str(page)), 3)
        if kinds[0] is not None and kinds[0].startswith("throttled"):
            bursts += 1
            assert kinds == [kinds[0], kinds[0], None]
    assert bursts > 10


def spoilt(kind: str, source: str, asked: Call, answer: Callable[[Call], Reply]) -> Sending:
    """What comes instead of the answer."""
    sending = spoil(kind, source, asked, answer)
    assert sending is not None
    return sending


def page_of(asked: Call) -> Reply:
    """Jikan's shape, three pages of two."""
    page = int(asked.param("page") or 1)
    rows = [{"mal_id": 2 * page - 1}, {"mal_id": 2 * page}]
    document = {"pagination": {"has_next_page": page < 3}, "data": rows}
    return Reply(200, json.dumps(document).encode(), JSON)


@pytest.mark.parametrize(
    ("kind", "status", "start"),
    [("error_json", 500, b"{"), ("error_html", 503, b"<!DOCTYPE"), ("html_instead", 200, b"<!DOCTYPE")],
)
def test_some_answers_are_no_answers(kind: str, status: int, start: bytes) -> None:
    """JSON or HTML, with and without a status that says so."""
    sending = spoilt(kind, "jikan", call(page="1"), page_of)
    assert (sending.reply.status, sending.manner) == (status, "whole")
    assert sending.reply.body.startswith(start)


def test_each_source_throttles_in_its_own_words() -> None:
    """MyAnimeList with a 403; with Retry-After or without."""
    for source, status in (("anilist", 429), ("kitsu", 429), ("jikan", 429), ("myanimelist", 403)):
        silent = spoilt("throttled", source, call(), page_of).reply
        told = spoilt("throttled_until", source, call(), page_of).reply
        assert silent.status == told.status == status
        assert told.headers["Retry-After"] == "1"
        assert ("Retry-After" in silent.headers) is (source == "anilist")


def test_a_cut_answer_is_no_json_any_more() -> None:
    """Its length is right all the same."""
    sending = spoilt("cut", "jikan", call(page="1"), page_of)
    assert sending.manner == "whole"
    with pytest.raises(json.JSONDecodeError):
        json.loads(sending.reply.body)


def test_the_previous_page_comes_again_where_there_is_one() -> None:
    """By number, by offset; the first page has none before it."""
    again = spoilt("previous_page", "jikan", call(page="3"), page_of).reply
    assert again == page_of(call(page="2"))
    assert spoil("previous_page", "jikan", call(page="1"), page_of) is None
    by_offset = previous_call(call(limit="100", offset="300"))
    assert by_offset is not None
    assert by_offset.query == (("limit", "100"), ("offset", "200"))
    kitsu = previous_call(call(**{"page[limit]": "20", "page[offset]": "20"}))
    assert kitsu is not None
    assert kitsu.param("page[offset]") == "0"
    assert previous_call(call(limit="100", offset="0")) is None
    assert previous_call(call(q="word")) is None


@pytest.mark.parametrize(
    ("query", "variables", "before"),
    [
        ("{Page(page: 4, perPage: 50) {media {id}}}", {}, "{Page(page: 3, perPage: 50) {media {id}}}"),
        ("query($p: Int) {Page(page: $p) {media {id}}}", {"p": 2}, {"p": 1}),
        ("query($c: Int) {MediaListCollection(chunk: $c) {user {id}}}", {"c": 3}, {"c": 2}),
        # three pages in one request: the request before asked for the three before
        ("{a: Page(page: 4) {x} b: Page(page: 5) {x} c: Page(page: 6) {x}}", {},
         "{a: Page(page: 1) {x} b: Page(page: 2) {x} c: Page(page: 3) {x}}"),
        # the same page of two lists
        ("query($n: Int) {a: Page(page: $n) {x} b: Page(page: $n) {x}}", {"n": 2}, {"n": 1}),
        ("{a: Page(page: 1) {x} b: Page(page: 2) {x}}", {}, None),
        ("{a: Page(page: 3) {x} b: Page(page: 7) {x}}", {}, None),
        ("{Page(page: 1) {x}}", {}, None),
        ("query($p: Int) {Page(page: $p) {x}}", {}, None),
        ("{Media(id: 7) {id}}", {}, None),
    ],
)  # fmt: skip
def test_the_page_before_of_a_query(query: str, variables: dict[str, int], before: object) -> None:
    """The number stands in the query or in a variable; where it is not clear there is no page before."""
    found = previous_call(graphql(query, **variables))
    if before is None:
        assert found is None
        return
    assert found is not None
    body = json.loads(found.body)
    assert body == {"query": before if isinstance(before, str) else query,
                    "variables": before if isinstance(before, dict) else variables}  # fmt: skip


def test_an_empty_page_says_that_more_follows() -> None:
    """So the last page is never emptied: nobody could know."""
    document = json.loads(spoilt("empty_page", "jikan", call(page="2"), page_of).reply.body)
    assert document == {"pagination": {"has_next_page": True}, "data": []}
    assert spoil("empty_page", "jikan", call(page="3"), page_of) is None


def test_nulls_come_on_top_of_the_records() -> None:
    """No record goes missing for them."""
    document = json.loads(spoilt("null_items", "jikan", call(page="2"), page_of).reply.body)
    assert document["data"] == [{"mal_id": 3}, None, {"mal_id": 4}]


def media_page(asked: Call) -> Reply:
    """AniList's shape, two pages in one answer, the second one being the last of its list."""
    media = [{"id": 1, "externalLinks": [{"type": "INFO"}]}, {"id": 2, "externalLinks": []}]
    pages = {
        "a": {"pageInfo": {"hasNextPage": True}, "media": media},
        "b": {"pageInfo": {"hasNextPage": False}, "media": media},
        "one": {"id": 5, "genres": ["Drama"]},
    }
    return Reply(200, json.dumps({"data": pages}).encode(), JSON)


def test_anilists_pages_are_spoilt_alone() -> None:
    """Only the page that has a next one is emptied; single titles keep their lists."""
    empty = json.loads(spoilt("empty_page", "anilist", graphql("{a}"), media_page).reply.body)["data"]
    assert [len(empty[name]["media"]) for name in ("a", "b")] == [0, 2]
    nulls = json.loads(spoilt("null_items", "anilist", graphql("{a}"), media_page).reply.body)["data"]
    assert [[one and one["id"] for one in nulls[name]["media"]] for name in ("a", "b")] == [[1, None, 2]] * 2
    assert nulls["one"]["genres"] == ["Drama"]


def test_strange_words_stand_where_nothing_is_read() -> None:
    """In the kind of a link, and only at AniList."""
    document = json.loads(spoilt("strange_words", "anilist", graphql("{a}"), media_page).reply.body)
    original = json.loads(media_page(call()).body)
    for name in ("a", "b"):
        assert document["data"][name]["media"][0]["externalLinks"] == [{"type": STRANGE_WORD}]
        original["data"][name]["media"][0]["externalLinks"] = [{"type": STRANGE_WORD}]
    assert document == original
    assert spoil("strange_words", "jikan", call(page="1"), page_of) is None


def test_graphql_errors_hide_under_status_200() -> None:
    """Every field is null then."""
    reply = spoilt("errors_with_200", "anilist", graphql("{a}"), media_page).reply
    document = json.loads(reply.body)
    assert reply.status == 200
    assert document["data"] == {"a": None, "b": None, "one": None}
    assert document["errors"][0]["message"] == "Internal Server Error"


def test_what_is_no_page_is_not_spoilt_as_one() -> None:
    """Files, errors and refusals pass."""
    for answer in (Reply(200, b"\x1f\x8b..."), Reply(404, b'{"status": 404}', JSON)):
        for kind in ("cut", *SPOILERS):
            assert spoil(kind, "anilist", graphql("{Page(page: 2) {x}}"), lambda _, answer=answer: answer) is None
