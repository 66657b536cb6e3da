"""What is left of an invocation, shared out so that an error is reported before the end."""

import pytest

from rotation.errors.function import OutOfTime
from rotation.ports import Deadline


@pytest.mark.parametrize(("left", "seconds"), [(63.0, 10), (23.0, 5), (7.0, 1), (900.0, 10)])
def test_a_request_gets_a_part_of_what_is_left(left: float, seconds: int) -> None:
    assert Deadline(lambda: left).share(0.25, most_seconds=10) == seconds


@pytest.mark.parametrize("left", [6.9, 3.0, 0.0, -1.0])
def test_no_request_begins_with_less_than_a_second(left: float) -> None:
    with pytest.raises(OutOfTime):
        Deadline(lambda: left).share(0.25, most_seconds=10)


def test_a_request_begins_only_when_it_ends_in_time() -> None:
    Deadline(lambda: 13.0).require(10)
    with pytest.raises(OutOfTime, match=r"9\.9 s"):
        Deadline(lambda: 12.9).require(10)


def test_a_part_of_the_time_ends_before_the_whole() -> None:
    left = 900.0
    whole = Deadline(lambda: left, reporting_seconds=10)
    part = whole.part(0.25)
    part.require(215)
    with pytest.raises(OutOfTime):
        part.require(215.1)
    left = 675.0
    whole.require(665)
    with pytest.raises(OutOfTime, match=r"0\.0 s"):
        part.require(1)
