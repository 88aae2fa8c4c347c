"""The server: connections, prefixes, limits and faults around a service."""

import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from demo.services.base import Call, Reply
from demo.services.faults import FOR_PAGES, Faults
from demo.services.limits import AniListLimiter
from demo.services.server import Services

from .conftest import Pages


class Inner(Pages):
    """The same under a longer prefix."""

    name = "inner"
    prefix = "/toy/inner"


class Broken(Pages):
    """A service with a mistake in it."""

    def answer(self, call: Call) -> Reply:
        """Never."""
        raise RuntimeError(f"cannot answer {call.path}")


class OneFault(Faults):
    """Spoils the first attempt at everything in one way."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind: str | None = kind

    def draw(self, source: str, call: Call) -> str | None:
        """The kind, once."""
        kind, self.kind = self.kind, None
        return kind


def connect(services: Services) -> http.client.HTTPConnection:
    """A plain connection to the server."""
    return http.client.HTTPConnection(urlsplit(services.urls["anilist"]).netloc, timeout=10)


def test_a_call_reaches_the_service_as_it_was_made() -> None:
    """Method, path behind the prefix, body and the base URL for links."""
    with Services([Pages()]) as services:
        url = services.urls["anilist"]
        assert url.startswith("http://127.0.0.1:")
        assert url.endswith("/toy")
        told = requests.post(f"{url}/a/b?c=d", data="hello", timeout=10)
        assert told.json() == {"method": "POST", "path": "/a/b", "base": url, "body": "hello"}
        assert requests.get(url, timeout=10).json()["path"] == ""
        assert services.requests == {"anilist": 2}


def test_the_longest_prefix_wins_and_elsewhere_there_is_nothing() -> None:
    """Whatever the order in which services are given; a prefix ends at a slash."""
    with Services([Pages(), Inner()]) as services:
        assert requests.get(f"{services.urls['inner']}/x", timeout=10).json()["path"] == "/x"
        origin = services.urls["anilist"].removesuffix("/toy")
        assert requests.get(f"{origin}/toy/innermost", timeout=10).json()["path"] == "/innermost"
        for path in ("/", "/toyshop", "/other"):
            assert requests.get(origin + path, timeout=10).status_code == 404
        assert services.requests == {"anilist": 1, "inner": 1}


def test_a_connection_serves_many_requests() -> None:
    """HTTP/1.1 with keep-alive; a HEAD has the length of the body but not the body."""
    with Services([Pages()]) as services:
        connection = connect(services)
        connection.connect()
        sock = connection.sock
        for method in ("GET", "HEAD", "POST", "GET"):
            connection.request(method, "/toy/pages?page=2", body=b"x" if method == "POST" else None)
            response = connection.getresponse()
            body = response.read()
            assert response.version == 11
            assert int(response.headers["Content-Length"]) > 0
            assert len(body) == (0 if method == "HEAD" else int(response.headers["Content-Length"]))
        assert connection.sock is sock
        connection.close()


def test_limits_stand_before_the_service_and_their_headers_on_its_answers() -> None:
    """What is refused is counted too."""
    with Services([Pages()], limiters={"anilist": AniListLimiter(clock=lambda: 0.0)}) as services:
        replies = [requests.get(services.urls["anilist"], timeout=10) for _ in range(22)]
        assert [reply.status_code for reply in replies] == [200] * 20 + [429] * 2
        assert replies[0].headers["X-RateLimit-Limit"] == "30"
        assert replies[19].headers["X-RateLimit-Remaining"] == "10"
        assert services.requests == {"anilist": 22}
        assert services.refused == {"anilist": 2}


@pytest.mark.parametrize("kind", ["reset", "stall", "short"])
def test_a_connection_that_fails_gives_no_whole_answer(kind: str) -> None:
    """The client sees an error and not half an answer; the next attempt is fine."""
    with Services([Pages()], faults=OneFault(kind), stall_s=0.05) as services:
        url = f"{services.urls['anilist']}/pages?page=1"
        with pytest.raises(requests.RequestException):
            requests.get(url, timeout=10)
        assert services.spoilt == {"anilist": 1}
        assert requests.get(url, timeout=10).status_code == 200


def test_a_stalled_answer_outlasts_the_clients_patience() -> None:
    """And does not hold up the end of the server."""
    with Services([Pages()], faults=OneFault("stall"), stall_s=60) as services:
        with pytest.raises(requests.Timeout):
            requests.get(services.urls["anilist"], timeout=0.2)
        started = time.monotonic()
    assert time.monotonic() - started < 30


def read_all(url: str) -> list[int]:
    """Every record once, by a client that asks again when something is odd."""
    found: dict[int, None] = {}
    before, page, more = None, 1, True
    while more:
        for _ in range(4):
            try:
                document = requests.get(f"{url}/pages?page={page}", timeout=10).json()
                rows = [row for row in document["data"] if row is not None]
            except (requests.RequestException, KeyError, TypeError):
                continue
            more = document["pagination"]["has_next_page"]
            if rows and rows != before and document["pagination"]["current_page"] == page:
                break
        else:
            raise AssertionError(f"page {page} cannot be read")
        found |= dict.fromkeys(row["id"] for row in rows)
        before, page = rows, page + 1
    return list(found)


@pytest.mark.parametrize("seed", range(4))
def test_a_client_that_asks_again_gets_everything(seed: int) -> None:
    """However often requests fail, they do so at most twice in a row."""
    with Services([Pages()], faults=Faults(0.7, seed), stall_s=0.05) as services:
        assert read_all(services.urls["anilist"]) == list(range(1, 2 * Pages.last + 1))
        assert services.spoilt["anilist"] > 0
        assert services.requests["anilist"] <= 3 * Pages.last


@pytest.mark.parametrize("kind", FOR_PAGES)
def test_no_kind_of_fault_hides_a_record(kind: str) -> None:
    """Each alone, on the first page."""
    with Services([Pages()], faults=OneFault(kind), stall_s=0.05) as services:
        assert read_all(services.urls["anilist"]) == list(range(1, 2 * Pages.last + 1))


def test_a_client_that_goes_away_is_no_news(capfd: pytest.CaptureFixture[str]) -> None:
    """No log, no traceback, and the others are served on."""
    with Services([Pages()]) as services:
        host, port = urlsplit(services.urls["anilist"]).netloc.split(":")
        for sent in (b"", b"GET /toy HT", b"POST /toy HTTP/1.1\r\nContent-Length: 99\r\n\r\nhalf", b"\r\n\r\n"):
            with socket.create_connection((host, int(port)), timeout=10) as client:
                client.sendall(sent)
        assert requests.get(services.urls["anilist"], timeout=10).status_code == 200
    assert capfd.readouterr() == ("", "")


def test_a_mistake_in_a_service_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    """With a traceback, and the client gets no answer."""
    with Services([Broken()]) as services, pytest.raises(requests.ConnectionError):
        requests.get(f"{services.urls['anilist']}/x", timeout=10)
    assert "cannot answer /x" in capfd.readouterr().err


def read_one(connection: http.client.HTTPConnection) -> bytes:
    """The body of one answer."""
    connection.request("GET", "/toy")
    return connection.getresponse().read()


def test_closing_hangs_up_and_gives_the_port_back() -> None:
    """Idle connections are ended; closing twice, or without having served, does no harm."""
    with Services([Pages()]) as services:
        connection = connect(services)
        assert read_one(connection)
        port = urlsplit(services.urls["anilist"]).port
    with pytest.raises((http.client.HTTPException, OSError)):
        read_one(connection)
    connection.close()
    services.close()
    again = Services([Pages()], port=port or 0)
    again.close()
    again.close()


def test_a_port_that_is_taken_is_an_os_error_at_once() -> None:
    """Before anything is served."""
    with Services([Pages()]) as services:
        port = urlsplit(services.urls["anilist"]).port
        with pytest.raises(OSError):
            Services([Pages()], port=port or 0)


def test_the_server_stops_when_its_user_is_interrupted() -> None:
    """Ctrl-C passes through, and nothing listens any more."""
    services = Services([Pages()])
    with pytest.raises(KeyboardInterrupt), services:
        raise KeyboardInterrupt
    with pytest.raises(requests.ConnectionError):
        requests.get(services.urls["anilist"], timeout=10)


def test_many_clients_are_counted_one_by_one() -> None:
    """Eight at once, none lost."""
    with Services([Pages()]) as services:
        url = f"{services.urls['anilist']}/pages?page=3"

        def client(_: int) -> int:
            with requests.Session() as session:
                return sum(json.loads(session.get(url, timeout=10).content)["data"][0]["id"] for _ in range(20))

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(client, range(8))) == [100] * 8
        assert services.requests == {"anilist": 160}
