"""IMDb's files: fetched whole or not at all, gone on with after a break, over the loopback interface."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters import imdb
from adapters.base import Request
from adapters.downloading import FileSession, Part, Validators
from adapters.errors import Misunderstood, NotFound, Outage, Throttled, Unavailable
from tests.adapters.loopback import HTML, FakeTime, Loopback, Seen, Step, script
from tests.adapters.sourcekit import reply_of

RATINGS = "title.ratings"
ETAG, MODIFIED = '"v1"', "Wed, 21 Oct 2015 07:28:00 GMT"


def table(rows: int, name: str = RATINGS) -> bytes:
    """A file of so many rows that does not compress well."""
    chance = random.Random(7)
    lines = ["\t".join(imdb.COLUMNS[name])]
    width = len(imdb.COLUMNS[name]) - 1
    lines += ["\t".join([f"tt{number:07}", *[str(chance.random())] * width]) for number in range(rows)]
    return gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)


WHOLE = table(2000)


class Host:
    """A host of one file, as hosts of files are: conditions, ranges, versions.

    Attributes:
        content: the file.
        etag: its version.
        faults: steps that come before good answers.
        cut_at: offsets at which answers break off, one for each answer.
        sent: bytes of the file that were sent.
    """

    def __init__(self, content: bytes = WHOLE, etag: str = ETAG) -> None:
        self.content, self.etag = content, etag
        self.faults: list[Step] = []
        self.cut_at: list[int] = []
        self.sent = 0

    def __call__(self, seen: Seen) -> Step:
        """Answer one request."""
        if self.faults:
            return self.faults.pop(0)
        headers = {"ETag": self.etag, "Last-Modified": MODIFIED, "Content-Type": "binary/octet-stream"}
        if seen.headers.get("if-none-match") == self.etag:
            return Step(304, b"", headers)
        begin = 0
        if "range" in seen.headers and seen.headers.get("if-range") == self.etag:
            begin = int(seen.headers["range"].removeprefix("bytes=").rstrip("-"))
            if begin >= len(self.content):
                return Step(416, b"", headers | {"Content-Range": f"bytes */{len(self.content)}"})
            headers["Content-Range"] = f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}"
        body = self.content[begin:]
        status = 206 if begin else 200
        if self.cut_at:
            kept = body[: self.cut_at.pop(0) - begin]
            self.sent += len(kept)
            # Half of the body is sent, so that twice of what is kept is announced.
            return Step(status, kept + b"x" * len(kept), headers, fault="cut")
        self.sent += len(body)
        return Step(status, body, headers)


def fetch(
    host: Callable[[Seen], Step],
    target: Path,
    known: imdb.Known = imdb.NOTHING,
    *,
    name: str = RATINGS,
    seen: list[Seen] | None = None,
    url: str | None = None,
) -> imdb.Fetched | None:
    """Fetch a file from a server."""
    time = FakeTime()
    with Loopback(host) as server:
        place = imdb.open_place(url or server.url, contact="me@x", clock=time.clock, sleep=time.sleep)
        assert isinstance(place, FileSession)
        with place:
            try:
                return imdb.fetch(place, name, target, known=known)
            finally:
                if seen is not None:
                    seen += server.seen


def left_beside(target: Path) -> list[str]:
    """What lies in the folder apart from the target."""
    return sorted(path.name for path in target.parent.iterdir() if path != target)


@pytest.mark.parametrize("name", imdb.FILES)
def test_a_file_is_fetched_whole(name: str, tmp_path: Path) -> None:
    """Its bytes, its rows, and what to say of it the next time; nothing else is left behind."""
    target, seen = tmp_path / "file.tsv.gz", list[Seen]()
    content = table(30, name)
    fetched = fetch(Host(content), target, name=name, seen=seen)
    assert fetched is not None
    assert target.read_bytes() == content
    assert (fetched.path, fetched.rows, fetched.bytes) == (target, 30, len(content))
    assert fetched.known == imdb.Known(Validators(ETAG, MODIFIED), 30)
    assert left_beside(target) == []
    assert seen[0].path == f"/{name}.tsv.gz"
    assert seen[0].headers["user-agent"].endswith("(+me@x)")
    assert not {"range", "if-none-match", "if-modified-since"} & seen[0].headers.keys()


def test_a_file_that_is_known_is_not_sent_again(tmp_path: Path) -> None:
    """304: nothing new, nothing written."""
    target, host, seen = tmp_path / "file.tsv.gz", Host(), list[Seen]()
    assert fetch(host, target, imdb.Known(Validators(ETAG, MODIFIED), 2000), seen=seen) is None
    assert not target.exists()
    assert host.sent == 0
    assert seen[0].headers["if-none-match"] == ETAG
    assert seen[0].headers["if-modified-since"] == MODIFIED


def test_a_new_version_is_fetched(tmp_path: Path) -> None:
    """Another ETag, another file."""
    fetched = fetch(Host(etag='"v2"'), tmp_path / "file.tsv.gz", imdb.Known(Validators(ETAG, MODIFIED), 2000))
    assert fetched is not None
    assert fetched.known.version.etag == '"v2"'


def test_a_transfer_that_breaks_goes_on_where_it_broke(tmp_path: Path) -> None:
    """Twice cut off: every byte is sent once, and the next requests name the version."""
    host, seen, target = Host(), list[Seen](), tmp_path / "file.tsv.gz"
    host.cut_at = [5_000, 9_000]
    assert fetch(host, target, seen=seen) is not None
    assert target.read_bytes() == WHOLE
    assert host.sent == len(WHOLE)
    assert [one.headers.get("range") for one in seen] == [None, "bytes=5000-", "bytes=9000-"]
    assert seen[1].headers["if-range"] == ETAG


def broken_off(tmp_path: Path, etag: str = ETAG, modified: str = MODIFIED, size: int = 5_000, url: str = "") -> Path:
    """A target beside which a killed process has left a part."""
    target = tmp_path / "file.tsv.gz"
    part = Part(target, url)
    part.begin(Validators(etag, modified))
    part.path.write_bytes(WHOLE[:size])
    return target


class Fixed:
    """A server whose address is known before a part is made."""

    def __init__(self, host: Callable[[Seen], Step]) -> None:
        self.server = Loopback(host)
        self.url = f"{self.server.url}/{RATINGS}.tsv.gz"

    def fetch(self, target: Path, known: imdb.Known = imdb.NOTHING) -> imdb.Fetched | None:
        """Fetch the file."""
        time = FakeTime()
        with self.server:
            place = imdb.open_place(self.server.url, clock=time.clock, sleep=time.sleep)
            return imdb.fetch(place, RATINGS, target, known=known)


@pytest.mark.parametrize("size", [1, 5_000, len(WHOLE)])
def test_a_killed_process_is_gone_on_from(size: int, tmp_path: Path) -> None:
    """What lies in the part file is not sent again, also where it was all of it."""
    host = Host()
    fixed = Fixed(host)
    target = broken_off(tmp_path, size=size, url=fixed.url)
    assert fixed.fetch(target) is not None
    assert target.read_bytes() == WHOLE
    assert host.sent == len(WHOLE) - size
    assert left_beside(target) == []


@pytest.mark.parametrize("etag", ['"v0"', 'W/"v1"', ""])
def test_versions_never_meet(etag: str, tmp_path: Path) -> None:
    """A part of another version, or of one that nobody can be sure of, is thrown away."""
    host = Host()
    fixed = Fixed(host)
    target = broken_off(tmp_path, etag, "" if etag == "" else "Tue, 20 Oct 2015 07:28:00 GMT", url=fixed.url)
    assert fixed.fetch(target) is not None
    assert target.read_bytes() == WHOLE
    assert host.sent == len(WHOLE)


def test_a_part_from_another_address_is_not_used(tmp_path: Path) -> None:
    """Its label names where it came from."""
    host = Host()
    target = broken_off(tmp_path, url="https://other.invalid/file")
    assert fetch(host, target) is not None
    assert host.sent == len(WHOLE)


def test_a_torn_label_is_no_version(tmp_path: Path) -> None:
    """Killed while it was written."""
    part = Part(tmp_path / "file.tsv.gz", "u")
    part.begin(Validators(ETAG))
    (tmp_path / ".file.tsv.gz.part.json").write_text('{"url": "u", "et', encoding="utf-8")
    assert part.version == Validators()


def test_a_server_that_confuses_ranges_is_asked_for_all_of_it(tmp_path: Path) -> None:
    """206 with another part than was asked for: begun anew."""
    host = Host()
    wrong = Step(206, WHOLE[3:], {"ETag": ETAG, "Content-Range": f"bytes 3-{len(WHOLE) - 1}/{len(WHOLE)}"})
    host.faults = [wrong]
    fixed = Fixed(host)
    target = broken_off(tmp_path, url=fixed.url)
    assert fixed.fetch(target) is not None
    assert target.read_bytes() == WHOLE


@pytest.mark.parametrize(
    "fault",
    [
        Step(500, HTML),
        Step(503, HTML, {"Retry-After": "9"}),
        Step(403, b"<Error><Code>AccessDenied</Code></Error>"),
        Step(429, b""),
        Step(200, HTML, {"Content-Type": "text/html"}),
        Step(fault="reset"),
        Step(304, b""),
        Step(200, WHOLE[:-9], {"ETag": ETAG}),
        Step(200, WHOLE[:4000] + b"????" + WHOLE[4004:], {"ETag": ETAG}),
    ],
)
def test_passing_faults_are_got_over(fault: Step, tmp_path: Path) -> None:
    """Errors, HTML, a reset, a 304 out of nowhere, a file without its end, a damaged one: asked again."""
    host, target = Host(), tmp_path / "file.tsv.gz"
    host.faults = [fault, fault]
    assert fetch(host, target) is not None
    assert target.read_bytes() == WHOLE


def test_a_source_that_gives_damaged_files_only_is_out(tmp_path: Path) -> None:
    """Three times fetched, nothing left behind."""
    target, seen = tmp_path / "file.tsv.gz", list[Seen]()
    with pytest.raises(Outage, match=r"title\.ratings is cut off or damaged, 3 times"):
        fetch(script(Step(200, WHOLE[:-9])), target, seen=seen)
    assert len(seen) == 3
    assert left_beside(target) == []
    assert not target.exists()


def test_a_source_that_goes_on_failing_is_out(tmp_path: Path) -> None:
    """The message says what and where."""
    with pytest.raises(Outage, match=r"imdb at .*title\.ratings: status 500"):
        fetch(script(Step(500)), tmp_path / "file.tsv.gz")


def test_a_file_that_is_not_there_names_its_path(tmp_path: Path) -> None:
    """404 is no fault that passes."""
    with pytest.raises(Misunderstood, match=r"no file /title\.ratings\.tsv\.gz"):
        fetch(script(Step(404)), tmp_path / "file.tsv.gz")


def test_other_columns_are_not_taken(tmp_path: Path) -> None:
    """Both lists of columns are told; an earlier file stays."""
    target = tmp_path / "file.tsv.gz"
    target.write_bytes(b"earlier")
    other = gzip.compress(b"tconst\taverageRating\tvotes\ntt1\t5\t3\n")
    with pytest.raises(Misunderstood, match="averageRating, votes; expected tconst, averageRating, numVotes"):
        fetch(Host(other), target)
    assert target.read_bytes() == b"earlier"
    assert left_beside(target) == []


@pytest.mark.parametrize(("rows", "before", "is_believed"), [(50, 100, True), (49, 100, False), (0, 0, False)])
def test_a_file_that_has_shrunk_to_less_than_half_is_not_believed(
    rows: int, before: int, is_believed: bool, tmp_path: Path
) -> None:
    """The rows are compared with those of the file before; an empty one is never right."""
    target, host = tmp_path / "file.tsv.gz", Host(table(rows))
    if is_believed:
        assert fetch(host, target, imdb.Known(rows=before)) is not None
        return
    with pytest.raises(Outage, match=f"has {rows} rows, the one before had {before}: too few to be believed"):
        fetch(host, target, imdb.Known(rows=before))
    assert not target.exists()
    assert left_beside(target) == []


def test_a_redirection_is_followed_on_the_same_host_only(tmp_path: Path) -> None:
    """Another host is named together with the setting."""
    moved = Step(302, b"", {"Location": "/elsewhere.gz"})
    host = Host()
    host.faults = [moved]
    assert fetch(host, tmp_path / "file.tsv.gz") is not None
    with pytest.raises(Misunderstood, match="OSUSUME_IMDB_URL"):
        fetch(script(Step(302, b"", {"Location": "https://other.invalid/x.gz"})), tmp_path / "other.tsv.gz")


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    """How many there are, and how many there will be."""
    told: list[tuple[int, int | None]] = []
    time = FakeTime()
    with Loopback(Host()) as server:
        place = imdb.open_place(server.url, clock=time.clock, sleep=time.sleep)
        imdb.fetch(place, RATINGS, tmp_path / "file", on_progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(WHOLE), len(WHOLE))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_directory_does_as_well(tmp_path: Path) -> None:
    """A path or a file:// address: copied when it has changed, and left as it is."""
    directory, target = tmp_path / "imdb files", tmp_path / "out" / "file.tsv.gz"
    directory.mkdir()
    target.parent.mkdir()
    (directory / f"{RATINGS}.tsv.gz").write_bytes(WHOLE)
    for base in (str(directory), directory.as_uri()):
        fetched = imdb.fetch(imdb.open_place(base), RATINGS, target)
        assert fetched is not None
        assert fetched.rows == 2000
        assert imdb.fetch(imdb.open_place(base), RATINGS, target, known=fetched.known) is None
        by_time = imdb.Known(Validators(last_modified=fetched.known.version.last_modified))
        assert imdb.fetch(imdb.open_place(base), RATINGS, target, known=by_time) is None
    assert target.read_bytes() == WHOLE
    assert left_beside(target) == []


def test_a_directory_with_a_broken_file_or_none_is_told(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(Misunderstood, match=r"title\.ratings\.tsv\.gz cannot be read"):
        imdb.fetch(tmp_path, RATINGS, tmp_path / "out")
    (tmp_path / f"{RATINGS}.tsv.gz").write_bytes(WHOLE[:-9])
    with pytest.raises(Misunderstood, match=r"title\.ratings\.tsv\.gz: .*cut off"):
        imdb.fetch(tmp_path, RATINGS, tmp_path / "out")
    with pytest.raises(Misunderstood, match="OSUSUME_IMDB_URL"):
        imdb.open_place(str(tmp_path / "nowhere"))


def test_statuses_mean_what_they_do_for_files() -> None:
    """What is asked again, what is not there, and what is not understood."""
    request = Request(RATINGS, "/file")
    for status, error in (
        (429, Throttled),
        (403, Unavailable),
        (502, Unavailable),
        (404, NotFound),
        (410, Misunderstood),
    ):
        with pytest.raises(error):
            imdb.read(reply_of({}, status), request)
    assert imdb.read(reply_of({}, 206), request) == {"is_new": True}


def test_the_label_of_a_part_says_where_it_is_from(tmp_path: Path) -> None:
    """Address and version, so that another process can go on."""
    Part(tmp_path / "file.tsv.gz", "u").begin(Validators(ETAG, MODIFIED))
    label = json.loads((tmp_path / ".file.tsv.gz.part.json").read_text(encoding="utf-8"))
    assert label == {"url": "u", "etag": ETAG, "last_modified": MODIFIED}
