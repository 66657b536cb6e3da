"""How long an old key stays: pure rules, no I/O, no clock.

ECS gives a task its secret once, at start. A task that was created before the promotion holds
the old key until it ends, so that the key has to stay as long. Everything is told from the dates
that AWS keeps; nothing is stored.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rotation.model import Retention, SecretLabels, Stage

# A rotation's four steps take seconds. A pending version that is older waits for a retry.
_UNDER_WAY = timedelta(minutes=10)


@dataclass(frozen=True)
class Held:
    """The old key stays. ``until`` is when its grace ends, None when that can't be told."""

    because: str
    until: datetime | None = None


@dataclass(frozen=True)
class Promotion:
    """When AWSCURRENT moved to its version: AWS keeps no date of a label.

    ``latest`` is never too early, since a task that was created before it is taken to hold the
    old key; it may be too late. After a rotation it is LastRotatedDate: the rotation made
    the version and completed. Otherwise a person moved the label or put the value, or
    finishSecret died: then any modification may have been it, and the last one counts.
    ``earliest`` is when the later of AWSCURRENT's and AWSPREVIOUS's versions was made.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html
    """

    earliest: datetime
    latest: datetime
    by_rotation: bool

    @property
    def rolled_since(self) -> datetime:
        """A service with a deployment since this time is not rolled again by the schedule.

        Where the promotion is only known to lie before the last modification, each further one
        (of a tag, say) would have all services rolled again.
        """
        return self.latest if self.by_rotation else self.earliest


def promotion(labels: SecretLabels, created: Mapping[str, datetime]) -> Promotion | None:
    """Tell when AWSCURRENT moved, None when the dates do not tell.

    ``created`` has the CreatedDate of each version.
    """
    current = created.get(labels.version_with(Stage.CURRENT) or "")
    previous = labels.version_with(Stage.PREVIOUS)
    before = created.get(previous or "")
    rotated, changed = labels.last_rotated, labels.last_changed
    if current is None or changed is None:
        return None
    newer = previous is None or (before is not None and before < current)
    if newer and rotated is not None and current <= rotated:
        return Promotion(current, _rounded_up(rotated), by_rotation=True)
    return Promotion(max(current, before or current), _rounded_up(changed), by_rotation=False)


def _rounded_up(when: datetime) -> datetime:
    """Return the end of the second for a date that was cut to it: it must not be too early."""
    return when if when.microsecond else when + timedelta(seconds=1)


def grace_ends(
    retention: Retention, labels: SecretLabels, created: Mapping[str, datetime]
) -> datetime | None:
    """Return when the grace of AWSPREVIOUS's key ends, None when that can't be told."""
    promoted = promotion(labels, created)
    return None if promoted is None else promoted.latest + retention.shortest


def in_grace(
    retention: Retention, labels: SecretLabels, created: Mapping[str, datetime], now: datetime
) -> Held | None:
    """Tell whether the grace still runs. Without a grace none does."""
    if not retention.keeps:
        return None
    ends = grace_ends(retention, labels, created)
    if ends is None:
        return Held("when AWSCURRENT moved can't be told from the secret's dates")
    return Held(f"its grace ends at {shown(ends)}", ends) if now < ends else None


def was_ever_current(
    version_id: str, labels: SecretLabels, created: Mapping[str, datetime]
) -> bool:
    """Tell whether consumers may hold this older version's key; True when it can't be told.

    A version without a label that was made after AWSCURRENT's is an abandoned rotation's: had it
    been promoted and the label moved back, it would be AWSPREVIOUS.
    """
    current, made = created.get(labels.version_with(Stage.CURRENT) or ""), created.get(version_id)
    if labels.versions.get(version_id) or current is None or made is None:
        return True
    return made <= current


def under_way(labels: SecretLabels, created: Mapping[str, datetime], now: datetime) -> bool:
    """Tell whether a rotation is probably at work: its version was filled minutes ago."""
    pending = labels.version_with(Stage.PENDING)
    made = created.get(pending or "")
    if made is None or pending == labels.version_with(Stage.CURRENT):
        return False
    return now - made < _UNDER_WAY


def shown(when: datetime) -> str:
    """Return a time as people write it, in UTC and rounded up to the minute."""
    return f"{when.astimezone(UTC) + timedelta(seconds=59):%Y-%m-%d %H:%M} UTC"
