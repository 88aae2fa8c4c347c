"""AniList's catalogue comes whole, once it is asked for, whatever is undated, changed meanwhile or badly answered."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.anilist import SOURCE
from adapters.base import Plan, Request
from tests.adapters.tiny_anilist import Reading, Row, TinyAniList, anime, read

TODAY = date(2026, 11, 25)
ANIME = SOURCE.streams["anime"]
FULL = Plan("full", TODAY)
FUZZY = st.one_of(
    st.none(),
    st.builds(
        lambda year, month, day: year * 10_000 + month * 100 + (day if month else 0),
        st.integers(1900, 2030),
        st.integers(0, 12),
        st.integers(0, 28),
    ),
)


def whole_catalogue(titles: int, undated: int, highest: int, seed: int = 7) -> list[Row]:
    """Titles with ids below `highest`, of 1917 to 2027, most of them recent; half of the undated ones announced."""
    draw = random.Random(seed)
    years = range(1917, 2028)
    weights = [1 if year < 1960 else 4 if year < 1985 else 10 if year < 1998 else 30 for year in years]
    ids = draw.sample(range(1, highest), titles)
    started = draw.choices(years, weights, k=titles)
    return [
        anime(number, status="NOT_YET_RELEASED" if place % 2 else "CANCELLED", updated=draw.randrange(10**6))
        if place < undated
        else anime(number, year * 10_000 + draw.choice((0, 100, 405, 1231)), updated=draw.randrange(10**6))
        for place, (number, year) in enumerate(zip(ids, started, strict=True))
    ]


def test_all_22_000_titles_come_in_115_requests() -> None:
    """700 undated ones among them; the forecast is about right and the watermark is the newest change."""
    rows = whole_catalogue(22_000, 700, 200_000)
    reading = read(ANIME, FULL, TinyAniList(rows))
    assert reading.ids == {row["id"] for row in rows}
    assert reading.sent == len(reading.answers) <= 115
    assert ANIME.forecast(FULL, 22_000, {}) == pytest.approx(len(reading.answers), abs=8)
    assert reading.end is not None
    assert reading.end.gone == ()
    assert reading.end.watermark == str(max(row["updatedAt"] for row in rows))
    assert int(reading.end.notes["requests_by_id"]) <= 25
    assert len(set(reading.keys)) == len(reading.keys)


@settings(max_examples=25)
@given(
    starts=st.dictionaries(st.integers(1, 3000), FUZZY, max_size=80),
    known=st.sets(st.integers(1, 4000), max_size=10),
    most_ids=st.sampled_from([60, 250, 700, 10_000]),
)
def test_any_catalogue_comes_whole(starts: dict[int, int | None], known: set[int], most_ids: int) -> None:
    """Every title, whatever its date; and of the known ids exactly those that AniList does not have are gone."""
    service = TinyAniList([anime(number, start) for number, start in starts.items()], most_ids=most_ids)
    plan = Plan("full", TODAY, known=tuple(str(one) for one in sorted(known)))
    reading = read(ANIME, plan, service)
    assert reading.ids == set(starts)
    assert reading.end is not None
    gone = {int(one) for one in reading.end.gone}
    assert gone == (known - set(starts) if starts else set())


@settings(max_examples=25)
@given(starts=st.lists(FUZZY, min_size=1, max_size=60), year=st.integers(1900, 2030), more=st.integers(0, 40))
def test_some_years_are_exactly_these(starts: list[int | None], year: int, more: int) -> None:
    """A range gives the titles that started in its years and no other; it does not move the watermark."""
    rows = [anime(number, start) for number, start in enumerate(starts, start=1)]
    reading = read(ANIME, Plan("range", TODAY, years=(year, year + more)), TinyAniList(rows))
    assert reading.ids == {row["id"] for row in rows if year <= (row["startDate"]["year"] or 0) <= year + more}
    assert reading.end is not None
    assert reading.end.watermark is None


def test_windows_are_disjoint() -> None:
    """No title of the windows comes twice, on their first and last days either."""
    days = [0, 100, 101, 131, 200, 1200, 1231]
    rows = [
        anime(place * 100 + number, year * 10_000 + day)
        for place, year in enumerate((1939, 1940, 2003, 2004, 2024, 2025))
        for number, day in enumerate(days, start=1)
    ]
    reading = read(ANIME, Plan("range", TODAY, years=(1900, 2030)), TinyAniList(rows))
    assert sorted(record["id"] for record in reading.records) == sorted(row["id"] for row in rows)


@pytest.mark.parametrize("ends_at_5000", [False, True])
def test_a_window_of_more_than_5_000_is_split(ends_at_5000: bool) -> None:
    """5,600 titles of two years come whole, though no filter shows more than 5,000, nor need say that there are."""
    draw = random.Random(3)
    rows = [anime(number, draw.choice((2020, 2021)) * 10_000 + draw.randrange(13) * 100) for number in range(1, 5601)]
    service = TinyAniList(rows, ends_at_5000=ends_at_5000)
    assert len(read(ANIME, FULL, service).ids) == 5600
    assert len(read(ANIME, Plan("range", TODAY, years=(2020, 2021)), service).ids) == 5600


def test_undated_titles_can_be_asked_for_alone() -> None:
    """Those announced or cancelled, and of the others those whose id nobody knows yet."""
    rows = [
        anime(1, 20200101),
        anime(2, status="NOT_YET_RELEASED"),
        anime(3, status="CANCELLED"),
        anime(4),
        anime(5, 19990000),
    ]
    undated = Plan("range", TODAY, years=(0, 0))
    assert read(ANIME, undated, TinyAniList(rows)).ids == {1, 2, 3, 4, 5}
    knowing = Plan("range", TODAY, years=(0, 0), known=("1", "5"))
    assert {2, 3, 4} <= read(ANIME, knowing, TinyAniList(rows)).ids


def test_a_refresh_reads_what_changed_since_the_watermark() -> None:
    """Newest first, until ten minutes before the watermark; the new watermark is the newest change."""
    rows = [anime(number, 20200101, updated=100_000 + number) for number in range(3501, 5001)]
    reading = read(ANIME, Plan("refresh", TODAY, watermark="104900"), TinyAniList(rows))
    assert set(range(4301, 5001)) <= reading.ids
    assert len(reading.answers) == 3
    assert reading.end is not None
    assert (reading.end.watermark, reading.end.gone) == ("105000", ())


#: The beginning of TODAY, and a century later, in seconds and, by mistake, in milliseconds.
MIDNIGHT = int(datetime(2026, 11, 25, tzinfo=UTC).timestamp())
TO_COME = (4_920_000_000, 1_764_000_000_000, 10**20)


@pytest.mark.parametrize("wrong", TO_COME)
def test_a_change_that_is_still_to_come_moves_no_watermark_beyond_today(wrong: int) -> None:
    """Of one title: the others' changes are read the next time as well."""
    rows = [anime(number, 20200101, updated=MIDNIGHT - 9_000 + number) for number in range(1, 801)]
    service = TinyAniList([*rows, anime(801, 20200101, updated=wrong)])
    for plan in (FULL, Plan("refresh", TODAY, watermark=str(MIDNIGHT - 8_900))):
        reading = read(ANIME, plan, service)
        assert reading.end is not None
        assert reading.end.watermark == str(MIDNIGHT)


@pytest.mark.parametrize("blank", [None, 0, "soon"])
def test_a_change_without_a_time_ends_no_refresh(blank: Any) -> None:
    """It stands among the newest, and says nothing of those after it."""
    rows = [anime(number, 20200101, updated=100_000 + number) for number in range(1, 1001)]
    service = TinyAniList(rows)

    def answer(request: Request) -> Any:
        document = copy.deepcopy(service(request))
        for page in document["data"].values():
            page["media"] = [row | {"updatedAt": blank} if row["id"] == 990 else row for row in page["media"]]
        return document

    assert set(range(301, 1001)) <= read(ANIME, Plan("refresh", TODAY, watermark="100900"), answer).ids


@pytest.mark.parametrize("odd", [None, {}, {"hasNextPage": None}, {"hasNextPage": "no"}, {"hasNextPage": 1}])
def test_pages_that_do_not_say_whether_there_are_more_are_doubted_and_gone_on_from(odd: Any) -> None:
    """The first time they are asked for again; where it stays so, full pages are followed by others."""
    rows = [anime(number, 20200101, updated=100_000 + number) for number in range(1, 1031)]
    service, told = TinyAniList(rows), list[str]()

    def answer(request: Request, *, always: bool) -> Any:
        document = copy.deepcopy(service(request))
        if always or request.key not in told:
            told.append(request.key)
            for alias in document["data"]:
                document["data"][alias]["pageInfo"] = odd
        return document

    plan, whole = Plan("refresh", TODAY, watermark="100010"), set(range(1, 1031))
    once = read(ANIME, plan, lambda request: answer(request, always=False))
    assert (once.ids, once.sent) == (whole, 2 * len(once.answers))
    assert read(ANIME, plan, lambda request: answer(request, always=True)).ids == whole


@pytest.mark.parametrize("wrong", TO_COME)
def test_a_watermark_that_is_still_to_come_is_none(wrong: int) -> None:
    """A stream that was frozen by one reads what it has missed, and goes on from the newest change."""
    rows = [anime(number, 20200101, updated=100_000 + number) for number in range(1, 801)]
    reading = read(ANIME, Plan("refresh", TODAY, watermark=str(wrong)), TinyAniList(rows))
    assert len(reading.ids) == 800
    assert reading.end is not None
    assert reading.end.watermark == "100800"


def test_a_refresh_asks_for_ids_by_name() -> None:
    """Ids that are due come though they did not change; those that AniList does not have are gone."""
    rows = [anime(number, 20200101, updated=number) for number in range(1, 1001)]
    plan = Plan("refresh", TODAY, watermark="2000", ids=("5", "77", "5000", "6000", "nonsense", "99999999999"))
    reading = read(ANIME, plan, TinyAniList(rows))
    assert {5, 77} <= reading.ids
    assert reading.end is not None
    assert reading.end.gone == ("5000", "6000")
    assert reading.end.watermark == "2000"


@pytest.mark.parametrize("ends_at_5000", [False, True])
def test_a_refresh_after_too_many_changes_reads_everything(ends_at_5000: bool) -> None:
    """More than 5,000 changes cannot be listed: the crawl goes on as a full one, with its first watermark."""
    rows = [anime(number, 20150000 + number % 13 * 100, updated=5_000 + number) for number in range(1, 5301)]
    service = TinyAniList(rows, ends_at_5000=ends_at_5000)
    reading = read(ANIME, Plan("refresh", TODAY, watermark="3000"), service)
    assert len(reading.ids) == 5300
    assert reading.end is not None
    assert reading.end.watermark == "10300"
    assert len(set(reading.keys)) == len(reading.keys)


@pytest.mark.parametrize(
    "plan",
    [FULL, Plan("refresh", TODAY, watermark="400000", ids=("17", "400001")), Plan("range", TODAY, years=(1990, 2005))],
    ids=lambda plan: plan.kind,
)
def test_a_crawl_that_was_killed_goes_on_where_it_stopped(plan: Plan) -> None:
    """After any number of answers: the same requests and the same end, and nothing is asked for again."""
    service = TinyAniList(whole_catalogue(1500, 100, 5000))
    whole = read(ANIME, plan, service)
    for stop in range(0, len(whole.answers), 4):
        first = read(ANIME, plan, service, at_most=stop)
        rest = read(ANIME, plan, service, landed=first.answers)
        assert (rest.keys, rest.end, rest.ids) == (whole.keys, whole.end, whole.ids)
        assert first.sent + rest.sent == whole.sent


class Faulty:
    """Spoils answers of a service now and then, in one of the ways that services do."""

    def __init__(self, service: Callable[[Request], Any], share: float, seed: int) -> None:
        self.service, self.share, self.draw = service, share, random.Random(seed)
        self.before: dict[str, Any] = {}

    def __call__(self, request: Request) -> Any:
        """The answer, spoiled or not."""
        document = self.service(request)
        spoiled = copy.deepcopy(document)
        if self.draw.random() < self.share:
            data = spoiled["data"]
            alias = self.draw.choice([name for name in data if name.startswith("p")])
            self.draw.choice((self._empty, self._null, self._null_item, self._page_before))(data, alias)
        self.before = document["data"]
        return spoiled

    def _empty(self, data: dict[str, Any], alias: str) -> None:
        data[alias] = {"pageInfo": {"hasNextPage": False}, "media": []}

    def _null(self, data: dict[str, Any], alias: str) -> None:
        data[alias] = None

    def _null_item(self, data: dict[str, Any], alias: str) -> None:
        rows = data[alias]["media"]
        rows[:1] = [None] * len(rows[:1])

    def _page_before(self, data: dict[str, Any], alias: str) -> None:
        data[alias] = self.before.get(alias, data[alias])


@pytest.mark.parametrize("seed", range(4))
def test_bad_answers_cost_requests_and_no_titles(seed: int) -> None:
    """Empty pages, nulls and pages shown twice, in four answers of ten: everything comes, nothing is gone."""
    rows = whole_catalogue(1500, 100, 6000, seed)
    known = tuple(str(row["id"]) for row in rows[::5])
    reading = read(ANIME, Plan("full", TODAY, known=known), Faulty(TinyAniList(rows), 0.4, seed))
    assert reading.ids == {row["id"] for row in rows}
    assert reading.end is not None
    assert reading.end.gone == ()
    assert len(reading.answers) < reading.sent < 3 * len(reading.answers)


@pytest.mark.parametrize("seed", range(4))
def test_a_refresh_survives_bad_answers(seed: int) -> None:
    """Everything that changed comes, and only what is really gone counts as gone."""
    rows = [anime(number, 20200101, updated=number * 10) for number in range(1, 2501)]
    plan = Plan("refresh", TODAY, watermark="15000", ids=("1", "2", "3500"))
    reading = read(ANIME, plan, Faulty(TinyAniList(rows), 0.25, seed))
    assert set(range(1440, 2501)) | {1, 2} <= reading.ids
    assert reading.end is not None
    assert reading.end.gone == ("3500",)


def stubborn(alias_value: Any, when: Callable[[Request], bool], service: TinyAniList) -> Callable[[Request], Any]:
    """A service that always gives the same for the first page of certain requests."""

    def answer(request: Request) -> Any:
        document = service(request)
        return {"data": document["data"] | {"p0": alias_value}} if when(request) else document

    return answer


def test_a_page_that_is_always_null_is_made_up_for_by_id() -> None:
    """A full crawl finds its titles by their ids; a refresh goes on as a full crawl."""
    rows = [anime(number, 20200101, updated=number) for number in range(1, 1001)]
    broken = stubborn(None, lambda request: not request.key.startswith("ids"), TinyAniList(rows))
    assert read(ANIME, FULL, broken).ids == set(range(1, 1001))
    assert read(ANIME, Plan("refresh", TODAY, watermark="10"), broken).ids == set(range(1, 1001))


def test_a_refresh_that_breaks_off_reads_everything() -> None:
    """Where more changes were announced and never come, the watermark alone would hide them for ever."""
    rows = [anime(number, 20200101, updated=number) for number in range(1, 1001)]
    service = TinyAniList(rows)
    empty = {"pageInfo": {"hasNextPage": False}, "media": []}

    def ends_early(request: Request) -> Any:
        document = service(request)
        late = [alias for alias in document["data"] if alias.startswith("p")]
        is_late = request.key.startswith("changed@6")
        return {"data": document["data"] | dict.fromkeys(late, empty)} if is_late else document

    assert read(ANIME, Plan("refresh", TODAY, watermark="610"), ends_early).ids == set(range(1, 1001))


def test_nothing_counts_as_gone_on_a_doubtful_word() -> None:
    """Blocks of ids that are always answered with nothing say nothing about these ids."""
    rows = [anime(number, 20200101) for number in range(1, 101)]
    empty = {"pageInfo": {"hasNextPage": False}, "media": []}
    broken = stubborn(empty, lambda request: request.key.startswith("ids"), TinyAniList(rows))
    reading: Reading = read(ANIME, Plan("full", TODAY, known=("7", "150")), broken)
    assert reading.end is not None
    assert reading.end.gone == ()
    assert reading.end.notes["ids_in_doubt"] == 1


def test_records_leave_out_what_is_no_anime() -> None:
    """Nulls, manga, rows without an id and probes; an unknown word in a field changes nothing."""
    odd = {"id": 3, "type": "ANIME", "format": "HOLOGRAM"}
    media = [None, {"id": 1, "type": "MANGA"}, {"type": "ANIME"}, odd, "text", {"id": True, "type": "ANIME"}]
    document = {"data": {"p0": {"media": media}, "p1": None, "newest": {"media": [{"id": 9, "type": "ANIME"}]}}}
    assert ANIME.records(document) == [odd]


def test_forecasts_follow_what_is_known() -> None:
    """A refresh is short, a range as long as its years, a full crawl as long as the catalogue."""
    assert ANIME.forecast(Plan("refresh", TODAY, watermark="1"), 22_000, {}) <= 3
    assert ANIME.forecast(Plan("range", TODAY, years=(2000, 2001)), 22_000, {2000: 500, 2001: 500, 2002: 9}) == 5
    assert ANIME.forecast(FULL, 0, {}) == ANIME.forecast(FULL, 22_000, {})
