"""Learning from labelled records."""

import csv
import gzip
import json
import random
from dataclasses import replace

import numpy as np
import pytest

from matching.corpus import build_corpus
from matching.crossids import AGREES
from matching.dimming import Dimming
from matching.errors import TrainingError
from matching.labelled import read_labelled
from matching.learning import franchises
from matching.lesson import Recipe, prepare
from matching.match import match
from matching.measure import DIFFERENT, SAME, Truth
from matching.train import main, train, train_on_claims
from matching.weights import load_weights, weights_from_json
from tests.matching.worlds import record, world

QUICK = Recipe(folds=2, first_rounds=12, second_rounds=8, replicas=1, dimmings=(Dimming(0.5, 0.3),))


def silent(_: str) -> None:
    """Progress that nobody reads."""


def claims_made(records, works, between=("anilist", "myanimelist"), wrong=0):
    """The records of the first source naming their work's record in the second; the first few name the next one's."""
    target = {(between[0], work[between[0]]): work[between[1]] for work in works if set(between) <= set(work)}
    names, idents = list(target), list(target.values())
    idents[:wrong] = idents[1 : wrong + 1]
    claims = {name: ((between[1], ident),) for name, ident in zip(names, idents, strict=True)}
    return [replace(one, claimed=claims.get(one.name, ())) for one in records]


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
    lesson = prepare(*world(250, seed=4), QUICK, silent)
    learned = train(lesson, QUICK, silent)
    assert learned.weights.as_json() == train(lesson, QUICK, silent).weights.as_json()
    assert learned.figures.f1 > 0.9
    assert learned.weights.rule_version == weights_from_json(learned.weights.as_json()).rule_version
    records, works = world(150, seed=9)
    found = match(records, weights=weights_from_json(learned.weights.as_json())).clusters
    assert Truth(works).measure(found).f1 > 0.9


def test_the_order_of_records_teaches_nothing():
    """Shuffled records give the same weights."""
    records, works = world(200, seed=4)
    shuffled = random.Random(7).sample(records, len(records))
    one, other = (train(prepare(given, works, QUICK, silent), QUICK, silent) for given in (records, shuffled))
    assert one.weights.as_json() == other.weights.as_json()


def test_ids_that_records_name_are_labels_enough():
    """A few wrong ones spoil little, and sources that nobody links are judged by what the others teach."""
    records, works = world(260, seed=4)
    heard: list[str] = []
    learned = train_on_claims(claims_made(records, works, wrong=4), progress=heard.append, recipe=QUICK)
    assert list(learned.source_pairs) == [("anilist", "myanimelist")]
    assert sum(learned.source_pairs.values()) == learned.labelled_pairs
    assert learned.figures.right + learned.figures.missed == learned.labelled_pairs
    assert len(heard) > 2
    kitsu = [{source: work[source] for source in ("anilist", "kitsu") if source in work} for work in works]
    present = [one for one in records if one.source != "myanimelist"]
    assert Truth(kitsu).measure(match(present, weights=learned.weights).clusters).f1 > 0.9


def test_the_ids_are_hidden_from_what_is_learned():
    """Evidence and figures are those of records that name nothing."""
    records, works = world(200, seed=4)
    claiming = claims_made(records, works)
    lesson, blind = (prepare(given, works, QUICK, silent) for given in (claiming, records))
    assert np.array_equal(lesson.evidence.values, blind.evidence.values, equal_nan=True)


def test_a_share_of_ids_is_wrong_while_their_worth_is_learned():
    """The pairs that wrong ids name are among the candidates, and known to be different."""
    records, works = world(200, seed=4)
    lesson = prepare(records, works, replace(QUICK, shuffled=0.5), silent)
    told = lesson.label[lesson.claim == AGREES]
    assert (told == SAME).sum() > 50
    assert (told == DIFFERENT).sum() > 50


def test_too_few_ids_teach_nothing():
    """The message counts them."""
    records, works = world(60, seed=4)
    with pytest.raises(TrainingError, match="100 are needed"):
        train_on_claims(claims_made(records, works), progress=silent, recipe=QUICK)


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
        prepare([record()], [], QUICK, silent)


def test_a_broken_line_is_named(tmp_path):
    """File and line."""
    write(tmp_path, *world(3, seed=4))
    with gzip.open(tmp_path / "catalogue" / "kitsu" / "anime.jsonl.gz", "wt") as lines:
        lines.write("{")
    with pytest.raises(TrainingError, match=r"kitsu.*line 1"):
        read_labelled(tmp_path)
