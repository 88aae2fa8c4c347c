"""Kitsu's anime: all of them, those changed since, or a block of the list by id.

The one rule: lists are read in the order of ids, where a row that is changed or rated keeps its place.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from math import inf

from adapters.base import Answer, Crawl, CrawlEnd, Json, Plan, Request
from adapters.kitsu_documents import count_of, page_of, start_of, watermark_of
from adapters.kitsu_listing import LIMIT, LIMIT_PARAM, NEWEST_FIRST, bare, listing, notes, pages
from adapters.pagination import Walked, walk
from adapters.spans import rows_of

#: Ids of absent titles that the notes name at most.
_MOST_NAMED = 100
#: Of the catalogue, from which "what has changed" is called everything.
_NEARLY_ALL = 0.9
#: What is assumed where nobody knows yet.
_USUAL_TITLES = 22_000
_ANIME_FIELDS = (
    "createdAt,updatedAt,slug,synopsis,titles,canonicalTitle,abbreviatedTitles,averageRating,ratingFrequencies,"
    "userCount,favoritesCount,startDate,endDate,nextRelease,popularityRank,ratingRank,ageRating,ageRatingGuide,"
    "subtype,status,tba,posterImage,episodeCount,episodeLength,totalLength,youtubeVideoId,nsfw,"
    "genres,categories,mappings,animeProductions,mediaRelationships"
)
_ANIME_PARAMS = (
    ("include", "genres,categories,mappings,animeProductions.producer,mediaRelationships.destination"),
    ("fields[anime]", _ANIME_FIELDS),
    ("fields[categories]", "title,slug,nsfw"),
    ("fields[mappings]", "externalSite,externalId"),
)


def crawl_anime(plan: Plan) -> Crawl:
    """Everything, a block, or what has changed since the watermark; then by id what was not listed."""
    if plan.partition is not None:
        return (yield from _crawl_block(plan, plan.partition))
    newest = yield Request("newest", "/anime", (*NEWEST_FIRST, *_ANIME_PARAMS), doubt=bare)
    start = start_of(plan)
    filters = (("filter[since]", start),) if start else ()
    name = "changed" if start else "anime"
    walked = yield from walk(listing(Request(name, "/anime", (*filters, ("sort", "id"), *_ANIME_PARAMS))))
    wanted = [one for one in dict.fromkeys((*plan.known, *plan.ids)) if one not in walked.ids and one.isdecimal()]
    given = yield from _by_id(wanted)
    absent = [one for one in wanted if one not in given]
    facts = notes(walked) | {"asked_by_id": len(wanted), "not_given_by_id": len(absent)} | _absent(absent)
    catalogue = count_of(newest.document) or 0
    if start and catalogue and walked.total is not None and walked.total >= _NEARLY_ALL * catalogue:
        facts["changed"] = "nearly every title: Kitsu's rating job touches all, so this was as large as a full crawl"
    if plan.kind == "range":
        facts["years"] = "Kitsu cannot be asked by year: everything was read"
    return CrawlEnd(watermark_of(newest.document, plan.today), notes=facts)


def _crawl_block(plan: Plan, key: str) -> Crawl:
    """A block of the list by id; then by id what is known between its first and its last row and was not listed."""
    first, end = rows_of(key)
    by_id = listing(Request("anime", "/anime", (("sort", "id"), *_ANIME_PARAMS)))
    # A catalogue may end before a block begins; the count on the answer shows whether that is so.
    block = replace(by_id, start=max(0, first - LIMIT), end=end, may_be_empty=first > 0)
    walked = yield from walk(block)
    wanted = _missing_between(plan.known, walked, lowest=first == 0, highest=_is_last(walked, end))
    given = yield from _by_id(wanted)
    absent = [one for one in wanted if one not in given]
    facts = notes(walked) | {"asked_by_id": len(wanted), "not_given_by_id": len(absent)} | _absent(absent)
    # Kitsu counts the whole list, of which a block is a part.
    facts.pop("not_seen", None)
    return CrawlEnd(notes=facts)


def _is_last(walked: Walked, end: int | None) -> bool:
    """Whether a block came to the end of the list."""
    return bool(walked.ids) and (end is None or (walked.total is not None and walked.total <= end))


def _missing_between(known: Sequence[str], walked: Walked, *, lowest: bool, highest: bool) -> list[str]:
    """The known ids among the rows of a block that these do not show; at the list's ends those beyond them as well."""
    shown = {int(one) for one in walked.ids if one.isdecimal()}
    if not shown:
        return []
    low, high = -inf if lowest else min(shown), inf if highest else max(shown)
    return [one for one in known if one.isdecimal() and low <= int(one) <= high and int(one) not in shown]


def _absent(ids: Sequence[str]) -> dict[str, int | str]:
    """What people may want to know of titles that were known and are not given any more."""
    if not ids:
        return {}
    rest = f" and {len(ids) - _MOST_NAMED:,} more" if len(ids) > _MOST_NAMED else ""
    return {"absent": f"deleted, or rated R18 since and hidden: {', '.join(ids[:_MOST_NAMED])}{rest}"}


def _by_id(wanted: Sequence[str]) -> Generator[Request, Answer, set[str]]:
    """Ask for titles by their ids; returns those that were given."""
    given: set[str] = set()
    for start in range(0, len(wanted), LIMIT):
        batch = wanted[start : start + LIMIT]

        def doubt(document: Json, batch: Sequence[str] = batch) -> str | None:
            found = page_of(document).ids
            absent = [one for one in batch if one not in found]
            # Told by their ids: others that are missing next time confirm nothing.
            return f"it does not give {', '.join(absent)}" if absent else None

        params = (("filter[id]", ",".join(batch)), (LIMIT_PARAM, str(LIMIT)), *_ANIME_PARAMS)
        answer = yield Request(f"ids@{start}", "/anime", params, doubt=doubt)
        given.update(page_of(answer.document).ids)
    return given


def forecast_anime(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:  # noqa: ARG001 - not by year here
    """A block, or everything, for a refresh too: the rating job touches all titles every now and then."""
    if plan.partition is not None:
        first, end = rows_of(plan.partition)
        rows = min(known or _USUAL_TITLES, end or inf) - max(0, first - LIMIT)
        return pages(max(0, int(rows)))
    return 1 + pages(known or _USUAL_TITLES) + -(-len(plan.ids) // LIMIT)
