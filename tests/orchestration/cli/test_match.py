"""`osusume match`: the verdict, what it rests on, and how to overrule it."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matching.match import compare
from matching.records import AnimeRecord
from orchestration.cli.match import verdict
from serving.identities import CatalogueRecord
from serving.matching import Comparison, Named, Pair

Call = Callable[..., object]


def test_two_anime_are_explained_in_a_sentence_and_point_by_point(osusume: Call, identity_home: Path) -> None:
    """The run's own reason first, then the records, then what speaks for and against."""
    called = osusume("match", "anilist:1", "mal:12", "--home", identity_home)
    assert (called.status, called.err) == (0, "")
    lines = called.out.splitlines()
    assert lines[0].startswith("Not one anime: myanimelist 11 fits better")
    assert lines[2].split() == ["anilist:1", "myanimelist:12"]
    rows = {line[:13].strip(): line[13:].split() for line in lines[4:12]}
    assert rows["title"] == ["Clockwork", "Harbor", "Clockwork", "Harbor", "Season", "2"]
    assert rows["start"] == ["2011-04-05", "2013-01-08"]
    assert rows["episodes"] == ["12", "12"]
    assert rows["cross ids"] == ["myanimelist:11"]
    against = lines[lines.index("Against:") + 1 :]
    assert against[0] == "  - only one calls itself number 2 of a series"
    assert against[1] == "  - their starts lie 21 months apart: 2011-04-05 and 2013-01-08"
    assert against[2] == "  - anilist:1 names myanimelist:11 as its counterpart"
    assert "  - 12 episodes each" in lines[lines.index("For one anime:") : lines.index("Against:")]
    assert "Decided in the published run: two anime, less than 0.1 % likely to be one (rules " in called.out


def test_the_line_that_overrules_is_ready_to_be_pasted(osusume: Call, identity_home: Path) -> None:
    """It says the opposite of the decision, today; what would have to give way is said too."""
    today = datetime.now(UTC).date()
    apart = osusume("match", "anilist:1", "mal:12", "--home", identity_home).out.splitlines()
    assert apart[-2] == f"  anilist,1,myanimelist,12,same,WHY,YOUR NAME,{today},"
    assert apart[-1].startswith("Both anime have a record of anilist and of myanimelist; of each source only one")
    together = osusume("match", "anilist:1", "kitsu:21", "--home", identity_home).out.splitlines()
    assert together[-1] == f"  anilist,1,kitsu,21,different,WHY,YOUR NAME,{today},"
    assert f"{identity_home}/match_overrides.csv for this HOME alone, and run again:" in together


def test_one_anime_is_shown_with_all_that_holds_it_together(osusume: Call, identity_home: Path) -> None:
    """Both words lead to it; every record stands in the table, every pair among the bonds."""
    called = osusume("match", "Clockwork Harbor", "kitsu:21", "--home", identity_home)
    lines = called.out.splitlines()
    assert lines[0] == "One anime: both are Clockwork Harbor (TV, 2011), key 1, of 3 records."
    assert lines[2].split() == ["anilist:1", "kitsu:21", "myanimelist:11"]
    bonds = lines[lines.index("What holds its records together:") + 1 :][:3]
    named = "  - anilist:1 and myanimelist:11, more than 99.9 %: One anime: one record names"
    assert any(bond.startswith(named) for bond in bonds)
    assert {bond.split(",")[0].strip(" -") for bond in bonds} == {
        "anilist:1 and kitsu:21",
        "anilist:1 and myanimelist:11",
        "kitsu:21 and myanimelist:11",
    }
    assert "taken exactly: Clockwork Harbor (TV, 2011)" in called.err


def test_the_weaker_pairs_of_two_anime_get_a_line_each(osusume: Call, identity_home: Path) -> None:
    """The strongest is explained, the other three are listed."""
    called = osusume("match", "Clockwork Harbor", "Clockwork Harbor 2nd Season", "--home", identity_home)
    lines = called.out.splitlines()
    others = lines[lines.index("The other records of the two:") + 1 :][:3]
    assert all(line.startswith("  - ") and "Not one anime" in line for line in others)


def test_a_veto_is_named_as_what_rules_it_out(osusume: Call, identity_home: Path) -> None:
    """The series and the film of one name."""
    called = osusume("match", "anilist:4", "kitsu:23", "--home", identity_home)
    lines = called.out.splitlines()
    assert lines[0].startswith("Not one anime: they began at different times and one is several times as long")
    ruled_out = lines[lines.index("This rules it out:") + 1]
    assert ruled_out == "  - they began at different times and one is several times as long"


def test_what_a_person_decided_is_told_with_its_standing(osusume: Call, identity_home: Path) -> None:
    """Who, when, why, and what became of it."""
    called = osusume("match", "kitsu:25", "mal:15", "--home", identity_home)
    assert called.out.startswith("One anime, decided by Ann: retitled.\n")
    assert (
        "A person decided about kitsu:25 and myanimelist:15: same, retitled (Ann on 2026-03-01).\n"
        "  In force against a veto (they began at different times"
    ) in called.out
    assert "one anime, more than 99.9 % likely to be one, less than 0.1 % by matching alone (rules" in called.out
    assert "This would rule it out, had nobody decided:\n  - they began at different times" in called.out


def test_the_history_of_the_keys_is_told(osusume: Call, identity_home: Path) -> None:
    """The birth of the one and what joined it."""
    called = osusume("match", "anilist:1", "kitsu:21", "--home", identity_home)
    lines = called.out.splitlines()
    birth, joining = lines[lines.index("History:") + 1 :][:2]
    assert re.fullmatch(r"  \d{4}-\d\d-\d\d  key 1 was born with anilist:1 \(first seen\)", birth)
    assert re.fullmatch(r"  \d{4}-\d\d-\d\d  kitsu:21 joined key 1 \(first seen\)", joining)


def test_what_was_never_compared_is_compared_now_and_said_so(osusume: Call, identity_home: Path) -> None:
    """The verdict is that of now."""
    called = osusume("match", "mal:21", "anilist:3", "--home", identity_home)
    assert called.out.startswith("Not one anime: they began more than five years apart")
    assert "Decided just now; the published run never compared them: two anime" in called.out


def test_records_of_one_source_cannot_be_overruled(osusume: Call, identity_home: Path) -> None:
    """An anime holds one of them."""
    called = osusume("match", "anilist:3", "anilist:4", "--home", identity_home)
    assert called.out.startswith("Not one anime: anilist itself lists them as two.\n")
    assert "Two records of one source are never compared in a run" in called.out
    assert called.out.splitlines()[-1].startswith("Nobody can overrule this")


def test_one_record_alone_has_nothing_to_explain(osusume: Call, identity_home: Path) -> None:
    """Named twice, or by its title when no other record belongs to it."""
    twice = osusume("match", "anilist:1", "anilist:1", "--home", identity_home)
    assert twice.out.splitlines()[0] == "One record: both are anilist:1, which is Clockwork Harbor (TV, 2011), key 1."
    alone = osusume("match", "Weather of Glass", "mal:21", "--home", identity_home)
    assert "(TV, 2019), key 6, of one record; no other was found to be the same." in alone.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("kitsu:12", "anilist:1"), "kitsu has no record '12'. That id is myanimelist:12"),
        (("21", "anilist:1"), "if it is an id, say whose. It may be kitsu:21"),
        (("Lanterns of the Moon", "anilist:1"), "no anime is called 'Lanterns of the Moon'. Nearest: Lantern"),
        (("anilist:1",), "B"),
    ],
)
def test_words_that_name_nothing_are_wrong_usage(
    osusume: Call, identity_home: Path, words: tuple[str, ...], said: str
) -> None:
    """The message offers what might have been meant, and nothing stands on stdout."""
    called = osusume("match", *words, "--home", identity_home)
    assert (called.status, called.out) == (2, "")
    assert said in called.err


def test_nothing_published_has_its_own_status(osusume: Call, tmp_path: Path) -> None:
    """The message says what to do first."""
    called = osusume("match", "anilist:1", "kitsu:21", "--home", tmp_path / "empty")
    assert (called.status, called.out) == (3, "")
    assert "osusume run" in called.err


def never_compared(*titles: str, keys: tuple[int, int]) -> Comparison:
    """Two records that the run did not compare, and the anime that it made of them all the same."""
    one, other = (
        CatalogueRecord(
            AnimeRecord(source, "1", titles=(title,), start_year=2014, format="TV", episodes=12), key, title
        )
        for source, title, key in zip(("anilist", "kitsu"), titles, keys, strict=True)
    )
    row = compare(one.record, other.record)
    return Comparison(Named("a", (one,)), Named("b", (other,)), [Pair(one, other, row, was_compared=False)])


def test_two_that_only_a_third_record_joins_are_said_to_be_joined_by_it() -> None:
    """They share an anime, although the two alone are nothing like each other."""
    said = verdict(never_compared("Silver Kite", "Weather of Glass", keys=(1, 1)))
    assert said.startswith(
        "One anime, since both were found to be the same as a third record; of the two themselves: their titles have "
        "nothing in common"
    )


def test_two_alike_that_the_run_kept_apart_unseen_are_said_to_be_alike() -> None:
    """What was published stands, and what they look like now is said."""
    said = verdict(never_compared("Silver Kite", "Silver Kite", keys=(1, 2)))
    assert said.startswith("Not one anime as published, although the two alone look like one: both are called")


def test_a_home_without_decisions_is_told_how_its_file_begins(
    osusume: Call, identity_home: Path, tmp_path: Path
) -> None:
    """The line that names the columns stands above the one to be pasted."""
    shutil.copytree(identity_home / "published", tmp_path / "published")
    lines = osusume("match", "anilist:1", "kitsu:21", "--home", tmp_path).out.splitlines()
    assert lines[-3].endswith(
        "match_overrides.csv for this HOME alone (a new file, whose first line names the columns), and run again:"
    )
    assert lines[-2].strip().startswith("left_source,left_source_id,right_source,")
