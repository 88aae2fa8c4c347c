"""Real catalogues, where they are at hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from matching.labelled import read_labelled
from matching.match import match
from matching.measure import Truth

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.real_data
@pytest.mark.skipif(not (DATA / "identity" / "truth.csv").is_file(), reason="../shared/data is not here")
def test_real_catalogues_are_matched_without_cross_ids():
    """F1 at least 0.97 on 32,000 records, few wrong pairs, little guessing; every record in exactly one anime.

    The shipped weights were learned on these very records, so this guards against regressions and says nothing
    about quality; honest figures come out of `python -m matching.train`.
    """
    records, works = read_labelled(DATA)
    result = match([replace(record, claimed=()) for record in records])
    figures = Truth(works).measure(result.clusters)
    assert figures.f1 >= 0.997
    assert figures.wrong <= 10
    assert figures.strict_precision >= 0.99
    assert sorted(name for cluster in result.clusters for name in cluster) == sorted(one.name for one in records)
