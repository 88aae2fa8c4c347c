"""Jikan as it is read: pages, titles by id, and reviews that name nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters import jikan
from adapters.base import Answer, CrawlEnd, Json, Plan, Request
from adapters.errors import LoopDetected, Misunderstood
from adapters.jikan_reviews import redact_reviews, review_records
from tests.adapters.sourcekit import MOMENT, TODAY, SourceContract, hidden, reply_of
from tests.adapters.tiny_jikan import Catalogue, listing, numbers, review, run, title

FULL = Plan("full", TODAY)
REFRESH = Plan("refresh", TODAY, ids=("7", "9000"))
RANGE = Plan("range", TODAY, years=(2001, 2002))

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
    not_found = reply_of(
        {"status": 404, "type": "BadResponseException", "message": "Resource does not exist", "error": None}, 404
    )
    throttled = (reply_of({"status": "429", "type": "RateLimitException", "message": "Slow down", "error": None}, 429),)

    def respond(self, stream: str, request: Request) -> Json:
        """The little Jikan's answer."""
        catalogue = Catalogue(years=lambda number: 1995 + number // 5)
        catalogue.reviews = [
            review(number, f"2024-05-{1 + number % 15:02}T{number // 15:02}:00:00+00:00") for number in range(60)
        ]
        catalogue.reviews.sort(key=lambda one: one["date"], reverse=True)
        return catalogue.answer(request)


def test_a_full_crawl_reads_every_title() -> None:
    """60 titles: rows 0 to 24, 24 to 47 and 46 on, each page sharing titles with the one before."""
    keys, end, records = run(FULL, Catalogue().answer)
    assert keys == ["anime@0", "anime@24", "anime@46"]
    assert numbers(records) == [*range(1, 26), *range(25, 49), *range(47, 61)]
    assert end == CrawlEnd(None, (), {"pages": 3, "titles": 60})


def test_a_last_page_that_is_full_is_the_last() -> None:
    """48 titles: the count says that nothing follows the second page."""
    assert run(FULL, Catalogue(range(1, 49)).answer)[0] == ["anime@0", "anime@24"]


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


@pytest.mark.parametrize("many", [1, 10, 60, 120])
@pytest.mark.parametrize("is_swap", [False, True])
def test_titles_that_move_up_when_others_go_are_not_lost(many: int, is_swap: bool) -> None:
    """Many go at once from the pages that were read, and others may come at the end, so that the count stays."""
    catalogue = Catalogue(range(1, 301))

    def answer(request: Request) -> Json:
        if request.key == "anime@160":
            for number in range(1, many + 1):
                catalogue.titles.pop(number, None)
                if is_swap:
                    catalogue.titles[300 + number] = title(300 + number)
        return catalogue.answer(request)

    keys, end, records = run(FULL, answer)
    assert "anime@160" in keys
    assert set(numbers(records)) == set(range(1, 301)) | (set(catalogue.titles) if is_swap else set())
    assert "rereads" in end.notes
    assert len(keys) < 30


@pytest.mark.parametrize("many", [1, 30, 60])
def test_titles_of_a_range_that_move_up_are_not_lost(many: int) -> None:
    """Here rows that tie have no order: as many pages are read again as so many titles can have moved."""
    catalogue = Catalogue(range(1, 151), lambda number: 2001)

    def answer(request: Request) -> Json:
        if request.key == "from2001@5":
            for number in range(1, many + 1):
                catalogue.titles.pop(number, None)
        return catalogue.answer(request)

    assert set(range(1, 151)) <= set(numbers(run(RANGE, answer)[2]))


def test_an_empty_last_page_after_titles_went_is_no_end_before_the_end() -> None:
    """26 titles of a range, one goes before the second page: that one is empty, and the 26th stands on the first."""
    catalogue = Catalogue(range(1, 27), lambda number: 2001)

    def answer(request: Request) -> Json:
        if request.key == "from2001@2":
            catalogue.titles.pop(3, None)
        return catalogue.answer(request)

    assert set(numbers(run(RANGE, answer)[2])) == set(range(1, 27))


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
    catalogue, tries, before = Catalogue(range(1, 101)), dict[str, int](), list[Json]()

    def answer(request: Request) -> Json:
        tries[request.key] = tries.get(request.key, 0) + 1
        page = catalogue.answer(request)
        if request.key == "anime@0" or tries[request.key] > 1:
            before[:] = [page]
            return page
        return spoilt(page, before[0])

    _, _, records = run(FULL, answer)
    assert set(numbers(records)) == set(range(1, 101))
    assert tries["anime@24"] == 2


@pytest.mark.parametrize("blank", [None, "row", [], {}, {"mal_id": None}, {"mal_id": "7"}])
@pytest.mark.parametrize("plan", [FULL, RANGE, REFRESH])
def test_a_page_with_rows_that_are_none_is_asked_for_again(plan: Plan, blank: Json) -> None:
    """Once, in every kind of listing: no title is lost."""
    catalogue, spoilt = Catalogue(range(1, 101), lambda number: 2001), list[str]()

    def answer(request: Request) -> Json:
        page = catalogue.answer(request)
        if page is not None and isinstance(page["data"], list) and not spoilt and page["data"]:
            spoilt.append(request.key)
            page["data"][3] = blank
        return page

    assert set(numbers(run(plan, answer)[2])) == set(numbers(run(plan, catalogue.answer)[2]))


def test_a_page_with_something_that_is_no_review_is_asked_for_again() -> None:
    """Null, or a review of nothing."""
    catalogue, spoilt = Catalogue(), list[Json]([None, {"mal_id": 3}, {"mal_id": 3, "entry": {}}])
    catalogue.reviews = [review(number, f"2024-05-17T10:{59 - number:02}:00+00:00") for number in range(50)]

    def answer(request: Request) -> Json:
        page = catalogue.answer(request)
        if spoilt and page["data"]:
            page["data"][3] = spoilt.pop()
        return page

    keys, _, records = run(Plan("full", TODAY), answer, "reviews")
    assert len(keys) == 3
    assert numbers(records) == list(range(50))


def test_rows_that_stay_null_are_left_out_and_told() -> None:
    """A title that is null in every answer; the others are read, and the notes say that one was not seen."""
    catalogue = Catalogue()

    def answer(request: Request) -> Json:
        page = catalogue.answer(request)
        return page | {"data": [None if row["mal_id"] == 30 else row for row in page["data"]]}

    _, end, records = run(FULL, answer)
    assert set(numbers(records)) == set(range(1, 61)) - {30}
    assert end.notes["not_seen"] == end.notes["pages_with_rows_without_id"] == 1


def test_pages_that_repeat_for_ever_are_a_loop() -> None:
    """The first page whatever is asked: that is no listing."""
    first = Request("", "/anime", (("page", "1"),))
    with pytest.raises(LoopDetected, match="nothing new"):
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


def test_a_review_of_a_time_to_come_freezes_nothing() -> None:
    """It neither moves the watermark nor ends a refresh; a watermark of such a time counts as none."""
    catalogue = Catalogue()
    catalogue.reviews = [review(number, f"2024-05-{17 - number // 10:02}T01:00:00+00:00") for number in range(100)]
    catalogue.reviews[0]["date"] = "2105-05-17T01:00:00+00:00"
    assert run(Plan("full", TODAY), catalogue.answer, "reviews")[1].watermark == "2024-05-17T01:00:00+00:00"
    frozen = Plan("refresh", TODAY, watermark="2105-05-17T01:00:00+00:00")
    _, end, records = run(frozen, catalogue.answer, "reviews")
    assert len(set(numbers(records))) == 100
    assert end.watermark == "2024-05-17T01:00:00+00:00"


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


def test_forecasts_follow_what_is_known() -> None:
    """Pages of 25 titles, and one request for each id."""
    forecast = jikan.SOURCE.streams["anime"].forecast
    assert forecast(FULL, 250, {}) == len(run(FULL, Catalogue(range(1, 251)).answer)[0]) == 13
    assert forecast(FULL, 0, {}) == 1593
    assert forecast(RANGE, 250, {2000: 99, 2001: 30, 2002: 20}) == 3
    assert forecast(REFRESH, 250, {}) > 2
