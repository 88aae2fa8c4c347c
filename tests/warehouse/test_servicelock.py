"""Who asks a service next is told of what others have asked it lately, and nobody waits for another service."""

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.pace import Pace
from adapters.replaying import remind
from warehouse.errors import LockTimeout
from warehouse.home import Home
from warehouse.servicelock import Recent, queue_directory, service_turn


def response(seconds_ago: float, status: int = 200, **headers: str) -> dict[str, object]:
    """A response that came so long ago."""
    fetched_at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    return {"fetched_at": fetched_at.isoformat(), "status": status, "headers": headers, "body": "{}"}


def noted_elsewhere(home: Home, *responses: dict[str, object]) -> None:
    """Another process has its turn, and notes these responses."""
    child = os.fork()
    if child == 0:
        with service_turn(home, "anilist", "another crawl", 5) as recent:
            for one in responses:
                recent.note(one)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def test_the_next_process_knows_the_last_ones_requests(home: Home) -> None:
    """Those of the last two minutes, and what was refused with a rest to keep; not its own, which it remembers."""
    noted_elsewhere(home, response(1), response(300), response(300, 429, **{"retry-after": "900"}))
    with service_turn(home, "anilist", "a crawl", 5) as recent:
        recent.note(response(0))
        found = [(line["status"], line["headers"]) for line in recent.of_others()]
    assert found == [(200, {}), (429, {"retry-after": "900"})]
    with service_turn(home, "anilist", "a crawl", 5) as recent:
        assert len(recent.of_others()) == 2


def test_two_processes_keep_one_pace(home: Home) -> None:
    """At a request a second the next one waits for what is left of the second, and for a rest that was asked for."""
    noted_elsewhere(home, response(0.2))
    pace = Pace(60)
    with service_turn(home, "anilist", "a crawl", 5) as recent:
        for line in recent.of_others():
            remind(pace, line)
    assert 0.0 < pace.pending_s() <= 0.8
    noted_elsewhere(home, response(5, 429, **{"retry-after": "900"}))
    with service_turn(home, "anilist", "a crawl", 5) as recent:
        for line in recent.of_others():
            remind(pace, line)
    assert 880 < pace.pending_s() < 896


def test_half_a_line_costs_that_line_alone(tmp_path: Path) -> None:
    """A kill may have cut it off."""
    file = tmp_path / "recent.jsonl"
    whole = json.dumps(response(1) | {"process": "1-x"})
    file.write_text(f"{whole}\n{whole[:20]}", encoding="utf-8")
    assert len(Recent(file).of_others()) == 1


def test_services_are_asked_side_by_side_and_one_in_turn(home: Home) -> None:
    """While AniList is asked, Kitsu is free; AniList's next waits, is told for whom, and gives up in words."""
    told: list[str] = []
    with service_turn(home, "anilist", "a crawl of hours", 5), service_turn(home, "kitsu", "a crawl", 5):
        assert len(list(queue_directory(home, "kitsu").glob("*.ticket"))) == 1
        waiter = threading.Thread(target=_give_up, args=(home, told))
        waiter.start()
        waiter.join()
    assert "'a crawl of hours'" in told[0]
    assert "which 'a crawl of hours'" in told[-1]
    assert "OSUSUME_QUEUE_TIMEOUT" in told[-1]


def _give_up(home: Home, told: list[str]) -> None:
    """Wait for AniList until time is up."""
    with (
        pytest.raises(LockTimeout) as late,
        service_turn(home, "anilist", "another crawl", 0.8, lambda seconds, holder: told.append(holder)),
    ):
        pass
    told.append(str(late.value))
