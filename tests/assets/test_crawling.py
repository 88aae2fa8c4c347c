"""A run asks a service in its turn, and waits for nobody where it has nothing to ask."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assets.crawling import Crawled, Crawling, Planned, ServiceAccess, read_service
from tests.warehouse.conftest import header
from warehouse.errors import LockTimeout
from warehouse.home import Home
from warehouse.landing import open_log
from warehouse.servicelock import service_turn

CRAWLING = Crawling(services={"kitsu": ServiceAccess("http://127.0.0.1:9")}, queue_timeout_s=0.3)


def read_what_is_due(home: Home, planned: Planned) -> Crawled:
    """Kitsu's lists, while another run asks Kitsu."""
    with service_turn(home, "kitsu", "a crawl of hours", 5), ThreadPoolExecutor(1) as other:
        return other.submit(read_service, home, CRAWLING, "kitsu", "lists", planned, lambda said: None).result()


def test_a_run_with_nothing_to_ask_does_not_queue(tmp_path: Path) -> None:
    """Nothing is due, and no crawl was interrupted: a crawl of hours by another run keeps it from nothing."""
    assert read_what_is_due(Home(tmp_path), Planned()) == Crawled()


def test_an_interrupted_crawl_is_something_to_ask(tmp_path: Path) -> None:
    """It waits for its turn, though nothing else is due; one of a partition is none of its business."""
    home = Home(tmp_path)
    with open_log(home, "kitsu", "lists", "part") as log:
        log.begin(header())
    assert read_what_is_due(home, Planned()) == Crawled()
    with open_log(home, "kitsu", "lists") as log:
        log.begin(header())
    with pytest.raises(LockTimeout):
        read_what_is_due(home, Planned())
