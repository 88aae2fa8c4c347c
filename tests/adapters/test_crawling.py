"""Crawls from their plan to their end, killed anywhere, with a log in memory."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.base import Crawl, CrawlEnd, Json, Manners, Plan, Reply, Request, Source, Stream, User
from adapters.crawling import Ended, Progress, crawl, header_of, plan_of
from adapters.errors import LoopDetected, Misunderstood, NotFound, Outage, Private, Unavailable
from adapters.http import Session
from tests.adapters.loopback import FakeTime, Loopback, Seen, Step, says, script
from tests.adapters.sourcekit import TODAY, MemoryLog, hidden

PAGES = 6
PLAN = Plan("full", TODAY, known=("1",), ids=("2",), years=(2001, 2002), watermark="w")


def read(reply: Reply, request: Request) -> Json:
    """The document; 404, 403 and 5xx mean what they usually do."""
    if reply.status == 404:
        raise NotFound("it is not there")
    if reply.status == 403:
        raise Private(f"the list of {reply.headers['x-who']} is private")
    if reply.status != 200:
        raise Unavailable(f"status {reply.status}")
    return json.loads(reply.body)


def pages(plan: Plan) -> Crawl:
    """Pages one by one until one says that it is the last; the sum of what they hold is the watermark."""
    total, number = 0, 1
    while True:
        answer = yield Request(f"page{number}", f"/page/{number}", (("n", str(number)),), may_be_missing=number == 2)
        if answer.missing:
            number += 1
            continue
        total += sum(answer.document["items"])
        if answer.document["last"]:
            return CrawlEnd(str(total), ("7",), {"pages": number})
        number += 1


def lists(plan: Plan) -> Crawl:
    """One list for each user, after a look-up of their number."""
    for place, user in enumerate(plan.users):
        yield Request(
            key=f"user{place}",
            path=f"/users/{user.name}/list",
            params=(("who", user.name),),
            body={"variables": {"name": user.name, "names": [user.name]}},
            subject=user.subject,
            may_be_missing=True,
            lookup=Request(f"user{place}?", "/lookup", (("name", user.name),), subject=user.subject),
            complete=lambda request, document: replace(request, params=(("id", str(document["id"])),)),
        )
    return CrawlEnd()


def records(document: Json) -> list[Json]:
    """The items of a page, or the entries of a list."""
    return [{"item": item} for item in document.get("items", [])]


def redact(document: Json, hide: Any) -> Json:
    """A list without its owner."""
    return {"owner": hide(document["owner"]), "items": document["items"]} if "owner" in document else {}


CATALOGUE = Stream("anime", pages, records, lambda plan, known, by_year: 1)
LISTS = Stream("lists", lists, records, lambda plan, known, by_year: 1, redact)
SOURCE = Source(
    "kitsu",
    "https://a.invalid",
    {"anime": CATALOGUE, "lists": LISTS},
    Manners(per_minute=600, attempts=3, timeout_s=5.0),
    read,
)


def page(number: int) -> Json:
    """The page of this number."""
    return {"items": [number, number * 10], "last": number == PAGES}


def serve(seen: Seen) -> Step:
    """The pages; the second is not there."""
    number = int(seen.path.partition("?")[0].rpartition("/")[2])
    return says({}, 404) if number == 2 else says(page(number))


def run(log: MemoryLog, answer: Any = serve, stream: Stream = CATALOGUE, plan: Plan = PLAN, **how: Any) -> Ended:
    """The crawl, asked of a server."""
    time = FakeTime()
    with Loopback(answer) as server:
        session = Session(SOURCE, base_url=server.url, clock=time.clock, sleep=time.sleep)
        with session:
            log.seen = server.seen  # type: ignore[attr-defined]  # for tests that look at what was asked
            return crawl(session, stream, plan, log, hide=hidden, **how)


def asked(log: MemoryLog) -> list[str]:
    """The paths that the server was asked for."""
    return [seen.path.partition("?")[0] for seen in log.seen]  # type: ignore[attr-defined]


def test_a_crawl_is_begun_kept_line_by_line_and_sealed() -> None:
    """First the plan, then a line for each reply, then the end."""
    log = MemoryLog()
    ended = run(log)
    assert log.calls == ["begin", *["append"] * PAGES, "seal"]
    assert log.sealed is not None
    assert {name: log.sealed[name] for name in ("kind", "responses", "watermark", "gone", "notes")} == {
        "kind": "end",
        "responses": 6,
        "watermark": str(11 * (1 + 3 + 4 + 5 + 6)),
        "gone": ["7"],
        "notes": {"pages": 6, "missing": 1, "refused_replies": 0},
    }
    assert ended.plan == PLAN
    assert (ended.progress.answered, ended.progress.records, ended.progress.missing) == (6, 10, 1)


def test_a_line_is_the_reply_as_it_came() -> None:
    """Text, hash, address, and the headers that matter."""
    log = MemoryLog()
    run(log)
    line = log.lines[0]
    assert line["body"] == json.dumps(page(1))
    assert line["request"]["method"] == "GET"
    assert line["request"]["url"].endswith("/page/1?n=1")
    assert (line["status"], line["accepted"], line["lookup"], line["note"]) == (200, True, False, "")
    assert line["headers"]["content-type"] == "application/json"
    assert len(line["sha256"]) == 64
    missing = log.lines[1]
    assert (missing["accepted"], missing["note"], missing["status"]) == (True, "it is not there", 404)


def test_the_plan_comes_back_from_the_first_line() -> None:
    """All but users who are not known any more."""
    plan = replace(PLAN, users=(User("anna", "h1"), User("bert", "h2")))
    header = json.loads(json.dumps(header_of(SOURCE, LISTS, plan, "https://a.invalid")))
    assert plan_of(header, plan.users) == plan
    assert plan_of(header, plan.users[1:]).users == plan.users[1:]
    assert "anna" not in json.dumps(header)


def test_a_plan_that_cannot_be_read_is_told() -> None:
    """Another version wrote it."""
    with pytest.raises(Misunderstood, match="plan that cannot be read"):
        plan_of({"plan": {"kind": "full"}}, ())


@given(killed=st.lists(st.integers(0, PAGES), min_size=1, max_size=4))
@settings(max_examples=15)
def test_a_crawl_that_is_killed_anywhere_asks_at_most_one_page_twice_for_each_kill(killed: list[int]) -> None:
    """Killed while a line is written, the page of that line alone is asked for again; the end is the same."""
    log, requests = MemoryLog(), 0
    for place in killed:
        log.killed_after = place
        try:
            run(log)
        except KeyboardInterrupt:
            requests += len(asked(log))
            continue
        requests += len(asked(log))
        break
    else:
        log.killed_after = None
        run(log)
        requests += len(asked(log))
    undisturbed = MemoryLog()
    run(undisturbed)
    assert requests <= PAGES + len(killed)
    assert [line["key"] for line in log.lines] == [line["key"] for line in undisturbed.lines]
    assert [line["body"] for line in log.lines] == [line["body"] for line in undisturbed.lines]
    assert log.sealed is not None
    assert undisturbed.sealed is not None
    assert log.sealed["notes"].items() >= undisturbed.sealed["notes"].items()
    assert log.sealed["watermark"] == undisturbed.sealed["watermark"]


def test_landed_answers_are_not_asked_for() -> None:
    """Four lines in the log, two requests; progress tells them apart."""
    log = MemoryLog()
    log.killed_after = 4
    with pytest.raises(KeyboardInterrupt):
        run(log)
    log.killed_after = None
    told: list[tuple[int, int]] = []
    ended = run(log, on_progress=lambda progress: told.append((progress.answered, progress.replayed)))
    assert asked(log) == ["/page/5", "/page/6"]
    assert told == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4), (6, 4)]
    assert isinstance(ended.progress, Progress)


def test_an_outage_leaves_the_crawl_open_with_what_was_read() -> None:
    """Replies that were of no use are kept as well, and counted when the crawl goes on."""
    log = MemoryLog()
    with pytest.raises(Outage):
        run(log, script(says(page(1)), Step(500)))
    assert log.calls == ["begin", "append", "append", "append", "append"]
    assert [line["accepted"] for line in log.lines] == [True, False, False, False]
    run(log)
    assert asked(log) == ["/page/2", "/page/3", "/page/4", "/page/5", "/page/6"]
    assert log.sealed is not None
    assert log.sealed["notes"]["refused_replies"] == 3


def test_an_interrupted_plan_comes_before_a_new_one() -> None:
    """What was begun is ended as it was planned."""
    log = MemoryLog()
    log.killed_after = 2
    with pytest.raises(KeyboardInterrupt):
        run(log)
    log.killed_after = None
    assert run(log, plan=Plan("refresh", TODAY)).plan == PLAN


def test_a_crawl_goes_on_at_another_address() -> None:
    """The first line keeps the address it began at, each line has its own, and the end notes the last."""
    log = MemoryLog()
    log.killed_after = 3
    with pytest.raises(KeyboardInterrupt):
        run(log)
    assert log.header is not None
    first = log.header["base_url"]
    log.killed_after = None
    run(log)
    assert log.sealed is not None
    second = log.sealed["notes"]["ended_at_address"]
    assert first != second
    assert log.header["base_url"] == first
    assert [line["request"]["url"].startswith(first) for line in log.lines] == [True] * 3 + [False] * 3


def test_a_landed_answer_that_leads_nowhere_is_asked_for_again() -> None:
    """A loop that an answer led to is no loop for ever: the next run asks for that answer, and only that one."""

    def looping(plan: Plan) -> Crawl:
        for number in (1, 2, 3):
            answer = yield Request(f"page{number}", f"/page/{number}")
            if answer.document["items"] == [1, 10] and number > 1:
                raise LoopDetected("the first page again")
        return CrawlEnd()

    log, stream = MemoryLog(), replace(CATALOGUE, crawl=looping)
    with pytest.raises(LoopDetected):
        run(log, script(says(page(1))), stream)
    assert len(log.lines) == 2
    with pytest.raises(LoopDetected):
        run(log, script(says(page(1))), stream)
    assert asked(log) == ["/page/2"]
    ended = run(log, script(says(page(3))), stream)
    assert asked(log) == ["/page/2", "/page/3"]
    assert ended.progress.answered == 3
    third = MemoryLog(log.header, log.lines)
    run(third, stream=stream)
    assert asked(third) == []


def test_a_source_that_does_not_understand_is_not_asked_for_what_is_landed() -> None:
    """An error of the source is not blamed on the answer before."""

    def read_strictly(reply: Reply, request: Request) -> Json:
        if reply.status == 400:
            raise Misunderstood("no such page")
        return read(reply, request)

    log = MemoryLog()
    strict = replace(SOURCE, read=read_strictly)
    for _ in range(2):
        time = FakeTime()
        with Loopback(lambda seen: says(page(1)) if "/page/1" in seen.path else says({}, 400)) as server:
            session = Session(strict, base_url=server.url, clock=time.clock, sleep=time.sleep)
            with session, pytest.raises(Misunderstood):
                crawl(session, CATALOGUE, PLAN, log, hide=hidden)
    assert [seen.path for seen in server.seen] == ["/page/2?n=2"]


def test_a_wait_that_was_asked_for_outlives_the_process() -> None:
    """Killed after a Retry-After of two minutes, the next process waits for the rest of it."""
    now = datetime.now(UTC)
    line = {
        "key": "page1",
        "subject": None,
        "fetched_at": (now - timedelta(seconds=20)).isoformat(),
        "status": 429,
        "headers": {"retry-after": "120"},
        "accepted": False,
        "lookup": False,
        "note": "slow down",
        "body": "",
    }
    log = MemoryLog(json.loads(json.dumps(header_of(SOURCE, CATALOGUE, PLAN, "https://a.invalid"))), [line])
    time, sent = FakeTime(), []

    def answer(seen: Seen) -> Step:
        sent.append(time.now)
        return serve(seen)

    begun = time.now
    with Loopback(answer) as server:
        session = Session(SOURCE, base_url=server.url, clock=time.clock, sleep=time.sleep)
        with session:
            crawl(session, CATALOGUE, PLAN, log, hide=hidden)
    assert sent[0] - begun >= 95


ANNA, BERT = User("Anna+K", "h1"), User("bert", "h2")


def list_of(seen: Seen) -> Step:
    """Anna's list is public, Bert's is not."""
    if seen.path.startswith("/lookup"):
        return says({"id": 77, "name": "Anna+K"})
    if "bert" in seen.path:
        return says({}, 403, X_Who="BERT")
    return says({"owner": "Anna+K", "items": [1, 2]})


def test_what_is_kept_of_lists_names_nobody() -> None:
    """Not in addresses, bodies, notes or look-ups; the server is asked by name all the same."""
    log = MemoryLog()
    ended = run(log, list_of, LISTS, Plan("users", TODAY, users=(ANNA, BERT)))
    kept = json.dumps([log.header, *log.lines, log.sealed]).lower()
    assert "anna" not in kept
    assert "bert" not in kept
    assert asked(log) == ["/lookup", "/users/Anna+K/list", "/lookup", "/users/bert/list"]
    lines = [line for line in log.lines if not line["lookup"]]
    assert [line["subject"] for line in lines] == ["h1", "h2"]
    assert lines[0]["request"]["url"].endswith("/users/h1/list?who=h1")
    assert lines[0]["request"]["body"] == {"variables": {"name": "h1", "names": ["h1"]}}
    assert json.loads(lines[0]["body"]) == {"owner": hidden("Anna+K"), "items": [1, 2]}
    assert lines[1]["note"] == "the list of h2 is private"
    assert [line["body"] for line in log.lines if line["lookup"]] == ["", ""]
    assert (ended.progress.records, ended.progress.missing) == (2, 1)


def test_a_lookup_is_made_once_for_all_pages_of_a_list() -> None:
    """Each user's, once in each process: one that goes on with a crawl makes it again, and only for what it asks."""

    def paged(plan: Plan) -> Crawl:
        for user in plan.users:
            for number in (1, 2, 3):
                yield Request(
                    f"{user.subject}@{number}",
                    f"/users/{user.name}/list",
                    subject=user.subject,
                    may_be_missing=True,
                    lookup=Request(f"{user.subject}?", "/lookup", (("name", user.name),), subject=user.subject),
                    complete=lambda request, document: replace(request, params=(("id", str(document["id"])),)),
                )
        return CrawlEnd()

    log, stream = MemoryLog(), replace(LISTS, crawl=paged)
    plan = Plan("users", TODAY, users=(ANNA, BERT))
    run(log, list_of, stream, plan)
    lists_of = {name: [f"/users/{name}/list"] * 3 for name in ("Anna+K", "bert")}
    assert asked(log) == ["/lookup", *lists_of["Anna+K"], "/lookup", *lists_of["bert"]]
    rest = MemoryLog(log.header, log.lines[:6])
    run(rest, list_of, stream, plan)
    assert asked(rest) == ["/lookup", *lists_of["bert"][1:]]


def test_half_a_surrogate_pair_in_what_is_kept_is_no_obstacle() -> None:
    """An escape of JSON can make one, e.g. where a text was cut off; it comes and is recalled as it was sent."""
    log, plan = MemoryLog(), Plan("users", TODAY, users=(ANNA,))
    told = {"id": 77, "owner": "Anna+K\ud83d", "items": ["so moving \ud83d"]}
    assert run(log, lambda _: says(told), LISTS, plan).progress.records == 1
    assert json.loads(log.lines[-1]["body"])["items"] == told["items"]
    assert run(MemoryLog(log.header, log.lines), list_of, LISTS, plan).progress.replayed == 1


def test_names_stay_where_the_settings_want_them() -> None:
    """A user whose subject is the name is kept by name, in addresses too."""
    log = MemoryLog()
    run(log, list_of, LISTS, Plan("users", TODAY, users=(User("Anna", "Anna"),)))
    assert [line["request"]["url"].endswith("/users/Anna/list?who=Anna") for line in log.lines] == [False, True]


def test_a_user_who_has_left_does_not_shift_the_answers_of_others() -> None:
    """Keys are places in the plan; a landed answer counts for its subject alone."""
    log = MemoryLog()
    log.killed_after = 2
    plan = Plan("users", TODAY, users=(ANNA, User("carl", "h3")))
    with pytest.raises(KeyboardInterrupt):
        run(log, list_of, LISTS, plan)
    log.killed_after = None
    ended = run(log, list_of, LISTS, replace(plan, users=plan.users[1:]))
    assert asked(log) == ["/lookup", "/users/carl/list"]
    assert ended.progress.replayed == 0


def test_a_crawl_is_told_what_is_kept_and_not_what_came() -> None:
    """A redacted document reaches the crawl, so that it decides alike when it is told again."""
    told: list[Json] = []

    def watching(plan: Plan) -> Crawl:
        for user in plan.users:
            answer = yield Request("list", f"/users/{user.name}/list", subject=user.subject)
            told.append(answer.document)
        return CrawlEnd()

    log = MemoryLog()
    stream = replace(LISTS, crawl=watching)
    plan = Plan("users", TODAY, users=(ANNA,))
    run(log, list_of, stream, plan)
    run(MemoryLog(log.header, log.lines), list_of, stream, plan)
    assert told == [{"owner": hidden("Anna+K"), "items": [1, 2]}] * 2


def test_what_was_kept_of_one_user_is_told_of_no_other() -> None:
    """Not even where a source says without a word that the next one's list is missing."""
    told: list[Json] = []

    def watching(plan: Plan) -> Crawl:
        for user in plan.users:
            answer = yield Request("list", f"/users/{user.name}/list", subject=user.subject, may_be_missing=True)
            told.append(answer.document)
        return CrawlEnd()

    def wordless(reply: Reply, request: Request) -> Json:
        if reply.status != 200:
            raise Private("")
        return read(reply, request)

    stream, time = replace(LISTS, crawl=watching, records=lambda document: []), FakeTime()
    with (
        Loopback(list_of) as server,
        Session(replace(SOURCE, read=wordless), base_url=server.url, clock=time.clock, sleep=time.sleep) as session,
    ):
        crawl(session, stream, Plan("users", TODAY, users=(ANNA, BERT)), MemoryLog(), hide=hidden)
    assert told == [{"owner": hidden("Anna+K"), "items": [1, 2]}, None]


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-32", "iso-8859-1", "utf-8-sig"])
@pytest.mark.parametrize("stream", [CATALOGUE, LISTS])
def test_an_answer_in_another_charset_is_kept_to_the_letter(charset: str, stream: Stream) -> None:
    """What is landed is the text that the crawl was told, in UTF-8, with the hash of that; it can be read again."""
    told = {"items": ["Kimi no Na wa. Été"], "last": True, "owner": "Anna+K", "id": 77}
    step = Step(
        200, json.dumps(told, ensure_ascii=False).encode(charset), {"Content-Type": f"a/json; charset={charset}"}
    )

    def titles(plan: Plan) -> Crawl:
        answer = yield Request("page1", "/page/1", subject=plan.users[0].subject)
        return CrawlEnd(answer.document["items"][0])

    log, plan = MemoryLog(), Plan("users", TODAY, users=(ANNA,))
    run(log, lambda _: step, replace(stream, crawl=titles), plan)
    (line,) = log.lines
    assert json.loads(line["body"].removeprefix("\ufeff"))["items"] == told["items"]
    assert line["sha256"] == sha256(line["body"].encode()).hexdigest()
    assert log.sealed is not None
    assert log.sealed["watermark"] == told["items"][0]
    assert run(MemoryLog(log.header, log.lines), list_of, replace(stream, crawl=titles), plan).progress.replayed == 1


def test_an_answer_that_is_no_text_is_asked_for_again_and_said_to_be_none() -> None:
    """Half a character that some parsers let pass is no answer: nothing is landed as one with a mark in its place."""
    log = MemoryLog()
    with pytest.raises(Outage, match="page page1: the answer is no text: its 36 bytes are not in utf-8 or ascii"):
        run(
            log,
            lambda _: Step(200, b'{"items": ["\xed\xa0\xbd cut"], "last": true}', {"Content-Type": "a;charset=ascii"}),
        )
    assert [line["accepted"] for line in log.lines] == [False] * 3
    assert run(log, serve).progress.answered == PAGES


def test_bytes_that_are_no_text_are_kept_as_far_as_they_are() -> None:
    """A reply that cannot be read is landed with marks where bytes were none."""
    log = MemoryLog()
    with pytest.raises(Outage):
        run(log, script(Step(500, b"\xff\xfe oh")))
    assert log.lines[0]["body"] == "\ufffd\ufffd oh"
