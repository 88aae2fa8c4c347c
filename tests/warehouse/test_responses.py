"""A crawl's log: what was appended is there after any kill, and becomes a landed file whole or not at all."""

import gzip
import json
import os
import signal
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.conftest import DAY, end, header, killed_before, land_crawl, response
from warehouse.errors import LandingError
from warehouse.home import Home
from warehouse.landing import adopt, land_file, landed_files, open_log, verify
from warehouse.segments import member, read_segment, whole_members

Gz = Callable[[str, bytes], Path]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def keys(home: Home, source: str = "anilist", stream: str = "lists") -> list[str]:
    """The keys of the responses in the open crawl."""
    with open_log(home, source, stream) as log:
        return [line["key"] for line in log.responses()]


def open_files(home: Home) -> list[Path]:
    """Every open segment."""
    return sorted(home.landing.glob("*/*/.*.open"))


def test_a_crawl_is_one_landed_file_of_all_its_lines(home: Home) -> None:
    """Sealing gives a file with a manifest: plan first, responses in order, the end last; nothing stays open."""
    with open_log(home, "anilist", "lists") as log:
        assert log.unfinished is None
        log.begin(header(["ab"]))
        assert log.unfinished == header(["ab"])
        log.append(response("u@1", [1], "ab"))
        log.append(response("u@2", ["é\u2028"], "ab"))
        landed = log.seal(end())
        assert log.unfinished is None
    assert landed_files(home, "anilist", "lists") == [landed]
    assert landed.path == f"anilist/lists/20260301T000000Z-{landed.sha256[:12]}.responses.jsonl.gz"
    assert (landed.captured_at, landed.landed_at) == (DAY, DAY + timedelta(hours=1))
    verify(home, landed)
    lines = [json.loads(line) for line in gzip.decompress(landed.file(home).read_bytes()).splitlines()]
    assert lines == [header(["ab"]), response("u@1", [1], "ab"), response("u@2", ["é\u2028"], "ab"), end()]
    assert open_files(home) == []


@settings(max_examples=40)
@given(documents=st.lists(JSON, max_size=5), cut=st.integers(0, 400))
def test_a_torn_tail_costs_the_last_line_at_most(
    tmp_path_factory: pytest.TempPathFactory, documents: list[object], cut: int
) -> None:
    """Whatever lines are kept and wherever the file is cut: what was whole before the cut is there, no more."""
    home = Home(tmp_path_factory.mktemp("log") / "home")
    lines = [response(f"k{number}", document) for number, document in enumerate(documents)]
    with open_log(home, "anilist", "lists") as log:
        log.begin(header())
        for line in lines:
            log.append(line)
    (file,) = open_files(home)
    ends = [position for position, _ in whole_members(file)]
    size = max(0, file.stat().st_size - cut)
    os.truncate(file, size)
    whole = sum(position <= size for position in ends)
    with open_log(home, "anilist", "lists") as log:
        if not whole:
            assert log.unfinished is None
            return
        assert log.unfinished == header()
        assert list(log.responses()) == lines[: whole - 1]
        log.append(response("more", None))
        assert [line["key"] for line in log.responses()] == [f"k{n}" for n in range(whole - 1)] + ["more"]


def test_a_tail_of_rubbish_is_cut_off(home: Home) -> None:
    """A file system that filled the last block with zeros or old data has cost nothing that was whole."""
    with open_log(home, "anilist", "lists") as log:
        log.begin(header())
        log.append(response("a", 1))
    (file,) = open_files(home)
    whole = file.read_bytes()
    for rubbish in (b"\x00" * 4096, b"rubbish", member(response("b", 2))[:-1], b"\x1f\x8b"):
        file.write_bytes(whole + rubbish)
        assert keys(home) == ["a"]
        assert file.read_bytes() == whole


def test_a_second_run_of_the_same_stream_is_refused(home: Home, gz: Gz) -> None:
    """While one crawls, another is told so at once; other streams and landing files are not kept waiting."""
    with open_log(home, "anilist", "anime") as log:
        log.begin(header(stream="anime"))
        with (
            pytest.raises(LandingError, match="another run is crawling anilist anime"),
            open_log(home, "anilist", "anime"),
        ):
            pass
        with open_log(home, "kitsu", "anime") as other:
            assert other.unfinished is None
        assert land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"{}\n"), DAY) is not None
        log.append(response("a", 1))
    assert keys(home, stream="anime") == ["a"]


def test_the_lock_goes_with_a_killed_process(home: Home) -> None:
    """After SIGKILL the next run gets in and finds what was appended."""
    child = os.fork()
    if child == 0:
        with open_log(home, "anilist", "lists") as log:
            log.begin(header())
            log.append(response("a", 1))
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert keys(home) == ["a"]


def whole_crawl(home: Home) -> None:
    """Begin (or take up) a crawl of two responses, end it."""
    with open_log(home, "anilist", "lists") as log:
        if log.unfinished is None:
            if any("responses" in one.path for one in landed_files(home, "anilist", "lists")):
                return
            log.begin(header())
        have = [line["key"] for line in log.responses()]
        for key in ("a", "b")[len(have) :]:
            log.append(response(key, key))
        log.seal(end())


def test_a_kill_at_any_moment_is_made_good_by_the_next_run(tmp_path: Path, gz: Gz) -> None:
    """Killed before each of its file operations; then a file is landed beside it, and the crawl is ended."""
    file = gz("a.jsonl.gz", b"{}\n")
    was_killed, step = True, 0
    while was_killed:
        step += 1
        home = Home(tmp_path / f"home{step}")
        was_killed = killed_before(step, lambda home=home: whole_crawl(home), home.root)  # type: ignore[misc]
        before = landed_files(home, "anilist", "lists")
        assert len(before) <= 1
        land_file(home, "anilist", "lists", file, DAY - timedelta(days=1))
        whole_crawl(home)
        _, landed = landed_files(home, "anilist", "lists")
        verify(home, landed)
        found = [line.get("key", line["kind"]) for _, line in read_segment(landed.file(home))]
        assert found == ["crawl", "a", "b", "end"]
        assert open_files(home) == []
        assert len(list(home.stream("anilist", "lists").glob("*.responses.jsonl.gz"))) == 1
        assert not list(home.stream("anilist", "lists").glob("*.part"))
    assert step > 12


def test_every_state_of_sealing_ends_in_one_landed_file(home: Home, tmp_path: Path) -> None:
    """The end is written, the final name linked, the manifest there: whichever is the last step that was done."""
    landed = land_crawl(home, "anilist", "lists", response("a", 1))
    payload, manifest = landed.file(home), Path(f"{landed.file(home)}.manifest.json")
    content, note = payload.read_bytes(), manifest.read_bytes()
    for linked, vouched in ((False, False), (True, False), (True, True)):
        other = Home(tmp_path / f"{linked}{vouched}")
        directory = other.stream("anilist", "lists")
        directory.mkdir(parents=True)
        (directory / f".20260301T000000Z-000000000000{payload.name[29:]}.open").write_bytes(content)
        if linked:
            (directory / payload.name).write_bytes(content)
        if vouched:
            (directory / manifest.name).write_bytes(note)
        with open_log(other, "anilist", "lists") as log:
            assert log.unfinished is None
        assert landed_files(other, "anilist", "lists") == [landed]
        assert open_files(other) == []


def test_a_file_system_without_hard_links_gets_a_copy(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealing works alike where linking is impossible."""

    def refuse(*_: object) -> None:
        raise OSError("hard links are not supported here")

    monkeypatch.setattr(os, "link", refuse)
    landed = land_crawl(home, "anilist", "lists", response("a", 1))
    verify(home, landed)
    assert open_files(home) == []


def test_what_is_out_of_order_is_refused(home: Home) -> None:
    """Appending or sealing without a beginning, beginning twice, times that are none, what is no JSON."""
    with open_log(home, "anilist", "lists") as log:
        for call in (lambda: log.append(response("a", 1)), lambda: log.seal(end()), lambda: log.responses()):
            with pytest.raises(LandingError, match="no crawl of anilist lists is open"):
                call()
        with pytest.raises(LandingError, match="started_at"):
            log.begin(header() | {"started_at": "yesterday"})
        log.begin(header())
        with pytest.raises(LandingError, match="still open"):
            log.begin(header())
        with pytest.raises(LandingError, match="cannot be written as JSON"):
            log.append(response("a", 1) | {"body": object()})
        with pytest.raises(LandingError, match="ended_at"):
            log.seal({"kind": "end"})
        assert list(log.responses()) == []


def test_half_a_surrogate_pair_is_kept(home: Home) -> None:
    """Text that has no UTF-8 form survives as an escape."""
    with open_log(home, "anilist", "lists") as log:
        log.begin(header())
        log.append(response("a", 1) | {"body": '"\ud83d"'})
        assert [line["body"] for line in log.responses()] == ['"\ud83d"']


def test_several_open_crawls_are_an_error_that_names_them(home: Home) -> None:
    """Which one should go on nobody can tell."""
    with open_log(home, "anilist", "lists") as log:
        log.begin(header())
    (file,) = open_files(home)
    file.with_name(f".20270101{file.name[9:]}").write_bytes(file.read_bytes())
    with (
        pytest.raises(LandingError, match=r"several open crawls .*20260301.*20270101"),
        open_log(home, "anilist", "lists"),
    ):
        pass


def test_an_open_file_that_is_none_of_ours_is_an_error(home: Home) -> None:
    """A first line that is no plan is not taken for one."""
    directory = home.stream("anilist", "lists")
    directory.mkdir(parents=True)
    (directory / ".20260301T000000Z-000000000000.responses.jsonl.gz.open").write_bytes(member(response("a", 1)))
    with pytest.raises(LandingError, match="must begin with its plan"), open_log(home, "anilist", "lists"):
        pass


def test_a_disk_that_is_full_loses_nothing_that_was_kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails half-way is undone; the crawl can go on when there is room again."""
    write = os.write
    with open_log(home, "anilist", "lists") as log:
        log.begin(header())
        log.append(response("a", 1))

        def half(handle: int, content: bytes) -> int:
            if len(content) < 40:
                raise OSError(28, "No space left on device")
            return write(handle, content[:-30])

        monkeypatch.setattr(os, "write", half)
        with pytest.raises(LandingError, match="No space left"):
            log.append(response("b", 2))
        monkeypatch.undo()
        log.append(response("c", 3))
        assert [line["key"] for line in log.responses()] == ["a", "c"]
    assert keys(home) == ["a", "c"]


def test_responses_of_now_are_read_in_little_memory(home: Home) -> None:
    """Forty responses of a megabyte are read one by one; what is appended meanwhile is not among them."""
    text = "".join(chr(97 + n % 26) for n in range(1_000_000))
    with open_log(home, "anilist", "lists") as log:
        log.begin(header())
        for number in range(40):
            log.append(response(str(number), text))
        tracemalloc.start()
        lines = log.responses()
        assert next(lines)["key"] == "0"
        log.append(response("late", 1))
        assert sum(1 for _ in lines) == 39
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 15_000_000


def test_adopting_takes_sealed_crawls_and_leaves_open_ones(home: Home, tmp_path: Path) -> None:
    """The other HOME's unfinished crawl stays its own."""
    other = Home(tmp_path / "other")
    landed = land_crawl(other, "anilist", "lists", response("a", 1))
    with open_log(other, "anilist", "lists") as log:
        log.begin(header(started_at=DAY + timedelta(days=1)))
    assert adopt(home, other) == 1
    assert landed_files(home, "anilist", "lists") == [landed]
    assert open_files(home) == []
    assert len(open_files(other)) == 1
