"""The fingerprint: what changes it, what does not, and that it foresees what landing does."""

import gzip
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.errors import InputError
from orchestration.fingerprint import base_fingerprint, code_version, fingerprint, landing_after
from orchestration.inputs import inherit, resolve_input
from orchestration.settings import load_settings
from warehouse.home import Home
from warehouse.landing import adopt, append_events, land_file, landed_files
from warehouse.stamp import content_word

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Recorded:
    """A recording as the adapters describe one."""

    source: str
    stream: str
    path: Path
    captured_at: datetime | None
    month: str | None = None


def recorded(directory: Path, content: str, day: int | None, stream: str = "anime") -> Recorded:
    """A recording of that content, made on that day of January 2026."""
    path = directory / f"{content}-{day}.jsonl.gz"
    path.write_bytes(gzip.compress(content.encode(), mtime=0))
    return Recorded("kitsu", stream, path, None if day is None else START + timedelta(days=day))


def landed_hashes(home: Home) -> list[str]:
    """What stands for what landing really holds, oldest first."""
    return [content_word(one.sha256, one.partition) for one in landed_files(home, "kitsu", "anime")]


one_file = st.tuples(
    st.sampled_from("ab"), st.none() | st.integers(0, 3), st.none() | st.sampled_from(["2024-01", "2024-02"])
)


@settings(max_examples=40)
@given(st.lists(st.lists(one_file, max_size=3), max_size=4))
def test_what_landing_will_hold_is_foreseen(runs: list[list[tuple[str, int | None, str | None]]]) -> None:
    """Whatever was landed before, the foreseen contents are those that landing really leaves."""
    with TemporaryDirectory() as name:
        home = Home(Path(name, "home"))
        for number, run in enumerate(runs):
            now = START + timedelta(days=10 + number)
            recordings = [replace(recorded(Path(name), content, day), month=month) for content, day, month in run]
            foreseen = landing_after(home, recordings, now=now).get(("kitsu", "anime"), [])
            for one in recordings:
                land_file(home, one.source, one.stream, one.path, one.captured_at, landed_at=now, partition=one.month)
            assert foreseen == landed_hashes(home)


def test_after_landing_the_same_input_promises_nothing_new(tmp_path: Path) -> None:
    """What a run foresees before it lands is what the next run finds."""
    home = Home(tmp_path / "home")
    recordings = [recorded(tmp_path, "a", 1), recorded(tmp_path, "b", None)]
    before = landing_after(home, recordings)
    for one in recordings:
        land_file(home, one.source, one.stream, one.path, one.captured_at)
    assert before == landing_after(home, recordings) == landing_after(home)


def test_adopting_another_home_is_foreseen(tmp_path: Path) -> None:
    """The contents are those that `adopt` leaves, oldest first."""
    home, other = Home(tmp_path / "home"), Home(tmp_path / "other")
    for place, content, day in [(home, "b", 2), (other, "a", 1), (other, "b", 2)]:
        one = recorded(tmp_path, content, day)
        land_file(place, one.source, one.stream, one.path, one.captured_at)
    foreseen = landing_after(home, other=other)
    adopt(home, other)
    assert foreseen == landing_after(home)
    assert len(foreseen["kitsu", "anime"]) == len(landed_hashes(home))


def test_an_empty_home_and_no_input_give_nothing(tmp_path: Path) -> None:
    """There is no stream."""
    assert landing_after(Home(tmp_path / "nowhere")) == {}


def test_only_what_can_change_a_table_changes_the_fingerprint() -> None:
    """Content, seed and experiment do; HOME and the memory limit do not."""
    landing = {("kitsu", "anime"): ["hash"]}
    mark = fingerprint(load_settings(), landing)
    assert fingerprint(load_settings(home="/elsewhere", memory_limit="3GB", lock_timeout=1), landing) == mark
    assert fingerprint(load_settings(seed=43), landing) != mark
    assert fingerprint(load_settings(experiment="on"), landing) != mark
    assert fingerprint(load_settings(), {("kitsu", "anime"): ["other"]}) != mark
    assert fingerprint(load_settings(), {("anilist", "anime"): ["hash"]}) != mark


def test_which_month_a_file_is_of_counts(tmp_path: Path) -> None:
    """The same content as another month makes other tables; the same month twice is nothing new."""
    one = replace(recorded(tmp_path, "a", None, "ratings"), month="2024-01")
    first, second = (landing_after(Home(tmp_path), [replace(one, month=month)]) for month in ("2024-01", "2024-02"))
    assert first != second
    assert landing_after(Home(tmp_path), [one, one]) == first
    assert len(landing_after(Home(tmp_path), [one, replace(one, month=None)])["kitsu", "ratings"]) == 2


def test_the_order_of_landed_files_counts() -> None:
    """Later files win over earlier ones."""
    first, second = ({("kitsu", "anime"): order} for order in (["a", "b"], ["b", "a"]))
    assert fingerprint(load_settings(), first) != fingerprint(load_settings(), second)


def test_the_code_version_is_the_same_each_time() -> None:
    """It is a hash of files, and they do not change while the tests run."""
    assert code_version() == code_version()
    assert len(code_version()) == 64


def train(home: Home, rule_version: str, weights: str = "{}") -> None:
    """Land a training of the matcher."""
    event = {
        "trained_at": START,
        "rule_version": rule_version,
        "weights": weights,
        "labelled_pairs": 1,
        "figures": "{}",
    }
    append_events(home, "matcher", [event])


def test_a_trained_matcher_changes_the_fingerprint_until_it_is_taken_back(tmp_path: Path) -> None:
    """The next run uses it, so it must not end early; with the shipped weights it may, as before."""
    home = Home(tmp_path / "home")
    mark = base_fingerprint(load_settings(home=home.root))
    train(home, "one")
    trained = base_fingerprint(load_settings(home=home.root))
    assert trained != mark
    train(home, "one")
    assert base_fingerprint(load_settings(home=home.root)) == trained
    train(home, "two")
    assert base_fingerprint(load_settings(home=home.root)) not in (mark, trained)
    train(home, "shipped", weights="")
    assert base_fingerprint(load_settings(home=home.root)) == mark


def test_the_matcher_of_an_adopted_home_is_foreseen(tmp_path: Path) -> None:
    """Before and after its landing is taken over the fingerprint is the same, so that the next run ends early."""
    home, other = Home(tmp_path / "home"), Home(tmp_path / "other")
    train(other, "one")
    taking_over = load_settings(models="all", home=home.root, input=str(other.root))
    foreseen = base_fingerprint(taking_over)
    assert foreseen != base_fingerprint(load_settings(models="all", home=home.root))
    adopt(home, other)
    assert base_fingerprint(taking_over) == foreseen == base_fingerprint(load_settings(models="all", home=home.root))


def test_a_decision_counts_as_long_as_its_time_has_not_run_out(tmp_path: Path) -> None:
    """A line in HOME changes what the next run makes; so does the day after its last one."""
    settings_ = load_settings(home=tmp_path)
    day = date(2026, 3, 1)
    mark = base_fingerprint(settings_, day)
    header = "left_source,left_source_id,right_source,right_source_id,decision,reason,decided_by,decided_at,valid_until"
    file = tmp_path / "match_overrides.csv"
    file.write_text(f"{header}\n")
    assert base_fingerprint(settings_, day) == mark
    file.write_text(f"{header}\nanilist,1,kitsu,2,same,why,Ann,2026-02-01,2026-03-01\n")
    decided = base_fingerprint(settings_, day)
    assert decided != mark
    assert base_fingerprint(settings_, day - timedelta(days=1)) == decided
    assert base_fingerprint(settings_, day + timedelta(days=1)) not in (decided, mark)
    file.write_text(f"{header}\nanilist,1,kitsu,2,different,why,Ann,2026-02-01,2026-03-01\n")
    assert base_fingerprint(settings_, day) not in (decided, mark)


def test_the_decisions_of_a_home_that_is_taken_over_are_foreseen(tmp_path: Path) -> None:
    """They come along with its landing, so that the same anime come out; a HOME keeps those that it has."""
    home, other = Home(tmp_path / "home"), Home(tmp_path / "other")
    other.landing.mkdir(parents=True)
    header = "left_source,left_source_id,right_source,right_source_id,decision,reason,decided_by,decided_at,valid_until"
    other.decisions.write_text(f"{header}\nanilist,1,kitsu,2,same,why,Ann,2026-02-01,\n")
    taking_over = load_settings(models="all", home=home.root, input=str(other.root))
    foreseen = base_fingerprint(taking_over)
    assert foreseen != base_fingerprint(load_settings(models="all", home=home.root))
    inherit(home, resolve_input(taking_over))
    assert home.decisions.read_text() == other.decisions.read_text()
    assert base_fingerprint(taking_over) == foreseen == base_fingerprint(load_settings(models="all", home=home.root))
    home.decisions.write_text(f"{header}\n")
    inherit(home, resolve_input(taking_over))
    assert home.decisions.read_text() == f"{header}\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", r"match_overrides.csv cannot be read"),
        (b"left,right\n", r"match_overrides.csv:1: left_source, .* missing"),
    ],
)
def test_decisions_that_cannot_be_understood_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """By file and line, before anything is touched."""
    (tmp_path / "match_overrides.csv").write_bytes(content)
    with pytest.raises(InputError, match=said):
        base_fingerprint(load_settings(home=tmp_path))
