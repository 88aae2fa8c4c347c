"""AniList's pages: how they are asked for, and what is odd about one that came.

A cell is a filter under which AniList shows at most 5,000 rows in pages of 50, e.g. the anime of three years.
The one rule: a page is held against what is known of its cell before it is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from importlib import resources

from adapters.base import Json
from adapters.pagination import within

PAGE_ROWS = 50
#: Page 101 of 50 is refused: 5,000 rows are all that one filter shows.
LAST_PAGE = 100
#: Ids that one page is known to take, beside the one that shows what was asked; a bigger block may be refused.
SURE_IDS = 199
#: A block that is refused is made smaller down to this.
LEAST_IDS = 50
#: AniList's ids are GraphQL's Int.
HIGHEST_ID = 2**31 - 1
#: Keys of requests for blocks of ids begin with this.
IDS = "ids "

Row = Mapping[str, Json]


@dataclass(frozen=True)
class Paged:
    """A list that AniList shows in pages.

    Attributes:
        field: `media` or `reviews`.
        fixed: the arguments that all its pages have.
        fragment: the name of the fragment that says what is wanted of a row.
        text: that fragment.
        width: pages in one request; the complexity of these must stay below 500.
    """

    field: str
    fixed: str
    fragment: str
    text: str
    width: int


@dataclass(frozen=True)
class Cell:
    """One filter, read from page 1 to its end.

    Attributes:
        name: unique within a crawl.
        arguments: of the list, e.g. `sort: [ID], startDate_greater: 20041231`.
        holds: whether a row can belong here; a page of nothing but strangers is doubted.
        has_rows: whether it is known not to be empty; then several pages are asked for at once.
        ids: for a block of ids: these.
        expects: for a block of ids: one more that exists, which shows that the answer is to this question.
        span: for a window of start dates: first and last month, None = open.
    """

    name: str
    arguments: str
    holds: Callable[[Row], bool] = field(default=bool, compare=False)
    has_rows: bool = False
    ids: tuple[int, ...] = ()
    expects: int | None = None
    span: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True)
class Page:
    """One page of an answer.

    Attributes:
        number: as it was asked for.
        is_given: False where null stands in its place.
        rows: those that have an id.
        items: how many there are, nulls included.
        has_next: whether AniList says that there are more; None where it does not say.
        stated: the number that AniList gives it.
    """

    number: int
    is_given: bool
    rows: tuple[Row, ...] = ()
    items: int = 0
    has_next: bool | None = None
    stated: Json = None

    @property
    def ids(self) -> frozenset[int]:
        """Of its rows."""
        return frozenset(row["id"] for row in self.rows)

    @property
    def may_go_on(self) -> bool:
        """Whether there may be more: after the last page that is shown a full one cannot tell, whatever it says."""
        cannot_tell = self.has_next is None or self.number == LAST_PAGE
        return bool(self.has_next) or (cannot_tell and self.items >= PAGE_ROWS)


def fragment(name: str) -> str:
    """A GraphQL text of the package."""
    return (resources.files("adapters.queries") / f"{name}.graphql").read_text(encoding="utf-8")


def rows_of(document: Json, list_field: str) -> list[Row]:
    """The rows of all pages of an answer, in order; nulls, rows without an id and probes left out."""
    data = within(document, "data")
    aliases = data.items() if isinstance(data, Mapping) else ()
    pages = [page for alias, page in aliases if alias[:1] == "p" and alias[1:].isdecimal()]
    return [row for page in pages for row in page_of(page, list_field, 0).rows]


def odd(cell: Cell, page: Page, before: AbstractSet[int], is_due: bool) -> str | None:
    """Why one page may not be as it should; None = nothing is odd about it."""
    if not page.is_given:
        return "null stands in its place"
    canary = cell.expects if page.number == 1 and cell.expects not in page.ids else None
    reasons = {
        f"it says that it is page {page.stated}": page.stated not in (None, page.number),
        "it is empty, though there should be rows": not page.items and (is_due or page.has_next is True),
        "some of its rows are null or have no id": len(page.rows) < page.items,
        "it has fewer rows than a page holds, though there are more": page.has_next is True and page.items < PAGE_ROWS,
        "it does not say whether there are more": page.has_next is None,
        "all its rows were shown before": bool(page.rows) and page.ids <= before,
        "none of its rows belongs here": bool(page.rows) and not any(cell.holds(row) for row in page.rows),
        # Rows come by id: the one that must be there can only be missing where the page ends before it.
        f"{canary}, which exists, is not there": canary is not None
        and (not page.has_next or max(page.ids, default=0) > canary),
        "it is empty, and nothing shows that this is true": bool(cell.ids) and cell.expects is None and not page.items,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def page_of(page: Json, list_field: str, number: int) -> Page:
    """One page as it stands in an answer."""
    items = within(page, list_field)
    if not isinstance(items, list):
        return Page(number, False)
    rows = tuple(item for item in items if isinstance(item, dict) and _is_id(item.get("id")))
    has_next, stated = (within(page, "pageInfo", name) for name in ("hasNextPage", "currentPage"))
    return Page(number, True, rows, len(items), has_next if isinstance(has_next, bool) else None, stated)


def _is_id(value: Json) -> bool:
    return type(value) is int and 0 < value <= HIGHEST_ID


def first_row(items: Json) -> Row | None:
    """The first row of a list; None where there is none."""
    return items[0] if isinstance(items, list) and items and isinstance(items[0], Mapping) else None


def asked_ids(cell: Cell) -> list[int]:
    """The ids that a block asks for."""
    return sorted({*cell.ids, *([] if cell.expects is None else [cell.expects])})


def page_text(paged: Paged, alias: str, number: int, arguments: str) -> str:
    """One page in a query."""
    return (
        f"  {alias}: Page(page: {number}, perPage: {PAGE_ROWS}) {{ pageInfo {{ currentPage hasNextPage }} "
        f"{paged.field}({paged.fixed}, {arguments}) {{ ...{paged.fragment} }} }}"
    )


def probe_text(paged: Paged, alias: str, wanted: str) -> str:
    """A first row in a query: `wanted` is a sort and the field it sorts by, e.g. `ID_DESC id`."""
    sort, name = wanted.split()
    return f"  {alias}: Page(page: 1, perPage: 1) {{ {paged.field}({paged.fixed}, sort: [{sort}]) {{ {name} }} }}"
