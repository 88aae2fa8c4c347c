"""What Kitsu's documents say: records, paging, errors, and what of them may be kept.

The one rule: what is not known to be harmless is left out of what is personal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from adapters.base import Json, Plan, Reply, Request
from adapters.errors import Garbled, Misunderstood, NotFound, Refused, Throttled, Unavailable
from adapters.moments import has_come, newest_of
from adapters.pagination import objects, offset_of, within
from adapters.windows import Page

#: Where users' lists are.
LIBRARY = "/library-entries"
OFFSET_PARAM = "page[offset]"
LIBRARY_ATTRIBUTES = (
    "status,progress,reconsuming,reconsumeCount,ratingTwenty,progressedAt,startedAt,finishedAt,createdAt,updatedAt"
)
REVIEW_ATTRIBUTES = "content,rating,spoiler,progress,likesCount,createdAt,updatedAt"
#: What Kitsu says to parameters that it does not know; any other 400 has been seen to pass.
_MISUNDERSTOOD = frozenset(("101", "102", "104", "112", "114", "118"))
#: The newest changes that are looked at; fewer than a page, so that one cannot be taken for the other.
NEWEST = 10
#: Years that a time of Kitsu's can lie in; any other is none.
_YEARS = range(1990, 2200)
#: Taken off a watermark: what was written while the last crawl began may have become visible a little later.
_OVERLAP = timedelta(hours=1)
_INSTANT = timedelta(milliseconds=1)
_MEDIA = frozenset(("anime", "manga", "drama", "dramas"))


def read(reply: Reply, request: Request) -> Json:
    """The JSON:API document of a reply; `data` is a list."""
    is_page = reply.body.lstrip()[:1] == b"<"
    if reply.status == 429:
        raise Throttled("it asks for fewer requests (429)")
    if reply.status >= 500 or is_page:
        kind = Throttled if reply.status == 403 else Unavailable
        raise kind(f"it answered with status {reply.status}{' and a page of HTML' if is_page else ''}")
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError) as problem:
        raise Garbled(f"the answer is no whole JSON (status {reply.status}, {len(reply.body):,} bytes)") from problem
    errors = objects(document, "errors")
    words = [str(error.get("detail") or error.get("title") or "") for error in errors]
    told = "; ".join(filter(None, words))[:300]
    if reply.status == 404:
        if not errors:
            raise Unavailable("status 404 without a word of Kitsu's own")
        raise NotFound(f"there is no such thing{f': {told}' if told else ''}")
    if reply.status in (401, 403):
        raise Refused(f"it does not serve this client ({reply.status}): {told}")
    if reply.status == 400:
        codes = {str(error.get("code")) for error in errors}
        raise (Misunderstood if codes & _MISUNDERSTOOD else Unavailable)(f"bad request (400): {told}")
    if reply.status != 200:
        raise Misunderstood(f"status {reply.status}: {told}")
    if errors or not isinstance(within(document, "data"), list):
        raise Garbled(f"an answer of status 200 without a list of data: {told}")
    if request.path == LIBRARY and _says_nothing(document):
        # It would pass for an empty list.
        raise Garbled("a list of which no entry says which anime it is about")
    return document


def _says_nothing(document: Json) -> bool:
    """Whether a list has entries of which none says what it is about, not even that the anime is gone (null)."""
    about = [within(entry, "relationships", "anime") for entry in objects(document)]
    return bool(document["data"]) and not any(isinstance(one, Mapping) and "data" in one for one in about)


def id_of(resource: Json) -> str | None:
    """A resource's id."""
    found = within(resource, "id")
    return None if found is None else str(found)


def page_of(document: Json, row_id: Callable[[Json], str | None] = id_of) -> Page:
    """The paging of an answer."""
    found = [row_id(item) for item in document["data"]]
    return Page(
        ids=tuple(one for one in found if one is not None),
        rows=len(found),
        next_offset=offset_of(within(document, "links", "next"), OFFSET_PARAM),
        total=count_of(document),
        blank=tuple(place for place, one in enumerate(found, 1) if one is None),
    )


def count_of(document: Json) -> int | None:
    """How many rows a list has as a whole; None where it does not say."""
    count = within(document, "meta", "count")
    return count if type(count) is int else None


def anime_of(entry: Json) -> str | None:
    """What a library entry is told by within its list: the anime, since its own id leads to its owner."""
    return id_of(within(entry, "relationships", "anime", "data"))


def moment_of(words: Json) -> datetime | None:
    """A time of Kitsu's, UTC, also where it names no zone; None for what is none."""
    try:
        moment = datetime.fromisoformat(words)
    except (TypeError, ValueError):
        # Not a time: there is nothing to go by.
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.astimezone(UTC) if moment.year in _YEARS else None


def watermark_of(document: Json, today: date) -> str | None:
    """The watermark: the time of the newest change; None where it states none.

    Where all of them have one time, the rating job has touched everything at that moment. The next refresh then
    starts just after it, not an hour before: it would read the whole catalogue again.
    """
    found = [moment_of(within(one, "attributes", "updatedAt")) for one in objects(document)]
    moments = [moment for moment in found if moment is not None]
    newest = newest_of(moments, today)
    if newest is None:
        return None
    by_job = len(moments) >= NEWEST and min(moments) == max(moments)
    return _written(newest + (_OVERLAP + _INSTANT if by_job else timedelta()))


def start_of(plan: Plan) -> str | None:
    """Where a refresh starts; None where everything is to be read."""
    moment = moment_of(plan.watermark) if plan.kind == "refresh" else None
    return None if moment is None or not has_come(moment, plan.today) else _written(moment - _OVERLAP)


def _written(moment: datetime) -> str:
    """A time as Kitsu writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def anime_records(document: Json) -> list[Mapping[str, Json]]:
    """Each anime with the resources that it refers to: not other titles, of which a relationship names the id."""
    included = {(str(one.get("type")), str(one.get("id"))): one for one in objects(document, "included")}
    records: list[Mapping[str, Json]] = []
    for resource in objects(document):
        if resource.get("type") == "anime" and resource.get("id") is not None:
            records.append({"data": resource, "included": _referred(resource, included)})
    return records


def _referred(resource: Json, included: Mapping[tuple[str, str], Json]) -> list[Json]:
    """The included resources that one refers to, and those that these refer to, each once."""
    found: dict[tuple[str, str], Json] = {}
    open_ends = [resource]
    while open_ends:
        relationships = within(open_ends.pop(0), "relationships")
        for relationship in relationships.values() if isinstance(relationships, Mapping) else ():
            linked = within(relationship, "data")
            for one in linked if isinstance(linked, list) else [linked]:
                key = (str(within(one, "type")), str(within(one, "id")))
                if key in included and key not in found and key[0] not in _MEDIA:
                    found[key] = included[key]
                    open_ends.append(included[key])
    return list(found.values())


def list_records(document: Json) -> list[Mapping[str, Json]]:
    """The entries that say which anime they are about."""
    return [one for one in objects(document) if one.get("type") == "libraryEntries" and anime_of(one) is not None]


def review_records(document: Json) -> list[Mapping[str, Json]]:
    """The reviews of anime."""
    return [
        one
        for one in objects(document)
        if one.get("type") == "reviews" and within(one, "relationships", "media", "data", "type") == "anime"
    ]


def redact_lists(document: Json, hide: Callable[[str], str]) -> Json:
    """Entries without their own ids and links, which lead to their owner; users by nothing but a hash."""
    hidden = _redacted(document, LIBRARY_ATTRIBUTES, "anime")
    for item in objects(hidden):
        if isinstance(item, dict) and "id" in item:
            item["id"] = hide(str(item["id"]))
    return hidden


def redact_reviews(document: Json, hide: Callable[[str], str]) -> Json:  # noqa: ARG001 - a Stream's redact has it
    """Reviews without their authors."""
    return _redacted(document, REVIEW_ATTRIBUTES, "media")


def _redacted(document: Json, attributes: str, relationship: str) -> Json:
    """Only what is known to name nobody, and what paging reads."""
    kept = attributes.split(",")
    data: list[Json] = []
    for item in document["data"]:
        if not isinstance(item, Mapping):
            data.append(None)
            continue
        shown = {name: item[name] for name in ("id", "type") if name in item}
        if item.get("type") == "users":
            data.append(shown)
            continue
        stated = item.get("attributes")
        told = {name: stated[name] for name in kept if name in stated} if isinstance(stated, Mapping) else {}
        target = within(item, "relationships", relationship, "data")
        relationships = {} if target is None else {relationship: {"data": target}}
        data.append(shown | {"attributes": told, "relationships": relationships})
    offset = offset_of(within(document, "links", "next"), OFFSET_PARAM)
    links = {} if offset is None else {"next": f"?{OFFSET_PARAM}={offset}"}
    count = count_of(document)
    return {"data": data, "meta": {} if count is None else {"count": count}, "links": links}
