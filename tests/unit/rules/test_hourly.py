"""Which secrets an hourly run looks at, and in which order: every rule as a named case."""

import zlib
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from rotation.rules import hourly
from rotation.rules.hourly import in_turn
from rotation.rules.words import AttachedSecret
from tests.shared.dated import (
    ARN,
    DAY,
    HOUR,
    IN_GRACE,
    MINUTE,
    NOW,
    SECOND,
    attached,
)


def hours_of(arn: str, since: timedelta) -> list[int]:
    """Return the hours of a day at which a secret is looked at that was changed so long before."""
    times = (datetime(2026, 7, 1, hour, 59, tzinfo=UTC) for hour in range(24))
    return [
        now.hour
        for now in times
        if hourly.is_worth_a_look(attached(arn, now - since), IN_GRACE, now)
    ]


class TestWhatIsWorthALook:
    HOUR_OF_ARN = zlib.crc32(ARN.encode()) % 24

    @pytest.mark.parametrize(
        ("case", "since", "other_hours"),
        [
            ("it was changed just now", 0 * SECOND, 23),
            ("its grace has ended", DAY, 23),
            ("two days after its grace", 3 * DAY, 23),
            ("the list may be five minutes behind", 3 * DAY + 5 * MINUTE - SECOND, 23),
            ("then it rests", 3 * DAY + 5 * MINUTE, 0),
            ("for weeks", 30 * DAY, 0),
        ],
    )
    def test_every_hour_at_first_and_then_once_a_day(
        self, case: str, since: timedelta, other_hours: int
    ) -> None:
        looked = hours_of(ARN, since)
        assert self.HOUR_OF_ARN in looked, case
        assert len(looked) - 1 == other_hours, case

    def test_a_secret_without_a_date_is_always(self) -> None:
        times = (datetime(2026, 7, 1, hour, tzinfo=UTC) for hour in range(24))
        assert all(hourly.is_worth_a_look(attached(changed=None), IN_GRACE, now) for now in times)

    def test_the_hours_of_two_secrets_differ(self) -> None:
        hours = [hours_of(f"{ARN}{n}", 90 * DAY) for n in range(200)]
        assert {len(one) for one in hours} == {1}
        assert {hour for (hour,) in hours} == set(range(24))


class TestTheOrderOfSecrets:
    SECRETS = tuple(attached(f"{ARN}{n}") for n in range(40))

    def test_has_each_once(self) -> None:
        assert sorted(in_turn(self.SECRETS, NOW), key=lambda one: one.arn) == sorted(
            self.SECRETS, key=lambda one: one.arn
        )

    def test_stays_within_the_hour_and_does_not_depend_on_the_list(self) -> None:
        later = NOW + 40 * MINUTE
        assert (NOW.hour, in_turn(self.SECRETS, NOW)) == (
            later.hour,
            in_turn(reversed(self.SECRETS), later),
        )

    def test_brings_each_to_the_front_when_there_is_time_for_a_quarter(self) -> None:
        reached = {
            one.arn for hour in range(24) for one in in_turn(self.SECRETS, NOW + hour * HOUR)[:10]
        }
        assert reached == {one.arn for one in self.SECRETS}


def many(count: int, changed: datetime) -> list[AttachedSecret]:
    return [attached(f"{ARN}{n}", changed) for n in range(count)]


def hours_looked_at(secrets: list[AttachedSecret], hours: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {one.arn: [] for one in secrets}
    for hour in range(hours):
        for one in hourly.due(secrets, IN_GRACE, NOW + hour * HOUR):
            found[one.arn].append(hour)
    return found


class TestWhoseTurnItIs:
    @pytest.mark.parametrize(("count", "every"), [(100, 1), (101, 7), (350, 7), (351, 14)])
    def test_comes_as_often_as_a_run_has_time_for(self, count: int, every: int) -> None:
        # Two days: none of them rests yet.
        looked = hours_looked_at(many(count, NOW), 3 * every)
        assert {len(hours) for hours in looked.values()} == {3}
        gaps = {b - a for hours in looked.values() for a, b in pairwise(hours)}
        assert gaps == {every}

    def test_is_spread_evenly_over_the_hours(self) -> None:
        secrets = many(10_000, NOW)
        sizes = [len(hourly.due(secrets, IN_GRACE, NOW + hour * HOUR)) for hour in range(14)]
        assert set(sizes) == {714, 715}
        assert sum(sizes) == 10_000

    def test_is_not_put_off_when_more_or_fewer_were_changed(self) -> None:
        few, more = (hours_looked_at(many(count, NOW), 14) for count in (350, 10_000))
        rare = {arn: hours for arn, hours in more.items() if arn in few}
        assert rare.keys() == few.keys()
        sevens = [(hourly._hour_of(p, 700, 7), hourly._hour_of(p, 700, 14)) for p in range(700)]
        assert all(fourteen % 7 == seven for seven, fourteen in sevens)

    def test_leaves_time_for_those_that_rest(self) -> None:
        assert hourly._hours_between_looks(10_000, 0) == 14
        assert hourly._hours_between_looks(10_000, 240) == 28
        assert hourly._hours_between_looks(5000, 100_000) == 14, "half of the time is theirs"

    def test_of_one_that_rests_is_once_a_day_however_many_there_are(self) -> None:
        looked = hours_looked_at(many(150, NOW - 90 * DAY), 24)
        assert {len(hours) for hours in looked.values()} == {1}


class TestTheHourOfAnAge:
    def test_comes_before_a_day_is_over(self) -> None:
        hours = [hour for hour in range(70) if hourly.is_hour_of_age(attached(), NOW + hour * HOUR)]
        assert {b - a for a, b in pairwise(hours)} == {23}

    def test_is_not_the_same_for_all(self) -> None:
        now = [one for one in many(2300, NOW) if hourly.is_hour_of_age(one, NOW)]
        assert 70 <= len(now) <= 130

    @pytest.mark.parametrize(("count", "few"), [(0, True), (100, True), (101, False)])
    def test_is_every_hour_for_a_few(self, *, count: int, few: bool) -> None:
        assert hourly.are_few(many(count, NOW)) is few
