"""Nobody holds the warehouse while a service is asked or a model learns: another process may write then."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from adapters.errors import Misunderstood
from assets import evaluation
from assets.crawling import Crawling, ServiceAccess
from assets.ingest import take_in
from assets.resources import RecordingsInput, RunSettings, WarehouseResource
from assets.training import training_data
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.popularity import Popularity
from tests.adapters.loopback import Loopback, Seen, Step
from warehouse.connection import Warehouse
from warehouse.home import Home

#: A process that tries to write when it is told to, does not wait long, and says whether it could.
WRITER = """
import sys
from pathlib import Path
from warehouse.connection import Warehouse
from warehouse.errors import LockTimeout
from warehouse.home import Home
warehouse = Warehouse(Home(Path(sys.argv[1])), lock_timeout_s=0.2)
for _ in sys.stdin:
    try:
        with warehouse.writer("another process") as con:
            con.execute("create table if not exists main.another_process as select 1 as a")
        print("wrote", flush=True)
    except LockTimeout as problem:
        print(problem, flush=True)
"""
#: As much of the pipeline's tables as models are given: two anime, two users with a rating each.
TABLES = """
create table main.dim_anime as select *, 'TV' as format, 12 as episodes, null::date as start_date
from (values (1::bigint, 'One', 'One', '', '', 1, false, ''),
    (2, 'Two', 'Two', '', '', 1, false, '')) as t (anime_key, title, title_romaji, title_english, title_native,
    source_count, is_adult, synopsis);
create table main.bridge_anime_genre as select 1::bigint as anime_key, 'Drama' as genre;
create table main.bridge_anime_tag as select 1::bigint as anime_key, 'School' as tag;
create table main.bridge_anime_studio as select 1::bigint as anime_key, 'Kemen' as studio;
create table main.bridge_anime_franchise (anime_key bigint, franchise_key bigint, universe_key bigint);
create table main.bridge_anime_source as
select 'anilist' as source, anime_key::varchar as source_id, anime_key from main.dim_anime;
create table main.dim_user as select range as user_key, 'control' as cohort_id from range(2);
create table main.fact_user_rating as select range as user_key, range + 1 as anime_key, 8.0::double as rating,
    'completed' as status, null::timestamptz as rated_at from range(2);
create table ml.evaluation_holdout as select 1::bigint as user_key, 2::bigint as anime_key, true as is_target;
create table ml.evaluation_input as
select user_key, anime_key, rating, rated_at from main.fact_user_rating where user_key = 0;
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty HOME."""
    return Home(tmp_path / "home")


@pytest.fixture
def another_process(home: Home) -> Iterator[Callable[[], str]]:
    """A function that has another process write, and returns `wrote`, or why it could not."""
    words = [sys.executable, "-c", WRITER, str(home.root)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def write() -> str:
            print("go", file=stdin, flush=True)
            return stdout.readline().strip()

        assert write() == "wrote"
        yield write
        stdin.close()


def test_the_other_process_cannot_write_while_somebody_holds_the_warehouse(
    home: Home, another_process: Callable[[], str]
) -> None:
    """What the tests below look for would be seen."""
    with Warehouse(home).writer("a step"):
        assert "held by 'a step'" in another_process()


def test_while_a_service_is_asked_another_process_writes(home: Home, another_process: Callable[[], str]) -> None:
    """At the moment a request arrives at the service, another process gets the writers' lock and the file."""
    wrote: list[str] = []

    def answer(_: Seen) -> Step:
        wrote.append(another_process())
        return Step(400)

    with Loopback(answer) as server:
        crawling = Crawling({"jikan": ServiceAccess(server.url, per_minute=1000)}, salt_file=home.salt)
        context = dg.build_asset_context()
        with pytest.raises(dg.Failure) as caught:
            take_in(context, Warehouse(home), RecordingsInput(), crawling, "jikan", "anime")
    assert isinstance(caught.value.__cause__, Misunderstood)
    assert wrote == ["wrote"]


def test_while_a_model_learns_another_process_writes(
    home: Home, another_process: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside the fit of a model that an asset teaches, another process gets the writers' lock and the file."""
    wrote: list[str] = []

    class Watching(Popularity):
        def fit(self, interactions: Interactions, items: ItemFeatures | None = None) -> "Watching":
            wrote.append(another_process())
            super().fit(interactions, items)
            return self

    with Warehouse(home).writer("tables") as con:
        con.execute(TABLES)
    monkeypatch.setitem(evaluation.MODELS, "popularity", Watching)
    resources = {"warehouse": WarehouseResource(home=str(home.root)), "run_settings": RunSettings()}
    assets = [training_data, evaluation.evaluation_asset("popularity")]
    assert dg.materialize(assets, resources=resources).success
    assert wrote == ["wrote"]
