"""The deliberately bad rows."""

import csv
import json

import pytest

from demo.defects import UNKNOWN_FORMAT, Defect

from .conftest import Recorded

SOURCES = ("anilist", "kitsu", "myanimelist")
RECORD_PROBLEMS = [
    "the line is cut off: not JSON",
    "no id",
    "the id is not a positive number",
    "the id stands in this file twice",
    "an unknown format",
    "the episodes are no number",
]
RATING_PROBLEMS = [
    "the score is above the scale",
    "the score is below the scale",
    "the score is not a number",
    "the id is not a positive number",
    "the user is blank",
    "an unknown status",
    "fields are missing",
    "an older entry for the same anime",
]


def bad_lines(recorded: Recorded, path: str) -> dict[str, str]:
    """The text of each bad line of a file by its problem."""
    lines = recorded.lines(path)
    return {bad.problem: lines[bad.line - 1] for bad in recorded.defects if bad.path == path}


def test_the_list_in_the_directory_is_the_list_returned(recorded: Recorded) -> None:
    """identity/defects.csv names path, line, record id and problem of each, in the order of the files."""
    with (recorded.directory / "identity" / "defects.csv").open(newline="", encoding="utf-8") as lines:
        rows = [
            Defect(row["path"], int(row["line"]), row["record_id"], row["problem"]) for row in csv.DictReader(lines)
        ]
    assert rows == recorded.defects
    assert len(rows) == 3 * (len(RECORD_PROBLEMS) + len(RATING_PROBLEMS)) == 42


@pytest.mark.parametrize("source", SOURCES)
def test_each_catalogue_has_six_bad_lines_that_are_what_they_claim(recorded: Recorded, source: str) -> None:
    """Not JSON, no id, a wrong id, a repeated one, an unknown format, episodes that are no number."""
    lines = bad_lines(recorded, f"catalogue/{source}/anime.jsonl.gz")
    assert list(lines) == RECORD_PROBLEMS
    with pytest.raises(json.JSONDecodeError):
        json.loads(lines["the line is cut off: not JSON"])
    assert "id" not in json.loads(lines["no id"])
    assert json.loads(lines["the id is not a positive number"])["id"] == "abc"
    assert json.loads(lines["the id stands in this file twice"]) == recorded.records(source)[0]
    assert UNKNOWN_FORMAT in lines["an unknown format"]
    assert "twelve" in lines["the episodes are no number"]


@pytest.mark.parametrize("source", SOURCES)
def test_bad_ids_are_nobody_elses(recorded: Recorded, source: str) -> None:
    """The bad records that have an id of their own have one that no good record, rating or truth row uses."""
    known = {str(record["id"]) for record in recorded.records(source)}
    path = f"catalogue/{source}/anime.jsonl.gz"
    for bad in recorded.defects:
        if bad.path == path and bad.problem in ("an unknown format", "the episodes are no number"):
            assert bad.record_id not in known
            assert int(bad.record_id) > recorded.world.sources[source].ids.max()


@pytest.mark.parametrize(("source", "top"), [("anilist", 100), ("kitsu", 20), ("myanimelist", 10)])
def test_each_ratings_file_has_eight_bad_lines_that_are_what_they_claim(
    recorded: Recorded, source: str, top: int
) -> None:
    """Impossible scores, ids, users and statuses, missing fields, and an older entry of the same anime."""
    path = f"ratings/{source}_ratings.csv.gz"
    lines = bad_lines(recorded, path)
    fields = {problem: line.split(",") for problem, line in lines.items()}
    assert list(lines) == RATING_PROBLEMS
    assert int(fields["the score is above the scale"][2]) == top + 1
    assert int(fields["the score is below the scale"][2]) < 0
    assert fields["the score is not a number"][2] == "ten"
    assert fields["the id is not a positive number"][1] == "abc"
    assert fields["the user is blank"][0] == ""
    assert fields["an unknown status"][3] == "enjoyed"
    assert len(fields["fields are missing"]) == 3
    user, anime, _, _, when = fields["an older entry for the same anime"]
    same = [line.split(",") for line in recorded.lines(path)[1:] if line.startswith(f"{user},{anime},")]
    assert len(same) == 2
    assert when == min(row[4] for row in same) < max(row[4] for row in same)


def test_nothing_else_is_bad(recorded: Recorded) -> None:
    """Every other line is a record with an id of its own, or five fields with possible values."""
    for source, top in (("anilist", 100), ("kitsu", 20), ("myanimelist", 10)):
        ids = [str(record["id"]) for record in recorded.records(source)]
        assert all(number.isdigit() for number in ids)
        assert len(set(ids)) == len(ids)
        path = f"ratings/{source}_ratings.csv.gz"
        bad = {defect.line for defect in recorded.defects if defect.path == path}
        for number, line in enumerate(recorded.lines(path)[1:], start=2):
            if number not in bad:
                user, anime, score, status, when = line.split(",")
                assert user
                assert anime.isdigit()
                assert 0 <= int(score or 0) <= top
                assert status in {"watching", "completed", "on_hold", "dropped", "planned", ""}
                assert when == "" or (len(when) == 20 and when.endswith("Z"))
