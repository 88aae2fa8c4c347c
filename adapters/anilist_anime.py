"""AniList's anime: all of them, those changed since, or those of some years.

The one rule: of an id that was known nothing is said before AniList was asked for it by name, and it counts as
gone only where the answer showed that it was to this question.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence

from adapters import anilist_cells as cells
from adapters.anilist_pages import PAGE_ROWS, Cell, Paged, Row, fragment, rows_of
from adapters.anilist_walk import Walk
from adapters.base import Answer, Crawl, CrawlEnd, Json, Plan, Request

#: 86 fields a page: five stay below 500, and there is room for the probes.
ANIME = Paged("media", "type: ANIME", "AnimeFields", fragment("anilist_anime"), 5)
_PROBES = {"newest": "UPDATED_AT_DESC updatedAt", "highest": "ID_DESC id"}
#: Changes so many seconds before the watermark are read again: they may have been stored later than stamped.
_OVERLAP_S = 600
#: Where the highest id is not told: so far above the highest seen one undated titles are looked for.
_BEYOND = 2000
#: For forecasts: anime where nobody knows, ids for each anime, and ids that one request asks for in the end.
_ABOUT, _IDS_EACH, _IDS_A_REQUEST = 22_000, 9, 25_000

_Sweep = Generator[Request, Answer, Walk]


def crawl_anime(plan: Plan) -> Crawl:
    """The requests that read the catalogue, or the part of it that the plan names."""
    if plan.kind == "range":
        return _range(plan)
    if plan.kind == "refresh" and plan.watermark is not None and plan.watermark.isdecimal():
        return _refresh(plan, int(plan.watermark))
    return _full(plan)


def anime_records(document: Json) -> Sequence[Mapping[str, Json]]:
    """The `Media` objects of an answer."""
    return [row for row in rows_of(document, ANIME.field) if row.get("type") in (None, "ANIME")]


def forecast_anime(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:
    """How many requests a crawl of anime takes.

    Args:
        plan: what is read.
        known: titles that are known; 0 = nobody knows.
        by_year: how many of them started in each year.
    """
    by_id = -(-len(plan.ids) // (ANIME.width * 200))
    if plan.kind == "range":
        first, last = plan.years or (0, 0)
        titles = sum(count for year, count in by_year.items() if first <= year <= last) or known // 20 or 1000
        return _requests(titles) + by_id
    if plan.kind == "refresh" and plan.watermark is not None:
        return 2 + by_id
    titles = known or _ABOUT
    sweep = 5 + titles * _IDS_EACH // _IDS_A_REQUEST
    return _requests(titles) + sweep + len(cells.all_windows(plan.today)) // (2 * ANIME.width)


def _full(plan: Plan, watermark: str | None = None) -> Crawl:
    """Windows over all start dates, what is announced, and by id whatever these did not show.

    Args:
        plan: the plan.
        watermark: of a refresh that goes on as this; None = the newest change when this begins.
    """
    windows = [*cells.all_windows(plan.today), cells.upcoming()]
    walk = Walk(ANIME, windows, probes=_PROBES, split=cells.halves_of_window)
    yield from walk.run()
    existing, highest = _existing(walk)
    named = cells.numbers([*plan.known, *plan.ids])
    sweep = yield from _by_id("", {*range(1, highest + 1), *named} - walk.seen, existing)
    newest = _number(walk.probed.get("newest"), "updatedAt")
    return CrawlEnd(
        watermark=watermark or (str(newest) if newest else plan.watermark),
        gone=_gone(named, walk.seen | sweep.seen, sweep),
        notes=_notes(walk, sweep),
    )


def _refresh(plan: Plan, watermark: int) -> Crawl:
    """What changed since the watermark, newest first; a full crawl where AniList does not show all of that."""
    changed = Cell("changed", "sort: [UPDATED_AT_DESC]", has_rows=True)
    walk = Walk(ANIME, [changed], probes=_PROBES, enough=older_than(watermark - _OVERLAP_S))
    yield from walk.run()
    newest = str(max(watermark, _number(walk.probed.get("newest"), "updatedAt")))
    if walk.cut or walk.lost or not walk.seen:
        return (yield from _full(plan, newest))
    named = cells.numbers(plan.ids)
    sweep = yield from _by_id("asked ", set(named) - walk.seen, walk.seen)
    return CrawlEnd(newest, _gone(named, walk.seen | sweep.seen, sweep), _notes(walk, sweep))


def _range(plan: Plan) -> Crawl:
    """What started in some years. (0, 0): what has no date, as far as announced, cancelled, or of an unknown id."""
    first, last = plan.years or (0, 0)
    undated = (first, last) == (0, 0)
    wanted = [cells.upcoming(), cells.cancelled()] if undated else cells.windows_of(first, last)
    walk = Walk(ANIME, wanted, probes=_PROBES if undated else None, split=cells.halves_of_window)
    yield from walk.run()
    named = cells.numbers(plan.ids)
    known = {*cells.numbers(plan.known)} if undated else set()
    existing, highest = _existing(walk)
    unknown = {*range(1, highest + 1)} - known if known else set()
    sweep = yield from _by_id("", (unknown | {*named}) - walk.seen, existing | known)
    return CrawlEnd(None, _gone(named, walk.seen | sweep.seen, sweep), _notes(walk, sweep))


def older_than(limit: int) -> Callable[[Sequence[Row]], bool]:
    """Whether one of some rows, newest changes first, changed before a time in Unix seconds."""
    return lambda rows: any(_number(row, "updatedAt") < limit for row in rows)


def _existing(walk: Walk) -> tuple[set[int], int]:
    """Ids that AniList has shown, and the highest that it has."""
    highest = _number(walk.probed.get("highest"), "id")
    if highest:
        return walk.seen | {highest}, highest
    return walk.seen, max(walk.seen) + _BEYOND if walk.seen else 0


def _by_id(name: str, wanted: set[int], existing: set[int]) -> _Sweep:
    """Ask for ids by name; returns the walk."""
    blocks = cells.Blocks(name, sorted(wanted), sorted(existing))
    walk = Walk(ANIME, blocks, split=blocks.halve, accepted=blocks.grow)
    yield from walk.run()
    return walk


def _gone(named: Sequence[int], seen: set[int], sweep: Walk) -> tuple[str, ...]:
    """Of the ids that were asked for by name those that AniList surely does not have."""
    return tuple(str(one) for one in named if one not in seen and one not in sweep.unsure)


def _notes(walk: Walk, sweep: Walk) -> dict[str, int | str]:
    """Facts for people."""
    facts: dict[str, int | str] = {
        "titles": len(walk.seen | sweep.seen),
        "titles_found_by_id_alone": len(sweep.seen - walk.seen),
        "requests_by_list": walk.requests,
        "requests_by_id": sweep.requests,
    }
    odd: dict[str, int | str] = {
        "pages_not_given": walk.lost + sweep.lost,
        "ids_in_doubt": len(sweep.unsure),
        "lists_cut_off_at_5000": ", ".join([*walk.cut, *sweep.cut]),
    }
    return facts | {name: value for name, value in odd.items() if value}


def _number(row: Row | None, name: str) -> int:
    """A number in a row; 0 where there is none."""
    value = row.get(name) if row else None
    return value if isinstance(value, int) else 0


def _requests(titles: int) -> int:
    """Requests that show so many titles."""
    return -(-titles // (PAGE_ROWS * ANIME.width)) + 1
