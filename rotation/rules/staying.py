"""How long an old key stays: pure rules, no I/O, no clock.

ECS gives a task its secret once, at start. A task that was created before the promotion holds
the old key until it ends, so that the key has to stay as long. Everything is told from the dates
that AWS keeps; nothing is stored.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from rotation.errors.slots import PreviousKeyInGrace
from rotation.rules import promotion
from rotation.rules.words import SecretLabels, Stage

# A rotation's four steps take seconds. A pending version that is older waits for a retry.
_UNDER_WAY = timedelta(minutes=10)


LISTS_SETTLE = timedelta(minutes=10)
# Replication is asynchronous, and its status may be behind as well.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/cross-account-replicate-secrets.html
REPLICAS_SETTLE = timedelta(minutes=10)


@dataclass(frozen=True)
class Retention:
    """How long an old key stays installed after AWSCURRENT has moved.

    At least for ``grace``; and, where ``clusters`` (ARNs) are named, until no task in them that
    was created before the promotion reads the secret. ``function_name`` is the retirement
    function's, for messages.
    """

    grace: timedelta = timedelta()
    clusters: tuple[str, ...] = ()
    function_name: str = ""

    @property
    def keeps(self) -> bool:
        """Whether finishSecret leaves the old key to the retirement function."""
        return bool(self.grace or self.clusters)

    @property
    def shortest(self) -> timedelta:
        """How long the old key stays at least, whatever ECS lists.

        ECS's lists are eventually consistent: a task that was created just before the promotion
        may be missing for up to five minutes.
        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
        """
        return max(self.grace, LISTS_SETTLE) if self.clusters else self.grace

    def of(self, labels: SecretLabels) -> "Retention":
        """Return what holds for a secret: one with replicas keeps its old key for a while.

        Their consumers get AWSCURRENT's key when the replica has it, and the old one before.
        """
        if not labels.is_replicated:
            return self
        return replace(self, grace=max(self.grace, REPLICAS_SETTLE))

    def command_that_ends_it(self, secret_id: str) -> str:
        """Return the shell command that retires the secret's old key at once."""
        payload = f'{{"operation": "end-grace", "secretId": "{secret_id}"}}'
        return (
            f"AWS_MAX_ATTEMPTS=1 aws lambda invoke --function-name {self.function_name} "
            "--cli-read-timeout 0 --cli-binary-format raw-in-base64-out "
            f"--payload '{payload}' /dev/stdout"
        )


AT_ONCE = Retention()


@dataclass(frozen=True)
class Held:
    """The old key stays. ``until`` is when its grace ends, None when that can't be told."""

    because: str
    until: datetime | None = None


def grace_ends(
    retention: Retention, labels: SecretLabels, created: Mapping[str, datetime]
) -> datetime | None:
    """Return when the grace of AWSPREVIOUS's key ends, None when that can't be told."""
    promoted = promotion.find_promotion(labels, created)
    return None if promoted is None else promoted.latest + retention.of(labels).shortest


def in_grace(
    retention: Retention, labels: SecretLabels, created: Mapping[str, datetime], now: datetime
) -> Held | None:
    """Tell whether the grace still runs, or a replica lags. Without either none does."""
    if not retention.of(labels).keeps:
        return None
    ends = grace_ends(retention, labels, created)
    if ends is None:
        return Held("when AWSCURRENT moved can't be told from the secret's dates")
    if now < ends:
        return Held(f"its grace ends at {shown(ends)}", ends)
    if labels.out_of_sync:
        return Held(f"replicas are not in sync: {', '.join(labels.out_of_sync)}")
    return None


def was_ever_current(
    version_id: str, labels: SecretLabels, created: Mapping[str, datetime]
) -> bool:
    """Tell whether consumers may hold this older version's key; True when it can't be told.

    A version without a label that was made after AWSCURRENT's and after the last rotation's end
    is an abandoned rotation's: had a person promoted it and moved the label back, it would be
    AWSPREVIOUS. Without that label nothing tells: a person may
    have removed it.
    """
    current, made = created.get(labels.version_with(Stage.CURRENT) or ""), created.get(version_id)
    if labels.version_with(Stage.PREVIOUS) is None or labels.versions.get(version_id):
        return True
    if current is None or made is None:
        return True
    return made <= max(current, labels.last_rotated or current)


def under_way(labels: SecretLabels, created: Mapping[str, datetime], now: datetime) -> bool:
    """Tell whether a rotation is probably at work: its version was filled minutes ago."""
    pending = labels.version_with(Stage.PENDING)
    made = created.get(pending or "")
    if made is None or pending == labels.version_with(Stage.CURRENT):
        return False
    return now - made < _UNDER_WAY


def check_replaceable(
    version_id: str,
    labels: SecretLabels,
    created: Mapping[str, datetime],
    kept: Retention,
    now: datetime,
) -> PreviousKeyInGrace | None:
    """Refuse to replace an older version's key that a task may still hold.

    Where clusters are named only the retirement function can tell that none does: it unsets the
    slot then, and leaves nothing to be replaced.
    """
    if not kept.keeps or not was_ever_current(version_id, labels, created):
        return None
    held = in_grace(kept, labels, created, now)
    if held is None and not kept.clusters:
        return None
    because = held.because if held else "the retirement function has not found it free of tasks yet"
    return PreviousKeyInGrace(f"The other slot holds the key that was current before: {because}.")


def shown(when: datetime) -> str:
    """Return a time as people write it, in UTC and rounded up to the minute."""
    return f"{when.astimezone(UTC) + timedelta(seconds=59):%Y-%m-%d %H:%M} UTC"
