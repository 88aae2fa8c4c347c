"""What the tests of the stand-in services share."""

import json
from typing import Any, NamedTuple

import pytest

from demo.services.anilist import AniListService
from demo.services.base import Call, Reply, Service
from demo.services.overlay import Overlay
from demo.world import World


class Pages(Service):
    """A service with nothing but pages: `/pages?page=1` to 5, two records each."""

    name = "anilist"
    prefix = "/toy"
    last = 5

    def answer(self, call: Call) -> Reply:
        """A page of Jikan's shape; anything else is echoed."""
        page = int(call.param("page") or 0)
        if not page:
            told = {"method": call.method, "path": call.path, "base": call.base_url, "body": call.body.decode()}
            return Reply(200, json.dumps(told).encode(), {"Content-Type": "application/json"})
        rows = [{"id": 2 * page - 1}, {"id": 2 * page}]
        paging = {"current_page": page, "has_next_page": page < self.last}
        body = json.dumps({"pagination": paging, "data": rows}).encode()
        return Reply(200, body, {"Content-Type": "application/json"})


class Told(NamedTuple):
    """What AniList's stand-in said to a query."""

    status: int
    document: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """The data of a good answer."""
        assert self.status == 200, self.document
        assert "errors" not in self.document
        return self.document["data"]

    @property
    def message(self) -> str:
        """The first error's message; its status is that of the reply."""
        error = self.document["errors"][0]
        assert error["status"] == self.status
        return error["message"]


class AniList:
    """AniList's stand-in, asked without a network."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.overlay = Overlay(world)
        self.service = AniListService(world, self.overlay)

    def post(self, body: bytes) -> Told:
        """The answer to a posted body."""
        reply = self.service.answer(Call("POST", "", (), {}, body, "http://127.0.0.1:1/anilist"))
        assert reply.headers["Content-Type"] == "application/json"
        return Told(reply.status, json.loads(reply.body))

    def ask(self, query: str, **variables: object) -> Told:
        """The answer to a query."""
        return self.post(json.dumps({"query": query, "variables": variables}).encode())

    def ids(self, args: str, page: int = 1, per_page: int = 50, **variables: object) -> list[int]:
        """The ids on one page of `media` with these arguments."""
        names = "".join(f"${name}: {kind} " for name, kind in _KINDS.items() if name in variables)
        head = f"query({names})" if names else ""
        query = f"{head}{{Page(page: {page}, perPage: {per_page}) {{media({args}) {{id}}}}}}"
        return [media["id"] for media in self.ask(query, **variables).data["Page"]["media"]]

    def all_ids(self, args: str) -> list[int]:
        """The ids on all pages of `media` with these arguments, in order."""
        ids, page, more = [], 1, True
        while more:
            query = f"{{Page(page: {page}, perPage: 50) {{pageInfo {{hasNextPage currentPage}} media({args}) {{id}}}}}}"
            answer = self.ask(query).data["Page"]
            assert answer["pageInfo"]["currentPage"] == page
            ids += [media["id"] for media in answer["media"]]
            page, more = page + 1, answer["pageInfo"]["hasNextPage"]
        return ids


_KINDS = {"ids": "[Int]", "greater": "FuzzyDateInt", "lesser": "FuzzyDateInt", "format": "MediaFormat"}


@pytest.fixture(scope="session")
def anilist(small_world: World) -> AniList:
    """AniList of the small world, for tests that change nothing."""
    return AniList(small_world)


@pytest.fixture
def own_anilist(small_world: World) -> AniList:
    """AniList of the small world, for a test that changes it."""
    return AniList(small_world)


@pytest.fixture
def overlay(small_world: World) -> Overlay:
    """The small world's catalogues, nothing changed yet."""
    return Overlay(small_world)
