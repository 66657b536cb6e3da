"""The watch: how fresh the keys of every attached secret are. Changes nothing.

One secret that can't be read does not keep the others from being looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rotation.errors.aws_answers import SecretsManagerDenied
from rotation.errors.base import RotationError
from rotation.errors.function import OutOfTime
from rotation.ports import AttachedSecrets
from rotation.rules.freshness import Freshness, assess
from rotation.rules.words import AttachedSecret

_UNTOUCHED = "The watch changes nothing."
_AGAIN = (
    "It looks again at its next run; if this repeats, look the error code up in the Secrets "
    "Manager API pages, and check the function's network path."
)
_MORE_TIME = "Attach some of the secrets to the rotation function of a second stack."


@dataclass(frozen=True)
class Listing:
    """The attached secrets; ``failure`` is what kept the list from being complete."""

    secrets: tuple[AttachedSecret, ...]
    failure: RotationError | None


@dataclass(frozen=True)
class SecretFreshness:
    """One secret. ``failure`` is why its versions could not be read."""

    secret: AttachedSecret
    freshness: Freshness
    failure: RotationError | None = None


@dataclass(frozen=True)
class Totals:
    """What all findings come to. ``oldest_key_age_days`` is None when no age is known.

    Of a key whose age was not read it has what is certain: ``Freshness.at_least_days``.
    """

    watched: int
    oldest_key_age_days: float | None
    most_days_overdue: float
    rotations_disabled: int
    failures: int
    not_reached: int

    @classmethod
    def of(cls, findings: Iterable[SecretFreshness]) -> "Totals":
        """Add up. ``not_reached`` counts those failures for which the time was too short."""
        found = list(findings)
        seen = [one.freshness for one in found]
        ages = [one.at_least_days for one in seen if one.at_least_days is not None]
        return cls(
            watched=len(found),
            oldest_key_age_days=max(ages, default=None),
            most_days_overdue=max((one.days_overdue for one in seen), default=0.0),
            rotations_disabled=sum(one.rotation_disabled for one in seen),
            failures=sum(one.failure is not None for one in found),
            not_reached=sum(isinstance(one.failure, OutOfTime) for one in found),
        )


def every_secret(secrets: AttachedSecrets) -> Listing:
    """List the attached secrets, as far as that goes."""
    listed: list[AttachedSecret] = []
    failure = None
    try:
        listed.extend(secrets.every_secret())
    except RotationError as error:
        failure = _in_words_of_the_watch(error)
    return Listing(tuple(listed), failure)


def from_list(secret: AttachedSecret, now: datetime) -> SecretFreshness:
    """Tell what the list alone tells: all but the key's age."""
    return SecretFreshness(secret, assess(secret, None, now))


def look_at(secret: AttachedSecret, secrets: AttachedSecrets, now: datetime) -> SecretFreshness:
    """Look at one secret. What the list told of it counts, also when more can't be read."""
    created: datetime | None = None
    failure = None
    try:
        created = secrets.key_created(secret.arn)
    except RotationError as error:
        failure = _in_words_of_the_watch(error)
    return SecretFreshness(secret, assess(secret, created, now), failure)


def _in_words_of_the_watch(error: RotationError) -> RotationError:
    """Say what to do about the watch; the steps' advice is to rotate again."""
    if isinstance(error, OutOfTime):
        return OutOfTime(error.found, untouched=_UNTOUCHED, remedy=_MORE_TIME)
    remedy = error.remedy if isinstance(error, SecretsManagerDenied) else _AGAIN
    return type(error)(error.found, untouched=_UNTOUCHED, remedy=remedy)
