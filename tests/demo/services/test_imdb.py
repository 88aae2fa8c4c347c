"""IMDb's stand-in: three gzipped tables and the manners of a file store."""

import gzip
import zlib
from collections import Counter
from email.utils import parsedate_to_datetime
from urllib.request import Request, urlopen

import pytest

from demo.services.base import Call
from demo.services.imdb import ImdbService
from demo.services.imdb_rows import COLUMNS, JOINT, MISSING
from demo.services.make import make_services

FILES = tuple(COLUMNS)


@pytest.fixture(scope="module")
def untouched(small_world):
    """The small world's IMDb, whose switches stay off."""
    return ImdbService(small_world)


@pytest.fixture
def imdb(small_world):
    """A fresh IMDb of the small world."""
    return ImdbService(small_world)


def ask(service, path, method="GET", **headers):
    """The reply to one call; `if_range` stands for If-Range."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return service.answer(Call(method, path, (), named, b"", "http://127.0.0.1:1/imdb"))


def address(name):
    """The path of a file."""
    return f"/{name}.tsv.gz"


def rows(service, name):
    """The rows of a file by the names of its columns."""
    header, *lines = gzip.decompress(ask(service, address(name)).body).decode().removesuffix("\n").split("\n")
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


@pytest.mark.parametrize("name", FILES)
def test_every_line_has_as_many_columns_as_the_header(untouched, name):
    """Tabs alone divide: no value holds a tab or a line's end, none is blank."""
    header, *lines = gzip.decompress(ask(untouched, address(name)).body).decode().removesuffix("\n").split("\n")
    assert tuple(header.split("\t")) == COLUMNS[name]
    assert {len(line.split("\t")) for line in lines} == {len(COLUMNS[name])}
    assert all(value for line in lines[:500] for value in line.split("\t"))


def test_titles_have_numbers_of_seven_and_eight_digits_in_order(untouched):
    """Each `tconst` once; both lengths occur."""
    numbers = [row["tconst"] for row in rows(untouched, "title.basics")]
    assert len(numbers) == len(set(numbers))
    assert {len(number) for number in numbers} == {9, 10}
    assert numbers == sorted(numbers, key=lambda number: int(number[2:]))


def test_the_hard_values_occur(untouched):
    """Missing values, quotes as ordinary signs, several genres, joined types, and a type that no list has."""
    basics, akas = rows(untouched, "title.basics"), rows(untouched, "title.akas")
    for column in ("startYear", "endYear", "runtimeMinutes", "genres"):
        assert any(row[column] == MISSING for row in basics)
    for column in ("region", "language", "types", "attributes"):
        assert any(row[column] == MISSING for row in akas)
    assert any(row["primaryTitle"].startswith('"') for row in basics)
    assert any(row["title"].count('"') == 1 for row in akas)
    assert any("," in row["genres"] for row in basics)
    assert max(len(row["genres"].split(",")) for row in basics) == 3
    assert any(JOINT in row["types"] for row in akas)
    assert "holoSeries" in {row["titleType"] for row in basics}
    assert {"tvEpisode", "videoGame", "movie", "tvSeries", "video"} <= {row["titleType"] for row in basics}


def test_akas_name_titles_of_the_basics_and_number_them(untouched):
    """`titleId` is a `tconst`; the ordering is unique in a title, and one name is the original."""
    known = {row["tconst"]: row for row in rows(untouched, "title.basics")}
    akas = rows(untouched, "title.akas")
    assert {row["titleId"] for row in akas} <= set(known)
    assert len({(row["titleId"], row["ordering"]) for row in akas}) == len(akas)
    originals = [row for row in akas if row["isOriginalTitle"] == "1"]
    assert max(Counter(row["titleId"] for row in originals).values()) == 1
    assert all(row["title"] == known[row["titleId"]]["originalTitle"] for row in originals)


def test_many_titles_have_no_rating_and_the_others_one_of_1_to_10(untouched):
    """One decimal, and votes enough."""
    ratings = rows(untouched, "title.ratings")
    assert 0 < len(ratings) < 0.9 * len(rows(untouched, "title.basics"))
    assert all(1 <= float(row["averageRating"]) <= 10 and int(row["numVotes"]) >= 5 for row in ratings)


def test_a_series_is_one_title_and_a_film_another(untouched, small_world):
    """A series tells all seasons and parts of its franchise, a film itself; no anime is told twice."""
    told = [row for title in untouched.titles.values() for row in title.rows]
    assert len(told) == len(set(told))
    assert any(len(title.rows) > 2 for title in untouched.titles.values())
    for title in untouched.titles.values():
        entries = [small_world.catalogue.anime[row] for row in title.rows]
        assert len({one.franchise for one in entries}) <= 1
        if title.kind == "movie" and entries:
            assert [one.format for one in entries] == ["MOVIE"]
        if entries:
            assert "Animation" in title.genres
            assert len(title.genres) <= 3


def test_a_matcher_is_given_titles_that_are_no_anime(untouched):
    """Namesakes without animation, and animation without a Japanese name."""
    strangers = [title for title in untouched.titles.values() if not title.rows]
    names = {title.primary for title in untouched.titles.values() if title.rows}
    assert any(title.kind == "movie" and title.primary in names for title in strangers)
    assert any("Animation" in title.genres and title.kind == "tvSeries" for title in strangers)


@pytest.mark.parametrize("name", FILES)
def test_equal_worlds_give_equal_bytes(untouched, imdb, name):
    """Another service of the same world sends the same file under the same tag."""
    one, other = (ask(service, address(name)) for service in (untouched, imdb))
    assert (one.body, one.headers) == (other.body, other.headers)
    assert one.headers["Accept-Ranges"] == "bytes"


def test_who_has_the_file_is_told_so(untouched):
    """A matching tag, or a time not before the change, is a 304 without a body; the tag counts for more."""
    whole = ask(untouched, address("title.ratings"))
    tag, changed = whole.headers["ETag"], whole.headers["Last-Modified"]
    for headers in ({"if_none_match": tag}, {"if_none_match": f'"x", W/{tag}'}, {"if_modified_since": changed}):
        reply = ask(untouched, address("title.ratings"), **headers)
        assert (reply.status, reply.body, reply.headers["ETag"]) == (304, b"", tag)
    for headers in (
        {"if_none_match": '"x"', "if_modified_since": changed},
        {"if_modified_since": "Mon, 29 Jun 2026 05:24:11 GMT"},
        {"if_modified_since": "yesterday"},
    ):
        assert ask(untouched, address("title.ratings"), **headers).status == 200


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=0-9", 0, 9), ("bytes=10-", 10, None), ("bytes=-5", -5, None)]
)
def test_a_range_is_sent_alone(untouched, asked, first, last):
    """206 with the place of the part in the whole file."""
    whole = ask(untouched, address("title.ratings")).body
    reply = ask(untouched, address("title.ratings"), range=asked)
    begin = first % len(whole)
    end = len(whole) - 1 if last is None else last
    assert (reply.status, reply.body) == (206, whole[begin : end + 1])
    assert reply.headers["Content-Range"] == f"bytes {begin}-{end}/{len(whole)}"


def test_a_range_of_another_file_gives_the_whole_one(untouched):
    """If-Range with the old tag: start anew. A range past the end is a 416, several ranges are ignored."""
    whole = ask(untouched, address("title.ratings"))
    tag = whole.headers["ETag"]
    assert ask(untouched, address("title.ratings"), range="bytes=9-", if_range=tag).status == 206
    stale = ask(untouched, address("title.ratings"), range="bytes=9-", if_range='"old"')
    assert (stale.status, stale.body) == (200, whole.body)
    past = ask(untouched, address("title.ratings"), range=f"bytes={len(whole.body)}-")
    assert (past.status, past.headers["Content-Range"]) == (416, f"bytes */{len(whole.body)}")
    assert ask(untouched, address("title.ratings"), range="bytes=0-1,4-5").status == 200


def test_the_truncated_switch_breaks_the_gzip(imdb, untouched):
    """The file is whole as HTTP goes and ends in the middle as gzip goes."""
    whole = ask(imdb, address("title.basics")).body
    imdb.truncated = True
    broken = ask(imdb, address("title.basics"))
    assert broken.status == 200
    assert whole.startswith(broken.body)
    assert broken.headers["ETag"] != ask(untouched, address("title.basics")).headers["ETag"]
    with pytest.raises((EOFError, zlib.error)):
        gzip.decompress(broken.body)


@pytest.mark.parametrize("name", FILES)
def test_the_header_switch_renames_the_first_column(imdb, name):
    """Everything else stays as it was."""
    before = rows(imdb, name)
    imdb.header_changed = True
    after = rows(imdb, name)
    assert list(after[0]) == ["titleKey", *COLUMNS[name][1:]]
    assert [list(row.values()) for row in after] == [list(row.values()) for row in before]


def test_a_day_later_there_are_more_votes_and_fewer_titles(imdb):
    """The next snapshot has another tag and time, grown votes, and lacks some titles."""
    before, votes = ask(imdb, address("title.ratings")), {r["tconst"]: r for r in rows(imdb, "title.ratings")}
    titles = set(imdb.titles)
    imdb.day = 1
    after = ask(imdb, address("title.ratings"), if_none_match=before.headers["ETag"])
    assert after.status == 200
    times = [parsedate_to_datetime(reply.headers["Last-Modified"]) for reply in (before, after)]
    assert (times[1] - times[0]).days == 1
    for row in rows(imdb, "title.ratings"):
        assert int(row["numVotes"]) > int(votes[row["tconst"]]["numVotes"])
    assert set(imdb.titles) < titles


@pytest.mark.parametrize(
    ("path", "kind", "start"),
    [
        ("/title.crew.tsv.gz", "application/xml", b"<?xml"),
        ("/title.basics", "text/html", b"<!DOCTYPE html>"),
        ("/", "text/html", b"<!DOCTYPE html>"),
    ],
)
def test_what_is_not_there_is_no_json(untouched, path, kind, start):
    """404s are XML for a key and HTML for a page."""
    reply = ask(untouched, path)
    assert (reply.status, reply.headers["Content-Type"]) == (404, kind)
    assert reply.body.startswith(start)


def test_it_answers_over_http(small_world):
    """HEAD has the length and no body; a range over HTTP goes on where the first part ended."""
    with make_services(small_world, ["imdb"]) as services:
        url = f"{services.urls['imdb']}{address('title.ratings')}"
        with urlopen(Request(url, method="HEAD")) as head:  # noqa: S310 - loopback
            assert head.read() == b""
            size, tag = int(head.headers["Content-Length"]), head.headers["ETag"]
        parts = []
        for asked in ("bytes=0-99", "bytes=100-"):
            with urlopen(Request(url, headers={"Range": asked, "If-Range": tag})) as answer:  # noqa: S310 - loopback
                assert answer.status == 206
                parts.append(answer.read())
        assert sum(map(len, parts)) == size
        assert gzip.decompress(b"".join(parts)).startswith(b"tconst\taverageRating\tnumVotes\n")
