"""What the steps and the retirement need from AWS and Snowflake; tests have fakes of their own.

An implementation raises errors of ``rotation.errors`` only.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from rotation.errors.function import OutOfTime
from rotation.rules.errand import KeyReport, KeyRequest
from rotation.rules.rollouts import Deployment, Service
from rotation.rules.tasks import Task
from rotation.rules.words import (
    AttachedSecret,
    Fingerprint,
    SecretLabels,
    SecretState,
    Sensitive,
    Slot,
    UserDescription,
)

if TYPE_CHECKING:
    # What runs by the hour loads no cryptography.
    from rotation.keys.credential import Credential


class SecretVersions(Protocol):
    """One secret: its labels and the values of its versions.

    Every method raises SecretsManagerError when AWS denies, fails or does not answer.
    """

    def labels(self) -> SecretLabels:
        """Read the labels as they stand now."""

    def read(self, version_id: str) -> Sensitive[str] | None:
        """Read a version's value; None when the version is empty or gone."""

    def fill_pending(
        self,
        version_id: str,
        value: Sensitive[str],
        rotation_token: Sensitive[str] | None,
        voucher: str | None,
    ) -> bool:
        """Put the value in the AWSPENDING version; False when another value got there first.

        With it, in the same call, goes the ``voucher``: one more staging label.
        """

    def remove_label(self, version_id: str, label: str) -> None:
        """Take a staging label off this version."""

    def promote(self, version_id: str, *, instead_of: str) -> None:
        """Move AWSCURRENT from the version ``instead_of`` to ``version_id``, in one call."""

    def version_dates(self) -> Mapping[str, datetime]:
        """Return each version's CreatedDate, by its id; also of those without a label."""


class AttachedSecrets(Protocol):
    """The secrets that name the rotation function. Nothing here reads or changes a value.

    Every method raises SecretsManagerError or OutOfTime.
    """

    def every_secret(self) -> Iterable[AttachedSecret]:
        """List them; may raise after it has given some."""

    def key_created(self, arn: str) -> datetime:
        """Return when the AWSCURRENT version was created. Raises NoCurrentVersion, too."""


class RotatingSecrets(AttachedSecrets, Protocol):
    """The same secrets, for the retirement function. Nothing here reads a value."""

    def find(self, name: str) -> AttachedSecret | None:
        """Return the secret of this name or ARN, None when it does not name the function."""

    def state(self, arn: str) -> SecretState:
        """Read its labels and dates."""

    def rotate(self, arn: str) -> bool:
        """Start a rotation; False when the secret's state does not allow one to be started."""


class Errands(Protocol):
    """What the rotation function does on behalf of the retirement function."""

    def run(self, request: KeyRequest) -> KeyReport:
        """Look at a user's keys, or retire the old one. Raises RotationFunctionFailed."""


class Clusters(Protocol):
    """The ECS clusters that are named. Every method raises EcsError or OutOfTime."""

    def services(self) -> Iterable[Service]:
        """List the active services, with what their new tasks read."""

    def tasks(self) -> Iterable[Task]:
        """List all tasks that have not stopped, of a service or standalone."""

    def deployments_since(self, service: Service, when: datetime) -> tuple[Deployment, ...]:
        """List the service's deployments that were created after this time."""

    def roll(self, service: Service) -> None:
        """Replace the service's tasks: one forced new deployment."""


class AlteringSession(Protocol):
    """An open session that may set a user's keys: the user's own, or the rotation admin's.

    Methods raise SnowflakeError or OutOfTime. ``user`` is the user's NAME, not its login name.
    """

    def install_key(self, user: str, slot: Slot, public_key_body: str) -> None:
        """Set a slot of the user; what the slot held is overwritten."""

    def retire_key(self, user: str, slot: Slot) -> None:
        """Unset a slot of the user."""

    def close(self) -> None:
        """End the session. Never raises: a session left open ends by itself."""


class UserSession(AlteringSession, Protocol):
    """An open session of the service user. Methods raise SnowflakeError or OutOfTime."""

    def current_user(self) -> str:
        """Return CURRENT_USER(): the name of the user that is logged in."""

    def describe(self) -> UserDescription:
        """Read the user's own names and slots."""

    def named_key_pairs(self) -> frozenset[Fingerprint]:
        """Read the fingerprints of the user's active named key pairs; they are in no slot."""


class UserKeys(Protocol):
    """Snowflake, as far as a user's keys go."""

    def log_in(self, credential: "Credential") -> UserSession:
        """Prove a credential with a fresh login. Raises SnowflakeError or OutOfTime."""


class AdminSession(AlteringSession, Protocol):
    """An open session of the rotation admin, in the admin's role."""

    def describe_user(self, name: str) -> UserDescription:
        """Read another user's names and slots, which takes OWNERSHIP of that user.

        Raises SlotsNotVisible, another SnowflakeError, or OutOfTime.
        """


@dataclass(frozen=True)
class AdminLogin:
    """What the rotation admin logs in with. Without a credential: the function's own IAM role."""

    account: str
    credential: "Credential | None" = None


class RotationAdmin(Protocol):
    """Who alters users, when they don't alter themselves."""

    def read(self, account: str) -> AdminLogin:
        """Find out how to log in to this account; nobody logs in yet.

        Raises AdminSecretUnusable, AdminInOtherAccount, SecretsManagerError or OutOfTime.
        """

    def log_in(self, login: AdminLogin) -> AdminSession:
        """Log in, in the admin's role.

        Raises AdminLoginRejected, SnowflakeUnreachable or OutOfTime.
        """


@dataclass(frozen=True)
class Deadline:
    """What is left of the invocation, less the time kept back for reporting an error.

    ``remaining_seconds`` tells how long Lambda will let the function run from now.
    """

    remaining_seconds: Callable[[], float]
    reporting_seconds: float = 3.0

    def part(self, share: float) -> "Deadline":
        """Return a deadline that comes when this share of what is left now has gone by."""
        kept = self.remaining_seconds() * (1 - share)
        return Deadline(lambda: self.remaining_seconds() - kept, self.reporting_seconds)

    def share(self, part: float, *, most_seconds: int) -> int:
        """Return whole seconds for one request: this part of what is left, at most so many.

        Raises OutOfTime when that is less than a second.
        """
        left = self.remaining_seconds() - self.reporting_seconds
        seconds = min(int(left * part), most_seconds)
        if seconds < 1:
            raise OutOfTime(f"Only {max(left, 0):.1f} s of the invocation are left.")
        return seconds

    def require(self, seconds: float) -> None:
        """Raise OutOfTime unless a request that may take this long ends in time."""
        left = self.remaining_seconds() - self.reporting_seconds
        if left < seconds:
            raise OutOfTime(f"Only {max(left, 0):.1f} s of the invocation are left.")
