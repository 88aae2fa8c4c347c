"""IMDb's files are landed once a day, whoever wants them."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from adapters.errors import Fatal
from assets.crawling import Crawling, ServiceAccess
from assets.downloads import download
from tests.adapters.loopback import Loopback, Seen, Step
from tests.adapters.test_imdb import WHOLE, Host, table
from tests.warehouse.waiting import eventually
from warehouse.home import Home
from warehouse.landing import land_file, landed_files, newest_file
from warehouse.servicelock import queue_directory


def test_two_runs_that_want_a_file_fetch_it_once(tmp_path: Path) -> None:
    """The second waits for its turn and finds it landed; nobody writes into the other's part."""
    home, host, seen = Home(tmp_path / "home"), Host(), list[Seen]()

    def slow(request: Seen) -> Step:
        """Answer once both are there, be it here or in the queue."""
        seen.append(request)
        eventually(lambda: len(seen) > 1 or len(list(queue_directory(home, "imdb").glob("*.ticket"))) > 1)
        return host(request)

    with Loopback(slow) as server, ThreadPoolExecutor(2) as pool:
        crawling = Crawling(services={"imdb": ServiceAccess(server.url, 60_000)})
        both = [pool.submit(download, home, crawling, "title_ratings", lambda _: None) for _ in range(2)]
        paths = [one.result() for one in both]
    (landed,) = landed_files(home, "imdb", "title_ratings")
    assert sorted(filter(None, paths)) == [landed.path]
    assert landed.file(home).read_bytes() == WHOLE
    assert (len(seen), host.sent) == (1, len(WHOLE))
    assert list(home.downloads.iterdir()) == []


def test_a_file_that_was_made_anew_with_nothing_new_in_it_is_fetched_once_a_day(tmp_path: Path) -> None:
    """Its server calls it a newer one for as long as that is so, and it may be a gigabyte."""
    home, host, file = Home(tmp_path / "home"), Host(), tmp_path / "title.ratings.tsv.gz"
    file.write_bytes(WHOLE)
    before = datetime.now(UTC) - timedelta(days=2)
    land_file(home, "imdb", "title_ratings", file, datetime(2015, 1, 1, tzinfo=UTC), landed_at=before)
    with Loopback(host) as server:
        crawling = Crawling(services={"imdb": ServiceAccess(server.url, 60_000)})
        found = [download(home, crawling, "title_ratings", lambda _: None) for _ in range(3)]
    assert found == [None] * 3
    assert host.sent == len(WHOLE)


@pytest.mark.parametrize(
    ("stated", "made_at"),
    [
        ("Wed, 21 Oct 2015 07:28:00 -0000", datetime(2015, 10, 21, 7, 28, tzinfo=UTC)),
        ("Wed, 21 Oct 2015 07:28:00 +0200", datetime(2015, 10, 21, 5, 28, tzinfo=UTC)),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("Wed, 21 Oct 2115 07:28:00 GMT", None),
    ],
)
def test_a_file_is_of_the_time_that_its_server_states(stated: str, made_at: datetime | None, tmp_path: Path) -> None:
    """In any zone, or in none; where that is no time, or one to come, it is of the time when it was fetched."""
    home, before = Home(tmp_path), datetime.now(UTC)
    with Loopback(lambda _: Step(200, WHOLE, {"Last-Modified": stated})) as server:
        crawling = Crawling(services={"imdb": ServiceAccess(server.url, 60_000)})
        assert download(home, crawling, "title_ratings", lambda _: None) is not None
    (landed,) = landed_files(home, "imdb", "title_ratings")
    assert landed.captured_at == made_at or (made_at is None and before <= landed.captured_at <= datetime.now(UTC))


OTHER_COLUMNS = gzip.compress(b"id\taverageRating\tnumVotes\ntt1\t7.1\t10\n")


def test_the_connection_is_closed_whatever_came_of_it(tmp_path: Path) -> None:
    """Its server need not wait for a client that asks for nothing more, for as long as somebody looks at the error."""
    with Loopback(lambda _: Step(200, OTHER_COLUMNS)) as server:
        crawling = Crawling(services={"imdb": ServiceAccess(server.url, 60_000)})
        before = threading.active_count()
        with pytest.raises(Fatal) as held:
            download(Home(tmp_path), crawling, "title_ratings", lambda _: None)
        # The server serves each connection in a thread for as long as it is open.
        eventually(lambda: threading.active_count() == before)
        assert "columns" in str(held.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (OTHER_COLUMNS, "has the columns id, averageRating, numVotes"),
        (WHOLE[:5000], "cut off"),
        (table(3), "too few"),
        (None, "cannot be read"),
    ],
    ids=["other columns", "cut off", "few rows", "none"],
)
@pytest.mark.parametrize("is_served", [True, False])
def test_a_file_that_cannot_be_used_leaves_the_earlier_one_in_use(
    content: bytes | None, problem: str, is_served: bool, tmp_path: Path
) -> None:
    """From a server or a directory: it is said, and the run goes on; without an earlier file there is an error."""
    home, file = Home(tmp_path / "home"), tmp_path / "title.ratings.tsv.gz"
    file.write_bytes(WHOLE)
    before, told = datetime.now(UTC) - timedelta(days=2), list[str]()
    land_file(home, "imdb", "title_ratings", file, before, landed_at=before)
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with Loopback(lambda _: Step(404) if content is None else Step(200, content)) as server:
        place = ServiceAccess(server.url if is_served else str(tmp_path), 60_000)
        crawling = Crawling(services={"imdb": place})
        assert download(home, crawling, "title_ratings", told.append) is None
        if content != table(3):
            with pytest.raises(Fatal) as raised:
                download(Home(tmp_path / "new"), crawling, "title_ratings", told.append)
            assert "earlier" not in str(raised.value)
    assert problem in told[0] or (content is None and "no file" in told[0])
    assert told[0].endswith(f"Going on with the file of {before:%Y-%m-%d}")


def test_a_landed_file_of_a_time_to_come_hides_no_newer_one(tmp_path: Path) -> None:
    """Its server is asked for what is newer than the landing, and what comes replaces it."""
    home, file, seen = Home(tmp_path / "home"), tmp_path / "title.ratings.tsv.gz", list[Seen]()
    file.write_bytes(table(1500))
    before = datetime.now(UTC) - timedelta(days=2)
    wrong = land_file(home, "imdb", "title_ratings", file, datetime(2115, 1, 1, tzinfo=UTC), landed_at=before)

    def today(request: Seen) -> Step:
        seen.append(request)
        return Step(200, WHOLE, {"Last-Modified": format_datetime(before + timedelta(days=1), usegmt=True)})

    with Loopback(today) as server:
        crawling = Crawling(services={"imdb": ServiceAccess(server.url, 60_000)})
        path = download(home, crawling, "title_ratings", lambda _: None)
    assert seen[0].headers["if-modified-since"] == format_datetime(before, usegmt=True)
    newest = newest_file(landed_files(home, "imdb", "title_ratings"))
    assert newest is not None
    assert newest.path == path != (wrong.path if wrong else None)
