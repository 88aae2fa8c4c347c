"""Jikan as it is read: pages, titles by id, and reviews that name nobody."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from adapters import jikan
from adapters.base import Answer, CrawlEnd, Json, Plan, Request
from adapters.errors import LoopDetected, Misunderstood, Throttled, Unavailable
from adapters.jikan_reviews import redact_reviews, review_records
from tests.adapters.sourcekit import MOMENT, TODAY, SourceContract, hidden, reply_of

PER_PAGE = jikan.PER_PAGE
FULL = Plan("full", TODAY)
REFRESH = Plan("refresh", TODAY, ids=("7", "9000"))
RANGE = Plan("range", TODAY, years=(2001, 2002))


def title(number: int, year: int = 2000) -> dict[str, Json]:
    """A title as Jikan shows it, shortened."""
    return {
        "mal_id": number,
        "title": f"Title {number}",
        "score": None,
        "aired": {"from": f"{year}-04-03T00:00:00+00:00"},
    }


def review(number: int, date: str, name: str = "Some_Body") -> dict[str, Json]:
    """A review as Jikan shows it."""
    return {
        "mal_id": number,
        "url": f"https://myanimelist.net/reviews.php?id={number}",
        "type": "anime",
        "date": date,
        "review": f"I, {name.lower()}, liked it.",
        "score": 8,
        "tags": ["Recommended"],
        "entry": {"mal_id": 5, "title": "Title 5", "url": "https://myanimelist.net/anime/5", "images": {}},
        "user": {"username": name, "url": f"https://myanimelist.net/profile/{name}", "images": {"jpg": {}}},
    }


def listing(rows: Sequence[Json], request: Request) -> Json:
    """The page of a listing that a request asks for."""
    params = dict(request.params)
    number = int(params["page"])
    shown = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    last = max(1, -(-len(rows) // PER_PAGE))
    items = {"count": len(shown), "total": len(rows), "per_page": PER_PAGE}
    paging = {"last_visible_page": last, "has_next_page": number < last, "current_page": number, "items": items}
    return {"pagination": paging, "data": list(shown)}


class Catalogue:
    """A little Jikan: answers requests from what it holds.

    Attributes:
        titles: all of them, by id.
        reviews: newest first.
        seasonal: ids of those that are on air.
    """

    def __init__(self, titles: Sequence[int] = range(1, 61), years: Callable[[int], int] = lambda number: 2000) -> None:
        self.titles = {number: title(number, years(number)) for number in titles}
        self.seasonal = [number for number in titles if number % 2]
        self.reviews: list[Json] = []

    def answer(self, request: Request) -> Json:
        """What it says; None = there is no such thing."""
        if request.path == "/reviews/anime":
            page = listing(self.reviews, request)
            page["pagination"] |= {"has_next_page": True}
            return page
        if request.path == "/seasons/now":
            return listing([self.titles[number] for number in self.seasonal], request)
        if request.path == "/seasons/upcoming":
            return listing([], request)
        if request.path == "/anime":
            return listing(self._searched(dict(request.params)), request)
        found = self.titles.get(int(request.path.removeprefix("/anime/")))
        return None if found is None else {"data": found}

    def _searched(self, params: Mapping[str, str]) -> list[Json]:
        """The titles of a search."""
        begin = params.get("start_date", "")
        found = [one for one in self.titles.values() if one["aired"]["from"] >= begin]
        return sorted(found, key=lambda one: (one["aired"]["from"] if begin else "", one["mal_id"]))


def run(plan: Plan, answer: Callable[[Request], Json], stream: str = "anime") -> tuple[list[str], CrawlEnd, list[Json]]:
    """A crawl's keys, its end and its records; what is doubted is asked for again, up to 3 times."""
    source = jikan.SOURCE.streams[stream]
    running, keys, records = source.crawl(plan), [], []
    try:
        request = next(running)
        while True:
            keys.append(request.key)
            for _ in range(4):
                document = answer(request)
                if document is None or request.doubt is None or request.doubt(document) is None:
                    break
            records += [] if document is None else source.records(document)
            missing = "no such thing" if document is None else ""
            request = running.send(Answer(request, document, missing, MOMENT))
    except StopIteration as stopped:
        return keys, stopped.value, records


def numbers(records: Sequence[Json]) -> list[int]:
    """The ids of records."""
    return [record["mal_id"] for record in records]


PLANS = {
    "anime": (FULL, Plan("full", TODAY, known=("3", "700")), REFRESH, RANGE),
    "reviews": (Plan("full", TODAY), Plan("refresh", TODAY, watermark="2024-05-10T00:00:00+00:00")),
}
PAGES = {
    "anime": {"data": [title(1), None, title(2), {"mal_id": None}]},
    "reviews": {"data": [review(1, "2024-05-01T00:00:00+00:00"), None, {**review(2, "x"), "entry": None}]},
}
COUNTS = {"anime": 2, "reviews": 1}
NAMES = {"reviews": ("Some_Body", "some_body", "profile", "reviews.php")}


class TestJikan(SourceContract):
    """Jikan keeps the promises of every source."""

    source = jikan.SOURCE
    plans, pages, counts, names = PLANS, PAGES, COUNTS, NAMES
    not_found = reply_of({"status": 404, "type": "HttpException", "message": "Not Found", "error": None}, 404)
    throttled = (reply_of({"status": "429", "type": "RateLimitException", "message": "Slow down", "error": None}, 429),)

    def respond(self, stream: str, request: Request) -> Json:
        """The little Jikan's answer."""
        catalogue = Catalogue(years=lambda number: 1995 + number // 5)
        catalogue.reviews = [
            review(number, f"2024-05-{1 + number % 15:02}T{number // 15:02}:00:00+00:00") for number in range(60)
        ]
        catalogue.reviews.sort(key=lambda one: one["date"], reverse=True)
        return catalogue.answer(request)


def test_a_full_crawl_reads_every_title_once() -> None:
    """60 titles on pages of 25: three requests, in the order of the ids."""
    keys, end, records = run(FULL, Catalogue().answer)
    assert keys == ["anime@1", "anime@2", "anime@3"]
    assert numbers(records) == list(range(1, 61))
    assert end == CrawlEnd(None, (), {"pages": 3, "titles": 60})


def test_a_last_page_that_is_full_is_the_last() -> None:
    """50 titles: the count says that nothing follows the second page."""
    assert run(FULL, Catalogue(range(1, 51)).answer)[0] == ["anime@1", "anime@2"]


def test_known_titles_that_are_not_listed_are_asked_for_by_id() -> None:
    """One is still there, the other one is gone."""
    catalogue = Catalogue()
    hidden_title = catalogue.titles[30]

    def answer(request: Request) -> Json:
        if request.path == "/anime/30":
            return {"data": hidden_title}
        return catalogue.answer(request)

    del catalogue.titles[30]
    keys, end, records = run(Plan("full", TODAY, known=("1", "30", "99")), answer)
    assert keys[3:] == ["id30", "id99"]
    assert end.gone == ("99",)
    assert 30 in numbers(records)


def test_a_refresh_reads_what_is_on_air_and_then_what_is_due() -> None:
    """Ids that the seasons have shown are not asked for again; 404 means gone."""
    keys, end, records = run(Plan("refresh", TODAY, ids=("1", "2", "9000")), Catalogue().answer)
    assert keys == ["now@1", "now@2", "upcoming@1", "id2", "id9000"]
    assert end.gone == ("9000",)
    assert sorted(numbers(records)) == sorted([*range(1, 61, 2), 2])


def test_a_range_ends_where_later_years_begin() -> None:
    """Titles come by their start; the first page that is all later ends it."""
    catalogue = Catalogue(range(1, 201), lambda number: 2000 + number // 50)
    keys, _, records = run(RANGE, catalogue.answer)
    found = set(numbers(records))
    assert {number for number in range(1, 201) if 2001 <= 2000 + number // 50 <= 2002} <= found
    assert len(keys) == 5
    assert "end_date" not in dict(next(jikan.SOURCE.streams["anime"].crawl(RANGE)).params)


def test_titles_that_move_up_when_others_go_are_not_lost() -> None:
    """A title of page 1 goes after it was read: the 26th moves there, and page 1 is read once more."""
    catalogue = Catalogue(range(1, 52))
    asked: list[str] = []

    def answer(request: Request) -> Json:
        asked.append(request.key)
        if request.key == "anime@2":
            catalogue.titles.pop(3, None)
        return catalogue.answer(request)

    keys, _, records = run(FULL, answer)
    assert set(numbers(records)) == set(range(1, 52))
    assert keys == ["anime@1", "anime@2", "anime@1.2"]


def test_an_empty_last_page_after_titles_went_is_no_end_before_the_end() -> None:
    """51 titles, one goes before the third page: that one is empty, and the 51st stands on the second."""
    catalogue = Catalogue(range(1, 52))

    def answer(request: Request) -> Json:
        if request.key == "anime@3":
            catalogue.titles.pop(3, None)
        return catalogue.answer(request)

    assert set(numbers(run(FULL, answer)[2])) == set(range(1, 52))


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda page, before: before,
        lambda page, before: page | {"data": []},
        lambda page, before: page | {"data": page["data"][:7]},
        lambda page, before: page | {"pagination": page["pagination"] | {"has_next_page": False}},
        lambda page, before: page | {"pagination": {"has_next_page": False}},
        lambda page, before: page | {"pagination": page["pagination"] | {"current_page": 1}},
    ],
)
def test_what_is_odd_about_a_page_is_doubted(spoilt: Callable[[Any, Any], Json]) -> None:
    """The page before, nothing, half a page, an early end, another number: once more gives the truth."""
    catalogue, tries = Catalogue(range(1, 101)), dict[str, int]()

    def answer(request: Request) -> Json:
        tries[request.key] = tries.get(request.key, 0) + 1
        page = catalogue.answer(request)
        number = int(dict(request.params)["page"])
        if number == 1 or tries[request.key] > 1:
            return page
        before = Request("", request.path, (*request.params[:-2], ("page", str(number - 1))))
        return spoilt(page, catalogue.answer(before))

    _, _, records = run(FULL, answer)
    assert numbers(records) == list(range(1, 101))
    assert tries["anime@2"] == 2


def test_nulls_among_rows_count_as_rows() -> None:
    """A page with null items is not short."""
    catalogue = Catalogue()

    def answer(request: Request) -> Json:
        page = catalogue.answer(request)
        return page | {"data": [None if number % 10 == 3 else row for number, row in enumerate(page["data"])]}

    keys, _, records = run(FULL, answer)
    assert len(keys) == 3
    assert len(records) == 60 - 7


def test_pages_that_repeat_for_ever_are_a_loop() -> None:
    """The first page whatever is asked: that is no listing."""
    first = Request("", "/anime", (("page", "1"),))
    with pytest.raises(LoopDetected, match="page 2"):
        run(FULL, lambda request: Catalogue(range(1, 101)).answer(first))


def test_an_empty_catalogue_is_not_believed() -> None:
    """Nothing at all is no answer to act upon."""
    with pytest.raises(Misunderstood, match="empty"):
        run(FULL, Catalogue([]).answer)


def test_another_title_than_the_one_asked_for_is_doubted() -> None:
    """The answer to a request before comes once more."""
    request = next(jikan.SOURCE.streams["anime"].crawl(Plan("range", TODAY, years=(2000, 2000))))
    assert request.doubt is not None
    running = jikan.SOURCE.streams["anime"].crawl(Plan("refresh", TODAY, ids=("7",)))
    request = next(running)
    while not request.key.startswith("id"):
        empty = listing([], request)
        request = running.send(Answer(request, empty, "", MOMENT))
    assert request.doubt is not None
    assert request.doubt({"data": title(8)}) == "it is not the title that was asked for"
    assert request.doubt({"data": title(7)}) is None
    assert request.may_be_missing


def test_users_are_nothing_that_jikan_can_tell() -> None:
    """Lists are gone from Jikan."""
    with pytest.raises(Misunderstood):
        next(jikan.SOURCE.streams["anime"].crawl(Plan("users", TODAY)))
    with pytest.raises(Misunderstood):
        next(jikan.SOURCE.streams["reviews"].crawl(Plan("users", TODAY)))


def test_reviews_end_on_an_empty_page_whatever_is_said_to_follow() -> None:
    """`has_next_page` is always true here; the third page is empty."""
    catalogue = Catalogue()
    catalogue.reviews = [review(number, f"2024-05-17T10:{59 - number:02}:00+00:00") for number in range(50)]
    keys, end, records = run(Plan("full", TODAY), catalogue.answer, "reviews")
    assert keys == ["reviews@1", "reviews@2", "reviews@3"]
    assert numbers(records) == list(range(50))
    assert end.watermark == "2024-05-17T10:59:00+00:00"
    assert end.notes == {"reviews": 50, "stopped": "the listing ended"}


def test_a_refresh_of_reviews_ends_at_the_watermark() -> None:
    """The first page that is all older is the last one; the watermark moves, by time and not by spelling."""
    catalogue = Catalogue()
    catalogue.reviews = [review(number, f"2024-05-{17 - number // 10:02}T01:00:00+00:00") for number in range(100)]
    plan = Plan("refresh", TODAY, watermark="2024-05-16T05:00:00+09:00")
    keys, end, records = run(plan, catalogue.answer, "reviews")
    assert keys == ["reviews@1", "reviews@2"]
    assert set(range(20)) <= set(numbers(records))
    assert end.watermark == "2024-05-17T01:00:00+00:00"
    assert end.notes["stopped"] == "the watermark was reached"
    nothing = run(plan, Catalogue().answer, "reviews")[1]
    assert nothing.watermark == plan.watermark


def test_reviews_are_read_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listing without end is left after the most pages, and the notes say so."""
    monkeypatch.setattr("adapters.jikan_reviews.MOST_PAGES", 4)
    catalogue = Catalogue()
    catalogue.reviews = [review(number, "2024-05-17T10:00:00+00:00") for number in range(500)]
    keys, end, _ = run(Plan("full", TODAY), catalogue.answer, "reviews")
    assert len(keys) == 4
    assert "older ones were left out" in str(end.notes["stopped"])


def test_a_review_keeps_its_score_and_its_text_and_loses_its_author() -> None:
    """The name is hashed where it stands for the author and inside the text, in any spelling."""
    page = {"data": [review(1, "2024-05-17T10:00:00+00:00")]}
    kept = redact_reviews(page, hidden)
    name = hidden("Some_Body")
    assert review_records(kept) == [
        {
            "mal_id": 1,
            "type": "anime",
            "date": "2024-05-17T10:00:00+00:00",
            "review": f"I, {name}, liked it.",
            "score": 8,
            "tags": ["Recommended"],
            "entry": {"mal_id": 5, "title": "Title 5"},
            "user": {"username": name},
            "anime_mal_id": 5,
        }
    ]


def test_a_short_name_leaves_other_words_alone() -> None:
    """Somebody called `it` does not garble every `with`."""
    kept = redact_reviews({"data": [review(1, "", "it") | {"review": "it came with it"}]}, lambda text: "X")
    assert kept["data"][0]["review"] == "X came with X"


@pytest.mark.parametrize(
    "body",
    [
        {"status": "429", "type": "RateLimitException", "message": "You are being rate-limited.", "error": None},
        {"status": 429, "type": "RateLimitException", "message": "Jikan is being rate limited by MyAnimeList."},
    ],
)
def test_both_kinds_of_throttling_are_told(body: Json) -> None:
    """Jikan's own has the status as a text, MyAnimeList's as a number; the message is passed on."""
    with pytest.raises(Throttled, match="rate"):
        jikan.SOURCE.read(reply_of(body, 429), Request("1"))


def test_a_fault_of_myanimelist_is_never_a_title_without_a_score() -> None:
    """500 and 504 are faults, and an error with status 200 is none of the answers."""
    body = {"status": 504, "type": "BadResponseException", "message": "Jikan failed to connect to MyAnimeList."}
    with pytest.raises(Unavailable, match="failed to connect"):
        jikan.SOURCE.read(reply_of(body, 504), Request("1", may_be_missing=True))
    with pytest.raises(Exception, match="without data"):
        jikan.SOURCE.read(reply_of(body, 200), Request("1", may_be_missing=True))


def test_a_validation_error_says_which_field() -> None:
    """It stands in `messages` instead of `message`."""
    body = {"status": 400, "type": "ValidationException", "messages": {"limit": ["must not be greater than 25"]}}
    with pytest.raises(Misunderstood, match="greater than 25"):
        jikan.SOURCE.read(reply_of(body, 400), Request("1", "/anime"))


def test_forecasts_follow_what_is_known() -> None:
    """Pages of 25 titles, and one request for each id."""
    forecast = jikan.SOURCE.streams["anime"].forecast
    assert forecast(FULL, 250, {}) == 11
    assert forecast(FULL, 0, {}) == jikan.USUAL_TITLES // 25 + 1
    assert forecast(RANGE, 250, {2000: 99, 2001: 30, 2002: 20}) == 3
    assert forecast(REFRESH, 250, {}) > 2
