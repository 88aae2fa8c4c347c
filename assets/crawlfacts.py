"""What a crawl did: a line for the log, and facts for the UI."""

from typing import Any

from assets.crawling import Crawled
from assets.telling import counted


def crawl_told(source: str, stream: str, crawled: Crawled) -> str:
    """A crawl that came to its end, in a line."""
    if crawled.ended is None:
        return ""
    done = crawled.ended.progress
    extras = [
        f"{number:,} {words}"
        for number, words in (
            (done.replayed, "of them kept from before"),
            (done.refused, f"{'reply' if done.refused == 1 else 'replies'} asked for again"),
            (done.missing, "not there or private"),
        )
        if number
    ]
    asked, records = counted(done.answered, "request"), counted(done.records, "record")
    read = f"{source} {stream}: {asked} answered, {records} in {done.seconds:.0f} s"
    return ", ".join([read, *extras])


def crawl_facts(crawled: Crawled) -> dict[str, Any]:
    """What a crawl did, as plain metadata; empty where none was made."""
    facts: dict[str, Any] = {"http_requests": crawled.requests or None, "outage": crawled.outage or None}
    if crawled.ended is not None:
        progress, end = crawled.ended.progress, crawled.ended.end
        facts |= {
            "crawl": crawled.ended.plan.kind,
            "partition": crawled.ended.plan.partition,
            "answers": progress.answered,
            "answers_from_the_interrupted_crawl": progress.replayed or None,
            "replies_asked_for_again": progress.refused,
            "records_read": progress.records,
            "not_there_or_private": progress.missing or None,
            "gone": len(end.gone) or None,
            "crawl_seconds": round(progress.seconds, 1),
        }
        facts |= {f"crawl_{name}": value for name, value in end.notes.items()}
    return facts
