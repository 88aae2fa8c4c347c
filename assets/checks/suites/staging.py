"""Suites of the staging tables: each source's records in the project's own words and units."""

from assets.checks.expectations import ColumnCheck, between, one_of, positive, stated
from assets.checks.suites.common import (
    FIGURES_ARE_COUNTS,
    IDS_ARE_OF_IMDB,
    IDS_ARE_WHOLE_NUMBERS,
    LIST_STATUSES_ARE_KNOWN,
    MEAN_SCORES_ARE_0_TO_100,
    POINTERS_ARE_STATED,
    STATUSES_ARE_KNOWN,
    scores_are_0_to_100,
)
from assets.checks.suites.values import FORMATS, SOURCES

#: Whose records each service's catalogue holds, and whose reviews it tells.
CATALOGUE_SERVICES = {**{source: source for source in SOURCES}, "jikan": "myanimelist"}
REVIEW_SERVICES = {"anilist": "anilist", "kitsu": "kitsu", "jikan": "myanimelist"}
#: The best a user can give at each source, on its own scale; 0 stands for unrated there and is null here.
HIGHEST_SCORES = {"anilist": 100, "kitsu": 20, "myanimelist": 10}

ITEMS_ARE_STATED = ColumnCheck(
    "payload_pointers_are_stated",
    "Every row names the landed file, the line, and the place in the response on that line.",
    stated("payload_path", "payload_line", "payload_item"),
)


def record_checks() -> tuple[ColumnCheck, ...]:
    """The suite of stg_<source>__anime_records: every landed version of each record, with its figures."""
    return (IDS_ARE_WHOLE_NUMBERS, MEAN_SCORES_ARE_0_TO_100, FIGURES_ARE_COUNTS, POINTERS_ARE_STATED)


def anime_checks(source: str) -> tuple[ColumnCheck, ...]:
    """The suite of stg_<source>__anime: the newest version of each record."""
    return (
        ColumnCheck("source_is_its_own", f"Every record is one of {source}.", one_of("source", [source])),
        IDS_ARE_WHOLE_NUMBERS,
        ColumnCheck(
            "formats_are_known",
            "Every record has one of the project's formats, UNKNOWN where the source states none.",
            stated("format") + one_of("format", FORMATS),
        ),
        STATUSES_ARE_KNOWN,
        ColumnCheck(
            "episodes_and_durations_are_positive",
            "An unknown number of episodes or minutes is null, never 0.",
            between(1, None, "episodes") + positive("duration_minutes"),
        ),
        MEAN_SCORES_ARE_0_TO_100,
        FIGURES_ARE_COUNTS,
        POINTERS_ARE_STATED,
    )


def list_entry_checks(source: str) -> tuple[ColumnCheck, ...]:
    """The suite of stg_<source>__list_entries: every version of each entry that crawls were given."""
    return (
        IDS_ARE_WHOLE_NUMBERS,
        *(check for check in rating_checks(source) if check is not POINTERS_ARE_STATED),
        ITEMS_ARE_STATED,
    )


def review_checks(source: str) -> tuple[ColumnCheck, ...]:
    """The suite of stg_<service>__reviews; `source` is whose reviews they are."""
    return (
        ColumnCheck("source_is_its_own", f"Every review is one of {source}.", one_of("source", [source])),
        IDS_ARE_WHOLE_NUMBERS,
        scores_are_0_to_100("score"),
        ColumnCheck("texts_are_stated", "Every review has its text, if only an empty one.", stated("body")),
        ITEMS_ARE_STATED,
    )


def rating_checks(source: str) -> tuple[ColumnCheck, ...]:
    """The suite of stg_<source>__ratings: the entries of the lists that count."""
    high = HIGHEST_SCORES[source]
    return (
        ColumnCheck(
            "scores_fit_the_scale",
            f"Scores lie on {source}'s own scale, above 0 to {high}; unrated is null, never 0.",
            positive("source_score", highest=high),
        ),
        LIST_STATUSES_ARE_KNOWN,
        POINTERS_ARE_STATED,
    )


IMDB_TITLES = (
    IDS_ARE_OF_IMDB,
    scores_are_0_to_100("imdb_score"),
    ColumnCheck("votes_are_not_negative", "Votes are numbers of users.", between(0, None, "votes")),
    ColumnCheck("titles_can_be_read", "Every title has a name.", stated("primary_title")),
    POINTERS_ARE_STATED,
)

STAGING: dict[str, tuple[ColumnCheck, ...]] = {
    **{f"stg_{service}__anime_records": record_checks() for service in CATALOGUE_SERVICES},
    **{f"stg_{service}__anime": anime_checks(source) for service, source in CATALOGUE_SERVICES.items()},
    **{f"stg_{source}__ratings": rating_checks(source) for source in SOURCES},
    **{f"stg_{source}__list_entries": list_entry_checks(source) for source in SOURCES},
    **{f"stg_{service}__reviews": review_checks(source) for service, source in REVIEW_SERVICES.items()},
    "stg_imdb__titles": IMDB_TITLES,
}
