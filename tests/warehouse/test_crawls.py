"""Crawls in raw tables: each record of an answer that was used, with its place, and each crawl's own row."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.conftest import DAY, end, header, land_crawl, response
from warehouse.errors import LandingError
from warehouse.home import Home
from warehouse.landing import land_file, open_log
from warehouse.load import LoadReport, load_new_files
from warehouse.rawresponses import Segment, read_responses

Gz = Callable[[str, bytes], Path]
Con = duckdb.DuckDBPyConnection


def rows_of(document: Any) -> Sequence[Mapping[str, Any]]:
    """The records of the made-up documents of these tests."""
    return document["rows"]  # type: ignore[no-any-return]


def loaded(con: Con, stream: str = "lists") -> list[tuple[Any, ...]]:
    """What the raw table holds, in order."""
    return con.execute(
        f"select json(payload)::varchar, subject, payload_line, payload_item from raw.raw_anilist__{stream} "
        "order by payload_path, payload_line, payload_item"
    ).fetchall()


def test_records_have_their_line_item_subject_and_time(con: Con, home: Home) -> None:
    """Each record of each answer is a row that says where it stands, whom it is about and when it came."""
    landed = land_crawl(
        home,
        "anilist",
        "lists",
        response("a@1", {"rows": [{"id": 1}, {"id": 2}]}, "a"),
        response("b@1", {"rows": [{"id": "é\ud83d"}]}, "b"),
        response("b@2", {"rows": []}, "b"),
    )
    assert load_new_files(con, home, "anilist", "lists", rows_of) == LoadReport(files=1, rows=3, total_rows=3)
    assert loaded(con) == [
        ('{"id":1}', "a", 2, 1),
        ('{"id":2}', "a", 2, 2),
        ('{"id":"é\ufffd"}', "b", 3, 1),
    ]
    stamps = con.execute("select distinct payload_path, captured_at from raw.raw_anilist__lists").fetchall()
    assert stamps == [(landed.path, DAY + timedelta(minutes=5))]


def test_only_answers_that_were_used_have_records(con: Con, home: Home) -> None:
    """Refused replies, lookups, "there is no such thing" and what is no object give no row."""
    rows = {"rows": [{"id": 1}]}
    land_crawl(
        home,
        "anilist",
        "lists",
        response("a", rows, accepted=False),
        response("a", rows, accepted=False, body="<html>", status=503),
        response("a", rows, lookup=True),
        response("a", None, note="private", body=""),
        response("a", {"rows": [None, "text", {"id": 5}]}),
    )
    load_new_files(con, home, "anilist", "lists", rows_of)
    assert loaded(con) == [('{"id":5}', None, 6, 3)]
    assert con.execute("select responses, accepted from raw.crawl").fetchall() == [(5, 3)]


def test_a_byte_order_mark_is_no_part_of_an_answer(con: Con, home: Home) -> None:
    """It is landed as it came, and read as the adapters have read it."""
    land_crawl(home, "anilist", "lists", response("a", None, body='\ufeff{"rows": [{"id": 5}]}'))
    load_new_files(con, home, "anilist", "lists", rows_of)
    assert loaded(con) == [('{"id":5}', None, 2, 1)]


def test_each_crawl_says_whose_lists_it_was_answered_about(con: Con, home: Home) -> None:
    """An empty list, a private one and a user whom nobody knows are answers; a refusal and a door are none.

    A list that was closed after its first page is a closed one, unless it was open again at a second look.
    """
    later = (DAY + timedelta(minutes=9)).isoformat()
    land_crawl(
        home,
        "anilist",
        "lists",
        response("full@1", {"rows": [{"id": 1}, {"id": 2}]}, "full"),
        response("full@2", {"rows": [{"id": 3}]}, "full") | {"fetched_at": later},
        response("empty", {"rows": []}, "empty"),
        response("private", None, "private", note="private", body=""),
        response("nobody.user", None, "nobody", lookup=True, note="unknown", body=""),
        response("refused", None, "refused", accepted=False, body=""),
        response("door", {"rows": []}),
        response("closed@1", {"rows": [{"id": 1}]}, "closed"),
        response("closed@2", None, "closed", note="private", body="") | {"fetched_at": later},
        response("back@1", {"rows": [{"id": 1}]}, "back"),
        response("back@2", None, "back", note="private", body=""),
        response("back.look1@1", {"rows": [{"id": 1}, {"id": 2}]}, "back") | {"fetched_at": later},
    )
    load_new_files(con, home, "anilist", "lists", rows_of)
    reads = con.execute(
        "select told.*, told.read_at - started_at from (select started_at, unnest(reads) as told from raw.crawl)"
    ).fetchall()
    assert [(subject, records, since) for subject, _, records, since in reads] == [
        ("full", 3, timedelta(minutes=9)),
        ("empty", 0, timedelta(minutes=5)),
        ("private", 0, timedelta(minutes=5)),
        ("nobody", 0, timedelta(minutes=5)),
        ("closed", 0, timedelta(minutes=9)),
        ("back", 2, timedelta(minutes=9)),
    ]


def test_each_crawl_says_what_it_was(con: Con, home: Home) -> None:
    """Plan, times, watermark, what is gone and notes stand in raw.crawl, and go when the file goes."""
    with open_log(home, "anilist", "lists") as log:
        log.begin(header())
        log.append(response("a", {"rows": []}))
        landed = log.seal(end(watermark="1770000000", gone=["5", "6"], notes={"pages": 3, "who": "né"}))
    load_new_files(con, home, "anilist", "lists", rows_of)
    found = con.execute("select * from raw.crawl").to_arrow_table().to_pylist()
    notes = json.loads(found[0].pop("notes"))
    assert notes == {"pages": 3, "who": "né"}
    assert found == [
        {
            "payload_path": landed.path,
            "source": "anilist",
            "stream": "lists",
            "kind": "users",
            "started_at": DAY,
            "ended_at": DAY + timedelta(hours=1),
            "responses": 1,
            "accepted": 1,
            "watermark": "1770000000",
            "gone": ["5", "6"],
            "ids": ["7"],
            "partition": None,
            "reads": [],
        }
    ]
    landed.file(home).unlink()
    Path(f"{landed.file(home)}.manifest.json").unlink()
    load_new_files(con, home, "anilist", "lists", rows_of)
    assert con.execute("select count(*) from raw.crawl").fetchall() == [(0,)]


def test_a_crawl_is_loaded_once_and_an_open_one_not_at_all(con: Con, home: Home) -> None:
    """Loading again adds nothing; what is not sealed waits."""
    land_crawl(home, "anilist", "lists", response("a", {"rows": [{"id": 1}]}))
    with open_log(home, "anilist", "lists") as log:
        log.begin(header(started_at=DAY + timedelta(days=1)))
        log.append(response("b", {"rows": [{"id": 2}]}))
        assert load_new_files(con, home, "anilist", "lists", rows_of) == LoadReport(1, 1, 1)
        assert load_new_files(con, home, "anilist", "lists", rows_of) == LoadReport(0, 0, 1)
        log.seal(end(DAY + timedelta(days=2)))
    assert load_new_files(con, home, "anilist", "lists", rows_of) == LoadReport(1, 1, 2)


def test_recordings_and_crawls_share_a_table(con: Con, home: Home, gz: Gz) -> None:
    """A recording's lines have no item; they need nothing to unpack them."""
    land_file(home, "anilist", "anime", gz("anime.jsonl.gz", b'{"id":1}\nbroken\n'), DAY - timedelta(days=1))
    assert load_new_files(con, home, "anilist", "anime").rows == 2
    land_crawl(home, "anilist", "anime", response("a", {"rows": [{"id": 2}]}))
    load_new_files(con, home, "anilist", "anime", rows_of)
    found = con.execute(
        "select payload, payload_line, payload_item from raw.raw_anilist__anime order by captured_at, payload_line"
    ).fetchall()
    assert found == [('{"id":1}', 1, None), ("broken", 2, None), ('{"id": 2}', 2, 1)]


def test_a_crawl_without_anything_to_unpack_it_is_an_error(con: Con, home: Home) -> None:
    """The message names the file and the source."""
    landed = land_crawl(home, "anilist", "lists", response("a", {"rows": []}))
    with pytest.raises(LandingError, match=rf"{landed.path} holds responses of anilist"):
        load_new_files(con, home, "anilist", "lists")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (response("a", 1, body="<html>"), ":3: the body of an accepted response is no JSON"),
        (response("a", {"pages": 1}), ":3: no records can be found"),
        (response("a", [1]), ":3: no records can be found"),
        (response("a", {"rows": 7}), ":3: no records can be found"),
    ],
)
def test_an_answer_that_cannot_be_unpacked_is_an_error_that_names_its_line(
    con: Con, home: Home, line: dict[str, Any], message: str
) -> None:
    """Nothing of the file is kept then, and nothing is said of its crawl."""
    landed = land_crawl(home, "anilist", "lists", response("ok", {"rows": [{"id": 1}]}), line)
    with pytest.raises(LandingError, match=landed.path + message):
        load_new_files(con, home, "anilist", "lists", rows_of)
    assert loaded(con) == []
    assert con.execute("select count(*) from raw.crawl").fetchall() == [(0,)]


def test_a_file_that_is_no_finished_crawl_is_an_error(con: Con, home: Home, gz: Gz) -> None:
    """A segment without its end, or with lines that are none of a crawl, is not taken for a whole one."""
    begun = b"".join(json.dumps(line).encode() + b"\n" for line in (header(), response("a", {"rows": []})))
    for number, (content, message) in enumerate(
        [
            (begun, "is no finished crawl"),
            (b"[]\n", ":1: no line of a crawl"),
            (b"{\n", ":1: not JSON"),
            (begun + b'{"kind": "end"}\n', "its first or last line lacks something"),
        ]
    ):
        other = Home(home.root / str(number))
        land_file(other, "anilist", "lists", gz("x.responses.jsonl.gz", content), DAY)
        with pytest.raises(LandingError, match=message):
            load_new_files(con, other, "anilist", "lists", rows_of)


ROWS = st.lists(st.none() | st.integers() | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2), max_size=4)


@settings(max_examples=30)
@given(answers=st.lists(st.tuples(ROWS, st.booleans()), max_size=6), block_bytes=st.integers(1, 60))
def test_no_record_is_lost_however_it_is_cut_into_batches(
    tmp_path_factory: pytest.TempPathFactory, answers: list[tuple[list[Any], bool]], block_bytes: int
) -> None:
    """Any answers, any size of batch: the objects of accepted ones, numbered by line and item."""
    home = Home(tmp_path_factory.mktemp("crawl") / "home")
    lines = [response(str(at), {"rows": rows}, accepted=used) for at, (rows, used) in enumerate(answers)]
    landed = land_crawl(home, "anilist", "lists", *lines)
    segment = Segment()
    found = [
        (json.loads(row["payload"]), row["payload_line"], row["payload_item"])
        for table in read_responses(landed.file(home), rows_of, segment, block_bytes=block_bytes)
        for row in table.to_pylist()
    ]
    assert found == [
        (row, line, item)
        for line, (rows, used) in enumerate(answers, start=2)
        for item, row in enumerate(rows, start=1)
        if used and isinstance(row, dict)
    ]
    assert (segment.responses, segment.accepted) == (len(answers), sum(used for _, used in answers))
