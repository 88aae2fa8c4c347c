"""A small published world with a little of everything in it, for tests of what reads a snapshot."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.sql.building import Workshop
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.pasts import past_anime
from warehouse.publish import publish

TITLES = ("Amber Tide", "Brass Moon", "Cedar Road", "Dune Song")

#: What checks said in two runs: one was mended since, one fails as it did.
CHECKED = """
insert into quality.check_result values
    ('run 1', 'dim_anime', 'was_mended', 'warn', false, 5, '2026-03-01 09:00:00+00'),
    ('run 2', 'dim_anime', 'was_mended', 'warn', true, 0, '2026-03-02 09:00:00+00'),
    ('run 1', 'dim_anime', 'stays_broken', 'warn', false, 3, '2026-03-01 09:00:00+00'),
    ('run 2', 'dim_anime', 'stays_broken', 'warn', false, 2, '2026-03-02 09:00:00+00')
"""


def land(shop: Workshop) -> None:
    """Four anime that two sources know, score and count differently, and one refused line."""
    for number, title in enumerate(TITLES, start=1):
        shop.land(
            "anilist",
            {
                "id": number,
                "title": {"english": title},
                "startDate": {"year": 2020, "month": 4, "day": number},
                "averageScore": 60 + 5 * number,
                "popularity": 1000 // number,
                "status": "FINISHED",
                "episodes": 12,
                "endDate": {"year": 2020, "month": 6, "day": 20},
            },
            path=f"anilist/{number}.jsonl.gz",
        )
        attributes = {"canonicalTitle": title, "averageRating": str(85 - 5 * number), "userCount": 10 * number}
        attributes |= {"episodeCount": 10 + number}
        shop.land("kitsu", {"id": str(number), "attributes": attributes}, path=f"kitsu/{number}.jsonl.gz")
    early = {"id": 1, "title": {"english": "Amber Tide"}, "status": "RELEASING", "popularity": 400, "episodes": 13}
    early |= {"startDate": {"year": 2020, "month": 4, "day": None}}
    shop.land("anilist", early, day="2026-01-10")
    shop.land("anilist", "broken", path="anilist/broken.jsonl.gz")
    users = [f"user-{number}" for number in range(6)]
    shop.rate("anilist", *[(user, str(anime), "90") for user in users for anime in (1, 4)], ("user-0", "2", "60"))


def computed(user_key: int) -> dict[str, pa.Table]:
    """What matching and models would have made."""
    pair = {"left_source": "anilist", "left_source_id": "1", "right_source": "kitsu", "right_source_id": "2"}
    evidence = dict.fromkeys(
        (
            "left_title",
            "right_title",
            "title_similarity",
            "title_exact",
            "season_left",
            "season_right",
            "format_compatible",
            "year_difference",
            "date_difference_days",
            "episodes_difference",
        ),
    )
    verdict = {"score": 0.5, "decision": "review", "reason": "Alike.", "vetoes": [], "rule_version": "1"}
    verdict |= {"score_without_cross_id": 0.5, "matched_without_cross_id": False, "features": {"base_best": 0.5}}
    recommended = {"user_key": user_key, "rank": 1, "anime_key": 3, "score": 0.9, "model_version_id": "ease-1"}
    shares = {"share_collaborative": 1.0, "share_content": 0.0, "share_popularity": 0.0}
    causes = {"because_anime_keys": [1, 4], "because_ratings": [9.0, 9.0], "because_shares": [0.7, 0.3]}
    similar = {"anime_key": 1, "similar_anime_key": 2, "method": "item_knn", "score": 0.5, "rank": 1}
    model = {"model_version_id": "ease-1", "model_type": "ease", "trained_at": "2026-03-01 00:00:00Z"}
    rest = {"data_version": "d", "code_version": "c", "seed": 1, "parameters": "{}", "metrics": "{}"}
    rest |= {"training": "[0.8, 0.9]", "fit_seconds": 1.5, "rank_seconds": 0.5}
    born = {"event_number": 1, "occurred_at": "2026-03-01 00:00:00Z", "anime_key": 1, "event": "born"}
    born |= {"other_key": None, "source": "anilist", "source_id": "1", "cause": "first seen"}
    metric = {"model_version_id": "ease-1", "model_type": "ease", "protocol": "p"}
    metric |= {"segment": "", "decides": True, "metric": "ndcg", "k": 10}
    figures = {"value": 0.4, "ci_low": 0.3, "ci_high": 0.5, "users": 6}
    rows: dict[str, dict[str, Any]] = {
        "fact_match_candidate": pair
        | evidence
        | verdict
        | {
            "left_main_title": "Amber Tide",
            "right_main_title": "Brass Moon",
            "cross_id": "absent",
            "relation": "absent",
            "relative": None,
            "title_similarity": 0.5,
            "year_difference": 0,
            "episodes_difference": 0,
        },
        "anime_key_history": born,
        "int_explained_list": recommended | shares | causes | {"list_length": 2, "made_from": "m"},
        "fact_anime_similarity": similar | {"model_version_id": "item_knn-1"},
        "dim_recommendation_model": model | rest | {"skipped_because": None, "is_active": True},
        "fact_model_metric": metric | figures,
    }
    tables = {name: pa.Table.from_pylist([row]) for name, row in rows.items()}
    others = [
        metric | figures | {"metric": name, "k": k} for name, k in (("recall", 20), ("coverage", 10), ("novelty", 10))
    ]
    tables["fact_model_metric"] = pa.Table.from_pylist([rows["fact_model_metric"], *others])
    return tables


def publish_world(directory: Path) -> Warehouse:
    """A warehouse of this world, published: a copy of one that is made once in a process."""
    shutil.copytree(_published(), directory, dirs_exist_ok=True)
    return Warehouse(Home(directory), memory_limit="500MB", threads=2)


@cache
def _published() -> Path:
    """The HOME that is copied."""
    directory = Path(tempfile.mkdtemp(prefix="osusume-published-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    warehouse = Warehouse(Home(directory), memory_limit="500MB", threads=2)
    with warehouse.writer("test") as con:
        shop = Workshop(con)
        land(shop)
        same = [[("anilist", str(number)), ("kitsu", str(number))] for number in range(1, 5)]
        shop.make(same)
        ((user_key,),) = shop.rows("select user_key from dim_user where user_id = 'user-0'")
        shop.make(same, computed(user_key) | {"int_anime_past": past_anime(con)})
        con.execute(CHECKED)
    publish(warehouse, "run", "fingerprint")
    return directory
