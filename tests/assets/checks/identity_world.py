"""The part of the tiny warehouse that says how good identity is, what people decided, and where keys lead."""

IDENTITY_TABLES: dict[str, tuple[str, list[str]]] = {
    "main.fact_match_override": (
        "file varchar, line integer, left_source varchar, left_source_id varchar, right_source varchar, "
        "right_source_id varchar, decision varchar, decided_at timestamptz, status varchar, remark varchar",
        [
            "'sql/seeds/match_overrides.csv', 2, 'anilist', '1', 'myanimelist', '10', 'same', "
            "'2026-01-01 00:00:00Z', 'in_force', 'In force.'"
        ],
    ),
    "intermediate.int_published_metric": (
        "metric varchar, scope varchar, value double, rule_version varchar",
        [
            "'precision_against_cross_ids', 'all', 0.999, 'one'",
            "'recall_against_cross_ids', 'all', 0.99, 'one'",
            "'over_merge_rate', 'all', 0.001, 'one'",
        ],
    ),
    "main.fact_match_metric": (
        "metric varchar, scope varchar, value double, numerator bigint, denominator bigint, rule_version varchar",
        [
            "'precision_against_cross_ids', 'all', 0.998, 998, 1000, 'two'",
            "'precision_against_cross_ids', 'anilist-kitsu', 0.5, 1, 2, 'two'",
            "'recall_against_cross_ids', 'all', 0.99, 990, 1000, 'two'",
            "'over_merge_rate', 'all', 0.001, 1, 1000, 'two'",
            "'review_queue_size', 'all', 5, 5, null, 'two'",
            "'review_queue_share', 'all', 0.0025, 5, 2000, 'two'",
            "'keys_changed_share', 'all', 0.02, 40, 2000, 'two'",
            "'keys_redirected_share', 'all', 0.1, 20, 200, 'two'",
        ],
    ),
    "main.vw_anime_key": (
        "anime_key bigint, current_anime_key bigint, state varchar",
        ["1, 1, 'living'", "2, 2, 'living'", "3, 3, 'living'", "4, 4, 'living'", "9, 1, 'merged'"],
    ),
}
#: (table, rule, what breaks it, how many rows then do).
IDENTITY_BREAKS: list[tuple[str, str, str, int]] = [
    ("fact_match_override", "no_line_is_stale", "update fact_match_override set status = 'stale'", 1),
    ("fact_match_override", "no_line_has_run_out", "update fact_match_override set status = 'expired'", 1),
    (
        "fact_match_override",
        "no_line_contradicts_another",
        "update fact_match_override set status = 'contradicted'",
        1,
    ),
    ("fact_match_override", "no_line_contradicts_another", "update fact_match_override set status = 'impossible'", 1),
    (
        "fact_match_metric",
        "precision_has_not_collapsed",
        "update fact_match_metric set value = 0.94 where metric like 'precision%'",
        1,
    ),
    (
        "fact_match_metric",
        "precision_has_not_collapsed",
        "update fact_match_metric set value = 0.94, denominator = 99 where metric like 'precision%'",
        0,
    ),
    (
        "fact_match_metric",
        "recall_has_not_collapsed",
        "update fact_match_metric set value = 0.89 where metric like 'recall%'",
        1,
    ),
    (
        "fact_match_metric",
        "few_anime_are_over_merged",
        "update fact_match_metric set value = 0.09 where metric = 'over_merge_rate'",
        1,
    ),
    (
        "fact_match_metric",
        "few_pairs_wait_for_a_person",
        "update fact_match_metric set value = 0.06 where metric like 'review%'",
        1,
    ),
    (
        "fact_match_metric",
        "few_records_changed_their_key",
        "update fact_match_metric set value = 0.06 where metric like 'keys_changed%'",
        1,
    ),
    (
        "fact_match_metric",
        "few_records_changed_their_key",
        "update fact_match_metric set numerator = 21 where metric like 'keys_redirected%'",
        1,
    ),
    (
        "fact_match_metric",
        "figures_are_about_those_published",
        "update fact_match_metric set value = 0.99 where metric like 'precision%'",
        1,
    ),
    (
        "fact_match_metric",
        "figures_are_about_those_published",
        "update fact_match_metric set value = 0.007 where metric = 'over_merge_rate'",
        1,
    ),
    (
        "vw_anime_key",
        "every_key_leads_to_an_anime",
        "update vw_anime_key set current_anime_key = 9 where anime_key = 9",
        1,
    ),
    ("vw_anime_key", "every_key_leads_to_an_anime", "delete from vw_anime_key where anime_key = 9", 1),
    ("vw_anime_key", "every_key_leads_to_an_anime", "update vw_anime_key set state = 'retired' where anime_key = 2", 1),
]
#: (table, check of its suite, what breaks it).
IDENTITY_FAULTS: list[tuple[str, str, str]] = [
    ("fact_match_override", "records_are_of_known_sources", "right_source = 'anidb'"),
    ("fact_match_override", "decisions_are_same_or_different", "decision = 'perhaps'"),
    ("fact_match_override", "every_line_says_what_became_of_it", "status = 'lost'"),
    ("fact_match_override", "every_line_says_what_became_of_it", "remark = ' '"),
    ("fact_match_metric", "figures_are_not_negative", "value = -1"),
    ("fact_match_metric", "figures_are_named", "scope = null"),
    ("vw_anime_key", "states_are_known", "state = 'gone'"),
    ("vw_anime_key", "states_are_known", "current_anime_key = null"),
]
