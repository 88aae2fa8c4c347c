"""What `osusume doctor` looks at about sources: whom a live run would ask, and what crawls have left behind."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.cli.console import counted
from orchestration.cli.findings import Finding, fail, ok, warn
from orchestration.errors import UsageError
from orchestration.settings import Settings
from warehouse.home import Home
from warehouse.landing import landed_files, landed_streams
from warehouse.segments import SEGMENT_EXTENSION

_TERMS = "terms: docs/sources.md"


def source_findings(settings: Settings) -> Iterator[Finding]:
    """Whom a live run would ask and whether it can, and the crawls of this HOME."""
    yield from _asked(settings)
    yield from _crawls(Home(settings.home))


def _asked(settings: Settings) -> Iterator[Finding]:
    """Each live source with its address and pace; nobody when the input is another."""
    from orchestration.crawling import refuse_unready

    if not settings.is_live:
        yield ok("sources", "no service outside this machine is asked: the input is not live")
        return
    try:
        refuse_unready(settings)
    except UsageError as problem:
        yield fail("sources", "a live run cannot start", str(problem))
    for name in settings.live_sources:
        rate = settings.rate_of(name)
        pace = f"{rate:g} requests a minute" if rate else "at its own pace"
        yield ok("sources", f"{name} at {settings.url_of(name)}, {pace} ({_TERMS})")
    if not settings.contact:
        yield warn("sources", "no contact is set", "set OSUSUME_CONTACT, so that a service can reach you")


def _crawls(home: Home) -> Iterator[Finding]:
    """When each stream was crawled last, and crawls that wait to be gone on with."""
    for source, stream in landed_streams(home):
        crawls = [one for one in landed_files(home, source, stream) if one.path.endswith(SEGMENT_EXTENSION)]
        if crawls:
            newest = max(one.landed_at for one in crawls)
            said = f"{source} {stream}: {counted(len(crawls), 'crawl')}, the newest ended {newest:%Y-%m-%d %H:%M} UTC"
            yield ok("crawls", said)
        for file in home.stream(source, stream).glob(".*.open"):
            key = file.name.partition("@")[2].partition(".")[0]
            whom = f"{source} {stream}" + (f", partition {key}," if key else "")
            remedy = f"materialise {key} again: it goes on there" if key else "the next live run goes on with it"
            yield warn("crawls", f"a crawl of {whom} was interrupted", remedy)
