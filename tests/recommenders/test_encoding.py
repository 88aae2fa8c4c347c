"""Features on a bell curve: where values go, what is unknown, what is left out, and that it comes back as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from recommenders.encoding import EDGE, Encoding
from recommenders.encoding import ROWS as ROWS_LOOKED_AT

#: A feature of all numbers to 100, one that is known of every other row, one that never changes, one never known.
ROWS = np.array([[n, n if n % 2 else np.nan, 7, np.nan] for n in range(101)], dtype=np.float32)
RNG = np.random.default_rng(1)


def test_a_value_goes_where_its_quantile_lies_on_a_bell_curve() -> None:
    """The median to the middle, the lowest and highest to the edges, and what lies beyond them no further."""
    encoded = Encoding.learn([ROWS], RNG).of(np.array([[50, 1, 7, 0], [-9, 1, 7, 0], [999, 1, 7, 0]], dtype=np.float32))
    assert encoded[:, 0].tolist() == pytest.approx([0, ndtri(EDGE), ndtri(1 - EDGE)], abs=1e-6)


def test_what_is_unknown_stands_in_the_middle_and_is_marked() -> None:
    """Two inputs for the feature that is known of some rows; those that tell nothing are none."""
    encoded = Encoding.learn([ROWS], RNG).of(ROWS)
    assert encoded.shape == (101, 3)
    assert encoded.dtype == np.float32
    assert encoded[:2, 1].tolist() == pytest.approx([0, ndtri(EDGE)], abs=1e-6)
    assert encoded[:2, 2].tolist() == [1, 0]


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 300), repeated=st.booleans())
def test_the_order_of_values_stays(seed: int, rows: int, repeated: bool) -> None:
    """Whatever the values, also where many are the same: what is larger is not encoded lower, and all is finite."""
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 5, (rows, 1)) if repeated else rng.standard_cauchy((rows, 1))
    encoded = Encoding.learn([table.astype(np.float32)], rng).of(np.sort(table, axis=0).astype(np.float32))
    assert np.isfinite(encoded).all()
    if encoded.shape[1]:
        assert (np.diff(encoded[:, 0]) >= 0).all()


def test_all_places_of_lists_are_looked_at() -> None:
    """Lists of 200 in which a value tells its place, twenty times as many rows as are drawn: not each twentieth."""
    places = np.tile(np.arange(200), 20 * ROWS_LOOKED_AT // 200)
    rng = np.random.default_rng(1)
    encoding = Encoding.learn([(places + rng.random(len(places))).astype(np.float32)[:, None]], rng)
    # of 60,000 draws a quantile is known to 0.005 on the bell curve (standard deviation)
    assert encoding.of(np.array([[50], [100], [150]], dtype=np.float32))[:, 0] == pytest.approx(
        [ndtri(EDGE + (1 - 2 * EDGE) * share) for share in (0.25, 0.5, 0.75)], abs=0.02
    )


def test_it_comes_back_as_it_was() -> None:
    """From arrays, of which each is one that a model's folder can hold."""
    encoding = Encoding.learn([ROWS[:40], ROWS[40:]], RNG)
    arrays = encoding.arrays()
    assert all(isinstance(values, np.ndarray) and values.dtype != object for values in arrays.values())
    np.testing.assert_array_equal(Encoding.from_arrays(arrays).of(ROWS), encoding.of(ROWS))
