"""Which secrets an hourly run looks at, and in which order: pure rules, no I/O, no clock."""

import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from rotation.rules.retention import Retention
from rotation.rules.words import AttachedSecret

_EVERY_HOUR = timedelta(days=2)
_HOURS = 24
# ListSecrets may be five minutes behind.
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
_BEHIND = timedelta(minutes=5)


def in_turn(secrets: Iterable[AttachedSecret], now: datetime) -> list[AttachedSecret]:
    """Return the secrets in an order that is another one every hour.

    A run that has not time enough for all leaves out others each time, without memory.
    """
    return sorted(secrets, key=lambda one: zlib.crc32(f"{one.arn} {now:%Y-%m-%d %H}".encode()))


def is_worth_a_look(secret: AttachedSecret, retention: Retention, now: datetime) -> bool:
    """Tell from the list alone whether anything can be due: most secrets rest for weeks.

    Every secret is looked at until two days after its grace, when its old key is to be
    retired or to be told of as late, and beyond that once a day, in an hour of its own: a key
    that does not log in must not be tried every hour, and thousands of secrets not at once.
    """
    if not rests(secret, retention, now):
        return True
    return now.hour == zlib.crc32(secret.arn.encode()) % _HOURS


def rests(secret: AttachedSecret, retention: Retention, now: datetime) -> bool:
    """Tell from the list alone whether nothing was changed since two days after its grace."""
    changed = secret.last_changed
    return changed is not None and now >= changed + retention.shortest + _EVERY_HOUR + _BEHIND
