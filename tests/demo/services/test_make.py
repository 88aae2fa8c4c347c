"""Services put together for a world."""

import pytest
import requests

from demo.services.make import SOURCES, make_services
from demo.services.overlay import Overlay
from demo.services.users import list_users
from demo.world import World

QUERY = {"query": "{Page(page: 2, perPage: 5) {pageInfo {hasNextPage} media(sort: [ID]) {id}}}"}


def test_a_source_is_served_under_its_real_path_with_its_limits(small_world: World) -> None:
    """And the lists to read are named."""
    with make_services(small_world, ["anilist"], list_users=50) as services:
        assert list(services.urls) == ["anilist"]
        assert services.urls["anilist"].endswith("/anilist")
        reply = requests.post(services.urls["anilist"], json=QUERY, timeout=10)
        assert reply.headers["X-RateLimit-Limit"] == "30"
        assert len(reply.json()["data"]["Page"]["media"]) == 5
        assert services.users == {"anilist": list_users(small_world, 50)["anilist"]}
        assert services.requests == {"anilist": 1}


def test_the_scale_raises_the_limits(small_world: World) -> None:
    """Twenty-five at once are no burst at a thousand times the pace."""
    with make_services(small_world, ["anilist"], rate_scale=1000) as services, requests.Session() as session:
        replies = [session.post(services.urls["anilist"], json=QUERY, timeout=10) for _ in range(25)]
        assert {reply.status_code for reply in replies} == {200}
        assert replies[0].headers["X-RateLimit-Limit"] == "30000"


def attempt(services_url: str) -> str:
    """What one request came to, in a word."""
    try:
        return str(requests.post(services_url, json=QUERY, timeout=10).status_code)
    except requests.RequestException:
        return "nothing"


def test_faults_follow_the_seed(small_world: World) -> None:
    """The same requests fail alike in every run, and otherwise with another seed."""

    def outcomes(seed: int) -> list[str]:
        with make_services(small_world, ["anilist"], rate_scale=1000, fault_share=0.5, seed=seed) as services:
            return [attempt(services.urls["anilist"]) for _ in range(24)]

    assert outcomes(1) == outcomes(1)
    assert len({tuple(outcomes(seed)) for seed in (1, 2, 3)}) > 1


def test_all_services_of_a_world_share_its_overlay(small_world: World) -> None:
    """An edit is seen by the service, which is reached by its name as well."""
    overlay = Overlay(small_world)
    number = overlay.records("anilist")[0]["id"]
    with make_services(small_world, ["anilist"], overlay=overlay) as services:
        overlay.remove("anilist", str(number))
        body = {"query": f"{{Media(id: {number}) {{id}}}}"}
        assert requests.post(services.urls["anilist"], json=body, timeout=10).status_code == 404
        assert services.service("anilist").name == "anilist"
        with pytest.raises(KeyError):
            services.service("kitsu")


def test_every_source_can_be_served_at_once(small_world: World) -> None:
    """Each under a path of its own, and each of them answers."""
    with make_services(small_world, rate_scale=1000) as services:
        assert set(services.urls) == set(SOURCES)
        assert len({url.split("/", 3)[3] for url in services.urls.values()}) == len(SOURCES)
        for source, url in services.urls.items():
            assert requests.get(f"{url}/anime", timeout=10).status_code < 500, source


@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"rate_scale": 0}, ValueError), ({"fault_share": 1.5}, ValueError), ({"sources": ["crunchyroll"]}, KeyError)],
)
def test_what_makes_no_sense_is_refused(small_world: World, wrong: dict, error: type[Exception]) -> None:
    """Before a port is taken."""
    with pytest.raises(error):
        make_services(small_world, **wrong)
