"""Which secrets an hourly run looks at, and in which order: every rule as a named case."""

import zlib
from datetime import UTC, datetime, timedelta

import pytest

from rotation.rules import hourly
from rotation.rules.hourly import in_turn
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
