"""What the records of the tiny warehouse state, and which values won: the tables that say why dim_anime says so."""

#: (anime_key, source, source_id) -> the fields in which its value won.
WINNING: dict[tuple[int, str, str], dict[str, str]] = {
    (1, "anilist", "1"): {
        "title": "Lantern",
        "title_romaji": "Akari",
        "title_english": "Lantern",
        "format": "TV",
        "status": "FINISHED",
        "episodes": "12",
        "duration_minutes": "24.0",
        "start_date": "2014-10-04",
        "end_date": "2014-12",
        "mean_score": "84.5",
        "synonyms": "[Akari, Lantern]",
    },
    (1, "myanimelist", "10"): {
        "source_material": "MANGA",
        "synopsis": "A light.",
        "mean_score": "80.0",
        "popularity": "30",
        "synonyms": "[Akari, The Lantern]",
    },
    (2, "anilist", "2"): {
        "title": "Velvet",
        "title_english": "Velvet",
        "format": "OVA",
        "start_date": "2013-12",
        "is_adult": "true",
        "popularity": "5",
        "synonyms": "[Velvet]",
    },
    (3, "kitsu", "5"): {
        "title": "Harbour",
        "title_english": "Harbour",
        "format": "MOVIE",
        "status": "FINISHED",
        "episodes": "1",
        "duration_minutes": "90.0",
        "start_date": "2001",
        "is_adult": "false",
        "mean_score": "70.0",
        "popularity": "2",
        "synonyms": "[Harbour]",
    },
}
#: The values that lost; MyAnimeList contradicts AniList about the episodes.
LOSING = [
    "1, 'title', 'myanimelist', '10', 'Akari', false, false, 'the rule', 'anilist has a title in English', 1, now()",
    "1, 'episodes', 'myanimelist', '10', '13', false, true, 'the rule', 'anilist comes before it', 1, now()",
]

STATED_TABLES: dict[str, tuple[str, list[str]]] = {
    "main.dim_anime_record": (
        "source varchar, source_id varchar, anime_key bigint, title_romaji varchar, title_english varchar, "
        "title_native varchar, title_canonical varchar, synonyms varchar[], format varchar, status varchar, "
        "episodes integer, duration_minutes double, start_date date, start_date_precision varchar, "
        "start_year integer, season varchar, mean_score double, popularity bigint, captured_at timestamptz, "
        "payload_path varchar, payload_line bigint, payload_item bigint",
        [
            "'anilist', '1', 1, 'Akari', 'Lantern', null, 'Akari', [], 'TV', 'FINISHED', 12, 24, "
            "date '2014-10-04', 'day', 2014, 'FALL', 84.5, 20, now(), 'anilist/anime/a.jsonl.gz', 1, null",
            "'anilist', '2', 2, null, 'Velvet', null, 'Velvet', [], 'OVA', null, null, null, "
            "date '2013-12-01', 'month', 2013, 'WINTER', null, 5, now(), 'anilist/anime/a.jsonl.gz', 2, null",
            "'kitsu', '5', 3, null, 'Harbour', null, 'Harbour', [], 'MOVIE', 'FINISHED', 1, 90, "
            "date '2001-01-01', 'year', 2001, null, 70, 2, now(), 'kitsu/anime/k.jsonl.gz', 1, null",
            "'myanimelist', '10', 1, 'Akari', null, null, 'Akari', ['The Lantern'], 'TV', 'FINISHED', 13, 24, "
            "null, null, null, null, 80, 30, now(), 'myanimelist/anime/m.jsonl.gz', 1, null",
        ],
    ),
    "main.fact_anime_field": (
        "anime_key bigint, field varchar, source varchar, source_id varchar, value varchar, is_winner boolean, "
        "is_disputed boolean, rule varchar, why varchar, votes bigint, stated_at timestamptz",
        [
            f"{key}, '{field}', '{source}', '{source_id}', '{value}', true, false, 'the rule', 'only one', 1, now()"
            for (key, source, source_id), fields in WINNING.items()
            for field, value in fields.items()
        ]
        + LOSING,
    ),
}
