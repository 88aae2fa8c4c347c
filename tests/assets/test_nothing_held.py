"""Nobody holds the warehouse while a service is asked or a model learns: another process may write then."""

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from tests.adapters.loopback import Loopback, Seen, Step

from adapters.errors import Misunderstood
from assets import evaluation
from assets.crawling import Crawling, ServiceAccess
from assets.ingest import take_in
from assets.resources import RecordingsInput, RunSettings, WarehouseResource
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.popularity import Popularity
from warehouse.connection import Warehouse
from warehouse.home import Home

#: A writer of another process, which does not wait long.
WRITER = """
import sys
from pathlib import Path
from warehouse.connection import Warehouse
from warehouse.home import Home
with Warehouse(Home(Path(sys.argv[1])), lock_timeout_s=0.2).writer("another process") as con:
    con.execute("create table if not exists main.another_process as select 1 as a")
"""
#: As much of the pipeline's tables as models are given: two anime, two users with a rating each.
TABLES = """
create table main.dim_anime as select * from (values (1, 'One', 'One', '', '', 1, false, ''),
    (2, 'Two', 'Two', '', '', 1, false, '')) as t (anime_key, title, title_romaji, title_english, title_native,
    source_count, is_adult, synopsis);
create table main.bridge_anime_genre as select 1::bigint as anime_key, 'Drama' as genre;
create table main.bridge_anime_tag as select 1::bigint as anime_key, 'School' as tag;
create table main.bridge_anime_studio as select 1::bigint as anime_key, 'Kemen' as studio;
create table main.dim_user as select range as user_key, 'control' as cohort_id from range(2);
create table main.fact_user_rating as select range as user_key, range + 1 as anime_key, 8.0::double as rating,
    'completed' as status from range(2);
create table ml.evaluation_input as select user_key, anime_key, rating from main.fact_user_rating where user_key = 0;
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty HOME."""
    return Home(tmp_path / "home")


def another_process_writes(home: Home) -> bool:
    """Whether another process gets to write the warehouse at this moment."""
    words = [sys.executable, "-c", WRITER, str(home.root)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_while_a_service_is_asked_another_process_writes(home: Home) -> None:
    """At the moment a request arrives at the service, another process gets the writers' lock and the file."""
    wrote: list[bool] = []

    def answer(_: Seen) -> Step:
        wrote.append(another_process_writes(home))
        return Step(400)

    with Loopback(answer) as server, pytest.raises(dg.Failure) as caught:
        crawling = Crawling({"jikan": ServiceAccess(server.url, per_minute=1000)}, salt_file=home.salt)
        context = dg.build_asset_context()
        take_in(context, Warehouse(home), RecordingsInput(), crawling, "jikan", "anime")
    assert isinstance(caught.value.__cause__, Misunderstood)
    assert wrote
    assert all(wrote)


def test_while_a_model_learns_another_process_writes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside the fit of a model that an asset teaches, another process gets the writers' lock and the file."""
    wrote: list[bool] = []

    class Watching(Popularity):
        def fit(self, interactions: Interactions, items: ItemFeatures | None = None) -> "Watching":
            wrote.append(another_process_writes(home))
            super().fit(interactions, items)
            return self

    with Warehouse(home).writer("tables") as con:
        con.execute(TABLES)
    monkeypatch.setitem(evaluation.MODELS, "popularity", Watching)
    resources = {"warehouse": WarehouseResource(home=str(home.root)), "run_settings": RunSettings()}
    assert dg.materialize([evaluation.evaluation_asset("popularity")], resources=resources).success
    assert wrote == [True]
