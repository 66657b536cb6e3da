"""Whose turn it is in an hourly run, and in which order: pure rules, no I/O, no clock.

Nothing is remembered from one run to the next. Whose turn it is follows from the hour and from a
secret's place among all, so that what an hour leaves out another takes.
"""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rotation.rules.retention import Retention
from rotation.rules.words import AttachedSecret

_EVERY_HOUR = timedelta(days=2)
_HOURS = 24
# ListSecrets may be five minutes behind.
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
_BEHIND = timedelta(minutes=5)
# So many are asked for every hour, whatever it costs in calls.
_FEW = 100
# What a run has time for, at a second a look: the function's 900, less what it keeps back.
_LOOKS_A_RUN = 715
_FEWEST_HOURS = 7
# Where more were changed, seven hours would cost as many calls as all that rest.
_SOME = 350
# Not 24: a run that begins a little later than a day before still finds no age a day old.
_HOURS_BETWEEN_AGES = 23
# The golden ratio's fraction: the part of a circle by which starts move on so that they lie far
# from each other, however many follow.
_STEP, _CIRCLE = 618_034, 1_000_000


def in_turn(secrets: Iterable[AttachedSecret], now: datetime) -> list[AttachedSecret]:
    """Return the secrets in an order whose start moves on by the hour.

    A run that has not time enough for all leaves out others each time, without memory.
    """
    ranked = _ranked(secrets)
    start = len(ranked) * (_hour(now) * _STEP % _CIRCLE) // _CIRCLE
    return ranked[start:] + ranked[:start]


def due(
    secrets: Sequence[AttachedSecret], retention: Retention, now: datetime
) -> list[AttachedSecret]:
    """Return those that are to be looked at in this hour, in turn.

    Where more than a hundred were changed in the last days, their turns come every seven hours;
    of hundreds, and up to ten thousand, every fourteen: as often as a run has time for. It is the
    same place each time, so that the time between two looks is the same for all.
    """
    resting = sum(rests(one, retention, now) for one in secrets)
    every = _hours_between_looks(len(secrets) - resting, resting)
    found = [
        one
        for place, one in enumerate(_ranked(secrets))
        if is_worth_a_look(one, retention, now)
        and (
            rests(one, retention, now) or _hour_of(place, len(secrets), every) == _hour(now) % every
        )
    ]
    return in_turn(found, now)


def is_hour_of_age(secret: AttachedSecret, now: datetime) -> bool:
    """Tell whether the age of its key is to be reported in this hour: once a day."""
    return _hour(now) % _HOURS_BETWEEN_AGES == _number(secret) % _HOURS_BETWEEN_AGES


def are_few(secrets: Sequence[AttachedSecret]) -> bool:
    """Tell whether each may cost a call every hour."""
    return len(secrets) <= _FEW


def is_worth_a_look(secret: AttachedSecret, retention: Retention, now: datetime) -> bool:
    """Tell from the list alone whether anything can be due: most secrets rest for weeks.

    Every secret is looked at until two days after its grace, when its old key is to be
    retired or to be told of as late, and beyond that once a day, in an hour of its own: a key
    that does not log in must not be tried every hour, and thousands of secrets not at once.
    """
    if not rests(secret, retention, now):
        return True
    return now.hour == _number(secret) % _HOURS


def rests(secret: AttachedSecret, retention: Retention, now: datetime) -> bool:
    """Tell from the list alone whether nothing was changed since two days after its grace."""
    changed = secret.last_changed
    return changed is not None and now >= changed + retention.shortest + _EVERY_HOUR + _BEHIND


def _ranked(secrets: Iterable[AttachedSecret]) -> list[AttachedSecret]:
    """Return them in an order that does not depend on the list, nor on who names secrets how."""
    return sorted(secrets, key=lambda one: (_number(one), one.arn))


def _hours_between_looks(changed: int, resting: int) -> int:
    if changed <= _FEW:
        return 1
    # Half of the time at least, however many rest.
    looks = max(_LOOKS_A_RUN - resting / _HOURS, _LOOKS_A_RUN / 2)
    hours = _FEWEST_HOURS if changed <= _SOME else 2 * _FEWEST_HOURS
    while changed / hours > looks:
        hours *= 2
    return hours


def _hour_of(place: int, count: int, every: int) -> int:
    """Return in which of so many hours a place's turn comes.

    The turns of fourteen hours are among those of seven: when the number of hours changes, the
    next turn is not later for it.
    """
    first, rest = divmod(place * every // count, max(every // _FEWEST_HOURS, 1))
    return first + _FEWEST_HOURS * rest


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // 3600


def _number(secret: AttachedSecret) -> int:
    return zlib.crc32(secret.arn.encode())
