"""Rows in order, whether or not their columns fit into one number."""

import numpy as np

from matching.ordering import in_order, ranks


def test_rows_stand_by_the_first_column_then_by_the_next():
    """Negative numbers come before positive ones."""
    assert in_order(np.array([2, -1, 2, 0]), np.array([1, 0, 0, 0])).tolist() == [1, 3, 2, 0]


def test_columns_too_wide_for_one_number_are_ordered_all_the_same():
    """Digests take up 64 bits each."""
    wide = np.array([2**62, -(2**62), 2**62], dtype=np.int64)
    assert in_order(wide, wide[::-1].copy(), np.array([1, 0, 0])).tolist() == [1, 2, 0]


def test_no_rows_have_an_order_too():
    """Nothing comes of nothing."""
    none = np.empty(0, dtype=np.int64)
    assert in_order(none, none).tolist() == []


def test_values_that_differ_by_less_than_a_hundred_thousandth_are_equal():
    """The tie decides between them."""
    assert ranks(np.array([0, 0]), np.array([1, 0]), np.array([0.500001, 0.5])).tolist() == [1, 0]
