"""The words of the domain. Standard library only, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, NoReturn, TypeVar

Value = TypeVar("Value")


class Sensitive(Generic[Value]):
    """A value that can't be printed, pickled or copied by accident: it shows as ``***``."""

    __slots__ = ("_value",)

    def __init__(self, value: Value) -> None:
        self._value = value

    def reveal(self) -> Value:
        """Return the value itself. Every call is a place to look at in a review."""
        return self._value

    def __repr__(self) -> str:
        """Hide the value in tracebacks, logs and f-strings."""
        return "***"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied, also as part of something else: TypeError."""
        raise TypeError("a sensitive value is not pickled")

    def __getstate__(self) -> NoReturn:
        """Refuse to hand the value to a serializer: TypeError."""
        raise TypeError("a sensitive value has no state to show")


class Step(StrEnum):
    """The four steps of a rotation, as Secrets Manager names them.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
    """

    CREATE_SECRET = "createSecret"  # noqa: S105 (a step's name)
    SET_SECRET = "setSecret"  # noqa: S105
    TEST_SECRET = "testSecret"  # noqa: S105
    FINISH_SECRET = "finishSecret"  # noqa: S105


class Stage(StrEnum):
    """Staging labels that Secrets Manager itself uses."""

    CURRENT = "AWSCURRENT"
    PENDING = "AWSPENDING"
    PREVIOUS = "AWSPREVIOUS"


class Slot(StrEnum):
    """The two places for a public key on a Snowflake user; the value is the property's name.

    https://docs.snowflake.com/en/user-guide/key-pair-auth
    """

    ONE = "RSA_PUBLIC_KEY"
    TWO = "RSA_PUBLIC_KEY_2"

    @property
    def other(self) -> "Slot":
        """The slot that this one is not."""
        return Slot.TWO if self is Slot.ONE else Slot.ONE


class Fingerprint(str):
    """A public key's fingerprint, ``SHA256:`` and the base64 of the SPKI's SHA-256."""

    __slots__ = ()


@dataclass(frozen=True)
class SlotFingerprints:
    """What both slots hold, None meaning empty, and when each was last set (as text)."""

    one: Fingerprint | None
    two: Fingerprint | None
    set_times: Mapping[Slot, str] = field(default_factory=dict)

    def __getitem__(self, slot: Slot) -> Fingerprint | None:
        """Return what one slot holds."""
        return self.one if slot is Slot.ONE else self.two

    def holding(self, fingerprint: Fingerprint) -> tuple[Slot, ...]:
        """Return the slots that hold this key: none, one or both."""
        return tuple(slot for slot in Slot if self[slot] == fingerprint)

    def by_name(self) -> dict[str, str]:
        """Return what each slot holds, for a report."""
        return {str(slot): self[slot] or "empty" for slot in Slot}

    @property
    def occupied(self) -> frozenset[Fingerprint]:
        """The fingerprints in both slots."""
        return frozenset(held for slot in Slot if (held := self[slot]) is not None)


@dataclass(frozen=True)
class UserDescription:
    """What DESC USER tells of a user: both of its names, and its slots."""

    name: str
    login_name: str
    slots: SlotFingerprints

    def answers_to(self, user: str) -> bool:
        """Tell whether ``user`` is its name or its login name, which fold to upper case."""
        return user.upper() in {self.name.upper(), self.login_name.upper()}


_IN_SYNC, _DETACHED = "InSync", "Detached"


@dataclass(frozen=True)
class SecretLabels:
    """What DescribeSecret tells: is rotation on, and which version holds which labels.

    ``versions`` maps a version id to its staging labels; those of rules.vouching stand apart, in
    ``vouchers``. ``last_rotated`` is when a rotation was
    last completed, ``last_changed`` when anything of the secret was modified last, in UTC.
    ``replicas`` maps a replica's Region or ARN to how it stands: InSync, InProgress, Failed …
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
    """

    rotation_enabled: bool
    versions: Mapping[str, frozenset[str]]
    last_rotated: datetime | None = None
    last_changed: datetime | None = None
    replicas: Mapping[str, str] = field(default_factory=dict)
    vouchers: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def is_replicated(self) -> bool:
        """Whether a replica follows this secret; a detached one is a secret of its own."""
        return any(status != _DETACHED for status in self.replicas.values())

    @property
    def out_of_sync(self) -> tuple[str, ...]:
        """The replicas that may not have AWSCURRENT's version yet, with AWS's word for each."""
        return tuple(
            f"{where} ({status})"
            for where, status in self.replicas.items()
            if status not in {_IN_SYNC, _DETACHED}
        )

    def version_with(self, stage: Stage) -> str | None:
        """Return the id of the version that holds this label, if one does."""
        return next((v for v, labels in self.versions.items() if stage in labels), None)


@dataclass(frozen=True)
class SecretState:
    """A secret's labels and dates, read now. ``created`` has each version's CreatedDate."""

    labels: SecretLabels
    created: Mapping[str, datetime]


@dataclass(frozen=True)
class AttachedSecret:
    """A secret that names the rotation function, as ListSecrets tells of it.

    Dates are in UTC; None where AWS gives none. ``schedule_expression`` is as it was set, such
    as ``rate(30 days)``; beside it, ``every_days`` is AWS's own reckoning. ``current_version`` had
    AWSCURRENT then: the list may be five minutes behind.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html
    """

    arn: str
    name: str
    rotation_enabled: bool
    next_rotation: datetime | None = None
    last_rotated: datetime | None = None
    schedule_expression: str | None = None
    every_days: int | None = None
    last_changed: datetime | None = None
    current_version: str | None = None
