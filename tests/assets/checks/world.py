"""A tiny warehouse in which every check passes: three sources, four anime, three users, two models.

Anime 1 is AniList's 1 and MyAnimeList's 10; 2 is AniList's 2, adult; 3 is Kitsu's 5; 4 a stub, MyAnimeList's
99. Ann rated 1 and the stub; Bob plans to watch 1; Cat rated 2. What the evaluation hides is Ann's 9 for 1.
"""

from typing import Any

from tests.assets.checks.history_world import HISTORY_TABLES
from tests.assets.checks.identity_world import IDENTITY_TABLES
from tests.assets.checks.stated_world import STATED_TABLES

ANN, BOB, CAT = 101, 102, 103
EASE, POPULARITY = "'ease-1'", "'popularity-1'"
#: What `records` and the newest records of a source have in common.
FIGURES = (
    "source varchar, source_id varchar, mean_score double, scored_by bigint, popularity bigint, "
    "favourites bigint, captured_at timestamptz, payload_path varchar, payload_line bigint, payload_item bigint"
)
ANIME = f"{FIGURES}, format varchar, status varchar, episodes integer, duration_minutes double"
RATINGS = (
    "source varchar, user_id varchar, source_id varchar, source_score double, status varchar, "
    "rated_at timestamptz, captured_at timestamptz, payload_path varchar, payload_line bigint, payload_item bigint"
)
REVIEWS = (
    "source varchar, review_id varchar, source_id varchar, score double, body varchar, payload_path varchar, "
    "payload_line bigint, payload_item bigint"
)
IDENTITIES = "source varchar, source_id varchar, anime_key bigint, match_method varchar, confidence double"
RANKING = "model_version_id varchar, user_key bigint, rank integer, anime_key bigint, score double"
DATED = "start_date date, start_date_precision varchar, start_year integer, season varchar"

TABLES: dict[str, tuple[str, list[str]]] = {
    "staging.stg_anilist__anime": (
        ANIME,
        [
            "'anilist', '1', 84.5, 10, 20, 3, now(), 'anilist/anime/a.jsonl.gz', 1, null, 'TV', 'FINISHED', 12, 24",
            "'anilist', '2', null, null, 5, 0, now(), 'anilist/anime/a.jsonl.gz', 2, null, 'OVA', null, null, null",
        ],
    ),
    "staging.stg_kitsu__anime": (
        ANIME,
        ["'kitsu', '5', 70, 1, 2, 0, now(), 'kitsu/anime/k.jsonl.gz', 1, null, 'MOVIE', 'FINISHED', 1, 90"],
    ),
    "staging.stg_myanimelist__anime": (
        ANIME,
        ["'myanimelist', '10', 80, 9, 30, 4, now(), 'myanimelist/anime/m.jsonl.gz', 1, null, 'TV', 'FINISHED', 12, 24"],
    ),
    "staging.stg_anilist__ratings": (
        RATINGS,
        ["'anilist', 'cat', '2', 80, 'completed', now(), now(), 'anilist/ratings/r.csv.gz', 2, null"],
    ),
    "staging.stg_kitsu__ratings": (RATINGS, []),
    "staging.stg_myanimelist__ratings": (
        RATINGS,
        [
            "'myanimelist', 'ann', '10', 9, 'completed', null, now(), 'myanimelist/ratings/r.csv.gz', 2, null",
            "'myanimelist', 'ann', '99', 5, null, null, now(), 'myanimelist/ratings/r.csv.gz', 3, null",
            "'myanimelist', 'bob', '10', null, 'planned', null, now(), 'myanimelist/ratings/r.csv.gz', 4, null",
        ],
    ),
    "staging.stg_jikan__anime": (
        ANIME,
        ["'myanimelist', '10', 80, 9, 30, 4, now(), 'jikan/anime/j.jsonl.gz', 2, 1, 'TV', 'FINISHED', 12, 24"],
    ),
    "staging.stg_kitsu__list_entries": (
        RATINGS,
        ["'kitsu', 'dan', '5', 14, 'completed', null, now(), 'kitsu/lists/l.jsonl.gz', 2, 1"],
    ),
    "staging.stg_anilist__reviews": (
        REVIEWS,
        ["'anilist', '70', '1', 85, 'Warm.', 'anilist/reviews/w.jsonl.gz', 2, 1"],
    ),
    "staging.stg_kitsu__reviews": (REVIEWS, []),
    "staging.stg_jikan__reviews": (REVIEWS, []),
    "staging.stg_imdb__titles": (
        "tconst varchar, primary_title varchar, imdb_score double, votes bigint, payload_path varchar, "
        "payload_line bigint, payload_item bigint",
        ["'tt0000001', 'Lantern', 81, 900, 'imdb/title_basics/b.tsv.gz', 2, null"],
    ),
    "staging.stg_kitsu__anime_records": (
        FIGURES,
        ["'kitsu', '5', 70, 1, 2, 0, now(), 'kitsu/anime/k.jsonl.gz', 1, null"],
    ),
    "intermediate.int_anime_unioned": (
        f"source varchar, source_id varchar, {DATED}",
        [
            "'anilist', '1', date '2014-10-04', 'day', 2014, 'FALL'",
            "'anilist', '2', date '2013-12-01', 'month', 2013, 'WINTER'",
            "'kitsu', '5', date '2001-01-01', 'year', 2001, null",
            "'myanimelist', '10', null, null, null, null",
        ],
    ),
    "intermediate.int_filling_scores": ("source varchar, mean_score double, records bigint", []),
    "intermediate.int_anime_identities": (
        IDENTITIES,
        [
            "'anilist', '1', 1, 'title_and_date', 0.98",
            "'myanimelist', '10', 1, 'title_and_date', 0.98",
            "'anilist', '2', 2, 'single', 1",
            "'kitsu', '5', 3, 'single', 1",
            "'myanimelist', '99', 4, 'rating_only', 1",
        ],
    ),
    "intermediate.int_ratings_unioned": (
        "source varchar, user_id varchar, source_id varchar, source_score double",
        [
            "'myanimelist', 'ann', '10', 9",
            "'myanimelist', 'ann', '99', 5",
            "'myanimelist', 'bob', '10', null",
            "'anilist', 'cat', '2', 80",
        ],
    ),
    "main.bridge_anime_source": (
        IDENTITIES,
        [
            "'anilist', '1', 1, 'title_and_date', 0.98",
            "'myanimelist', '10', 1, 'title_and_date', 0.98",
            "'anilist', '2', 2, 'single', 1",
            "'kitsu', '5', 3, 'single', 1",
            "'myanimelist', '99', 4, 'rating_only', 1",
        ],
    ),
    "main.dim_anime": (
        "anime_key bigint, title varchar, title_romaji varchar, title_english varchar, title_native varchar, "
        f"format varchar, status varchar, episodes integer, duration_minutes double, {DATED}, "
        "is_adult boolean, mean_score double, popularity bigint, source_count integer, "
        "match_confidence double, synonyms varchar[], source_material varchar, end_date date, synopsis varchar",
        [
            "1, 'Lantern', 'Akari', 'Lantern', null, 'TV', 'FINISHED', 12, 24, date '2014-10-04', 'day', "
            "2014, 'FALL', false, 82.25, 30, 2, 0.98, ['The Lantern'], 'MANGA', date '2014-12-31', 'A light.'",
            "2, 'Velvet', null, 'Velvet', null, 'OVA', null, null, null, date '2013-12-01', 'month', 2013, "
            "'WINTER', true, null, 5, 1, 1, [], null, null, null",
            "3, 'Harbour', null, 'Harbour', null, 'MOVIE', 'FINISHED', 1, 90, date '2001-01-01', 'year', "
            "2001, null, false, 70, 2, 1, 1, [], null, null, null",
            "4, null, null, null, null, 'UNKNOWN', null, null, null, null, null, null, null, false, null, 1, 0, 1, "
            "[], null, null, null",
        ],
    ),
    **STATED_TABLES,
    **HISTORY_TABLES,
    **IDENTITY_TABLES,
    "main.bridge_anime_genre": ("anime_key bigint, genre varchar, source_count integer", ["1, 'Drama', 2"]),
    "main.bridge_anime_tag": (
        "anime_key bigint, tag varchar, weight double, is_spoiler boolean",
        ["1, 'Sea', 0.6, false", "1, 'Ghosts', null, true"],
    ),
    "main.bridge_anime_studio": (
        "anime_key bigint, studio varchar, source_count integer",
        ["1, 'Northlight', 1"],
    ),
    "main.bridge_anime_relation": (
        "anime_key bigint, related_anime_key bigint, relation_type varchar",
        ["1, 3, 'SEQUEL'"],
    ),
    "main.bridge_anime_franchise": (
        "anime_key bigint, franchise_key bigint, universe_key bigint, watch_position integer, evidence varchar",
        ["1, 1, 1, 2, 'relation'", "3, 1, 1, 1, 'relation'", "2, null, 1, null, 'title'"],
    ),
    "main.anime_key_history": (
        "event_number bigint, occurred_at timestamptz, anime_key bigint, event varchar, other_key bigint, "
        "source varchar, source_id varchar, cause varchar",
        [
            "1, now(), 1, 'born', null, 'anilist', '1', 'a new record'",
            "2, now(), 2, 'born', null, 'anilist', '2', 'a new record'",
            "3, now(), 3, 'born', null, 'kitsu', '5', 'a new record'",
            "4, now(), 4, 'born', null, 'myanimelist', '99', 'a new record'",
            "5, now(), 9, 'born', null, 'myanimelist', '10', 'a new record'",
            "6, now(), 9, 'merged_into', 1, null, null, 'one anime after all'",
            "7, now(), 3, 'joined', null, 'kitsu', '5', 'the record was found to be this anime'",
        ],
    ),
    "main.fact_anime_metrics": (
        "anime_key bigint, source varchar, day date, score double, scored_by bigint, popularity bigint, "
        "favourites bigint",
        ["1, 'anilist', date '2026-01-02', 84.5, 10, 20, 3"],
    ),
    "main.fact_anime_review": (
        "source varchar, review_id varchar, anime_key bigint, score double, votes bigint",
        ["'anilist', '70', 1, 85, null"],
    ),
    "main.fact_source_tombstone": (
        "source varchar, source_id varchar, first_missed_at timestamptz, last_missed_at timestamptz, reports bigint",
        ["'kitsu', '6', now(), now(), 1"],
    ),
    "main.bridge_anime_imdb": (
        "anime_key bigint, tconst varchar, confidence double, imdb_score double",
        ["1, 'tt0000001', 0.95, 81"],
    ),
    "main.dim_source": (
        "source varchar, anime bigint, list_entries bigint",
        ["'anilist', 2, 1", "'kitsu', 1, 0", "'myanimelist', 1, 3"],
    ),
    "main.fact_match_candidate": (
        "left_source varchar, left_source_id varchar, right_source varchar, right_source_id varchar, "
        "score double, decision varchar, reason varchar, vetoes varchar[], cross_id varchar, "
        "relation varchar",
        ["'anilist', '1', 'myanimelist', '10', 0.98, 'match', 'same title and date', [], 'agrees', 'absent'"],
    ),
    "main.dim_user": (
        "user_key bigint, source varchar, user_id varchar, cohort_id varchar",
        [
            f"{ANN}, 'myanimelist', 'ann', 'control'",
            f"{BOB}, 'myanimelist', 'bob', 'control'",
            f"{CAT}, 'anilist', 'cat', 'treatment_a'",
        ],
    ),
    "main.fact_user_rating": (
        "user_key bigint, anime_key bigint, rating double, source_score double, status varchar, "
        "rated_at timestamptz, source_id varchar",
        [
            f"{ANN}, 1, 9, 9, 'completed', null, '10'",
            f"{ANN}, 4, 5, 5, null, null, '99'",
            f"{BOB}, 1, null, null, 'planned', null, '10'",
            f"{CAT}, 2, 8, 80, 'completed', now(), '2'",
        ],
    ),
    "ml.training_item": ("anime_key bigint, is_recommendable boolean", ["1, true", "2, true", "3, true", "4, false"]),
    "ml.training_entry": (
        "user_key bigint, anime_key bigint, rating double",
        [f"{ANN}, 1, 9", f"{ANN}, 4, 5", f"{CAT}, 2, 8"],
    ),
    "ml.training_data": (
        "described_version varchar, rated_version varchar",
        ["'0123456789abcdef', 'fedcba9876543210'"],
    ),
    "ml.evaluation_holdout": ("user_key bigint, anime_key bigint, is_target boolean", [f"{ANN}, 1, true"]),
    "ml.evaluation_input": (
        "user_key bigint, anime_key bigint, rating double",
        [f"{ANN}, 4, 5", f"{CAT}, 2, 8"],
    ),
    "ml.evaluation_ease": (RANKING, [f"{EASE}, {ANN}, 1, 1, 0.9", f"{EASE}, {ANN}, 2, 3, 0.4"]),
    "main.dim_recommendation_model": (
        "model_version_id varchar, model_type varchar, trained_at timestamptz, data_version varchar, "
        "code_version varchar, seed bigint, parameters json, metrics json, "
        "fit_seconds double, rank_seconds double, skipped_because varchar, is_active boolean",
        [
            f"{EASE}, 'ease', now(), 'd', 'c', 42, '{{}}', '{{\"ndcg@10\": 0.5}}', 1.5, 0.5, null, true",
            f"{POPULARITY}, 'popularity', now(), 'd', 'c', 42, '{{}}', '{{\"ndcg@10\": 0.2}}', 0.1, 0.5, null, false",
        ],
    ),
    "main.fact_model_metric": (
        "model_version_id varchar, model_type varchar, protocol varchar, segment varchar, decides boolean, "
        "metric varchar, k integer, "
        "value double, ci_low double, ci_high double, users integer",
        [
            f"{EASE}, 'ease', 'random 20 %', '', true, 'ndcg', 10, 0.5, 0.4, 0.6, 1",
            f"{EASE}, 'ease', 'random 20 %', '', true, 'ndcg_minus_popularity', 10, 0.3, 0.2, 0.4, 1",
            f"{EASE}, 'ease', 'random 20 %', '', true, 'novelty', 10, 7.5, null, null, 1",
            f"{POPULARITY}, 'popularity', 'random 20 %', '', true, 'ndcg', 10, 0.2, 0.1, 0.3, 1",
        ],
    ),
    "main.fact_promotion_decision": (
        "decision_number bigint, decided_at timestamptz, model_version_id varchar, model_type varchar, "
        "champion_version_id varchar, champion_type varchar, decision varchar, decided_by varchar, "
        "difference double, ci_low double, ci_high double, reason varchar",
        [
            f"1, now(), {EASE}, 'ease', {POPULARITY}, 'popularity', 'promoted', 'rules', 0.3, 0.2, 0.4, 'better'",
            f"2, now(), {POPULARITY}, 'popularity', {EASE}, 'ease', 'kept', 'rules', -0.3, -0.4, -0.2, 'worse'",
        ],
    ),
    "main.fact_tuning_trial": (
        "study varchar, number integer, model_type varchar, outcome varchar, ndcg_at_10 double",
        ["'ease-s', 0, 'ease', 'finished', 0.5", "'ease-s', 1, 'ease', 'pruned', null"],
    ),
    "main.fact_anime_similarity": (
        "anime_key bigint, similar_anime_key bigint, method varchar, score double, rank integer, "
        "model_version_id varchar",
        [f"1, 3, 'item_knn', 1, 1, {EASE}", f"1, 2, 'item_knn', 0.5, 2, {EASE}"],
    ),
    "main.fact_collaborative_scores": (
        RANKING,
        [
            f"{EASE}, {ANN}, 1, 3, 0.8",
            f"{EASE}, {ANN}, 2, 2, 0.8",
            f"{EASE}, {BOB}, 1, 1, 0.7",
            f"{EASE}, {BOB}, 2, 2, 0.2",
            f"{EASE}, {BOB}, 3, 3, 0.1",
            f"{EASE}, {CAT}, 1, 1, 0.7",
            f"{EASE}, {CAT}, 2, 3, 0.2",
        ],
    ),
    "main.fact_recommendation": (
        "user_key bigint, rank integer, anime_key bigint, score double, model_version_id varchar, "
        "share_collaborative double, share_content double, share_popularity double, "
        "because struct(anime_key bigint, title varchar, rating double, share double)[], reason varchar",
        [
            f"{ANN}, 1, 3, 0.8, {EASE}, 0.9, 0.1, 0, [{{'anime_key': 1, 'title': 'Lantern', 'rating': 9, "
            "'share': 1}], 'Because you rated Lantern 9.0.'",
            f"{BOB}, 1, 3, 0.1, {EASE}, 0, 0, 1, [], 'Popular: on the lists of 2 people.'",
            f"{BOB}, 2, 1, 0.0, {EASE}, 0, 0, 1, [], 'Popular: on the lists of 1 people.'",
            f"{CAT}, 1, 1, 0.7, {EASE}, 1, 0, 0, [{{'anime_key': 2, 'title': 'Velvet', 'rating': 8, "
            "'share': 1}], 'Because you rated Velvet 8.0.'",
            f"{CAT}, 2, 3, 0.2, {EASE}, 0, 1, 0, [], 'Popular: on the lists of 2 people.'",
        ],
    ),
    "main.vw_recommendations": (
        "user_key bigint, rank integer, anime_key bigint",
        [f"{ANN}, 1, 3", f"{BOB}, 1, 3", f"{BOB}, 2, 1", f"{CAT}, 1, 1", f"{CAT}, 2, 3"],
    ),
}


def make_world(connection: Any, *, empty: bool = False) -> None:
    """Create every table of the world; `empty` leaves out the rows, as an input without that source would."""
    for table, (columns, rows) in TABLES.items():
        connection.execute(f"create table {table} ({columns})")
        if rows and not empty:
            connection.execute(f"insert into {table} values {', '.join(f'({row})' for row in rows)}")
