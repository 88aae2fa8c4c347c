"""What is told of a crawl: in the rhythm of everything that takes long, with what was fetched now as the measure."""

from datetime import date

from adapters.base import CrawlEnd, Plan
from adapters.crawling import Ended, Progress
from assets.crawlfacts import crawl_told
from assets.crawling import Crawled
from assets.telling import Teller, Waiting, counted


def test_a_crawl_is_told_of_ever_less_often_and_answers_told_again_take_no_time() -> None:
    """After 20 s 100 of 600 were fetched and 100 were at hand: 400 more take 80 s. The next word is due after 30 s."""
    said = list[str]()
    tell = Teller("kitsu anime", said.append)
    for seconds, answered in ((9, 150), (20, 200), (29, 230), (30, 300), (40, 590)):
        tell(Progress(forecast=600, answered=answered, replayed=100, records=answered * 20, seconds=seconds))
    assert said == [
        "kitsu anime: 200 of about 600 requests, 4,000 records, about 1 min left",
        "kitsu anime: 300 of about 600 requests, 6,000 records, about 1 min left",
        "kitsu anime: 590 of about 600 requests, 11,800 records",
    ]


def test_a_crawl_longer_than_its_forecast_says_nothing_of_its_end() -> None:
    """Nobody knows it then, nor where nothing was fetched yet."""
    said = list[str]()
    Teller("kitsu anime", said.append)(Progress(forecast=10, answered=12, replayed=2, records=240, seconds=11))
    Teller("kitsu anime", said.append)(Progress(forecast=10, answered=2, replayed=2, records=40, seconds=11))
    assert said == [
        "kitsu anime: 12 requests, 240 records",
        "kitsu anime: 2 of about 10 requests, 40 records",
    ]


def test_waiting_is_said_at_once_and_then_each_time_after_twice_as_long() -> None:
    """With who is waited for."""
    said = list[str]()
    wait = Waiting(said.append)
    for seconds in (1, 1.5, 2, 3, 5):
        wait(seconds, "process 7")
    assert [line.split()[7] for line in said] == ["1", "2", "5"]


def test_one_request_is_one() -> None:
    """A season of MyAnimeList is one page."""
    assert [counted(number, "request") for number in (1, 2, 1234)] == ["1 request", "2 requests", "1,234 requests"]
    said: list[str] = []
    for forecast in (0, 1):
        Teller("myanimelist anime", said.append)(Progress(forecast, answered=1, records=1, seconds=1_000.0))
    assert said == [
        "myanimelist anime: 1 request, 1 record",
        "myanimelist anime: 1 of about 1 request, 1 record",
    ]


def test_one_of_each_is_one_in_what_is_said_of_a_crawl_that_ended() -> None:
    """Also of replies."""
    progress = Progress(1, answered=1, records=1, refused=1, seconds=2.0)
    crawled = Crawled(Ended(Plan("users", date(2024, 5, 17)), CrawlEnd(), progress))
    said = "kitsu lists: 1 request answered, 1 record in 2 s, 1 reply asked for again"
    assert crawl_told("kitsu", "lists", crawled) == said
