"""What all of Kitsu's listings have in common: pages by offset, and a count on each.

The one rule: an answer without the count that every list of Kitsu's has is doubted.
"""

from __future__ import annotations

from collections.abc import Callable

from adapters.base import Json, Request
from adapters.kitsu_documents import NEWEST, OFFSET_PARAM, count_of, id_of, page_of
from adapters.pagination import Listing, Walked, objects
from adapters.windows import Page, Window, by_offset

#: Rows a page: the most that Kitsu gives.
LIMIT = 20
LIMIT_PARAM = "page[limit]"
NEWEST_FIRST = (("sort", "-updatedAt"), (LIMIT_PARAM, str(NEWEST)))


def listing(first: Request, limit: int = LIMIT, row_id: Callable[[Json], str | None] = id_of) -> Listing:
    """A listing of Kitsu's."""

    def page(document: Json, window: Window) -> Page:  # noqa: ARG001 - Kitsu says where the next one begins
        return page_of(document, row_id)

    return Listing(first, by_offset(limit, LIMIT_PARAM, OFFSET_PARAM), page, doubt=uncounted)


def uncounted(document: Json) -> str | None:
    """Doubt an answer without the count that every list of Kitsu's has."""
    return None if count_of(document) is not None else "it does not say how many rows there are"


def bare(document: Json) -> str | None:
    """Doubt an answer without rows."""
    return None if objects(document) else "it is empty"


def notes(walked: Walked) -> dict[str, int | str]:
    """What people may want to know of a walk."""
    facts: dict[str, int | str] = {"pages": walked.pages, "read": len(walked.ids), "counted": walked.total or 0}
    optional = {
        "read_again_after_deletions": walked.rereads,
        "gaps": walked.gaps,
        "pages_with_rows_without_id": walked.blanks,
        "not_seen": walked.not_seen,
    }
    return facts | {name: count for name, count in optional.items() if count}


def pages(rows: int) -> int:
    """Requests for so many rows, with the overlap of pages."""
    return max(1, -(-rows // (LIMIT - 1)))
