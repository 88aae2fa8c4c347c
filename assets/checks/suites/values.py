"""The words and patterns that tables agree on, as design.md and the mapping between sources name them."""

SOURCES = ("anilist", "kitsu", "myanimelist")
FORMATS = ("TV", "MOVIE", "OVA", "ONA", "SPECIAL", "MUSIC", "PROMO", "UNKNOWN")
STATUSES = ("FINISHED", "AIRING", "UPCOMING", "CANCELLED", "HIATUS")
SEASONS = ("WINTER", "SPRING", "SUMMER", "FALL")
PRECISIONS = ("day", "month", "season", "year")
LIST_STATUSES = ("watching", "completed", "on_hold", "dropped", "planned")
COHORTS = ("control", "treatment_a", "treatment_b")
MATCH_METHODS = ("title_and_date", "cross_id", "override", "single", "rating_only")
DECISIONS = ("match", "review", "no_match")
CROSS_ID_VERDICTS = ("agrees", "contradicts", "absent")
RELATION_VERDICTS = ("better_relative", "other_side", "same_side", "absent")
FRANCHISE_EVIDENCE = ("relation", "title")
KEY_EVENTS = ("born", "joined", "merged_into", "split_from", "retired", "revived", "left", "returned")

#: Every source numbers its anime from 1, without leading zeros.
SOURCE_ID = r"^[1-9][0-9]{0,17}$"
#: IMDb numbers its titles with at least seven digits.
IMDB_ID = r"^tt[0-9]{7,10}$"
#: Something a person can see: not empty, not only spaces.
VISIBLE = r"\S"
#: The oldest known anime is of 1907; announcements reach a few years ahead.
YEARS = (1900, 2100)
#: Keys are small enough to be exact in JSON and JavaScript.
LARGEST_KEY = 2**53 - 1
