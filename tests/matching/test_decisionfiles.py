"""What people decided is read as they meant it, or refused by file, line and value."""

from datetime import date
from pathlib import Path

import pytest

from matching.decisionfiles import COLUMNS, FILE, OWN, SEED, decisions_at_hand, read_decisions
from matching.errors import OverrideError
from warehouse.sqlfiles import sql_root

HEADER = ",".join(COLUMNS)
LINE = 'anilist,1,kitsu,2,same,"the same film, cut twice",ann,2026-01-31,'


def written(directory: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """A file of decisions with these lines."""
    path = directory / "decisions.csv"
    path.write_text("\n".join([HEADER, *lines, ""]), encoding=encoding)
    return path


def test_a_line_is_a_decision(tmp_path: Path) -> None:
    """Records, verdict, reason, person, days and place are taken over; a blank day means for good."""
    (decision,) = read_decisions(written(tmp_path, LINE), "shown.csv")
    assert decision.pair == (("anilist", "1"), ("kitsu", "2"))
    assert decision.same
    assert (decision.reason, decision.decided_by) == ("the same film, cut twice", "ann")
    assert (decision.decided_on, decision.until) == (date(2026, 1, 31), None)
    assert (decision.file, decision.line) == ("shown.csv", 2)


def test_different_is_the_other_verdict(tmp_path: Path) -> None:
    """`different` keeps two records apart; the last day is one as well."""
    (decision,) = read_decisions(written(tmp_path, "anilist,1,kitsu,2,different,,,,2026-02-01"), "shown.csv")
    assert (decision.same, decision.until) == (False, date(2026, 2, 1))


def test_a_spreadsheets_habits_are_no_mistakes(tmp_path: Path) -> None:
    """A byte order mark, blanks around values, empty lines and lines of commas change nothing but line numbers."""
    lines = ["", ",,,,,,,,", " anilist , 1 ,kitsu,2, same ,,,,"]
    (decision,) = read_decisions(written(tmp_path, *lines, encoding="utf-8-sig"), "shown.csv")
    assert (decision.left, decision.same, decision.line) == (("anilist", "1"), True, 4)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("anilist,1,kitsu,2,match,,,,", "decision is 'match', expected same or different"),
        ("anilist,1,kitsu,2,,,,,", "decision is '', expected same or different"),
        ("anidb,1,kitsu,2,same,,,,", "left_source is 'anidb', expected anilist, kitsu or myanimelist"),
        ("anilist,1,kitsu,,same,,,,", "right_source_id is '', expected the id of a record"),
        ("anilist,one,kitsu,2,same,,,,", "left_source_id is 'one'"),
        ("anilist,1,anilist,1,different,,,,", "both records are anilist 1"),
        ("anilist,1,kitsu,2,same,,,yesterday,", "decided_at is 'yesterday', expected a day such as 2026-01-31"),
        ("anilist,1,kitsu,2,same,,,,2026-02-30", "valid_until is '2026-02-30'"),
        ("anilist,1,kitsu,2,same,why, not quoted,ann,2026-01-31,", "more values than the first line has columns"),
        ("anilist,1,kitsu,2,same", "fewer values than the first line has columns"),
        ('anilist,1,kitsu,2,same,"open,ann,,', "unexpected end of data"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    """The message names file, line, value and what it may be."""
    with pytest.raises(OverrideError) as caught:
        read_decisions(written(tmp_path, LINE, line), "shown.csv")
    assert str(caught.value).startswith("shown.csv:3: ")
    assert said in str(caught.value)


def test_a_file_that_is_no_table_of_decisions_is_refused(tmp_path: Path) -> None:
    """Missing columns are named, and so is a file in another encoding."""
    path = tmp_path / "decisions.csv"
    path.write_text("left,right\n1,2\n", encoding="utf-8")
    with pytest.raises(OverrideError, match=r"shown\.csv:1: left_source, .*missing; the first line reads left_source,"):
        read_decisions(path, "shown.csv")
    path.write_bytes(f"{HEADER}\n{LINE}".replace("ann", "ändi").encode("latin-1"))
    with pytest.raises(OverrideError, match="save it as CSV in UTF-8"):
        read_decisions(path, "shown.csv")


def test_lines_of_the_home_come_after_those_of_the_project(tmp_path: Path) -> None:
    """The later line counts as newer where the days are the same; without a file of its own a HOME adds none."""
    seed, own = written(tmp_path, LINE), tmp_path / FILE
    assert [one.file for one in decisions_at_hand(seed, own)] == [SEED]
    own.write_text(f"{HEADER}\n{LINE.replace('same,', 'different,')}\n", encoding="utf-8")
    assert [(one.file, one.line, one.order, one.same) for one in decisions_at_hand(seed, own)] == [
        (SEED, 2, 0, True),
        (OWN, 2, 1, False),
    ]


def test_the_projects_own_file_can_be_read(tmp_path: Path) -> None:
    """What is shipped is without mistakes."""
    assert decisions_at_hand(sql_root() / "seeds" / FILE, tmp_path / FILE) == []
