"""How old a key is, and how late a rotation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rotation.rules.freshness import assess, list_tells_overdue
from rotation.rules.words import AttachedSecret

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def ago(days: float) -> datetime:
    return NOW - days * DAY


def secret(
    *,
    enabled: bool = True,
    due: datetime | None = None,
    rotated: datetime | None = None,
    expression: str | None = "rate(30 days)",
    every_days: int | None = None,
) -> AttachedSecret:
    return AttachedSecret("arn", "name", enabled, due, rotated, expression, every_days)


@pytest.mark.parametrize(
    ("created", "days"),
    [(ago(40.5), 40.5), (NOW, 0.0), (NOW + HOUR, 0.0), (None, None)],
    ids=["some time ago", "now", "by a clock that is ahead", "not known"],
)
def test_a_key_is_as_old_as_its_version(created: datetime | None, days: float | None) -> None:
    assert assess(secret(), created, NOW).key_age_days == days


END_OF_DAY = timedelta(hours=12) - timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("found", "created", "overdue", "case"),
    [
        (secret(), ago(400), 0, "no date and never rotated"),
        (secret(due=NOW + DAY), ago(400), 0, "AWS's date is to come"),
        (secret(due=ago(2)), ago(32), 2, "AWS's date is past"),
        (secret(due=NOW - HOUR), ago(30), 0, "by an hour only: it may be under way"),
        (secret(due=NOW - 1.5 * HOUR), ago(30), 1.5 / 24, "by more than an hour"),
        (secret(enabled=False, due=ago(2), rotated=ago(90)), ago(90), 0, "switched off"),
        (secret(due=NOW + DAY, rotated=ago(31)), ago(31), 0, "the schedule's day has its slack"),
        (
            secret(due=NOW + DAY, rotated=ago(40)),
            ago(40),
            9 - END_OF_DAY / DAY,
            "AWS's date has moved on, though nothing rotated for more than an interval",
        ),
        (secret(due=NOW + DAY, rotated=ago(40)), ago(3), 0, "a value was put by hand since"),
        (secret(due=NOW + DAY, rotated=ago(40)), None, 9 - END_OF_DAY / DAY, "age unknown"),
        (secret(due=NOW + DAY), ago(40), 0, "attached to an old secret, not rotated yet"),
        (
            secret(due=NOW + DAY, rotated=ago(3), expression="rate(12 hours)"),
            ago(3),
            1 - END_OF_DAY / DAY,
            "a rate in hours",
        ),
        (
            secret(rotated=ago(40), expression="cron(0 4 1 * ? *)", every_days=30),
            ago(40),
            0,
            "cron",
        ),
        (
            secret(due=NOW + DAY, rotated=ago(40), expression=None, every_days=30),
            ago(40),
            9 - END_OF_DAY / DAY,
            "AutomaticallyAfterDays alone",
        ),
        (secret(rotated=ago(40), expression=None), ago(40), 0, "no rules at all"),
        (secret(rotated=ago(400), expression="rate(many days)"), ago(40), 0, "an unknown rule"),
    ],
)
def test_a_rotation_is_overdue(
    found: AttachedSecret, created: datetime | None, overdue: float, case: str
) -> None:
    assert assess(found, created, NOW).days_overdue == pytest.approx(overdue), case


@pytest.mark.parametrize(
    ("found", "attention"),
    [(secret(due=NOW + DAY), False), (secret(due=ago(2)), True), (secret(enabled=False), True)],
)
def test_what_is_overdue_or_switched_off_needs_attention(
    found: AttachedSecret,
    attention: bool,  # noqa: FBT001
) -> None:
    assert assess(found, NOW, NOW).needs_attention is attention
    assert assess(found, NOW, NOW).rotation_disabled is not found.rotation_enabled


def listed(**fields: object) -> AttachedSecret:
    """Return a secret with a version, of which the list tells when it was last modified."""
    told = {"last_changed": ago(40), "current_version": "v1"} | fields
    return replace(secret(due=NOW + DAY, rotated=ago(40)), **told)  # type: ignore[arg-type]


class TestWhatTheListAloneTells:
    @pytest.mark.parametrize(
        ("case", "found", "days"),
        [
            ("no version is newer than the last modification", listed(), 40),
            ("by a clock that is ahead", listed(last_changed=NOW + HOUR), 0),
            ("without a date", listed(last_changed=None), None),
            ("without a version there is no key", listed(current_version=None), None),
        ],
    )
    def test_is_how_old_a_key_is_at_least(
        self, case: str, found: AttachedSecret, days: float | None
    ) -> None:
        told = assess(found, None, NOW)
        assert (told.key_age_days, told.at_least_days) == (None, days), case

    def test_is_less_than_its_age_once_that_is_read(self) -> None:
        assert assess(listed(), ago(50), NOW).at_least_days == 50

    @pytest.mark.parametrize(
        ("case", "found", "tells"),
        [
            ("overdue, and nothing was modified since the rotation", listed(), True),
            ("overdue, unless the modification was a value put by hand", "by hand", False),
            ("not overdue, whatever was put since", listed(last_rotated=ago(3)), True),
            ("AWS's date is past", listed(next_rotation=ago(2), last_changed=ago(1)), False),
            ("AWS's date is the earlier one", listed(next_rotation=ago(20)), True),
            ("it was never rotated", listed(last_rotated=None, next_rotation=None), True),
            ("switched off", listed(rotation_enabled=False, last_changed=NOW), True),
            ("without a date", listed(last_changed=None), False),
            ("without a version", listed(current_version=None), False),
        ],
    )
    def test_is_how_late_a_rotation_is_where_both_ends_agree(
        self, *, case: str, found: AttachedSecret | str, tells: bool
    ) -> None:
        one = listed(last_changed=ago(3)) if isinstance(found, str) else found
        assert list_tells_overdue(one, NOW) is tells, case

    @pytest.mark.parametrize("changed", [0.5, 3, 9, 31, 40, 41])
    @pytest.mark.parametrize("rotated", [3, 31, 40, 90])
    @pytest.mark.parametrize("due", [-1, 2, 20])
    def test_agrees_with_every_age_that_is_possible(
        self, changed: float, rotated: float, due: float
    ) -> None:
        one = listed(last_changed=ago(changed), last_rotated=ago(rotated), next_rotation=ago(due))
        if list_tells_overdue(one, NOW):
            ages = (changed + step * (rotated - changed) / 9 for step in range(10))
            possible = {assess(one, ago(age), NOW).days_overdue for age in ages if age >= changed}
            assert possible <= {assess(one, None, NOW).days_overdue}
