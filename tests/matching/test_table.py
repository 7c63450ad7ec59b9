"""Rows of 4 bits a number: what is packed comes out again."""

import numpy as np

from matching.table import packed, unpacked


def test_packed_rows_come_out_again():
    """Every number from 0 to 15 in either half of a byte."""
    numbers = np.random.default_rng(0).integers(0, 16, (50, 8)).astype(np.uint8)

    rows = packed(numbers)

    assert rows.nbytes * 2 == numbers.nbytes
    np.testing.assert_array_equal(unpacked(rows), numbers)
