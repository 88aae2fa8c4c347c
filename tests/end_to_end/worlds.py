"""Tiny recordings directories: the demo world made small, and parts of it."""

import csv
import gzip
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from demo.recordings import write_recordings
from demo.world import make_world

DAY_ONE, DAY_TWO = "20260701", "20260702"
#: Bad lines of a second day of MyAnimeList, with the words that tell what is wrong with each.
BAD_RECORDS = (
    ("this line is no JSON", "not a JSON object"),
    ('{"title": "Nobody Knows My Number"}', "id is missing"),
    ('{"id": 900001, "title": "In the Air", "media_type": "hologram"}', '"hologram"'),
    ('{"id": 900002, "title": "Told Twice", "media_type": "tv"}', "duplicate"),
)
GOOD_RECORD = '{"id": 900002, "title": "Told Twice, Corrected", "media_type": "tv"}'
#: Bad ratings of a user who has good ones.
BAD_RATINGS = (("900003,11,completed,", 'score is "11"'), ("900004,ten,completed,", 'score is "ten"'))


def make_small_world(directory: Path) -> Path:
    """A recordings directory of 60 anime in three sources and 40 users, with its deliberate bad rows."""
    write_recordings(directory, make_world(42, anime=60, users=40, ratings=190))
    return directory


def first_day(world: Path, directory: Path) -> Path:
    """The catalogues alone, as files of the first day."""
    for file in sorted(world.glob("catalogue/*/anime.jsonl.gz")):
        copy(file, directory / "catalogue" / file.parent.name / f"{DAY_ONE}.jsonl.gz")
    return directory


def second_day(world: Path, directory: Path) -> Path:
    """The first day's files, ratings, and a second day with a new record among bad ones."""
    first_day(world, directory)
    shutil.copytree(world / "ratings", directory / "ratings")
    lines = [*(text for text, _ in BAD_RECORDS), GOOD_RECORD]
    write_lines(directory / "catalogue" / "myanimelist" / f"{DAY_TWO}.jsonl.gz", lines)
    ratings = directory / "ratings" / "myanimelist_ratings.csv.gz"
    known = read_lines(ratings)
    user = known[1].split(",")[0]
    write_lines(ratings, [*known, *(f"{user},{text}" for text, _ in BAD_RATINGS)])
    return directory


def ratings_only(world: Path, directory: Path) -> Path:
    """Ratings of anime that no catalogue tells of."""
    shutil.copytree(world / "ratings", directory / "ratings")
    return directory


def only_planned(world: Path, directory: Path) -> Path:
    """All catalogues, and users who have watched nothing yet."""
    shutil.copytree(world / "catalogue", directory / "catalogue")
    for file in sorted(world.glob("ratings/*")):
        rewrite(file, directory / "ratings" / file.name, lambda row: {**row, "score": "", "status": "planned"})
    return directory


def one_source_three_users(world: Path, directory: Path) -> Path:
    """Kitsu alone, with the first three of its users, one of whom has only planned entries."""
    copy(world / "catalogue" / "kitsu" / "anime.jsonl.gz", directory / "catalogue" / "kitsu" / "anime.jsonl.gz")
    file = world / "ratings" / "kitsu_ratings.csv.gz"
    users = sorted({row["user_id"] for row in sound_rows(file)})[:3]

    def chosen(row: dict[str, str]) -> dict[str, str] | None:
        if row["user_id"] not in users:
            return None
        return {**row, "score": "", "status": "planned"} if row["user_id"] == users[0] else row

    rewrite(file, directory / "ratings" / file.name, chosen)
    return directory


def sound_rows(file: Path) -> list[dict[str, str]]:
    """The rows of a ratings file that have all fields, a user and a number for an id."""
    rows = csv.DictReader(read_lines(file))
    return [row for row in rows if None not in row.values() and row["user_id"].strip() and row_id(row).isdigit()]


def row_id(row: dict[str, str]) -> str:
    """The id of the rated anime, whatever its source."""
    return next(value for name, value in row.items() if name.endswith("_id") and name != "user_id")


def rewrite(file: Path, target: Path, change: Callable[[dict[str, str]], dict[str, str] | None]) -> None:
    """The sound rows of a ratings file, each changed, or left out where the change is None."""
    rows = [changed for row in sound_rows(file) if (changed := change(row)) is not None]
    write_lines(target, [",".join(rows[0]), *(",".join(row.values()) for row in rows)])


def copy(file: Path, target: Path) -> None:
    """The file under another name, its folder made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)


def read_lines(file: Path) -> list[str]:
    """The lines of a gzipped file."""
    return gzip.decompress(file.read_bytes()).decode().splitlines()


def write_lines(file: Path, lines: Iterable[str]) -> None:
    """A gzipped file of these lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))


def deliberate_bad_lines(world: Path) -> list[tuple[str, str]]:
    """Source and text of every bad row that the generator says it has put in."""
    rows = csv.DictReader((world / "identity" / "defects.csv").read_text(encoding="utf-8").splitlines())
    places = [(world / row["path"], int(row["line"])) for row in rows]
    return [(source_of(file), read_lines(file)[line - 1]) for file, line in places]


def source_of(file: Path) -> str:
    """Whose file it is: `catalogue/<source>/x` or `ratings/<source>_ratings.csv.gz`."""
    return file.name.split("_")[0] if file.parent.name == "ratings" else file.parent.name
