"""The versions of the tiny warehouse's anime, and what breaks the rules about them."""

_DATED = "start_date date, start_date_precision varchar, start_year bigint, season varchar"

HISTORY_TABLES: dict[str, tuple[str, list[str]]] = {
    "main.dim_anime_history": (
        "anime_key bigint, version bigint, valid_from date, valid_to date, is_current boolean, changed varchar[], "
        "title varchar, title_romaji varchar, title_english varchar, title_native varchar, synonyms varchar[], "
        "format varchar, status varchar, source_material varchar, episodes integer, duration_minutes double, "
        f"{_DATED}, end_date date, is_adult boolean",
        [
            "1, 1, date '2014-10-05', date '2015-01-02', false, [], 'Lantern', 'Akari', 'Lantern', null, "
            "['The Lantern'], 'TV', 'AIRING', 'MANGA', 12, 24, date '2014-10-04', 'day', 2014, 'FALL', null, false",
            "1, 2, date '2015-01-02', null, true, ['status', 'end_date'], 'Lantern', 'Akari', 'Lantern', null, "
            "['The Lantern'], 'TV', 'FINISHED', 'MANGA', 12, 24, date '2014-10-04', 'day', 2014, 'FALL', "
            "date '2014-12-31', false",
            "2, 1, date '2026-01-02', null, true, [], 'Velvet', null, 'Velvet', null, [], 'OVA', null, null, null, "
            "null, date '2013-12-01', 'month', 2013, 'WINTER', null, true",
            "3, 1, date '2026-01-02', null, true, [], 'Harbour', null, 'Harbour', null, [], 'MOVIE', 'FINISHED', "
            "null, 1, 90, date '2001-01-01', 'year', 2001, null, null, false",
            "4, 1, null, null, true, [], null, null, null, null, [], 'UNKNOWN', null, null, null, null, null, null, "
            "null, null, null, false",
        ],
    ),
}

#: (table, rule, what breaks it, how many rows then do).
HISTORY_BREAKS: list[tuple[str, str, str, int]] = [
    (
        "dim_anime_history",
        "current_rows_are_those_of_dim_anime",
        "update dim_anime_history set status = 'AIRING' where anime_key = 1 and is_current",
        2,
    ),
    ("dim_anime_history", "current_rows_are_those_of_dim_anime", "delete from dim_anime where anime_key = 3", 1),
    (
        "dim_anime_history",
        "periods_follow_each_other",
        "update dim_anime_history set valid_to = '2015-01-01' where anime_key = 1 and version = 1",
        1,
    ),
    ("dim_anime_history", "periods_follow_each_other", "update dim_anime_history set is_current = true", 1),
    ("dim_anime_history", "periods_follow_each_other", "update dim_anime_history set version = 2 where version = 1", 4),
    (
        "dim_anime_history",
        "every_version_differs_from_the_one_before",
        "update dim_anime_history set changed = [] where version = 2",
        1,
    ),
]
