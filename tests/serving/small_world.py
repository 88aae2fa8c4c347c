"""A published snapshot of eight anime and four users, small enough to know by heart."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from recommenders.base import Recommender
from recommenders.ease import Ease
from recommenders.interactions import Interactions
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.publish import publish

TABLES = """
create table main.dim_anime (
    anime_key bigint, title varchar, title_romaji varchar, title_english varchar, title_native varchar,
    format varchar, start_year integer, popularity bigint, is_adult boolean, mean_score double
);
insert into main.dim_anime values
    (1, 'Clockwork Harbor', 'Tokei no Minato', 'Clockwork Harbor', '時計の港', 'TV', 2011, 900, false, 81.5),
    (2, 'Clockwork Harbor 2nd Season', 'Tokei no Minato 2', null, null, 'TV', 2013, 500, false, 79),
    (3, 'Lantern', null, null, null, 'TV', 2004, 800, false, 88),
    (4, 'Lantern', null, null, null, 'MOVIE', 1999, 10, false, 60),
    (5, 'Silver Kite', null, null, null, 'TV', 2006, 700, false, 83),
    (6, 'Silver Kite''', null, null, null, 'TV', 2011, 600, false, 84),
    (7, 'Crimson Nights', null, null, null, 'OVA', 2010, 50, true, 55),
    (8, null, null, null, null, 'UNKNOWN', null, 3, false, null);
create table main.dim_user (user_key bigint, source varchar, user_id varchar, cohort_id varchar);
insert into main.dim_user values
    (11, 'anilist', '7', 'control'), (12, 'kitsu', '7', 'control'),
    (13, 'myanimelist', 'ann', 'treatment_a'), (14, 'myanimelist', 'odd:name', 'control');
create table main.fact_user_rating (user_key bigint, anime_key bigint, rating double);
insert into main.fact_user_rating values
    (11, 1, 9), (11, 3, 8), (11, 5, null), (12, 3, 10), (13, 1, 7), (14, 2, 6);
create table main.fact_recommendation (
    user_key bigint, rank integer, anime_key bigint, score double, model_version_id varchar,
    share_collaborative double, share_content double, share_popularity double,
    because struct(anime_key bigint, title varchar, rating double, share double)[], reason varchar
);
insert into main.fact_recommendation values
    (11, 2, 6, 0.4, 'ease-1', 1, 0, 0, [{anime_key: 3, title: 'Lantern', rating: 8, share: 1}],
     'Because you rated Lantern 8.0.'),
    (11, 1, 2, 0.9, 'ease-1', 1, 0, 0,
     [{anime_key: 1, title: 'Clockwork Harbor', rating: 9, share: 0.7},
      {anime_key: 5, title: 'Silver Kite', rating: null, share: 0.3}],
     'Because you rated Clockwork Harbor 9.0 and watched Silver Kite.'),
    (13, 1, 3, 0.1, 'ease-1', 0, 0, 1, [], 'Popular: on the lists of 800 people.');
create table main.dim_recommendation_model (
    model_version_id varchar, model_type varchar, trained_at timestamptz, skipped_because varchar,
    is_active boolean
);
insert into main.dim_recommendation_model values
    ('popularity-1', 'popularity', '2026-03-01 10:00:00+00', null, false),
    ('ease-1', 'ease', '2026-03-01 10:01:00+00', null, true),
    ('item_knn-1', 'item_knn', '2026-03-01 10:02:00+00', 'fewer than 10 users have ratings', false);
create table main.fact_model_metric (
    model_version_id varchar, model_type varchar, protocol varchar, segment varchar,
    decides boolean, metric varchar, k integer, value double,
    ci_low double, ci_high double, users integer
);
insert into main.fact_model_metric values
    ('ease-1', 'ease', 'a fifth is hidden', '', true, 'ndcg', 10, 0.44, 0.43, 0.45, 90),
    ('ease-1', 'ease', 'a fifth is hidden', '', true, 'ndcg', 100, 0.55, 0.54, 0.56, 90),
    ('ease-1', 'ease', 'a fifth is hidden', '', true, 'recall', 20, 0.5, 0.48, 0.52, 90),
    ('ease-1', 'ease', 'a fifth is hidden', '', true, 'coverage', 10, 0.25, null, null, 90),
    ('popularity-1', 'popularity', 'a fifth is hidden', '', true, 'ndcg', 10, 0.11, 0.10, 0.12, 90),
    ('ease-1', 'ease', 'a fifth is unknown', '', false, 'ndcg', 10, 0.64, 0.60, 0.68, 18),
    ('popularity-1', 'popularity', 'a fifth is unknown', '', false, 'ndcg', 10, 0.21, 0.18, 0.24, 18);
insert into quality.check_result values
    ('run-0', 'dim_anime', 'keys are unique', 'error', false, 5, '2026-03-01 09:00:00+00'),
    ('run-1', 'dim_anime', 'keys are unique', 'error', true, 0, '2026-03-02 09:00:00+00'),
    ('run-1', 'dim_user', 'most users rated something', 'warn', false, 2, '2026-03-02 09:00:00+00');
insert into quality.quarantine values
    ('stg_kitsu__anime', 'kitsu', null, 'not JSON', 'kitsu/anime/one.jsonl.gz', 9, null, 'run-1'),
    ('stg_kitsu__anime', 'kitsu', null, 'not JSON', 'kitsu/anime/one.jsonl.gz', 4, null, 'run-1'),
    ('stg_kitsu__anime', 'kitsu', '12', 'score 11 is above 10', 'kitsu/anime/one.jsonl.gz', 7, null, 'run-1')
"""


#: The lists of groups of like-minded people, by anime_key: who likes 1 likes 2, and so on.
TASTES = ((1, 2), (1, 2, 5), (3, 4, 7), (3, 7), (5, 6), (5, 6, 8), (1, 5))


def store_small_model(
    home: Home,
    model: Recommender | None = None,
    tastes: Sequence[Sequence[int]] = TASTES,
    item_keys: Sequence[int] = range(1, 9),
) -> None:
    """Teach the model that the small world calls active (EASE if none is given), and store it in place of another."""
    lists = [(user, key) for user in range(5 * len(tastes)) for key in tastes[user % len(tastes)]]
    users, keys = zip(*lists, strict=True)
    taught = (model or Ease()).fit(Interactions.from_arrays(users, keys, [9.0] * len(keys), item_keys=item_keys))
    shutil.rmtree(home.models / "ease-1", ignore_errors=True)
    taught.save(home.models / "ease-1")


def publish_small_world(root: Path) -> Warehouse:
    """A HOME at `root` with the small world built, taught and published; returns its warehouse."""
    warehouse = Warehouse(Home(root), lock_timeout_s=30, memory_limit="500MB", threads=2)
    with warehouse.writer("small world") as connection:
        connection.execute(TABLES)
    store_small_model(warehouse.home)
    publish(warehouse, "run-1", "fingerprint-1", datetime(2026, 3, 2, tzinfo=UTC))
    return warehouse
