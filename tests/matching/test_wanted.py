"""Works wanted: a name that many seekers want is held once, for as long as somebody wants it."""

from __future__ import annotations

import numpy as np
import pytest

from matching.wanted import NONE, WantedWorks


@pytest.fixture
def wanted():
    """Three seekers, two of whom want to be an electrician."""
    made = WantedWorks(4)
    made.put(1, ("电工", "焊工"))
    made.put(2, ("电工",))
    made.put(3, ())
    made.put_rows(["电工", "焊工", "电工"], np.eye(4, dtype=np.float32)[:3])
    return made


def test_wanted_works_of_two_who_want_the_same_are_one(wanted):
    """The number and the vector are the same; the first vector stays."""
    of = wanted.of(np.array([1, 2, 3])).T

    assert of[0, 0] == of[1, 0] != NONE
    assert set(of[2].tolist()) == {NONE}
    assert [wanted.name(number) for number in of[0, :2]] == ["电工", "焊工"]
    assert len(wanted.vectors) == 2
    np.testing.assert_array_equal(wanted.rows_of(1), np.eye(4)[:2])
    np.testing.assert_array_equal(wanted.rows_of(2), np.eye(4)[:1])


def test_wanted_works_nobody_has_any_more_are_forgotten(wanted):
    """A wish lasts until the last who has it changes or leaves; its vector goes with it."""
    wanted.put(1, ("焊工",))
    kept = len(wanted.vectors)
    wanted.drop(2)
    wanted.drop(2)
    wanted.put_rows(["电工"], np.eye(4, dtype=np.float32)[3:])

    assert kept == 2
    assert len(wanted.vectors) == 1
    np.testing.assert_array_equal(wanted.rows_of(1), np.eye(4)[1:2])
    assert len(wanted.rows_of(2)) == 0


def test_wanted_works_here_are_each_seeker_once(wanted):
    """Who is asked for twice is here once; who left or never came is not."""
    wanted.drop(2)

    assert sorted(wanted.here([3, 1, 2, 1, 77_000, -5]).tolist()) == [1, 3]
