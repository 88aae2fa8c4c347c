"""The same records linked by splink on DuckDB, set up as its documentation advises for such data.

It is given every advantage that is not the project's own judgement: titles already taken apart into name and season,
dates as intervals, blocking by every title, trained on the records at hand by expectation maximisation, one-to-one
clustering, and the threshold that served it best.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.comparison_level_library import (
    ArrayIntersectLevel,
    CustomLevel,
    ElseLevel,
    NullLevel,
    PairwiseStringDistanceFunctionLevel,
)
from splink.internals.comparison_library import CustomComparison, JaroWinklerAtThresholds

from benchmarks.clock import clocked
from matching.corpus import FORMATS, MISSING, Corpus, build_corpus
from matching.records import AnimeRecord

Name = tuple[str, str]
#: probability from which a link is taken; demanding more costs splink recall and wins it no precision on recordings
THRESHOLD = 0.2
#: random pairs from which the share of each level among strangers is learned; ten times as many took ten times as
#: long and gave a lower F1
STRANGERS = 1e5
SEED = 42
PREFIX = 6


def link(records: Sequence[AnimeRecord], parts: dict[str, float]) -> tuple[list[list[Name]], int]:
    """Clusters with at most one record of a source each, and the number of pairs compared; fills in CPU seconds."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    with clocked(parts, "prepare"):
        tables = _tables(build_corpus(records))
        api = DuckDBAPI()
        inputs = [api.register(table, dataset_display_name=source) for source, table in tables.items()]
        linker = Linker(inputs, settings(), log_level=logging.ERROR)
    with clocked(parts, "train"):
        train(linker)
    with clocked(parts, "predict"):
        predictions = linker.inference.predict()
    with clocked(parts, "cluster"):
        clusters = linker.clustering.cluster_using_single_best_links(
            predictions, duplicate_free_datasets=list(tables), threshold_match_probability=THRESHOLD
        )
        rows = api.duckdb_con.table(clusters.physical_name).select("cluster_id, source_dataset, unique_id").fetchall()
    members: dict[str, list[Name]] = {}
    for cluster, source, ident in rows:
        members.setdefault(cluster, []).append((source, ident))
    pairs = api.duckdb_con.table(predictions.physical_name).count("*").fetchall()[0][0]
    return list(members.values()), pairs


def settings() -> SettingsCreator:
    """Which pairs are compared, and by what."""
    return SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=[
            block_on("names", arrays_to_explode=["names"]),
            block_on("prefixes", "year", arrays_to_explode=["prefixes"]),
            block_on("first_day", "episodes"),
        ],
        comparisons=[
            _names(),
            JaroWinklerAtThresholds("main_name", [0.97, 0.9, 0.8]),
            _season(),
            _start(),
            _episodes(),
            _format(),
        ],
        retain_matching_columns=False,
    )


def train(linker: Linker) -> None:
    """The probabilities of each level, learned without labels."""
    linker.training.estimate_probability_two_random_records_match([block_on("titles[1]", "year")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=STRANGERS, seed=SEED)
    # a comparison of columns that the rule names is left out of its round: first those of dates, then those of titles
    for rule in (block_on("first_day", "episodes"), block_on("titles[1]", "main_name")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)


def _names() -> CustomComparison:
    """How alike the best two titles are, series number included, then without it."""
    return CustomComparison(
        output_column_name="titles",
        comparison_levels=[
            NullLevel("titles"),
            ArrayIntersectLevel("titles", min_intersection=2),
            ArrayIntersectLevel("titles", min_intersection=1),
            PairwiseStringDistanceFunctionLevel("titles", "jaro_winkler", 0.95),
            ArrayIntersectLevel("names", min_intersection=1),
            PairwiseStringDistanceFunctionLevel("titles", "jaro_winkler", 0.88),
            ElseLevel(),
        ],
    )


def _season() -> CustomComparison:
    return CustomComparison(
        output_column_name="season",
        comparison_levels=[
            NullLevel("season"),
            CustomLevel("season_l = season_r and season_l > 1", "same later season"),
            CustomLevel("season_l = season_r", "both first"),
            ElseLevel(),
        ],
    )


def _start() -> CustomComparison:
    """Starts as intervals of days, since sources know them to the day, month, season or year."""
    gap = "greatest(first_day_l - last_day_r, first_day_r - last_day_l)"
    exact = "first_day_l = last_day_l and first_day_r = last_day_r"
    return CustomComparison(
        output_column_name="start",
        comparison_levels=[
            NullLevel("first_day"),
            CustomLevel(f"{exact} and {gap} = 0", "same day"),
            CustomLevel(f"{gap} <= 0 and last_day_l - first_day_l < 100 and last_day_r - first_day_r < 100", "season"),
            CustomLevel(f"{gap} <= 0", "year"),
            CustomLevel(f"{gap} <= 31", "within a month"),
            CustomLevel(f"{gap} <= 366", "within a year"),
            ElseLevel(),
        ],
    )


def _episodes() -> CustomComparison:
    return CustomComparison(
        output_column_name="episodes",
        comparison_levels=[
            NullLevel("episodes"),
            CustomLevel("episodes_l = episodes_r and episodes_l > 1", "same number"),
            CustomLevel("episodes_l = episodes_r", "one each"),
            CustomLevel("abs(episodes_l - episodes_r) <= 2", "nearly"),
            ElseLevel(),
        ],
    )


def _format() -> CustomComparison:
    family = "case when {} in ('TV', 'TV_SHORT', 'ONA') then 1 when {} in ('OVA', 'SPECIAL') then 2 else 3 end"
    left, right = (family.format(column, column) for column in ("format_l", "format_r"))
    return CustomComparison(
        output_column_name="format",
        comparison_levels=[
            NullLevel("format"),
            CustomLevel("format_l = format_r", "same"),
            CustomLevel(f"{left} = {right}", "same family"),
            ElseLevel(),
        ],
    )


def _tables(corpus: Corpus) -> dict[str, pa.Table]:
    """One table per source: its records with their names, numbers and start."""
    titles = corpus.titles
    rows: dict[str, list[dict[str, object]]] = {source: [] for source in corpus.sources}
    for at, record in enumerate(corpus.records):
        span = range(corpus.first[at], corpus.first[at + 1])
        names = list(dict.fromkeys(titles.base[row] for row in span))
        low, high = int(corpus.low[at]), int(corpus.high[at])
        rows[record.source].append(
            {
                "unique_id": record.source_id,
                "source_dataset": record.source,
                "titles": list(dict.fromkeys(titles.full[row] for row in span)) or None,
                "names": names or None,
                "prefixes": list(dict.fromkeys(name[:PREFIX] for name in names)) or None,
                "main_name": titles.base[span[0]] if span else None,
                "season": max((max(int(titles.season[row]), 1) for row in span), default=None),
                "first_day": None if low == MISSING else low,
                "last_day": None if high == MISSING else high,
                "year": None if corpus.year[at] == MISSING else int(corpus.year[at]),
                "episodes": record.episodes,
                "format": record.format if record.format in FORMATS[1:] else None,
            }
        )
    return {source: pa.Table.from_pylist(members, schema=_SCHEMA) for source, members in rows.items()}


_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("unique_id", "source_dataset", "main_name", "format")]
    + [(name, pa.list_(pa.string())) for name in ("titles", "names", "prefixes")]
    + [(name, pa.int64()) for name in ("season", "first_day", "last_day", "year", "episodes")]
)
