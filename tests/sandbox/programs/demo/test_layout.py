"""Ticks at round numbers, and names that do not overlap."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.programs.demo.layout import spread, tick_seconds


@pytest.mark.parametrize(
    ("length", "seconds"),
    [(0.5, 1), (6.2, 1), (12, 1), (12.1, 2), (24, 2), (25, 5), (60, 5), (61, 10), (600, 10)],
)
def test_ticks_are_1_2_5_or_10_seconds_apart_by_the_length(length: float, seconds: int) -> None:
    assert tick_seconds(length) == seconds


def test_names_stay_where_there_is_room() -> None:
    assert spread([10, 40, 90], 20, 100) == [10, 40, 90]


def test_names_move_to_the_right_and_from_the_end_back() -> None:
    assert spread([10, 11, 12], 20, 100) == [10, 30, 50]
    assert spread([10, 95, 99, 100], 20, 100) == [10, 60, 80, 100]


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=25).map(sorted))
def test_names_are_apart_and_in_the_picture(wanted: list[float]) -> None:
    places = spread(wanted, 20, 1000)
    assert all(after - before > 19.99 for before, after in pairwise(places))
    assert places[-1] <= 1000
    assert places[0] >= 0
