"""Real catalogues, where they are at hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.labelled import read_labelled
from matching.match import match
from matching.measure import Truth

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not (DATA / "identity" / "truth.csv").is_file(), reason="../shared/data is not here"),
]


@pytest.fixture(scope="module")
def labelled():
    """The records, and what is known of them."""
    records, works = read_labelled(DATA)
    return records, Truth(works)


def shuffled(records, share, seed):
    """The records with a share of all cross ids dealt out anew among those that had them."""
    random = np.random.default_rng(seed)
    chosen = [at for at, one in enumerate(records) if one.claimed and random.random() < share]
    out = list(records)
    for at, other in zip(chosen, random.permutation(chosen).tolist(), strict=True):
        out[at] = replace(records[at], claimed=records[other].claimed)
    return out


def test_real_catalogues_are_matched_without_cross_ids(labelled):
    """F1 at least 0.9985 on 32,000 records, few wrong pairs, little guessing; every record in exactly one anime.

    The shipped weights were learned on these very records, so this guards against regressions and says nothing
    about quality; honest figures come out of `python -m matching.train`.
    """
    records, truth = labelled
    result = match([replace(record, claimed=()) for record in records])
    figures = truth.measure(result.clusters)
    assert figures.f1 >= 0.9985
    assert figures.wrong <= 3
    assert figures.over_merged <= 2
    assert figures.strict_precision >= 0.991
    assert sorted(name for cluster in result.clusters for name in cluster) == sorted(one.name for one in records)


def test_cross_ids_help_and_wrong_ones_do_no_harm(labelled):
    """F1 at least 0.9990 with 2 in 100 of the ids shuffled: they are evidence, not orders."""
    records, truth = labelled
    figures = truth.measure(match(shuffled(records, 0.02, seed=5)).clusters)
    assert figures.f1 >= 0.9990
    assert figures.wrong <= 5
