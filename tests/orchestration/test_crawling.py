"""Whom a run may ask: nobody beside the live services unless `live` is given, and only when they can be asked."""

from pathlib import Path

import pytest

from adapters.imdb import BASE_URL as IMDB_URL
from adapters.services import SERVICES
from demo.schedule import TODAY
from orchestration.crawling import crawling_for, refuse_unready
from orchestration.demoworld import DEMO_SOURCES, DEMO_TODAY
from orchestration.errors import InputError, SettingsError
from orchestration.inputs import inherit, resolve_input
from orchestration.settings import load_settings
from warehouse.home import Home

LOOPBACK = {f"{name}_url": f"http://127.0.0.1:8800/{name}" for name in DEMO_SOURCES}


def test_the_addresses_of_the_settings_are_those_of_the_adapters() -> None:
    """They stand in both, so that reading the settings needs no adapter."""
    settings = load_settings()
    assert {name: settings.url_of(name) for name in SERVICES} == {name: one.base_url for name, one in SERVICES.items()}
    assert settings.url_of("imdb") == IMDB_URL


@pytest.mark.parametrize("kind", ["demo", "recordings", "home"])
def test_nobody_outside_is_asked_without_live(tmp_path: Path, kind: str) -> None:
    """Whatever else the settings say of sources, users and keys."""
    (tmp_path / "earlier" / "landing").mkdir(parents=True)
    given = {"demo": "demo", "recordings": str(tmp_path / "recordings"), "home": str(tmp_path / "earlier")}[kind]
    settings = load_settings(
        home=tmp_path / "home", input=given, sources="anilist,jikan,imdb", myanimelist_client_id="key"
    )
    assert crawling_for(settings).services == {}


def test_a_demo_asks_only_services_of_this_machine(tmp_path: Path) -> None:
    """Of the addresses set, those on loopback."""
    settings = load_settings(home=tmp_path, **{**LOOPBACK, "kitsu_url": "https://kitsu.example/api"})
    crawling = crawling_for(settings)
    assert set(crawling.services) == {"anilist", "imdb", "myanimelist"}
    assert crawling.once
    assert crawling.today == TODAY == DEMO_TODAY


def test_live_asks_the_sources_that_are_named(tmp_path: Path) -> None:
    """AniList and Kitsu by default, MyAnimeList with a client id, the others only by name."""
    assert set(crawling_for(load_settings(home=tmp_path, input="live")).services) == {"anilist", "kitsu"}
    with_key = load_settings(home=tmp_path, input="live", myanimelist_client_id="key")
    assert set(crawling_for(with_key).services) == {"anilist", "kitsu", "myanimelist"}
    assert crawling_for(with_key).services["myanimelist"].key == "key"
    assert crawling_for(with_key).services["anilist"].key is None
    named = load_settings(home=tmp_path, input="live", sources=" Jikan, imdb ")
    assert set(crawling_for(named).services) == {"jikan", "imdb"}


def test_the_key_is_shown_nowhere(tmp_path: Path) -> None:
    """Neither by the settings nor by what a run may ask."""
    settings = load_settings(home=tmp_path, input="live", myanimelist_client_id="s3cret")
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in repr(crawling_for(settings))


def test_lists_are_read_only_for_users_that_are_named(tmp_path: Path) -> None:
    """Catalogues and reviews need nobody."""
    crawling = crawling_for(load_settings(home=tmp_path, input="live"))
    assert (crawling.asks("anilist", "anime"), crawling.asks("anilist", "lists")) == (True, False)
    (tmp_path / "users.csv").write_text("anilist,Mika\n")
    crawling = crawling_for(load_settings(home=tmp_path, input="live", users=tmp_path / "users.csv"))
    assert crawling.asks("anilist", "lists")
    assert [user.name for user in crawling.users("anilist")] == ["Mika"]
    assert crawling.users("anilist")[0].subject != "Mika"


@pytest.mark.parametrize("given", [{"input": "live"}, {"input": "demo", **LOOPBACK}])
def test_a_backfill_asks_for_one_catalogue(tmp_path: Path, given: dict[str, str]) -> None:
    """No reviews, no lists and no other source."""
    settings = load_settings(home=tmp_path, **given)
    crawling = crawling_for(settings, {"anilist": (1990, 1999)})
    asked = [
        (source, stream) for source in SERVICES for stream in SERVICES[source].streams if crawling.asks(source, stream)
    ]
    assert asked == [("anilist", "anime")]


def test_myanimelist_without_a_client_id_is_refused_with_both_ways_out() -> None:
    """Register for one, or leave it out for Jikan."""
    with pytest.raises(SettingsError, match=r"OSUSUME_MYANIMELIST_CLIENT_ID.*jikan"):
        refuse_unready(load_settings(input="live", sources="myanimelist"))
    refuse_unready(load_settings(input="live", sources="myanimelist", myanimelist_client_id="key"))
    refuse_unready(load_settings(input="demo", sources="myanimelist"))


def test_a_file_of_users_that_cannot_be_read_is_refused_first(tmp_path: Path) -> None:
    """By setting, file and line."""
    (tmp_path / "users.csv").write_text("anilist\n")
    with pytest.raises(InputError, match=r"OSUSUME_USERS=.*users\.csv:1"):
        refuse_unready(load_settings(input="live", users=tmp_path / "users.csv"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"sources": "anilist,crunchyroll"},
        {"anilist_url": "graphql.anilist.co"},
        {"kitsu_url": "https://me:secret@kitsu.app/api/edge"},
        {"jikan_url": "https://:secret@jikan.test/v4"},
        {"imdb_url": "https://me:secret@imdb.test"},
        {"anilist_rate": 0},
        {"contact": "line\nbreak"},
        {"myanimelist_client_id": "with blank"},
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(wrong: dict[str, object]) -> None:
    """And a wrong key, or a password in an address, is not repeated in the message."""
    with pytest.raises(SettingsError, match=f"OSUSUME_{next(iter(wrong)).upper()}") as refused:
        load_settings(**wrong)
    assert "with blank" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_home_that_takes_another_over_keeps_its_salt(tmp_path: Path) -> None:
    """So that its users keep their hashes; a salt that is there already stays."""
    (tmp_path / "old" / "landing").mkdir(parents=True)
    (tmp_path / "old" / "salt").write_text("aa" * 32 + "\n")
    settings = load_settings(home=tmp_path / "new", input=str(tmp_path / "old"))
    inherit(Home(settings.home), resolve_input(settings))
    assert (tmp_path / "new" / "salt").read_text() == "aa" * 32 + "\n"
    (tmp_path / "new" / "salt").write_text("bb" * 32 + "\n")
    inherit(Home(settings.home), resolve_input(settings))
    assert (tmp_path / "new" / "salt").read_text() == "bb" * 32 + "\n"
