"""What publishing tells of the crawls before it."""

from datetime import UTC, datetime
from pathlib import Path

from assets.snapshot import not_told_yet
from tests.serving.small_world import publish_small_world
from warehouse.home import Home


def test_what_a_crawl_brought_is_told_when_it_is_first_published(tmp_path: Path) -> None:
    """A run that asked nobody does not repeat it as new; where no snapshot can be read, all of it is told."""
    changes = [{"ended_at": datetime(2026, 3, day, tzinfo=UTC), "new": day} for day in (1, 3)]
    assert not_told_yet(changes, Home(tmp_path / "empty")) == changes
    home = publish_small_world(tmp_path / "home").home  # on 2 March
    assert not_told_yet(changes, home) == changes[1:]
    home.snapshot.write_bytes(b"damaged")
    assert not_told_yet(changes, home) == changes
