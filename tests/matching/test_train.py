"""Learning from labelled records."""

import csv
import gzip
import json

import numpy as np
import pytest

from matching.corpus import build_corpus
from matching.errors import TrainingError
from matching.labelled import read_labelled
from matching.learning import franchises
from matching.match import match
from matching.measure import Truth
from matching.train import Recipe, main, prepare, train
from matching.weights import load_weights, weights_from_json
from tests.matching.worlds import record, world

QUICK = Recipe(folds=2, first_rounds=12, second_rounds=8, replicas=1)


def write(directory, records, works):
    """A recordings directory of invented records, MyAnimeList and Kitsu only in part."""
    anilist = [
        {
            "id": int(one.source_id), "idMal": None, "format": one.format, "episodes": one.episodes, "synonyms": [],
            "title": {"romaji": one.titles[0], "english": None, "native": None},
            "startDate": {"year": one.start_year, "month": one.start_date.month, "day": one.start_date.day},
        }
        for one in records if one.source == "anilist"
    ]  # fmt: skip
    kitsu = [
        {
            "id": one.source_id, "type": "anime",
            "attributes": {
                "canonicalTitle": one.titles[0], "subtype": "TV", "slug": None, "episodeCount": one.episodes,
                "startDate": one.start_date.isoformat(),
            },
        }
        for one in records if one.source == "kitsu"
    ]  # fmt: skip
    myanimelist = [
        {
            "id": int(one.source_id), "title": one.titles[0], "media_type": "tv", "num_episodes": one.episodes,
            "alternative_titles": {"en": one.titles[1], "ja": "", "synonyms": []}, "start_date": str(one.start_year),
        }
        for one in records if one.source == "myanimelist"
    ]  # fmt: skip
    for source, rows in (("anilist", anilist), ("kitsu", kitsu), ("myanimelist", myanimelist)):
        path = directory / "catalogue" / source / "anime.jsonl.gz"
        path.parent.mkdir(parents=True)
        with gzip.open(path, "wt") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows)
    (directory / "identity").mkdir()
    with (directory / "identity" / "truth.csv").open("w", newline="") as handle:
        table = csv.DictWriter(handle, ["myanimelist_id", "anilist_id", "kitsu_id"])
        table.writeheader()
        table.writerows({f"{source}_id": ident for source, ident in work.items()} for work in works)


def test_what_is_learned_is_repeatable_and_better_than_nothing():
    """Same records, recipe and seed, same numbers; and they match an unseen world."""
    lesson = prepare(*world(250, seed=4), QUICK)
    weights, figures = train(lesson, QUICK)
    again, _ = train(lesson, QUICK)
    assert weights.as_json() == again.as_json()
    assert figures.f1 > 0.9
    records, works = world(150, seed=9)
    found = match(records, weights=weights_from_json(weights.as_json())).clusters
    assert Truth(works).measure(found).f1 > 0.9


def test_a_franchise_never_lies_in_two_folds():
    """Records that share a name before the subtitle, or are one work, are one group."""
    corpus = build_corpus(
        [
            record("a", "1", "Hanabi: Aki"),
            record("a", "2", "Hanabi: Haru"),
            record("b", "1", "Blume"),
            record("b", "2", "Kaze"),
        ]
    )
    groups = franchises(corpus, np.array([[1, 2]]))
    assert groups[0] == groups[1] == groups[2] != groups[3]


def test_the_command_writes_weights_that_load(tmp_path, capsys):
    """From a recordings directory to a file, with its honest figures."""
    write(tmp_path, *world(200, seed=4))
    assert main([str(tmp_path), "--output", str(tmp_path / "w.json")], QUICK) == 0
    assert load_weights(tmp_path / "w.json").rule_version in capsys.readouterr().out


def test_without_truth_or_records_nothing_can_be_learned(tmp_path, capsys):
    """The message names what is missing; the command ends with status 2."""
    assert main([str(tmp_path)]) == 2
    assert "truth.csv" in capsys.readouterr().err
    with pytest.raises(TrainingError, match="known pairs"):
        prepare([record()], [], QUICK)


def test_a_broken_line_is_named(tmp_path):
    """File and line."""
    write(tmp_path, *world(3, seed=4))
    with gzip.open(tmp_path / "catalogue" / "kitsu" / "anime.jsonl.gz", "wt") as lines:
        lines.write("{")
    with pytest.raises(TrainingError, match=r"kitsu.*line 1"):
        read_labelled(tmp_path)
