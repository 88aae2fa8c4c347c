"""MyAnimeList: its catalogue by rankings, seasons and single titles, and users' lists, over its API v2.

The one rule: no list is complete. There is neither a listing of everything nor one of what has changed, so a full
crawl is the union of the rankings and of all seasons, and what is known and in none of them is asked for by id.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import quote

from adapters.base import Answer, Crawl, CrawlEnd, Json, Manners, Plan, Request, Source, Stream
from adapters.myanimelist_documents import (
    ENTRY_FIELDS,
    FORBIDDEN,
    anime_records,
    list_records,
    page_of,
    page_of_list,
    read,
    redact_lists,
)
from adapters.myanimelist_parts import (
    FIRST_YEAR,
    PARTS,
    RANKINGS,
    SEASONS,
    RankingPages,
    ranking_of,
    season_of,
)
from adapters.pagination import Listing, Walked, walk, within
from adapters.windows import by_offset

_LIMIT, _LIST_LIMIT = 500, 1000
#: A list that is refused is asked for so often again.
_SECOND_LOOKS = 2
#: Rankings move while they are read: pages share some rows, so that a title does not slip between two.
_RANKING_OVERLAP = 10
#: Since then every season has had titles, so that one without is doubted.
_FIRST_STEADY_YEAR = 1975
_SWEEP_EVERY = timedelta(days=7)
_USUAL_TITLES = 30_000
_SPECIALISED_SHARE = 1.6  # of the catalogue, what the rankings beside bypopularity list together

_FIELDS = (
    "id,title,main_picture,alternative_titles,start_date,end_date,synopsis,mean,rank,popularity,num_list_users,"
    "num_scoring_users,num_favorites,nsfw,genres,created_at,updated_at,media_type,status,num_episodes,start_season,"
    "broadcast,source,average_episode_duration,rating,studios"
)
#: What only the details of one title give.
_DETAILS = f"{_FIELDS},background,related_anime,recommendations"


def _crawl_anime(plan: Plan) -> Crawl:
    """Rankings and seasons as the plan wants them; then by id what they did not give."""
    if plan.partition is not None:
        return (yield from _crawl_part(plan, plan.partition))
    swept = plan.kind == "full" or (plan.kind == "refresh" and _is_sweep_due(plan))
    rankings = RANKINGS if plan.kind == "full" else RANKINGS[:1] if swept else ()
    seen: dict[str, None] = {}
    notes: dict[str, int | str] = {}
    for ranking in rankings:
        walked = yield from walk(_ranking(ranking))
        seen |= walked.ids
        notes |= _notes(f"ranking_{ranking}", walked)
    ranked = len(seen)
    seasons = list(_seasons_of(plan))
    for year, season in seasons:
        walked = yield from walk(_season(year, season, plan.today))
        seen |= walked.ids
    wanted, gone = yield from _by_id(plan, seen)
    notes |= {
        "rankings": len(rankings),
        "titles_ranked": ranked,
        "seasons": len(seasons),
        "titles_by_season_only": len(seen) - ranked,
        "asked_by_id": wanted,
        "gone": len(gone),
    }
    return CrawlEnd(plan.today.isoformat() if swept else plan.watermark, gone, notes)


def _crawl_part(plan: Plan, key: str) -> Crawl:
    """Some pages of a ranking, a season, or only what is asked for by id."""
    season, pages = season_of(key), ranking_of(key)
    walked = Walked()
    if season is not None:
        walked = yield from walk(_season(*season, plan.today))
    elif pages is not None:
        walked = yield from walk(_pages_of(pages))
    wanted, gone = yield from _by_id(plan, walked.ids)
    notes = _notes("titles", walked) | {"asked_by_id": wanted, "gone": len(gone)}
    return CrawlEnd(gone=gone, notes=notes)


def _by_id(plan: Plan, seen: Mapping[str, None]) -> Generator[Request, Answer, tuple[int, tuple[str, ...]]]:
    """Ask for what lists did not show; returns how many titles that were, and the ids of those that are gone."""
    wanted = [one for one in dict.fromkeys((*plan.known, *plan.ids)) if one not in seen and one.isdecimal()]
    gone: list[str] = []
    for one in wanted:
        gone += yield from _details(one)
    return len(wanted), tuple(gone)


def _pages_of(pages: RankingPages) -> Listing:
    """Some pages of a ranking, from a few rows before them on."""
    return replace(_ranking(pages.ranking), start=max(0, pages.start - _RANKING_OVERLAP), end=pages.end)


def _ranking(name: str) -> Listing:
    """One ranking, adult titles included."""
    params = (("ranking_type", name), ("nsfw", "true"), ("fields", _FIELDS))
    return _listing(Request(name, "/anime/ranking", params), overlap=_RANKING_OVERLAP)


def _season(year: int, season: str, today: date) -> Listing:
    """One season; long ago, or in the time to come, it may be empty or missing."""
    params = (("sort", "anime_num_list_users"), ("nsfw", "true"), ("fields", _FIELDS))
    request = Request(f"{year}-{season}", f"/anime/season/{year}/{season}", params, may_be_missing=True)

    def doubt(document: Json) -> str | None:
        told = within(document, "season", "season"), within(document, "season", "year")
        return None if told == (season, year) else f"it is about {told[0]} {told[1]}"

    is_steady = (_FIRST_STEADY_YEAR, 0) <= (year, SEASONS.index(season)) <= _season_at(today)
    return replace(_listing(request), doubt=doubt, may_be_empty=not is_steady)


def _details(one: str) -> Generator[Request, Answer, list[str]]:
    """Ask for one title; returns its id where it is gone."""

    def doubt(document: Json) -> str | None:
        return None if str(document.get("id")) == one else f"it is about {document.get('id')}"

    answer = yield Request(f"id-{one}", f"/anime/{one}", (("fields", _DETAILS),), may_be_missing=True, doubt=doubt)
    return [one] if answer.missing else []


def _crawl_lists(plan: Plan) -> Crawl:
    """Each user's list as far as its owner shows it.

    A refused list may be private, or we may have asked too often: MyAnimeList says 403 to both. So it is asked for
    again once a request that nobody can hide has passed.
    """
    missing = entries = 0
    fields = ",".join(ENTRY_FIELDS)
    params = (("fields", f"list_status{{{fields}}}"), ("sort", "list_updated_at"), ("nsfw", "true"))
    for user in plan.users:
        path = f"/users/{quote(user.name, safe='')}/animelist"
        request = Request(user.subject, path, params, subject=user.subject, may_be_missing=True)
        walked = yield from walk(_entries(request))
        for look in range(1, _SECOND_LOOKS + 1):
            if walked.missing_status == FORBIDDEN:
                door = (("ranking_type", "all"), ("limit", "1"))
                yield Request(f"{user.subject}.door{look}", "/anime/ranking", door)
                walked = yield from walk(_entries(replace(request, key=f"{user.subject}.look{look}")))
        missing += bool(walked.missing)
        # Closed while it was read: what it showed before counts as little as that of earlier crawls.
        entries += 0 if walked.missing else len(walked.ids)
    return CrawlEnd(notes={"users": len(plan.users), "users_missing": missing, "entries": entries})


def _is_sweep_due(plan: Plan) -> bool:
    """Whether the last sweep through the ranking by popularity is a week ago, or unknown."""
    try:
        return plan.today - date.fromisoformat(plan.watermark or "") >= _SWEEP_EVERY
    except ValueError:
        # No date: nobody knows when the last one was.
        return True


def _season_at(day: date) -> tuple[int, int]:
    """Year and place in the year of the season of a day; MyAnimeList's winter begins in January."""
    return day.year, (day.month - 1) // 3


def _seasons_of(plan: Plan) -> Iterable[tuple[int, str]]:
    """The seasons that a plan wants, in the order of time."""
    if plan.kind == "refresh":
        year, place = _season_at(plan.today)
        for number in range(4 * year + place - 1, 4 * year + place + 2):
            yield number // 4, SEASONS[number % 4]
        return
    first, last = plan.years if plan.kind == "range" and plan.years else (FIRST_YEAR, plan.today.year + 1)
    for year in range(max(first, FIRST_YEAR), last + 1):
        for season in SEASONS:
            yield year, season


def _listing(first: Request, limit: int = _LIMIT, overlap: int = 1) -> Listing:
    """A listing of MyAnimeList's."""
    return Listing(first, by_offset(limit, "limit", "offset"), page_of, overlap)


def _entries(first: Request) -> Listing:
    """A user's list."""
    return replace(_listing(first, _LIST_LIMIT), page=page_of_list)


def _notes(name: str, walked: Walked) -> dict[str, int | str]:
    """What people may want to know of a walk."""
    told = {"": len(walked.ids), "_rereads": walked.rereads, "_gaps": walked.gaps, "_blanks": walked.blanks}
    return {f"{name}{end}": count for end, count in told.items() if count}


def _forecast_anime(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:
    """Pages of rankings, seasons of which few have a second page, and one request for each id."""
    titles = known or _USUAL_TITLES
    if plan.partition is not None:
        return _forecast_part(plan, plan.partition, titles, by_year)
    pages = -(-titles // (_LIMIT - _RANKING_OVERLAP))
    seasons = list(_seasons_of(plan))
    asked = len(seasons) + sum(by_year.get(year, 0) // (4 * _LIMIT) for year, _ in seasons) + len(plan.ids)
    if plan.kind == "full":
        return asked + pages + len(RANKINGS) - 1 + int(_SPECIALISED_SHARE * pages)
    return asked + (pages if plan.kind == "refresh" and _is_sweep_due(plan) else 0)


def _forecast_part(plan: Plan, key: str, titles: int, by_year: Mapping[int, int]) -> int:
    """The pages of one part: of a ranking as far as titles fill it, of a season, or a request for each id."""
    season, pages = season_of(key), ranking_of(key)
    if season is not None:
        return 1 + by_year.get(season[0], 0) // (4 * _LIMIT)
    if pages is not None:
        share = 1.0 if pages.ranking in RANKINGS[:2] else (_SPECIALISED_SHARE - 1) / len(RANKINGS[2:])
        rows = min(share * titles, pages.end or titles) - pages.start
        return max(1, -(-int(rows) // (_LIMIT - _RANKING_OVERLAP)))
    return len(plan.ids)


def _forecast_lists(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:  # noqa: ARG001 - by users only
    """A page for each user."""
    return len(plan.users)


SOURCE = Source(
    name="myanimelist",
    base_url="https://api.myanimelist.net/v2",
    streams={
        "anime": Stream("anime", _crawl_anime, anime_records, _forecast_anime, parts=PARTS),
        "lists": Stream("lists", _crawl_lists, list_records, _forecast_lists, redact_lists),
    },
    manners=Manners(per_minute=60, throttled_wait_s=120.0),
    read=read,
    key_header="X-MAL-CLIENT-ID",
)
