"""AniList's anime: all of them, those changed since, or those of some years.

The one rule: of an id that was known nothing is said before AniList was asked for it by name, and it counts as
gone only where the answer showed that it was to this question.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from adapters import anilist_cells as cells
from adapters.anilist_changes import newest_change, number_in, older_than, start_of
from adapters.anilist_pages import PAGE_ROWS, Cell, Paged, fragment, rows_of
from adapters.anilist_walk import Walk
from adapters.base import Answer, Crawl, CrawlEnd, Json, Plan, Request

#: 86 fields a page: five stay below 500, and there is room for the probes.
ANIME = Paged("media", "type: ANIME", "AnimeFields", fragment("anilist_anime"), 5)
_PROBES = {"newest": "UPDATED_AT_DESC updatedAt", "highest": "ID_DESC id"}
#: An id so far above the highest seen one is believed to be the highest; above that the newest titles are listed.
_NEAR = 5000
#: Ids above this are not swept, whatever is seen: AniList's were below 250,000 in 2026.
_MOST_SWEPT = 1_000_000
#: For forecasts: anime where nobody knows, ids for each anime, and ids that one request asks for in the end.
_ABOUT, _IDS_EACH, _IDS_A_REQUEST = 22_000, 9, 25_000
#: And titles that start in a year.
_A_YEAR = 500

_Walking = Generator[Request, Answer, Walk]


def crawl_anime(plan: Plan) -> Crawl:
    """The requests that read the catalogue, or the part of it that the plan names."""
    if plan.kind == "range":
        return _range(plan)
    since = start_of(plan)
    return _full(plan) if since is None else _refresh(plan, since)


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
        return _forecast_range(plan.years or (0, 0), known, by_year) + by_id
    if plan.kind == "refresh" and plan.watermark is not None:
        return 2 + by_id
    titles = known or _ABOUT
    sweep = 5 + titles * _IDS_EACH // _IDS_A_REQUEST
    return _requests(titles) + sweep + len(cells.all_windows(plan.today)) // (2 * ANIME.width)


def _forecast_range(years: tuple[int, int], known: int, by_year: Mapping[int, int]) -> int:
    """How many requests some years take; (0, 0): what has no date, which costs a full crawl while nothing is known."""
    if years == (0, 0):
        titles = by_year.get(0, 0) if known else _ABOUT
        return _requests(titles) + 3 + (known or _ABOUT) * _IDS_EACH // _IDS_A_REQUEST
    span = range(years[0], years[1] + 1)
    guess = min(_ABOUT, _A_YEAR * len(span))
    return _requests(sum(count for year, count in by_year.items() if year and year in span) if known else guess)


def _full(plan: Plan, watermark: str | None = None) -> Crawl:
    """Windows over all start dates, what is announced, and by id whatever these did not show.

    Args:
        plan: the plan.
        watermark: of a refresh that goes on as this; None = the newest change when this begins.
    """
    windows = [*cells.all_windows(plan.today), cells.upcoming()]
    walk = Walk(ANIME, windows, probes=_PROBES, split=cells.halves_of_window)
    yield from walk.run()
    reach = _Reach(walk)
    yield from reach.find()
    named = cells.numbers([*plan.known, *plan.ids])
    sweep = yield from _by_id("", _unseen(reach.highest, named, reach.seen), reach.existing)
    newest = newest_change(walk.probed.get("newest"), plan.today)
    return CrawlEnd(
        watermark=watermark or (str(newest) if newest else plan.watermark),
        gone=_gone(named, reach.seen | sweep.seen, sweep),
        notes=_notes([*reach.walks, sweep]) | reach.notes,
    )


def _refresh(plan: Plan, watermark: int) -> Crawl:
    """What changed since the watermark, newest first; a full crawl where AniList does not show all of that."""
    changed = Cell("changed", "sort: [UPDATED_AT_DESC]", has_rows=True)
    walk = Walk(ANIME, [changed], probes=_PROBES, enough=older_than(watermark))
    yield from walk.run()
    newest = str(max(watermark, newest_change(walk.probed.get("newest"), plan.today)))
    if walk.cut or walk.lost or not walk.seen:
        return (yield from _full(plan, newest))
    named = cells.numbers(plan.ids)
    sweep = yield from _by_id("asked ", _unseen(0, named, walk.seen), walk.seen)
    return CrawlEnd(newest, _gone(named, walk.seen | sweep.seen, sweep), _notes([walk, sweep]))


def _range(plan: Plan) -> Crawl:
    """What started in some years. (0, 0): what is announced or cancelled, and by id whatever is not known yet."""
    first, last = plan.years or (0, 0)
    undated = (first, last) == (0, 0)
    wanted = [cells.upcoming(), cells.cancelled()] if undated else cells.windows_of(first, last)
    walk = Walk(ANIME, wanted, probes=_PROBES if undated else None, split=cells.halves_of_window)
    yield from walk.run()
    named = cells.numbers(plan.ids)
    known = {*cells.numbers(plan.known)} if undated else set()
    reach = _Reach(walk, known)
    if undated:
        yield from reach.find()
    unseen = _unseen(reach.highest, named, reach.seen, known)
    sweep = yield from _by_id("", unseen, reach.existing | known)
    notes = _notes([*reach.walks, sweep]) | reach.notes
    return CrawlEnd(None, _gone(named, reach.seen | sweep.seen, sweep), notes)


class _Reach:
    """How far the ids go that are looked for one by one, after what lists have shown.

    Attributes:
        walks: what has read lists.
        highest: the last id that is looked for without being named; 0 = none is.
        existing: ids that AniList has shown.
        notes: for people, where ids are left out.
    """

    def __init__(self, walk: Walk, known: AbstractSet[int] = frozenset()) -> None:
        """Nothing is looked for yet.

        Args:
            walk: has read lists, and asked for the highest id.
            known: ids that exist, though they were not shown this time.
        """
        self.walks, self.highest, self.notes = [walk], 0, dict[str, int | str]()
        self.existing = set(walk.seen)
        self._top = max(walk.seen | known, default=0)

    @property
    def seen(self) -> set[int]:
        """Ids whose titles have come."""
        return set().union(*(walk.seen for walk in self.walks))

    def find(self) -> Generator[Request, Answer, None]:
        """Find the highest id: what is told of it is not believed where it does not fit to what was seen."""
        told = number_in(self.walks[0].probed.get("highest"), "id")
        if told > 0 and self._top <= told <= self._top + _NEAR:
            self.existing.add(told)
            self.highest = told
        else:
            self.highest = yield from self._list_the_newest()
        if self.highest > _MOST_SWEPT:
            self.highest = _MOST_SWEPT
            self.notes["ids_not_looked_for"] = f"those above {_MOST_SWEPT:,} that no list shows"

    def _list_the_newest(self) -> Generator[Request, Answer, int]:
        """Read titles from the highest id down to what was seen; returns how far ids are still to be looked for."""
        latest = Cell("latest", "sort: [ID_DESC]", has_rows=bool(self._top))
        walk = Walk(ANIME, [latest], enough=lambda rows: any(row["id"] <= self._top for row in rows))
        yield from walk.run()
        self.walks.append(walk)
        self.existing |= walk.seen
        # Where the list is whole, it has shown all that is above.
        return max(self.existing, default=0) if walk.cut or walk.lost else self._top


def _unseen(highest: int, named: Sequence[int], *seen: AbstractSet[int]) -> Iterator[int]:
    """Ids up to the highest and those that are named, in ascending order; of those not named no known ones.

    Args:
        highest: the last one of those that are not named.
        named: in ascending order.
        seen: ids whose titles have come, and ids that are known to be no news.
    """
    by_name = frozenset(named)
    every = chain(range(1, highest + 1), (one for one in named if one > highest))
    return (one for one in every if one not in seen[0] and (one in by_name or not any(one in ids for ids in seen[1:])))


def _by_id(name: str, wanted: Iterable[int], existing: AbstractSet[int]) -> _Walking:
    """Ask for ids by name; returns the walk."""
    blocks = cells.Blocks(name, wanted, sorted(existing))
    walk = Walk(ANIME, blocks, accepted=blocks.grow, refused=blocks.refuse)
    yield from walk.run()
    return walk


def _gone(named: Sequence[int], seen: set[int], sweep: Walk) -> tuple[str, ...]:
    """Of the ids that were asked for by name those that AniList surely does not have."""
    return tuple(str(one) for one in named if one not in seen and one not in sweep.unsure)


def _notes(walks: Sequence[Walk]) -> dict[str, int | str]:
    """Facts for people; the last walk is that by ids."""
    *lists, sweep = walks
    listed = set().union(*(walk.seen for walk in lists))
    facts: dict[str, int | str] = {
        "titles": len(listed | sweep.seen),
        "titles_found_by_id_alone": len(sweep.seen - listed),
        "requests_by_list": sum(walk.requests for walk in lists),
        "requests_by_id": sweep.requests,
    }
    odd: dict[str, int | str] = {
        "pages_not_given": sum(walk.lost for walk in walks),
        "ids_in_doubt": len(sweep.unsure),
        "lists_cut_off_at_5000": ", ".join(name for walk in walks for name in walk.cut),
    }
    return facts | {name: value for name, value in odd.items() if value}


def _requests(titles: int) -> int:
    """Requests that show so many titles."""
    return -(-titles // (PAGE_ROWS * ANIME.width)) + 1
