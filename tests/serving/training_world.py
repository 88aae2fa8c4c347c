"""A HOME whose warehouse holds enough records with cross ids to train the matcher on; nothing is published."""

from pathlib import Path

from tests.matching.worlds import world
from tests.serving.identity_world import anilist, kitsu, myanimelist
from tests.sql.building import Workshop
from warehouse.connection import Warehouse
from warehouse.home import Home

WRITERS = {"anilist": anilist, "kitsu": kitsu, "myanimelist": myanimelist}
EPISODES = {"anilist": "episodes", "kitsu": "episodeCount", "myanimelist": "num_episodes"}


def stage_training_world(root: Path, works: int) -> Home:
    """The records of so many invented works, staged; AniList's name the ids of MyAnimeList's."""
    records, truth = world(works, seed=5)
    counterpart = {work.get("anilist"): work.get("myanimelist") for work in truth}
    landed: dict[str, list[dict[str, object]]] = {source: [] for source in WRITERS}
    for one in records:
        facts: dict[str, object] = {EPISODES[one.source]: one.episodes}
        if one.source == "anilist":
            facts["idMal"] = int(counterpart[one.source_id]) if counterpart[one.source_id] else None
        write = WRITERS[one.source]
        landed[one.source].append(write(int(one.source_id), one.titles[0], str(one.start_date), **facts))
    home = Home(root)
    with Warehouse(home, lock_timeout_s=30, memory_limit="500MB", threads=2).writer("training world") as connection:
        shop = Workshop(connection)
        for source, lines in landed.items():
            shop.land(source, *lines)
        shop.stage()
    return home
