"""How old a secret's key is, and how late its rotation: pure rules, no I/O, no clock."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from rotation.rules.words import AttachedSecret

_RATE = re.compile(r"\s*rate\(\s*([0-9]{1,6})\s+(hour|day)s?\s*\)\s*")
_DAY = timedelta(days=1)
# A rotation that begins in the window's last minute takes a while, and ListSecrets may be five
# minutes behind. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True)
class Freshness:
    """What is to be reported of one secret, in days. ``key_age_days`` is None when unknown.

    ``at_least_days`` is how old the key is for certain, None when nothing is: its age, or what
    the list alone tells.
    """

    key_age_days: float | None
    days_overdue: float
    rotation_disabled: bool
    at_least_days: float | None = None

    @property
    def needs_attention(self) -> bool:
        """Whether a person should look at the secret."""
        return self.rotation_disabled or self.days_overdue > 0


def assess(secret: AttachedSecret, key_created: datetime | None, now: datetime) -> Freshness:
    """Tell how old the key is and how late a rotation.

    ``key_created`` is the CreatedDate of the AWSCURRENT version, None when it is not known. A
    value that a person put in place counts as new, whatever the age of the key in it.
    """
    age = None if key_created is None else max(_days(now - key_created), 0.0)
    due = _due(secret, key_created) if secret.rotation_enabled else None
    late = due is not None and now > due + _PATIENCE
    overdue = _days(now - due) if late and due is not None else 0.0
    at_least = age
    if age is None and secret.current_version is not None and secret.last_changed is not None:
        # No version is newer than the secret's last modification.
        at_least = max(_days(now - secret.last_changed), 0.0)
    return Freshness(age, overdue, not secret.rotation_enabled, at_least)


def list_tells_overdue(secret: AttachedSecret, now: datetime) -> bool:
    """Tell whether ``days_overdue`` is the same, whenever the AWSCURRENT version was created.

    That was before the last modification. A later date can only put off when a rotation is due,
    so that both ends say the same of all between. A secret without AWSCURRENT, or without dates,
    has to be read.
    """
    if secret.current_version is None or secret.last_changed is None:
        return False
    ends = (assess(secret, created, now) for created in (None, secret.last_changed))
    return len({one.days_overdue for one in ends}) == 1


def _due(secret: AttachedSecret, key_created: datetime | None) -> datetime | None:
    """Return the earlier of AWS's date and the schedule's own, None when there is neither."""
    dates = (secret.next_rotation, _due_by_schedule(secret, key_created))
    return min((date for date in dates if date is not None), default=None)


def _due_by_schedule(secret: AttachedSecret, key_created: datetime | None) -> datetime | None:
    """Return when the latest rotation is one interval and a day ago, at the end of that day.

    AWS says that NextRotationDate may be in the past when rotations failed, and not that it
    always is; where it moves on, this date still stands. A value put by hand counts as a rotation,
    as it does for AWS. A secret that never rotated has no such date, and neither has a cron
    schedule, whose gaps differ.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
    """
    span = interval(secret)
    if span is None or secret.last_rotated is None:
        return None
    latest = max(secret.last_rotated, key_created or secret.last_rotated)
    # A rate in days has its window open until the end of the UTC day.
    return datetime.combine(latest + span + _DAY, time.max, tzinfo=latest.tzinfo)


def interval(secret: AttachedSecret) -> timedelta | None:
    """Return the time between two rotations by schedule, None for a cron schedule or none."""
    if not secret.schedule_expression:
        return timedelta(days=secret.every_days) if secret.every_days else None
    rate = _RATE.fullmatch(secret.schedule_expression)
    if rate is None:
        return None
    number = int(rate[1])
    return timedelta(hours=number) if rate[2] == "hour" else timedelta(days=number)


def _days(span: timedelta) -> float:
    return span / _DAY
