"""Whole runs of the pipeline on tiny inputs: what they publish, repeat, survive, rebuild and refuse."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from orchestration.cli import main
from tests.end_to_end import worlds
from tests.end_to_end.runs import Run, copy_home, osusume, published_tables, run, run_killed

#: A moment of the landing, of the identities and of the models: the assets whose lines are waited for.
MOMENTS = ("raw_kitsu__ratings", "int_anime_identities", "evaluation_item_knn")
EDGES: dict[str, Callable[[Path, Path], Path]] = {
    "ratings_only": worlds.ratings_only,
    "only_planned": worlds.only_planned,
    "one_source_three_users": worlds.one_source_three_users,
}


@dataclass
class Killed:
    """A HOME in which three runs were killed one after the other, and then one was left alone."""

    told: dict[str, str] = field(default_factory=dict)
    seen: dict[str, object] = field(default_factory=dict)
    asked: str = ""
    final: Run | None = None


@dataclass(frozen=True)
class History:
    """All runs of this file; they go on in the background, two at a time.

    Attributes:
        world: the recordings that all inputs are parts of.
        first: the first run ever, on catalogues alone.
        second: the second in the same HOME, on a day more and ratings.
        repeated: the same again by force.
        idle: the same again, not by force.
        rebuilt: the same input after warehouse.duckdb was deleted.
        elsewhere: a new HOME made from what the old one has landed.
        killed: the second run, killed three times, in a copy of the first run's HOME.
        edges: runs on inputs that lack something, by name.
    """

    world: Path
    second_input: Path
    first: Future[Run]
    second: Future[Run]
    repeated: Future[Run]
    idle: Future[Run]
    rebuilt: Future[Run]
    elsewhere: Future[Run]
    killed: Future[Killed]
    edges: dict[str, Future[Run]]


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """The runs, started in an order that leaves no core idle."""
    root = tmp_path_factory.mktemp("end_to_end")
    world = worlds.make_small_world(root / "world")
    day_one = worlds.first_day(world, root / "day_one")
    day_two = worlds.second_day(world, root / "day_two")
    with ThreadPoolExecutor(max_workers=12) as pool:
        first = pool.submit(run, root / "home", day_one)
        copied = pool.submit(lambda: copy_home(first.result().home, root / "killed"))

        def after(earlier: Future[Run], action: Callable[[Run], Run]) -> Future[Run]:
            return pool.submit(lambda: action(earlier.result()))

        def second_run(_: Run) -> Run:
            copied.result()
            return run(root / "home", day_two)

        second = after(first, second_run)
        idle = after(second, lambda one: run(one.home, day_two))
        repeated = after(idle, lambda one: run(one.home, day_two, "--force"))
        yield History(
            world=world,
            second_input=day_two,
            first=first,
            second=second,
            idle=idle,
            repeated=repeated,
            rebuilt=after(repeated, lambda one: without_warehouse(one.home, day_two)),
            elsewhere=after(second, lambda one: run(root / "elsewhere", one.home)),
            killed=pool.submit(lambda: kill_and_finish(copied.result(), day_two)),
            edges={
                name: pool.submit(run, root / name, make(world, root / f"{name}_input")) for name, make in EDGES.items()
            },
        )


def without_warehouse(home: Path, source: Path) -> Run:
    """A run after the writers' file was deleted."""
    (home / "warehouse.duckdb").unlink()
    return run(home, source)


def kill_and_finish(home: Path, source: Path) -> Killed:
    """Three runs killed at MOMENTS, with readers in between, and a last one that comes to its end."""
    killed = Killed()

    def ask() -> None:
        killed.asked = osusume(home, "sql", "select count(*) as anime from dim_anime", "--format", "csv").stdout

    for moment in MOMENTS:
        killed.told[moment] = run_killed(home, source, moment, ask)
        killed.seen[moment] = published_tables(home)
    killed.final = run(home, source)
    return killed


def differing(one: Run, other: Run) -> dict[str, tuple[int, int]]:
    """The tables that are not the same in both, with how many rows only the one and only the other has."""
    found = {}
    for name in sorted(one.tables | other.tables):
        left, right = (Counter(map(repr, run.tables.get(name, []))) for run in (one, other))
        if left != right:
            found[name] = ((left - right).total(), (right - left).total())
    return found


def test_a_run_publishes_tables_that_agree_with_its_summary(history: History) -> None:
    """A run exits 0, says what it made and where to look next, and the snapshot holds just that."""
    second = history.second.result()
    assert second.status == 0, second.err
    assert "Published" in second.out
    assert "Look further:" in second.out
    assert "Model: " in second.out
    for table in ("dim_anime", "dim_anime_record", "dim_user", "fact_user_rating", "fact_recommendation"):
        line = next(line for line in second.out.splitlines() if line.split()[:1] == [table])
        assert int(line.split()[1].replace(",", "")) == len(second.tables[f"main.{table}"]) > 0
    assert second.rows("select count(*) from bridge_anime_source anti join dim_anime using (anime_key)") == [(0,)]
    assert second.rows("select count(*) from dim_user anti join fact_recommendation using (user_key)") == [(0,)]
    assert second.rows("select count(*) from dim_recommendation_model where is_active") == [(1,)]
    untimed = "select count(*) from dim_recommendation_model where skipped_because is null and fit_seconds is null"
    assert second.rows(untimed) == [(0,)]
    assert "Traceback" not in second.err


def test_a_later_day_keeps_the_keys_of_the_day_before(history: History) -> None:
    """Every record of the first run has the same key after new records and ratings came."""
    before, after = history.first.result().sources(), history.second.result().sources()
    assert before.items() <= after.items()
    assert ("myanimelist", "900002") in after


def test_an_unchanged_input_ends_early(history: History) -> None:
    """The same command again says that there is nothing new, and publishes nothing."""
    second, idle = history.second.result(), history.idle.result()
    assert idle.status == 0
    assert "Nothing new" in idle.out
    assert not differing(second, idle)


def test_the_same_run_by_force_changes_nothing(history: History) -> None:
    """With --force everything is made again and every table is the same, row for row."""
    repeated = history.repeated.result()
    assert repeated.status == 0, repeated.err
    assert "Published" in repeated.out
    assert not differing(history.second.result(), repeated)


def test_a_deleted_warehouse_is_rebuilt_with_the_same_keys(history: History) -> None:
    """After warehouse.duckdb is deleted, a run on the same input makes the same tables again."""
    rebuilt = history.rebuilt.result()
    assert rebuilt.status == 0, rebuilt.err
    assert not differing(history.second.result(), rebuilt)


def test_a_home_is_an_input_for_another_home(history: History) -> None:
    """`--input OLD_HOME` makes the same keys and tables in a new HOME."""
    elsewhere = history.elsewhere.result()
    assert elsewhere.status == 0, elsewhere.err
    assert not differing(history.second.result(), elsewhere)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_leaves_the_published_snapshot_whole(history: History, moment: str) -> None:
    """After kill -9 in the middle of a run, readers see every row of the snapshot before."""
    killed = history.killed.result()
    assert f"] {moment} " in killed.told[moment]
    assert killed.seen[moment] == history.first.result().tables


def test_a_run_after_kills_ends_as_if_nothing_had_happened(history: History) -> None:
    """After three kills an ordinary run makes the tables of a run that was never interrupted."""
    final = history.killed.result().final
    assert final is not None
    assert final.status == 0, final.err
    assert not differing(history.second.result(), final)


def test_readers_are_served_while_a_run_writes(history: History) -> None:
    """`osusume sql` answers from the snapshot before while a run is in the middle of its work."""
    anime = len(history.first.result().tables["main.dim_anime"])
    assert history.killed.result().asked.split() == ["anime", str(anime)]


def test_the_quarantine_holds_just_the_bad_rows_and_points_at_them(history: History) -> None:
    """Every bad line is refused with a reason and the place it stands in; nothing else is refused."""
    second = history.second.result()
    found = second.rows("select source, reason, payload_path, payload_line from quality.quarantine")
    pointed = Counter(
        (source, worlds.read_lines(second.home / "landing" / str(path))[int(str(line)) - 1])
        for source, _, path, line in found
    )
    user = worlds.read_lines(history.second_input / "ratings" / "myanimelist_ratings.csv.gz")[1].split(",")[0]
    own = [*worlds.BAD_RECORDS, *((f"{user},{text}", reason) for text, reason in worlds.BAD_RATINGS)]
    expected = Counter(worlds.deliberate_bad_lines(history.world))
    expected.update(("myanimelist", text) for text, _ in own)
    assert pointed == expected
    for text, words in own:
        reasons = [
            str(reason)
            for source, reason, path, line in found
            if source == "myanimelist"
            and worlds.read_lines(second.home / "landing" / str(path))[int(str(line)) - 1] == text
        ]
        assert [words in reason for reason in reasons] == [True], (text, reasons)


def test_catalogues_alone_are_published(history: History) -> None:
    """Without ratings there are anime, similar anime and an active model, and nobody to recommend to."""
    first = history.first.result()
    assert first.status == 0, first.err
    assert first.tables["main.dim_anime"]
    assert first.tables["main.fact_anime_similarity"]
    assert not first.tables["main.dim_user"]
    assert not first.tables["main.fact_recommendation"]


def test_ratings_alone_are_published_on_stub_anime(history: History) -> None:
    """Without catalogues every rated anime is a stub, which models may learn from and nobody is recommended."""
    alone = history.edges["ratings_only"].result()
    assert alone.status == 0, alone.err
    assert alone.rows("select distinct match_method from bridge_anime_source") == [("rating_only",)]
    assert alone.rows("select count(*) from dim_anime where title is not null") == [(0,)]
    assert alone.tables["main.fact_user_rating"]
    assert not alone.tables["main.fact_recommendation"]


def test_users_with_plans_only_are_recommended_something(history: History) -> None:
    """Where nobody has watched anything, everybody still has a list, in which planned titles may appear."""
    planned = history.edges["only_planned"].result()
    assert planned.status == 0, planned.err
    assert planned.rows("select distinct status, rating from fact_user_rating") == [("planned", None)]
    assert planned.rows("select count(*) from dim_user anti join fact_recommendation using (user_key)") == [(0,)]


def test_three_users_of_one_source_are_enough(history: History) -> None:
    """One source with three users, one of whom has watched nothing, gives lists to all three."""
    few = history.edges["one_source_three_users"].result()
    assert few.status == 0, few.err
    assert few.rows("select distinct source from bridge_anime_source") == [("kitsu",)]
    assert few.rows("select count(distinct user_key) from fact_recommendation") == [(3,)]
    assert few.rows("select max(source_count) from dim_anime") == [(1,)]


def spoil_empty(directory: Path) -> str:
    """A file of 0 bytes."""
    (directory / "catalogue/kitsu/anime.jsonl.gz").write_bytes(b"")
    return "catalogue/kitsu/anime.jsonl.gz"


def spoil_truncated(directory: Path) -> str:
    """A gzip whose end is missing."""
    file = directory / "catalogue/kitsu/anime.jsonl.gz"
    file.write_bytes(file.read_bytes()[:-12])
    return "catalogue/kitsu/anime.jsonl.gz"


def spoil_no_gzip(directory: Path) -> str:
    """Plain text under the name of a gzip."""
    (directory / "catalogue/kitsu/anime.jsonl.gz").write_text('{"id": "1"}\n')
    return "catalogue/kitsu/anime.jsonl.gz"


def spoil_columns(directory: Path) -> str:
    """Ratings with other columns."""
    worlds.write_lines(directory / "ratings/kitsu_ratings.csv.gz", ["user_id,anime,stars", "a,1,5"])
    return "ratings/kitsu_ratings.csv.gz:1"


def spoil_source(directory: Path) -> str:
    """A folder of a source that nobody knows."""
    worlds.write_lines(directory / "catalogue/crunchyroll/anime.jsonl.gz", ['{"id": 1}'])
    return "catalogue/crunchyroll"


def spoil_all(directory: Path) -> str:
    """No directory at all."""
    shutil.rmtree(directory)
    return ""


@pytest.mark.parametrize("spoil", [spoil_empty, spoil_truncated, spoil_no_gzip, spoil_columns, spoil_source, spoil_all])
def test_an_input_that_cannot_be_used_is_refused_before_anything_runs(
    spoil: Callable[[Path], str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 2, one message that names the file, no traceback, and no HOME."""
    monkeypatch.chdir(tmp_path)
    directory = tmp_path / "recordings"
    worlds.write_lines(directory / "catalogue/kitsu/anime.jsonl.gz", ['{"id": "1"}'])
    named = spoil(directory)
    home = tmp_path / "home"
    assert main(["--home", str(home), "run", "--input", str(directory)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert str(directory / named) in said.err
    assert said.err.count("osusume: ") == 1
    assert "Traceback" not in said.err
    assert not home.exists()
