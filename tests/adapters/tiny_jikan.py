"""A little Jikan that answers requests from what it holds, and a way to run a crawl on it."""

from collections.abc import Callable, Mapping, Sequence

from adapters import jikan
from adapters.base import Answer, CrawlEnd, Json, Plan, Request
from tests.adapters.sourcekit import MOMENT


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
    number, length = int(params["page"]), int(params.get("limit", "25"))
    assert length <= 25
    shown = rows[(number - 1) * length : number * length]
    last = max(1, -(-len(rows) // length))
    items = {"count": len(shown), "total": len(rows), "per_page": length}
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
    running, keys, records = source.crawl(plan), list[str](), list[Json]()
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
